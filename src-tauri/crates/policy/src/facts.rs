//! What is known of one case, from where, and as of when.
//!
//! A fact has one of three states: known with a value, known to be absent ([`Value::Absent`]), or not
//! known, which is how every fact begins. What is not known is left out of what CEL sees: were it
//! null, `organization.payment_method != 'card'` would hold for a payment method that nobody knows.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use cel::objects::{Key, Map};
use domain::{Money, Timestamp};

use crate::catalogue::{self, Field, Kind, Scope};

/// What a fact says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// It is known that there is none.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text, or a word.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// An instant.
    Time(Timestamp),
    /// An exact amount.
    Money(Money),
}

impl Value {
    fn is(&self, kind: Kind) -> bool {
        match (self, kind) {
            (Self::Text(word), Kind::Word(words)) => words.contains(&word.as_str()),
            (Self::Absent, _)
            | (Self::Bool(_), Kind::Bool)
            | (Self::Int(_), Kind::Int)
            | (Self::Text(_), Kind::Text)
            | (Self::Texts(_), Kind::Texts)
            | (Self::Time(_), Kind::Time)
            | (Self::Money(_), Kind::Money) => true,
            _ => false,
        }
    }

    pub(crate) fn to_cel(&self) -> cel::Value {
        match self {
            Self::Absent => cel::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
            Self::Texts(values) => values.clone().into(),
            Self::Time(value) => value.as_millis().into(),
            Self::Money(value) => value.micros.into(),
        }
    }
}

impl fmt::Display for Value {
    /// The value as scripts read it; messages to people render it in their language instead.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::Texts(values) => f.write_str(&values.join(", ")),
            Self::Time(value) => write!(f, "{value}"),
            Self::Money(value) => write!(f, "{value}"),
        }
    }
}

/// Converts from what the other crates hold.
macro_rules! value_from {
    ($($variant:ident from $type:ty: $convert:expr;)+) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let convert: fn($type) -> _ = $convert;
                Self::$variant(convert(value))
            }
        })+
    };
}

value_from! {
    Bool from bool: |value| value;
    Int from i64: |value| value;
    Int from u32: i64::from;
    Text from String: |value| value;
    Text from &str: str::to_owned;
    Texts from Vec<String>: |value| value;
    Time from Timestamp: |value| value;
    Money from Money: |value| value;
}

impl<T: Into<Value>> From<Option<T>> for Value {
    /// `None` is *known to be absent*. What is not known must not be told at all.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

/// Who says so, and as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Such as `AWS GetAgreementEntitlements` or `directory`.
    pub source: Arc<str>,
    /// When it was so.
    pub as_of: Timestamp,
}

impl Provenance {
    /// Somebody's word at some time.
    #[must_use]
    pub fn new(source: &str, as_of: Timestamp) -> Self {
        Self {
            source: source.into(),
            as_of,
        }
    }
}

/// A value with where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub value: Value,
    /// Who says so.
    pub provenance: Provenance,
}

/// The known facts of one record; what is not in it is not known.
pub(crate) type Record = BTreeMap<&'static str, Known>;

/// A list that is known as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Items {
    pub(crate) provenance: Provenance,
    pub(crate) items: Vec<Record>,
}

/// What is known of one case at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    now: Timestamp,
    pub(crate) records: BTreeMap<&'static str, Record>,
    pub(crate) lists: BTreeMap<&'static str, Items>,
}

/// Why something told is no fact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAFact {
    /// The catalogue has no such fact.
    #[error("there is no fact {0}")]
    Unknown(String),
    /// The value is of another kind.
    #[error("{path} is of kind {expected}, which {value} is not")]
    Kind {
        /// The fact.
        path: String,
        /// Its kind.
        expected: &'static str,
        /// What was told.
        value: String,
    },
    /// The list is not known, so nothing can be added to it.
    #[error("tell that {0} are known before adding one")]
    UnknownList(String),
}

