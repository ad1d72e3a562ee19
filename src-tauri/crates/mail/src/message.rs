//! A mail as it goes over the wire (RFC 5322, in ASCII throughout).

use std::time::{Duration, SystemTime};

use app::{Mail, MailError, MailErrorKind};
use domain::{Email, Timestamp};
use lettre::Address;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use zeroize::Zeroizing;

/// Whom mail comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The address.
    pub address: Email,
    /// The name shown with it.
    pub name: Option<String>,
}

impl Sender {
    /// Characters of a name at most.
    pub const NAME_MAX: usize = 100;

    /// Whether mail can be sent from this address: not every text with an @ is one.
    #[must_use]
    pub fn can_send(address: &Email) -> bool {
        address.as_str().is_ascii() && parse(address).is_some()
    }
}

/// A mail, written.
pub(crate) struct Letter {
    pub(crate) from: Address,
    pub(crate) to: Address,
    /// Holds what the mail says, so it is overwritten when dropped.
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Writes a mail. `unique` must differ from that of any other mail.
pub(crate) fn write(
    mail: &Mail,
    sender: &Sender,
    date: Timestamp,
    unique: u128,
) -> Result<Letter, MailError> {
    let refused = |kind, email: &Email| {
        MailError::new(kind, &format!("{email} is no address that mail goes to"))
    };
    let to = parse(&mail.to).ok_or_else(|| refused(MailErrorKind::RefusedRecipient, &mail.to))?;
    let from = parse(&sender.address)
        .ok_or_else(|| refused(MailErrorKind::RefusedSender, &sender.address))?;
    let name = sender.name.as_deref().map(one_line);
    let since_epoch = Duration::from_millis(date.as_millis().try_into().unwrap_or_default());
    let message = Message::builder()
        .from(Mailbox::new(name, from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(one_line(&mail.subject))
        .date(SystemTime::UNIX_EPOCH + since_epoch)
        .message_id(Some(format!("<{unique:032x}@{}>", from.domain())))
        .header(AutoSubmitted)
        .singlepart(SinglePart::plain(lines(&mail.body)))
        // It has one sender and one recipient, which is all that the builder asks for.
        .map_err(|_| MailError::new(MailErrorKind::RefusedMail, "the mail cannot be written"))?;
    Ok(Letter {
        from,
        to,
        bytes: Zeroizing::new(message.formatted()),
    })
}

fn parse(email: &Email) -> Option<Address> {
    email.as_str().parse().ok()
}

/// Without line breaks and other signs that could end a header.
fn one_line(text: &str) -> String {
    let spaced = |c: char| if c.is_control() { ' ' } else { c };
    text.chars()
        .map(spaced)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// With `\n` alone at the end of each line, of which `lettre` makes what mail wants, and without other
/// signs that are no text.
fn lines(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    unified.chars().filter(kept).collect()
}

/// Asks automatic answers (“out of office”) to stay away: RFC 3834.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn mail(subject: &str, body: &str) -> Mail {
        Mail {
            to: Email::parse("ann@example.com").unwrap(),
            subject: subject.into(),
            body: body.into(),
        }
    }

    fn sender(name: &str) -> Sender {
        Sender {
            address: Email::parse("sales@example.net").unwrap(),
            name: Some(name.into()),
        }
    }

    fn written(mail: &Mail, sender: &Sender) -> String {
        let at = Timestamp::from_millis(1_790_000_000_000);
        let letter = write(mail, sender, at, 0x2a).unwrap();
        String::from_utf8(letter.bytes.to_vec()).unwrap()
    }

    #[track_caller]
    fn check(mail: &Mail, sender: &Sender, expected: Expect) {
        expected.assert_eq(&written(mail, sender).replace('\r', ""));
    }

    #[test]
    fn words_in_any_script_go_as_ascii() {
        let code = mail("인증 코드", "인증 코드: 123456\n验证码");
        check(
            &code,
            &sender("관측 센터"),
            expect![[r#"
            From: =?utf-8?b?6rSA7LihIOyEvO2EsA==?= <sales@example.net>
            To: ann@example.com
            Subject: =?utf-8?b?7J247KadIOy9lOuTnA==?=
            Date: Mon, 21 Sep 2026 14:13:20 +0000
            Message-ID: <0000000000000000000000000000002a@example.net>
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            7J247KadIOy9lOuTnDogMTIzNDU2DQrpqozor4HnoIE=
        "#]],
        );
    }

    #[test]
    fn plain_english_stays_readable() {
        let code = mail("Your code", "123456\n.\nA line of one dot is no end.\n");
        check(
            &code,
            &sender("Example, Inc."),
            expect![[r#"
            From: =?utf-8?b?RXhhbXBsZSwgSW5jLg==?= <sales@example.net>
            To: ann@example.com
            Subject: Your code
            Date: Mon, 21 Sep 2026 14:13:20 +0000
            Message-ID: <0000000000000000000000000000002a@example.net>
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 7bit

            123456
            .
            A line of one dot is no end.

        "#]],
        );
    }

    #[test]
    fn nothing_in_a_subject_or_a_name_makes_another_header() {
        let evil = "x\r\nBcc: eve@example.org\r\n\r\nbody";
        let text = written(&mail(evil, "body"), &sender(evil));
        let headers: Vec<_> = text
            .split("\r\n\r\n")
            .next()
            .unwrap()
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split_once(": ").unwrap().0)
            .collect();
        assert!(!headers.contains(&"Bcc"), "{text}");
        assert_eq!(text.matches("\r\n\r\n").count(), 1, "{text}");
    }

    #[test]
    fn every_line_ends_as_lines_of_mail_do() {
        // A lone sign of the two ends the mail for some servers, and begins another.
        let text = written(&mail("Code", "a\r.\r\nb\n.\nc\0\r"), &sender("Example"));
        let alone = text.replace("\r\n", "");
        assert!(!alone.contains(['\r', '\n', '\0']), "{text:?}");
        assert!(text.ends_with("a\r\n.\r\nb\r\n.\r\nc\r\n\r\n"), "{text:?}");
    }

    #[test]
    fn long_words_keep_lines_short() {
        let long = "계정 연결을 확인하는 여섯 자리 코드입니다 ".repeat(40);
        let text = written(
            &mail(&long[..600], &long),
            &sender("名".repeat(90).as_str()),
        );
        assert!(text.is_ascii());
        for line in text.lines() {
            assert!(line.len() <= 100, "{line}");
        }
    }
}
