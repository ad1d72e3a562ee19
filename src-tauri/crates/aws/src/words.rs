//! Text from outside, made fit for a message: one line, bounded, without credentials.

/// Characters a message may have; the port promises no more.
pub(crate) const MESSAGE_CHARS_MAX: usize = 512;

/// Characters shown of an answer that could not be read.
const EXCERPT_CHARS_MAX: usize = 60;

/// Signatures, session tokens and secret keys are unbroken runs at least this long, in characters;
/// marketplace ids and the parts of an ARN are shorter.
const SECRET_CHARS_MIN: usize = 40;

/// Access key ids are this long, in characters, and start as below (IAM user guide, unique ids).
const ACCESS_KEY_CHARS: usize = 20;
const ACCESS_KEY_STARTS: [&str; 2] = ["AKIA", "ASIA"];

/// The first line of a message, without anything that looks like a credential, and cut.
///
/// Only the first line, because AWS answers a wrong signature with the canonical request below it,
/// session token included.
pub(crate) fn message(text: &str) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default();
    cut(&without_secrets(line), MESSAGE_CHARS_MAX)
}

/// The text with every run of white space as one space.
pub(crate) fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a body of unknown kind.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let head = &body[..body.len().min(4 * MESSAGE_CHARS_MAX)];
    let text = String::from_utf8_lossy(head);
    cut(&without_secrets(&in_one_line(&text)), EXCERPT_CHARS_MAX)
}

/// At most `chars_max` characters, the last of them an ellipsis when something is missing.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max - 1).collect();
    kept + "…"
}

fn without_secrets(text: &str) -> String {
    let in_run = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if in_run(first) {
            rest.find(|c| !in_run(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (run, after) = rest.split_at(length);
        if is_secret(run) {
            safe.push('…');
        } else if !first.is_control() {
            safe.push_str(run);
        }
        rest = after;
    }
    safe
}

fn is_secret(run: &str) -> bool {
    let access_key = run.len() == ACCESS_KEY_CHARS
        && ACCESS_KEY_STARTS.iter().any(|start| run.starts_with(start));
    access_key || run.len() >= SECRET_CHARS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_ids_and_loses_credentials() {
        let arn =
            "arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef";
        let kept = format!("User: arn:aws:iam::111122223333:user/x may not see {arn}");
        assert_eq!(message(&kept), kept);
        let signature = "0123456789abcdef".repeat(4);
        assert_eq!(
            message(&format!(
                "Key AKIAIOSFODNN7EXAMPLE, signature={signature}\nx-amz-security-token:x"
            )),
            "Key …, …"
        );
    }

    #[test]
    fn messages_and_excerpts_are_cut() {
        assert_eq!(
            message(&"word ".repeat(300)).chars().count(),
            MESSAGE_CHARS_MAX
        );
        assert_eq!(
            excerpt(b"<html>\r\n  <h1>502\x07 Bad</h1>\xff"),
            "<html> <h1>502 Bad</h1>\u{fffd}"
        );
        assert_eq!(excerpt(&[b'.'; 5_000]).chars().count(), EXCERPT_CHARS_MAX);
    }
}
