//! What is confirmed without a network waits, is carried out in order when it is back, and comes back
//! itself when something changed meanwhile.

use app::outbox::{Carried, OutboxEntry, Queued};
use domain::PlanId;
use expect_test::expect;

use crate::story::{SEND, Story, WITHDRAW, at_once};

/// What is in the outbox: its kind, and why it is back.
fn told(story: &Story) -> Vec<String> {
    let entries = story.connection.outbox().unwrap();
    entries.iter().map(line).collect()
}

fn line(entry: &OutboxEntry) -> String {
    let kind = match &entry.plan {
        Queued::Link(_) => "link",
        Queued::Cancel(_) => "cancel",
        Queued::Withdrawal(_) => "withdrawal",
    };
    let returned = entry.returned.as_ref();
    returned.map_or_else(
        || format!("{kind} waits"),
        |it| {
            let changed: Vec<_> = it.changes.iter().map(|it| it.what.clone()).collect();
            format!("{kind} is back: {} [{}]", it.why, changed.join(", "))
        },
    )
}

async fn confirms(story: &Story, plan: &app::ending::CancelPlan) {
    let id = PlanId::parse(&plan.id).unwrap();
    let phrase = &plan.asked.phrase;
    let carried = story.connection.execute_cancel(&id, phrase).await;
    assert!(matches!(carried.unwrap(), Carried::Queued));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_confirmed_without_a_network_is_sent_once_when_it_is_back() {
    let (story, bought) = Story::with_emqx().await;
    story.control.set_network(false).await.unwrap();
    let plan = story.plans_cancel(&bought.agreement_id).await;
    assert!(plan.offline.is_some());
    for _ in 0..2 {
        confirms(&story, &plan).await;
    }
    assert_eq!(told(&story), ["cancel waits"]);
    assert_eq!(story.calls(SEND).await, 0);

    story.control.set_network(true).await.unwrap();
    let second = story.second();
    story.sync().await;
    let (one, other) = at_once(story.connection.settle(), second.settle());
    one.unwrap();
    other.unwrap();
    assert!(told(&story).is_empty());
    assert_eq!(story.calls(SEND).await, 1);
    assert_eq!(story.requests(&bought.agreement_id), ["PENDING_APPROVAL"]);
    let audit = story.audit(&bought.agreement_id);
    let of_it = audit.iter().skip_while(|it| !it.starts_with("queue"));
    expect![[r#"
        queue noted done
        cancel opened
        cancel closed done"#]]
    .assert_eq(&of_it.cloned().collect::<Vec<_>>().join("\n"));
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_must_be_typed_before_it_waits() {
    let (story, bought) = Story::with_emqx().await;
    story.control.set_network(false).await.unwrap();
    let plan = story.plans_cancel(&bought.agreement_id).await;
    let id = PlanId::parse(&plan.id).unwrap();
    let almost = story.connection.execute_cancel(&id, "emqx cloud").await;
    assert_eq!(almost.unwrap_err().failure().fields[0].field, "confirm");
    assert!(told(&story).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_meanwhile_brings_it_back_and_nothing_is_sent() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story.control.set_network(false).await.unwrap();
    confirms(&story, &plan).await;
    // The buyer was faster.
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    expect!["cancel is back: what the plan rests on has changed: CANCEL-1, agreement.status, stop deployment.state prod, stop deployment.state staging, keep deployment try, delete deployment prod, delete deployment staging, delete deployment old, set organization.payment_method Halden Freight, set organization.payment_reference Halden Freight, unbind license Halden Freight [CANCEL-1, agreement.status, stop deployment.state prod, stop deployment.state staging, keep deployment try, delete deployment prod, delete deployment staging, delete deployment old, set organization.payment_method Halden Freight, set organization.payment_reference Halden Freight, unbind license Halden Freight]"]
    .assert_eq(&told(&story).join("\n"));
    assert_eq!(story.calls(SEND).await, 0);
    // It stays there until a person has seen it.
    story.sync().await;
    assert_eq!(told(&story).len(), 1);
    let id = PlanId::parse(&plan.id).unwrap();
    story.connection.withdraw_plan(&id).await.unwrap();
    assert!(told(&story).is_empty());
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_withdrawn_and_never_sent() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story.control.set_network(false).await.unwrap();
    confirms(&story, &plan).await;
    let id = PlanId::parse(&plan.id).unwrap();
    for _ in 0..2 {
        story.connection.withdraw_plan(&id).await.unwrap();
    }
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    assert_eq!(story.calls(SEND).await, 0);
    let gone = story
        .connection
        .execute_cancel(&id, &plan.asked.phrase)
        .await;
    assert_eq!(
        gone.unwrap_err().failure().message,
        "the plan was withdrawn before, and cannot be carried out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_request_to_cancel_the_same_is_refused_while_one_waits() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story.control.set_network(false).await.unwrap();
    confirms(&story, &plan).await;
    let second = story.plans_cancel(&bought.agreement_id).await;
    let refusing: Vec<_> = second.refusals().map(|it| it.rule.as_str()).collect();
    assert_eq!(refusing, ["CANCEL-3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_carried_out_in_the_order_in_which_it_was_confirmed() {
    let (story, bought) = Story::with_emqx().await;
    let other = story.subscribes("emqx", "333344445555").await;
    let (first, second) = (
        story.plans_cancel(&other.agreement_id).await,
        story.plans_cancel(&bought.agreement_id).await,
    );
    story.control.set_network(false).await.unwrap();
    // Confirmed the other way round.
    confirms(&story, &second).await;
    story.advance("1m").await;
    confirms(&story, &first).await;
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    let sent = story.connection.store().read(|read| read.audit("", 100));
    let mut sent = sent.unwrap();
    sent.reverse();
    let sent = sent.iter().filter(|row| {
        row.entry.action == "cancel" && row.entry.phase == store::table::audit::Phase::Opened
    });
    let of: Vec<_> = sent
        .map(|row| row.entry.agreement.clone().unwrap())
        .collect();
    assert_eq!(of, [bought.agreement_id, other.agreement_id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_waits_too_and_the_buyer_may_be_faster() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    story.control.set_network(false).await.unwrap();
    for _ in 0..2 {
        let carried = story
            .connection
            .withdraw_cancellation(&request.id, "A mistake")
            .await;
        assert!(matches!(carried.unwrap(), Carried::Queued));
    }
    assert_eq!(told(&story), ["withdrawal waits"]);
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    assert!(told(&story).is_empty());
    assert_eq!(story.requests(&bought.agreement_id), ["CANCELLED"]);
    assert_eq!(story.calls(WITHDRAW).await, 1);

    let request = story.asks_to_cancel(&bought.agreement_id).await;
    story.control.set_network(false).await.unwrap();
    let carried = story
        .connection
        .withdraw_cancellation(&request.id, "A mistake")
        .await;
    assert!(matches!(carried.unwrap(), Carried::Queued));
    story.control.accept(request.id.as_str()).await.unwrap();
    story.control.set_network(true).await.unwrap();
    story.sync().await;
    let back = told(&story).join("\n");
    assert!(
        back.starts_with("withdrawal is back: the request acr-")
            && back.contains("is not waiting for the buyer any more"),
        "{back}"
    );
    assert_eq!(story.calls(WITHDRAW).await, 1);
    story.audit_is_whole();
}
