//! A vendor's own policies: a sixth one beside the built-in ones, and one in place of a built-in one.

use app::FailureKind;
use app::plan::Outcome;
use expect_test::expect;

use crate::ask::by_token;
use crate::story::{HALDEN, NORDIC, Story, entering, linked};

/// The sandbox's EMQX listing by a policy that nobody thought of, found by its title before the built-in
/// one is.
const QUEUES: &str = r#"
id = "queues"
name = "Queues"

[listing]
title = "EMQX Cloud (Pay as you go)"

[link]
target = "organization"
identity = "token"
active_when = "license.status == 'PROVISIONED'"

[link.counted]
group = "queues"
one_target_per_account = true
one_account_per_target = true

[link.waiting]
text = "Waiting."

[[link.rule]]
id = "Q-invoices"
require = "organization.open_invoices == 0"
overridable = true
title.en = "No unpaid invoices."
message.en = "{organization.name} has unpaid invoices: {organization.open_invoices}."

[[link.rule]]
id = "Q-plan"
require = "organization.plan == 'scale'"
title.en = "Scale alone."
message.en = "{organization.name} is on the plan {organization.plan}."

[[link.rule]]
id = "Q-one"
none_of = "link"
where = "link.same_group && (link.same_account || link.same_target)"
title.en = "One each."
message.en = "Linked to {link.target_name} already."

[[link.effect]]
set = { "organization.payment_method" = "queues-on-aws" }

[link.confirmation]
text = "{organization.name} is on."
"#;

/// The built-in id with one rule less: whoever is no admin may link.
const LENIENT: &str = r#"
id = "clickhouse-payg"
name = "ClickHouse Cloud, our way"

[listing]
title = "ClickHouse Cloud - Pay As You Go"

[link]
target = "organization"
identity = ["token", "agreement"]
active_when = "license.status == 'PROVISIONED'"

[link.counted]
group = "clickhouse-payg"
one_target_per_account = true
one_account_per_target = true

[link.waiting]
text = "Waiting."
"#;

/// Guance's listing where two workspaces are wanted.
const TWO: &str = r#"
id = "guance"
name = "Two workspaces"

[listing]
title = "Guance"

[link]
target = "billing-account"
identity = ["token", "agreement"]
active_when = "agreement.status == 'ACTIVE'"

[link.workspaces]
least = 2
changeable = true

[link.counted]
group = "guance"
one_target_per_account = true
one_account_per_target = false

[link.waiting]
text = "Two workspaces are needed."
"#;

/// A policy that gives the member something with the link, and takes it back at the end.
const MEMBERS: &str = r#"
id = "members"
name = "Members"

[listing]
title = "EMQX Cloud (Pay as you go)"

[link]
target = "organization"
identity = "token"
active_when = "license.status == 'PROVISIONED'"

[link.counted]
group = "members"
one_target_per_account = true
one_account_per_target = true

[link.waiting]
text = "Waiting."

[[link.effect]]
set = { "member.company" = "{organization.name}" }

[[cancel.effect]]
set = { "member.role" = "guest" }
"#;

const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "card", "openInvoices": 2},
        {"id": "nordic", "name": "Nordic Maps", "plan": "basic", "paymentMethod": "none", "openInvoices": 1},
        {"id": "untold", "name": "Untold", "plan": "scale", "paymentMethod": "none"}
    ],
    "members": [
        {"organization": "halden", "email": "dev@halden.example", "role": "developer", "verified": true}
    ],
    "billingAccounts": [{"userName": "halden", "email": "billing@halden.example"}],
    "workspaces": [
        {"id": "wksp-1", "billingAccount": "halden", "name": "Ops", "state": "active"},
        {"id": "wksp-2", "billingAccount": "halden", "name": "Web", "state": "active"}
    ]
}"#;

