//! Agreements as a grid shows them.

use app::query;
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;
use store::query as asked;

use crate::{Millis, millis, number};

/// An exact amount: decimal text with a point and without grouping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// Such as `120000.00`.
    pub amount: String,
    /// Such as `USD`.
    pub currency: String,
}

impl From<domain::Money> for Money {
    fn from(money: domain::Money) -> Self {
        Self {
            amount: money.amount(),
            currency: money.currency.to_string(),
        }
    }
}

/// What agreements can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at store::query::SortKey")]
pub enum SortKey {
    Buyer,
    Listing,
    Status,
    Link,
    Ends,
    Starts,
    Updated,
    Value,
    Account,
    Setup,
}

impl SortKey {
    /// Every key with its word.
    pub const ALL: [(&'static str, Self); 10] = [
        ("buyer", Self::Buyer),
        ("listing", Self::Listing),
        ("status", Self::Status),
        ("link", Self::Link),
        ("ends", Self::Ends),
        ("starts", Self::Starts),
        ("updated", Self::Updated),
        ("value", Self::Value),
        ("account", Self::Account),
        ("setup", Self::Setup),
    ];
}

impl From<SortKey> for asked::SortKey {
    fn from(key: SortKey) -> Self {
        match key {
            SortKey::Buyer => Self::Buyer,
            SortKey::Listing => Self::Listing,
            SortKey::Status => Self::Status,
            SortKey::Link => Self::Link,
            SortKey::Ends => Self::Ends,
            SortKey::Starts => Self::Starts,
            SortKey::Updated => Self::Updated,
            SortKey::Value => Self::Value,
            SortKey::Account => Self::Account,
            SortKey::Setup => Self::Setup,
        }
    }
}

/// What the one pill of a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at app::query::RowState")]
pub enum RowState {
    Active,
    NeedsSetup,
    AwaitingVerification,
    AwaitingAws,
    LinkRefused,
    LinkEnding,
    CancelPending,
    StartsLater,
    PaymentFailed,
    Suspended,
    Renewed,
    Ended,
    Unknown,
}

impl From<query::RowState> for RowState {
    fn from(state: query::RowState) -> Self {
        use query::RowState as State;
        match state {
            State::Active => Self::Active,
            State::NeedsSetup => Self::NeedsSetup,
            State::AwaitingVerification => Self::AwaitingVerification,
            State::AwaitingAws => Self::AwaitingAws,
            State::LinkRefused => Self::LinkRefused,
            State::LinkEnding => Self::LinkEnding,
            State::CancelPending => Self::CancelPending,
            State::StartsLater => Self::StartsLater,
            State::PaymentFailed => Self::PaymentFailed,
            State::Suspended => Self::Suspended,
            State::Renewed => Self::Renewed,
            State::Ended => Self::Ended,
            State::Unknown => Self::Unknown,
        }
    }
}

/// An agreement as a grid shows it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgreementRow {
    /// Agreement id.
    pub id: String,
    /// Company of the contact.
    pub company: Option<String>,
    /// E-mail of the contact.
    pub email: Option<String>,
    /// The buyer's AWS account.
    pub account: String,
    /// The product's title, or its id while the title is not known.
    pub listing: String,
    /// Product id.
    pub product_id: Option<String>,
    /// AWS's own word, such as `ACTIVE`; may be newer than this program.
    pub status: String,
    /// What the pill says.
    pub state: RowState,
    /// `none`, or a link state's word.
    pub link: String,
    /// Name of what it is linked to.
    pub linked_to: Option<String>,
    /// When the buyer accepted.
    pub accepted_at: Option<Millis>,
    /// Start of the term.
    pub starts_at: Option<Millis>,
    /// End of the term; absent when open-ended.
    pub ends_at: Option<Millis>,
    /// When AWS last changed it.
    pub updated_at: Millis,
    /// What the buyer commits to pay; absent while not known.
    pub value: Option<Money>,
    /// `RENEW`, `REPLACE`, `EXPIRE` or newer.
    pub end_behavior: Option<String>,
    /// When AWS last listed it.
    pub synced_at: Millis,
    /// When company, value and terms came; absent while they never did.
    pub details_at: Option<Millis>,
}

