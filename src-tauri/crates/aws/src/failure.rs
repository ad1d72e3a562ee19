//! What an attempt that failed came to, told by AWS's error code.
//!
//! By code and not by the SDK's enums: codes outside an operation's own list, such as
//! `AccessDeniedException` on `GetEntitlements`, arrive there as “unhandled” like any unknown one.

use std::error::Error;
use std::time::Duration;

use app::marketplace::{ErrorKind, MarketplaceError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use http_body_util::LengthLimitError;

use crate::body::MAX_RESPONSE_BYTES;
use crate::credentials::Refused;
use crate::words;
use app::Operation;

/// Where in a listing a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// No page token was sent.
    Start,
    /// A page token was sent.
    Continued,
}

/// Whether asking again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hope {
    /// The same request will be refused again.
    None,
    /// Once: the SDK reads AWS's time from every answer and signs the next request by it, so a
    /// signature refused for a wrong clock is right the next time, and any other is not.
    Resigned,
    /// Once, if other credentials can be got in place of these, which AWS no longer accepts.
    Renewed,
    /// With time.
    Later,
}

/// An attempt that failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What the caller is told if this was the last attempt.
    pub(crate) error: MarketplaceError,
    /// Whether another attempt may fare better.
    pub(crate) hope: Hope,
    /// Whether AWS found us too fast.
    pub(crate) throttled: bool,
}

impl Failure {
    /// Nothing came within the limit.
    pub(crate) fn silence(operation: Operation, limit: Duration) -> Self {
        Self::no_answer(
            operation,
            &format!("no answer within {} s", limit.as_secs_f32()),
        )
    }

    /// There are no credentials to make the attempt with, whatever the operation.
    pub(crate) fn of_credentials(kind: ErrorKind, message: &str) -> Self {
        Self::lasting(Operation::GetCallerIdentity, kind, message).called(NO_OPERATION)
    }

    /// A role wants a code.
    pub(crate) fn needing_code(operation: &'static str, message: &str) -> Self {
        Self::of_credentials(ErrorKind::CodeNeeded, message).called(operation)
    }

    /// The attempt was not made, for want of credentials.
    pub(crate) fn refused(operation: Operation, refused: &Refused) -> Self {
        let mut failure = refused.0.clone();
        failure.error.undone = true;
        if failure.error.operation == NO_OPERATION {
            failure.called(operation.name())
        } else {
            failure
        }
    }

    fn called(mut self, operation: &'static str) -> Self {
        self.error.operation = operation;
        self
    }

    /// What the SDK reports.
    pub(crate) fn of<E: ProvideErrorMetadata + Error + 'static>(
        operation: Operation,
        position: Position,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        if let Some(refused) = causes(error).find_map(|cause| cause.downcast_ref::<Refused>()) {
            return Self::refused(operation, refused);
        }
        let failure = match error {
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                match meta.code() {
                    Some(code) => by_code(operation, position, code, meta.message(), service.raw()),
                    None => without_code(operation, service.raw()),
                }
            }
            SdkError::ResponseError(response) => unreadable(operation, error, response.raw()),
            SdkError::DispatchFailure(failed) if !failed.is_user() => {
                Self::no_answer(operation, &format!("no connection: {}", root_cause(error)))
            }
            SdkError::TimeoutError(_) => Self::no_answer(operation, "no answer in time"),
            // Nothing was sent.
            _ => {
                let mut failure = Self::lasting(operation, ErrorKind::Invalid, &root_cause(error));
                failure.error.undone = true;
                failure
            }
        };
        failure.with_request_id(error.request_id())
    }

    fn no_answer(operation: Operation, message: &str) -> Self {
        Self {
            hope: Hope::Later,
            ..Self::lasting(operation, ErrorKind::NoAnswer, message)
        }
    }

    fn lasting(operation: Operation, kind: ErrorKind, message: &str) -> Self {
        Self {
            error: error(operation, kind, message),
            hope: Hope::None,
            throttled: false,
        }
    }

    fn with_request_id(mut self, id: Option<&str>) -> Self {
        self.error.request_id = id.map(|id| words::cut(id, REQUEST_ID_CHARS_MAX));
        self
    }
}

/// Stands for the operation that credentials are wanted for.
const NO_OPERATION: &str = "";

/// AWS's request ids are UUIDs of 36 characters; an unknown sender's may be anything.
const REQUEST_ID_CHARS_MAX: usize = 128;

/// Error codes are the names of exceptions; an unknown sender's may be anything.
const CODE_CHARS_MAX: usize = 128;

/// An error of this crate's own finding.
pub(crate) fn error(operation: Operation, kind: ErrorKind, message: &str) -> MarketplaceError {
    MarketplaceError {
        kind,
        operation: operation.name(),
        code: None,
        message: words::message(message),
        request_id: None,
        undone: false,
    }
}

