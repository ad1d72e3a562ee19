//! ClickHouse Cloud, pay as you go.

use expect_test::expect;
use policy::Value;

use super::clickhouse::{linked_already, no_admin, not_registered, registers};
use super::{check, check_words, forgetting};
use crate::cases::link;

#[test]
fn cp_1_only_an_admin_links() {
    check_words(
        "clickhouse-payg",
        |case| {
            case.set("member.role", "member");
        },
        &no_admin("CP-1", ["member"; 3]),
    );
}

#[test]
fn cp_1_somebody_outside_the_organization_has_no_role() {
    check_words(
        "clickhouse-payg",
        |case| {
            case.set("member.role", Value::Absent);
        },
        &no_admin("CP-1", ["none", "없음", "无"]),
    );
}

#[test]
fn cp_1_whoever_creates_the_organization_needs_no_role() {
    check(
        "clickhouse-payg",
        |case| {
            case.set("request.target", "new")
                .set("member.role", Value::Absent);
        },
        expect![[r#"
            pass: BASE-1 BASE-2 BASE-4 CP-2
        "#]],
    );
}

#[test]
fn cp_2_an_account_has_one_organization() {
    let same = &["account", "group"];
    check_words(
        "clickhouse-payg",
        |case| link(case, same),
        &linked_already("CP-2", same),
    );
}

#[test]
fn cp_2_an_organization_has_one_account() {
    let same = &["target", "group"];
    check_words(
        "clickhouse-payg",
        |case| link(case, same),
        &linked_already("CP-2", same),
    );
}

#[test]
fn cp_2_committed_contracts_are_counted_apart() {
    check(
        "clickhouse-payg",
        |case| link(case, &["account", "target"]),
        expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 CP-1 CP-2
    "#]],
    );
}

#[test]
fn cp_4_a_new_member_is_verified_and_says_what_for() {
    check_words(
        "clickhouse-payg",
        |case| {
            registers(case);
            case.set("member.email_verified", false);
        },
        &not_registered("CP-4", false),
    );
}

#[test]
fn what_is_not_known_passes_nothing() {
    expect![[r#"
        BASE-2 (account.evidence), BASE-3 (account.evidence)
        BASE-1 (agreement.status)
        CP-1 (member.role)
        CP-4 (request.member)
        CP-1 (request.target)
        BASE-4 (links), CP-2 (links)
    "#]]
    .assert_eq(&forgetting("clickhouse-payg"));
}
