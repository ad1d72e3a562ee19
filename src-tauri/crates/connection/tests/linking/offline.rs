//! The network is gone while planning, or while carrying out.

use app::FailureKind;
use app::link::Executed;
use domain::PlanId;
use expect_test::expect;
use sandbox::Fault;
use store::table::plan::PlanState;

use crate::ask::{by_agreement, by_token};
use crate::story::{HALDEN, NORDIC, Story, entering, linked};

const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "paymentMethod": "none", "creditBalance": "0", "creditCurrency": "USD"}
    ],
    "members": [
        {"organization": "halden", "email": "ada@halden.example", "role": "owner", "verified": true}
    ],
    "billingAccounts": [{"userName": "halden", "email": "billing@halden.example"}]
}"#;

async fn vendor() -> Story {
    let story = Story::new().await;
    story.directory(VENDOR);
    story
}

fn state(story: &Story, plan: &app::link::LinkPlan) -> PlanState {
    let id = PlanId::parse(&plan.id).unwrap();
    story.connection.plan(&id).unwrap().state
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_it_is_planned_on_what_is_known_and_marked() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let never_seen = story.control.set_up(&bought.agreement_id).await.unwrap();
    story.control.set_network(false).await.unwrap();
    let ask = by_agreement(&bought.agreement_id)
        .to("organization:halden")
        .member("ada@halden.example");
    let plan = story.plans(ask).await;
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
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let plan = story
        .plans(by_token(&bought).to("organization:halden"))
        .await;
    story.control.set_network(false).await.unwrap();
    for _ in 0..2 {
        assert!(matches!(
            story.executes(&plan).await.unwrap(),
            Executed::Queued
        ));
    }
    assert_eq!(
        (state(&story, &plan), story.held().len()),
        (PlanState::Waiting, 0)
    );

    story.control.set_network(true).await.unwrap();
    story.sync().await;
    assert_eq!(
        (state(&story, &plan), story.held().len()),
        (PlanState::Done, 1)
    );
    expect![[r#"
        queue noted done
        link opened
        link closed done"#]]
    .assert_eq(&story.audit(&bought.agreement_id).join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_can_be_withdrawn() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let plan = story
        .plans(by_token(&bought).to("organization:halden"))
        .await;
    story.control.set_network(false).await.unwrap();
    story.executes(&plan).await.unwrap();
    let id = PlanId::parse(&plan.id).unwrap();
    for _ in 0..2 {
        story.connection.withdraw_plan(&id).await.unwrap();
    }
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    assert_eq!(
        (state(&story, &plan), story.held().len()),
        (PlanState::Withdrawn, 0)
    );
    let failure = story.executes(&plan).await.unwrap_err();
    assert_eq!(
        failure.message,
        "the plan was withdrawn before, and cannot be carried out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_looked_at_again_before_it_is_done() {
    let story = vendor().await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let plan = story
        .plans(by_token(&bought).to("organization:halden"))
        .await;
    story.control.set_network(false).await.unwrap();
    story.executes(&plan).await.unwrap();
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    assert_eq!(
        (state(&story, &plan), story.held().len()),
        (PlanState::Returned, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_entered_without_a_network_counts_when_it_is_back() {
    let story = vendor().await;
    let bought = story.subscribes("guance", HALDEN).await;
    let plan = story
        .plans(by_token(&bought).to("billing-account:halden"))
        .await;
    story.executes(&plan).await.unwrap();
    let code = story.code("billing@halden.example").await;
    story.control.set_network(false).await.unwrap();
    let queued = story.executes_with(&plan, &entering(&code)).await.unwrap();
    assert!(matches!(queued, Executed::Queued));
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    assert_eq!(state(&story, &plan), PlanState::Done);
    assert_eq!(story.mails_to("billing@halden.example").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_plan_has_its_code_sent_once_and_is_a_persons_turn_again() {
    let story = vendor().await;
    let bought = story.subscribes("guance", HALDEN).await;
    let plan = story
        .plans(by_token(&bought).to("billing-account:halden"))
        .await;
    story.control.set_network(false).await.unwrap();
    story.executes(&plan).await.unwrap();
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    assert_eq!(state(&story, &plan), PlanState::Open);
    story.advance("11m").await;
    story.sync().await;
    assert_eq!(
        story.mails_to("billing@halden.example").await,
        1,
        "nobody asked for another"
    );

    story.executes(&plan).await.unwrap();
    let code = story.code("billing@halden.example").await;
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

    let ask = by_agreement(&bought.agreement_id)
        .to("organization:halden")
        .member("ada@halden.example");
    story.links_at_once(ask).await;
}