/// What AWS's code means. `ResolveCustomer` has a code in common with expired credentials, for the
/// registration token it is given; only the message tells them apart: “The security token included
/// in the request is expired” is what every service says of credentials.
fn by_code(
    operation: Operation,
    position: Position,
    code: &str,
    message: Option<&str>,
    raw: &HttpResponse,
) -> Failure {
    let status = raw.status().as_u16();
    let of_credentials = message.is_some_and(|message| message.contains("security token"));
    let kind = match (operation, code) {
        (Operation::ResolveCustomer, "ExpiredTokenException") if !of_credentials => {
            ErrorKind::TokenExpired
        }
        (Operation::ResolveCustomer, "InvalidTokenException") => ErrorKind::TokenInvalid,
        _ => kind_of(code, status, position),
    };
    let ours = match kind {
        ErrorKind::TokenExpired => Some("the registration token has expired"),
        ErrorKind::TokenInvalid => Some(
            "AWS does not know the registration token: it is none of this seller account's, or a newer one took its place",
        ),
        _ => explanation(kind, code),
    };
    let message = match (ours, message.filter(|text| !text.is_empty())) {
        (Some(ours), Some(theirs)) => format!("{ours}: {theirs}"),
        (Some(ours), None) => ours.to_owned(),
        (None, Some(theirs)) => theirs.to_owned(),
        (None, None) => format!("{code} (HTTP {status}), without a message"),
    };
    let mut failure = Failure::lasting(operation, kind, &message);
    failure.error.code = Some(words::cut(code, CODE_CHARS_MAX));
    failure.hope = match kind {
        ErrorKind::Busy => Hope::Later,
        _ if blames_signature(code) => Hope::Resigned,
        ErrorKind::Credentials if blames_keys(code) => Hope::Renewed,
        _ => Hope::None,
    };
    failure.throttled = is_throttling(code, status);
    // A refusal is an answer: what AWS finds wrong it does not do. Only of its own failures it cannot
    // be told how far it got.
    failure.error.undone = failure.throttled || kind != ErrorKind::Busy;
    failure
}

fn kind_of(code: &str, status: u16, position: Position) -> ErrorKind {
    match code {
        _ if is_throttling(code, status) => ErrorKind::Busy,
        "AccessDenied"
        | "AccessDeniedException"
        | "AuthorizationError"
        | "DisabledApiException"
        | "OptInRequired"
        | "UnauthorizedOperation" => ErrorKind::Denied,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => ErrorKind::Credentials,
        "ResourceNotFound" | "ResourceNotFoundException" => ErrorKind::NotFound,
        "InternalFailure"
        | "InternalServerException"
        | "InternalServiceErrorException"
        | "InternalServiceException"
        | "RequestTimeout"
        | "RequestTimeoutException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => ErrorKind::Busy,
        _ if status >= 500 => ErrorKind::Busy,
        // The rest of the request was good enough for the page before, so only the token can be
        // wrong. `ValidationException` says so by its reason `INVALID_NEXT_TOKEN`, but the
        // `InvalidParameterException` of `GetEntitlements` has no reasons.
        _ if position == Position::Continued => ErrorKind::PageToken,
        _ => ErrorKind::Invalid,
    }
}

fn is_throttling(code: &str, status: u16) -> bool {
    // The names that AWS SDKs agree on, and the status for services that invent another.
    status == 429
        || matches!(
            code,
            "RequestLimitExceeded"
                | "RequestThrottled"
                | "RequestThrottledException"
                | "SlowDown"
                | "ThrottledException"
                | "Throttling"
                | "ThrottlingException"
                | "TooManyRequestsException"
        )
}

fn blames_keys(code: &str) -> bool {
    matches!(
        code,
        "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
    )
}

fn blames_signature(code: &str) -> bool {
    matches!(
        code,
        "InvalidSignatureException"
            | "RequestExpired"
            | "RequestTimeTooSkewed"
            | "SignatureDoesNotMatch"
    )
}

/// What the code means here, where AWS's own message does not say it.
fn explanation(kind: ErrorKind, code: &str) -> Option<&'static str> {
    match (kind, code) {
        (_, "DisabledApiException") => {
            Some("this API is disabled in the Region or for the account")
        }
        (_, "ExpiredToken" | "ExpiredTokenException") => Some("the credentials have expired"),
        _ if blames_signature(code) => {
            Some("AWS does not accept the signature: check the secret key and this machine's clock")
        }
        (ErrorKind::Credentials, _) => Some("AWS does not know these credentials"),
        (ErrorKind::Denied, _) => Some("these credentials may not do this"),
        _ => None,
    }
}

/// An answer that names no error code: a proxy, a load balancer, or not AWS at all.
fn without_code(operation: Operation, raw: &HttpResponse) -> Failure {
    let status = raw.status().as_u16();
    let busy = status >= 500 || status == 429;
    let kind = if busy {
        ErrorKind::Busy
    } else {
        ErrorKind::Garbage
    };
    let message = format!("an answer that is not AWS's: {}", what_came(raw));
    let mut failure = Failure {
        hope: if busy { Hope::Later } else { Hope::None },
        throttled: status == 429,
        ..Failure::lasting(operation, kind, &message)
    };
    failure.error.undone = failure.throttled;
    failure
}

/// An answer whose body did not arrive whole, or is none of AWS's: some of the SDK's clients report
/// both alike.
fn unreadable(operation: Operation, error: &(dyn Error + 'static), raw: &HttpResponse) -> Failure {
    if causes(error).any(<dyn Error>::is::<LengthLimitError>) {
        let message = format!("the answer is larger than {MAX_RESPONSE_BYTES} bytes");
        return Failure::lasting(operation, ErrorKind::Garbage, &message);
    }
    // The SDK keeps a body that it read to its end.
    if raw.body().bytes().is_some() {
        return without_code(operation, raw);
    }
    Failure::no_answer(
        operation,
        &format!("the answer broke off: {}", root_cause(error)),
    )
}

fn what_came(raw: &HttpResponse) -> String {
    let kind = raw
        .headers()
        .get("content-type")
        .unwrap_or("no content type");
    let body = raw
        .body()
        .bytes()
        .map(words::excerpt)
        .filter(|text| !text.is_empty());
    let body = body.map_or_else(|| "an empty body".to_owned(), |text| format!("“{text}”"));
    format!(
        "HTTP {}, {}, {body}",
        raw.status().as_u16(),
        words::cut(kind, 60)
    )
}

/// The error, then each error it came from.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The last error of the chain: the ones before it only name the layers it passed through.
pub(crate) fn root_cause(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}
