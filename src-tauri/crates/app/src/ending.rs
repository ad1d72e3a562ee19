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

use domain::{CancellationRequest, Timestamp};
use store::Store;
use store::table::due_effect::DueEffect;
use store::table::link::LinkRecord;

pub use cancel::{CancelAsked, CancelPlan, REASONS};
pub(crate) use effects::call_off;
pub use error::EndingError;
pub use unlink::{UnlinkAsked, UnlinkPlan};

use crate::Error;

/// How long AWS waits for the buyer's answer; silence is consent (Agreement API reference,
/// `SendAgreementCancellationRequest`), in milliseconds.
pub const ANSWER_WITHIN_MS: i64 = 7 * domain::time::DAY_MS;

/// Requests, links or effects listed at most.
const LISTED_MAX: usize = 10_000;

/// Everything that is ending.
#[derive(Clone, Debug, Default)]
pub struct Endings {
    /// Requests that the buyer has not answered, oldest first.
    pub requests: Vec<CancellationRequest>,
    /// Links whose grace period runs.
    pub links: Vec<LinkRecord>,
    /// What is due, earliest first.
    pub due: Vec<DueEffect>,
}

/// Everything that is ending now.
pub fn endings(store: &Store) -> Result<Endings, Error> {
    let far = Timestamp::from_millis(i64::MAX);
    let (mut requests, links, due) = store.read(|read| {
        Ok((
            read.pending_cancellations()?,
            read.links_ending(LISTED_MAX)?,
            read.due_effects(far, LISTED_MAX)?,
        ))
    })?;
    requests.sort_by_key(|request| request.created_at);
    Ok(Endings {
        requests,
        links,
        due,
    })
}
