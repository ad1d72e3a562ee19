//! What a connection makes of answers: real SDK, real sockets, canned answers.

#![cfg(test)]

mod agreement;
mod canned;
mod failing;
mod keys;
mod metering;
mod profile;
mod reading;
mod role;
mod sts;

use aws::{AwsMarketplace, CallLimits, ConnectionSettings, Credentials, Quota};
use canned::{Canned, at};
use ciborium::{Value, cbor};
use domain::AgreementId;

const SECRET: &str = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY";

const ACCEPTED: i64 = 1_787_236_991;

/// A connection to the server that does not wait between attempts.
fn connect(server: &Canned) -> AwsMarketplace {
    to(&server.endpoint, CallLimits::default())
}

fn to(endpoint: &str, limits: CallLimits) -> AwsMarketplace {
    let settings = settings(endpoint);
    AwsMarketplace::connect(ConnectionSettings {
        limits: CallLimits {
            jitter: || 0.0,
            ..limits
        },
        ..settings
    })
    .unwrap()
}

/// Settings for the server, with keys, that do not wait.
fn settings(endpoint: &str) -> ConnectionSettings {
    let keys = Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", SECRET, Some("token".into()));
    ConnectionSettings {
        endpoint: Some(endpoint.to_owned()),
        quota: Quota::unlimited(),
        limits: CallLimits {
            jitter: || 0.0,
            ..CallLimits::default()
        },
        ..ConnectionSettings::new(keys)
    }
}

fn id() -> AgreementId {
    AgreementId::parse("agmt-1example0000000000000a1").unwrap()
}

/// One entry of `SearchAgreements`, with the members given in place of the usual ones.
fn entry(instead: &[(&str, Value)]) -> Value {
    let usual = cbor!({
        "agreementId" => id().as_str(),
        "acceptor" => { "accountId" => "444455556666" },
        "proposalSummary" => {
            "resources" => [{ "id" => "prod-1example00001", "type" => "SaaSProduct" }],
            "offerId" => "offer-1example00001",
        },
        "status" => "ACTIVE",
        "acceptanceTime" => at(ACCEPTED),
        "startTime" => at(ACCEPTED),
        "lastUpdateTime" => at(ACCEPTED),
        "entitlements" => [
            { "licenseArn" => "arn:aws:license-manager::294406891311:license:l-0123456789abcdef" },
        ],
    });
    let Ok(Value::Map(mut members)) = usual else {
        unreachable!()
    };
    members.retain(|(key, _)| instead.iter().all(|(name, _)| key.as_text() != Some(name)));
    members.extend(
        instead
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone())),
    );
    Value::Map(members)
}

fn listing(entries: Vec<Value>) -> Value {
    cbor!({ "agreementViewSummaries" => entries }).unwrap()
}
