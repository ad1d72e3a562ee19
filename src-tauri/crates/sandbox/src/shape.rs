//! A small description of what an operation takes, and the check of a value against it.
//!
//! The descriptions themselves are tables under `shape/`, one per service, written from the public
//! service models: required members, lengths, patterns, ranges and enumerations.

pub(crate) mod agreement;
pub(crate) mod catalog;
pub(crate) mod entitlement;
pub(crate) mod metering;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use regex_lite::Regex;

use crate::value::Value;

/// What a value must look like.
pub(crate) enum Shape {
    Structure(&'static [Member]),
    List {
        min: usize,
        max: usize,
        of: &'static Shape,
    },
    /// A map whose keys are one of a few names.
    Map {
        keys: &'static [&'static str],
        of: &'static Shape,
    },
    /// Lengths in characters; an empty pattern allows everything.
    Text {
        min: usize,
        max: usize,
        pattern: &'static str,
    },
    OneOf(&'static [&'static str]),
    Integer {
        min: i64,
        max: i64,
    },
    Timestamp,
}

/// A member of a structure. `missing` and `invalid` are the reasons a service names when its errors
/// carry reasons.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) shape: &'static Shape,
    pub(crate) required: bool,
    pub(crate) missing: &'static str,
    pub(crate) invalid: &'static str,
}

impl Member {
    pub(crate) const fn required(name: &'static str, shape: &'static Shape) -> Self {
        Self {
            name,
            shape,
            required: true,
            missing: "OTHER",
            invalid: "OTHER",
        }
    }

    pub(crate) const fn optional(name: &'static str, shape: &'static Shape) -> Self {
        Self {
            name,
            shape,
            required: false,
            missing: "OTHER",
            invalid: "OTHER",
        }
    }

    pub(crate) const fn because(self, missing: &'static str, invalid: &'static str) -> Self {
        Self {
            missing,
            invalid,
            ..self
        }
    }
}

/// One way in which a value does not fit its shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    /// Where, as `filters[0].values`.
    pub(crate) path: String,
    pub(crate) message: String,
    pub(crate) reason: &'static str,
    pub(crate) kind: Kind,
}

/// What sort of violation it is: the services answer them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value of another type than the model's: no service gets as far as validating it.
    Type,
    Missing,
    Invalid,
}

/// Checks `value` and gives it back as the shape reads it: numbers as times where the model says so,
/// and without members the model does not know (services ignore those).
pub(crate) fn check(shape: &Shape, value: &Value) -> Result<Value, Vec<Violation>> {
    let mut check = Check {
        violations: Vec::new(),
    };
    let read = check.read(shape, value, "", "OTHER");
    if check.violations.is_empty() {
        Ok(read)
    } else {
        Err(check.violations)
    }
}

struct Check {
    violations: Vec<Violation>,
}

impl Check {
    fn read(&mut self, shape: &Shape, value: &Value, path: &str, reason: &'static str) -> Value {
        match (shape, value) {
            (Shape::Structure(members), Value::Map(_)) => self.structure(members, value, path),
            (Shape::List { min, max, of }, Value::List(items)) => {
                self.length(items.len(), *min, *max, "items", path, reason);
                let read = items.iter().enumerate().map(|(position, item)| {
                    self.read(of, item, &format!("{path}[{position}]"), reason)
                });
                Value::List(read.collect())
            }
            (Shape::Map { keys, of }, Value::Map(members)) => {
                let read = members.iter().map(|(key, item)| {
                    if !keys.contains(&key.as_ref()) {
                        self.invalid(path, reason, format!("unknown key {}", shown(key)));
                    }
                    let inner = format!("{path}.{key}");
                    (key.clone(), self.read(of, item, &inner, reason))
                });
                Value::Map(read.collect())
            }
            (Shape::Text { min, max, pattern }, Value::Text(text)) => {
                self.length(text.chars().count(), *min, *max, "characters", path, reason);
                if !pattern.is_empty() && !matches(pattern, text) {
                    self.invalid(path, reason, format!("must match the pattern {pattern}"));
                }
                value.clone()
            }
            (Shape::OneOf(names), Value::Text(text)) => {
                if !names.contains(&text.as_str()) {
                    self.invalid(path, reason, format!("must be one of {}", names.join(", ")));
                }
                value.clone()
            }
            (Shape::Integer { min, max }, Value::Integer(number)) => {
                if number < min || number > max {
                    self.invalid(path, reason, format!("must be between {min} and {max}"));
                }
                value.clone()
            }
            (Shape::Timestamp, _) => self.timestamp(value, path),
            _ => self.wrong_type(path),
        }
    }

