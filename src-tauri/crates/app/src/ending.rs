//! Ending an agreement, or a link alone, and what that does on the vendor's side.
//!
//! The seller asks AWS ([`cancel`]); the buyer agrees, or is silent for seven days. However an agreement
//! ends, the link ends with it (`effects`): what the policy says happens at once, what is to happen
//! later is kept and counted down (`settle`), and linking the target again calls it off.

pub mod cancel;
mod effects;
mod error;
mod settle;
pub mod unlink;
pub(crate) mod withdraw;

use std::collections::BTreeSet;

use domain::filter::Filter;
use domain::{AgreementId, CancellationRequest, Pricing, Timestamp};
use store::Store;
use store::table::agreement::AgreementRow;
use store::table::audit::AuditRow;
use store::table::due_effect::DueEffect;
use store::table::link::LinkRecord;

pub use cancel::{CancelAsked, CancelPlan, REASONS};
pub(crate) use effects::{Doing, apply, call_off};
pub use error::EndingError;
pub use unlink::{UnlinkAsked, UnlinkPlan};
pub use withdraw::{WithdrawalAsked, WithdrawalPlan};

use crate::error::FieldProblem;
use crate::metering::FINAL_WINDOW_MS;
use crate::policies::Policies;
use crate::{Clock, Error, query};

/// How long AWS waits for the buyer's answer; silence is consent (Agreement API reference,
/// `SendAgreementCancellationRequest`), in milliseconds.
pub const ANSWER_WITHIN_MS: i64 = 7 * domain::time::DAY_MS;

/// Requests, links or effects listed at most.
const LISTED_MAX: usize = 10_000;

/// What came due or was called off, listed at most.
const SETTLED_MAX: usize = 100;

/// Agreements looked at for what ended within the hour.
const LAST_USAGE_LOOKED_AT: usize = 1_000;

/// Everything that is ending.
#[derive(Clone, Debug, Default)]
pub struct Endings {
    /// Requests that the buyer has not answered, oldest first.
    pub requests: Vec<CancellationRequest>,
    /// Requests of which AWS did not say whether it took them, as the audit opened them, oldest first.
    pub unanswered: Vec<AuditRow>,
    /// Links whose grace period runs.
    pub links: Vec<LinkRecord>,
    /// What is due, earliest first.
    pub due: Vec<DueEffect>,
    /// What came due or was called off lately, newest first.
    pub settled: Vec<DueEffect>,
    /// The agreements that all this is about, as far as AWS told of them.
    pub agreements: Vec<AgreementRow>,
    /// Agreements whose last usage can still be sent, soonest over first.
    pub last_usage: Vec<LastUsage>,
}

/// An agreement whose license was taken back, and whose last usage can still be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUsage {
    /// The agreement.
    pub agreement: String,
    /// Its licenses.
    pub licenses: Vec<String>,
    /// The buyer's account.
    pub account: String,
    /// Until when AWS takes usage.
    pub until: Timestamp,
}

/// Everything that is ending now.
pub fn endings(store: &Store, clock: &Clock) -> Result<Endings, Error> {
    let far = Timestamp::from_millis(i64::MAX);
    let last_usage = last_usage(store, clock)?;
    Ok(store.read(|read| {
        let mut requests = read.pending_cancellations()?;
        requests.sort_by_key(|request| request.created_at);
        let mut unanswered = read.open_audit()?;
        unanswered.retain(|row| row.entry.action == cancel::KIND);
        let mut endings = Endings {
            requests,
            unanswered,
            links: read.links_ending(LISTED_MAX)?,
            due: read.due_effects(far, LISTED_MAX)?,
            settled: read.settled_effects(SETTLED_MAX)?,
            agreements: Vec::new(),
            last_usage,
        };
        for id in endings.named() {
            endings.agreements.extend(read.agreement(&id)?);
        }
        Ok::<_, store::Error>(endings)
    })?)
}

impl Endings {
    /// Every agreement that is named, once.
    fn named(&self) -> BTreeSet<AgreementId> {
        let requests = self.requests.iter().map(|it| it.agreement.clone());
        let links = self.links.iter().map(|it| it.link.agreement.clone());
        let unanswered = self
            .unanswered
            .iter()
            .map(|it| it.entry.agreement.as_deref());
        let effects = self.due.iter().chain(&self.settled);
        let usage = self.last_usage.iter().map(|it| Some(it.agreement.as_str()));
        let texts = unanswered.chain(effects.map(|it| Some(it.chain.as_str())));
        let texts = texts.chain(usage);
        let parsed = texts.filter_map(|text| AgreementId::parse(text?).ok());
        requests.chain(links).chain(parsed).collect()
    }
}

/// What ended within the last hour, on listings that bill usage.
fn last_usage(store: &Store, clock: &Clock) -> Result<Vec<LastUsage>, Error> {
    let now = clock.now();
    let moment = query::moment(clock);
    let filter = Filter::default();
    // What AWS changed last comes first, so what ended within the hour is among the first.
    let (rows, listings) = store.read(|read| {
        let rows = read.agreements(
            &filter,
            &moment,
            query::SORT_DEFAULT,
            0,
            LAST_USAGE_LOOKED_AT,
        )?;
        Ok((rows.rows, read.listings()?))
    })?;
    let bills_usage = |product: Option<&str>| {
        listings.iter().any(|known| {
            Some(known.listing.product.as_str()) == product
                && matches!(
                    known.listing.pricing,
                    Pricing::Usage | Pricing::ContractWithUsage
                )
        })
    };
    let over = rows
        .into_iter()
        .filter(|row| row.status.is_over() && bills_usage(row.product.as_deref()));
    let mut last: Vec<LastUsage> = over
        .map(|row| LastUsage {
            until: row.updated_at.plus_millis(FINAL_WINDOW_MS),
            agreement: row.id,
            licenses: row.licenses,
            account: row.buyer,
        })
        .filter(|it| it.until > now)
        .collect();
    last.sort_by_key(|it| it.until);
    Ok(last)
}

/// What a person typed, if anything, unless it is longer than AWS takes.
fn checked(text: Option<&str>, name: &'static str) -> Result<Option<String>, Error> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let length = text.map_or(1, |text| text.chars().count());
    if length > cancel::DESCRIPTION_CHARS_MAX {
        return Err(field(
            name,
            &format!("at most {} characters", cancel::DESCRIPTION_CHARS_MAX),
        ));
    }
    Ok(text.map(str::to_owned))
}

fn field(name: &'static str, message: &str) -> Error {
    EndingError::Field(FieldProblem {
        field: name.into(),
        message: message.to_owned(),
    })
    .into()
}

/// What must be typed: the policy's phrase, or without one the agreement's id.
fn phrase(store: &Store, policies: &Policies, agreement: &AgreementId) -> Result<String, Error> {
    let policy = crate::link::policy_of(store, policies, agreement)?;
    let phrase = policy.and_then(|policy| policy.cancel.phrase.clone());
    Ok(phrase.unwrap_or_else(|| agreement.to_string()))
}
