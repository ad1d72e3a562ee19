//! The sandbox's clock, moved from its panel.

use crate::window::Window;

/// Lets this much time pass, in steps that the panel offers: `1h`, `1d`, `3d`, `7d`.
#[track_caller]
pub(crate) fn advance(window: &Window, steps: &[&str]) {
    window.go("nav-sandbox");
    for step in steps {
        window.click_role("button", &format!("+ {step}"));
        window.until(&format!("{step} going by"), || {
            let page = window.page_text();
            page.contains(&format!("The clock went forward by {step}."))
                .then_some(())
        });
    }
}
