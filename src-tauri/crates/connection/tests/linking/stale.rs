//! What a plan rests on changes before it is carried out.

use app::FailureKind;
use app::link::LinkPlan;
use expect_test::expect;
use sandbox::Registration;

use crate::ask::by_token;
use crate::story::{HALDEN, NORDIC, Story};

const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "none"},
        {"id": "nordic", "name": "Nordic Maps", "plan": "scale", "paymentMethod": "none"}
    ],
    "members": [
        {"organization": "halden", "email": "ada@halden.example", "role": "admin", "verified": true},
        {"organization": "nordic", "email": "ada@halden.example", "role": "admin", "verified": true}
    ]
}"#;

async fn planned() -> (Story, Registration, LinkPlan) {
    let story = Story::with_directory(VENDOR).await;
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    let plan = story.plans(by_token(&bought).for_halden()).await;
    (story, bought, plan)
}

/// Carries the plan out, which finds it stale; and once more, which finds it over.
async fn goes_stale(story: &Story, plan: &LinkPlan) -> String {
    let before = story.held();
    let failure = story.executes(plan).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Stale, "{}", failure.message);
    let again = story.executes(plan).await.unwrap_err();
    assert_eq!(
        again.message,
        "the plan was refused before, and cannot be carried out"
    );
    assert_eq!(story.held(), before);
    story.named(&failure.message)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_ended_makes_it_stale() {
    let (story, bought, plan) = planned().await;
    // Nobody synced: carrying out asks AWS itself.
    story.control.cancel(&bought.agreement_id).await.unwrap();
    expect!["what the plan rests on has changed: BASE-1 was pass and is refuse; agreement.status was ACTIVE and is CANCELLED"].assert_eq(&goes_stale(&story, &plan).await);
    expect!["link noted stale"].assert_eq(&story.audit(&bought.agreement_id).join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_changed_makes_it_stale() {
    let (story, _, plan) = planned().await;
    story.directory(
        r#"{"organizations": [{"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "card"}]}"#,
    );
    expect!["what the plan rests on has changed: set organization.payment_method Halden Freight was aws-marketplace and is not planned any more; set organization.payment_method Halden Freight was not planned and is aws-marketplace"].assert_eq(&goes_stale(&story, &plan).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_was_taken_makes_it_stale() {
    let (story, _, plan) = planned().await;
    story.directory(
        r#"{"members": [{"organization": "halden", "email": "ada@halden.example", "role": "developer", "verified": true}]}"#,
    );
    expect!["what the plan rests on has changed: CP-1 was pass and is refuse; member.role was admin and is developer"].assert_eq(&goes_stale(&story, &plan).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_link_in_between_makes_it_stale() {
    let (story, _, plan) = planned().await;
    let other = story.subscribes("clickhouse-payg", NORDIC).await;
    story.links_at_once(by_token(&other).for_halden()).await;
    let told = goes_stale(&story, &plan).await;
    assert!(told.contains("CP-2 was pass and is refuse"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_matter_to_the_plan_leaves_it_standing() {
    let (story, bought, plan) = planned().await;
    story.directory(
        r#"{"organizations": [{"id": "nordic", "name": "Nordic Maps", "plan": "basic", "paymentMethod": "card"}]}"#,
    );
    story.control.amend(10).await.unwrap();
    story.advance("1h").await;
    story.sync().await;
    story.links(&plan).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_set_is_ours_until_the_vendor_tells_otherwise() {
    let (story, _, plan) = planned().await;
    story.links(&plan).await;
    // The vendor's system has not taken it in yet, or takes it back.
    story.advance("1h").await;
    story.directory(
        r#"{"organizations": [{"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "card"}]}"#,
    );
    let bought = story.subscribes("emqx", NORDIC).await;
    let ask = by_token(&bought).to("organization:halden");
    let words = story.is_refused(ask, "EM-1").await;
    assert!(
        words.contains("organization.payment_method = card (import vendor.json)"),
        "{words}"
    );
}
