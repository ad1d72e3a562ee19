//! Text to [`Filter`], with errors that point at the place and suggest what was meant.

use jiff::civil::Date;

use super::field::{FIELDS, Field, FieldKind, TextField, field};
use super::value::{Bound, LinkChoice, Trait, ValueRange, When};
use super::{Condition, Filter, FilterError, LENGTH_MAX, Span, TERMS_MAX, Term};
use crate::money::{MICROS, parse_micros};
use crate::time::DAY_MS;
use crate::{AgreementStatus, Currency, LinkState};

type Result<T> = std::result::Result<T, FilterError>;

/// Reads a filter. The empty text is the filter that matches everything.
pub fn parse(text: &str) -> Result<Filter> {
    if text.len() > LENGTH_MAX {
        let span = Span {
            from: 0,
            to: text.len(),
        };
        return fail(
            span,
            format!("the filter is longer than {LENGTH_MAX} characters"),
            None,
        );
    }
    let mut filter = Filter::default();
    for word in words(text)? {
        if filter.terms.len() == TERMS_MAX {
            return fail(
                word.span,
                format!("a filter has at most {TERMS_MAX} terms"),
                None,
            );
        }
        if let Some(term) = term(&word)? {
            filter.terms.push(term);
        }
    }
    Ok(filter)
}

/// A word of the filter: what lies between spaces, where quoted spaces do not count.
pub(super) struct Word<'a> {
    pub(super) span: Span,
    pub(super) text: &'a str,
}

impl Word<'_> {
    /// The span of a part of the word.
    fn part(&self, part: &str) -> Span {
        let from = self.span.from + (part.as_ptr().addr() - self.text.as_ptr().addr());
        Span {
            from,
            to: from + part.len(),
        }
    }
}

/// Splits at spaces outside quotes.
pub(super) fn words(text: &str) -> Result<Vec<Word<'_>>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('"', None) => {
                quote = Some(at);
                start.get_or_insert(at);
            }
            ('"', Some(_)) => quote = None,
            (c, None) if c.is_whitespace() => {
                if let Some(from) = start.take() {
                    found.push(Word {
                        span: Span { from, to: at },
                        text: &text[from..at],
                    });
                }
            }
            _ => {
                start.get_or_insert(at);
            }
        }
    }
    if let Some(from) = quote {
        let span = Span {
            from,
            to: text.len(),
        };
        let closed = format!("{}\"", &text[from..]);
        return fail(
            span,
            "this quotation mark is never closed".to_owned(),
            Some(closed),
        );
    }
    if let Some(from) = start {
        found.push(Word {
            span: Span {
                from,
                to: text.len(),
            },
            text: &text[from..],
        });
    }
    Ok(found)
}

fn term(word: &Word<'_>) -> Result<Option<Term>> {
    let (negated, body) = match word.text.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, word.text),
    };
    let condition = match split_key(body) {
        None => text_condition(body),
        Some((key, value)) => Some(field_condition(word, key, value)?),
    };
    Ok(condition.map(|condition| Term {
        span: word.span,
        negated,
        condition,
    }))
}

/// The key and value of `key:value`. An ARN, a URL or a quoted text is words, not a field.
pub(super) fn split_key(body: &str) -> Option<(&str, &str)> {
    let (key, value) = body.split_once(':')?;
    let is_word = !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_');
    let is_address = matches!(
        key,
        "arn" | "http" | "https" | "bindery" | "aws" | "aws-marketplace"
    );
    (is_word && !is_address).then_some((key, value))
}

fn text_condition(body: &str) -> Option<Condition> {
    let text = fold(&unquote(body));
    // An ARN is stored by its `l-…` part alone, which is what identifies a license.
    let text = match text.rsplit_once(":license:") {
        Some((_, short)) => short.to_owned(),
        None => text,
    };
    (!text.trim().is_empty()).then_some(Condition::Text(text))
}

