//! A policy's TOML, read with its places: whatever is wrong is said with line and column, and reading
//! goes on, so that a person sees everything that is wrong at once.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::catalogue::nearest;
use crate::policy::SettingValue;

/// One thing that is wrong with a policy file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}:{column}: {reason}")]
pub struct LoadError {
    /// The file's name as it was given.
    pub file: String,
    /// Line, from one.
    pub line: usize,
    /// Column in characters, from one.
    pub column: usize,
    /// What is wrong, as a sentence without its full stop.
    pub reason: String,
}

/// A file being read, and what was found wrong so far.
pub(crate) struct Document<'t> {
    file: &'t str,
    text: &'t str,
    problems: RefCell<Vec<LoadError>>,
}

/// A text with its place in the file.
#[derive(Clone, Debug)]
pub(crate) struct Written<'t> {
    pub(crate) value: &'t str,
    pub(crate) span: Range<usize>,
}

impl<'t> Document<'t> {
    pub(crate) fn new(file: &'t str, text: &'t str) -> Self {
        Self {
            file,
            text,
            problems: RefCell::default(),
        }
    }

    /// Everything found wrong, in the order of the file.
    pub(crate) fn into_problems(self) -> Vec<LoadError> {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems.dedup();
        problems
    }

    pub(crate) fn problem(&self, at: usize, reason: impl fmt::Display) {
        let before = &self.text[..self.text.floor_char_boundary(at.min(self.text.len()))];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.problems.borrow_mut().push(LoadError {
            file: self.file.to_owned(),
            line: 1 + before.matches('\n').count(),
            column: 1 + before[line_start..].chars().count(),
            reason: reason.to_string(),
        });
    }

    /// Tells of a problem so many characters into a text.
    pub(crate) fn problem_inside(
        &self,
        written: &Written<'_>,
        offset: usize,
        reason: impl fmt::Display,
    ) {
        let inside = written.value.char_indices().nth(offset);
        let inside = inside.map_or(written.value.len(), |(byte, _)| byte);
        let at = self
            .start_of(written)
            .map_or(written.span.start, |start| start + inside);
        self.problem(at, reason);
    }

    /// Where a text's first character stands; `None` when escapes make text and file differ.
    fn start_of(&self, written: &Written<'_>) -> Option<usize> {
        ["\"\"\"\n", "'''\n", "\"\"\"", "'''", "\"", "'"]
            .iter()
            .find_map(|quote| {
                let raw = self.text.get(written.span.clone())?;
                raw.strip_prefix(quote)?
                    .starts_with(written.value)
                    .then_some(written.span.start + quote.len())
            })
    }
}

/// One table of the file. When it goes out of scope it tells of the keys that nobody asked for, so no
/// key can be forgotten here and no slip in a file goes unnoticed.
pub(crate) struct Section<'d, 't> {
    pub(crate) document: &'d Document<'t>,
    table: &'t DeTable<'t>,
    pub(crate) span: Range<usize>,
    asked: RefCell<BTreeSet<&'static str>>,
    /// Set where the keys are names of the file's own choice.
    open: bool,
}

impl<'d, 't> Section<'d, 't> {
    pub(crate) fn new(
        document: &'d Document<'t>,
        table: &'t DeTable<'t>,
        span: Range<usize>,
    ) -> Self {
        Self {
            document,
            table,
            span,
            asked: RefCell::default(),
            open: false,
        }
    }

    /// Tells of a problem with the section as a whole.
    pub(crate) fn problem(&self, reason: impl fmt::Display) {
        self.document.problem(self.span.start, reason);
    }

