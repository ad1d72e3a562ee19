//! Guance (TrueWatch), Commercial Plan: an AWS account is bound to a billing account, and workspaces
//! with it.

use app::link::{Codes, Executed};
use app::plan::{Outcome, StepKind};
use expect_test::expect;

use crate::ask::{Ask, by_agreement, by_token};
use crate::story::{HALDEN, NORDIC, Story, entering, linked};

pub(crate) const LISTING: &str = "guance";
pub(crate) const HALDEN_MAIL: &str = "billing@halden.example";

/// A billing account with three workspaces, one of them locked, and another one.
const VENDOR: &str = r#"{
    "billingAccounts": [
        {"userName": "halden", "email": "billing@halden.example", "company": "Halden Freight AS", "country": "NO"},
        {"userName": "nordic", "email": "billing@nordic.example", "company": "Nordic Maps", "country": "SE"}
    ],
    "workspaces": [
        {"id": "wksp-1", "billingAccount": "halden", "name": "Ops", "language": "en", "site": "eu-frankfurt", "state": "active", "settlement": "billing-center"},
        {"id": "wksp-2", "billingAccount": "halden", "name": "Web", "language": "en", "site": "us-oregon", "state": "active", "settlement": "billing-center"},
        {"id": "wksp-3", "billingAccount": "halden", "name": "Old", "language": "zh", "site": "us-oregon", "state": "locked", "settlement": "billing-center"},
        {"id": "wksp-4", "billingAccount": "nordic", "name": "Maps", "language": "en", "site": "us-oregon", "state": "active", "settlement": "billing-center"}
    ]
}"#;

pub(crate) async fn vendor() -> Story {
    Story::with_directory(VENDOR).await
}

