//! Mail to buyers: set up and tried by a seller, and read in the sandbox's mailbox.

use smtp::{Smtp, Tls};

use crate::aws::Aws;
use crate::seller::files_with;
use crate::window::Window;

const PASSWORD: &str = "correct-horse-battery-staple";

#[test]
fn a_mail_server_is_set_up_and_tried_in_the_window() {
    let aws = Aws::with_agreements(20);
    let server = Smtp::start(Tls::None, Some(("sales", PASSWORD))).expect("a mail server");
    let window = Window::open("mail");
    window.go("nav-settings");
    window.click("add-account");
    window.fill("field-name", "Acme Marketplace");
    window.fill("field-account", "111122223333");
    window.fill("field-accessKeyId", "AKIAIOSFODNN7EXAMPLE");
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    window.fill("field-secretAccessKey", secret);
    window.click("advanced");
    window.fill("field-endpoint", aws.endpoint());
    window.click("connection-submit");
    window.see("show-connection");
    window.click_role("button", "Close");

    // A name without its host: told at the field.
    window.click("mail-change");
    window.fill("field-host", "https://localhost");
    window.choose("field-security", 2);
    window.fill("field-port", &server.port().to_string());
    window.fill("field-user", "sales");
    window.fill("field-password", PASSWORD);
    window.fill("field-from", "marketplace@example.com");
    window.fill("field-fromName", "관측 센터");
    window.click("dialog-submit");
    window.until("what is wrong, at the field", || {
        window
            .page_text()
            .contains("A host is a name as mail.example.com")
            .then_some(())
    });
    window.screenshot("wrong-host");
    window.fill("field-host", "localhost");
    window.click("dialog-submit");

    // The server refuses one address and takes the other.
    window.click("mail-try-next");
    window.fill("field-to", "nobody@example.com");
    window.click("dialog-submit");
    window.until("why it was not sent", || {
        window
            .page_text()
            .contains("does not deliver to nobody@example.com")
            .then_some(())
    });
    window.screenshot("refused");
    window.fill("field-to", "you@example.com");
    window.click("dialog-submit");
    window.until("that it is on its way", || {
        window
            .page_text()
            .contains("The trial mail is on its way")
            .then_some(())
    });
    let arrived = server.next_mail().expect("the trial mail");
    let text = smtp::read(&arrived).expect("a mail that reads");
    assert!(
        text.contains("관측 센터 <marketplace@example.com>"),
        "{text}"
    );

    let leaks = files_with(PASSWORD, &[window.data(), window.config(), window.log()]);
    assert!(leaks.is_empty(), "the password is in {leaks:?}");
}

#[test]
fn mail_to_the_sandboxs_buyers_is_read_in_its_mailbox() {
    let window = Window::open("mailbox");
    window.go("nav-sandbox");
    window.until("what the mailbox is for", || {
        window
            .text("mailbox-empty")
            .filter(|text| text.contains("the code comes here"))
    });
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let state = window.data().join("sandbox");
        let control = sandbox::Control::find(&state).await;
        let mail = sandbox::Mail {
            to: "ann@example.com".to_owned(),
            subject: "인증 코드".to_owned(),
            body: "인증 코드: 493827".to_owned(),
        };
        let control = control.expect("the window's sandbox");
        control.mail(&mail).await.expect("a mail");
    });
    window.fill("mailbox-address", "ann@");
    window.until("the code", || {
        window
            .text("mailbox-open")
            .filter(|text| text.contains("인증 코드: 493827"))
    });
    window.screenshot("open");
}
