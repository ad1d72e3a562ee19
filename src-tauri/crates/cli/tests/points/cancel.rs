//! Asking a buyer to agree to a cancellation: killed at any point, AWS is asked once at most, and what
//! became of it is found out.

use std::cell::Cell;

use domain::AgreementId;
use sandbox::Fault;
use store::table::plan::PlanState;

use crate::shared::error;
use crate::world::{SEND, STRAYS_MAX, World};

/// What EMQX wants typed.
const PHRASE: &str = "EMQX Cloud (Pay as you go)";

/// More than there are points: about each agreement a buyer is asked once.
const AGREEMENTS: usize = 110 + 2 * STRAYS_MAX;

#[test]
fn killed_at_every_point_a_request_is_sent_once_at_most() {
    killed_at_every_point(None);
}

#[test]
fn killed_at_every_point_a_request_whose_answer_is_lost_is_sent_once_at_most() {
    killed_at_every_point(Some(Fault {
        operation: SEND.to_owned(),
        drop_after_accepting: true,
        ..Fault::default()
    }));
}

fn killed_at_every_point(fault: Option<Fault>) {
    let world = World::new();
    if let Some(fault) = &fault {
        world.set_fault(fault);
    }
    let execute = |plan: &str, at: Option<usize>| {
        let execute = ["cancel", "execute", plan, "--confirm", PHRASE];
        world.run(&execute, at)
    };
    let agreements: Vec<_> = (0..AGREEMENTS)
        .map(|_| world.served.subscribes().agreement_id)
        .collect();
    world.advance("1h");
    world.served.answer(&["sync"]);
    let kept = world.kept();
    let (next, before) = (Cell::new(0), Cell::new(0));
    let planned = || {
        before.set(world.calls(SEND));
        let agreement = agreements.get(next.replace(next.get() + 1));
        plan(&world, agreement.expect("AGREEMENTS are too few"))
    };

    let whole = execute(&planned(), None);
    let answered = whole.output.status.success();
    assert_eq!(answered, fault.is_none(), "{:?}", whole.output);
    let sends = whole.points.iter().filter(|it| it.contains(SEND));
    assert_eq!(sends.count(), 1, "{:?}", whole.points);

    let (unsent, returned, done) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let count = |of: &Cell<u32>| of.set(of.get() + 1);
    let points = world.kill_at_every_point(&kept, planned, execute, |plan, run| {
        let (at, end) = (run.points.len(), run.end());
        world.settle();
        if world.state(plan) == PlanState::Open {
            count(&unsent);
            assert_eq!(world.calls(SEND), before.get(), "{at}, {end}");
            // It was not sent, and can be.
            let run = execute(plan, None);
            assert_eq!(run.output.status.success(), answered, "{:?}", run.output);
            world.settle();
        }
        // Once more sends nothing, and says how it stands.
        let again = ["cancel", "execute", plan, "--confirm", PHRASE];
        let state = world.state(plan);
        match state {
            PlanState::Done => {
                count(&done);
                world.served.answer(&again);
            }
            // It was taken out of everybody's hands and never reached AWS.
            PlanState::Returned => {
                count(&returned);
                let (code, error) = error(world.served.folder.path(), &again);
                assert_eq!(code, 3, "{error}");
            }
            state => panic!("{state:?}: {at}, {end}"),
        }
        let taken = u64::from(state == PlanState::Done);
        assert_eq!(world.journaled(plan), taken, "{state:?}: {at}, {end}");
        let asked = world.calls(SEND) - before.get();
        assert!(
            (taken..=1).contains(&asked),
            "asked {asked} times: {at}, {end}"
        );
        world.audit_is_whole();
    });
    let (unsent, returned, done) = (unsent.get(), returned.get(), done.get());
    println!(
        "cancel execute: {points} points, answered: {answered}; {unsent} before anything was sent, \
         {returned} taken and not sent, {done} done in the end"
    );
    assert!(unsent > 0 && returned > 0 && done > unsent);
}

/// Plans to ask about an agreement. The plan's id.
fn plan(world: &World, agreement: &str) -> String {
    let agreement = AgreementId::parse(agreement).unwrap();
    let connection = world.connection();
    world.served.runtime.block_on(async {
        let plan = connection.plan_cancel(&agreement, "TEST_AGREEMENT", None);
        let plan = plan.await.unwrap();
        connection.close().await;
        plan.id
    })
}
