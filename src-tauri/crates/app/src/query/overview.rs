//! How the connection is: how much there is, how old, how complete.

use domain::Timestamp;
use domain::filter;
use store::Store;

use super::moment;
use crate::operation::Effect;
use crate::{Clock, Error, Failure, Operation, Permission};

/// Whether the data is all there is.
#[derive(Clone, Debug, PartialEq)]
pub enum Listing {
    /// Never listed, or not yet to the end.
    Never,
    /// Complete as of the time given in [`Status::synced_at`].
    Complete,
    /// The newest listing broke off: what it had not got to is missing or old.
    Incomplete(Failure),
}

/// How the connection's data is.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Agreements here.
    pub agreements: usize,
    /// Entitlements here.
    pub entitlements: usize,
    /// Active agreements without a live link.
    pub needs_setup: usize,
    /// Organizations of the vendor's directory here.
    pub organizations: usize,
    /// Whether that is all.
    pub listing: Listing,
    /// When the newest complete listing ended.
    pub synced_at: Option<Timestamp>,
    /// Agreements whose details are missing or older than themselves.
    pub details_missing: usize,
    /// Those of them whose last attempt failed.
    pub details_failed: usize,
    /// What AWS denies although looking needs it, and why.
    pub denied: Vec<(Operation, Failure)>,
}

/// How the connection's data is.
pub fn status(store: &Store, clock: &Clock) -> Result<Status, Error> {
    let needs_setup = filter::parse("is:needs-setup")?;
    let moment = moment(clock);
    let status = store.read(|read| {
        let sync = read.sync_state()?;
        let (details_missing, details_failed) = read.undetailed_count()?;
        let listing = match (&sync.failure, sync.listed_at) {
            (Some((_, failure)), _) => Listing::Incomplete(Failure::from_stored(failure)),
            (None, Some(_)) => Listing::Complete,
            (None, None) => Listing::Never,
        };
        Ok(Status {
            agreements: read.agreement_count()?,
            entitlements: read.entitlement_count()?,
            needs_setup: read.matching(&needs_setup, &moment)?,
            organizations: read.organization_count()?,
            listing,
            synced_at: sync.listed_at,
            details_missing,
            details_failed,
            denied: denied(read)?,
        })
    })?;
    Ok(status)
}

/// What AWS denies although looking needs it. What only acting needs is told where somebody acts.
fn denied(read: &store::Read<'_>) -> store::Result<Vec<(Operation, Failure)>> {
    let known = read.permissions()?.into_iter();
    let missed = known.filter_map(|found| {
        let operation = Operation::from_name(&found.operation)?;
        let looks = operation.effect() == Effect::Reads;
        match Permission::from_stored(&found) {
            Permission::Denied(failure) if looks => Some((operation, failure)),
            _ => None,
        }
    });
    Ok(missed.collect())
}
