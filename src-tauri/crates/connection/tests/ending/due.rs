//! What falls due: while the program is closed, with two programs at once, and by clocks that are wrong.

use domain::Timestamp;

use crate::story::{Story, at_once, sync};

const STOPPED: &str = "old stopped, prod stopped, staging stopped, try running";
const MORE: usize = 60;
const DELETED: &str = "old deleted, prod deleted, staging deleted, try running";

#[tokio::test(flavor = "multi_thread")]
async fn what_fell_due_while_the_program_was_closed_is_done_at_the_next_start() {
    let (story, bought) = Story::with_emqx().await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    story.connection.close().await;
    story.control.advance("10d").await.unwrap();
    assert_eq!(story.deployments("halden"), STOPPED);
    let started = story.second();
    sync(&started).await.unwrap();
    assert_eq!(story.deployments("halden"), DELETED);
    let entries = story.audit_is_whole();
    sync(&started).await.unwrap();
    assert_eq!(story.audit_is_whole(), entries);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_ended_while_the_program_was_closed_ends_its_link_at_the_next_start() {
    let (story, bought) = Story::with_emqx().await;
    story.connection.close().await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.control.advance("10d").await.unwrap();
    let started = story.second();
    sync(&started).await.unwrap();
    // The days of grace begin when the end is known, not when it came.
    assert_eq!(story.deployments("halden"), STOPPED);
    story.control.advance("73h").await.unwrap();
    started.acted().await.unwrap();
    sync(&started).await.unwrap();
    assert_eq!(story.deployments("halden"), DELETED);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_that_sync_at_once_do_everything_once() {
    let (story, bought) = Story::with_emqx().await;
    // Enough of them that the two are at it at the same time.
    let more = (0..MORE).map(|number| {
        format!(
            r#"{{"id": "more-{number}", "organization": "halden", "name": "more {number}",
                "state": "running", "trial": false}}"#
        )
    });
    let more: Vec<String> = more.collect();
    story.directory(&format!(r#"{{"deployments": [{}]}}"#, more.join(", ")));
    let second = story.second();
    sync(&second).await.unwrap();
    story.control.cancel(&bought.agreement_id).await.unwrap();
    let (one, other) = at_once(sync(&story.connection), sync(&second));
    one.unwrap();
    other.unwrap();
    story.advance("73h").await;
    second.acted().await.unwrap();
    let (one, other) = at_once(story.connection.settle(), second.settle());
    one.unwrap();
    other.unwrap();
    assert_eq!(story.due(), []);
    let told = story.audit(&bought.agreement_id);
    let count = |what: &str| told.iter().filter(|it| *it == what).count();
    assert_eq!(count("end-link noted done"), 1, "{told:?}");
    assert_eq!(count("due-effect noted done"), 3 + MORE, "{told:?}");
    let effects = story.effects(&bought.agreement_id);
    assert_eq!(effects.matches(" done").count(), 3 + MORE, "{effects}");
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_runs_ahead_deletes_nothing_early() {
    let (story, bought) = Story::with_emqx().await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    let clock = story.connection.clock();
    clock.set(clock.now().plus_millis(30 * 24 * 3_600_000));
    story.sync().await;
    story.connection.settle().await.unwrap();
    assert_eq!(story.deployments("halden"), STOPPED);

    // Nor does one that runs behind lose anything: it is done once, when it is right again.
    clock.set(clock.now().plus_millis(-60 * 24 * 3_600_000));
    story.control.advance("73h").await.unwrap();
    story.sync().await;
    assert_eq!(story.deployments("halden"), STOPPED);
    story.connection.acted().await.unwrap();
    story.sync().await;
    assert_eq!(story.deployments("halden"), DELETED);
    clock.set(Timestamp::from_millis(0));
    story.sync().await;
    story.connection.acted().await.unwrap();
    story.sync().await;
    let told = story.audit(&bought.agreement_id);
    let done = told.iter().filter(|it| *it == "due-effect noted done");
    assert_eq!(done.count(), 3);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_what_is_due_waits() {
    let (story, bought) = Story::with_emqx().await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    story.advance("73h").await;
    story.control.set_network(false).await.unwrap();
    story.connection.settle().await.unwrap();
    assert_eq!(story.deployments("halden"), STOPPED);
    assert_eq!(story.due().len(), 3);
    story.control.set_network(true).await.unwrap();
    story.connection.settle().await.unwrap();
    assert_eq!(story.deployments("halden"), DELETED);
}
