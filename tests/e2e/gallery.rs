//! Every view of connections, walked through once and pictured in the light and in the dark.

use std::fs;

use fantoccini::key::Key;
use moto::Moto;

use crate::account::{ACCOUNT, KEY_ID, SECRET, enter, keeps_shown, says, shows};
use crate::aws::{Aws, Silence};
use crate::driver;
use crate::window::Window;

/// The account that moto answers for.
const MOTO_ACCOUNT: &str = "123456789012";
/// As long as a name may be.
const LONG_NAME: &str =
    "주식회사 성수로보틱스 마켓플레이스 青岛海测智能科技有限公司云市场 Longest Name of All Selle";

#[test]
fn what_is_entered_for_an_account_is_asked_for_mended_and_waited_for() {
    let silence = Silence::start();
    let window = Window::open_on("gallery-add", |home| {
        let profiles = "[profile acme-seller]\nregion = eu-central-1\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = Seller\n\
             [sso-session acme]\nsso_region = eu-central-1\nsso_start_url = https://example.awsapps.com/start\n[profile ci]\ncredential_process = /bin/true\n";
        let folder = home.folder().join("home/.aws");
        fs::create_dir_all(&folder).expect("a folder for profiles");
        fs::write(folder.join("config"), profiles).expect("profiles");
    });
    window.go("nav-settings");
    window.see("add-account");
    window.portray("settings-none");

    window.click("add-account");
    window.see("field-name");
    window.portray("keys");
    window.click("way-profile");
    window.see("field-profile");
    window.portray("profile");
    window.paste("field-profile", "acme-seller");
    window.click("use-role");
    window.click("advanced");
    window.see("field-stsEndpoint");
    window.portray("role");

    // Everything wrong at once: every field tells, and the first one has the focus.
    window.click("way-keys");
    window.paste("field-name", &"x".repeat(512));
    window.paste("field-account", "1234");
    window.paste("field-accessKeyId", SECRET);
    window.paste("field-secretAccessKey", KEY_ID);
    window.paste("field-roleArn", "arn:aws:iam::role/Bindery");
    window.paste("field-externalId", "x");
    window.paste("field-mfaSerial", "1");
    window.paste("field-region", "us-east-11");
    window.paste("field-endpoint", "http://example.com");
    window.click("connection-submit");
    says(&window, "add-connection", "seem to be swapped");
    let wrong = window.count("[aria-invalid=true]");
    assert_eq!(wrong, 9, "fields that tell what is wrong with them");
    window.portray("wrong");

    // While AWS is asked; and cancelled in the middle of it.
    window.paste("field-name", "Acme");
    window.paste("field-account", ACCOUNT);
    window.paste("field-accessKeyId", KEY_ID);
    window.paste("field-secretAccessKey", SECRET);
    window.click("use-role");
    window.paste("field-region", "");
    window.paste("field-endpoint", silence.endpoint());
    window.click("connection-submit");
    says(&window, "add-connection", "Asking AWS");
    window.until("AWS being asked", || silence.was_asked().then_some(()));
    window.portray("asking");
    window.click("connection-cancel");
    window.gone("add-connection");
    assert_eq!(
        window.count("[data-test=connection-card]"),
        1,
        "the sandbox alone"
    );
    assert!(window.keyring().labels().is_empty());
}

#[test]
fn a_connection_is_shown_checked_changed_and_removed() {
    let aws = Aws::with_agreements(50);
    let mut window = Window::open("gallery");
    window.go("nav-settings");
    window.click("add-account");
    enter(&window, aws.endpoint(), "Acme Marketplace");
    window.click("connection-submit");
    says(&window, "check-result", "AWS allows everything");
    window.portray("checked");
    window.click("show-connection");
    window.see("settings");
    window.click("add-account");
    enter(&window, aws.endpoint(), LONG_NAME);
    window.click("field-readOnly");
    window.click("connection-submit");
    says(&window, "check-result", "arn:aws:iam::");
    window.press(&[Key::Escape.into()]);
    window.gone("add-connection");
    window.until("all three connections", || {
        (window.count("[data-test=connection-card]") == 3).then_some(())
    });
    window.portray("settings");

    window.click("switcher");
    window.see("switcher-menu");
    window.portray("switcher");
    window.press(&[Key::Escape.into()]);

    denies(&window, &aws);
    dialogs(&window);

    window.press(&[Key::Control.into(), 'l']);
    window.see("lock-page");
    window.portray("locked");
    window.click("unlock");

    // The read-only one, with a name as long as a name may be.
    window.go("nav-settings");
    let long = window.until("the other connection", || {
        window.last("connection-card", "data-id")
    });
    window.click_within(&long, "connection-show");
    shows(&window, LONG_NAME);
    window.go("nav-agreements");
    window.until("its agreements", || {
        (window.matched() == Some(50)).then_some(())
    });
    window.portray("read-only");

    expires(&window, &aws);

    // While the keyring takes its time, the window says what it waits for.
    keeps_shown(&window, &long);
    let daemons = window.keyring().pids();
    let keyring = daemons.first().copied().expect("a keyring");
    driver::signal(keyring, "STOP");
    window.restart();
    window.see("opening");
    window.portray("opening");
    driver::signal(keyring, "CONT");
    shows(&window, LONG_NAME);

    loses_its_key(&window, &long);
    removes(&window);
}

