//! What is settled after a sync: all that can be, whatever is denied, unknown or done by somebody else
//! meanwhile.

use std::ops::ControlFlow;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use app::directory::import::{self, OnBadRows};
use app::support;
use connection::Connection;
use domain::{AgreementStatus, LinkState};
use store::AuditKey;
use store::table::audit::{AuditRow, Entry, Phase};
use store::table::plan::PlanState;

use crate::looks::opened;
use crate::story::{SEND, Story, WITHDRAW};

/// How long another program is at it, so that this one meets it.
const AT_IT: Duration = Duration::from_millis(700);

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_denies_keeps_nothing_else_from_being_settled() {
    let (story, bought) = Story::with_emqx().await;
    let denied = "AccessDeniedException".to_owned();
    story
        .fault("GetAgreementEntitlements", |fault| {
            fault.error = Some(denied);
        })
        .await;
    story.connection.check().await.unwrap();
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "ending");
    story.advance_and_sync("73h").await;
    assert_eq!(story.due(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_another_program_takes_away_does_not_come_into_force() {
    let (story, bought) = Story::with_emqx().await;
    let second = story.second();
    let mut waiting = story.link(&bought.agreement_id);
    waiting.link.state = LinkState::AwaitingAws;
    let put = |write: &mut store::Write<'_>| write.put_link(&waiting);
    story.connection.store().write(put).unwrap();
    let mut ended = waiting.clone();
    ended.link.state = LinkState::Ended;
    let (tell, told) = mpsc::channel();
    let other = std::thread::spawn(move || {
        let end = |write: &mut store::Write<'_>| {
            write.put_link(&ended)?;
            tell.send(()).unwrap();
            std::thread::sleep(AT_IT);
            Ok::<_, store::Error>(())
        };
        second.store().write(end).unwrap();
    });
    told.recv().unwrap();
    // It still reads that the link waits, and writes when the other one is done.
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");
    story.connection.settle().await.unwrap();
    other.join().unwrap();
    assert_eq!(story.state(&bought.agreement_id), "ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_known_here_keeps_no_other_from_being_settled() {
    let (story, bought) = Story::with_emqx().await;
    let now = story.connection.clock().now();
    for (action, detail) in [
        ("cancel", "{}"),
        (
            "withdraw-cancellation",
            r#"{"request": "acr-0123456789abcdefghijklmnop"}"#,
        ),
    ] {
        let entry = Entry {
            plan: Some("plan-00000000000000000000000000".to_owned()),
            detail: detail.to_owned(),
            ..opened(action, now)
        };
        append(&story.connection, &entry);
    }
    let plan = story.plans_cancel(&bought.agreement_id).await;
    story
        .fault(SEND, |fault| fault.drop_after_accepting = true)
        .await;
    story.sends(&plan).await.unwrap_err();
    story.advance_and_sync("3m").await;
    let id = domain::PlanId::parse(&plan.id).unwrap();
    let (_, state) = story.connection.cancel_plan(&id).unwrap();
    assert_eq!(state, PlanState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_given_up_as_unknown_is_told_when_it_is_done() {
    let story = Story::new().await;
    let second = story.second();
    let json = r#"{"organizations": [{"id": "slow", "name": "Slow"}]}"#;
    let here = story.connection.store();
    let plan = import::plan(here, "vendor.json", json.as_bytes(), None).unwrap();
    let heard = |_, _| {
        give_up(&second, "import");
        ControlFlow::Continue(())
    };
    story
        .connection
        .import(&plan, OnBadRows::Refuse, heard)
        .unwrap();
    assert_eq!(told_of(&story, "import"), GIVEN_UP_AND_DONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_was_given_up_as_unknown_is_told_when_it_is_done() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    let second = story.second();
    story
        .fault(WITHDRAW, |fault| fault.delay = Some("1s".to_owned()))
        .await;
    let other = std::thread::spawn(move || {
        let until = Instant::now() + Duration::from_secs(20);
        while !give_up(&second, "withdraw-cancellation") {
            assert!(Instant::now() < until, "nothing was opened");
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    story.withdraws(&request.id).await.unwrap();
    other.join().unwrap();
    assert_eq!(told_of(&story, "withdraw-cancellation"), GIVEN_UP_AND_DONE);
    story.audit_is_whole();
}

const GIVEN_UP_AND_DONE: [&str; 3] = ["opened ", "closed unknown", "noted done"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_it_was_left_is_not_deleted() {
    let (story, bought) = Story::with_emqx().await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    story.advance("1h").await;
    story.directory(
        r#"{"deployments": [
            {"id": "dep-1", "organization": "halden", "name": "prod", "state": "paused", "trial": false},
            {"id": "dep-2", "organization": "halden", "name": "staging", "state": "running", "trial": false},
            {"id": "dep-3", "organization": "halden", "name": "old", "state": "stopped", "trial": false}
        ]}"#,
    );
    story.advance_and_sync("73h").await;
    assert_eq!(
        story.deployments("halden"),
        "old deleted, prod paused, staging running, try running"
    );
    assert_eq!(
        story.effects(&bought.agreement_id),
        "old done, prod void, staging void"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_support_bundle_tells_of_every_agreement_of_the_chain() {
    let (story, first) = Story::with_emqx().await;
    let second = story.control.renew(&first.agreement_id).await.unwrap();
    story.sync().await;
    let third = story.control.renew(&second.agreement_id).await.unwrap();
    story.sync().await;
    let now = story.connection.clock().now();
    let entry = Entry {
        agreement: Some(second.agreement_id.clone()),
        ..opened("in-the-middle", now)
    };
    append(&story.connection, &entry);
    for agreement in [&first.agreement_id, &third.agreement_id] {
        let clock = story.connection.clock();
        let told = support::bundle(story.connection.store(), clock, agreement).unwrap();
        let entries = told["audit"].as_array().unwrap();
        let actions: Vec<_> = entries.iter().map(|it| it["action"].as_str()).collect();
        assert!(actions.contains(&Some("in-the-middle")), "{actions:?}");
        let mut numbers: Vec<_> = entries.iter().map(|it| it["seq"].as_i64()).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), entries.len(), "each once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_was_amended_is_not_over_and_has_no_last_usage() {
    let (story, bought) = Story::with_emqx().await;
    let last_usage = || {
        let endings = story.connection.endings().unwrap();
        let mut of = endings.last_usage.into_iter();
        of.any(|it| it.agreement == bought.agreement_id)
    };
    story.told(&bought.agreement_id, AgreementStatus::Superseded);
    assert!(!last_usage());
    story.told(&bought.agreement_id, AgreementStatus::Terminated);
    assert!(last_usage());
}

fn append(connection: &Connection, entry: &Entry) {
    let key = AuditKey::of_the_sandbox();
    let append = |write: &mut store::Write<'_>| write.append_audit(&key, entry);
    connection.store().write(append).unwrap();
}

/// Closes what is open of an action as unknown, as a program does that believes the other one dead. Tells
/// whether anything was open.
fn give_up(connection: &Connection, action: &str) -> bool {
    let open = connection.store().read(|read| read.open_audit()).unwrap();
    let mut of = open.into_iter().filter(|row| row.entry.action == action);
    let Some(AuditRow { seq, entry, .. }) = of.next() else {
        return false;
    };
    let closing = Entry {
        phase: Phase::Closed,
        opened: Some(seq),
        outcome: Some("unknown".to_owned()),
        ..entry
    };
    let key = AuditKey::of_the_sandbox();
    let close = |write: &mut store::Write<'_>| write.close_audit(&key, &closing);
    connection.store().write(close).unwrap()
}

/// What the audit tells of an action, oldest first: phase and outcome.
fn told_of(story: &Story, action: &str) -> Vec<String> {
    let rows = story
        .connection
        .store()
        .read(|read| read.audit_after(0, 1_000));
    let rows = rows.unwrap().into_iter();
    rows.filter(|row| row.entry.action == action)
        .map(|row| {
            let outcome = row.entry.outcome.unwrap_or_default();
            format!("{} {outcome}", row.entry.phase.word())
        })
        .collect()
}
