//! What goes wrong while an account is connected, and what is left of it.

use std::fs;
use std::path::Path;

use crate::account::{ACCOUNT, KEY_ID, SECRET, connect, enter, open_form, says, show, shows};
use crate::aws::{self, Aws, Silence};
use crate::window::Window;

const AGREEMENTS: u32 = 50;

#[test]
fn what_is_pasted_wrongly_is_told_at_its_field_and_nothing_of_it_is_kept() {
    let aws = Aws::with_agreements(AGREEMENTS);
    let window = Window::open("pasted");
    open_form(&window);
    enter(&window, aws.endpoint(), "Acme");

    // A whole file instead of a key, wherever there is a field.
    let file = "x".repeat(1024 * 1024);
    let fields = ["name", "account", "accessKeyId", "secretAccessKey"];
    for field in fields {
        window.paste(&format!("field-{field}"), &file);
    }
    window.click("connection-submit");
    for field in fields {
        refused_at(&window, field, "");
    }
    window.portray("megabyte");
    enter(&window, aws.endpoint(), "Acme");

    // Keys that AWS does not know, and those of somebody else.
    aws.know_only("AKIAOTHER0000EXAMPLE");
    window.click("connection-submit");
    refused_at(&window, "accessKeyId", "");
    aws.know_only(KEY_ID);
    window.paste("field-account", "999988887777");
    window.click("connection-submit");
    let whose = format!("These credentials belong to the account {ACCOUNT}");
    refused_at(&window, "account", &whose);

    // Somebody who is not AWS.
    enter(&window, &aws::web_page(), "Acme");
    window.click("connection-submit");
    refused_at(&window, "endpoint", "");

    // A code that the device showed a minute ago. It was sent, and is asked for again.
    enter(&window, aws.endpoint(), "Acme");
    window.paste("field-stsEndpoint", &aws::sts_refusing_codes());
    window.click("use-role");
    let arn = |what: &str| format!("arn:aws:iam::{ACCOUNT}:{what}");
    window.paste("field-roleArn", &arn("role/Bindery"));
    window.paste("field-mfaSerial", &arn("mfa/sales"));
    window.click("connection-submit");
    window.see("field-mfaCode");
    window.paste("field-mfaCode", "123456");
    window.click("connection-submit");
    refused_at(&window, "mfaCode", "AWS did not take the MFA code");
    window.portray("wrong-code");
    window.paste("field-stsEndpoint", "");
    window.click("use-role");
    nothing_is_kept(&window);

    // The right ones, with what comes along from an e-mail.
    enter(&window, aws.endpoint(), "  Acme ");
    window.paste("field-account", " 1111-2222-3333\n");
    window.paste("field-accessKeyId", &format!("\t{KEY_ID} \r\n"));
    window.paste("field-secretAccessKey", &format!("\u{feff}“{SECRET}”\n"));
    window.click("connection-submit");
    says(&window, "check-result", &format!("arn:aws:iam::{ACCOUNT}:"));
    assert_eq!(
        window.keyring().labels().len(),
        3,
        "keys, database key and audit key in the keyring"
    );
}

#[test]
fn killed_in_the_middle_a_connection_is_there_whole_or_not_at_all() {
    let aws = Aws::with_agreements(AGREEMENTS);
    let silence = Silence::start();
    let mut window = Window::open("killed");

    // While AWS is asked whose the keys are: nothing.
    open_form(&window);
    enter(&window, silence.endpoint(), "Acme");
    window.click("connection-submit");
    window.until("AWS being asked", || silence.was_asked().then_some(()));
    window.kill_and_restart();
    window.go("nav-settings");
    window.see("add-account");
    nothing_is_kept(&window);

    // In the middle of a sync: what was committed is there, and it goes on.
    connect(&window, &aws, "Acme");
    aws.delay("GetAgreementTerms", "10m");
    show(&window, "Acme", "acme");
    window.go("nav-agreements");
    window.until("the agreements, without their details", || {
        all_there(&window).filter(|()| window.is_seen("sync-stop"))
    });
    window.kill_and_restart();
    shows(&window, "Acme");
    window.go("nav-agreements");
    window.until("what was committed", || all_there(&window));
    aws.heal();
    window.click("sync-stop");
    window.click("sync");
    window.until("a sync to its end", || {
        let age = window.text("data-age")?.to_lowercase();
        (age.contains("complete") && !window.is_seen("sync-stop")).then_some(())
    });
    window.fill("filter-input", "is:without-details");
    window.until("details of every agreement", || {
        (window.matched() == Some(0)).then_some(())
    });
}

#[test]
fn a_window_that_is_left_alone_locks_itself() {
    let aws = Aws::with_agreements(AGREEMENTS);
    let window = Window::open("left-alone");
    connect(&window, &aws, "Acme");
    show(&window, "Acme", "acme");
    window.go("nav-agreements");
    window.until("the seller's agreements", || all_there(&window));

    // Nobody is at it for less than a second.
    let preferences = window.config().join("preferences.json");
    lock_after(&preferences, "0.01");
    window.see("lock-page");
    assert!(window.rows().is_empty(), "nothing of it is on the screen");
    assert!(!window.page_text().contains("Acme"));

    lock_after(&preferences, "15");
    window.click("unlock");
    window.until("the agreements again", || all_there(&window));
}

fn lock_after(preferences: &Path, minutes: &str) {
    let text = format!(
        r#"{{"theme":"system","views":[],"columns":[],"connection":"acme","lockAfterMinutes":{minutes}}}"#
    );
    fs::write(preferences, text).expect("preferences");
}

fn all_there(window: &Window) -> Option<()> {
    (window.matched() == Some(u64::from(AGREEMENTS))).then_some(())
}

/// The field is marked, and what is wrong with it stands below, without what was entered.
#[track_caller]
fn refused_at(window: &Window, field: &str, why: &str) {
    let hook = format!("field-{field}");
    window.until(&format!("what is wrong with {field}"), || {
        let invalid = window.attribute(&hook, "aria-invalid")? == "true";
        let note = window.text_by_id(&window.attribute(&hook, "aria-describedby")?)?;
        let told = invalid && note.contains(why) && !note.is_empty() && note.len() < 300;
        (told && !note.contains(SECRET)).then_some(())
    });
}

#[track_caller]
fn nothing_is_kept(window: &Window) {
    assert_eq!(window.keyring().labels(), [""; 0], "in the keyring");
    assert!(!window.config().join("connections.toml").exists());
    let databases = fs::read_dir(window.data().join("connections")).expect("databases");
    for database in databases.flatten() {
        let name = database.file_name();
        let name = name.to_string_lossy();
        assert!(name.starts_with("sandbox.sqlite3"), "{name}");
    }
}