/// AWS denies some of it, and one answer leaves it open.
#[track_caller]
fn denies(window: &Window, aws: &Aws) {
    aws.fail("ResolveCustomer", "AccessDeniedException");
    aws.fail("GetAgreementContacts", "AccessDeniedException");
    aws.garble("ListEntities");
    window.click_within("acme-marketplace", "connection-check");
    window.see("check-result");
    window.click("check-again");
    says(window, "check-result", "AWS denies 2 operations");
    assert_eq!(window.count("[data-outcome=denied]"), 2);
    window.see("denied");
    window.portray("denied");
    assert_eq!(window.count("[data-outcome=unknown]"), 1);
    window.scroll_to("[data-outcome=unknown]");
    window.portray("denied-operations");
    aws.heal();
    window.press(&[Key::Escape.into()]);
    window.gone("check-result");
}

/// What can be done to a connection, dialog by dialog.
#[track_caller]
fn dialogs(window: &Window) {
    for (item, dialog) in [
        ("connection-change", "change-connection"),
        ("connection-replace", "replace-credentials"),
        ("connection-rekey", "rekey-connection"),
        ("connection-remove", "remove-connection"),
    ] {
        window.click_within("acme-marketplace", "connection-more");
        window.see(item);
        if item == "connection-change" {
            window.portray("menu");
        }
        window.click(item);
        window.see(dialog);
        window.portray(dialog);
        if item == "connection-rekey" {
            window.click("dialog-submit");
            window.until("the database being encrypted anew", || {
                window
                    .page_text()
                    .contains("is encrypted anew")
                    .then_some(())
            });
            window.portray("rekeyed");
        }
        window.press(&[Key::Escape.into()]);
        window.gone(dialog);
    }
}

/// Credentials that expire make the sync wait for the person.
#[track_caller]
fn expires(window: &Window, aws: &Aws) {
    aws.fail("SearchAgreements", "ExpiredTokenException");
    window.click("sync");
    says(window, "attention", "Replace credentials");
    window.portray("attention");
    aws.heal();
    window.click("attention-retry");
    window.gone("attention");
}

/// Its database's key is deleted behind the window's back.
#[track_caller]
fn loses_its_key(window: &Window, long: &str) {
    assert_eq!(window.keyring().delete(&format!("{long}-")), 3);
    window.press(&[Key::Control.into(), 'l']);
    window.click("unlock");
    says(window, "startup-failure", "key");
    window.portray("key-lost");
    window.click("startup-start-over");
    window.see("start-over");
    window.portray("start-over");
    window.paste("field-confirm", LONG_NAME);
    window.click("dialog-submit");
    window.until("where the old file is kept", || {
        window.page_text().contains("lost-1.sqlite3").then_some(())
    });
    window.portray("started-over");
    window.press(&[Key::Escape.into()]);
    // Its access keys went too.
    says(window, "attention", "not in the keyring any more");
    window.portray("keys-lost");
}

/// A connection is removed once its name is typed.
#[track_caller]
fn removes(window: &Window) {
    window.go("nav-settings");
    window.click_within("acme-marketplace", "connection-more");
    window.click("connection-remove");
    window.paste("field-confirm", "Acme Marketplace");
    window.click("dialog-submit");
    window.until("what was removed", || {
        window
            .page_text()
            .contains("acme-marketplace.sqlite3")
            .then_some(())
    });
    window.portray("removed");
}

#[test]
fn a_role_asks_for_a_code_when_it_is_added_and_at_the_next_start() {
    let aws = Aws::with_agreements(20);
    let sts = Moto::start().expect("moto");
    let mut window = Window::open("gallery-code");
    window.go("nav-settings");
    window.click("add-account");
    enter(&window, aws.endpoint(), "Acme EU");
    window.paste("field-account", MOTO_ACCOUNT);
    window.paste("field-stsEndpoint", sts.endpoint());
    window.click("use-role");
    window.paste(
        "field-roleArn",
        &format!("arn:aws:iam::{MOTO_ACCOUNT}:role/Bindery"),
    );
    window.paste(
        "field-mfaSerial",
        &format!("arn:aws:iam::{MOTO_ACCOUNT}:mfa/sales"),
    );
    window.click("connection-submit");
    window.see("field-mfaCode");
    window.portray("asked");
    window.paste("field-mfaCode", "12345");
    window.click("connection-submit");
    says(&window, "add-connection", "A code is six digits");
    window.portray("wrong");
    window.paste("field-mfaCode", "123 456");
    window.click("connection-submit");
    says(&window, "check-result", "assumed-role/Bindery");
    window.click("show-connection");
    window.go("nav-agreements");
    window.until("the agreements", || {
        (window.matched() == Some(20)).then_some(())
    });

    keeps_shown(&window, "acme-eu");

    // A role's session is in memory alone: another start asks again, and goes on with the code.
    window.restart();
    says(&window, "attention", "code");
    window.portray("attention");
    window.paste("attention-code", "1");
    window.click("attention-continue");
    says(&window, "attention", "is six digits");
    window.portray("attention-wrong");
    window.paste("attention-code", "654321");
    window.click("attention-continue");
    window.gone("attention");
}