async fn vendor() -> Story {
    let policies = [
        ("queues.toml", QUEUES),
        ("payg.toml", LENIENT),
        ("two.toml", TWO),
    ];
    let story = Story::with_policies(&policies).await;
    story.directory(VENDOR);
    story
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_may_be_overridden_is_with_a_reason_that_the_audit_keeps() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let ask = by_token(&bought).to("organization:halden");
    let words = story.is_refused(ask.clone(), "Q-invoices").await;
    expect![[r#"
        Q-invoices refuse
          Halden Freight has unpaid invoices: 2.
          organization.open_invoices = 2 (import vendor.json)
    "#]]
    .assert_eq(&words);

    let empty = ask.clone().in_spite_of("Q-invoices", "  ");
    let failure = story.tries_to_plan(empty).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Invalid, "a reason of 1 to 500 characters")
    );

    let plan = story
        .plans(ask.in_spite_of("Q-invoices", "Paid by wire on Friday"))
        .await;
    let verdict = plan
        .verdicts
        .iter()
        .find(|it| it.rule == "Q-invoices")
        .unwrap();
    assert_eq!(
        (verdict.outcome.as_str(), verdict.overridden.as_deref()),
        ("refuse", Some("Paid by wire on Friday"))
    );
    story.links(&plan).await;
    assert!(story.pays("halden").starts_with("queues-on-aws"));
    let opened = story.audit_rows(&bought.agreement_id).into_iter();
    let mut opened = opened.filter(|row| row.entry.phase.word() == "opened");
    assert!(
        opened
            .next()
            .unwrap()
            .entry
            .detail
            .contains("Paid by wire on Friday")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_may_not_be_overridden_is_not_nor_is_what_nobody_knows() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let nordic = by_token(&bought)
        .to("organization:nordic")
        .in_spite_of("Q-invoices", "Paid by wire")
        .in_spite_of("Q-plan", "They asked nicely");
    story.is_refused(nordic, "Q-plan").await;

    let untold = by_token(&bought)
        .to("organization:untold")
        .in_spite_of("Q-invoices", "Paid by wire");
    let plan = story.plans(untold).await;
    assert_eq!(plan.outcome, Outcome::Unknown);
    story.executes(&plan).await.unwrap_err();
    assert_eq!(story.held(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_is_held_against_what_it_was_given_for() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let ask = by_token(&bought)
        .to("organization:halden")
        .in_spite_of("Q-invoices", "Two are fine");
    let plan = story.plans(ask).await;
    story.directory(
        r#"{"organizations": [{"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "card", "openInvoices": 9}]}"#,
    );
    let failure = story.executes(&plan).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Stale);
    expect!["what the plan rests on has changed: organization.open_invoices was 2 and is 9"]
        .assert_eq(&failure.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_file_takes_the_place_of_a_built_in_policy() {
    let story = vendor().await;
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    let ask = by_token(&bought)
        .to("organization:halden")
        .member("dev@halden.example");
    let plan = story.plans(ask).await;
    let rules: Vec<&str> = plan.verdicts.iter().map(|it| it.rule.as_str()).collect();
    assert_eq!(rules, ["BASE-1", "BASE-2", "BASE-4"]);
    story.links(&plan).await;

    // Cardinality that no rule of the file speaks of is enforced all the same.
    let other = story.subscribes("clickhouse-payg", NORDIC).await;
    let plan = story
        .plans(by_token(&other).to("organization:halden"))
        .await;
    let failure = story.executes(&plan).await.unwrap_err();
    expect!["the link of the agreement agmt-eg4dzxlrolcl4g4jre1hsxjlj is in the way: the policy allows no second one"]
        .assert_eq(&failure.message);
    assert_eq!(story.held().len(), 1);
    expect![[r#"
        link opened
        link closed failed"#]]
    .assert_eq(&story.audit(&other.agreement_id).join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_workspaces_as_the_policy_wants() {
    let story = vendor().await;
    let bought = story.subscribes("guance", HALDEN).await;
    let ask = by_token(&bought).to("billing-account:halden");
    story.links_at_once(ask.clone().workspace("wksp-1")).await;
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");
    assert_eq!(
        story.said(&bought.agreement_id),
        "Two workspaces are needed."
    );
    story.links_at_once(ask.clone().workspace("wksp-2")).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    story.links_at_once(ask.without("wksp-1")).await;
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_policy_has_no_codes_of_its_own_none_is_asked_for() {
    let story = vendor().await;
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    let ask = by_token(&bought)
        .to("new-organization:Fresh")
        .member("new@halden.example");
    let plan = story.plans(ask).await;
    let failure = story
        .executes_with(&plan, &entering("123456"))
        .await
        .unwrap_err();
    assert_eq!(failure.message, "no code has been sent for this plan yet");
    linked(story.executes(&plan).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_policy_sets_of_a_member_is_set_of_that_member() {
    let story = Story::with_policies(&[("members.toml", MEMBERS)]).await;
    story.directory(VENDOR);
    let bought = story.subscribes("emqx", HALDEN).await;
    let ask = by_token(&bought)
        .to("organization:halden")
        .member("dev@halden.example");
    story.links_at_once(ask).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    assert_eq!(
        member(&story),
        ("Halden Freight".into(), "developer".into())
    );

    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "ended");
    assert_eq!(member(&story), ("Halden Freight".into(), "guest".into()));
}

/// Company and role of the only member.
fn member(story: &Story) -> (String, String) {
    let id = domain::DirectoryId::parse("halden").unwrap();
    let found = story.connection.store().read(|read| read.organization(&id));
    let it = found.unwrap().unwrap().members.swap_remove(0).it;
    let text = |text: Option<domain::Text>| text.map(|it| it.to_string()).unwrap_or_default();
    (text(it.company), text(it.role))
}
