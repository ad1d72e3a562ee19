//! Which active agreements wait for their set-up.

use crate::world::listing::{LISTINGS, listing, positions};
use crate::world::record::{Agreement, Provision};

/// Active agreements without a link to the vendor's side: at least so many, and so many percent.
const UNLINKED_MIN: usize = 7;
const UNLINKED_PERCENT: usize = 4;

/// Takes the links from as many active agreements as should wait for their set-up, spread over the
/// listings: first those that could not have been linked anyway.
pub(super) fn leave_unlinked(agreements: &mut [Agreement]) {
    for one in agreements.iter_mut() {
        let public_contract = listing(one.listing).contract && !one.is_private();
        let unfinished = one.provision == Provision::Pending;
        one.linked &= one.is_active() && !public_contract && !unfinished;
    }
    let active = agreements.iter().filter(|one| one.is_active()).count();
    let unlinked = agreements
        .iter()
        .filter(|one| one.is_active() && !one.linked)
        .count();
    let wanted = (active * UNLINKED_PERCENT / 100)
        .max(UNLINKED_MIN)
        .min(active);
    let missing = wanted.saturating_sub(unlinked);
    for position in positions() {
        let share = missing.div_ceil(LISTINGS.len());
        let ready: Vec<usize> = (0..agreements.len())
            .filter(|at| {
                let one = &agreements[*at];
                one.linked && one.listing == position && one.provision == Provision::Done
            })
            .collect();
        let step = (ready.len() / share.max(1)).max(1);
        for at in ready.iter().skip(step / 2).step_by(step).take(share) {
            agreements[*at].linked = false;
        }
    }
}
