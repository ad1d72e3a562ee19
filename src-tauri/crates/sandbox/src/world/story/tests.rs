//! What a world begins with.

use crate::world::record::{Agreement, Provision, Renewal, RequestStatus, Status};
use crate::world::{DAY, World, listing};

const START: i64 = 1_795_000_000_000;

fn world() -> World {
    World::new(1, 300, START)
}

#[test]
fn every_world_has_exactly_the_agreements_asked_for_and_enough_without_a_link() {
    for count in [1, 2, 10, 37, 300, 5000] {
        let world = World::new(9, count, START);
        assert_eq!(world.agreements.len(), count as usize);
        let active = world
            .agreements
            .iter()
            .filter(|one| one.is_active())
            .count();
        let unlinked = world
            .agreements
            .iter()
            .filter(|one| one.is_active() && !one.linked)
            .count();
        assert!(unlinked >= active.min(7), "{count}: {unlinked} of {active}");
        if count >= 300 {
            assert!(
                unlinked * 100 <= active * 6,
                "{count}: {unlinked} of {active}"
            );
        }
    }
}

#[test]
fn a_small_world_shows_every_state() {
    let world = world();
    let has = |wanted: &dyn Fn(&Agreement) -> bool| world.agreements.iter().any(wanted);
    for status in [
        Status::Active,
        Status::Archived,
        Status::Cancelled,
        Status::Expired,
        Status::Renewed,
        Status::Replaced,
        Status::RolledBack,
        Status::Superseded,
        Status::Terminated,
    ] {
        assert!(has(&|one| one.status == status), "{}", status.name());
    }
    for provision in [
        Provision::Done,
        Provision::Pending,
        Provision::Scheduled,
        Provision::PaymentFailed,
        Provision::CurrencyFailed,
        Provision::Suspended,
        Provision::Unsupported,
        Provision::Ended,
        Provision::Restricted,
    ] {
        assert!(
            has(&|one| one.provision == provision),
            "{}",
            provision.name()
        );
    }
    for renewal in [
        Renewal::Renew,
        Renewal::Replace,
        Renewal::ProposerOptedOut,
        Renewal::AcceptorOptedOut,
        Renewal::NoTerm,
        Renewal::Exhausted,
    ] {
        assert!(has(&|one| one.renewal == renewal), "{}", renewal.name());
    }
    for status in [
        RequestStatus::Pending,
        RequestStatus::Approved,
        RequestStatus::Rejected,
        RequestStatus::Withdrawn,
        RequestStatus::Invalid,
    ] {
        assert!(
            world.requests.iter().any(|one| one.status == status),
            "{}",
            status.name()
        );
    }
    assert!(has(&|one| one.has_trial() && one.trial_end > START));
    assert!(has(&|one| one.is_active()
        && listing::listing(one.listing).contract
        && !one.is_private()));
    for days in [30, 60, 90] {
        let (from, to) = (START + (days - 30) * DAY, START + days * DAY);
        assert!(
            has(&|one| one.is_active() && one.end > from && one.end <= to),
            "{days}"
        );
    }
}

#[test]
fn accounts_hold_several_agreements_some_of_them_side_by_side_on_one_listing() {
    let world = world();
    let buyers = 0..world.seeded_buyers;
    let several = buyers
        .clone()
        .filter(|buyer| world.of_buyer(*buyer).count() > 1)
        .count();
    assert!(several > 20, "{several}");
    let side_by_side = buyers.filter(|buyer| {
        let active = world.of_buyer(*buyer).map(|index| world.agreement(index));
        let mut seen = std::collections::BTreeSet::new();
        active
            .filter(|one| one.is_active())
            .any(|one| !seen.insert(one.listing))
    });
    assert!(side_by_side.count() >= 2);
}
