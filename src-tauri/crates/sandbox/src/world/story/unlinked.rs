//! Which active agreements wait for their set-up.

use crate::world::listing::{LISTINGS, listing, positions};
use crate::world::record::{Agreement, Provision};

/// Active agreements without a link to the vendor's side: at least so many, and so many percent.
const UNLINKED_MIN: usize = 7;
const UNLINKED_PERCENT: usize = 4;

/// Takes the links from as many active agreements as should wait for their set-up: those that could
/// not have been linked, and then ready ones of every listing.
pub(super) fn leave_unlinked(agreements: &mut [Agreement]) {
    for one in agreements.iter_mut() {
        let public_contract = listing(one.listing).contract && !one.is_private();
        one.linked &= one.is_active() && !public_contract;
    }
    let active = agreements.iter().filter(|one| one.is_active()).count();
    let unlinked = agreements
        .iter()
        .filter(|one| one.is_active() && !one.linked)
        .count();
    let wanted = (active * UNLINKED_PERCENT / 100)
        .max(UNLINKED_MIN)
        .min(active);
    let share = wanted
        .saturating_sub(unlinked)
        .div_ceil(LISTINGS.len())
        .max(1);
    for position in positions() {
        let ready: Vec<usize> = (0..agreements.len())
            .filter(|at| {
                let one = &agreements[*at];
                one.linked && one.listing == position && one.provision == Provision::Done
            })
            .collect();
        let step = (ready.len() / share).max(1);
        for at in ready.iter().skip(step / 2).step_by(step).take(share) {
            agreements[*at].linked = false;
        }
    }
    leave_at_least(agreements, UNLINKED_MIN);
}

/// A very small world has too few of some listings to share evenly: the first ones make up for it.
fn leave_at_least(agreements: &mut [Agreement], count: usize) {
    let unlinked = agreements
        .iter()
        .filter(|one| one.is_active() && !one.linked)
        .count();
    let missing = count.saturating_sub(unlinked);
    for one in agreements.iter_mut().filter(|one| one.linked).take(missing) {
        one.linked = false;
    }
}
