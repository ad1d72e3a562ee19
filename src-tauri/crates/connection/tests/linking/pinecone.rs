//! Pinecone, pay as you go.

use expect_test::expect;

use crate::ask::by_token;
use crate::story::{HALDEN, NORDIC, Story};

const LISTING: &str = "pinecone";

const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "starter", "paymentMethod": "none", "authenticationMethod": "google"},
        {"id": "nordic", "name": "Nordic Maps", "plan": "starter", "paymentMethod": "none", "authenticationMethod": "google"},
        {"id": "paid", "name": "Paid Already", "plan": "standard", "paymentMethod": "card", "authenticationMethod": "google"}
    ],
    "members": [
        {"organization": "halden", "email": "ada@halden.example", "role": "owner", "verified": true, "authenticationMethod": "google"},
        {"organization": "halden", "email": "otto@halden.example", "role": "owner", "verified": true, "authenticationMethod": "sso"},
        {"organization": "halden", "email": "bill@halden.example", "role": "billing-admin", "verified": true, "authenticationMethod": "google"},
        {"organization": "nordic", "email": "kai@nordic.example", "role": "owner", "verified": true, "authenticationMethod": "google"},
        {"organization": "paid", "email": "ada@halden.example", "role": "owner", "verified": true, "authenticationMethod": "google"}
    ]
}"#;

