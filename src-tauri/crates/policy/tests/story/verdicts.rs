//! Every rule that refuses, by its id, with its words in three languages; and what happens to it when
//! something it reads is not known. One file a system.

mod clickhouse;
mod clickhouse_committed;
mod clickhouse_payg;
mod common;
mod emqx;
mod guance;
mod pinecone;

use expect_test::{Expect, expect};
use policy::{Outcome, evaluate};

use crate::cases::{Case, policy, ready, story};

/// Judges a system's ready case after `change` happened to it.
#[track_caller]
fn check(system: &str, change: impl FnOnce(&mut Case), expected: Expect) {
    expected.assert_eq(&judged(system, change));
}

/// The same, where two systems say it in the same words.
#[track_caller]
fn check_words(system: &str, change: impl FnOnce(&mut Case), expected: &str) {
    let told = judged(system, change);
    assert!(told == expected, "{told}instead of\n{expected}");
}

fn judged(system: &str, change: impl FnOnce(&mut Case)) -> String {
    let mut case = ready(system);
    change(&mut case);
    story(&evaluate(policy(system), &case.facts()))
}

#[test]
fn a_ready_case_passes_everywhere() {
    let mut passes = String::new();
    for system in [
        "clickhouse-payg",
        "clickhouse-committed",
        "emqx",
        "guance",
        "pinecone",
    ] {
        passes += &story(&evaluate(policy(system), &ready(system).facts()));
    }
    expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 CP-1 CP-2
        pass: BASE-1 BASE-2 BASE-4 CC-1 CC-2 CC-3
        pass: BASE-1 BASE-2 BASE-4 EM-1 EM-2 EM-3
        pass: BASE-1 BASE-2 BASE-4 GU-1 GU-3 GU-4 GU-7
        pass: BASE-1 BASE-2 BASE-4 PC-1 PC-2 PC-3 PC-4
    "#]]
    .assert_eq(&passes);
}

/// For every single thing that is known in a system's ready case: the rules that can no longer be
/// decided once it is forgotten. The rest still pass.
fn forgetting(system: &str) -> String {
    let ready = ready(system);
    let mut lines = String::new();
    for piece in ready.pieces() {
        let verdicts = evaluate(policy(system), &ready.without(piece).facts());
        let refused = verdicts
            .iter()
            .any(|verdict| verdict.outcome == Outcome::Refuse);
        assert!(!refused, "forgetting {piece:?} is no offence");
        let unknown = verdicts
            .iter()
            .filter(|verdict| verdict.outcome == Outcome::Unknown);
        let unknown: Vec<_> = unknown
            .map(|verdict| format!("{} ({})", verdict.rule, verdict.missing.join(" ")))
            .collect();
        if !unknown.is_empty() {
            lines += &format!("{}\n", unknown.join(", "));
        }
    }
    lines
}
