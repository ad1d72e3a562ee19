//! The control interface under `/_sandbox/`: the buyers' hands, the clock and the faults.

mod acts;
mod looks;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::contract::ControlError;
use crate::sandbox::Sandbox;
use crate::wire::body::Body;

/// Where every path of the interface begins.
pub(crate) const PREFIX: &str = "/_sandbox/";

type Answer = Result<Body, ControlError>;

/// Answers a request of the control interface. `body` is absent when it was too large.
pub(crate) async fn answer(
    sandbox: &std::sync::Arc<Sandbox>,
    request: &Parts,
    body: Option<Bytes>,
) -> Response<Body> {
    let sandbox = std::sync::Arc::clone(sandbox);
    // A page in a browser on this machine could reach loopback too; browsers say where it is from.
    let from_web_page = request.headers.contains_key("origin");
    let (method, uri) = (request.method.clone(), request.uri.clone());
    // Making a large world move on takes a while; it must not hold up the other connections.
    let task = tokio::task::spawn_blocking(move || {
        if from_web_page {
            return Err(ControlError::new(
                "invalid",
                "The controls are not for web pages",
            ));
        }
        let path = uri.path().strip_prefix(PREFIX).unwrap_or_default();
        let body = body.ok_or_else(|| ControlError::new("invalid", "The request is too large"))?;
        let query = uri.query().unwrap_or_default();
        route(&Request {
            sandbox: &sandbox,
            method,
            path,
            query,
            body: &body,
        })
    });
    let answered = task.await.unwrap_or_else(|_| {
        Err(ControlError::new(
            "internal",
            "The sandbox failed to carry this out",
        ))
    });
    match answered {
        Ok(body) => respond(StatusCode::OK, body),
        Err(error) => {
            let status = status_of(&error);
            respond(
                status,
                Body::whole(serde_json::to_vec(&error).unwrap_or_default()),
            )
        }
    }
}

struct Request<'r> {
    sandbox: &'r Sandbox,
    method: Method,
    path: &'r str,
    query: &'r str,
    body: &'r [u8],
}

fn route(request: &Request<'_>) -> Answer {
    let segments: Vec<&str> = request.path.split('/').collect();
    let (get, post, delete) = (
        request.method == Method::GET,
        request.method == Method::POST,
        request.method == Method::DELETE,
    );
    match segments.as_slice() {
        ["status"] if get => looks::status(request),
        ["directory"] if get => looks::directory(request),
        ["buyers"] if get => looks::buyers(request),
        ["mailbox"] if get => looks::mailbox(request),
        ["mails"] if post => acts::mail(request),
        ["subscribe"] if post => acts::subscribe(request),
        ["set-up"] if post => acts::set_up(request),
        ["renew"] if post => acts::renew(request),
        ["expire"] if post => acts::expire(request),
        ["cancel"] if post => acts::cancel(request),
        ["opt-out-of-renewal"] if post => acts::opt_out_of_renewal(request),
        ["cancellation-requests", id, "accept"] if post => acts::accept(request, id),
        ["cancellation-requests", id, "reject"] if post => acts::reject(request, id),
        ["advance"] if post => acts::advance(request),
        ["amend"] if post => acts::amend(request),
        ["token-lifetime"] if post => acts::token_lifetime(request),
        ["faults"] if post => acts::add_fault(request),
        ["faults"] if delete => acts::clear_faults(request),
        ["faults", id] if delete => acts::remove_fault(request, id),
        ["credentials"] if post => acts::credentials(request),
        ["network"] if post => acts::network(request),
        ["quotas"] if post => acts::quotas(request),
        ["reset-counters"] if post => acts::reset_counters(request),
        _ => Err(ControlError::new(
            "not-found",
            "There is nothing at this path for this method",
        )),
    }
}

impl Request<'_> {
    /// The body as JSON; an empty one is an empty object.
    fn json<T: DeserializeOwned>(&self) -> Result<T, ControlError> {
        let body = if self.body.is_empty() {
            b"{}"
        } else {
            self.body
        };
        serde_json::from_slice(body).map_err(|error| {
            ControlError::new("invalid", format!("The body does not read: {error}"))
        })
    }

    fn parameter(&self, name: &str) -> Option<String> {
        crate::wire::query_value(self.query, name)
    }

    fn number(&self, name: &str) -> Result<Option<u64>, ControlError> {
        let Some(text) = self.parameter(name) else {
            return Ok(None);
        };
        let number = text.parse();
        number
            .map(Some)
            .map_err(|_| ControlError::new("invalid", format!("{name} is a number")))
    }
}

fn json<T: Serialize>(value: &T) -> Answer {
    serde_json::to_vec(value)
        .map(Body::whole)
        .map_err(|error| ControlError::new("internal", error.to_string()))
}

fn status_of(error: &ControlError) -> StatusCode {
    match error.code.as_str() {
        "not-found" => StatusCode::NOT_FOUND,
        "not-active" | "not-pending" | "unsupported" => StatusCode::CONFLICT,
        "internal" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn respond(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
