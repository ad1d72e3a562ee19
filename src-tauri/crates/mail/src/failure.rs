//! What went wrong with a mail server, by the step at which it did.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use app::{Mail, MailError, MailErrorKind};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use lettre::transport::smtp::Error;
use zeroize::Zeroizing;

use crate::server::Server;

/// Characters of a server's words that are shown at most.
const SAID_CHARS_MAX: usize = 200;

/// How far the talk with the server was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// Finding it, connecting, its greeting.
    Connect,
    /// Making the line secret.
    StartTls,
    /// User and password.
    SignIn,
    /// The sender's address.
    Sender(&'a str),
    /// The recipient's address.
    Recipient(&'a str),
    /// Asking whether the mail may be handed over: nothing was given yet.
    Data,
    /// The mail was given.
    Mail,
}

/// What no message may repeat, should a server do so.
pub(crate) struct Hidden<'a> {
    /// The password, and what may be a code.
    words: Vec<&'a str>,
    /// The password as AUTH LOGIN and AUTH PLAIN (RFC 4616) send it.
    sent: Vec<Zeroizing<String>>,
    /// The mail from its subject on, as it goes over the wire: encoded, most of the time.
    text: &'a str,
}

/// A word of a mail with as many digits may be a code.
const CODE_DIGITS_MIN: usize = 4;

/// Letters of a server's word that make it a quotation, if they are found in the mail.
const QUOTED_BYTES_MIN: usize = 8;

impl<'a> Hidden<'a> {
    /// `user` is who signs in, with the password.
    pub(crate) fn new(user: Option<(&'a str, &'a str)>, mail: &'a Mail, letter: &'a [u8]) -> Self {
        let user = user.filter(|(_, password)| !password.is_empty());
        let text = [&mail.subject, &mail.body];
        let words = text.into_iter().flat_map(|text| text.split_whitespace());
        let digits = |word: &&str| word.chars().filter(char::is_ascii_digit).count();
        let codes = words.filter(|word| digits(word) >= CODE_DIGITS_MIN);
        let letter = std::str::from_utf8(letter).unwrap_or_default();
        Self {
            words: user
                .map(|(_, password)| password)
                .into_iter()
                .chain(codes)
                .collect(),
            sent: user.into_iter().flat_map(as_sent).collect(),
            text: letter.find("Subject:").map_or("", |at| &letter[at..]),
        }
    }

    fn is_in(&self, said: &str) -> bool {
        let quoted = |word: &str| word.len() >= QUOTED_BYTES_MIN && self.text.contains(word);
        let sent = self.sent.iter().map(|sent| sent.as_str());
        let mut secrets = self.words.iter().copied().chain(sent);
        secrets.any(|secret| said.contains(secret)) || said.split_whitespace().any(quoted)
    }
}

/// The two ways in which a password goes over the wire, without the `=` at their ends: some who quote
/// them leave it out.
fn as_sent((user, password): (&str, &str)) -> [Zeroizing<String>; 2] {
    let plain = Zeroizing::new(format!("\0{user}\0{password}"));
    [password, plain.as_str()].map(|text| Zeroizing::new(STANDARD_NO_PAD.encode(text)))
}

/// Turns what went wrong at a step into words.
pub(crate) fn failed(
    server: &Server,
    step: Step<'_>,
    error: &Error,
    hidden: &Hidden<'_>,
) -> MailError {
    let (kind, what) = match error.status() {
        Some(status) => {
            let text = error.source().map(ToString::to_string).unwrap_or_default();
            let code = u16::from(status);
            let kind = refusal(step, code, &text);
            (kind, refused(server, step, kind, code, &text, hidden))
        }
        None if step == Step::Mail => (MailErrorKind::Unknown, unknown(server)),
        None => unanswered(server, error),
    };
    MailError::new(kind, &what)
}

/// The server did not answer in time.
pub(crate) fn timed_out(server: &Server, step: Step<'_>, after: Duration) -> MailError {
    if step == Step::Mail {
        return MailError::new(MailErrorKind::Unknown, &unknown(server));
    }
    let message = format!(
        "the mail server {server} did not answer within {} s",
        after.as_secs()
    );
    MailError::new(MailErrorKind::NoAnswer, &message)
}

fn unknown(server: &Server) -> String {
    format!("the mail server {server} was given the mail and did not say whether it took it")
}

/// What a refusal is about. RFC 5321 for the codes, RFC 3463 for the ones in the text.
fn refusal(step: Step<'_>, code: u16, text: &str) -> MailErrorKind {
    match (step, code) {
        (_, 400..=499) => MailErrorKind::Busy,
        // “Authentication required”, whichever command it answers.
        (Step::SignIn, _) | (_, 530 | 534 | 535) => MailErrorKind::Credentials,
        // “Encryption required for requested authentication mechanism”.
        (_, 523 | 538) | (Step::StartTls, _) => MailErrorKind::Tls,
        (Step::Sender(_), _) => MailErrorKind::RefusedSender,
        // Many servers look at the sender only once they know the recipient.
        (Step::Recipient(_), _) if is_about_the_sender(text) => MailErrorKind::RefusedSender,
        (Step::Recipient(_), _) => MailErrorKind::RefusedRecipient,
        (Step::Data | Step::Mail, _) => MailErrorKind::RefusedMail,
        (Step::Connect, _) => MailErrorKind::Garbage,
    }
}

fn is_about_the_sender(text: &str) -> bool {
    text.starts_with("5.1.7") || text.starts_with("5.1.8") || {
        text.to_ascii_lowercase().contains("sender address")
    }
}

