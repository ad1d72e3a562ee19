//! Codes of an MFA device, on their way from the person to one `AssumeRole`.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

/// Digits of a code (STS `AssumeRole`, `TokenCode`).
const DIGITS: usize = 6;

/// Why a text is no code. Does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code of an MFA device is six digits")]
pub struct InvalidCode;

/// Where the person's code is put and asked for. Cheap to clone; clones share the code.
///
/// A code is used for one `AssumeRole` and dropped, whatever came of it: AWS takes none twice (IAM
/// User Guide, “Using MFA”).
#[derive(Clone, Default)]
pub struct MfaCodes(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    code: Option<Zeroizing<String>>,
    wanted: bool,
    refused: bool,
}

impl MfaCodes {
    /// Takes the code the device shows now, in place of one that was not used yet. Spaces around and
    /// between the digits are ignored, as apps show them in groups.
    pub fn provide(&self, code: &str) -> Result<(), InvalidCode> {
        let digits = Zeroizing::new(code.split_whitespace().collect::<String>());
        if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidCode);
        }
        *self.state() = State {
            code: Some(digits),
            wanted: false,
            refused: false,
        };
        Ok(())
    }

    /// Whether a call waits for a code, or will once the present session has ended.
    #[must_use]
    pub fn wanted(&self) -> bool {
        self.state().wanted
    }

    /// The code, which nobody else gets then; `Err` when there is none, saying whether the last one
    /// was refused. From then on a code is wanted.
    pub(super) fn take(&self) -> Result<Zeroizing<String>, WhyNone> {
        let mut state = self.state();
        let taken = state.code.take();
        state.wanted |= taken.is_none();
        taken.ok_or(if state.refused {
            WhyNone::Refused
        } else {
            WhyNone::NotGiven
        })
    }

    /// Notes that a code was used up without a session to show for it.
    pub(super) fn want(&self, refused: bool) {
        let mut state = self.state();
        // Unless the person was quicker.
        if state.code.is_none() {
            state.wanted = true;
            state.refused = refused;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no code at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhyNone {
    /// The person has given none.
    NotGiven,
    /// AWS refused the one the person gave.
    Refused,
}

impl fmt::Debug for MfaCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MfaCodes(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_however_it_was_typed() {
        let codes = MfaCodes::default();
        for wrong in ["", "12345", "1234567", "12345a", "12-3456", "１２３４５６"] {
            assert_eq!(codes.provide(wrong), Err(InvalidCode), "{wrong}");
        }
        assert_eq!(codes.provide(&"1".repeat(1 << 20)), Err(InvalidCode));
        codes.provide(" 123 456\n").unwrap();
        assert_eq!(codes.take().unwrap().as_str(), "123456");
    }

    #[test]
    fn a_code_is_given_out_once_and_then_wanted() {
        let codes = MfaCodes::default();
        assert!(!codes.wanted());
        codes.provide("123456").unwrap();
        assert!(codes.clone().take().is_ok());
        assert!(!codes.wanted());
        assert_eq!(codes.take(), Err(WhyNone::NotGiven));
        assert!(codes.wanted());
        codes.provide("654321").unwrap();
        assert!(!codes.wanted());
        assert!(!format!("{codes:?}").contains("654321"));
    }

    #[test]
    fn a_refused_code_is_remembered_until_the_next() {
        let codes = MfaCodes::default();
        codes.want(true);
        assert!(codes.wanted());
        assert_eq!(codes.take(), Err(WhyNone::Refused));
        codes.provide("123456").unwrap();
        codes.want(true);
        assert!(!codes.wanted(), "a newer code is at hand");
    }
}