fn field_condition(word: &Word<'_>, key: &str, value: &str) -> Result<Condition> {
    let Some(field) = field(key) else {
        let keys = FIELDS.iter().map(|field| field.key);
        let suggestion = nearest(key, keys).map(str::to_owned);
        let message = match &suggestion {
            Some(meant) => format!("there is no field “{key}”; did you mean “{meant}”?"),
            None => format!("there is no field “{key}”"),
        };
        return fail(word.part(key), message, suggestion);
    };
    let items: Vec<&str> = items(value);
    if let Some(empty) = items.iter().find(|item| unquote(item).trim().is_empty()) {
        let example = field.values.first().map(|(value, _)| (*value).to_owned());
        let message = format!("“{key}:” wants a value: {}", field.help);
        let span = if empty.is_empty() {
            word.span
        } else {
            word.part(empty)
        };
        let suggestion = example
            .map(|example| format!("{}{example}", &word.text[..word.text.len() - value.len()]));
        return fail(span, message, suggestion.filter(|_| items.len() == 1));
    }
    let place = Place { word, field };
    Ok(match field.kind {
        FieldKind::Status => Condition::Status(place.each(&items, status)?),
        FieldKind::Link => Condition::Link(place.each(&items, link)?),
        FieldKind::Is => Condition::Is(place.each(&items, property)?),
        FieldKind::Time(time) => Condition::Time(time, place.each(&items, when)?),
        FieldKind::Value => Condition::Value(place.each(&items, amount)?),
        FieldKind::Currency => {
            Condition::Currency(place.each(&items, |item| Currency::parse(item).ok())?)
        }
        FieldKind::Product => Condition::Product(texts(&items)),
        FieldKind::Text(TextField::License) => {
            let licenses = texts(&items).into_iter();
            let short = licenses.map(|text| {
                text.rsplit_once(':')
                    .map_or(text.clone(), |(_, id)| id.to_owned())
            });
            Condition::In(TextField::License, short.collect())
        }
        FieldKind::Text(text) => Condition::In(text, texts(&items)),
    })
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| fold(&unquote(item))).collect()
}

/// Splits at commas outside quotes.
fn items(value: &str) -> Vec<&str> {
    let mut quoted = false;
    value
        .split(|c: char| {
            quoted ^= c == '"';
            c == ',' && !quoted
        })
        .collect()
}

/// Where a value stands, to say so when it is wrong.
struct Place<'a> {
    word: &'a Word<'a>,
    field: &'static Field,
}

impl Place<'_> {
    fn each<T>(&self, items: &[&str], read: fn(&str) -> Option<T>) -> Result<Vec<T>> {
        items
            .iter()
            .map(|item| read(&unquote(item)).map_or_else(|| self.wrong(item), Ok))
            .collect()
    }

    fn wrong<T>(&self, item: &str) -> Result<T> {
        let key = self.field.key;
        let known = || self.field.values.iter().map(|(value, _)| *value);
        let suggestion =
            nearest(item, known()).or_else(|| known().next().filter(|_| self.is_range()));
        let message = match (self.field.kind, suggestion) {
            (FieldKind::Time(_), _) => format!(
                "“{item}” is no time for “{key}”: write <30d, >2w, 30d..60d, 2026-12, 2026-12-01..2026-12-31, past or none"
            ),
            (FieldKind::Value, _) => {
                format!("“{item}” is no amount: write >10000, <=5k, 100..500, 0 or none")
            }
            (FieldKind::Currency, _) => {
                format!("“{item}” is no currency code of three letters, such as USD")
            }
            (_, Some(meant)) => format!("“{key}” has no value “{item}”; did you mean “{meant}”?"),
            (_, None) => {
                let all: Vec<_> = known().collect();
                format!("“{key}” has no value “{item}”; it takes {}", all.join(", "))
            }
        };
        fail(self.word.part(item), message, suggestion.map(str::to_owned))
    }

    fn is_range(&self) -> bool {
        matches!(self.field.kind, FieldKind::Time(_) | FieldKind::Value)
    }
}

/// A status in either spelling. AWS may know more than this program: an unknown word is accepted
/// when written as AWS writes its own, in capitals.
fn status(item: &str) -> Option<AgreementStatus> {
    let wire = item.to_ascii_uppercase().replace('-', "_");
    match AgreementStatus::from_wire(&wire) {
        AgreementStatus::Unknown(_) if item != wire || item.is_empty() => None,
        status => Some(status),
    }
}

fn link(item: &str) -> Option<LinkChoice> {
    match item.to_ascii_lowercase().as_str() {
        "none" => Some(LinkChoice::None),
        "any" => Some(LinkChoice::Any),
        word => LinkState::from_word(word).map(LinkChoice::In),
    }
}

fn property(item: &str) -> Option<Trait> {
    let word = item.to_ascii_lowercase();
    Trait::ALL
        .into_iter()
        .find(|(name, _)| *name == word)
        .map(|(_, property)| property)
}

