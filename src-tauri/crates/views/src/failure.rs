//! Failures.

use domain::filter::FilterError;
use serde::Serialize;
use specta::Type;

use crate::Span;
use crate::plan::DifferenceInfo;

/// Why something did not do as asked, in terms the window can act on and show.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// How to behave.
    pub code: Code,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do next, as a sentence.
    pub hint: Option<String>,
    /// AWS's request id.
    pub request_id: Option<String>,
    /// For a filter: the part that is wrong.
    pub at: Option<Span>,
    /// For a filter: a text to put in its place.
    pub suggestion: Option<String>,
    /// For a form: what is wrong with which field.
    pub fields: Vec<FieldProblem>,
    /// For a plan that is no longer what it was made on: what changed.
    pub changes: Vec<DifferenceInfo>,
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FieldProblem {
    /// The field's key.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// One variant per way the window behaves differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at app::FailureKind")]
pub enum Code {
    Invalid,
    NotFound,
    Denied,
    Credentials,
    CodeNeeded,
    Offline,
    Busy,
    NotSent,
    MaybeSent,
    Unsettled,
    Garbage,
    DatabaseNewer,
    DatabaseDamaged,
    DatabaseKey,
    DatabaseLocked,
    DatabaseReadOnly,
    DiskFull,
    Keyring,
    Refused,
    Stale,
    Locked,
    Stopped,
    Internal,
}

impl Failure {
    /// A failure that has a code and words alone.
    #[must_use]
    pub fn new(code: Code, message: String, hint: Option<String>) -> Self {
        Self {
            code,
            message,
            hint,
            request_id: None,
            at: None,
            suggestion: None,
            fields: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Why `text` is no filter.
    #[must_use]
    pub fn of_filter(error: &FilterError, text: &str) -> Self {
        Self {
            at: Some(Span::of(error.span, text)),
            suggestion: error.suggestion.clone(),
            ..Self::new(Code::Invalid, error.message.clone(), None)
        }
    }
}

impl From<app::Failure> for Failure {
    fn from(failure: app::Failure) -> Self {
        let fields = failure.fields.iter().map(|problem| FieldProblem {
            field: problem.field.clone().into_owned(),
            message: problem.message.clone(),
        });
        Self {
            fields: fields.collect(),
            changes: failure.changes.iter().map(DifferenceInfo::from).collect(),
            hint: failure.hint().map(str::to_owned),
            request_id: failure.request,
            ..Self::new(failure.kind.into(), failure.message, None)
        }
    }
}

impl From<&app::Error> for Failure {
    fn from(error: &app::Error) -> Self {
        app::Failure::from(error).into()
    }
}

impl From<app::FailureKind> for Code {
    fn from(kind: app::FailureKind) -> Self {
        use app::FailureKind as Kind;
        match kind {
            Kind::Invalid => Self::Invalid,
            Kind::NotFound => Self::NotFound,
            Kind::Denied => Self::Denied,
            Kind::Credentials => Self::Credentials,
            Kind::CodeNeeded => Self::CodeNeeded,
            Kind::Offline => Self::Offline,
            Kind::Busy => Self::Busy,
            Kind::NotSent => Self::NotSent,
            Kind::MaybeSent => Self::MaybeSent,
            Kind::Unsettled => Self::Unsettled,
            Kind::Garbage => Self::Garbage,
            Kind::DatabaseNewer => Self::DatabaseNewer,
            Kind::DatabaseDamaged => Self::DatabaseDamaged,
            Kind::DatabaseKey => Self::DatabaseKey,
            Kind::Keyring => Self::Keyring,
            Kind::Refused => Self::Refused,
            Kind::Stale => Self::Stale,
            Kind::DatabaseLocked => Self::DatabaseLocked,
            Kind::DatabaseReadOnly => Self::DatabaseReadOnly,
            Kind::DiskFull => Self::DiskFull,
            Kind::Stopped => Self::Stopped,
            Kind::Internal => Self::Internal,
        }
    }
}
