//! The filter language: `status:active ends:<30d -link:none "exact words" acme`.
//!
//! Terms are joined by *and*; values after a comma by *or*; `-` in front excludes. A text filter is
//! parsed into a [`Filter`] here and evaluated by the index in crate `store`.

mod complete;
mod field;
mod parse;
mod value;

pub use complete::{Completion, Completions, complete};
pub use field::{FIELDS, Field, FieldKind, TextField, TimeField, field};
pub use parse::{nearest, parse};
pub use value::{Bound, LinkChoice, Moment, TimeRange, Trait, ValueRange, When};

use crate::{AgreementStatus, Currency};

/// Longest filter that is parsed, in bytes. Longer ones are refused, not cut.
pub const LENGTH_MAX: usize = 4_096;

/// Most terms in one filter.
pub const TERMS_MAX: usize = 64;

/// A place in the filter's text: byte offsets, `from` inclusive and `to` exclusive, both on
/// character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub from: usize,
    /// One past the last byte.
    pub to: usize,
}

/// Why a text is no filter: where, what, and what may have been meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The part of the text that is wrong.
    pub span: Span,
    /// What is wrong with it, as a sentence without its full stop.
    pub message: String,
    /// A text to put in place of the span.
    pub suggestion: Option<String>,
}

/// A parsed filter. Every term must hold; no term at all matches everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The terms, in the order written.
    pub terms: Vec<Term>,
}

/// One condition of a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Where it stands in the text.
    pub span: Span,
    /// Whether it excludes what it matches.
    pub negated: bool,
    /// What it asks.
    pub condition: Condition,
}

/// What a term asks. Lists hold when any of their values does.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Words anywhere in company, e-mail or any id; lower case.
    Text(String),
    /// Words in one of the text fields; lower case.
    In(TextField, Vec<String>),
    /// The product's title, id or code contains this; lower case.
    Product(Vec<String>),
    /// The agreement's status.
    Status(Vec<AgreementStatus>),
    /// The link's state.
    Link(Vec<LinkChoice>),
    /// An instant lies in a range.
    Time(TimeField, Vec<When>),
    /// The value lies in a range, whatever its currency.
    Value(Vec<ValueRange>),
    /// The value's currency.
    Currency(Vec<Currency>),
    /// A named property.
    Is(Vec<Trait>),
}
