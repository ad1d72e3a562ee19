//! The seller account that the test server answers for, and how it is connected.

use std::fs;

use crate::aws::Aws;
use crate::window::Window;

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// Opens the form for a new connection.
#[track_caller]
pub(crate) fn open_form(window: &Window) {
    window.go("nav-settings");
    window.click("add-account");
    window.see("field-name");
}

/// Fills in the form with keys that a test server takes.
#[track_caller]
pub(crate) fn enter(window: &Window, endpoint: &str, name: &str) {
    window.paste("field-name", name);
    window.paste("field-account", ACCOUNT);
    window.paste("field-accessKeyId", KEY_ID);
    window.paste("field-secretAccessKey", SECRET);
    // Behind “Advanced”, which for this need not be open.
    window.paste("field-endpoint", endpoint);
}

/// Adds a connection of this name.
#[track_caller]
pub(crate) fn connect(window: &Window, aws: &Aws, name: &str) {
    open_form(window);
    enter(window, aws.endpoint(), name);
    window.click("connection-submit");
    says(window, "check-result", &format!("arn:aws:iam::{ACCOUNT}:"));
}

/// Shows the connection that was just added, and waits until the next start would.
#[track_caller]
pub(crate) fn show(window: &Window, name: &str, id: &str) {
    window.click("show-connection");
    shows(window, name);
    keeps_shown(window, id);
}

/// Waits until the window shows the connection of this name, for which there may not be room.
#[track_caller]
pub(crate) fn shows(window: &Window, name: &str) {
    window.until(&format!("{name} being shown"), || {
        let tip = window.attribute("switcher", "data-tip")?;
        tip.contains(name).then_some(())
    });
}

/// Waits until the next start would show this connection.
#[track_caller]
pub(crate) fn keeps_shown(window: &Window, id: &str) {
    window.until("the choice being kept", || {
        let kept = fs::read_to_string(window.config().join("preferences.json")).ok()?;
        kept.contains(&format!("\"{id}\"")).then_some(())
    });
}

/// Waits until it says this.
#[track_caller]
pub(crate) fn says(window: &Window, hook: &str, words: &str) {
    window.until(&format!("{hook} saying {words:?}"), || {
        window.text(hook)?.contains(words).then_some(())
    });
}
