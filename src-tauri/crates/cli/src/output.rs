//! Answers and errors: for people as text, for scripts as one JSON document.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use connection::OpenError;
use serde::Serialize;
use views::{Code, Failure, FieldProblem};

/// Where answers go.
pub(crate) struct Output {
    json: bool,
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Fault {
    failure: Failure,
    /// Everything that is wrong with a file, where that is why.
    problems: Vec<Problem>,
}

/// One thing that is wrong with a file.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    pub(crate) file: String,
    pub(crate) line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    pub(crate) message: String,
}

/// An error as scripts read it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDocument<'a> {
    code: Code,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    problems: &'a [Problem],
    /// What is wrong with which field of what was entered.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    fields: &'a [FieldProblem],
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            field,
            message,
        } = self;
        write!(f, "{file}:{line}:")?;
        if let Some(column) = column {
            write!(f, "{column}:")?;
        }
        if let Some(field) = field {
            write!(f, " {field}")?;
        }
        write!(f, " {message}")
    }
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints the answer: `value` as JSON, or `text`.
    pub(crate) fn answer(
        &self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Fault> {
        let written = if self.json {
            serde_json::to_string_pretty(value).map_err(|error| Fault::internal(&error))?
        } else {
            text().trim_end().to_owned()
        };
        self.line(&written)
    }

    /// Prints one line now. A reader that has gone away (`| head`) is no error.
    #[expect(
        clippy::unused_self,
        reason = "an output is printed through the output"
    )]
    pub(crate) fn line(&self, line: &str) -> Result<(), Fault> {
        let mut out = std::io::stdout().lock();
        match writeln!(out, "{line}").and_then(|()| out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Fault::internal(&error))
            }
            _ => Ok(()),
        }
    }

    /// Shows progress on standard error, where a person looks.
    pub(crate) fn progress(&self, line: &str) {
        if !self.json {
            let _ = writeln!(std::io::stderr().lock(), "{line}");
        }
    }

    /// Prints why the command failed and gives the exit code for it.
    pub(crate) fn fail(&self, fault: &Fault) -> ExitCode {
        let failure = &fault.failure;
        let document = ErrorDocument {
            code: failure.code,
            message: &failure.message,
            hint: failure.hint.as_deref(),
            request_id: failure.request_id.as_deref(),
            problems: &fault.problems,
            fields: &failure.fields,
        };
        let text = if self.json {
            serde_json::to_string(&document).unwrap_or_default()
        } else {
            let hint = failure
                .hint
                .as_ref()
                .map(|hint| format!("\n{hint}"))
                .unwrap_or_default();
            let others = fault.problems.iter().skip(1);
            let others = others.fold(String::new(), |said, problem| format!("{said}\n{problem}"));
            // The message of a single field's problem says it already.
            let fields = failure.fields.iter().filter(|_| failure.fields.len() > 1);
            let others = fields.fold(others, |said, problem| {
                format!("{said}\n  {}: {}", problem.field, problem.message)
            });
            let request = failure
                .request_id
                .as_ref()
                .map(|id| format!("\nRequest id {id}"));
            format!(
                "error: {}{others}{hint}{}",
                failure.message,
                request.unwrap_or_default()
            )
        };
        let _ = writeln!(std::io::stderr().lock(), "{text}");
        ExitCode::from(exit_code(failure.code))
    }
}

/// What scripts tell outcomes apart by.
fn exit_code(code: Code) -> u8 {
    match code {
        Code::Invalid => 2,
        Code::Refused => 3,
        Code::Denied | Code::Credentials | Code::CodeNeeded => 4,
        Code::Offline
        | Code::Busy
        | Code::Garbage
        | Code::NotSent
        | Code::MaybeSent
        | Code::Unsettled => 5,
        Code::Stale => 6,
        Code::NotFound => 7,
        Code::DatabaseNewer
        | Code::DatabaseDamaged
        | Code::DatabaseKey
        | Code::Keyring
        | Code::Locked
        | Code::DatabaseLocked
        | Code::DatabaseReadOnly
        | Code::DiskFull
        | Code::Stopped
        | Code::Internal => 1,
    }
}

/// Tells what is wrong with the command line. Help and version are answers, not errors.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args().any(|argument| argument == "--json");
    if error.use_stderr() && wants_json {
        let text = error.render().to_string();
        let message = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        let hint = Some("binderyctl --help lists the commands.".to_owned());
        return Output::new(true).fail(&Failure::new(Code::Invalid, message, hint).into());
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1))
}

impl Fault {
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        Failure::new(Code::Internal, error.to_string(), None).into()
    }

    /// Why `filter` is none, with its place marked under it.
    pub(crate) fn of_filter(failure: Failure, filter: &str) -> Self {
        let Some(at) = failure.at else {
            return failure.into();
        };
        let marks = "^".repeat((at.to - at.from).max(1) as usize);
        let place = format!("{filter}\n{}{marks}", " ".repeat(at.from as usize));
        let meant = failure
            .suggestion
            .as_ref()
            .map(|text| format!("\nTry: {text}"))
            .unwrap_or_default();
        let hint = Some(format!("{place}{meant}"));
        Failure { hint, ..failure }.into()
    }

    /// A file that is not what it should be, with everything that is wrong with it.
    pub(crate) fn of_file(problems: Vec<Problem>) -> Self {
        let first = problems.first().map(Problem::to_string);
        let failure = Failure::new(Code::Invalid, first.unwrap_or_default(), None);
        Self { failure, problems }
    }

    /// The same, with what to do next.
    pub(crate) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.failure.hint = hint;
        self
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            problems: Vec::new(),
        }
    }
}

impl From<app::Error> for Fault {
    fn from(error: app::Error) -> Self {
        Failure::from(&error).into()
    }
}

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        Failure::from(app::Failure::from(&error)).into()
    }
}

impl From<OpenError> for Fault {
    fn from(error: OpenError) -> Self {
        Failure::from(error.failure()).into()
    }
}

impl From<sandbox::ControlError> for Fault {
    fn from(error: sandbox::ControlError) -> Self {
        OpenError::from(error).into()
    }
}
