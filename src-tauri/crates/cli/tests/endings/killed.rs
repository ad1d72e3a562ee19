//! Ending is killed at some moment or other: nothing is done twice, and nothing stays open. (Sending a
//! request is killed at every point, in the tests `points`.)

use std::time::Duration;

use crate::served::{Served, text};
use crate::story::Story;

#[test]
fn unlink_execute_killed_anywhere_takes_a_link_away_once() {
    const ROUNDS: usize = 12;
    let mut story = Story::with_agreements(120);
    let agreements = story.served.texts(&linked_and_in_force(ROUNDS + 1));
    let plans: Vec<(String, String)> = agreements
        .iter()
        .map(|agreement| {
            let ask = [
                "unlink",
                "plan",
                "--agreement",
                agreement,
                "--reason",
                "a test",
            ];
            let plan = story.served.answer(&ask);
            (
                text(&plan, "planId").to_owned(),
                text(&plan, "phrase").to_owned(),
            )
        })
        .collect();
    let execute = |at: usize| ["unlink", "execute", &plans[at].0, "--confirm", &plans[at].1];
    let longest = story.time(&execute(0));
    let mut killed = 0;
    for at in 1..plans.len() {
        killed += usize::from(!story.kills(&execute(at), longest));
    }
    assert!(killed > 0, "somebody was killed");
    story.served.answer(&["sandbox", "advance", "3m"]);
    story.served.answer(&["sync"]);
    story.served.audit_is_whole();
    for at in 0..plans.len() {
        let link = story.served.answer(&execute(at));
        assert!(
            ["ending", "ended"].contains(&text(&link, "state")),
            "{link}"
        );
    }
    everything_was_done_once(&story);
    let unlinked = "SELECT count(*) FROM audit WHERE action = 'unlink' AND outcome = 'done'";
    assert_eq!(story.number(unlinked), plans.len() as u64);
}

#[test]
fn a_sync_killed_anywhere_ends_and_deletes_once() {
    const ENDED: usize = 40;
    let mut story = Story::with_agreements(150);
    let agreements = story.served.texts(&linked_and_in_force(ENDED));
    let Served {
        runtime, control, ..
    } = &story.served;
    for agreement in &agreements {
        runtime.block_on(control.cancel(agreement)).unwrap();
    }
    kill_until_done(&mut story);
    let ended = "SELECT count(DISTINCT agreement) FROM audit WHERE action = 'end-link'";
    assert_eq!(story.number(ended), ENDED as u64);
    assert!(story.number("SELECT count(*) FROM due_effect WHERE state = 'due'") > 0);

    story.served.answer(&["sandbox", "advance", "4d"]);
    kill_until_done(&mut story);
    let left = "SELECT count(*) FROM due_effect WHERE state = 'due' AND chain IN
        (SELECT coalesce(initial, id) FROM agreement WHERE status = 'CANCELLED')";
    assert_eq!(story.number(left), 0);
    everything_was_done_once(&story);
}

/// Syncs that are killed, each later than the one before, until one is faster; then one more.
fn kill_until_done(story: &mut Story) {
    let mut longest = Duration::from_millis(20);
    while !story.kills(&["sync"], longest) {
        longest = longest.mul_f64(1.2);
    }
    story.served.answer(&["sync"]);
    story.served.audit_is_whole();
}

#[track_caller]
fn everything_was_done_once(story: &Story) {
    story.served.audit_is_whole();
    let twice = [
        // No thing was changed to the same by two notes.
        "SELECT count(*) FROM (SELECT 1 FROM directory_change WHERE attribute IS NOT NULL
            GROUP BY kind, key, attribute, after HAVING count(*) > 1)",
        // Nothing was put off twice.
        "SELECT count(*) FROM (SELECT 1 FROM due_effect GROUP BY chain, kind, thing
            HAVING count(*) > 1)",
        // No link ended twice.
        "SELECT count(*) FROM (SELECT 1 FROM link WHERE state = 'ending' GROUP BY chain
            HAVING count(*) > 1)",
        "SELECT count(*) FROM (SELECT 1 FROM link WHERE state = 'ended' GROUP BY chain
            HAVING count(*) > 1)",
    ];
    for sql in twice {
        assert_eq!(story.number(sql), 0, "{sql}");
    }
    let told = story.number("SELECT count(*) FROM audit WHERE action = 'due-effect'");
    let settled = "SELECT count(*) FROM due_effect WHERE state IN ('done', 'void')";
    assert_eq!(told, story.number(settled));
}

/// Agreements in force whose link ends by doing something.
fn linked_and_in_force(limit: usize) -> String {
    format!(
        "SELECT a.id FROM agreement AS a JOIN link AS l ON l.chain = coalesce(a.initial, a.id)
         WHERE a.status = 'ACTIVE' AND l.current = 1 AND l.state = 'active'
         ORDER BY NOT EXISTS (SELECT 1 FROM deployment AS d WHERE d.organization = l.target_id), a.id
         LIMIT {limit}"
    )
}
