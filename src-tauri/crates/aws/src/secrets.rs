//! The values that no message may show.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use aws_credential_types::Credentials;
use zeroize::Zeroizing;

/// Shorter texts are left alone, in characters: none of AWS's secrets is as short, and words are.
const SECRET_CHARS_MIN: usize = 8;

/// Of a secret at the end of a message that was cut, this much gives it away, in characters.
const TRACE_CHARS_MIN: usize = 4;

/// The latest values that are kept, those of expired sessions included: an answer to an older
/// request may still be under way. Three to a session.
const VALUES_MAX: usize = 24;

/// The key ids, secret keys and session tokens in play at a connection. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<Mutex<VecDeque<Zeroizing<String>>>>);

impl Secrets {
    /// Notes what must not be shown.
    pub(crate) fn learn(&self, credentials: &Credentials) {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = [
            Some(credentials.access_key_id()),
            Some(credentials.secret_access_key()),
            credentials.session_token(),
        ];
        for part in parts.into_iter().flatten() {
            let known = values.iter().any(|value| value.as_str() == part);
            if part.chars().count() >= SECRET_CHARS_MIN && !known {
                values.push_back(Zeroizing::new(part.to_owned()));
            }
        }
        while values.len() > VALUES_MAX {
            values.pop_front();
        }
    }

    /// The text with an ellipsis in place of every secret in it.
    pub(crate) fn scrub(&self, text: String) -> String {
        let values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut values: Vec<&str> = values.iter().map(|value| value.as_str()).collect();
        // One may be part of another, which then goes first, as a whole.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let without = |text: String, value| without(&text, value);
        values.into_iter().fold(text, without)
    }
}

fn without(text: &str, secret: &str) -> String {
    let text = text.replace(secret, "…");
    // A message that was cut may end within a secret.
    let body = text.trim_end_matches('…');
    let starts = secret.char_indices().map(|(at, _)| &secret[..at]);
    let traces = starts.filter(|start| start.chars().count() >= TRACE_CHARS_MIN);
    let longest = traces.rev().find(|start| body.ends_with(start));
    longest.map_or_else(
        || text.clone(),
        |start| format!("{}…", &body[..body.len() - start.len()]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_in_play_is_scrubbed_even_when_cut() {
        let secrets = Secrets::default();
        let key = |id: &str, secret: &str, token: Option<&str>| {
            Credentials::new(id, secret, token.map(str::to_owned), None, "test")
        };
        secrets.learn(&key(
            "NOT-LIKE-AWS-1",
            "short-secret-ü",
            Some("token-of-a-session"),
        ));
        let scrub = |text: &str| secrets.scrub(text.to_owned());
        assert_eq!(
            scrub("NOT-LIKE-AWS-1 signed short-secret-ü/token-of-a-session."),
            "… signed …/…."
        );
        assert_eq!(scrub("signed by short-sec…"), "signed by …");
        assert_eq!(scrub("signed by sho…"), "signed by sho…");
        assert_eq!(scrub("nothing to hide"), "nothing to hide");
        secrets.learn(&key("SANDBOX", "sandbox", None));
        assert_eq!(scrub("the sandbox"), "the sandbox");
    }

    #[test]
    fn only_so_many_values_are_kept() {
        let secrets = Secrets::default();
        for number in 0..100 {
            let secret = format!("secret-number-{number}");
            secrets.learn(&Credentials::new("SANDBOX", secret, None, None, "test"));
        }
        assert_eq!(secrets.0.lock().unwrap().len(), VALUES_MAX);
        assert_eq!(secrets.scrub("secret-number-99".into()), "…");
    }
}
