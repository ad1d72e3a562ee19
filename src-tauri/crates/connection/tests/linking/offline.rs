//! The network is gone while planning, or while carrying out.

use app::FailureKind;
use app::link::{Executed, LinkPlan};
use domain::PlanId;
use expect_test::expect;
use sandbox::{Fault, Registration};
use store::table::plan::PlanState;

use crate::ask::{by_agreement, by_token};
use crate::guance::HALDEN_MAIL;
use crate::story::{HALDEN, NORDIC, Story, entering, linked};

pub(crate) const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "paymentMethod": "none", "creditBalance": "0", "creditCurrency": "USD"}
    ],
    "members": [
        {"organization": "halden", "email": "ada@halden.example", "role": "owner", "verified": true}
    ],
    "billingAccounts": [{"userName": "halden", "email": "billing@halden.example"}]
}"#;

async fn vendor() -> Story {
    Story::with_directory(VENDOR).await
}

/// A buyer subscribes, and a link to the vendor's target is planned.
async fn planned(listing: &str, target: &str) -> (Story, Registration, LinkPlan) {
    let story = vendor().await;
    let bought = story.subscribes(listing, HALDEN).await;
    let plan = story.plans(by_token(&bought).to(target)).await;
    (story, bought, plan)
}

/// The same, carried out once the network is gone.
async fn queued(listing: &str, target: &str) -> (Story, Registration, LinkPlan) {
    let (story, bought, plan) = planned(listing, target).await;
    story.control.set_network(false).await.unwrap();
    waits(&story.executes(&plan).await.unwrap());
    (story, bought, plan)
}

#[track_caller]
fn waits(executed: &Executed) {
    assert!(matches!(executed, Executed::Queued), "{executed:?}");
}

async fn network_is_back(story: &Story) {
    story.control.set_network(true).await.unwrap();
    story.sync().await;
}

/// How a plan stands, and how many links are held.
fn stands(story: &Story, plan: &LinkPlan) -> (PlanState, usize) {
    let id = PlanId::parse(&plan.id).unwrap();
    let state = story.connection.plan(&id).unwrap().state;
    (state, story.held().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_it_is_planned_on_what_is_known_and_marked() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let never_seen = story.control.set_up(&bought.agreement_id).await.unwrap();
    story.control.set_network(false).await.unwrap();
    let plan = story
        .plans(by_agreement(&bought.agreement_id).for_halden())
        .await;
    assert!(plan.offline.is_some());
    // A token that AWS never resolved says nothing.
    let failure = story
        .tries_to_plan(by_token(&never_seen).to("organization:halden"))
        .await;
    assert_eq!(failure.unwrap_err().kind, FailureKind::Offline);
    // Nor is there anything about an agreement that was never seen.
    let failure = story
        .tries_to_plan(by_agreement("agmt-zzzzzzzzzzzzzzzzzzzzzzzzz").to("organization:halden"));
    assert_eq!(failure.await.unwrap_err().kind, FailureKind::Offline);

    story.control.set_network(true).await.unwrap();
    story.links(&plan).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_resolved_before_is_known_without_a_network() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    story
        .connection
        .identify_buyer(&bought.registration_url)
        .await
        .unwrap();
    story.control.set_network(false).await.unwrap();
    let plan = story
        .plans(by_token(&bought).to("organization:halden"))
        .await;
    assert!(plan.offline.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_carried_out_without_a_network_waits_for_it() {
    let (story, bought, plan) = queued("emqx", "organization:halden").await;
    waits(&story.executes(&plan).await.unwrap());
    assert_eq!(stands(&story, &plan), (PlanState::Waiting, 0));

    network_is_back(&story).await;
    assert_eq!(stands(&story, &plan), (PlanState::Done, 1));
    expect![[r#"
        queue noted done
        link opened
        link closed done"#]]
    .assert_eq(&story.audit(&bought.agreement_id).join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_can_be_withdrawn() {
    let (story, _, plan) = queued("emqx", "organization:halden").await;
    let id = PlanId::parse(&plan.id).unwrap();
    for _ in 0..2 {
        story.connection.withdraw_plan(&id).await.unwrap();
    }
    network_is_back(&story).await;
    assert_eq!(stands(&story, &plan), (PlanState::Withdrawn, 0));
    let failure = story.executes(&plan).await.unwrap_err();
    assert_eq!(
        failure.message,
        "the plan was withdrawn before, and cannot be carried out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_looked_at_again_before_it_is_done() {
    let (story, bought, plan) = queued("emqx", "organization:halden").await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    network_is_back(&story).await;
    assert_eq!(stands(&story, &plan), (PlanState::Returned, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_entered_without_a_network_counts_when_it_is_back() {
    let (story, _, plan) = planned("guance", "billing-account:halden").await;
    story.executes(&plan).await.unwrap();
    let code = story.code(HALDEN_MAIL).await;
    story.control.set_network(false).await.unwrap();
    waits(&story.executes_with(&plan, &entering(&code)).await.unwrap());
    network_is_back(&story).await;
    assert_eq!(stands(&story, &plan).0, PlanState::Done);
    assert_eq!(story.mails_to(HALDEN_MAIL).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_plan_has_its_code_sent_once_and_is_a_persons_turn_again() {
    let (story, _, plan) = queued("guance", "billing-account:halden").await;
    network_is_back(&story).await;
    assert_eq!(stands(&story, &plan).0, PlanState::Open);
    story.advance("11m").await;
    story.sync().await;
    assert_eq!(
        story.mails_to(HALDEN_MAIL).await,
        1,
        "nobody asked for another"
    );

    story.executes(&plan).await.unwrap();
    let code = story.code(HALDEN_MAIL).await;
    linked(story.executes_with(&plan, &entering(&code)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn denied_resolving_is_told_with_the_request_and_the_agreement_is_the_way_around() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", NORDIC).await;
    let denied = Fault {
        operation: "ResolveCustomer".to_owned(),
        error: Some("AccessDeniedException".to_owned()),
        ..Fault::default()
    };
    story.control.add_fault(&denied).await.unwrap();
    let failure = story
        .tries_to_plan(by_token(&bought).to("organization:halden"))
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Denied);
    assert!(
        failure.message.contains("ResolveCustomer"),
        "{}",
        failure.message
    );
    assert!(failure.request.is_some());
    assert!(!failure.message.contains(&bought.registration_token));

    story
        .links_at_once(by_agreement(&bought.agreement_id).for_halden())
        .await;
}
