//! Requests to cancel: what may be asked, once, and what becomes of it.

use app::FailureKind;
use app::plan::Outcome;
use domain::{CancellationRequestId, CancellationStatus, PlanId};

use crate::looks::told;
use crate::story::{EMQX_PHRASE, SEND, Story, WITHDRAW, at_once, send};

#[tokio::test(flavor = "multi_thread")]
async fn cancel_1_only_what_is_in_force_can_be_cancelled() {
    let (story, bought) = Story::with_emqx().await;
    let planned_before = story.plans_cancel(&bought.agreement_id).await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    let plan = story.plans_cancel(&bought.agreement_id).await;
    assert_eq!(plan.outcome, Outcome::Refused);
    let refusals: Vec<_> = plan.refusals().map(|it| it.rule.as_str()).collect();
    assert_eq!(refusals, ["CANCEL-1"]);
    let refused = story.sends(&plan).await.unwrap_err();
    let why = "the plan is refused by CANCEL-1";
    assert_eq!(told(&refused), (FailureKind::Refused, why));
    // And a plan that was ready before is stale.
    let stale = story.sends(&planned_before).await.unwrap_err();
    assert_eq!(stale.kind, FailureKind::Stale, "{}", stale.message);
    assert_eq!(story.calls(SEND).await, 0);
    assert!(
        story
            .audit(&bought.agreement_id)
            .contains(&"cancel noted refused".to_owned())
    );
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_2_one_request_at_a_time() {
    let (story, bought) = Story::with_emqx().await;
    let other = story.plans_cancel(&bought.agreement_id).await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    let mut refusals = plan.refusals();
    let refusal = refusals.next().unwrap();
    assert_eq!(refusal.rule, "CANCEL-2");
    assert!(refusal.message.en.contains(request.id.as_str()));
    assert_eq!(
        story.sends(&plan).await.unwrap_err().kind,
        FailureKind::Refused
    );
    // A plan from before the request is stale now.
    assert_eq!(
        story.sends(&other).await.unwrap_err().kind,
        FailureKind::Stale
    );
    assert_eq!(story.calls(SEND).await, 1);

    // Whoever else asked, at AWS's console for example, is seen before anything is sent.
    let withdrawn = story.withdraws(&request.id).await.unwrap();
    assert_eq!(withdrawn.status, CancellationStatus::Cancelled);
    let plan = story.plans_cancel(&bought.agreement_id).await;
    assert_eq!(plan.outcome, Outcome::Ready);
    let second = story.second();
    let elsewhere = second
        .plan_cancel(&plan.asked.agreement, "OTHER", None)
        .await;
    send(&second, &elsewhere.unwrap(), EMQX_PHRASE)
        .await
        .unwrap();
    let stale = story.sends(&plan).await.unwrap_err();
    assert_eq!(stale.kind, FailureKind::Stale);
    assert_eq!(story.calls(SEND).await, 2);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_request_may_be_sent_again() {
    let (story, bought) = Story::with_emqx().await;
    let first = story.asks_to_cancel(&bought.agreement_id).await;
    let no = story.control.reject(first.id.as_str(), Some("아니요"));
    no.await.unwrap();
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    let second = story.asks_to_cancel(&bought.agreement_id).await;
    assert_ne!(first.id, second.id);
    assert_eq!(
        story.requests(&bought.agreement_id),
        ["PENDING_APPROVAL", "REJECTED"]
    );
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_withdrawn_once() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    let withdrawn = story.withdraws(&request.id).await.unwrap();
    assert_eq!(withdrawn.status, CancellationStatus::Cancelled);
    assert_eq!(story.calls(WITHDRAW).await, 1);
    // Again is the same.
    assert_eq!(story.withdraws(&request.id).await.unwrap(), withdrawn);
    assert_eq!(story.calls(WITHDRAW).await, 1);
    story.advance_and_sync("8d").await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    let of = [
        "withdraw-cancellation opened",
        "withdraw-cancellation closed done",
    ];
    let audit = story.audit(&bought.agreement_id);
    assert_eq!(audit[audit.len() - 2..], of);

    let unknown = CancellationRequestId::parse("acr-unknown").unwrap();
    let refused = story.withdraws(&unknown).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::NotFound);
    let without_reason = story.connection.withdraw_cancellation(&request.id, " ");
    let refused = without_reason.await.unwrap_err().failure();
    assert_eq!(refused.kind, FailureKind::Invalid);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_who_accepted_before_the_withdrawal_is_told_of() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    story.control.accept(request.id.as_str()).await.unwrap();
    let refused = story.withdraws(&request.id).await.unwrap_err();
    let why = format!(
        "the request {} (APPROVED) is not waiting for the buyer any more",
        request.id
    );
    assert_eq!(told(&refused), (FailureKind::Refused, why.as_str()));
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "ending");
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_who_accepts_while_we_withdraw_is_told_of() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    // Our withdrawal is on its way for so long that the buyer is faster.
    story
        .fault(WITHDRAW, |fault| fault.delay = Some("1s".to_owned()))
        .await;
    let buyer = async {
        while story.calls(WITHDRAW).await == 0 {
            tokio::task::yield_now().await;
        }
        story.control.accept(request.id.as_str()).await.unwrap();
    };
    let (outcome, ()) = at_once(story.withdraws(&request.id), buyer);
    let known = story.requests(&bought.agreement_id);
    let audit = story.audit(&bought.agreement_id);
    // The sandbox may do what was asked before or after its delay: either way what is told is true.
    match known[0].as_str() {
        "APPROVED" => {
            assert_eq!(outcome.unwrap_err().kind, FailureKind::Refused);
            assert_eq!(audit.last().unwrap(), "withdraw-cancellation closed failed");
        }
        other => panic!("the buyer accepted, and it is {other}"),
    }
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_who_accepts_what_was_withdrawn_ends_nothing() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    story.withdraws(&request.id).await.unwrap();
    let late = story.control.accept(request.id.as_str()).await.unwrap_err();
    assert_eq!(late.code, "not-pending");
    story.advance_and_sync("8d").await;
    assert_eq!(story.requests(&bought.agreement_id), ["CANCELLED"]);
    assert_eq!(story.state(&bought.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_is_renewed_while_its_cancellation_waits_keeps_its_link() {
    let (story, bought) = Story::with_emqx().await;
    story.asks_to_cancel(&bought.agreement_id).await;
    let renewed = story.control.renew(&bought.agreement_id).await.unwrap();
    story.sync().await;
    story.advance_and_sync("8d").await;
    // The request came to nothing that matters: the next term is in force.
    assert_eq!(story.state(&renewed.agreement_id), "active");
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod running, staging running, try running"
    );
    // What is to be cancelled now is the next term.
    let plan = story.plans_cancel(&bought.agreement_id).await;
    assert_eq!(plan.outcome, Outcome::Refused);
    let plan = story.plans_cancel(&renewed.agreement_id).await;
    assert_eq!(plan.outcome, Outcome::Ready);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_and_descriptions_are_checked_before_aws_is_asked() {
    let (story, bought) = Story::with_emqx().await;
    let agreement = bought.agreement_id.as_str();
    for reason in ["", "test_agreement", "BECAUSE"] {
        let refused = story.tries_to_plan_cancel(agreement, reason, None).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.fields[0].field, "reasonCode");
    }
    let korean = "해지 요청합니다 ".repeat(250); // 9 letters, 25 bytes each.
    let longest: String = korean.chars().take(2_000).collect();
    let long = format!("{}가", longest.replace(' ', "_"));
    let refused = story.tries_to_plan_cancel(agreement, "OTHER", Some(&long));
    let refused = refused.await.unwrap_err();
    assert_eq!(refused.fields[0].field, "description");
    assert_eq!(refused.message, "at most 2000 characters");
    // None is none: AWS wants at least one letter where there is any.
    let plan = story
        .tries_to_plan_cancel(agreement, "OTHER", Some("  "))
        .await;
    assert_eq!(plan.unwrap().asked.description, None);

    let longest = longest.replace(' ', "_");
    assert_eq!(longest.chars().count(), 2_000);
    let plan = story
        .tries_to_plan_cancel(agreement, "OTHER", Some(&longest))
        .await
        .unwrap();
    assert_eq!(plan.asked.description.as_deref(), Some(longest.as_str()));
    story.sends(&plan).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_carried_out_twice_sends_one_request() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    let first = story.sends(&plan).await.unwrap();
    let again = story.sends(&plan).await.unwrap();
    assert_eq!(first.id, again.id);
    assert_eq!(story.calls(SEND).await, 1);
    let opened = story.audit(&bought.agreement_id);
    let opened = opened.iter().filter(|it| *it == "cancel opened");
    assert_eq!(opened.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_that_carry_out_one_plan_send_one_request() {
    for round in 0..5 {
        let (story, bought) = Story::with_emqx().await;
        let plan = story.plans_cancel(&bought.agreement_id).await;
        let second = story.second();
        let (one, other) = at_once(story.sends(&plan), send(&second, &plan, EMQX_PHRASE));
        assert_eq!(story.calls(SEND).await, 1, "round {round}");
        let outcomes = [one, other];
        let sent = outcomes.iter().filter(|it| it.is_ok()).count();
        assert!(sent >= 1, "{outcomes:?}");
        // Whoever came second is told so, and may look again.
        let id = PlanId::parse(&plan.id).unwrap();
        let (_, state) = second.cancel_plan(&id).unwrap();
        assert_eq!(state, store::table::plan::PlanState::Done);
        send(&second, &plan, EMQX_PHRASE).await.unwrap();
        assert_eq!(story.calls(SEND).await, 1);
        story.audit_is_whole();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_iam_denies_is_not_sent_and_can_be_planned_again() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story
        .fault(SEND, |fault| {
            fault.error = Some("AccessDeniedException".to_owned());
        })
        .await;
    let denied = story.sends(&plan).await.unwrap_err();
    assert_eq!(denied.kind, FailureKind::Denied, "{}", denied.message);
    assert!(denied.request.is_some());
    assert_eq!(
        story.audit(&bought.agreement_id).last().unwrap(),
        "cancel closed failed"
    );
    assert_eq!(story.requests(&bought.agreement_id), [""; 0]);
    story.audit_is_whole();
    story.control.clear_faults().await.unwrap();
    assert_eq!(
        story.sends(&plan).await.unwrap_err().kind,
        FailureKind::Refused
    );
    story.asks_to_cancel(&bought.agreement_id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_throttles_is_surely_not_sent() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story
        .fault(SEND, |fault| {
            fault.error = Some("ThrottlingException".to_owned());
        })
        .await;
    let busy = story.sends(&plan).await.unwrap_err();
    assert!(busy.message.contains(SEND), "{}", busy.message);
    assert_eq!(
        story.audit(&bought.agreement_id).last().unwrap(),
        "cancel closed failed"
    );
    story.audit_is_whole();
    story.control.clear_faults().await.unwrap();
    story.asks_to_cancel(&bought.agreement_id).await;
    assert_eq!(story.requests(&bought.agreement_id), ["PENDING_APPROVAL"]);
}