    fn structure(&mut self, members: &[Member], value: &Value, path: &str) -> Value {
        let mut read = Vec::with_capacity(members.len());
        for member in members {
            let inner = match path {
                "" => member.name.to_owned(),
                _ => format!("{path}.{}", member.name),
            };
            match value.get(member.name) {
                Value::Null if member.required => self.violations.push(Violation {
                    message: format!("{inner} is required"),
                    path: inner,
                    reason: member.missing,
                    kind: Kind::Missing,
                }),
                Value::Null => {}
                given => {
                    let given = self.read(member.shape, given, &inner, member.invalid);
                    read.push((Cow::Borrowed(member.name), given));
                }
            }
        }
        Value::Map(read)
    }

    fn timestamp(&mut self, value: &Value, path: &str) -> Value {
        match value {
            Value::Time(_) => value.clone(),
            Value::Integer(seconds) => match seconds.checked_mul(1000) {
                Some(millis) => Value::Time(millis),
                None => self.wrong_type(path),
            },
            Value::Float(seconds) => Value::Time(millis(*seconds)),
            _ => self.wrong_type(path),
        }
    }

    fn length(
        &mut self,
        length: usize,
        min: usize,
        max: usize,
        unit: &str,
        path: &str,
        reason: &'static str,
    ) {
        if length < min || length > max {
            self.invalid(
                path,
                reason,
                format!("must have {min} to {max} {unit}, has {length}"),
            );
        }
    }

    fn invalid(&mut self, path: &str, reason: &'static str, what: String) {
        self.violations.push(Violation {
            path: path.to_owned(),
            message: what,
            reason,
            kind: Kind::Invalid,
        });
    }

    fn wrong_type(&mut self, path: &str) -> Value {
        self.violations.push(Violation {
            path: path.to_owned(),
            message: "has a type the operation cannot read".to_owned(),
            reason: "OTHER",
            kind: Kind::Type,
        });
        Value::Null
    }
}

/// Seconds since the epoch, as protocols write them, in milliseconds.
pub(crate) fn millis(seconds: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, and NaN becomes 0"
    )]
    let millis = (seconds * 1000.0).round() as i64;
    millis
}

/// At most this many characters of what was sent are repeated in an error.
const SHOWN_MAX_CHARS: usize = 64;

/// A piece of what the caller sent, short enough to repeat in a message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN_MAX_CHARS).collect()
}

fn matches(pattern: &'static str, text: &str) -> bool {
    static COMPILED: LazyLock<RwLock<HashMap<&'static str, Regex>>> =
        LazyLock::new(RwLock::default);
    let known = COMPILED
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(pattern)
        .cloned();
    let regex = known.or_else(|| {
        let regex = Regex::new(&format!("^(?:{pattern})$")).ok()?;
        let mut compiled = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
        Some(compiled.entry(pattern).or_insert(regex).clone())
    });
    regex.is_some_and(|regex| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::map;

    #[test]
    fn every_pattern_of_the_tables_compiles() {
        fn visit(shape: &Shape) {
            match shape {
                Shape::Structure(members) => members.iter().for_each(|member| visit(member.shape)),
                Shape::List { of, .. } | Shape::Map { of, .. } => visit(of),
                Shape::Text { pattern, .. } => {
                    assert!(Regex::new(&format!("^(?:{pattern})$")).is_ok(), "{pattern}");
                }
                Shape::OneOf(_) | Shape::Integer { .. } | Shape::Timestamp => {}
            }
        }
        for operation in crate::operations::ALL {
            visit(operation.input);
        }
    }

    #[test]
    fn all_violations_are_told_at_once_with_their_paths() {
        let sent = map([
            ("maxResults", Value::Integer(51)),
            (
                "filters",
                list_of(vec![map([("name", "No spaces".into())])]),
            ),
        ]);
        let violations = check(&agreement::SEARCH, &sent).unwrap_err();
        let paths: Vec<&str> = violations.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(paths, ["filters[0].name", "maxResults"]);
        assert_eq!(violations[1].reason, "INVALID_MAX_RESULTS");
    }

    #[test]
    fn unknown_members_are_ignored_and_numbers_become_times() {
        let record = map([
            ("Timestamp", Value::Float(1.5)),
            ("Dimension", "units".into()),
            ("Surprise", true.into()),
        ]);
        let read = check(&metering::RECORD, &record).unwrap();
        assert_eq!(read.get("Timestamp").time(), Some(1500));
        assert!(read.get("Surprise").is_absent());
    }

    fn list_of(items: Vec<Value>) -> Value {
        Value::List(items)
    }
}