impl Facts {
    /// Nothing but the moment is known.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            records: BTreeMap::new(),
            lists: BTreeMap::new(),
        }
    }

    /// The moment of evaluation.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Tells a fact such as `organization.plan`. Telling it again replaces it.
    pub fn tell(
        &mut self,
        path: &str,
        value: impl Into<Value>,
        from: &Provenance,
    ) -> Result<(), NotAFact> {
        let unknown = || NotAFact::Unknown(path.to_owned());
        let (scope, name) = path.split_once('.').ok_or_else(unknown)?;
        let scope = catalogue::record(scope).ok_or_else(unknown)?;
        let (name, known) = checked(scope, name, value.into(), from)?;
        self.records
            .entry(scope.name)
            .or_default()
            .insert(name, known);
        Ok(())
    }

    /// Tells that a list such as `deployments` is known as a whole; it is empty until items follow.
    pub fn tell_list(&mut self, list: &str, from: &Provenance) -> Result<(), NotAFact> {
        let scope = catalogue::list(list).ok_or_else(|| NotAFact::Unknown(list.to_owned()))?;
        let items = Items {
            provenance: from.clone(),
            items: Vec::new(),
        };
        self.lists.insert(scope.name, items);
        Ok(())
    }

    /// Adds an item to a known list: its known facts by name, such as `state`.
    pub fn add<'a>(
        &mut self,
        list: &str,
        fields: impl IntoIterator<Item = (&'a str, Value)>,
        from: &Provenance,
    ) -> Result<(), NotAFact> {
        let scope = catalogue::list(list).ok_or_else(|| NotAFact::Unknown(list.to_owned()))?;
        let fields = fields.into_iter();
        let item: Result<Record, _> = fields
            .map(|(name, value)| checked(scope, name, value, from))
            .collect();
        let known = self.lists.get_mut(scope.name);
        let known = known.ok_or_else(|| NotAFact::UnknownList(list.to_owned()))?;
        known.items.push(item?);
        Ok(())
    }

    /// What is known of a fact such as `organization.plan`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Known> {
        let (scope, name) = path.split_once('.')?;
        self.records.get(scope)?.get(name)
    }

    pub(crate) fn items(&self, scope: &Scope) -> Option<&Items> {
        self.lists.get(scope.name)
    }

    pub(crate) fn record(&self, scope: &Scope) -> Option<&Record> {
        self.records.get(scope.name)
    }
}

fn checked(
    scope: &'static Scope,
    name: &str,
    value: Value,
    from: &Provenance,
) -> Result<(&'static str, Known), NotAFact> {
    let path = || format!("{}.{name}", scope.name);
    let field: &'static Field = scope.field(name).ok_or_else(|| NotAFact::Unknown(path()))?;
    if !value.is(field.kind) {
        return Err(NotAFact::Kind {
            path: path(),
            expected: field.kind.name(),
            value: value.to_string(),
        });
    }
    let known = Known {
        value,
        provenance: from.clone(),
    };
    Ok((field.name, known))
}

/// What CEL sees of a record: the known facts, and nothing of the others.
pub(crate) fn record_to_cel(record: &Record) -> cel::Value {
    let entries = record
        .iter()
        .map(|(name, known)| (Key::from(*name), known.value.to_cel()));
    let map: HashMap<Key, cel::Value> = entries.collect();
    cel::Value::Map(Map { map: Arc::new(map) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_facts_of_the_catalogue_are_taken() {
        let now = Timestamp::from_millis(0);
        let from = Provenance::new("directory", now);
        let mut facts = Facts::at(now);
        let mut tell = |path, value: Value| match facts.tell(path, value, &from) {
            Ok(()) => "taken".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(tell("organization.plan", "starter".into()), "taken");
        assert_eq!(tell("member.phone", Value::Absent), "taken");
        assert_eq!(
            tell("organization.plann", "starter".into()),
            "there is no fact organization.plann"
        );
        assert_eq!(
            tell("organization.open_invoices", "2".into()),
            "organization.open_invoices is of kind int, which 2 is not"
        );
        assert_eq!(
            tell("account.evidence", "typed".into()),
            "account.evidence is of kind word, which typed is not"
        );
        assert_eq!(
            facts.add("links", [], &from).unwrap_err().to_string(),
            "tell that links are known before adding one"
        );
    }
}
