//! A seller account is connected for the first time, by somebody who pastes in a hurry.

use std::fs;
use std::path::{Path, PathBuf};

use fantoccini::key::Key;

use crate::account::{ACCOUNT, KEY_ID, SECRET};
use crate::aws::Aws;
use crate::window::Window;

const AGREEMENTS: u32 = 50;

#[test]
fn a_seller_account_is_connected_checked_locked_and_there_again_after_a_restart() {
    let aws = Aws::with_agreements(AGREEMENTS);
    let mut window = Window::open("seller");

    // Key and secret in each other's place: told at the fields, and nothing is lost.
    window.go("nav-settings");
    window.click("add-account");
    window.fill("field-name", "Acme Marketplace");
    window.fill("field-account", ACCOUNT);
    window.fill("field-accessKeyId", SECRET);
    window.fill("field-secretAccessKey", KEY_ID);
    window.click("advanced");
    window.fill("field-endpoint", aws.endpoint());
    window.click("connection-submit");
    window.until("what is wrong, at the field", || {
        window
            .page_text()
            .contains("seem to be swapped")
            .then_some(())
    });
    window.screenshot("swapped");

    window.fill("field-accessKeyId", KEY_ID);
    window.fill("field-secretAccessKey", SECRET);
    window.click("connection-submit");
    window.until("whose the credentials are", || {
        window
            .text("check-result")
            .filter(|text| text.contains(&format!("arn:aws:iam::{ACCOUNT}:")))
    });
    window.screenshot("checked");

    window.click("show-connection");
    window.go("nav-agreements");
    window.until("the seller's agreements", || all_there(&window));
    window.screenshot("agreements");

    // Locked, nothing of it is on the screen; unlocked, everything is.
    window.press(&[Key::Control.into(), 'l']);
    window.see("lock-page");
    assert!(window.rows().is_empty());
    window.screenshot("locked");
    window.click("unlock");
    window.until("the agreements again", || all_there(&window));

    // Another start finds account and keys without asking anybody.
    window.restart();
    window.until("the connection shown last", || {
        window
            .page_text()
            .contains("Acme Marketplace")
            .then_some(())
    });
    window.go("nav-agreements");
    window.until("the agreements after a restart", || all_there(&window));
    window.click("sync");
    window.until("a sync with the keys from the keyring", || {
        window
            .text("data-age")
            .filter(|age| age.contains("Complete") || age.contains("complete"))
    });

    let leaks = files_with(SECRET, &[window.data(), window.config(), window.log()]);
    assert!(leaks.is_empty(), "the secret is in {leaks:?}");
}

#[test]
fn a_file_of_connections_that_cannot_be_read_is_told_and_the_sandbox_is_shown() {
    let window = Window::open_on("broken-file", |home| {
        let config = home.config();
        let preferences = r#"{"theme":"system","views":[],"columns":[],"connection":"acme"}"#;
        fs::write(config.join("preferences.json"), preferences).expect("preferences");
        fs::write(config.join("connections.toml"), "[[connection\n").expect("a broken file");
    });
    window.go("nav-agreements");
    window.until("the sandbox's agreements", || {
        window.matched().filter(|matched| 100 <= *matched)
    });
    window.go("nav-settings");
    window.until("which file, and where it is broken", || {
        let page = window.page_text();
        (page.contains("connections.toml") && page.contains("line 1")).then_some(())
    });
    window.screenshot("settings");
}

fn all_there(window: &Window) -> Option<()> {
    (window.matched() == Some(u64::from(AGREEMENTS))).then_some(())
}

/// The files below these that hold `text`.
pub(crate) fn files_with(text: &str, places: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for place in places {
        visit(place, &mut |file| {
            let bytes = fs::read(file).unwrap_or_default();
            if bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
            {
                found.push(file.to_owned());
            }
        });
    }
    found
}

fn visit(place: &Path, seen: &mut impl FnMut(&Path)) {
    if !place.is_dir() {
        return seen(place);
    }
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        visit(&entry.path(), seen);
    }
}
