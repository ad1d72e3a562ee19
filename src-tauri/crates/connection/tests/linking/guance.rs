//! Guance (TrueWatch), Commercial Plan: an AWS account is bound to a billing account, and workspaces
//! with it.

use app::link::Executed;
use app::plan::Outcome;
use expect_test::expect;
use sandbox::Registration;

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

/// Halden's billing account is asked for, with the workspace Ops.
pub(crate) fn ops(bought: &Registration) -> Ask {
    by_token(bought)
        .to("billing-account:halden")
        .workspace("wksp-1")
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
          → Add workspaces to that link instead, or take it away first.
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
    let plan = story.plans(ops(&bought)).await;
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
          The billing account mute is not verified: no valid code was entered (e-mail address for the code: unknown).
          → The code goes to the billing account's e-mail address, on record: unknown. If that is unknown or wrong, correct it under Organizations, Billing accounts, and check again. Then enter the code before it runs out.
          request.verified = false (code by e-mail)
          billing_account.user_name = mute (import vendor.json)
          billing_account.email = not known (nobody)
    "#]]
    .assert_eq(&words);
}
