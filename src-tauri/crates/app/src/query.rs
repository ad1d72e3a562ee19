//! Questions that the window and the command line ask of the data at hand. None of them needs AWS.

mod jump;
mod overview;
mod show;
pub mod timeline;

use domain::filter::{Completion, Completions, Filter, FilterError, Moment};
use domain::{AgreementStatus, LicenseArn, LinkState, ProvisioningStatus, Timestamp, filter};
use jiff::tz::TimeZone;
use store::query::{Counts, Sort, SortKey, Window};
use store::table::agreement::AgreementRow;
use store::{Read, Store};

pub(crate) use jump::anywhere;
pub use jump::{JumpTarget, Meaning, jump};
pub use overview::{Listing, Status, status};
pub use show::{AgreementView, show};
pub(crate) use show::{holders, of_account};

use crate::{Clock, Error};

/// How the list is sorted when nobody chose: what AWS changed last comes first.
pub const SORT_DEFAULT: Sort = Sort {
    key: SortKey::Updated,
    descending: true,
};

/// Agreements looked at for one that has a license.
const WITH_LICENSE_MAX: usize = 10;

/// The moment at which filters are evaluated, in this machine's zone. Whole seconds, like the index.
#[must_use]
pub fn moment(clock: &Clock) -> Moment {
    moment_at(clock.now())
}

/// The same, of an instant.
pub(crate) fn moment_at(now: Timestamp) -> Moment {
    let now = now.as_millis();
    Moment {
        now: Timestamp::from_millis(now - now.rem_euclid(1_000)),
        zone: TimeZone::system(),
    }
}

/// The agreement that a license came with.
pub(crate) fn agreement_with(
    read: &Read<'_>,
    license: &LicenseArn,
    now: Timestamp,
) -> store::Result<Option<AgreementRow>> {
    let filter = anywhere(license.short());
    let found = read.agreements(&filter, &moment_at(now), SORT_DEFAULT, 0, WITH_LICENSE_MAX)?;
    // The text may stand elsewhere in a row, too.
    let has = |row: &AgreementRow| {
        let mut licenses = row.licenses.iter();
        licenses.any(|arn| arn.ends_with(license.short()))
    };
    Ok(found.rows.into_iter().find(has))
}

/// A window over the agreements that match a filter's text.
pub fn agreements(
    store: &Store,
    clock: &Clock,
    filter: &str,
    sort: Sort,
    offset: usize,
    limit: usize,
) -> Result<Window, Error> {
    let filter = filter::parse(filter)?;
    let moment = moment(clock);
    Ok(store.read(|read| read.agreements(&filter, &moment, sort, offset, limit))?)
}

/// Exact counts beside that list.
pub fn counts(store: &Store, clock: &Clock, filter: &str) -> Result<Counts, Error> {
    let filter = filter::parse(filter)?;
    let moment = moment(clock);
    Ok(store.read(|read| read.counts(&filter, &moment))?)
}

/// What a filter's text means, term by term; and what is wrong with it.
pub fn read_filter(text: &str) -> Result<Filter, FilterError> {
    filter::parse(text)
}

/// What may be typed at the caret (a byte offset), products by their titles included.
pub fn complete(store: &Store, text: &str, caret: usize) -> Result<Completions, Error> {
    let mut completions = filter::complete(text, caret);
    if completions.key == Some("product") {
        let wanted = completions.prefix.replace('"', "");
        for listing in store.read(|read| read.listings())? {
            let title = listing.listing.title;
            if title.to_lowercase().contains(&wanted) {
                let insert = if title.contains(' ') {
                    format!("\"{title}\"")
                } else {
                    title.clone()
                };
                let detail = listing.listing.product.to_string();
                completions.items.push(Completion {
                    insert,
                    label: title,
                    detail,
                });
            }
        }
    }
    Ok(completions)
}

/// What the one pill of a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// In force and linked.
    Active,
    /// In force and not linked.
    NeedsSetup,
    /// A code was sent by e-mail.
    AwaitingVerification,
    /// Bound; AWS is still provisioning.
    AwaitingAws,
    /// A rule refused the link.
    LinkRefused,
    /// The link's grace period runs.
    LinkEnding,
    /// A request to cancel waits for the buyer.
    CancelPending,
    /// Starts on a later date.
    StartsLater,
    /// AWS could not charge the buyer.
    PaymentFailed,
    /// The buyer's AWS account is suspended.
    Suspended,
    /// A successor took its place.
    Renewed,
    /// Over.
    Ended,
    /// A status newer than this program.
    Unknown,
}

/// What the one pill of a row says: the first of these that applies, worst first.
#[must_use]
pub fn state_of(row: &AgreementRow, now: Timestamp) -> RowState {
    match row.status {
        AgreementStatus::Active => state_of_active(row, now),
        AgreementStatus::Renewed | AgreementStatus::Replaced | AgreementStatus::Superseded => {
            RowState::Renewed
        }
        AgreementStatus::Unknown(_) => RowState::Unknown,
        _ => RowState::Ended,
    }
}

fn state_of_active(row: &AgreementRow, now: Timestamp) -> RowState {
    if row.cancel_pending {
        return RowState::CancelPending;
    }
    if let Some((ProvisioningStatus::Failed, reason)) = &row.provisioning {
        let suspended = reason.as_deref() == Some("ACCOUNT_SUSPENDED");
        return if suspended {
            RowState::Suspended
        } else {
            RowState::PaymentFailed
        };
    }
    match row.link {
        Some(LinkState::AwaitingVerification) => RowState::AwaitingVerification,
        Some(LinkState::AwaitingAws) => RowState::AwaitingAws,
        Some(LinkState::Refused) => RowState::LinkRefused,
        Some(LinkState::Ending) => RowState::LinkEnding,
        _ if row.starts_at.is_some_and(|starts| starts > now) => RowState::StartsLater,
        Some(LinkState::Active) => RowState::Active,
        Some(LinkState::Ended) | None => RowState::NeedsSetup,
    }
}
