//! Guance: workspaces are bound with a billing account, created, added and taken away; what is fixed in
//! them stays.

use app::link::{Codes, Executed};
use app::plan::StepKind;
use expect_test::expect;

use crate::ask::by_token;
use crate::guance::{HALDEN_MAIL, LISTING, ops, vendor};
use crate::story::{HALDEN, NORDIC, entering, linked};

#[tokio::test(flavor = "multi_thread")]
async fn gu_4_the_site_stays_as_it_was_created() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = ops(&bought);
    let moved = ask.clone().answer("workspace.site", "us-oregon");
    let words = story.is_refused(moved, "GU-4").await;
    expect![[r#"
        GU-4 refuse
          The site of the workspace Ops cannot be changed from eu-frankfurt to us-oregon: it is fixed once the workspace exists.
          → Leave the site as it is, or create another workspace on the site us-oregon.
          changes[0].after = us-oregon; attribute = workspace.site; before = eu-frankfurt; target = Ops (the person at the console)
    "#]].assert_eq(&words);
    assert!(story.workspaces("halden")[1].starts_with("Ops en eu-frankfurt"));
    // Told as it is, nothing changes.
    story
        .links_with_code(ask.answer("workspace.site", "eu-frankfurt"), HALDEN_MAIL)
        .await;

    let policy = story.connection.policies().get("guance").unwrap();
    let fields = policy.forms.iter().flat_map(|form| &form.fields);
    let sites: Vec<bool> = fields
        .filter(|field| field.key == "workspace.site")
        .map(|field| field.fixed)
        .collect();
    assert_eq!(sites, [true, true, true], "and it is said before");
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_5_a_workspace_is_created_for_a_user_with_or_without_an_account() {
    let story = vendor().await;
    story.directory(
        r#"{"organizations": [{"id": "halden-org", "name": "Halden Freight"}],
            "members": [{"organization": "halden-org", "email": "ada@halden.example", "role": "owner", "verified": true}]}"#,
    );
    // With an account: its address, a code, the terms.
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought)
        .to("billing-account:halden")
        .new_workspace("Fresh", "en", "eu-frankfurt")
        .member("ada@halden.example");
    let failure = story.tries_to_plan(ask.clone()).await.unwrap_err();
    assert_eq!(
        failure.message,
        "The buyer has to agree to the vendor's terms"
    );
    let plan = story.plans(ask.agreed()).await;
    assert!(plan.steps.iter().all(|step| step.kind != StepKind::Invite));
    story.executes(&plan).await.unwrap();
    let both = Codes {
        entered: vec![
            story.code("ada@halden.example").await,
            story.code(HALDEN_MAIL).await,
        ],
        ..Codes::default()
    };
    linked(story.executes_with(&plan, &both).await.unwrap());
    assert!(
        story
            .workspaces("halden")
            .contains(&"Fresh en eu-frankfurt active: aws-marketplace".to_owned())
    );

    // Without: the person is invited and sets the password alone.
    let other = story.subscribes(LISTING, NORDIC).await;
    let ask = by_token(&other)
        .to("billing-account:nordic")
        .new_workspace("Fresh", "zh", "cn-ningxia")
        .member("new@nordic.example")
        .agreed();
    let failure = story.tries_to_plan(ask.clone()).await.unwrap_err();
    assert_eq!(failure.message, "User name is missing");
    let plan = story.plans(ask.answer("member.name", "Nia Berg")).await;
    expect![[r#"
        Check agreement agmt-2 [Now]
        Verify e-mail billing@nordic.example [Now]
        Verify e-mail new@nordic.example [Now]
        Invite member new@nordic.example [Now]
        Create workspace Fresh: ? → zh · cn-ningxia [Now]
        Bind agreement agmt-2:  → nordic [Now]
        Bind workspace Fresh [Now]
        Set workspace.settlement Fresh: none → aws-marketplace [Now]
    "#]]
    .assert_eq(&story.steps(&plan));
    story.executes(&plan).await.unwrap();
    let half = story.code("new@nordic.example").await;
    let waiting = story.executes_with(&plan, &entering(&half)).await.unwrap();
    assert!(
        matches!(waiting, Executed::CodesSent(_)),
        "the other code is still missing"
    );
    let rest = story.code("billing@nordic.example").await;
    linked(story.executes_with(&plan, &entering(&rest)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_6_several_workspaces_are_bound_at_once() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought).to("billing-account:halden");
    let strange = ask.clone().workspace("wksp-1").workspace("wksp-4");
    let failure = story.tries_to_plan(strange).await.unwrap_err();
    assert_eq!(
        failure.message,
        "there is no workspace wksp-4 in this billing account"
    );

    let ask = ask
        .workspace("wksp-1")
        .workspace("wksp-2")
        .workspace("wksp-3");
    let record = story.links_with_code(ask, HALDEN_MAIL).await;
    let bound: Vec<&str> = record
        .link
        .workspaces
        .iter()
        .map(|id| id.as_str())
        .collect();
    assert_eq!(bound, ["wksp-1", "wksp-2", "wksp-3"]);
    expect![[r#"
        Old zh us-oregon active: aws-marketplace
        Ops en eu-frankfurt active: aws-marketplace
        Web en us-oregon active: aws-marketplace"#]]
    .assert_eq(&story.workspaces("halden").join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_7_the_language_stays_as_it_was_created() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = ops(&bought);
    let words = story
        .is_refused(ask.clone().answer("workspace.language", "zh"), "GU-7")
        .await;
    expect![[r#"
        GU-7 refuse
          The language of the workspace Ops cannot be changed from en to zh: its event, alert and SMS templates depend on it.
          → Leave the language as it is, or create another workspace in the language zh.
          changes[0].after = zh; attribute = workspace.language; before = en; target = Ops (the person at the console)
    "#]].assert_eq(&words);
    story.links_with_code(ask, HALDEN_MAIL).await;
    assert!(
        story
            .workspaces("halden")
            .iter()
            .any(|it| it.starts_with("Ops en "))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_8_in_force_only_with_a_workspace_and_then_aws_settles() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought).to("billing-account:halden");
    story.links_with_code(ask.clone(), HALDEN_MAIL).await;
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");
    story.advance("1h").await;
    story.sync().await;
    assert_eq!(
        story.state(&bought.agreement_id),
        "awaiting-aws",
        "time alone binds no workspace"
    );

    story
        .links_with_code(ask.workspace("wksp-1"), HALDEN_MAIL)
        .await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    expect![[r#"
        Old zh us-oregon locked: billing-center
        Ops en eu-frankfurt active: aws-marketplace
        Web en us-oregon active: billing-center"#]]
    .assert_eq(&story.workspaces("halden").join("\n"));
    expect!["The Guance Commercial Plan is on. The fees of your bound workspaces are settled from AWS account 222233334444, by way of the Billing Center account halden."].assert_eq(&story.said(&bought.agreement_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_9_workspaces_are_added_to_a_live_link_and_taken_from_it() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought).to("billing-account:halden");
    story
        .links_with_code(ask.clone().workspace("wksp-1"), HALDEN_MAIL)
        .await;
    let added = story
        .links_with_code(ask.clone().workspace("wksp-2"), HALDEN_MAIL)
        .await;
    assert_eq!(added.link.workspaces.len(), 2);
    assert_eq!(story.state(&bought.agreement_id), "active");

    // What is taken is settled as before; the other one stays.
    let plan = story.plans(ask.clone().without("wksp-1")).await;
    expect![[r#"
        Check agreement agmt-1 [Now]
        Verify e-mail billing@halden.example [Now]
        Unbind workspace Ops [Now]
        Set workspace.settlement Ops: aws-marketplace → billing-center [Now]
    "#]]
    .assert_eq(&story.steps(&plan));
    story.executes(&plan).await.unwrap();
    let code = story.code(HALDEN_MAIL).await;
    linked(story.executes_with(&plan, &entering(&code)).await.unwrap());
    expect![[r#"
        Old zh us-oregon locked: billing-center
        Ops en eu-frankfurt active: billing-center
        Web en us-oregon active: aws-marketplace"#]]
    .assert_eq(&story.workspaces("halden").join("\n"));
    assert_eq!(story.state(&bought.agreement_id), "active");

    // Without the last one it is not in force any more.
    story
        .links_with_code(ask.clone().without("wksp-2"), HALDEN_MAIL)
        .await;
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");
    assert!(
        story
            .workspaces("halden")
            .iter()
            .all(|it| it.ends_with(": billing-center"))
    );
    let failure = story
        .tries_to_plan(ask.without("wksp-2"))
        .await
        .unwrap_err();
    assert_eq!(failure.message, "the workspace wksp-2 is not bound");
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_9_a_workspace_is_settled_by_one_aws_account() {
    let story = vendor().await;
    let first = story.subscribes(LISTING, HALDEN).await;
    story.links_with_code(ops(&first), HALDEN_MAIL).await;

    // The billing account may be bound to a second AWS account, with other workspaces.
    let second = story.subscribes(LISTING, NORDIC).await;
    let ask = by_token(&second).to("billing-account:halden");
    let failure = story
        .tries_to_plan(ask.clone().workspace("wksp-1"))
        .await
        .unwrap_err();
    assert_eq!(
        story.named(&failure.message),
        "the workspace wksp-1 is bound with the agreement agmt-1 already"
    );
    story
        .links_with_code(ask.workspace("wksp-2"), HALDEN_MAIL)
        .await;
    assert_eq!(story.held().len(), 2);
}
