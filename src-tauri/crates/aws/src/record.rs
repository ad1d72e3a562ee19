//! From AWS's optional texts to domain values. What does not fit is an error that names the
//! operation, the record and the field: a record is never dropped silently.

use app::marketplace::{ErrorKind, MarketplaceError, Page, PageToken};
use ciborium::Value;
use domain::{Invalid, Timestamp};

use crate::cbor::{self, KeptBody};
use crate::failure::{self, Position};
use app::Operation;

type Result<T> = std::result::Result<T, MarketplaceError>;

/// One record of an answer, for reading its fields.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    operation: Operation,
    /// The record's own id, as AWS wrote it.
    id: &'a str,
}

impl<'a> Record<'a> {
    pub(crate) fn new(operation: Operation, id: Option<&'a str>) -> Self {
        Self {
            operation,
            id: id.unwrap_or("without an id"),
        }
    }

    /// A field that must be there.
    pub(crate) fn required<T>(self, field: &str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.unfit(field, "is missing"))
    }

    /// A text in its domain form. AWS sends empty texts where it means none.
    pub(crate) fn parsed<T>(
        self,
        field: &str,
        text: Option<&str>,
        parse: impl Fn(&str) -> std::result::Result<T, Invalid>,
    ) -> Result<Option<T>> {
        let parse = |text| parse(text).map_err(|invalid| self.unfit(field, &invalid.to_string()));
        text.filter(|text| !text.is_empty()).map(parse).transpose()
    }

    /// An instant, read from the record as it was on the wire.
    pub(crate) fn instant(self, field: &str, raw: &Value) -> Result<Option<Timestamp>> {
        let read = |value| cbor::instant(value).ok_or_else(|| self.unfit(field, "is no instant"));
        cbor::member(raw, field).map(read).transpose()
    }

    /// The error of a field that does not fit.
    pub(crate) fn unfit(self, field: &str, problem: &str) -> MarketplaceError {
        let message = format!("record {}: {field}: {problem}", self.id);
        failure::error(self.operation, ErrorKind::Garbage, &message)
    }
}

/// Where a request with this token stands.
pub(crate) const fn position(token: Option<&PageToken>) -> Position {
    match token {
        None => Position::Start,
        Some(_) => Position::Continued,
    }
}

/// A page of mapped records; the token it was asked with tells whether AWS leads us in circles.
pub(crate) fn page<T, R>(
    operation: Operation,
    asked: Option<&PageToken>,
    next: Option<String>,
    records: Vec<R>,
    map: impl Fn(R) -> Result<T>,
) -> Result<Page<T>> {
    let next = next.filter(|token| !token.is_empty()).map(PageToken);
    if next.is_some() && next.as_ref() == asked {
        let message = "AWS gave the same page token twice";
        return Err(failure::error(operation, ErrorKind::Garbage, message));
    }
    let items = records.into_iter().map(map).collect::<Result<_>>()?;
    Ok(Page { items, next })
}

/// Every page of a short listing, up to `pages_max`.
pub(crate) async fn all_pages<T, F: Future<Output = Result<Page<T>>>>(
    operation: Operation,
    pages_max: usize,
    page: impl Fn(Option<PageToken>) -> F,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut next = None;
    for _ in 0..pages_max {
        let page = page(next).await?;
        items.extend(page.items);
        next = page.next;
        if next.is_none() {
            return Ok(items);
        }
    }
    let message = format!("more than {pages_max} pages");
    Err(failure::error(operation, ErrorKind::Garbage, &message))
}

/// The SDK's records, each beside what it was on the wire, where its instants are read from.
///
/// The SDK cuts an instant to the millisecond below. On the wire it is a float64 of seconds, and of
/// those every second one lies a hair below the millisecond it stands for: `AfterLastUpdateTime`
/// would find the last agreement again and again.
pub(crate) fn beside_wire<R>(
    operation: Operation,
    records: Option<Vec<R>>,
    kept: &KeptBody,
    list: &str,
) -> Result<Vec<(R, Value)>> {
    let record = Record::new(operation, None);
    let raw = take_list(record, &mut kept.decode(operation)?, list)?;
    let records = records.unwrap_or_default();
    if records.len() == raw.len() {
        Ok(records.into_iter().zip(raw).collect())
    } else {
        Err(record.unfit(list, "has empty records"))
    }
}

/// Takes a list out of an answer; an absent one is empty.
pub(crate) fn take_list(record: Record<'_>, body: &mut Value, name: &str) -> Result<Vec<Value>> {
    let members = body
        .as_map_mut()
        .ok_or_else(|| record.unfit(name, "is not in a map"))?;
    match members
        .iter_mut()
        .find(|(key, _)| key.as_text() == Some(name))
    {
        None | Some((_, Value::Null)) => Ok(Vec::new()),
        Some((_, Value::Array(items))) => Ok(std::mem::take(items)),
        Some(_) => Err(record.unfit(name, "is no list")),
    }
}
