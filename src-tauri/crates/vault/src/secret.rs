//! A secret, and what it is called.

use std::fmt;

use zeroize::Zeroizing;

/// A text that nobody may see: it is overwritten when dropped, and shown by no formatting.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// The text is too long to be one of our secrets, or too long for the keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is longer than the {max} bytes that a secret may have")]
pub struct TooLong {
    /// How many bytes there may be.
    pub max: usize,
}

impl Secret {
    /// How many bytes a secret may have: access keys with the longest session token fit in.
    /// Windows' Credential Manager takes only 2560; its refusal comes when the secret is put there.
    pub const BYTES_MAX: usize = 8 * 1024;

    /// Takes the text in, without a copy of it.
    pub fn new(text: String) -> Result<Self, TooLong> {
        // First, so that a text which is refused is overwritten, too.
        let text = Zeroizing::new(text);
        if Self::BYTES_MAX < text.len() {
            return Err(TooLong {
                max: Self::BYTES_MAX,
            });
        }
        Ok(Self(text))
    }

    /// The text, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a secret is for. A connection has at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// AWS access keys.
    AccessKeys,
    /// The key that the connection's database is encrypted with.
    DatabaseKey,
    /// The key that the audit's entries are chained with.
    AuditKey,
    /// The password of the mail server.
    SmtpPassword,
}

impl SecretKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::AccessKeys,
        Self::DatabaseKey,
        Self::AuditKey,
        Self::SmtpPassword,
    ];

    /// The kind's word in the keyring. Never to be changed: entries would not be found again.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AccessKeys => "access-keys",
            Self::DatabaseKey => "database-key",
            Self::AuditKey => "audit-key",
            Self::SmtpPassword => "smtp-password",
        }
    }
}

/// What a secret is called in the keyring.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretName {
    /// The connection it belongs to.
    pub connection: String,
    /// What it is for.
    pub kind: SecretKind,
}

impl SecretName {
    /// The name of a connection's secret.
    pub fn new(connection: impl Into<String>, kind: SecretKind) -> Self {
        Self {
            connection: connection.into(),
            kind,
        }
    }
}

/// The name as the keyring has it.
impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.connection, self.kind.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_by_no_formatting() {
        let secret = Secret::new("hunter2".into()).unwrap();
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret)).find("hunter"),
            None
        );
        assert_eq!(secret.clone().expose(), "hunter2");
    }

    #[test]
    fn a_secret_is_bounded() {
        let longest = "x".repeat(Secret::BYTES_MAX);
        assert_eq!(Secret::new(longest.clone()).unwrap().expose(), longest);
        let refused = Secret::new(longest + "x").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "this is longer than the 8192 bytes that a secret may have"
        );
    }

    #[test]
    fn entries_are_found_by_these_names() {
        let names: Vec<_> = SecretKind::ALL
            .iter()
            .map(|kind| SecretName::new("shop", *kind).to_string())
            .collect();
        assert_eq!(
            names,
            [
                "shop/access-keys",
                "shop/database-key",
                "shop/audit-key",
                "shop/smtp-password"
            ]
        );
    }
}
