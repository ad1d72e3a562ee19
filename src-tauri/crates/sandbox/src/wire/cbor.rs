//! The rpc-v2-cbor protocol. Times carry tag 1.

use std::borrow::Cow;

use ciborium::Value as Cbor;

use crate::value::Value;

/// Tag of a number of seconds since the epoch.
const EPOCH: u64 = 1;

pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    if bytes.is_empty() {
        return Some(Value::Map(Vec::new()));
    }
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).ok()?;
    if rest.is_empty() {
        from_cbor(value)
    } else {
        None
    }
}

pub(crate) fn write(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    if let Err(error) = ciborium::into_writer(&to_cbor(value), &mut bytes) {
        tracing::error!(%error, "an answer could not be written as CBOR");
    }
    bytes
}

fn from_cbor(value: Cbor) -> Option<Value> {
    Some(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(yes) => Value::Bool(yes),
        Cbor::Integer(number) => Value::Integer(i64::try_from(i128::from(number)).ok()?),
        Cbor::Float(number) => Value::Float(number),
        Cbor::Text(text) => Value::Text(text),
        Cbor::Array(items) => Value::List(
            items
                .into_iter()
                .map(from_cbor)
                .collect::<Option<Vec<Value>>>()?,
        ),
        Cbor::Map(members) => {
            let mut read = Vec::with_capacity(members.len());
            for (name, value) in members {
                let Cbor::Text(name) = name else { return None };
                read.push((Cow::Owned(name), from_cbor(value)?));
            }
            Value::Map(read)
        }
        Cbor::Tag(EPOCH, inner) => match *inner {
            Cbor::Integer(seconds) => {
                Value::Time(i64::try_from(i128::from(seconds)).ok()?.checked_mul(1000)?)
            }
            Cbor::Float(seconds) => Value::Time(crate::shape::millis(seconds)),
            _ => return None,
        },
        _ => return None,
    })
}

fn to_cbor(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(yes) => Cbor::Bool(*yes),
        Value::Integer(number) => Cbor::Integer((*number).into()),
        Value::Float(number) => Cbor::Float(*number),
        Value::Text(text) => Cbor::Text(text.clone()),
        Value::Time(millis) => Cbor::Tag(EPOCH, Box::new(Cbor::Float(*millis as f64 / 1000.0))),
        Value::List(items) => Cbor::Array(items.iter().map(to_cbor).collect()),
        Value::Map(members) => Cbor::Map(
            members
                .iter()
                .map(|(name, value)| (Cbor::Text(name.to_string()), to_cbor(value)))
                .collect(),
        ),
    }
}
