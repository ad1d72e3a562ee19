//! The vendor's rules about ending, by name: EM-6 to EM-9.

use app::FailureKind;
use expect_test::expect;

use crate::looks::steps;
use crate::story::{EMQX_PHRASE, EMQX_VENDOR, HALDEN, SEND, Story, send};

#[tokio::test(flavor = "multi_thread")]
async fn em_6_the_products_name_is_typed_letter_for_letter() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    assert_eq!(plan.asked.phrase, EMQX_PHRASE);
    let almost = [
        "",
        "yes",
        "EMQX Cloud (Pay as you go) ",
        " EMQX Cloud (Pay as you go)",
        "EMQX Cloud (pay as you go)",
        "EMQX Cloud (Pay-as-you-go)",
        "EMQX Cloud (Pay\u{a0}as you go)",
        "EMQX Cloud (Pay as you go",
        "EMQX  Cloud (Pay as you go)",
        "ЕMQX Cloud (Pay as you go)", // A Cyrillic Е.
    ];
    for phrase in almost {
        let refused = send(&story.connection, &plan, phrase).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Invalid, "{phrase:?}");
        assert_eq!(
            refused.message,
            "to go on, type exactly: EMQX Cloud (Pay as you go)"
        );
        assert_eq!(refused.fields[0].field, "confirm");
    }
    assert_eq!(story.calls(SEND).await, 0);
    story.sends(&plan).await.unwrap();
    assert_eq!(story.calls(SEND).await, 1);

    // Hyphens are told apart, too.
    let hyphened = story.subscribes("clickhouse-payg", HALDEN).await;
    let plan = story.plans_cancel(&hyphened.agreement_id).await;
    assert_eq!(plan.asked.phrase, "ClickHouse Cloud - Pay As You Go");
    for phrase in [
        "ClickHouse Cloud – Pay As You Go",
        "ClickHouse Cloud ‐ Pay As You Go",
        "ClickHouse Cloud − Pay As You Go",
    ] {
        let refused = send(&story.connection, &plan, phrase).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Invalid, "{phrase:?}");
    }
    // Taking a link away asks for the same phrase.
    let unlink = story.plans_unlink(&bought.agreement_id, "").await;
    assert_eq!(unlink.asked.phrase, EMQX_PHRASE);
    let id = domain::PlanId::parse(&unlink.id).unwrap();
    let refused = story.connection.execute_unlink(&id, "EMQX Cloud").await;
    assert_eq!(refused.unwrap_err().failure().kind, FailureKind::Invalid);
    assert_eq!(story.state(&bought.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn em_7_running_deployments_stop_and_are_listed_one_by_one_before() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    let listed = steps(&plan).replace(&bought.agreement_id, "agmt-1");
    let at = plan.made_at + 7 * 24 * 3_600_000;
    expect![[r#"
        Request cancellation agmt-1 [Now] “AWS asks the buyer to agree to the cancellation.”
        Await buyer  [At(in 7 days)] “The buyer agrees, or refuses, or says nothing for 7 days, which AWS takes for consent. Until then the request can be withdrawn.”
        Keep invoices  [Ended] “Invoices that were issued stay. A refund is a request of its own, and none is made here.”
        Stop deployment.state prod: running → stopped [Ended] “prod is stopped.”
        Stop deployment.state staging: running → stopped [Ended] “staging is stopped.”
        Keep deployment try [At(1796342400000)] “The trial deployment try goes on until 2026-12-04 00:00 UTC.”
        Delete deployment prod: stopped → ? [AfterEnd(259200000)] “prod is deleted after 3 days, unless the account is linked again before.”
        Delete deployment staging: stopped → ? [AfterEnd(259200000)] “staging is deleted after 3 days, unless the account is linked again before.”
        Delete deployment old: stopped → ? [AfterEnd(259200000)] “old is deleted after 3 days, unless the account is linked again before.”
        Set organization.payment_method Halden Freight: aws-marketplace → none [Ended]
        Set organization.payment_reference Halden Freight: agmt-1 · AWS 222233334444 →  [Ended]
        Unbind license Halden Freight [Ended]
    "#]]
    .assert_eq(&listed.replace(&at.to_string(), "in 7 days"));
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod running, staging running, try running"
    );

    story.sends(&plan).await.unwrap();
    // While the buyer thinks about it, nothing is stopped.
    story.advance_and_sync("6d").await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod running, staging running, try running"
    );

    story.advance_and_sync("25h").await;
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod stopped, staging stopped, try running"
    );
    assert_eq!(story.deployments("nordic"), "maps running");
    assert_eq!(story.pays("halden"), "none () on dedicated");
    assert_eq!(story.state(&bought.agreement_id), "ending");
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn em_8_the_trial_goes_on_until_its_own_end() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_cancel(&bought.agreement_id).await;
    let listed = steps(&plan);
    let kept: Vec<&str> = listed
        .lines()
        .filter(|it| it.starts_with("Keep deployment"))
        .collect();
    let ends: domain::Timestamp = domain::Timestamp::from_millis(1_796_342_400_000);
    assert_eq!(
        kept,
        [format!(
            "Keep deployment try [At({})] “The trial deployment try goes on until 2026-12-04 00:00 UTC.”",
            ends.as_millis()
        )]
    );
    story.sends(&plan).await.unwrap();
    story.advance_and_sync("8d").await;
    story.advance_and_sync("4d").await;
    assert_eq!(
        story.deployments("halden"),
        "old deleted, prod deleted, staging deleted, try running"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn em_9_stopped_deployments_are_deleted_after_three_days_once() {
    let (story, bought) = Story::with_emqx().await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "ending");
    let due = story.due();
    let days = due
        .iter()
        .map(|it| it.due_at.as_millis() - it.since.as_millis());
    assert_eq!(days.collect::<Vec<_>>(), [3 * 24 * 3_600_000; 3]);
    assert_eq!(
        due[0].says,
        "prod is deleted after 3 days, unless the account is linked again before."
    );
    assert_eq!(
        story.effects(&bought.agreement_id),
        "old due, prod due, staging due"
    );

    story.advance_and_sync("71h").await;
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod stopped, staging stopped, try running"
    );
    story.advance_and_sync("61m").await;
    assert_eq!(
        story.deployments("halden"),
        "old deleted, prod deleted, staging deleted, try running"
    );
    assert_eq!(
        story.effects(&bought.agreement_id),
        "old done, prod done, staging done"
    );
    assert_eq!(story.state(&bought.agreement_id), "ended");
    let told = story.audit(&bought.agreement_id);
    let deletions = told.iter().filter(|it| *it == "due-effect noted done");
    assert_eq!(deletions.count(), 3);

    // Never again, whatever time passes.
    story.advance_and_sync("30d").await;
    assert_eq!(story.audit(&bought.agreement_id), told);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn em_9_linking_again_within_grace_calls_the_deletions_off_and_tells_what_came_back() {
    let (story, bought) = Story::with_emqx().await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    story.advance_and_sync("2d").await;
    let again = story.subscribes("emqx", HALDEN).await;
    assert_ne!(again.agreement_id, bought.agreement_id);
    let plan = story
        .plans_link(&again, "organization:halden", |_| {})
        .await;
    let id = domain::PlanId::parse(&plan.id).unwrap();
    let codes = app::link::Codes::default();
    story.connection.execute_link(&id, &codes).await.unwrap();

    assert_eq!(
        story.effects(&bought.agreement_id),
        "old called-off, prod called-off, staging called-off"
    );
    assert_eq!(story.state(&bought.agreement_id), "ended");
    assert_eq!(story.state(&again.agreement_id), "active");
    let of = [again.agreement_id.clone()];
    let rows = story.connection.store().read(|read| read.audit_of(&of));
    let closed = rows.unwrap().pop().unwrap().entry.detail;
    for name in ["old", "prod", "staging"] {
        assert!(
            closed.contains(&format!("deletion of {name} called off")),
            "{closed}"
        );
    }
    story.advance_and_sync("10d").await;
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod stopped, staging stopped, try running"
    );
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn em_9_a_deployment_started_again_in_between_is_not_deleted() {
    let (story, bought) = Story::with_emqx().await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    story.directory(
        r#"{"deployments": [{"id": "dep-1", "organization": "halden", "name": "prod",
            "state": "running", "trial": false}]}"#,
    );
    story.advance_and_sync("4d").await;
    assert_eq!(
        story.deployments("halden"),
        "old deleted, prod running, staging deleted, try running"
    );
    assert_eq!(
        story.effects(&bought.agreement_id),
        "old done, prod void, staging done"
    );
    assert_eq!(story.state(&bought.agreement_id), "ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn em_9_what_the_vendor_links_again_elsewhere_is_not_deleted() {
    let story = Story::new().await;
    story.directory(EMQX_VENDOR);
    let bought = story.subscribes("emqx", HALDEN).await;
    story.links(&bought, "organization:halden").await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    let again = story.subscribes("emqx", HALDEN).await;
    let mut link = story.link(&bought.agreement_id).link;
    link.agreement = domain::AgreementId::parse(&again.agreement_id).unwrap();
    link.state = domain::LinkState::Active;
    link.license = None;
    link.source = "the vendor's directory".to_owned();
    story
        .connection
        .store()
        .write(|write| write.mirror_links(&[link]))
        .unwrap();
    story.advance_and_sync("4d").await;
    assert_eq!(
        story.effects(&bought.agreement_id),
        "old called-off, prod called-off, staging called-off"
    );
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod stopped, staging stopped, try running"
    );
}