    fn value(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key)
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.value(key).is_some()
    }

    pub(crate) fn is_text(&self, key: &'static str) -> bool {
        self.value(key)
            .is_some_and(|value| value.get_ref().is_str())
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<Written<'t>> {
        let value = self.value(key)?;
        let Some(text) = value.get_ref().as_str() else {
            return self.wrong(key, value, "a text");
        };
        Some(Written {
            value: text,
            span: value.span(),
        })
    }

    pub(crate) fn required_text(&self, key: &'static str) -> Option<Written<'t>> {
        self.required(key);
        self.text(key)
    }

    pub(crate) fn required(&self, key: &'static str) {
        if !self.has(key) {
            self.problem(format_args!("“{key}” is missing"));
        }
    }

    pub(crate) fn boolean(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let found = value.get_ref().as_bool();
        found.or_else(|| self.wrong(key, value, "true or false"))
    }

    pub(crate) fn integer(&self, key: &'static str, within: RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(key)?;
        let found = integer(value.get_ref()).filter(|number| within.contains(number));
        let wanted = format!("a whole number from {} to {}", within.start(), within.end());
        found.or_else(|| self.wrong(key, value, &wanted))
    }

    /// One text, or a list of them.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<Written<'t>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let values = match value.get_ref() {
            DeValue::Array(values) => values.iter().collect(),
            _ => vec![value],
        };
        let written = values
            .into_iter()
            .filter_map(|value| match value.get_ref().as_str() {
                Some(text) => Some(Written {
                    value: text,
                    span: value.span(),
                }),
                None => self.wrong(key, value, "a text"),
            });
        written.collect()
    }

    /// A setting's value: true or false, a whole number or a text.
    pub(crate) fn scalar(&self, key: &'static str) -> Option<SettingValue> {
        match self.value(key)?.get_ref() {
            DeValue::Boolean(value) => Some(SettingValue::Bool(*value)),
            DeValue::String(text) => Some(SettingValue::Text(text.clone().into_owned())),
            other => integer(other).map(SettingValue::Int),
        }
    }

    pub(crate) fn section(&self, key: &'static str) -> Option<Section<'d, 't>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section::new(self.document, table, value.span())),
            _ => self.wrong(key, value, "a table"),
        }
    }

    /// The tables of `[[key]]`.
    pub(crate) fn sections(&self, key: &'static str) -> Vec<Section<'d, 't>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(tables) = value.get_ref() else {
            return self
                .wrong(key, value, "a list of tables")
                .unwrap_or_default();
        };
        let sections = tables.iter().filter_map(|value| match value.get_ref() {
            DeValue::Table(table) => Some(Section::new(self.document, table, value.span())),
            _ => self.wrong(key, value, "a table"),
        });
        sections.collect()
    }

    /// One text of every table of `[[key]]`, without reading the tables any further.
    pub(crate) fn texts_of(&self, key: &'static str, inner: &'static str) -> Vec<Written<'t>> {
        let mut sections = self.sections(key);
        for section in &mut sections {
            section.open = true;
        }
        sections
            .iter()
            .filter_map(|section| section.text(inner))
            .collect()
    }

    /// Every entry of a table whose keys are names: of settings, or of attributes.
    pub(crate) fn entries(mut self) -> Vec<(Written<'t>, Entry<'d, 't>)> {
        self.open = true;
        let entries = self.table.iter().map(|(key, value)| {
            let key = Written {
                value: key.get_ref(),
                span: key.span(),
            };
            let entry = match value.get_ref() {
                DeValue::String(text) => Entry::Text(Written {
                    value: text,
                    span: value.span(),
                }),
                DeValue::Table(table) => {
                    Entry::Section(Section::new(self.document, table, value.span()))
                }
                _ => Entry::Other,
            };
            (key, entry)
        });
        entries.collect()
    }

    fn wrong<T>(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<T> {
        let reason = format_args!("“{key}” must be {wanted}");
        self.document.problem(value.span().start, reason);
        None
    }
}

/// A value under a name that the file chose.
pub(crate) enum Entry<'d, 't> {
    Text(Written<'t>),
    Section(Section<'d, 't>),
    Other,
}

impl Drop for Section<'_, '_> {
    fn drop(&mut self) {
        if self.open {
            return;
        }
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if asked.contains(name) {
                continue;
            }
            let meant = nearest(name, asked.iter().map(|key| (*key).to_owned()));
            let meant = meant.map(|meant| format!("; did you mean “{meant}”?"));
            let reason = format!("unknown key “{name}”{}", meant.unwrap_or_default());
            self.document.problem(key.span().start, reason);
        }
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let written = value.as_integer()?;
    i64::from_str_radix(written.as_str(), written.radix()).ok()
}
