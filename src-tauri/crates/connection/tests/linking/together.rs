//! Two people at once: two programs on one folder, each with a plan.

use app::FailureKind;
use app::link::{Codes, Executed, LinkPlan};
use connection::Connection;

use crate::ask::by_token;
use crate::story::{HALDEN, NORDIC, Story, execute};

const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "paymentMethod": "none", "creditBalance": "0", "creditCurrency": "USD"},
        {"id": "nordic", "name": "Nordic Maps", "paymentMethod": "none", "creditBalance": "0", "creditCurrency": "USD"}
    ]
}"#;

/// Carries both out at the same time. One links; the other one is told why it does not.
async fn race(story: &Story, one: (&Connection, &LinkPlan), other: (&Connection, &LinkPlan)) {
    let codes = Codes::default();
    let (first, second) = tokio::join!(
        execute(one.0, one.1, &codes),
        execute(other.0, other.1, &codes)
    );
    let (won, lost): (Vec<_>, Vec<_>) = [first, second].into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1), "{won:?} {lost:?}");
    assert!(matches!(won[0], Ok(Executed::Linked(_))));
    let failure = lost.into_iter().next().unwrap().unwrap_err();
    assert!(
        matches!(failure.kind, FailureKind::Stale | FailureKind::Refused),
        "{:?} {}",
        failure.kind,
        failure.message
    );
    assert_eq!(story.held().len(), 1);
    let open = story
        .connection
        .store()
        .read(|read| read.open_audit())
        .unwrap();
    assert!(open.is_empty(), "{open:?}");
    let key = store::AuditKey::of_the_sandbox();
    let broken = story
        .connection
        .store()
        .read(|read| read.verify_audit(&key))
        .unwrap();
    assert_eq!(broken, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_linking_the_same_license_make_one_link() {
    for _ in 0..5 {
        let story = Story::with_directory(VENDOR).await;
        let bought = story.subscribes("emqx", HALDEN).await;
        let here = story
            .plans(by_token(&bought).to("organization:halden"))
            .await;
        let there = story
            .plans(by_token(&bought).to("organization:nordic"))
            .await;
        let second = story.second();
        race(&story, (&story.connection, &here), (&second, &there)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_licenses_meet_at_one_organization_and_one_is_linked() {
    for _ in 0..5 {
        let story = Story::with_directory(VENDOR).await;
        let mine = story.subscribes("emqx", HALDEN).await;
        let yours = story.subscribes("emqx", NORDIC).await;
        let here = story.plans(by_token(&mine).to("organization:halden")).await;
        let there = story
            .plans(by_token(&yours).to("organization:halden"))
            .await;
        let second = story.second();
        race(&story, (&story.connection, &here), (&second, &there)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_plan_carried_out_twice_at_once_is_one_link() {
    let story = Story::with_directory(VENDOR).await;
    let bought = story.subscribes("emqx", HALDEN).await;
    let plan = story
        .plans(by_token(&bought).to("new-organization:Halden Search"))
        .await;
    let second = story.second();
    let codes = Codes::default();
    let (a, b) = tokio::join!(
        execute(&story.connection, &plan, &codes),
        execute(&second, &plan, &codes)
    );
    for outcome in [a, b] {
        assert!(matches!(outcome, Ok(Executed::Linked(_))), "{outcome:?}");
    }
    assert_eq!(story.held().len(), 1);
    assert_eq!(story.organization_called("Halden Search").len(), 1);
    let open = story
        .connection
        .store()
        .read(|read| read.open_audit())
        .unwrap();
    assert!(open.is_empty(), "{open:?}");
}
