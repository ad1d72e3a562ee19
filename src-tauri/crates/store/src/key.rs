//! The key of an encrypted database.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A random 256-bit key. Not shown, not serialized, and wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; Self::BYTES]);

impl DatabaseKey {
    /// Bytes of a key. It is used as it is, without being derived from a passphrase.
    pub const BYTES: usize = 32;

    /// A new key from the operating system's randomness.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut bytes = [0; Self::BYTES];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(bytes))
    }

    /// The key that [`DatabaseKey::to_hex`] wrote.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        if text.len() != Self::BYTES * 2 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(*bytes))
    }

    /// The key as 64 hexadecimal digits, for the keyring.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(Self::BYTES * 2));
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        text
    }

    pub(crate) fn key_pragma(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", self.to_hex().as_str()))
    }

    pub(crate) fn rekey_pragma(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("PRAGMA rekey = \"x'{}'\"", self.to_hex().as_str()))
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(redacted)")
    }
}

/// The key that a database's audit is chained with: 256 random bits as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditKey(DatabaseKey);

impl AuditKey {
    /// A new key from the operating system's randomness.
    pub fn random() -> Result<Self, NoRandomness> {
        DatabaseKey::random().map(Self)
    }

    /// The sandbox's, which everybody knows: its audit is found to be damaged, not to be forged.
    #[must_use]
    pub const fn of_the_sandbox() -> Self {
        Self(DatabaseKey([0x5b; DatabaseKey::BYTES]))
    }

    /// The key that [`AuditKey::to_hex`] wrote.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        DatabaseKey::from_hex(text).map(Self)
    }

    /// The key as 64 hexadecimal digits, for the keyring.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        self.0.to_hex()
    }

    pub(crate) const fn bytes(&self) -> &[u8; DatabaseKey::BYTES] {
        &self.0.0
    }
}

/// The operating system has no randomness to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system has no randomness to give for a key")]
pub struct NoRandomness;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_from_its_text_and_never_shows() {
        let key = DatabaseKey::random().unwrap();
        let hex = key.to_hex();
        assert_eq!(DatabaseKey::from_hex(&hex), Some(key.clone()));
        assert_eq!(format!("{key:?}"), "DatabaseKey(redacted)");
        assert_ne!(DatabaseKey::random().unwrap(), key);
        for bad in [
            "",
            "00",
            &hex[1..],
            &format!("{}g", &hex[1..]),
            &"é".repeat(32),
        ] {
            assert_eq!(DatabaseKey::from_hex(bad), None, "{bad}");
        }
    }
}