impl AgreementRow {
    /// The row as it is at `now`.
    #[must_use]
    pub fn of(row: &store::table::agreement::AgreementRow, now: Timestamp) -> Self {
        Self {
            id: row.id.clone(),
            company: row.company.clone(),
            email: row.email.clone(),
            account: row.buyer.clone(),
            listing: row
                .title
                .clone()
                .or_else(|| row.product.clone())
                .unwrap_or_default(),
            product_id: row.product.clone(),
            status: row.status.as_wire().to_owned(),
            state: query::state_of(row, now).into(),
            link: row.link.map_or("none", domain::LinkState::word).to_owned(),
            linked_to: row.linked_to.clone(),
            accepted_at: row.accepted_at.map(millis),
            starts_at: row.starts_at.map(millis),
            ends_at: row.ends_at.map(millis),
            updated_at: millis(row.updated_at),
            value: row.value.map(Money::from),
            end_behavior: row.end_kind.clone(),
            synced_at: millis(row.synced_at),
            details_at: row.details_at.map(millis),
        }
    }
}

/// A part of a filtered and sorted list.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgreementsWindow {
    /// The rows, in order.
    pub rows: Vec<AgreementRow>,
    /// Place of the first row in the list.
    pub offset: u32,
    /// How many agreements match, exactly.
    pub matched: u32,
    /// How many there are.
    pub total: u32,
    /// Time spent, in microseconds.
    pub micros: u32,
}

impl AgreementsWindow {
    /// The window as it is at `now`.
    #[must_use]
    pub fn of(window: &asked::Window, offset: usize, now: Timestamp, micros: u32) -> Self {
        Self {
            rows: window
                .rows
                .iter()
                .map(|row| AgreementRow::of(row, now))
                .collect(),
            offset: number(offset),
            matched: number(window.matched),
            total: number(window.total),
            micros,
        }
    }
}

/// How often a value occurs.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// The value as the filter language takes it.
    pub value: String,
    /// What it is called.
    pub label: String,
    /// How often.
    pub count: u32,
}

impl Count {
    pub(crate) fn of_status(status: &domain::AgreementStatus, count: usize) -> Self {
        let wire = status.as_wire();
        let value = match status {
            domain::AgreementStatus::Unknown(_) => wire.to_owned(),
            _ => wire.to_lowercase().replace('_', "-"),
        };
        Self {
            value,
            label: wire.to_owned(),
            count: number(count),
        }
    }

    pub(crate) fn of_link(link: Option<domain::LinkState>, count: usize) -> Self {
        let word = link.map_or("none", domain::LinkState::word).to_owned();
        Self {
            value: word.clone(),
            label: word,
            count: number(count),
        }
    }

    pub(crate) fn of_product((id, title, count): &(String, String, usize)) -> Self {
        Self {
            value: id.clone(),
            label: title.clone(),
            count: number(*count),
        }
    }
}

/// Exact counts beside a list. Each facet leaves out the filter's own terms on it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgreementCounts {
    /// How many agreements match.
    pub matched: u32,
    /// How many there are.
    pub total: u32,
    /// By status.
    pub statuses: Vec<Count>,
    /// By listing.
    pub listings: Vec<Count>,
    /// By link state.
    pub links: Vec<Count>,
    /// Time spent, in microseconds.
    pub micros: u32,
}

impl AgreementCounts {
    /// The counts, which took so long.
    #[must_use]
    pub fn of(counts: &asked::Counts, micros: u32) -> Self {
        Self {
            matched: number(counts.matched),
            total: number(counts.total),
            statuses: counts
                .statuses
                .iter()
                .map(|(status, count)| Count::of_status(status, *count))
                .collect(),
            listings: counts.products.iter().map(Count::of_product).collect(),
            links: counts
                .links
                .iter()
                .map(|(link, count)| Count::of_link(*link, *count))
                .collect(),
            micros,
        }
    }
}
