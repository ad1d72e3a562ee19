//! The world by itself, without a server.

use super::action::{Action, Outcome, Refusal};
use super::record::{Provision, Renewal, RequestStatus, Status};
use super::token::TokenFault;
use super::*;

const START: i64 = 1_795_000_000_000;

fn world() -> World {
    World::new(1, 300, START)
}

fn subscribe(world: &mut World, at: i64, listing: u8, account: &str) -> (u32, String) {
    let action = Action::Subscribe {
        listing,
        account: account.to_owned(),
        private_offer: false,
        value: None,
        currency: "USD".to_owned(),
        company: None,
        email: None,
    };
    match world.apply(at, &action).unwrap() {
        Outcome::Token { agreement, token } => (agreement, token),
        other => panic!("{other:?}"),
    }
}

fn send(agreement: u32, client_token: Option<&str>) -> Action {
    Action::Send {
        agreement,
        reason_code: "OTHER".to_owned(),
        description: None,
        client_token: client_token.map(ToOwned::to_owned),
    }
}

fn first(world: &World, wanted: impl Fn(&Agreement) -> bool) -> u32 {
    (0..)
        .zip(&world.agreements)
        // An open cancellation request would end the agreement first.
        .find(|(index, one)| wanted(one) && world.requests_of(*index).is_empty())
        .unwrap()
        .0
}

#[test]
fn the_same_seed_makes_the_same_world_and_another_seed_another() {
    assert_eq!(world().fingerprint(), world().fingerprint());
    assert_ne!(
        world().fingerprint(),
        World::new(2, 300, START).fingerprint()
    );
}

#[test]
fn a_replay_of_the_same_actions_comes_out_the_same_however_often_it_is_looked_at() {
    let script = |world: &mut World, looks: bool| {
        let mut at = START;
        for account in ["777766665555", "888899990000"] {
            at += HOUR;
            if looks {
                world.settle(at - MINUTE);
            }
            let (agreement, _) = subscribe(world, at, listing::EMQX, account);
            world
                .apply(at + MINUTE, &Action::Amend { count: 20 })
                .unwrap();
            world
                .apply(at + 2 * MINUTE, &send(agreement, Some("t-1")))
                .ok();
            world
                .apply(at + 3 * MINUTE, &Action::Advance { millis: 40 * DAY })
                .unwrap();
            at = world.settled;
        }
        world.settle(at + DAY);
    };
    let (mut looked_at, mut left_alone) = (world(), world());
    script(&mut looked_at, true);
    script(&mut left_alone, false);
    assert_eq!(looked_at.fingerprint(), left_alone.fingerprint());
}

#[test]
fn a_new_subscription_is_provisioned_after_a_minute() {
    let mut world = world();
    let (agreement, _) = subscribe(&mut world, START + HOUR, listing::PINECONE, "777766665555");
    assert_eq!(world.agreement(agreement).provision, Provision::Pending);
    world.settle(START + HOUR + PROVISIONING - 1);
    assert_eq!(world.agreement(agreement).provision, Provision::Pending);
    world.settle(START + HOUR + PROVISIONING);
    assert_eq!(world.agreement(agreement).provision, Provision::Done);
}

#[test]
fn silence_for_seven_days_approves_a_request_and_cancels_the_agreement() {
    let mut world = world();
    let (agreement, _) = subscribe(&mut world, START, listing::PINECONE, "777766665555");
    let Outcome::Request(request) = world.apply(START + HOUR, &send(agreement, None)).unwrap()
    else {
        panic!("a request was asked for");
    };
    world.settle(START + HOUR + CONSENT_AFTER - 1);
    assert_eq!(
        world.requests[request as usize].status,
        RequestStatus::Pending
    );
    world.settle(START + 30 * DAY);
    assert_eq!(
        world.requests[request as usize].status,
        RequestStatus::Approved
    );
    let agreement = world.agreement(agreement);
    assert_eq!(
        (agreement.status, agreement.provision),
        (Status::Cancelled, Provision::Ended)
    );
    assert_eq!(agreement.updated, START + HOUR + CONSENT_AFTER);
}

#[test]
fn a_rejected_request_leaves_the_agreement_and_another_can_be_sent() {
    let mut world = world();
    let (agreement, _) = subscribe(&mut world, START, listing::PINECONE, "777766665555");
    let Ok(Outcome::Request(request)) = world.apply(START, &send(agreement, None)) else {
        panic!("a request was asked for");
    };
    let again = world.apply(START, &send(agreement, None));
    assert_eq!(again, Err(Refusal::AlreadyRequested(request)));
    let reject = Action::Reject {
        request,
        reason: "No".to_owned(),
    };
    world.apply(START, &reject).unwrap();
    assert_eq!(
        world.apply(START, &reject),
        Err(Refusal::NotPending(request))
    );
    world.settle(START + 8 * DAY);
    assert!(world.agreement(agreement).is_active());
    assert!(world.apply(START + 8 * DAY, &send(agreement, None)).is_ok());
}

#[test]
fn a_client_token_gives_the_same_request_and_refuses_another() {
    let mut world = world();
    let (agreement, _) = subscribe(&mut world, START, listing::PINECONE, "777766665555");
    let (other, _) = subscribe(&mut world, START, listing::PINECONE, "777766665556");
    let sent = world.apply(START, &send(agreement, Some("t"))).unwrap();
    let requests = world.requests.len();
    assert_eq!(
        world
            .apply(START + DAY, &send(agreement, Some("t")))
            .unwrap(),
        sent
    );
    assert_eq!(world.requests.len(), requests);
    assert!(matches!(
        world.apply(START, &send(other, Some("t"))),
        Err(Refusal::TokenReused(_))
    ));
    // Long after the request was approved the token still names it.
    world.settle(START + 20 * DAY);
    assert_eq!(
        world
            .apply(START + 20 * DAY, &send(agreement, Some("t")))
            .unwrap(),
        sent
    );
}

