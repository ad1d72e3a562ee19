//! A client of rpc-v2-cbor that knows no model, and small readers of CBOR values.

use ciborium::Value;
use sandbox::{Control, Options, Registration, Running, Subscribe, serve};
use serde_json::Value as Json;

pub(crate) const AGREEMENT: &str = "AWSMPCommerceService_v20200301";
pub(crate) const ENTITLEMENT: &str = "AWSMPEntitlementService";
const AUTHORIZATION: &str = concat!(
    "AWS4-HMAC-SHA256 Credential=AKIDTEST/20261120/us-east-1/aws-marketplace/aws4_request, ",
    "SignedHeaders=host;x-amz-date, Signature=00"
);

/// A running sandbox and the ways to it.
pub(crate) struct Wire {
    pub(crate) control: Control,
    http: reqwest::Client,
    running: Running,
}

/// An answer, with what every answer must have already checked.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) request_id: String,
    /// The error's name without its namespace; empty when there is none.
    pub(crate) code: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.body
    }

    pub(crate) fn refused(self) -> Self {
        assert_ne!(self.status, 200, "{self:?}");
        self
    }
}

impl Wire {
    pub(crate) async fn start(agreements: u32) -> Self {
        Self::with(options(agreements)).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let running = serve(options).await.unwrap();
        let control = Control::at(running.endpoint());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            control,
            http,
            running,
        }
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }

    pub(crate) async fn ask(&self, service: &str, operation: &str, input: &Value) -> Answer {
        let mut body = Vec::new();
        ciborium::into_writer(input, &mut body).unwrap();
        self.send(service, operation, body).await
    }

    pub(crate) async fn send(&self, service: &str, operation: &str, body: Vec<u8>) -> Answer {
        let endpoint = self.control.endpoint();
        let response = self
            .http
            .post(format!(
                "{endpoint}/service/{service}/operation/{operation}"
            ))
            .header("content-type", "application/cbor")
            .header("smithy-protocol", "rpc-v2-cbor")
            .header("authorization", AUTHORIZATION)
            .header("x-amz-date", "20261120T060000Z")
            .body(body)
            .send()
            .await
            .unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/cbor");
        assert_eq!(header("smithy-protocol"), "rpc-v2-cbor");
        let (status, request_id) = (response.status().as_u16(), header("x-amzn-requestid"));
        let body: Value = ciborium::from_reader(&*response.bytes().await.unwrap()).unwrap();
        let name = get(&body, "__type").as_text().unwrap_or_default();
        let code = name.rsplit('#').next().unwrap_or_default().to_owned();
        Answer {
            status,
            request_id,
            code,
            body,
        }
    }

    /// Asks the metering service in awsJson 1.1: the status and the document it answers.
    pub(crate) async fn meter(&self, operation: &str, input: &Json) -> (u16, Json) {
        let response = self
            .http
            .post(self.control.endpoint())
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AWSMPMeteringService.{operation}"))
            .header("authorization", AUTHORIZATION)
            .header("x-amz-date", "20261120T060000Z")
            .body(input.to_string())
            .send()
            .await
            .unwrap();
        assert!(response.headers().contains_key("x-amzn-requestid"));
        let status = response.status().as_u16();
        (
            status,
            serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
        )
    }

    /// The sandbox's time in seconds since the epoch.
    pub(crate) async fn now(&self) -> i64 {
        let now = self.control.status().await.unwrap().now;
        now.parse::<jiff::Timestamp>().unwrap().as_second()
    }

    /// A purchase by an account of its own.
    pub(crate) async fn subscribe(&self, listing: &str) -> Registration {
        let made = self.control.status().await.unwrap().agreements;
        let purchase = Subscribe {
            listing: listing.to_owned(),
            account: format!("{:012}", 700_000_000_000_u64 + made),
            private_offer: true,
            ..Subscribe::default()
        };
        self.control.subscribe(&purchase).await.unwrap()
    }
}

/// Options for a world that begins on a fixed day, far from the end of a month.
pub(crate) fn options(agreements: u32) -> Options {
    let now = "2026-11-20T06:00:00Z".parse().unwrap();
    Options {
        agreements,
        now: Some(now),
        ..Options::default()
    }
}

pub(crate) fn map(members: &[(&str, Value)]) -> Value {
    Value::Map(
        members
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone()))
            .collect(),
    )
}

/// A member of a map; null when it is not there.
pub(crate) fn get<'v>(value: &'v Value, name: &str) -> &'v Value {
    let members = value.as_map().unwrap();
    let found = members.iter().find(|(key, _)| key.as_text() == Some(name));
    found.map_or(&Value::Null, |(_, value)| value)
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_text().unwrap()
}

pub(crate) fn truthy(value: &Value) -> bool {
    value.as_bool().unwrap()
}

/// Seconds since the epoch of a value that must be tagged as a time.
pub(crate) fn time(value: &Value) -> f64 {
    let Value::Tag(1, seconds) = value else {
        panic!("{value:?} is no time")
    };
    seconds.as_float().unwrap()
}
