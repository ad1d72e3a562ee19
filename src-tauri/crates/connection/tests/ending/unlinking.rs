//! Taking a link away while the agreement goes on, and linking another target instead.

use app::FailureKind;
use domain::PlanId;
use expect_test::expect;

use crate::looks::steps;
use crate::story::{EMQX_PHRASE, Story, at_once};
use app::query::timeline::Event;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_taken_away_and_another_target_linked() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story
        .plans_unlink(&bought.agreement_id, "Wrong account.")
        .await;
    let made = plan.made_at;
    let listed = steps(&plan).replace(&bought.agreement_id, "agmt-1");
    expect![[r#"
        Unbind license Halden Freight: Halden Freight →  [Now]
        Stop deployment.state prod: running → stopped [Now] “prod is stopped.”
        Stop deployment.state staging: running → stopped [Now] “staging is stopped.”
        Keep deployment try [At(1796342400000)] “The trial deployment try goes on until 2026-12-04 00:00 UTC.”
        Delete deployment prod: stopped → ? [AfterEnd(259200000)] “prod is deleted after 3 days, unless the account is linked again before.”
        Delete deployment staging: stopped → ? [AfterEnd(259200000)] “staging is deleted after 3 days, unless the account is linked again before.”
        Delete deployment old: stopped → ? [AfterEnd(259200000)] “old is deleted after 3 days, unless the account is linked again before.”
        Set organization.payment_method Halden Freight: aws-marketplace → none [Now]
        Set organization.payment_reference Halden Freight: agmt-1 · AWS 222233334444 →  [Now]
    "#]]
    .assert_eq(&listed);
    let id = PlanId::parse(&plan.id).unwrap();
    let record = story.connection.execute_unlink(&id, EMQX_PHRASE).await;
    let record = record.unwrap();
    assert_eq!(record.link.state.word(), "ending");
    assert_eq!(record.reason.as_deref(), Some("Wrong account."));
    assert_eq!(story.pays("halden"), "none () on dedicated");
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod stopped, staging stopped, try running"
    );
    for effect in story.due() {
        let days = (effect.due_at.as_millis() - made) as f64 / 86_400_000.0;
        assert!((3.0..3.01).contains(&days), "{days}");
    }

    // The same license, another account. What is due at the first stays due there.
    story.links(&bought, "organization:nordic").await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    assert!(story.pays("nordic").starts_with("aws-marketplace"));
    story.advance_and_sync("73h").await;
    assert_eq!(
        story.deployments("halden"),
        "old deleted, prod deleted, staging deleted, try running"
    );
    assert_eq!(story.deployments("nordic"), "maps running");
    assert_eq!(story.state(&bought.agreement_id), "active");
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn linking_the_same_target_again_calls_the_deletions_off() {
    let (story, bought) = Story::with_emqx().await;
    story.unlinks(&bought.agreement_id).await;
    story.links(&bought, "organization:halden").await;
    assert_eq!(
        story.effects(&bought.agreement_id),
        "old called-off, prod called-off, staging called-off"
    );
    assert_eq!(story.state(&bought.agreement_id), "active");
    story.advance_and_sync("10d").await;
    assert_eq!(
        story.deployments("halden"),
        "old stopped, prod stopped, staging stopped, try running"
    );
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_carried_out_once_and_only_as_it_was_shown() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story.plans_unlink(&bought.agreement_id, "").await;
    // A deployment is started after the plan was shown.
    story.directory(
        r#"{"deployments": [{"id": "dep-3", "organization": "halden", "name": "old",
            "state": "running", "trial": false}]}"#,
    );
    let id = PlanId::parse(&plan.id).unwrap();
    let stale = story.connection.execute_unlink(&id, EMQX_PHRASE).await;
    let stale = stale.unwrap_err().failure();
    assert_eq!(stale.kind, FailureKind::Stale, "{}", stale.message);
    assert!(
        stale.message.contains("stop deployment.state old"),
        "{}",
        stale.message
    );
    assert_eq!(story.state(&bought.agreement_id), "active");

    let plan = story.plans_unlink(&bought.agreement_id, "").await;
    let id = PlanId::parse(&plan.id).unwrap();
    let second = story.second();
    let (one, other) = at_once(
        story.connection.execute_unlink(&id, EMQX_PHRASE),
        second.execute_unlink(&id, EMQX_PHRASE),
    );
    assert_eq!(one.unwrap(), other.unwrap());
    let again = story.connection.execute_unlink(&id, EMQX_PHRASE).await;
    assert_eq!(again.unwrap().link.state.word(), "ending");
    assert_eq!(story.due().len(), 3);
    let told = story.audit(&bought.agreement_id);
    let done = told.iter().filter(|it| *it == "unlink closed done");
    assert_eq!(done.count(), 1, "{told:?}");
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn there_must_be_a_link_to_take_away() {
    let (story, bought) = Story::with_emqx().await;
    story.unlinks(&bought.agreement_id).await;
    let id = domain::AgreementId::parse(&bought.agreement_id).unwrap();
    let nothing = story.connection.plan_unlink(&id, "").await;
    assert_eq!(nothing.unwrap_err().failure().kind, FailureKind::NotFound);
    let long = "가".repeat(501);
    let refused = story.connection.plan_unlink(&id, &long).await;
    assert_eq!(refused.unwrap_err().failure().fields[0].field, "reason");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_ends_after_its_link_was_taken_away_does_nothing_more() {
    let (story, bought) = Story::with_emqx().await;
    story.unlinks(&bought.agreement_id).await;
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    let told = story.audit(&bought.agreement_id);
    assert!(
        !told.contains(&"end-link noted done".to_owned()),
        "{told:?}"
    );
    assert_eq!(story.due().len(), 3);
    story.advance_and_sync("73h").await;
    assert_eq!(story.state(&bought.agreement_id), "ended");
    story.audit_is_whole();
}

/// What a target tells of: every link to it, with what its end did, and nothing of where it went since.
#[tokio::test(flavor = "multi_thread")]
async fn a_target_has_a_timeline_of_its_own() {
    let (story, bought) = Story::with_emqx().await;
    let plan = story
        .plans_unlink(&bought.agreement_id, "the wrong one")
        .await;
    let id = domain::PlanId::parse(&plan.id).unwrap();
    let phrase = &plan.asked.phrase;
    story.connection.execute_unlink(&id, phrase).await.unwrap();
    story.links(&bought, "organization:nordic").await;
    let told = |target: &str| {
        let data = story.connection.store();
        let kind = domain::TargetKind::Organization;
        let moments = app::query::timeline::of_target(data, kind, target).unwrap();
        let line = |moment: app::query::timeline::Moment| match moment.event {
            Event::Link(state, target, _) => format!("link to {} {state}", target.id),
            Event::Effect(it) => format!("{} {} {}", it.kind, it.thing, it.state.word()),
            Event::Changed(attribute, _, after) => {
                format!(
                    "{} = {}",
                    attribute.unwrap_or_default(),
                    after.unwrap_or_default()
                )
            }
            Event::Action(action, outcome, ..) => format!("{action} {outcome}"),
            _ => String::new(),
        };
        let mut lines: Vec<_> = moments
            .into_iter()
            .map(line)
            .filter(|it| !it.is_empty())
            .collect();
        lines.sort();
        lines.join("\n").replace(&bought.agreement_id, "agmt-1")
    };
    expect![[r#"
        delete dep-1 due
        delete dep-2 due
        delete dep-3 due
        link done
        link to halden active
        link to halden awaiting-aws
        link to halden ending
        payment_method = aws-marketplace
        payment_method = none
        payment_reference = 
        payment_reference = agmt-1 · AWS 222233334444
        unlink done"#]]
    .assert_eq(&told("halden"));
    expect![[r#"
        link done
        link to nordic active
        link to nordic awaiting-aws
        payment_method = aws-marketplace
        payment_reference = agmt-1 · AWS 222233334444"#]]
    .assert_eq(&told("nordic"));
}
