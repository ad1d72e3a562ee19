//! What may be typed next.

use super::Span;
use super::field::{FIELDS, field};
use super::parse::split_key;

/// One thing that may be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What to put in place of [`Completions::replace`].
    pub insert: String,
    /// What it is called.
    pub label: String,
    /// What it means.
    pub detail: String,
}

/// What may be typed at the caret, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completions {
    /// The part of the text that a completion replaces.
    pub replace: Span,
    /// The key whose value is being typed; its values may be known elsewhere, as products are.
    pub key: Option<&'static str>,
    /// What was typed of it so far, lower case.
    pub prefix: String,
    /// The completions the language itself knows.
    pub items: Vec<Completion>,
}

/// Completes the word before the caret (a byte offset; one inside a character is moved back).
#[must_use]
pub fn complete(text: &str, caret: usize) -> Completions {
    let mut caret = caret.min(text.len());
    while !text.is_char_boundary(caret) {
        caret -= 1;
    }
    let start = text[..caret].rfind(char::is_whitespace).map_or(0, |at| {
        at + text[at..].chars().next().map_or(1, char::len_utf8)
    });
    let word = &text[start..caret];
    let body = word.strip_prefix('-').unwrap_or(word);
    let value = split_key(body).and_then(|(key, value)| Some((field(key)?, value)));
    let Some((field, value)) = value else {
        return complete_key(body, caret);
    };
    let item = value.rsplit(',').next().unwrap_or(value);
    let prefix = item.to_lowercase();
    let matching = field
        .values
        .iter()
        .filter(|(value, _)| value.starts_with(&prefix));
    let items = matching.map(|(value, detail)| Completion {
        insert: (*value).to_owned(),
        label: (*value).to_owned(),
        detail: (*detail).to_owned(),
    });
    Completions {
        replace: Span {
            from: caret - item.len(),
            to: caret,
        },
        key: Some(field.key),
        items: items.collect(),
        prefix,
    }
}

fn complete_key(body: &str, caret: usize) -> Completions {
    let prefix = body.to_lowercase();
    let matching = FIELDS.iter().filter(|field| field.key.starts_with(&prefix));
    let items = matching.map(|field| Completion {
        insert: format!("{}:", field.key),
        label: format!("{}:", field.key),
        detail: field.help.to_owned(),
    });
    Completions {
        replace: Span {
            from: caret - body.len(),
            to: caret,
        },
        key: None,
        items: items.collect(),
        prefix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<String> {
        complete(text, text.len())
            .items
            .into_iter()
            .map(|item| item.label)
            .collect()
    }

    #[test]
    fn fields_and_then_their_values() {
        assert_eq!(labels("acme st"), ["status:", "starts:"]);
        assert_eq!(
            labels("-link:awaiting"),
            ["awaiting-verification", "awaiting-aws"]
        );
        assert_eq!(labels("status:active,ex"), ["expired"]);
        assert_eq!(
            complete("status:active,ex", 16).replace,
            Span { from: 14, to: 16 }
        );
    }
}
