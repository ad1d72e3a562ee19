//! Guance: the limits of codes sent by e-mail.

use app::FailureKind;
use expect_test::expect;

use crate::guance::{HALDEN_MAIL, LISTING, ops, vendor};
use crate::story::{HALDEN, another_code, entering, linked};

#[tokio::test(flavor = "multi_thread")]
async fn gu_3_after_five_wrong_codes_even_the_right_one_is_refused() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = ops(&bought);
    let plan = story.plans(ask.clone()).await;
    story.executes(&plan).await.unwrap();
    let code = story.code(HALDEN_MAIL).await;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    let mut told = String::new();
    for _ in 0..5 {
        let failure = story
            .executes_with(&plan, &entering(wrong))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused);
        told.push_str(&failure.message);
        told.push('\n');
    }
    expect![[r#"
        this is not the code that was sent; 4 attempts are left
        this is not the code that was sent; 3 attempts are left
        this is not the code that was sent; 2 attempts are left
        this is not the code that was sent; one attempt is left
        this is not the code that was sent; no attempt is left
    "#]]
    .assert_eq(&told);
    story
        .executes_with(&plan, &entering(&code))
        .await
        .unwrap_err();
    // Nor does another mail give new attempts.
    story.executes_with(&plan, &another_code()).await.unwrap();
    let newer = story.code(HALDEN_MAIL).await;
    story
        .executes_with(&plan, &entering(&newer))
        .await
        .unwrap_err();
    assert_eq!(story.held(), [""; 0]);

    // A new plan begins anew.
    story.links_with_code(ask, HALDEN_MAIL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_3_a_code_runs_out_and_so_do_the_mails() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let plan = story.plans(ops(&bought)).await;
    story.executes(&plan).await.unwrap();
    let old = story.code(HALDEN_MAIL).await;
    story.advance("11m").await;
    let failure = story
        .executes_with(&plan, &entering(&old))
        .await
        .unwrap_err();
    assert_eq!(
        failure.message,
        "the code for billing@halden.example has run out"
    );
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "refused");
    let reason = story.link(&bought.agreement_id).unwrap().reason;
    assert_eq!(reason.as_deref(), Some("The code was not entered in time."));

    // Three more mails, and no fourth.
    for number in 2..=4 {
        story.executes_with(&plan, &another_code()).await.unwrap();
        assert_eq!(story.mails_to(HALDEN_MAIL).await, number);
    }
    let failure = story
        .executes_with(&plan, &another_code())
        .await
        .unwrap_err();
    assert_eq!(failure.message, "no more codes can be sent for this plan");
    assert_eq!(story.mails_to(HALDEN_MAIL).await, 4);

    // The newest is still good, and an older one is not.
    assert_ne!(old, story.code(HALDEN_MAIL).await);
    let code = story.code(HALDEN_MAIL).await;
    linked(story.executes_with(&plan, &entering(&code)).await.unwrap());
}
