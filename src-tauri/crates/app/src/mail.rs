//! Mail to buyers: what is sent, the port to what sends it, and why it was not sent.

use std::fmt;

use domain::Email;
use futures_util::future::BoxFuture;

/// A mail to one person, in plain text. Its words may hold a verification code, so `Debug` shows none.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who it is for.
    pub to: Email,
    /// What it is about, in one line.
    pub subject: String,
    /// What it says; lines end with `\n`.
    pub body: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

/// What gets a mail to its reader: a mail server, or the sandbox's mailbox.
pub trait Mailer: Send + Sync + 'static {
    /// Sends it once. Tries nothing again: whether to is the caller's decision, by
    /// [`MailErrorKind`]. Wants a multi-threaded runtime, since the keyring may block.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>>;
}

/// Why a mail was not sent, or may not have been. Never holds what the mail says, nor a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MailError {
    /// What the caller can do about it.
    pub kind: MailErrorKind,
    /// What happened, as a sentence without its full stop; at most 512 characters.
    pub message: String,
}

/// Declares the kinds with what to do about each.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident => $hint:literal,)+) => {
        /// One variant per way the caller behaves differently.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum MailErrorKind { $($(#[$doc])* $kind,)+ }

        impl MailErrorKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// What to do next, as sentences.
            #[must_use]
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$kind => $hint,)+ }
            }
        }
    };
}

kinds! {
    /// The connection has no mail server.
    NotConfigured => "Enter the mail server in the connection's settings, or with `binderyctl connection mail ID set`.",
    /// No answer: no network, connection refused or dropped, timeout. Nothing was sent.
    NoAnswer => "Check the network, and host and port of the mail server; then send it again.",
    /// The server is busy or puts it off. Nothing was sent.
    Busy => "Wait a few minutes, then send it again.",
    /// The server does not deliver to this address.
    RefusedRecipient => "Check the address with the buyer. Sending to it again comes to the same.",
    /// The server does not take mail from the connection's address.
    RefusedSender => "Enter an address that this mail server lets the user send from, in the connection's mail settings.",
    /// The server does not take this mail.
    RefusedMail => "The server's words above say why. Ask whoever runs it: sending it again comes to the same.",
    /// The server does not accept user and password, or the keyring does not give the password.
    Credentials => "Enter user and password again, in the connection's mail settings.",
    /// No connection that nobody can listen to: no STARTTLS, or a certificate that nobody knows.
    Tls => "Check host, port and security of the mail server with whoever runs it. The password was not sent either.",
    /// The server was given the mail and never said whether it took it.
    Unknown => "Ask the buyer whether the mail came before you send it again.",
    /// The answer made no sense: not a mail server, or one that speaks otherwise than agreed.
    Garbage => "Check host and port: something other than a mail server answers there, or one that wants other security.",
}

impl MailError {
    /// Characters of a message at most.
    pub const MESSAGE_CHARS_MAX: usize = 512;

    /// An error with its words, which are cut where they are too long.
    #[must_use]
    pub fn new(kind: MailErrorKind, message: &str) -> Self {
        Self {
            kind,
            message: message.chars().take(Self::MESSAGE_CHARS_MAX).collect(),
        }
    }

    /// The connection has nothing to send mail with.
    #[must_use]
    pub fn not_configured() -> Self {
        let message = "this connection has no mail server, so it cannot send mail to buyers";
        Self::new(MailErrorKind::NotConfigured, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_shows_nothing_of_what_it_says() {
        let mail = Mail {
            to: Email::parse("ann@example.com").unwrap(),
            subject: "Your code 123456".into(),
            body: "123456".into(),
        };
        let shown = format!("{mail:?}");
        assert!(shown.contains("ann@example.com"), "{shown}");
        assert!(!shown.contains("123456"), "{shown}");
    }

    #[test]
    fn words_are_bounded() {
        let error = MailError::new(MailErrorKind::Garbage, &"é".repeat(100_000));
        assert_eq!(error.message.chars().count(), MailError::MESSAGE_CHARS_MAX);
    }
}
