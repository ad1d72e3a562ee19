//! The wizard that links a buyer, walked through as support does.

use fantoccini::key::Key;

use crate::buyers::Buyers;
use crate::window::Window;

/// Where a buyer belongs.
pub(crate) enum Target<'t> {
    Existing(&'t str),
    /// Made by the plan, with this name.
    New(&'t str),
}

/// Begins anew with what the buyer brought, and goes on to the choice of a target.
#[track_caller]
pub(crate) fn identify(window: &Window, brought: &str, agreement: &str) {
    window.press(&[Key::Control.into(), Key::Shift.into(), 'L']);
    window.see("linking");
    if window.is_seen("link-another") {
        window.click("link-another");
    }
    at(window, "identify");
    window.paste("brought", brought);
    window.click("identify");
    window.until("whose it is", || {
        window.text("who").filter(|who| who.contains(agreement))
    });
    let token = brought.rsplit('=').next().unwrap_or(brought);
    assert!(
        token.starts_with("agmt-") || !window.page_text().contains(token),
        "the token is on the screen"
    );
    window.click("next");
    at(window, "target");
}

/// Chooses where the buyer belongs.
#[track_caller]
pub(crate) fn choose(window: &Window, target: &Target<'_>) {
    match target {
        Target::Existing(id) => {
            window.fill("target-search", id);
            window.pick("target", id);
        }
        Target::New(name) => {
            window.pick("target", "new:");
            window.fill("field-organization.name", name);
        }
    }
}

/// Goes on to what the rules say, and waits until they come to this.
#[track_caller]
pub(crate) fn check(window: &Window, outcome: &str) {
    window.click("next");
    window.until(&format!("checks that say {outcome}"), || {
        (window.attribute("checks", "data-outcome")? == outcome).then_some(())
    });
}

/// Has a code sent to this address, and enters it.
#[track_caller]
pub(crate) fn verify(window: &Window, buyers: &Buyers, address: &str) {
    window.click("next");
    at(window, "verify");
    assert!(
        window.attribute("next", "disabled").is_some(),
        "no code yet"
    );
    window.click("send-code");
    let code = buyers.code(window, address);
    window.fill("code", &code);
    window.click("check-code");
    window.until("the code being right", || {
        window.attribute("next", "disabled").is_none().then_some(())
    });
}

/// Looks at everything that is about to be done.
#[track_caller]
pub(crate) fn review(window: &Window) {
    window.click("next");
    at(window, "review");
    window.see("steps");
}

/// Does it, and waits until it is done. Answers with the state of the link.
#[track_caller]
pub(crate) fn link(window: &Window) -> String {
    window.click("next");
    window.see("done");
    window.attribute("done", "data-state").unwrap_or_default()
}

#[track_caller]
fn at(window: &Window, step: &str) {
    window.until(&format!("the step {step}"), || {
        (window.attribute("linking", "data-step")? == step).then_some(())
    });
}
