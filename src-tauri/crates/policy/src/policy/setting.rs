//! Constants of a policy that a vendor may change.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::money::MICROS;

use crate::text::{Language, Template};
use crate::types::Type;

/// A policy's settings by name.
pub type Settings = BTreeMap<String, Setting>;

/// A constant that a vendor may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it is set to.
    pub value: SettingValue,
    /// What it decides.
    pub about: Template,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// On or off.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// A length of time.
    Span(Duration),
    /// An exact amount, in millionths.
    Money(i64),
}

impl SettingValue {
    pub(crate) fn yields(&self) -> Type {
        use crate::catalogue::Kind;
        match self {
            Self::Bool(_) => Type::BOOL,
            Self::Int(_) => Type::Int,
            Self::Text(_) => Type::Of(Kind::Text),
            Self::Span(_) => Type::Span,
            Self::Money(_) => Type::Of(Kind::Money),
        }
    }

    pub(crate) fn to_cel(&self) -> cel::Value {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Int(value) | Self::Money(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
            Self::Span(value) => millis(*value).into(),
        }
    }

    /// The value as a person reads it.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Text(value) => value.clone(),
            Self::Span(value) => say_span(*value, language),
            Self::Money(value) => {
                let decimals = format!("{:06}", value.unsigned_abs() % MICROS.unsigned_abs());
                format!(
                    "{}.{}",
                    value / MICROS,
                    decimals.get(..2).unwrap_or_default()
                )
            }
        }
    }
}

/// A length of time in words, in the largest unit that fits evenly.
#[must_use]
pub fn say_span(span: Duration, language: Language) -> String {
    let seconds = span.as_secs();
    let units = [
        (86_400, "day", "일", "天"),
        (3_600, "hour", "시간", "小时"),
        (60, "minute", "분", "分钟"),
        (1, "second", "초", "秒"),
    ];
    let fits = units
        .into_iter()
        .find(|(unit, ..)| seconds.is_multiple_of(*unit) && seconds >= *unit);
    let (unit, english, korean, chinese) = fits.unwrap_or(units[3]);
    let count = seconds / unit;
    match language {
        Language::English if count == 1 => format!("1 {english}"),
        Language::English => format!("{count} {english}s"),
        Language::Korean => format!("{count}{korean}"),
        Language::Chinese => format!("{count} {chinese}"),
    }
}

/// Milliseconds, as facts and CEL count time. Lengths in policies are far below the limit.
pub(crate) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
