//! Carrying a plan to link out: killed at any point, the buyer is linked once or not at all, never half.

use std::cell::Cell;

use store::table::plan::PlanState;

use crate::served::text;
use crate::world::World;

/// Whatever a link consists of, and what becomes of the plan: how many rows there are, and what they say.
const LEDGER: [&str; 9] = [
    "SELECT state || ' ' || current || ' ' || (chain = agreement) || ' ' || coalesce(reason, '')
        FROM link WHERE plan = ?1",
    "SELECT substr(key, 1, instr(key, ' ')) FROM link_claim WHERE chain = ?2 ORDER BY 1",
    "SELECT 'workspace' FROM link_workspace WHERE chain = ?2",
    "SELECT kind || ' ' || coalesce(attribute || ' ' || coalesce(after, ''), 'made')
        FROM directory_change WHERE plan = ?1 OR chain = ?2 ORDER BY id",
    "SELECT name || ' ' || coalesce(payment_method, '') || ' ' || coalesce(plan, '')
        FROM organization WHERE name = 'Round'",
    "SELECT m.email FROM member AS m JOIN organization AS o ON o.id = m.organization
        WHERE o.name = 'Round'",
    "SELECT kind FROM due_effect WHERE chain = ?2",
    "SELECT state FROM plan WHERE id = ?1",
    "SELECT outcome FROM audit WHERE plan = ?1 AND action = 'link' AND outcome = 'done'",
];

#[test]
fn killed_at_every_point_a_link_is_made_once_or_not_at_all() {
    let world = World::new();
    let bought = world.served.subscribes();
    // AWS has granted the license, so that the link comes into force at once and all is done in one go.
    world.advance("1h");
    world.served.answer(&["sync"]);
    let token = &bought.registration_token;
    let to = "new-organization:Round";
    let plan = ["link", "plan", "--token", token, "--to", to];
    let plan = world.served.answer(&plan);
    assert_eq!(plan["outcome"], "ready", "{plan}");
    let plan = text(&plan, "planId");
    let execute = ["link", "execute", plan];

    let ledger = || {
        let rows = LEDGER.iter().map(|sql| {
            let sql = sql.replace("?1", &format!("'{plan}'"));
            world
                .served
                .texts(&sql.replace("?2", &format!("'{}'", bought.agreement_id)))
        });
        rows.collect::<Vec<_>>()
    };
    let unlinked = ledger();
    let kept = world.kept();
    let whole = world.run(&execute, None);
    assert!(whole.output.status.success(), "{:?}", whole.output);
    let linked = ledger();
    let told = linked.iter().flatten().map(String::as_str);
    let told: Vec<_> = told.collect();
    assert!(
        told.contains(&"active 1 1 ") && told.contains(&"done"),
        "{told:?}"
    );

    let cut_off = Cell::new(0);
    let points = world.kill_at_every_point(
        &kept,
        || plan.to_owned(),
        |_, at| world.run(&execute, at),
        |_, run| {
            cut_off.set(cut_off.get() + u32::from(world.settle()));
            let (at, end) = (run.points.len(), run.end());
            let left = ledger();
            let state = world.state(plan);
            if state == PlanState::Open {
                assert_eq!(left, unlinked, "half a link at {at}, {end}");
            }
            // What was not done can be done, and what was done is not done again.
            let link = world.served.answer(&execute);
            assert_eq!(link["state"], "active", "{link}");
            if state != PlanState::Open {
                assert_eq!(left, linked, "half a link at {at}, {end}");
            }
            assert_eq!(ledger(), linked, "killed at {at}, {end}");
            world.audit_is_whole();
        },
    );
    let cut_off = cut_off.get();
    println!("link execute: {points} points, {cut_off} of them with an entry of the audit open");
    assert!(cut_off > 0);
}
