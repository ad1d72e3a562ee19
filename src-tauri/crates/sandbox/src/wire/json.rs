//! The JSON protocols: awsJson 1.0 and 1.1 and restJson. Times are numbers of seconds.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::value::Value;

pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Some(Value::Map(Vec::new()));
    }
    serde_json::from_slice(bytes).ok().map(from_json)
}

pub(crate) fn write(value: &Value) -> String {
    to_json(value).to_string()
}

fn from_json(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(yes) => Value::Bool(yes),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        Json::Object(members) => Value::Map(
            members
                .into_iter()
                .map(|(name, value)| (Cow::Owned(name), from_json(value)))
                .collect(),
        ),
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => (*yes).into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Time(millis) if millis % 1000 == 0 => (millis / 1000).into(),
        Value::Time(millis) => (*millis as f64 / 1000.0).into(),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(members) => Json::Object(
            members
                .iter()
                .map(|(name, value)| (name.to_string(), to_json(value)))
                .collect(),
        ),
    }
}
