//! Errors as the services answer them: a name, a message and the members the model gives it.

use std::borrow::Cow;

use crate::shape::{Kind, Violation};
use crate::value::{Value, list, map};

/// The AWS services served here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Agreement,
    Entitlement,
    Metering,
    Catalog,
    Identity,
}

/// An error an operation answers with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    /// Members beside the message, such as `reason` or `resourceId`.
    pub(crate) members: Vec<(Cow<'static, str>, Value)>,
}

impl Failure {
    pub(crate) fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            members: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// The Agreement Service's answer to a parameter it does not accept.
    pub(crate) fn validation(reason: &str, field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fields = list([map([
            ("name", field.into()),
            ("message", message.as_str().into()),
        ])]);
        Self::new("ValidationException", message)
            .with("reason", reason)
            .with("fields", fields)
    }

    pub(crate) fn not_found(id: &str, kind: &str) -> Self {
        Self::new("ResourceNotFoundException", format!("{kind} was not found"))
            .with("resourceId", id)
            .with("resourceType", kind)
    }

    /// What a service says to input outside its model.
    pub(crate) fn of_violations(service: Service, violations: &[Violation]) -> Self {
        let unreadable = violations.iter().find(|found| found.kind == Kind::Type);
        if let Some(found) = unreadable {
            return Self::new(
                "SerializationException",
                format!("{} {}", found.path, found.message),
            );
        }
        let told: Vec<String> = violations.iter().map(told).collect();
        let summary = format!(
            "{} validation error{} detected: {}",
            violations.len(),
            if violations.len() == 1 { "" } else { "s" },
            told.join("; ")
        );
        let message: String = summary.chars().take(MESSAGE_MAX_CHARS).collect();
        match service {
            Service::Agreement => {
                let fields = violations.iter().map(|found| {
                    map([
                        ("name", field_name(found)),
                        ("message", found.message.as_str().into()),
                    ])
                });
                let reason = violations.first().map_or("OTHER", |found| found.reason);
                Self::new("ValidationException", message)
                    .with("reason", reason)
                    .with("fields", list(fields))
            }
            Service::Entitlement => Self::new("InvalidParameterException", message),
            Service::Metering => metering(violations, message),
            Service::Catalog => {
                let fields = violations.iter().map(|found| {
                    map([
                        ("Reason", "FieldValidationFailed".into()),
                        ("Field", catalog_field(found)),
                        ("Message", found.message.as_str().into()),
                    ])
                });
                Self::new("ValidationException", message)
                    .with("ValidationExceptionFieldList", list(fields))
            }
            Service::Identity => Self::new("ValidationError", message),
        }
    }

    /// The HTTP status, from the models; where a model has none, 500 for the service's own faults
    /// and 400 for everything else.
    pub(crate) fn status(&self, service: Service) -> u16 {
        let modeled = matches!(service, Service::Agreement | Service::Catalog);
        match self.code.as_ref() {
            "ValidationException" if service == Service::Catalog => 422,
            "AccessDeniedException" if modeled => 403,
            "AccessDenied"
            | "ExpiredToken"
            | "InvalidClientTokenId"
            | "SignatureDoesNotMatch"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException" => 403,
            "ResourceNotFoundException" if modeled => 404,
            "UnknownOperationException" => 404,
            "ConflictException" => 409,
            "RequestEntityTooLargeException" => 413,
            "ResourceNotSupportedException" => 415,
            "ServiceQuotaExceededException" => 402,
            "ResourceInUseException" | "LockedException" => 423,
            "ThrottlingException" if modeled => 429,
            "TooManyRequestsException" => 429,
            "ServiceUnavailable" | "ServiceUnavailableException" => 503,
            code if code.starts_with("Internal") => 500,
            _ => 400,
        }
    }
}

/// Longest message of the Agreement Service's model, in characters.
const MESSAGE_MAX_CHARS: usize = 1024;

fn told(found: &Violation) -> String {
    let place = if found.path.is_empty() {
        "the input"
    } else {
        &found.path
    };
    match found.kind {
        Kind::Missing => found.message.clone(),
        Kind::Type | Kind::Invalid => format!("{place} {}", found.message),
    }
}

fn field_name(found: &Violation) -> Value {
    if found.path.is_empty() {
        "input".into()
    } else {
        found.path.as_str().into()
    }
}

/// A path in the characters the catalog's model allows for a field: `[` and `]` are none of them.
fn catalog_field(found: &Violation) -> Value {
    let plain = found.path.replace('[', ".").replace(']', "");
    if plain.is_empty() {
        "input".into()
    } else {
        plain.into()
    }
}

/// Tags have an error of their own.
fn metering(violations: &[Violation], message: String) -> Failure {
    let tags = violations.iter().all(|found| found.path.contains(".Tags"));
    let allocations = violations
        .iter()
        .all(|found| found.path.contains(".UsageAllocations"));
    match (tags, allocations) {
        (true, _) => Failure::new("InvalidTagException", message),
        (false, true) => Failure::new("InvalidUsageAllocationsException", message),
        (false, false) => Failure::new("ValidationException", message),
    }
}
