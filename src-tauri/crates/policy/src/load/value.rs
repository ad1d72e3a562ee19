//! Small things that a policy is made of: words, lengths of time, settings.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::SPAN_DAYS_MAX;
use crate::document::{Document, Entry, Section, Written};
use crate::policy::{Setting, SettingValue, Settings};
use crate::text::{Names, Template};

pub(super) fn settings(top: &Section<'_, '_>) -> Settings {
    let Some(section) = top.section("settings") else {
        return Settings::new();
    };
    let document = section.document;
    let settings = section.entries().into_iter().filter_map(|(name, entry)| {
        let Entry::Section(setting) = entry else {
            let reason =
                "a setting is a table with “about” and one of “value”, “duration”, “money”";
            document.problem(name.span.start, reason);
            return None;
        };
        if !is_name(name.value) {
            document.problem(
                name.span.start,
                "a setting's name has small letters, digits and underscores",
            );
        }
        let about = template(&setting, "about", Names::default());
        let value = setting_value(&setting);
        if value.is_none() {
            setting.problem("one of “value”, “duration” and “money” is missing or wrong");
        }
        Some((
            name.value.to_owned(),
            Setting {
                value: value?,
                about: about?,
            },
        ))
    });
    settings.collect()
}

fn setting_value(setting: &Section<'_, '_>) -> Option<SettingValue> {
    if setting.has("duration") {
        return span(setting, "duration").map(SettingValue::Span);
    }
    if let Some(amount) = setting.text("money") {
        return domain::money::parse_micros(amount.value).map(SettingValue::Money);
    }
    setting.scalar("value")
}

pub(super) fn template(
    section: &Section<'_, '_>,
    key: &'static str,
    names: Names<'_>,
) -> Option<Template> {
    section.required(key);
    optional_template(section, key, names)
}

/// A text in each language as a table, or the English one alone.
pub(super) fn optional_template(
    section: &Section<'_, '_>,
    key: &'static str,
    names: Names<'_>,
) -> Option<Template> {
    if section.is_text(key) {
        let english = section.text(key)?;
        return Some(Template::plain(section.document, &english, names));
    }
    Template::read(&section.section(key)?, names)
}

/// A length of time such as `3d`, `12h`, `10m` or `30s`.
pub(super) fn span(section: &Section<'_, '_>, key: &'static str) -> Option<Duration> {
    let written = section.text(key)?;
    let parsed = parse_span(written.value);
    if parsed.is_none() {
        let reason = format!(
            "“{}” is no duration such as 3d, 12h, 10m or 30s",
            written.value
        );
        section.document.problem(written.span.start, reason);
    }
    parsed
}

fn parse_span(text: &str) -> Option<Duration> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => return None,
    };
    let digits = count.bytes().all(|byte| byte.is_ascii_digit());
    let count: u64 = count.parse().ok().filter(|count| digits && *count > 0)?;
    let seconds = count.checked_mul(seconds)?;
    (seconds <= SPAN_DAYS_MAX * 86_400).then(|| Duration::from_secs(seconds))
}

/// One of the words that a key takes.
pub(super) fn word<T>(
    section: &Section<'_, '_>,
    key: &'static str,
    words: impl IntoIterator<Item = (&'static str, T)>,
) -> Option<T> {
    let written = section.required_text(key)?;
    one_of(section.document, &written, words)
}

pub(super) fn one_of<T>(
    document: &Document<'_>,
    written: &Written<'_>,
    words: impl IntoIterator<Item = (&'static str, T)>,
) -> Option<T> {
    let mut known = Vec::new();
    for (word, meaning) in words {
        if word == written.value {
            return Some(meaning);
        }
        known.push(word);
    }
    let reason = format!("“{}” is none of {}", written.value, known.join(", "));
    document.problem(written.span.start, reason);
    None
}

pub(super) fn owned(texts: Vec<Written<'_>>) -> Vec<String> {
    texts
        .into_iter()
        .map(|text| text.value.to_owned())
        .collect()
}

pub(super) fn count(
    section: &Section<'_, '_>,
    key: &'static str,
    within: RangeInclusive<i64>,
) -> Option<u32> {
    section
        .integer(key, within)
        .and_then(|count| u32::try_from(count).ok())
}

/// What CEL can write behind `settings.`.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.bytes().all(fits) && text.starts_with(|first: char| first.is_ascii_lowercase())
}
