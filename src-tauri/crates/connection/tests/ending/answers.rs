//! Answers that are lost: what came of it is found out by looking, and nothing is sent again.

use app::FailureKind;
use domain::PlanId;
use store::AuditKey;
use store::table::plan::PlanState;

use crate::looks::{opened, told};
use crate::story::{SEND, Story, WITHDRAW, at_once};

const UNKNOWN: &str = "AWS did not say whether it took the request; that is found out by looking, and nothing is sent again";

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_answer_is_lost_is_found_and_never_sent_again() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story
        .fault(SEND, |fault| fault.drop_after_accepting = true)
        .await;
    let lost = story.sends(&plan).await.unwrap_err();
    assert_eq!(told(&lost), (FailureKind::Unsettled, UNKNOWN));
    let again = story.sends(&plan).await.unwrap_err();
    assert_eq!(told(&again), (FailureKind::Unsettled, UNKNOWN));
    let check = story.connection.verify_audit().unwrap();
    assert_eq!((check.broken, check.open), (None, 1));

    // Too early to tell: whoever sent it may still be at it.
    story.sync().await;
    assert_eq!(story.connection.verify_audit().unwrap().open, 1);

    story.advance_and_sync("3m").await;
    let id = PlanId::parse(&plan.id).unwrap();
    let (_, state) = story.connection.cancel_plan(&id).unwrap();
    assert_eq!(state, PlanState::Done);
    let found = story.sends(&plan).await.unwrap();
    let of = [bought.agreement_id.clone()];
    let rows = story.connection.store().read(|read| read.audit_of(&of));
    let closed = rows.unwrap().pop().unwrap().entry;
    assert_eq!(closed.outcome.as_deref(), Some("done"));
    assert!(
        closed.detail.contains(found.id.as_str()),
        "{}",
        closed.detail
    );
    assert_eq!(story.requests(&bought.agreement_id), ["PENDING_APPROVAL"]);
    assert_eq!(story.calls(SEND).await, 1);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_arrived_is_settled_as_failed() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story.loses_the_next(SEND).await;
    let lost = story.sends(&plan).await.unwrap_err();
    assert_eq!(told(&lost), (FailureKind::Unsettled, UNKNOWN));
    story.advance_and_sync("3m").await;
    let id = PlanId::parse(&plan.id).unwrap();
    let (_, state) = story.connection.cancel_plan(&id).unwrap();
    assert_eq!(state, PlanState::Returned);
    assert_eq!(story.calls(SEND).await, 1);
    assert_eq!(
        story.audit(&bought.agreement_id).last().unwrap(),
        "cancel closed failed"
    );
    story.audit_is_whole();
    story.asks_to_cancel(&bought.agreement_id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_of_aws_itself_leaves_open_how_far_it_got() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story
        .fault(SEND, |fault| {
            fault.error = Some("InternalServerException".to_owned());
            fault.times = Some(1);
        })
        .await;
    let lost = story.sends(&plan).await.unwrap_err();
    assert_eq!(told(&lost), (FailureKind::Unsettled, UNKNOWN));
    assert_eq!(story.calls(SEND).await, 1);
    story.advance_and_sync("3m").await;
    assert_eq!(
        story.audit(&bought.agreement_id).last().unwrap(),
        "cancel closed failed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_request_is_not_taken_for_the_one_that_was_lost() {
    let (story, bought) = Story::with_emqx().await;
    // A moment ago, for the same reason, rejected.
    let first = story.asks_to_cancel(&bought.agreement_id).await;
    let no = story.control.reject(first.id.as_str(), None);
    no.await.unwrap();
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story.loses_the_next(SEND).await;
    story.sends(&plan).await.unwrap_err();
    story.advance_and_sync("3m").await;
    let id = PlanId::parse(&plan.id).unwrap();
    let (_, state) = story.connection.cancel_plan(&id).unwrap();
    assert_eq!(state, PlanState::Returned);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_settle_one_lost_answer_once() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story
        .fault(SEND, |fault| fault.drop_after_accepting = true)
        .await;
    story.sends(&plan).await.unwrap_err();
    let second = story.second();
    story.advance("3m").await;
    let (one, other) = at_once(story.connection.settle(), second.settle());
    one.unwrap();
    other.unwrap();
    let told = story.audit(&bought.agreement_id);
    let closings = told.iter().filter(|it| *it == "cancel closed done");
    assert_eq!(closings.count(), 1);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_whose_answer_is_lost_is_looked_at() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    story
        .fault(WITHDRAW, |fault| fault.drop_after_accepting = true)
        .await;
    // AWS is looked at at once, and says that it is withdrawn.
    story.withdraws(&request.id).await.unwrap();
    assert_eq!(story.calls(WITHDRAW).await, 1);
    assert_eq!(
        story.audit(&bought.agreement_id).last().unwrap(),
        "withdraw-cancellation closed done"
    );
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_never_arrived_is_settled_as_failed() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    story.fault(WITHDRAW, |fault| fault.drop = true).await;
    let lost = story.withdraws(&request.id).await.unwrap_err();
    assert_eq!(told(&lost), (FailureKind::Unsettled, UNKNOWN));
    assert_eq!(story.connection.verify_audit().unwrap().open, 1);
    story.control.clear_faults().await.unwrap();
    story.advance_and_sync("3m").await;
    assert_eq!(
        story.audit(&bought.agreement_id).last().unwrap(),
        "withdraw-cancellation closed failed"
    );
    story.audit_is_whole();
    story.withdraws(&request.id).await.unwrap();
    assert_eq!(story.calls(WITHDRAW).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_program_left_open_is_closed_whatever_the_clock_does() {
    let story = Story::new().await;
    story.sync().await;
    let now = story.connection.clock().now();
    let hour = 3_600_000;
    // An hour ahead: the clock was wrong when they were opened.
    for (action, at) in [
        ("unlink", now),
        ("import", now),
        ("send-usage", now.plus_millis(hour)),
        ("link", now.plus_millis(hour)),
    ] {
        let entry = opened(action, at);
        let key = AuditKey::of_the_sandbox();
        let append = |write: &mut store::Write<'_>| write.append_audit(&key, &entry);
        story.connection.store().write(append).unwrap();
    }
    story.sync().await;
    // Whoever opened the first two may still be at it.
    assert_eq!(story.connection.verify_audit().unwrap().open, 2);
    story.advance_and_sync("3m").await;
    story.audit_is_whole();
}