fn registration(ask: Ask) -> Ask {
    ask.to("new-billing-account:halden-new")
        .answer("billing_account.email", "new@halden.example")
        .answer("billing_account.company", "Halden Freight AS")
        .answer("billing_account.country", "NO")
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_1_an_aws_account_is_bound_to_one_billing_account_first() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought).to("billing-account:halden");
    let plan = story.plans(ask.clone()).await;
    expect![[r#"
        Check agreement agmt-1 [Now]
        Verify e-mail billing@halden.example [Now]
        Bind agreement agmt-1:  → halden [Now]
        Await license  [Now]
    "#]]
    .assert_eq(&story.steps(&plan));
    story.links_with_code(ask, HALDEN_MAIL).await;
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");
    expect!["The billing account halden is bound. The Commercial Plan begins when a workspace is bound as well."].assert_eq(&story.said(&bought.agreement_id));

    // The same AWS account with another subscription, to another billing account.
    let second = story.subscribes(LISTING, HALDEN).await;
    let ask = by_agreement(&second.agreement_id).to("billing-account:nordic");
    let words = story.is_refused(ask, "GU-1").await;
    expect![[r#"
        GU-1 refuse
          AWS account 222233334444 is already bound to the billing account halden (agreement agmt-1).
          → Add workspaces to that link, or take it away first.
          links[0].account = 222233334444; agreement = agmt-1; listing = Guance; same_account = true; same_group = true; same_license = false; same_target = false; state = awaiting-aws; target_id = halden; target_name = halden (Bindery)
          account.id = 222233334444 (AWS SearchAgreements)
          billing_account.user_name = nordic (import vendor.json)
    "#]].assert_eq(&words);
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_2_one_plan_registers_user_billing_account_and_workspace() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = registration(by_token(&bought));
    expect![[r#"
        workspace.name: Workspace name is missing
        workspace.language: Workspace language is missing
        workspace.site: Site is missing"#]]
    .assert_eq(&story.lacks(&ask).await);

    let ask = ask.new_workspace("Observability", "ko", "ap-singapore");
    let plan = story.plans(ask).await;
    expect![[r#"
        Check agreement agmt-1 [Now]
        Create billing_account halden-new [Now]
        Invite member new@halden.example [Now]
        Create workspace Observability: ? → ko · ap-singapore [Now]
        Bind agreement agmt-1:  → halden-new [Now]
        Bind workspace Observability [Now]
        Set workspace.settlement Observability: none → aws-marketplace [Now]
    "#]]
    .assert_eq(&story.steps(&plan));
    story.links(&plan).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    assert_eq!(
        story.workspaces("halden-new"),
        ["Observability ko ap-singapore active: aws-marketplace"]
    );

    // A user name that is taken is not registered again.
    let other = story.subscribes(LISTING, NORDIC).await;
    let taken = registration(by_token(&other))
        .new_workspace("Second", "en", "us-oregon")
        .to("new-billing-account:halden");
    let failure = story.tries_to_plan(taken).await.unwrap_err();
    assert_eq!(failure.message, "there is a billing account halden already");
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_3_the_code_goes_to_the_billing_accounts_own_address() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought)
        .to("billing-account:halden")
        .workspace("wksp-1");
    let plan = story.plans(ask).await;
    assert_eq!(plan.outcome, Outcome::Ready);
    expect![[r#"
        GU-3 unknown
          Not known yet: request.verified.
          → Look it up again, or bring the data up to date, then plan again.
          request.verified = not known (nobody)
          billing_account.user_name = halden (import vendor.json)
          billing_account.email = billing@halden.example (import vendor.json)
    "#]]
    .assert_eq(&story.verdict(&plan, "GU-3"));

    let early = story
        .executes_with(&plan, &entering("123456"))
        .await
        .unwrap_err();
    assert_eq!(early.message, "no code has been sent for this plan yet");
    let sent = story.executes(&plan).await.unwrap();
    assert!(matches!(&sent, Executed::CodesSent(to) if to[0].address.as_str() == HALDEN_MAIL));
    assert_eq!(story.state(&bought.agreement_id), "awaiting-verification");
    assert_eq!(story.held(), [""; 0]);

    let code = story.code(HALDEN_MAIL).await;
    assert_eq!(code.len(), 6);
    linked(story.executes_with(&plan, &entering(&code)).await.unwrap());
    assert_eq!(story.state(&bought.agreement_id), "active");
    expect![[r#"
        send-code noted done
        link opened
        link closed done"#]]
    .assert_eq(&story.audit(&bought.agreement_id).join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_3_without_an_address_nobody_can_be_verified() {
    let story = vendor().await;
    story.directory(
        r#"{"billingAccounts": [{"userName": "mute", "company": "Mute", "country": "NO"}]}"#,
    );
    let bought = story.subscribes(LISTING, HALDEN).await;
    let words = story
        .is_refused(by_token(&bought).to("billing-account:mute"), "GU-3")
        .await;
    expect![[r#"
        GU-3 refuse
          The billing account mute is not verified: no valid code from unknown was entered.
          → Send another code to unknown and enter it before it runs out.
          request.verified = false (code by e-mail)
          billing_account.user_name = mute (import vendor.json)
          billing_account.email = not known (nobody)
    "#]]
    .assert_eq(&words);
}

#[tokio::test(flavor = "multi_thread")]
async fn gu_4_the_site_stays_as_it_was_created() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought)
        .to("billing-account:halden")
        .workspace("wksp-1");
    let moved = ask.clone().answer("workspace.site", "us-oregon");
    let words = story.is_refused(moved, "GU-4").await;
    expect![[r#"
        GU-4 refuse
          The site of Ops cannot be changed from eu-frankfurt to us-oregon: it is fixed once the workspace exists.
          → Create another workspace on the site us-oregon.
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
    let ask = by_token(&bought)
        .to("billing-account:halden")
        .workspace("wksp-1");
    let words = story
        .is_refused(ask.clone().answer("workspace.language", "zh"), "GU-7")
        .await;
    expect![[r#"
        GU-7 refuse
          The language of Ops cannot be changed from en to zh: its event, alert and SMS templates depend on it.
          → Create another workspace in the language zh.
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
    let ask = by_token(&first)
        .to("billing-account:halden")
        .workspace("wksp-1");
    story.links_with_code(ask, HALDEN_MAIL).await;

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