#[test]
fn at_its_end_an_agreement_does_what_it_said() {
    let mut world = world();
    let renews = first(&world, |one| {
        one.is_active() && one.renewal == Renewal::Renew && one.term == 0
    });
    let expires = first(&world, |one| {
        one.is_active() && one.renewal == Renewal::NoTerm
    });
    let replaced = first(&world, |one| {
        one.is_active() && one.renewal == Renewal::Replace
    });
    let ends = [renews, expires, replaced].map(|index| world.agreement(index).end);
    world.settle(ends.into_iter().max().unwrap());
    assert_eq!(world.agreement(renews).status, Status::Renewed);
    assert_eq!(world.agreement(expires).status, Status::Expired);
    assert_eq!(world.agreement(replaced).status, Status::Replaced);
    let next = world.agreement(renews).next_in_chain;
    let (before, after) = (world.agreement(renews), world.agreement(next));
    assert_eq!(
        (after.start, after.offer, after.initial),
        (before.end, before.offer, before.initial)
    );
    assert!(
        !world
            .agreement(world.agreement(replaced).next_in_chain)
            .has_end()
    );
}

#[test]
fn a_future_agreement_is_provisioned_on_its_first_day() {
    let mut world = world();
    let future = first(&world, |one| one.provision == Provision::Scheduled);
    let start = world.agreement(future).start;
    world.settle(start - 1);
    assert_eq!(world.agreement(future).provision, Provision::Scheduled);
    world.settle(start);
    assert_eq!(world.agreement(future).provision, Provision::Done);
}

#[test]
fn a_token_resolves_again_and_again_until_it_expires_or_is_superseded() {
    let mut world = world();
    let (agreement, token) = subscribe(&mut world, START, listing::GUANCE, "777766665555");
    assert_eq!(world.resolve(&token, START), Ok(agreement));
    assert_eq!(
        world.resolve(&token, START + TOKEN_LIFETIME - 1),
        Ok(agreement)
    );
    assert_eq!(
        world.resolve(&token, START + TOKEN_LIFETIME),
        Err(TokenFault::Expired)
    );
    let Ok(Outcome::Token { token: newer, .. }) = world.apply(START, &Action::SetUp { agreement })
    else {
        panic!("a token was asked for");
    };
    assert_eq!(world.resolve(&token, START + 1), Err(TokenFault::Expired));
    assert_eq!(world.resolve(&newer, START + 1), Ok(agreement));
    let forged = newer.replace(".2.", ".3.");
    for wrong in ["", "....", "not a token", forged.as_str()] {
        assert_eq!(
            world.resolve(wrong, START),
            Err(TokenFault::Invalid),
            "{wrong}"
        );
    }
    world
        .apply(START, &Action::TokenLifetime { millis: MINUTE })
        .unwrap();
    assert_eq!(
        world.resolve(&newer, START + MINUTE),
        Err(TokenFault::Expired)
    );
}

#[test]
fn the_orders_stay_those_of_the_agreements() {
    let mut world = world();
    world.apply(START, &Action::Amend { count: 50 }).unwrap();
    world
        .apply(START, &Action::Advance { millis: 400 * DAY })
        .unwrap();
    let again = Orders::of(&world.agreements);
    assert_eq!(world.orders.end, again.end);
    assert_eq!(world.orders.start, again.start);
    assert_eq!(world.orders.update, again.update);
}

#[test]
fn refused_actions_change_nothing() {
    let mut world = world();
    let ended = first(&world, |one| !one.is_active());
    let before = world.fingerprint();
    for action in [
        Action::Renew { agreement: ended },
        Action::Expire { agreement: ended },
        Action::Cancel { agreement: ended },
        Action::SetUp {
            agreement: 1_000_000,
        },
        Action::Accept { request: 1_000_000 },
        send(ended, Some("x")),
    ] {
        assert!(world.apply(START, &action).is_err(), "{action:?}");
    }
    assert_eq!(world.fingerprint(), before);
}

#[test]
fn amending_changes_as_many_as_asked_for_and_makes_them_the_latest() {
    let mut world = world();
    let at = START + HOUR;
    let Ok(Outcome::Amended(amended)) = world.apply(at, &Action::Amend { count: 30 }) else {
        panic!("agreements were to change");
    };
    assert_eq!(amended.len(), 30);
    let latest: Vec<u32> = world
        .orders
        .update
        .range((at, 0)..)
        .map(|(_, index)| *index)
        .collect();
    assert_eq!(latest, amended);
}

#[test]
fn what_is_active_has_not_ended_yet() {
    let mut world = World::new(3, 2000, START);
    for days in [0, 1, 30, 400, 4000] {
        world
            .apply(START, &Action::Advance { millis: days * DAY })
            .unwrap();
        let now = world.settled;
        assert!(
            world
                .agreements
                .iter()
                .all(|one| !one.is_active() || one.end > now)
        );
        assert!(
            world
                .agreements
                .iter()
                .all(|one| one.is_active() || one.end <= now)
        );
    }
}
