//! Answers of the Agreement service read as they are on the wire.
//!
//! The SDK's types cannot be serialized, drop the members they do not know, and version 1.124 lacks
//! `GetAgreementContacts` and `freeTrialSummary`. Its protocol is Smithy RPC v2 CBOR, which
//! describes itself, so an answer converts to JSON member by member and nothing is lost. The SDK
//! still signs, sends and checks; [`KeptBody`] only keeps a copy of what came.

use std::sync::{Arc, Mutex, PoisonError};

use app::marketplace::{ErrorKind, MarketplaceError};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::base64;
use aws_smithy_types::config_bag::ConfigBag;
use ciborium::Value;
use domain::Timestamp;
use serde_json::{Map, Number};

use crate::failure;
use app::Operation;

/// RFC 8949: tag 1 marks seconds since 1970.
const TAG_EPOCH: u64 = 1;

/// Keeps the body of the answer to one attempt.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeptBody(Arc<Mutex<Vec<u8>>>);

impl KeptBody {
    /// The body, decoded; an empty one is an empty map, since members may all be left out.
    pub(crate) fn decode(&self, operation: Operation) -> Result<Value, MarketplaceError> {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if body.is_empty() {
            return Ok(Value::Map(Vec::new()));
        }
        ciborium::from_reader(body.as_slice()).map_err(|error| {
            let message = format!("an answer that is not CBOR: {error}");
            failure::error(operation, ErrorKind::Garbage, &message)
        })
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for KeptBody {
    fn name(&self) -> &'static str {
        "KeptBody"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}

/// Sends a request to another operation of the same service, before it is signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SentTo(pub(crate) Operation);

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for SentTo {
    fn name(&self) -> &'static str {
        "SentTo"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let (service, _) = request
            .uri()
            .rsplit_once('/')
            .ok_or("no operation in the path")?;
        let uri = format!("{service}/{}", self.0.name());
        request.set_uri(uri)?;
        Ok(())
    }
}

/// A member of a map; `None` when it is absent or null.
pub(crate) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let found = value
        .as_map()?
        .iter()
        .find(|(key, _)| key.as_text() == Some(name));
    found
        .map(|(_, member)| member)
        .filter(|member| !member.is_null())
}

/// An instant: tag 1 around a number of seconds.
pub(crate) fn instant(value: &Value) -> Option<Timestamp> {
    let (TAG_EPOCH, seconds) = value.as_tag()? else {
        return None;
    };
    if let Some(whole) = seconds.as_integer() {
        let seconds = i64::try_from(whole).ok()?;
        return seconds.checked_mul(1_000).map(Timestamp::from_millis);
    }
    let millis = (seconds.as_float()? * 1_000.0).round();
    // Up to 2^53 a float holds whole milliseconds exactly; dates end far below.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within 2^53 and whole, as checked"
    )]
    (millis.abs() < 9_007_199_254_740_992.0).then(|| Timestamp::from_millis(millis as i64))
}

/// The value as JSON: instants in RFC 3339, bytes in base64, anything else as it is. `Err` names
/// what JSON has no form for.
pub(crate) fn to_json(value: &Value) -> Result<serde_json::Value, &'static str> {
    Ok(match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Text(text) => text.clone().into(),
        Value::Bytes(bytes) => base64::encode(bytes).into(),
        Value::Integer(number) => Number::from_i128((*number).into())
            .ok_or("an integer beyond 64 bits")?
            .into(),
        Value::Float(number) => Number::from_f64(*number)
            .ok_or("a number that is none")?
            .into(),
        Value::Array(items) => items.iter().map(to_json).collect::<Result<_, _>>()?,
        Value::Map(members) => {
            let member = |(key, member): &(Value, Value)| -> Result<_, &'static str> {
                let key = key.as_text().ok_or("a map key that is no text")?;
                Ok((key.to_owned(), to_json(member)?))
            };
            let members: Map<_, _> = members.iter().map(member).collect::<Result<_, _>>()?;
            members.into()
        }
        Value::Tag(..) => instant(value)
            .ok_or("an unknown CBOR tag")?
            .to_string()
            .into(),
        _ => return Err("an unknown CBOR type"),
    })
}

#[cfg(test)]
mod tests {
    use ciborium::cbor;

    use super::*;

    #[test]
    fn every_member_survives_the_way_to_json() {
        let value = cbor!({
            "type" => "NewTerm",
            "rateCard" => [{ "price" => "0.01", "tiers" => [1, 2.5, null, true] }],
        })
        .unwrap();
        assert_eq!(
            to_json(&value).unwrap().to_string(),
            r#"{"type":"NewTerm","rateCard":[{"price":"0.01","tiers":[1,2.5,null,true]}]}"#
        );
    }

    #[test]
    fn instants_are_read_whole_and_fractional() {
        let at = |seconds| Value::Tag(TAG_EPOCH, Box::new(seconds));
        assert_eq!(
            to_json(&at(Value::Float(1_787_236_991.013))).unwrap(),
            "2026-08-20T14:43:11.013Z"
        );
        assert_eq!(
            instant(&at(Value::Integer(5.into()))),
            Some(Timestamp::from_millis(5_000))
        );
        assert_eq!(instant(&at(Value::Float(f64::INFINITY))), None);
        assert_eq!(instant(&Value::Integer(5.into())), None);
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        assert!(to_json(&Value::Float(f64::NAN)).is_err());
        assert!(to_json(&Value::Tag(2, Box::new(Value::Null))).is_err());
        assert!(to_json(&Value::Map(vec![(1.into(), Value::Null)])).is_err());
    }
}