fn refused(
    server: &Server,
    step: Step<'_>,
    kind: MailErrorKind,
    code: u16,
    text: &str,
    hidden: &Hidden<'_>,
) -> String {
    let what = match (kind, step) {
        (MailErrorKind::Busy, _) => "puts it off".to_owned(),
        (MailErrorKind::Credentials, Step::SignIn) => {
            "does not accept user and password".to_owned()
        }
        (MailErrorKind::Credentials, _) => "wants a user and a password".to_owned(),
        (MailErrorKind::Tls, _) => "does not make the line secret".to_owned(),
        (MailErrorKind::RefusedSender, Step::Sender(from)) => format!("takes no mail from {from}"),
        (MailErrorKind::RefusedSender, _) => "does not take the sender's address".to_owned(),
        (MailErrorKind::RefusedRecipient, Step::Recipient(to)) => {
            format!("does not deliver to {to}")
        }
        (MailErrorKind::RefusedMail, _) => "does not take this mail".to_owned(),
        _ => "does not want to talk".to_owned(),
    };
    format!(
        "the mail server {server} {what}: {code}{}",
        said(text, hidden)
    )
}

/// The server's own words, cut to a line; nothing of them where they repeat what must not be seen.
fn said(text: &str, hidden: &Hidden<'_>) -> String {
    if text.trim().is_empty() || hidden.is_in(text) {
        return String::new();
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = line.chars().filter(|c| !c.is_control());
    format!(" {}", shown.take(SAID_CHARS_MAX).collect::<String>())
}

fn unanswered(server: &Server, error: &Error) -> (MailErrorKind, String) {
    if let Some(tls) = find::<rustls::Error>(error) {
        return of_tls(server, tls);
    }
    if let Some(io) = find::<io::Error>(error) {
        let message = format!("the mail server {server} does not answer: {io}");
        return (MailErrorKind::NoAnswer, message);
    }
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    // What `lettre` says when the server hangs up amid an answer, or before one.
    if error.is_response() && said == "incomplete response" {
        let message = format!("the mail server {server} closed the connection without an answer");
        return (MailErrorKind::NoAnswer, message);
    }
    let message = format!("what answers at {server} does not speak as a mail server does");
    (MailErrorKind::Garbage, message)
}

fn of_tls(server: &Server, error: &rustls::Error) -> (MailErrorKind, String) {
    match error {
        rustls::Error::InvalidCertificate(why) => {
            let message = format!("the certificate of {server} is not to be trusted: {why:?}");
            (MailErrorKind::Tls, message)
        }
        rustls::Error::InvalidMessage(_) => {
            let message = format!("what answers at {server} does not speak TLS");
            (MailErrorKind::Garbage, message)
        }
        other => {
            let message = format!("no secret line to {server}: {other}");
            (MailErrorKind::Tls, message)
        }
    }
}

/// The first cause of this type. An I/O error holds one without naming it as its source.
fn find<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let held = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(found) = held.and_then(|held| held.downcast_ref::<T>()) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_by_step_and_code() {
        for (step, code, text, kind) in [
            (Step::SignIn, 535, "5.7.8 no", MailErrorKind::Credentials),
            (Step::SignIn, 454, "later", MailErrorKind::Busy),
            (
                Step::Sender("a"),
                530,
                "5.7.0 sign in",
                MailErrorKind::Credentials,
            ),
            (
                Step::Sender("a"),
                553,
                "not yours",
                MailErrorKind::RefusedSender,
            ),
            (
                Step::Recipient("b"),
                550,
                "5.1.1 unknown",
                MailErrorKind::RefusedRecipient,
            ),
            (
                Step::Recipient("b"),
                553,
                "5.7.1 Sender address rejected: not owned by user",
                MailErrorKind::RefusedSender,
            ),
            (Step::Recipient("b"), 450, "greylisted", MailErrorKind::Busy),
            (Step::Mail, 554, "spam", MailErrorKind::RefusedMail),
            (Step::Mail, 451, "later", MailErrorKind::Busy),
        ] {
            assert_eq!(refusal(step, code, text), kind, "{step:?} {code} {text}");
        }
    }

    #[test]
    fn a_server_that_repeats_a_secret_is_not_quoted() {
        let mail = Mail {
            to: domain::Email::parse("ann@example.com").unwrap(),
            subject: "Code 4938-2716".into(),
            body: "Yours: 493827".into(),
        };
        let letter = b"To: ann@example.com\r\nSubject: Code\r\n\r\n7J247KadIOy9lOuTnDogNDkzODI3";
        let hidden = Hidden::new(Some(("sales", "hunter2")), &mail, letter);
        for (words, shown) in [
            ("bad\r\n\tuser \u{7}", " bad user "),
            (
                "ann@example.com is not here",
                " ann@example.com is not here",
            ),
            ("bad password hunter2", ""),
            ("unknown command: aHVudGVyMg==", ""),
            ("unknown command aHVudGVyMg", ""),
            ("AUTH PLAIN AHNhbGVzAGh1bnRlcjI= is wrong", ""),
            ("AUTH PLAIN is wrong", " AUTH PLAIN is wrong"),
            ("you said 4938-2716", ""),
            ("you said 493827!", ""),
            ("you said IOy9lOuTnDogNDkz", ""),
        ] {
            assert_eq!(said(words, &hidden), shown, "{words}");
        }
        assert_eq!(said(&"x".repeat(9000), &hidden).len(), SAID_CHARS_MAX + 1);
        let without = Hidden::new(Some(("sales", "")), &mail, b"");
        assert_eq!(said("fine", &without), " fine");
    }
}
