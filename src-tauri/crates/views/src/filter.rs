//! Filters as the window edits them. Places are UTF-16 offsets, as its texts are.

use app::query::Meaning;
use domain::filter::{Filter, FilterError};
use serde::Serialize;
use specta::Type;

use crate::Failure;

/// A part of a text, in UTF-16 code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Span {
    /// First unit.
    pub from: u32,
    /// One past the last unit.
    pub to: u32,
}

impl Span {
    /// The part of `text` that a byte span means.
    #[must_use]
    pub fn of(span: domain::filter::Span, text: &str) -> Self {
        let units = |to: usize| {
            let before = text.get(..to).unwrap_or(text);
            u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
        };
        Self {
            from: units(span.from),
            to: units(span.to),
        }
    }
}

/// The byte offset in `text` of a UTF-16 offset; one inside a character or behind the end is moved
/// to the next boundary.
#[must_use]
pub fn byte_offset(text: &str, units: u32) -> usize {
    let mut passed = 0;
    for (at, c) in text.char_indices() {
        if passed >= units as usize {
            return at;
        }
        passed += c.len_utf16();
    }
    text.len()
}

/// One term of a filter, for a chip.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Chip {
    /// Where it stands, the minus sign included.
    pub span: Span,
    /// The field's key; absent for free text.
    pub key: Option<String>,
    /// The rest, as written.
    pub value: String,
    /// Whether it excludes.
    pub negated: bool,
}

/// A filter's text, read.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterReading {
    /// Its terms; of a broken one those that can be read.
    pub chips: Vec<Chip>,
    /// What is wrong with it.
    pub error: Option<Failure>,
}

impl FilterReading {
    /// What reading `text` came to. The terms around a broken one are shown nevertheless.
    #[must_use]
    pub fn of(text: &str, reading: &Result<Filter, FilterError>) -> Self {
        match reading {
            Ok(filter) => Self {
                chips: chips(text, filter).collect(),
                error: None,
            },
            Err(error) => Self {
                chips: chips_around(text, error.span),
                error: Some(Failure::of_filter(error, text)),
            },
        }
    }
}

fn chips<'a>(text: &'a str, filter: &'a Filter) -> impl Iterator<Item = Chip> + 'a {
    filter.terms.iter().map(|term| {
        let written = text.get(term.span.from..term.span.to).unwrap_or_default();
        let body = written
            .strip_prefix('-')
            .filter(|_| term.negated)
            .unwrap_or(written);
        let (key, value) = match body.split_once(':') {
            Some((key, value)) if domain::filter::field(key).is_some() => (Some(key), value),
            _ => (None, body),
        };
        Chip {
            span: Span::of(term.span, text),
            key: key.map(str::to_owned),
            value: value.to_owned(),
            negated: term.negated,
        }
    })
}

/// The chips of what stands before and behind the word that is broken. Behind it only if that can be
/// read as a whole: a quotation mark that is missing there makes everything else guesswork.
fn chips_around(text: &str, broken: domain::filter::Span) -> Vec<Chip> {
    let before = text[..broken.from].trim_end_matches(|c: char| !c.is_whitespace());
    let behind = text[broken.to..].trim_start_matches(|c: char| !c.is_whitespace());
    // As long as the word that is left out, so that places behind it stay what they are.
    let word = &text[before.len()..text.len() - behind.len()];
    let blank = " ".repeat(word.encode_utf16().count());
    let around = format!("{before}{blank}{behind}");
    if let Ok(filter) = domain::filter::parse(&around) {
        return chips(&around, &filter).collect();
    }
    // Shorter with every word that is broken, so this comes to an end.
    FilterReading::of(before, &domain::filter::parse(before)).chips
}

/// One thing that may be typed.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// What to put in place of the span.
    pub insert: String,
    /// What it is called.
    pub label: String,
    /// What it means.
    pub detail: String,
}

/// What may be typed at the caret.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Completions {
    /// The part that a completion replaces.
    pub replace: Span,
    /// The completions, best first.
    pub items: Vec<Completion>,
}

impl Completions {
    /// What may be typed in `text`.
    #[must_use]
    pub fn of(text: &str, completions: domain::filter::Completions) -> Self {
        let items = completions.items.into_iter().map(|item| Completion {
            insert: item.insert,
            label: item.label,
            detail: item.detail,
        });
        Self {
            replace: Span::of(completions.replace, text),
            items: items.collect(),
        }
    }
}

/// Where a jump leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum JumpKind {
    /// To an agreement; `id` is its id.
    Agreement,
    /// To an organization; `id` is its id.
    Organization,
    /// To a billing account; `id` is its user name.
    BillingAccount,
    /// To the grid; `id` is the filter.
    Filter,
}

/// A place to go to.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct JumpTarget {
    /// Where it leads.
    pub kind: JumpKind,
    /// What leads there: an id, a user name or a filter.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What tells it apart.
    pub detail: String,
}

impl From<app::query::JumpTarget> for JumpTarget {
    fn from(target: app::query::JumpTarget) -> Self {
        let (kind, id) = match target.meaning {
            Meaning::Agreement(id) => (JumpKind::Agreement, id),
            Meaning::Organization(id) => (JumpKind::Organization, id),
            Meaning::BillingAccount(name) => (JumpKind::BillingAccount, name),
            Meaning::Filter(filter) => (JumpKind::Filter, filter),
        };
        Self {
            kind,
            id,
            title: target.title,
            detail: target.detail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_in_the_windows_units() {
        // U+1D11E takes four bytes in UTF-8 and two units in UTF-16.
        let text = "𝄞 성수 staus:active";
        let reading = FilterReading::of(text, &domain::filter::parse(text));
        assert_eq!(reading.error.unwrap().at, Some(Span { from: 6, to: 11 }));
        assert_eq!(&text[byte_offset(text, 6)..], "staus:active");
    }

    #[test]
    fn chips_show_what_was_written() {
        let text = r#"-status:active,expired "two words" arn:aws:x"#;
        let chips = FilterReading::of(text, &domain::filter::parse(text)).chips;
        let told: Vec<_> = chips
            .iter()
            .map(|chip| (chip.negated, chip.key.as_deref(), chip.value.as_str()))
            .collect();
        let expected = [
            (true, Some("status"), "active,expired"),
            (false, None, "\"two words\""),
            (false, None, "arn:aws:x"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn the_chips_around_a_broken_term_stay_at_their_places() {
        let told = |text: &str| {
            let reading = FilterReading::of(text, &domain::filter::parse(text));
            assert!(reading.error.is_some(), "{text}");
            let chips = reading.chips.into_iter();
            chips
                .map(|chip| (chip.value, chip.span.from, chip.span.to))
                .collect::<Vec<_>>()
        };
        let active = ("active".to_owned(), 0, 13);
        assert_eq!(
            told("status:active ends:<서울d acme"),
            [active.clone(), ("acme".to_owned(), 24, 28)]
        );
        let quoted = told("status:active ends:<30x \"acme");
        assert_eq!(quoted, std::slice::from_ref(&active));
        assert_eq!(told("status:active bogus:1"), [active]);
        assert_eq!(told("ends:"), []);
    }
}
