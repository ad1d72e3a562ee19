//! Every way in which an agreement ends takes its link with it; what takes its place does not.

use domain::{AgreementStatus, LinkState};

use crate::story::{HALDEN, Story};

const STOPPED: &str = "old stopped, prod stopped, staging stopped, try running";
const RUNNING: &str = "old stopped, prod running, staging running, try running";

#[tokio::test(flavor = "multi_thread")]
async fn the_buyer_agrees_to_the_request() {
    let (story, bought) = Story::with_emqx().await;
    let request = story.asks_to_cancel(&bought.agreement_id).await;
    story.control.accept(request.id.as_str()).await.unwrap();
    story.sync().await;
    assert_eq!(story.requests(&bought.agreement_id), ["APPROVED"]);
    ended(&story, &bought.agreement_id, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buyer_says_nothing_for_seven_days() {
    let (story, bought) = Story::with_emqx().await;
    story.asks_to_cancel(&bought.agreement_id).await;
    story.advance_and_sync("167h").await;
    assert_eq!(story.requests(&bought.agreement_id), ["PENDING_APPROVAL"]);
    assert_eq!(story.deployments("halden"), RUNNING);
    story.advance_and_sync("61m").await;
    assert_eq!(story.requests(&bought.agreement_id), ["APPROVED"]);
    ended(&story, &bought.agreement_id, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buyer_cancels() {
    let (story, bought) = Story::with_emqx().await;
    let buyer = story.buyer(&bought.agreement_id);
    assert!(buyer.0.is_some() && buyer.1.is_some(), "AWS named nobody");
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    ended(&story, &bought.agreement_id, "cancelled");
    // AWS names nobody any more, and whoever ended something still sees whose it was.
    assert_eq!(story.buyer(&bought.agreement_id), buyer);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_expires() {
    let (story, bought) = Story::with_emqx().await;
    story.control.expire(&bought.agreement_id).await.unwrap();
    story.sync().await;
    ended(&story, &bought.agreement_id, "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_terminates_or_archives_it() {
    for status in [AgreementStatus::Terminated, AgreementStatus::Archived] {
        let (story, bought) = Story::with_emqx().await;
        let word = status.as_wire().to_lowercase();
        story.told(&bought.agreement_id, status);
        story.connection.settle().await.unwrap();
        ended(&story, &bought.agreement_id, &word);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_takes_the_link_along() {
    let (story, bought) = Story::with_emqx().await;
    let renewed = story.control.renew(&bought.agreement_id).await.unwrap();
    story.sync().await;
    assert_ne!(renewed.agreement_id, bought.agreement_id);
    for agreement in [&bought.agreement_id, &renewed.agreement_id] {
        assert_eq!(story.state(agreement), "active");
    }
    assert_eq!(story.deployments("halden"), RUNNING);
    assert_eq!(story.due(), []);

    // The link ends with the agreement that is in force now.
    story.control.cancel(&renewed.agreement_id).await.unwrap();
    story.sync().await;
    assert_eq!(story.deployments("halden"), STOPPED);
    assert_eq!(story.state(&renewed.agreement_id), "ending");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_renewed_or_replaced_is_not_over_while_its_successor_is_still_to_be_listed() {
    let not_over = [
        AgreementStatus::Renewed,
        AgreementStatus::Replaced,
        AgreementStatus::Superseded,
        AgreementStatus::RolledBack,
        AgreementStatus::Unknown("PAUSED".to_owned()),
    ];
    for status in not_over {
        let (story, bought) = Story::with_emqx().await;
        story.told(&bought.agreement_id, status.clone());
        story.connection.settle().await.unwrap();
        assert_eq!(story.state(&bought.agreement_id), "active", "{status:?}");
        assert!(story.link(&bought.agreement_id).is_held(), "{status:?}");
        assert_eq!(story.deployments("halden"), RUNNING);
        assert_eq!(story.due(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_the_vendors_system_of_record_ends_too_but_only_if_it_was_seen_in_force() {
    let (story, bought) = Story::with_emqx().await;
    let mut link = story.link(&bought.agreement_id).link;
    link.license = None;
    link.workspaces.clear();
    link.source = "the vendor's directory".to_owned();
    let mirror = |agreement: &str, at| {
        let mut link = link.clone();
        link.agreement = domain::AgreementId::parse(agreement).unwrap();
        link.target.id = "nordic".to_owned();
        link.target.name = "Nordic Maps".to_owned();
        link.state = LinkState::Active;
        link.since = at;
        let database = story.connection.store();
        database.write(|write| write.mirror_links(&[link])).unwrap();
    };

    // It was over before the vendor told of it: what that was to do is the vendor's own business.
    let before = story.subscribes("emqx", HALDEN).await;
    story.control.cancel(&before.agreement_id).await.unwrap();
    story.sync().await;
    mirror(&before.agreement_id, story.connection.clock().now());
    story.connection.settle().await.unwrap();
    assert_eq!(story.state(&before.agreement_id), "ended");
    assert_eq!(story.deployments("nordic"), "maps running");
    assert_eq!(story.audit(&before.agreement_id), [""; 0]);

    // It was seen in force.
    let told_at = story.connection.clock().now();
    let seen = story.subscribes("emqx", HALDEN).await;
    mirror(&seen.agreement_id, told_at);
    story.control.cancel(&seen.agreement_id).await.unwrap();
    story.sync().await;
    assert_eq!(story.state(&seen.agreement_id), "ending");
    assert_eq!(story.deployments("nordic"), "maps stopped");
    // The vendor still tells of it: that changes nothing, and ends nothing twice.
    mirror(&seen.agreement_id, told_at);
    story.connection.settle().await.unwrap();
    assert_eq!(story.state(&seen.agreement_id), "ending");
    assert_eq!(story.effects(&seen.agreement_id), "maps due");
    story.audit_is_whole();
}

#[track_caller]
fn ended(story: &Story, agreement: &str, how: &str) {
    assert_eq!(story.state(agreement), "ending");
    assert_eq!(story.deployments("halden"), STOPPED);
    let reason = story.link(agreement).reason.unwrap();
    assert_eq!(reason, format!("The agreement is {how}."));
    let told = story.audit(agreement);
    let ends = told.iter().filter(|it| *it == "end-link noted done");
    assert_eq!(ends.count(), 1, "{told:?}");
    story.audit_is_whole();
}
