//! ClickHouse Cloud, Committed Contract.

use app::plan::Outcome;
use expect_test::expect;
use sandbox::{Registration, Subscribe};

use crate::ask::by_token;
use crate::story::{HALDEN, NORDIC, Story, entering, linked};

const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "none", "openInvoices": 0},
        {"id": "nordic", "name": "Nordic Maps", "plan": "scale", "paymentMethod": "none", "openInvoices": 2}
    ],
    "members": [
        {"organization": "halden", "email": "ada@halden.example", "role": "admin", "verified": true},
        {"organization": "halden", "email": "dev@halden.example", "role": "developer", "verified": true},
        {"organization": "nordic", "email": "kai@nordic.example", "role": "admin", "verified": true}
    ]
}"#;

async fn vendor() -> Story {
    let story = Story::new().await;
    story.directory(VENDOR);
    story
}

/// A contract by private offer, granted.
async fn contract(story: &Story, account: &str, value: &str) -> Registration {
    let bought = story
        .buys(&Subscribe {
            listing: "clickhouse-committed".to_owned(),
            account: account.to_owned(),
            private_offer: true,
            value: Some(value.to_owned()),
            ..Subscribe::default()
        })
        .await;
    story.advance("2m").await;
    story.sync().await;
    bought
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_1_only_by_private_offer() {
    let story = vendor().await;
    let public = story
        .buys(&Subscribe {
            listing: "clickhouse-committed".to_owned(),
            account: HALDEN.to_owned(),
            ..Subscribe::default()
        })
        .await;
    let ask = by_token(&public)
        .to("organization:halden")
        .member("ada@halden.example");
    let words = story.is_refused(ask, "CC-1").await;
    expect![[r#"
        CC-1 refuse
          Agreement agmt-1 was made on the public offer offer-9u5qu0yxyneoe; a committed contract comes by private offer only.
          → Let sales send the buyer a private offer, or link a Pay As You Go agreement instead.
          offer.private = false (AWS DescribeEntity)
          offer.id = offer-9u5qu0yxyneoe (AWS SearchAgreements)
          agreement.id = agmt-1 (AWS SearchAgreements)
    "#]].assert_eq(&words);

    let private = contract(&story, HALDEN, "120000").await;
    let ask = by_token(&private)
        .to("organization:halden")
        .member("ada@halden.example");
    story.links_at_once(ask).await;
    assert_eq!(story.state(&private.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_2_an_admin_of_the_organization_links_it() {
    let story = vendor().await;
    let bought = contract(&story, HALDEN, "120000").await;
    let ask = by_token(&bought).to("organization:halden");
    let words = story
        .is_refused(ask.clone().member("dev@halden.example"), "CC-2")
        .await;
    expect![[r#"
        CC-2 refuse
          dev@halden.example is not an admin of Halden Freight (role: developer).
          → An admin of Halden Freight makes the person an admin, or links it himself.
          member.role = developer (import vendor.json)
          member.email = dev@halden.example (import vendor.json)
          organization.name = Halden Freight (import vendor.json)
    "#]]
    .assert_eq(&words);
    story.links_at_once(ask.member("ada@halden.example")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_3_one_account_one_contract_one_organization_apart_from_pay_as_you_go() {
    let story = vendor().await;
    // Pay as you go is counted apart: it is not in the contract's way.
    let payg = story.subscribes("clickhouse-payg", HALDEN).await;
    let ask = by_token(&payg)
        .to("organization:halden")
        .member("ada@halden.example");
    story.links_at_once(ask).await;
    let first = contract(&story, HALDEN, "120000").await;
    let ask = by_token(&first)
        .to("organization:halden")
        .member("ada@halden.example");
    story.links_at_once(ask).await;

    let second = contract(&story, HALDEN, "50000").await;
    let elsewhere = by_token(&second)
        .to("organization:nordic")
        .member("kai@nordic.example");
    let words = story.is_refused(elsewhere, "CC-3").await;
    expect![[r#"
        CC-3 refuse
          AWS account 222233334444 is already linked to Halden Freight (agreement agmt-2).
          → Use Halden Freight, or end that link first. Another organization needs another AWS account.
          links[1].account = 222233334444; agreement = agmt-2; listing = ClickHouse Cloud - Committed Contract; owners = ; same_account = true; same_group = true; same_license = false; same_target = false; state = active; target_id = halden; target_name = Halden Freight (Bindery)
          account.id = 222233334444 (AWS ResolveCustomer)
          organization.id = nordic (import vendor.json)
    "#]].assert_eq(&words);

    let other = contract(&story, NORDIC, "50000").await;
    let same = by_token(&other)
        .to("organization:halden")
        .member("ada@halden.example");
    let words = story.is_refused(same, "CC-3").await;
    expect![[r#"
        CC-3 refuse
          AWS account 222233334444 is already linked to Halden Freight (agreement agmt-2).
          → Use Halden Freight, or end that link first. Another organization needs another AWS account.
          links[1].account = 222233334444; agreement = agmt-2; listing = ClickHouse Cloud - Committed Contract; owners = ; same_account = false; same_group = true; same_license = false; same_target = true; state = active; target_id = halden; target_name = Halden Freight (Bindery)
          account.id = 444455556666 (AWS ResolveCustomer)
          organization.id = halden (import vendor.json)
    "#]].assert_eq(&words);

    let own = by_token(&other)
        .to("organization:nordic")
        .member("kai@nordic.example");
    story.links_at_once(own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_4_the_permissions_the_buyer_lacks_are_named() {
    let story = vendor().await;
    story.sync().await;
    let found = story.connection.identify_buyer(NORDIC).await.unwrap();
    assert!(found.candidates.is_empty());
    let items: Vec<String> = found.advice.into_iter().flat_map(|it| it.items).collect();
    assert_eq!(
        items,
        [
            "AWSMarketplaceRead-only",
            "AWSMarketplaceManageSubscriptions",
            "AWSMarketplaceFullAccess",
            "aws-marketplace:ListPrivateListings",
            "aws-marketplace:ViewSubscriptions",
        ]
    );

    // Once the offer was accepted there is nothing to grant any more, and the contract can be linked.
    let bought = contract(&story, NORDIC, "50000").await;
    let found = story.connection.identify_buyer(NORDIC).await.unwrap();
    assert_eq!((found.candidates.len(), found.advice.len()), (1, 0));
    let ask = by_token(&bought)
        .to("organization:nordic")
        .member("kai@nordic.example");
    story.links_at_once(ask).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_5_a_contract_that_is_not_set_up_is_in_the_queue_with_value_and_end() {
    let story = vendor().await;
    let bought = contract(&story, HALDEN, "120000").await;
    let waits = || {
        story.matched(&format!(
            "link:none status:active account:{HALDEN} value:120000"
        ))
    };
    assert_eq!(waits(), 1);
    let found = story
        .connection
        .identify_buyer(&bought.registration_token)
        .await
        .unwrap();
    let advice: Vec<&str> = found.advice.iter().map(|it| it.text.en.as_str()).collect();
    expect!["The contract over USD 120000.00, until 2027-11-20 09:00 UTC, is accepted but not set up, so no organization can draw on it. The buyer clicks “Set up your account”, or you link it here."].assert_eq(&advice.join("\n"));

    let ask = by_token(&bought)
        .to("organization:halden")
        .member("ada@halden.example");
    story.links_at_once(ask).await;
    assert_eq!(waits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_6_a_new_user_registers() {
    let story = vendor().await;
    let bought = contract(&story, HALDEN, "120000").await;
    let ask = by_token(&bought)
        .to("new-organization:Halden Analytics")
        .member("new@halden.example")
        .answer("member.name", "Nia Berg")
        .answer("member.country", "NO");
    let failure = story.tries_to_plan(ask.clone()).await.unwrap_err();
    let fields: Vec<&str> = failure
        .fields
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "Company is missing",
            "What ClickHouse will be used for is missing"
        ]
    );

    let ask = ask
        .answer("member.company", "Halden Freight AS")
        .answer("member.use", "Logistics dashboards");
    let plan = story.plans(ask).await;
    assert_eq!(plan.outcome, Outcome::Ready);
    expect![[r#"
        CC-6 unknown
          Not known yet: member.email_verified.
          → Look it up again, or bring the data up to date, then plan again.
          member.email_verified = not known (nobody)
          member.company = Halden Freight AS (the person at the console)
          member.country = NO (the person at the console)
          member.use = Logistics dashboards (the person at the console)
          member.email = new@halden.example (the person at the console)
    "#]]
    .assert_eq(&story.verdicts(&plan));
    story.executes(&plan).await.unwrap();
    story
        .executes_with(&plan, &entering("12345"))
        .await
        .unwrap_err();
    assert_eq!(story.held(), [""; 0]);
    let code = story.code("new@halden.example").await;
    linked(story.executes_with(&plan, &entering(&code)).await.unwrap());
    assert_eq!(story.state(&bought.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_7_the_organization_draws_on_the_contract() {
    let story = vendor().await;
    let bought = contract(&story, HALDEN, "120000").await;
    let ask = by_token(&bought)
        .to("organization:halden")
        .member("ada@halden.example");
    story.links_at_once(ask).await;
    expect!["aws-marketplace (agmt-1 · AWS 222233334444 · USD 120000.00 · 2027-11-20 09:00 UTC) on scale"].assert_eq(&story.pays("halden"));
    expect!["Halden Freight is connected to your committed contract (agreement agmt-1, USD 120000.00, until 2027-11-20 09:00 UTC). From now on all usage is billed through AWS account 222233334444. You can see this on the organization's billing page."].assert_eq(&story.said(&bought.agreement_id));
}