fn when(item: &str) -> Option<When> {
    let item = item.to_ascii_lowercase();
    match item.as_str() {
        "none" => return Some(When::Unset),
        "past" => return Some(When::Past),
        _ => {}
    }
    if let Some((from, to)) = item.split_once("..") {
        return Some(When::Between(
            bound(from, Edge::From)?,
            bound(to, Edge::To)?,
        ));
    }
    let now = Bound::Away(0);
    // Relative times start at now: `<30d` is within thirty days, not also everything before.
    let within = |far: Bound| {
        if let Bound::Away(_) = far {
            now
        } else {
            Bound::Open
        }
    };
    if let Some(rest) = item.strip_prefix("<=") {
        let far = bound(rest, Edge::To)?;
        return Some(When::Between(within(far), far));
    }
    if let Some(rest) = item.strip_prefix('<') {
        let far = bound(rest, Edge::From)?;
        return Some(When::Between(within(far), far));
    }
    if let Some(rest) = item.strip_prefix(">=") {
        return Some(When::Between(bound(rest, Edge::From)?, Bound::Open));
    }
    if let Some(rest) = item.strip_prefix('>') {
        return Some(When::Between(bound(rest, Edge::To)?, Bound::Open));
    }
    match bound(&item, Edge::To)? {
        far @ Bound::Away(_) => Some(When::Between(now, far)),
        far => Some(When::Between(bound(&item, Edge::From)?, far)),
    }
}

/// Which end of a day, month or year a date stands for.
#[derive(Clone, Copy, PartialEq)]
enum Edge {
    From,
    To,
}

fn bound(text: &str, edge: Edge) -> Option<Bound> {
    match text {
        "" => Some(Bound::Open),
        "now" => Some(Bound::Away(0)),
        _ => duration(text).map(Bound::Away).or_else(|| date(text, edge)),
    }
}

/// `30d`, `2w`, `5h`, `1y`: milliseconds. A year counts as 365 days, a month as 30.
fn duration(text: &str) -> Option<i64> {
    const HOUR_MS: i64 = DAY_MS / 24;
    let unit = text.chars().last()?;
    let each = match unit {
        'h' => HOUR_MS,
        'd' => DAY_MS,
        'w' => 7 * DAY_MS,
        'm' => 30 * DAY_MS,
        'y' => 365 * DAY_MS,
        _ => return None,
    };
    let count: i64 = text[..text.len() - 1].parse().ok()?;
    count.checked_mul(each)
}

/// `2026-12-24`, `2026-12` or `2026`.
fn date(text: &str, edge: Edge) -> Option<Bound> {
    let mut parts = text.split('-');
    let year: i16 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month: Option<i8> = parts.next().map(str::parse).transpose().ok()?;
    let day: Option<i8> = parts.next().map(str::parse).transpose().ok()?;
    if parts.next().is_some() {
        return None;
    }
    let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    let last = match (month, day) {
        (_, Some(_)) => first,
        (Some(_), None) => first.last_of_month(),
        (None, None) => first.last_of_year(),
    };
    Some(if edge == Edge::From {
        Bound::Day(first)
    } else {
        Bound::After(last)
    })
}

fn amount(item: &str) -> Option<ValueRange> {
    let item = item.to_ascii_lowercase();
    if item == "none" {
        return Some(ValueRange::Unknown);
    }
    let range = if let Some((from, to)) = item.split_once("..") {
        let end = |text: &str| {
            if text.is_empty() {
                Some(None)
            } else {
                micros(text).map(Some)
            }
        };
        (end(from)?, end(to)?)
    } else if let Some(rest) = item.strip_prefix("<=") {
        (None, Some(micros(rest)?))
    } else if let Some(rest) = item.strip_prefix('<') {
        (None, Some(micros(rest)? - 1))
    } else if let Some(rest) = item.strip_prefix(">=") {
        (Some(micros(rest)?), None)
    } else if let Some(rest) = item.strip_prefix('>') {
        (Some(micros(rest)?.checked_add(1)?), None)
    } else {
        let exact = micros(&item)?;
        (Some(exact), Some(exact))
    };
    Some(ValueRange::Between(range.0, range.1))
}

/// An amount with an optional `k` (thousand) or `m` (million) behind it, as millionths.
fn micros(text: &str) -> Option<i64> {
    let (number, times) = match text.strip_suffix(['k', 'm']) {
        Some(number) if text.ends_with('k') => (number, 1_000),
        Some(number) => (number, MICROS),
        None => (text, 1),
    };
    parse_micros(number)?.checked_mul(times)
}

/// The text as the index keeps it: lower case.
#[must_use]
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

fn unquote(text: &str) -> String {
    text.replace('"', "")
}

fn fail<T>(span: Span, message: String, suggestion: Option<String>) -> Result<T> {
    Err(FilterError {
        span,
        message,
        suggestion,
    })
}

/// The candidate that `text` was most likely meant to be, if any is near: a prefix, or at most two
/// letters off (one in a word of up to four). Candidates are in lower case.
#[must_use]
pub fn nearest<'c>(text: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let text = text.to_ascii_lowercase();
    let allowed = if text.chars().count() <= 4 { 1 } else { 2 };
    candidates
        .map(|candidate| {
            let is_prefix = text.len() >= 2 && candidate.starts_with(&text);
            (
                if is_prefix {
                    0
                } else {
                    distance(&text, candidate)
                },
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, dropped, changed or swapped with a neighbor.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests;