async fn vendor() -> Story {
    Story::with_directory(VENDOR).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pc_1_an_owner_connects() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought).to("organization:halden");
    let words = story
        .is_refused(ask.clone().member("bill@halden.example"), "PC-1")
        .await;
    expect![[r#"
        PC-1 refuse
          bill@halden.example is not an owner of Halden Freight (role: billing-admin).
          → An owner connects it, or makes the person an owner. Owners on record: ada@halden.example, otto@halden.example. Once the role is changed, bring the directory up to date and check again.
          member.role = billing-admin (import vendor.json)
          member.email = bill@halden.example (import vendor.json)
          organization.name = Halden Freight (import vendor.json)
          organization.owners = ada@halden.example, otto@halden.example (import vendor.json)
    "#]].assert_eq(&words);
    story.links_at_once(ask.member("ada@halden.example")).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn pc_2_only_organizations_on_starter() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought).member("ada@halden.example");
    let words = story
        .is_refused(ask.clone().to("organization:paid"), "PC-2")
        .await;
    expect![[r#"
        PC-2 refuse
          Paid Already is on the standard plan; only organizations on the Starter plan can be connected.
          → Choose an organization on the Starter plan, or create a new one.
          organization.plan = standard (import vendor.json)
          organization.name = Paid Already (import vendor.json)
    "#]]
    .assert_eq(&words);
    story.links_at_once(ask.to("organization:halden")).await;
    expect!["aws-marketplace (agmt-1 · AWS 222233334444) on standard"]
        .assert_eq(&story.pays("halden"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pc_3_the_same_authentication_method() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought).to("organization:halden");
    let words = story
        .is_refused(ask.clone().member("otto@halden.example"), "PC-3")
        .await;
    expect![[r#"
        PC-3 refuse
          otto@halden.example signs in with sso, but Halden Freight uses google.
          → The person clicks “Set up your account” again and signs in with google.
          member.authentication_method = sso (import vendor.json)
          organization.authentication_method = google (import vendor.json)
          member.email = otto@halden.example (import vendor.json)
          organization.name = Halden Freight (import vendor.json)
    "#]]
    .assert_eq(&words);
    story.links_at_once(ask.member("ada@halden.example")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pc_4_no_second_organization_and_the_owners_are_asked_for_an_invitation() {
    let story = vendor().await;
    let first = story.subscribes(LISTING, HALDEN).await;
    story.links_at_once(by_token(&first).for_halden()).await;

    let second = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&second).for_nordic();
    let words = story.is_refused(ask.clone(), "PC-4").await;
    expect![[r#"
        PC-4 refuse
          AWS account 222233334444 is already linked to Halden Freight (owners: ada@halden.example, otto@halden.example). Setting up again creates no second linked organization.
          → Send the owners of Halden Freight the request for an invitation below. A separate organization needs an AWS account of its own.
          links[0].account = 222233334444; agreement = agmt-1; listing = Pinecone - Pay as you go; owners = ada@halden.example, otto@halden.example; same_account = true; same_group = true; same_license = false; same_target = false; state = active; target_id = halden; target_name = Halden Freight (Bindery)
          account.id = 222233334444 (AWS ResolveCustomer)
    "#]].assert_eq(&words);
    let plan = story.plans(ask).await;
    let refusal = plan.refusals().find(|it| it.rule == "PC-4").unwrap();
    expect!["Hello ada@halden.example, otto@halden.example, somebody would like to use Pinecone through AWS account 222233334444, which is connected to your organization Halden Freight. Could you please invite them to it? Their address: kai@nordic.example. Thank you."].assert_eq(&refusal.to_buyer.as_ref().unwrap().en);

    // Neither does a new organization come of it.
    let ask = by_token(&second)
        .to("new-organization:Halden Search")
        .member("kai@nordic.example")
        .answer("organization.authentication_method", "google");
    story.is_refused(ask, "PC-4").await;
    assert_eq!(story.organization_called("Halden Search"), [""; 0]);

    let other = story.subscribes(LISTING, NORDIC).await;
    story.links_at_once(by_token(&other).for_nordic()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pc_5_a_new_organization_connected_to_aws() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought)
        .to("new-organization:Halden Search")
        .member("new@halden.example");
    let failure = story.tries_to_plan(ask.clone()).await.unwrap_err();
    assert_eq!(failure.message, "Authentication method is missing");

    let ask = ask.answer("organization.authentication_method", "google");
    let plan = story.plans(ask).await;
    expect![[r#"
        Check agreement agmt-1 [Now]
        Create organization Halden Search [Now]
        Create member.role new@halden.example: ? → owner [Now]
        Bind license l-1ba08ac62c4f55dfe2dccffe4f7d2db2:  → Halden Search [Now]
        Set organization.payment_method Halden Search: none → aws-marketplace [Now]
        Set organization.payment_reference Halden Search: none → agmt-1 · AWS 222233334444 [Now]
        Set organization.plan Halden Search: none → standard [Now]
    "#]]
    .assert_eq(&story.steps(&plan));
    let record = story.links(&plan).await;
    let made = story.organization_called("Halden Search");
    assert_eq!(made, [record.link.target.id.as_str()]);
    assert_eq!(
        story.members(&made[0]),
        ["new@halden.example owner not verified"]
    );
    expect!["aws-marketplace (agmt-1 · AWS 222233334444) on standard"]
        .assert_eq(&story.pays(&made[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn pc_6_a_confirmation_in_the_buyers_language() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    story.links_at_once(by_token(&bought).for_halden()).await;
    let (_, words) = story.connection.link_of(&bought.agreement_id).unwrap();
    let words = words.confirmation.unwrap();
    let said = story.named(&[words.en, words.ko, words.zh].join("\n"));
    expect![[r#"
        Your Pinecone organization Halden Freight is connected to AWS Marketplace (agreement agmt-1). Usage is billed through AWS account 222233334444 from now on.
        Pinecone 조직 Halden Freight이(가) AWS Marketplace에 연결되었습니다(계약 agmt-1). 이제 사용량은 AWS 계정 222233334444(으)로 청구됩니다.
        您的 Pinecone 组织 Halden Freight 已连接到 AWS Marketplace（协议 agmt-1）。此后用量将通过 AWS 账户 222233334444 计费。"#]].assert_eq(&said);
}

#[tokio::test(flavor = "multi_thread")]
async fn pc_7_for_a_commitment_the_buyer_is_sent_to_sales() {
    let story = vendor().await;
    let committed = story.accepts_offer(LISTING, HALDEN, "50000").await;
    expect![[r#"
        This listing is pay as you go. For an annual commitment the buyer contacts Pinecone's sales team.
        Subscribed, but no organization is connected yet."#]].assert_eq(&story.advice(&committed.registration_token).await);

    let usage = story.subscribes(LISTING, NORDIC).await;
    expect!["Subscribed, but no organization is connected yet."]
        .assert_eq(&story.advice(&usage.registration_token).await);
    story.links_at_once(by_token(&usage).for_nordic()).await;
}
