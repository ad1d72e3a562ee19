//! Mail to a real server: what arrives, and what is said when none does.

#![cfg(test)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use app::{Mail, MailError, MailErrorKind, Mailer};
use domain::Email;
use mail::{Host, Password, Patience, Security, Sender, Server, Smtp};
use smtp::Tls;

const PASSWORD: &str = "hunter2-호랑이";
const CODE: &str = "493827";

fn server(port: u16, security: Security) -> Server {
    Server {
        host: Host::parse("localhost").unwrap(),
        port,
        security,
    }
}

fn sender() -> Sender {
    Sender {
        address: Email::parse("sales@example.net").unwrap(),
        name: Some("관측 센터".into()),
    }
}

fn user(password: &str) -> (String, Password) {
    ("sales".into(), Password::new(password.to_owned().into()))
}

fn mail_to(name: &str) -> Mail {
    Mail {
        to: Email::parse(&format!("{name}@example.com")).unwrap(),
        subject: "인증 코드".into(),
        body: format!("인증 코드: {CODE}\n.\n验证码: {CODE}\n"),
    }
}

/// What the mail says, read by Python's own mail library.
fn read(arrived: &smtp::Arrived) -> String {
    smtp::read(arrived).unwrap()
}

/// Sends one and gives back the error, having seen that it tells no secret.
async fn refused(smtp: &Smtp, to: &str) -> MailError {
    let error = smtp.send(&mail_to(to)).await.unwrap_err();
    for secret in [PASSWORD, "wrong-password", CODE] {
        assert!(!format!("{error:?} {smtp:?}").contains(secret), "{error:?}");
    }
    error
}

#[tokio::test]
async fn a_mail_arrives_with_its_words_over_each_kind_of_line() {
    for (tls, security) in [
        (Tls::Implicit, Security::Tls),
        (Tls::StartTls, Security::StartTls),
        (Tls::None, Security::None),
    ] {
        let started = smtp::Smtp::start(tls, Some(("sales", PASSWORD))).unwrap();
        let authority = fs::read(started.certificate()).unwrap();
        let smtp = Smtp::new(
            server(started.port(), security),
            Some(user(PASSWORD)),
            sender(),
        );
        smtp.trusting(&authority)
            .send(&mail_to("ann"))
            .await
            .unwrap();
        let arrived = started.next_mail().unwrap();
        assert_eq!(arrived.from, "sales@example.net");
        assert_eq!(arrived.to, ["ann@example.com"]);
        assert_eq!(arrived.user.as_deref(), Some("sales"));
        assert!(arrived.data.is_ascii());
        let text = read(&arrived);
        for said in [
            "From: 관측 센터 <sales@example.net>",
            "To: ann@example.com",
            "Subject: 인증 코드",
            "\n\n인증 코드: 493827\n.\n验证码: 493827\n",
        ] {
            assert!(text.contains(said), "{said} in {text}");
        }
        for header in ["Date: ", "Message-ID: <"] {
            assert!(text.contains(header), "{header} in {text}");
        }
    }
}

#[tokio::test]
async fn a_server_on_this_machine_may_want_no_user() {
    let started = smtp::Smtp::start(Tls::None, None).unwrap();
    let smtp = Smtp::new(server(started.port(), Security::None), None, sender());
    smtp.send(&mail_to("ann")).await.unwrap();
    assert_eq!(started.next_mail().unwrap().user, None);
}

#[tokio::test]
async fn an_address_in_another_script_is_written_to() {
    let started = smtp::Smtp::start(Tls::None, None).unwrap();
    let smtp = Smtp::new(server(started.port(), Security::None), None, sender());
    smtp.send(&mail_to("앤")).await.unwrap();
    let arrived = started.next_mail().unwrap();
    assert_eq!(arrived.to, ["앤@example.com"]);
    assert!(read(&arrived).contains("To: 앤@example.com"));
}

