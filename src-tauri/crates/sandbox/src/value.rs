//! The neutral tree that every operation reads and writes; the protocols are codecs around it.

use std::borrow::Cow;

/// One value of a request or an answer, without a protocol.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Absent. A member that is `Null` is not written at all.
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// Milliseconds since the epoch, UTC.
    Time(i64),
    List(Vec<Value>),
    Map(Vec<(Cow<'static, str>, Value)>),
}

/// A map of the members given, without those that are [`Value::Null`].
pub(crate) fn map<const N: usize>(members: [(&'static str, Value); N]) -> Value {
    Value::Map(
        members
            .into_iter()
            .filter(|(_, value)| *value != Value::Null)
            .map(|(name, value)| (Cow::Borrowed(name), value))
            .collect(),
    )
}

/// A list of whatever can become a value.
pub(crate) fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::List(items.into_iter().map(Into::into).collect())
}

impl Value {
    pub(crate) fn get(&self, name: &str) -> &Value {
        match self {
            Value::Map(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map_or(&Value::Null, |(_, value)| value),
            _ => &Value::Null,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn time(&self) -> Option<i64> {
        match self {
            Value::Time(millis) => Some(*millis),
            _ => None,
        }
    }

    pub(crate) fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn members(&self) -> &[(Cow<'static, str>, Value)] {
        match self {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        *self == Value::Null
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Value::Bool(yes)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
