//! The edge: AWS's protocols over HTTP, around the operations.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod cbor;
pub(crate) mod json;
mod xml;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, DATE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Response, StatusCode};

use self::body::Body;
use crate::failure::{Failure, Service};
use crate::faults::{BodyFault, Effect};
use crate::operations::{self, Operation};
use crate::sandbox::Sandbox;
use crate::shape;
use crate::value::{Value, map};

/// The largest request a service reads, in bytes.
pub(crate) const REQUEST_MAX_BYTES: usize = 1_048_576;

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped unanswered")]
pub(crate) struct HangUp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Cbor,
    /// awsJson, with its content type.
    Json(&'static str),
    Rest,
    Query,
}

/// Which operation a request is for.
struct Call {
    protocol: Protocol,
    service: Service,
    name: String,
}

const AGREEMENT: &str = "AWSMPCommerceService_v20200301";
const ENTITLEMENT: &str = "AWSMPEntitlementService";
const METERING: &str = "AWSMPMeteringService";
const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";
/// Namespace of the error names in CBOR answers.
const CBOR_NAMESPACE: &str = "com.amazonaws.marketplace";

/// Answers a request of an AWS client, with the sandbox's time on it. `body` is absent when it was
/// larger than allowed.
pub(crate) async fn answer(
    sandbox: &Sandbox,
    request: &Parts,
    body: Option<Bytes>,
) -> Result<Response<Body>, HangUp> {
    let mut ahead = 0;
    let mut response = answer_undated(sandbox, request, body, &mut ahead).await?;
    let now = jiff::Timestamp::from_millisecond(sandbox.now().saturating_add(ahead));
    let date = now.map(|now| now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if let Ok(Ok(date)) = date.map(|date| HeaderValue::from_str(&date)) {
        response.headers_mut().insert(DATE, date);
    }
    Ok(response)
}

/// The answer, and how many milliseconds the service's clock is to be ahead of the sandbox's.
async fn answer_undated(
    sandbox: &Sandbox,
    request: &Parts,
    body: Option<Bytes>,
    ahead: &mut i64,
) -> Result<Response<Body>, HangUp> {
    if !sandbox.network_up() {
        return Err(HangUp);
    }
    let request_id = sandbox.next_request_id();
    let form = body.as_deref().unwrap_or_default();
    let Some(call) = Call::of(request, form) else {
        let failure = Failure::new("UnknownOperationException", "There is no such operation");
        return Ok(render_failure(
            Protocol::Json(JSON_1_1),
            Service::Metering,
            &failure,
            &request_id,
        ));
    };
    let effects = match operations::find(call.service, &call.name) {
        Some(operation) => sandbox.called(operation.name),
        None => Vec::new(),
    };
    let mut drop_after = false;
    for effect in effects {
        match effect {
            Effect::Delay(delay) => tokio::time::sleep(delay).await,
            Effect::Drop => return Err(HangUp),
            Effect::DropAfterAccepting => drop_after = true,
            Effect::Error(name) => {
                let failure = fault(call.service, name);
                return Ok(render_failure(
                    call.protocol,
                    call.service,
                    &failure,
                    &request_id,
                ));
            }
            Effect::Body(kind) => return Ok(broken(call.protocol, kind)),
            Effect::ClockSkew(skew) => {
                *ahead = skew;
                return Ok(skewed(&call, &request_id));
            }
        }
    }
    let result = run(sandbox, &call, request, body);
    if drop_after {
        return Err(HangUp);
    }
    Ok(match result {
        Ok(value) => render(&call, &value, &request_id),
        Err(failure) => render_failure(call.protocol, call.service, &failure, &request_id),
    })
}

fn run(
    sandbox: &Sandbox,
    call: &Call,
    request: &Parts,
    body: Option<Bytes>,
) -> Result<Value, Failure> {
    let Some(operation) = operations::find(call.service, &call.name) else {
        let message = format!("There is no operation {}", shape::shown(&call.name));
        return Err(Failure::new("UnknownOperationException", message));
    };
    auth::check(call.service, &request.headers, &sandbox.keys())?;
    if !sandbox.admits(operation.name) {
        return Err(fault(call.service, "ThrottlingException".to_owned()));
    }
    let body = body.ok_or_else(|| {
        Failure::new(
            "RequestEntityTooLargeException",
            "A request is smaller than 1 MB",
        )
    })?;
    let input = call.read(request, operation, &body)?;
    let checked = shape::check(operation.input, &input)
        .map_err(|violations| Failure::of_violations(call.service, &violations))?;
    sandbox.run(operation, &checked)
}

impl Call {
    fn of(request: &Parts, body: &[u8]) -> Option<Self> {
        let path = request.uri.path();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (&request.method, segments.as_slice()) {
            (&Method::POST, ["service", service, "operation", name]) => {
                let service = service_named(service)?;
                let cbor = matches!(service, Service::Agreement | Service::Entitlement);
                let name = (*name).to_owned();
                cbor.then_some(Self {
                    protocol: Protocol::Cbor,
                    service,
                    name,
                })
            }
            (&Method::POST, [""]) => Self::of_target(&request.headers, body),
            (&Method::POST, ["ListEntities"]) => Some(Self::catalog("ListEntities")),
            (&Method::GET, ["DescribeEntity"]) => Some(Self::catalog("DescribeEntity")),
            _ => None,
        }
    }

    fn of_target(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let Some(target) = headers.get("x-amz-target") else {
            let name = xml::action(body)?;
            return Some(Self {
                protocol: Protocol::Query,
                service: Service::Identity,
                name,
            });
        };
        let (service, name) = target.to_str().ok()?.split_once('.')?;
        let service = service_named(service)?;
        let kind = if service == Service::Agreement {
            JSON_1_0
        } else {
            JSON_1_1
        };
        Some(Self {
            protocol: Protocol::Json(kind),
            service,
            name: name.to_owned(),
        })
    }

    fn catalog(name: &str) -> Self {
        Self {
            protocol: Protocol::Rest,
            service: Service::Catalog,
            name: name.to_owned(),
        }
    }

    fn read(&self, request: &Parts, operation: &Operation, body: &[u8]) -> Result<Value, Failure> {
        let unreadable = |what: &str| Failure::new("SerializationException", what);
        let header = |name: &str| {
            request
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        match self.protocol {
            Protocol::Cbor => {
                if header("smithy-protocol") != Some("rpc-v2-cbor") {
                    return Err(unreadable("The smithy-protocol header must be rpc-v2-cbor"));
                }
                cbor::read(body).ok_or_else(|| unreadable("The body is not CBOR this can read"))
            }
            Protocol::Json(_) => {
                json::read(body).ok_or_else(|| unreadable("The body is not a JSON document"))
            }
            Protocol::Rest if operation.name == "DescribeEntity" => Ok(map([
                ("Catalog", query_parameter(request, "catalog").into()),
                ("EntityId", query_parameter(request, "entityId").into()),
            ])),
            Protocol::Rest => {
                json::read(body).ok_or_else(|| unreadable("The body is not a JSON document"))
            }
            Protocol::Query => Ok(map([])),
        }
    }
}

fn service_named(name: &str) -> Option<Service> {
    match name {
        AGREEMENT => Some(Service::Agreement),
        ENTITLEMENT => Some(Service::Entitlement),
        METERING => Some(Service::Metering),
        _ => None,
    }
}

fn query_parameter(request: &Parts, name: &str) -> Option<String> {
    query_value(request.uri.query()?, name)
}

/// The value of a parameter in a query string.
pub(crate) fn query_value(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .find_map(|pair| Some(percent_decoded(pair.strip_prefix(name)?.strip_prefix('=')?)))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        match (first, tail) {
            (b'%', [a, b, after @ ..]) if hex(&[*a, *b]).is_some() => {
                bytes.push(hex(&[*a, *b]).unwrap_or_default());
                rest = after;
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn render(call: &Call, value: &Value, request_id: &str) -> Response<Body> {
    let bytes = match call.protocol {
        Protocol::Cbor => cbor::write(value),
        Protocol::Json(_) | Protocol::Rest => json::write(value).into_bytes(),
        Protocol::Query => xml::answer(&call.name, value, request_id).into_bytes(),
    };
    respond(call.protocol, StatusCode::OK, bytes, request_id)
}

fn render_failure(
    protocol: Protocol,
    service: Service,
    failure: &Failure,
    request_id: &str,
) -> Response<Body> {
    let status = failure.status(service);
    let code = match protocol {
        Protocol::Cbor => format!("{CBOR_NAMESPACE}#{}", failure.code),
        _ => failure.code.to_string(),
    };
    let message = if service == Service::Catalog {
        "Message"
    } else {
        "message"
    };
    let mut members: Vec<(std::borrow::Cow<'static, str>, Value)> = Vec::new();
    // restJson names the error in a header instead.
    if protocol != Protocol::Rest {
        members.push(("__type".into(), code.into()));
    }
    members.push((message.into(), failure.message.as_str().into()));
    if service == Service::Agreement {
        members.push(("requestId".into(), request_id.into()));
    }
    members.extend(failure.members.iter().cloned());
    let body = Value::Map(members);
    let bytes = match protocol {
        Protocol::Cbor => cbor::write(&body),
        Protocol::Json(_) | Protocol::Rest => json::write(&body).into_bytes(),
        Protocol::Query => xml::failure(failure, status, request_id).into_bytes(),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = respond(protocol, status, bytes, request_id);
    if protocol == Protocol::Rest
        && let Ok(code) = HeaderValue::from_str(&failure.code)
    {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}

fn respond(
    protocol: Protocol,
    status: StatusCode,
    bytes: Vec<u8>,
    request_id: &str,
) -> Response<Body> {
    let mut response = Response::new(Body::whole(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(content_type(protocol)),
    );
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    if protocol == Protocol::Cbor {
        headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    }
    response
}

fn content_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Cbor => "application/cbor",
        Protocol::Json(kind) => kind,
        Protocol::Rest => "application/json",
        Protocol::Query => "text/xml",
    }
}

/// The error a fault asks for, with the members its model has.
fn fault(service: Service, name: String) -> Failure {
    let message = match name.as_str() {
        "ThrottlingException" => "Rate exceeded",
        "AccessDeniedException" | "AccessDenied" => {
            "User is not authorized to perform this operation"
        }
        "DisabledApiException" => "The API is disabled in the Region.",
        "ExpiredToken" | "ExpiredTokenException" => {
            "The security token included in the request is expired"
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" => {
            "The security token included in the request is invalid."
        }
        "InvalidSignatureException" | "SignatureDoesNotMatch" => {
            "The request signature we calculated does not match the signature you provided."
        }
        "InternalServerException"
        | "InternalServiceException"
        | "InternalServiceErrorException" => "The service has an internal error",
        _ => "This error was asked for at the sandbox",
    };
    let reason = match (service, name.as_str()) {
        (Service::Agreement, "AccessDeniedException") => Some("INVALID_ACCESS"),
        (Service::Agreement, "ValidationException") => Some("OTHER"),
        _ => None,
    };
    let failure = Failure::new(name, message);
    match reason {
        Some(reason) => failure.with("reason", reason),
        None => failure,
    }
}

fn broken(protocol: Protocol, kind: BodyFault) -> Response<Body> {
    let (kind, body) = match kind {
        BodyFault::Html => ("text/html", Body::whole(HTML.to_vec())),
        BodyFault::Garbage => (content_type(protocol), Body::whole(body::garbage())),
        BodyFault::Huge => (content_type(protocol), Body::huge()),
    };
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

const HTML: &[u8] = b"<!doctype html><html><head><title>Sign in to the network</title></head>\
    <body><h1>Welcome</h1><p>Please accept the terms to go online.</p></body></html>";

/// Refuses a signature as one made too long before the service's own time.
fn skewed(call: &Call, request_id: &str) -> Response<Body> {
    let message = "Signature expired: the signing time is earlier than the service accepts";
    let code = match call.service {
        Service::Identity => "SignatureDoesNotMatch",
        _ => "InvalidSignatureException",
    };
    let failure = Failure::new(code, message);
    render_failure(call.protocol, call.service, &failure, request_id)
}