#[tokio::test]
async fn each_refusal_says_what_it_is_about() {
    let started = smtp::Smtp::start(Tls::None, Some(("sales", PASSWORD))).unwrap();
    let to = |user| Smtp::new(server(started.port(), Security::None), user, sender());
    let smtp = to(Some(user(PASSWORD)));
    for (name, kind, words) in [
        (
            "nobody",
            MailErrorKind::RefusedRecipient,
            "does not deliver to nobody@example.com: 550 5.1.1 no such mailbox",
        ),
        (
            "later",
            MailErrorKind::Busy,
            "puts it off: 450 4.2.1 come back later",
        ),
        (
            "spam",
            MailErrorKind::RefusedMail,
            "does not take this mail: 554 5.6.0 this looks like spam",
        ),
        // The server repeats the mail: it is not quoted.
        (
            "parrot",
            MailErrorKind::RefusedMail,
            "does not take this mail: 554",
        ),
        (
            "gone",
            MailErrorKind::Unknown,
            "was given the mail and did not say whether it took it",
        ),
    ] {
        let error = refused(&smtp, name).await;
        let expected = format!("the mail server localhost:{} {words}", started.port());
        assert_eq!((error.kind, error.message), (kind, expected), "{name}");
    }
    let stranger = Sender {
        address: Email::parse("stranger@example.net").unwrap(),
        name: None,
    };
    let local = server(started.port(), Security::None);
    let error = refused(&Smtp::new(local, Some(user(PASSWORD)), stranger), "ann").await;
    assert_eq!(error.kind, MailErrorKind::RefusedSender);
    assert!(error.message.contains("stranger@example.net"), "{error}");

    let error = refused(&to(Some(user("wrong-password"))), "ann").await;
    assert_eq!(error.kind, MailErrorKind::Credentials);
    assert!(
        error
            .message
            .contains("does not accept user and password: 535"),
        "{error}"
    );
    let error = refused(&to(None), "ann").await;
    assert_eq!(error.kind, MailErrorKind::Credentials);
    assert!(
        error.message.contains("wants a user and a password: 530"),
        "{error}"
    );

    // The one that broke off is the only one that the server took.
    assert_eq!(started.next_mail().unwrap().to, ["gone@example.com"]);
    assert!(started.waiting_mail().is_none());
}

#[tokio::test]
async fn a_certificate_that_nobody_knows_is_refused_before_the_password() {
    for (tls, security) in [
        (Tls::Implicit, Security::Tls),
        (Tls::StartTls, Security::StartTls),
    ] {
        let started = smtp::Smtp::start(tls, Some(("sales", PASSWORD))).unwrap();
        let smtp = Smtp::new(
            server(started.port(), security),
            Some(user(PASSWORD)),
            sender(),
        );
        let error = refused(&smtp, "ann").await;
        assert_eq!(error.kind, MailErrorKind::Tls, "{error}");
        assert!(error.message.contains("is not to be trusted"), "{error}");
        assert!(started.waiting_mail().is_none());
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let started = smtp::Smtp::start(Tls::None, Some(("sales", PASSWORD))).unwrap();
    let local = server(started.port(), Security::StartTls);
    let error = refused(&Smtp::new(local, Some(user(PASSWORD)), sender()), "ann").await;
    assert_eq!(error.kind, MailErrorKind::Tls);
    assert!(
        error.message.ends_with("does not offer STARTTLS"),
        "{error}"
    );
    assert!(started.waiting_mail().is_none());
}

#[tokio::test]
async fn a_line_without_security_ends_on_this_machine() {
    let elsewhere = Server {
        host: Host::parse("192.0.2.1").unwrap(),
        ..server(25, Security::None)
    };
    let error = refused(&Smtp::new(elsewhere, Some(user(PASSWORD)), sender()), "ann").await;
    assert_eq!(error.kind, MailErrorKind::Tls);
}

#[tokio::test]
async fn nobody_listening_is_no_answer() {
    // Bound and let go: nobody has this port now.
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let error = refused(
        &Smtp::new(server(port, Security::Tls), None, sender()),
        "ann",
    )
    .await;
    assert_eq!(error.kind, MailErrorKind::NoAnswer);
}

/// A server that says this and nothing more, and its port.
fn saying(words: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.write_all(words);
            // Until the other side has enough of it.
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    port
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let patience = Patience {
        until_given: Duration::from_millis(200),
        until_taken: Duration::from_millis(200),
    };
    let mute = server(saying(b""), Security::None);
    let error = refused(
        &Smtp::new(mute, None, sender()).with_patience(patience),
        "ann",
    )
    .await;
    assert_eq!(error.kind, MailErrorKind::NoAnswer);

    let started = smtp::Smtp::start(Tls::None, None).unwrap();
    let patience = Patience {
        until_given: Patience::default().until_given,
        ..patience
    };
    let local = server(started.port(), Security::None);
    let smtp = Smtp::new(local, None, sender()).with_patience(patience);
    let error = refused(&smtp, "silent").await;
    assert_eq!(error.kind, MailErrorKind::Unknown);
    assert_eq!(started.next_mail().unwrap().to, ["silent@example.com"]);
}

#[tokio::test]
async fn what_is_no_mail_server_is_told_apart() {
    for (words, security) in [
        (&b"SSH-2.0-OpenSSH_9.2\r\n"[..], Security::None),
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], Security::Tls),
        (&b"220 mail.example.com ESMTP\r\n"[..], Security::Tls),
    ] {
        let error = refused(
            &Smtp::new(server(saying(words), security), None, sender()),
            "ann",
        )
        .await;
        assert_eq!(error.kind, MailErrorKind::Garbage, "{error}");
    }
}
