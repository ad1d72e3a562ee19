//! ClickHouse Cloud, Committed Contract.

use app::plan::Outcome;
use expect_test::expect;
use sandbox::{Registration, Subscribe};

use crate::ask::by_token;
use crate::clickhouse::{OneEach, not_verified_yet, only_an_admin_links, registers, vendor};
use crate::story::{HALDEN, NORDIC, Story, entering, linked};

/// A contract by private offer, granted.
async fn contract(story: &Story, account: &str, value: &str) -> Registration {
    let bought = story
        .accepts_offer("clickhouse-committed", account, value)
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
    let words = story
        .is_refused(by_token(&public).for_halden(), "CC-1")
        .await;
    expect![[r#"
        CC-1 refuse
          Agreement agmt-1 was made on the public offer offer-9u5qu0yxyneoe; a committed contract comes by private offer only.
          → Have sales send the buyer a private offer and link the agreement that comes of it, or link a Pay As You Go agreement instead.
          offer.private = false (AWS DescribeEntity)
          offer.id = offer-9u5qu0yxyneoe (AWS SearchAgreements)
          agreement.id = agmt-1 (AWS SearchAgreements)
    "#]].assert_eq(&words);

    let private = contract(&story, HALDEN, "120000").await;
    story.links_at_once(by_token(&private).for_halden()).await;
    assert_eq!(story.state(&private.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_2_an_admin_of_the_organization_links_it() {
    let story = vendor().await;
    let bought = contract(&story, HALDEN, "120000").await;
    only_an_admin_links("CC-2", &story, &bought).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_3_one_account_one_contract_one_organization_apart_from_pay_as_you_go() {
    let story = vendor().await;
    // Pay as you go is counted apart: it is not in the contract's way.
    let payg = story.subscribes("clickhouse-payg", HALDEN).await;
    story.links_at_once(by_token(&payg).for_halden()).await;
    let first = contract(&story, HALDEN, "120000").await;
    story.links_at_once(by_token(&first).for_halden()).await;

    let rule = OneEach {
        rule: "CC-3",
        link: "links[1]",
        agreement: "agmt-2",
        listing: "ClickHouse Cloud - Committed Contract",
    };
    let again = async |account: &str| contract(&story, account, "50000").await;
    rule.is_kept(&story, again).await;
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
    story.links_at_once(by_token(&bought).for_nordic()).await;
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
    expect!["The contract over USD 120000.00, until 2027-11-20 09:00 UTC, is accepted but not set up, so no organization can draw on it. The buyer clicks “Set up your account”, or you link it here."].assert_eq(&story.advice(&bought.registration_token).await);

    story.links_at_once(by_token(&bought).for_halden()).await;
    assert_eq!(waits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn cc_6_a_new_user_registers() {
    let story = vendor().await;
    let bought = contract(&story, HALDEN, "120000").await;
    let ask = registers(&bought)
        .answer("member.name", "Nia Berg")
        .answer("member.country", "NO");
    expect![[r#"
        member.company: Company is missing
        member.use: What ClickHouse will be used for is missing"#]]
    .assert_eq(&story.lacks(&ask).await);

    let ask = ask
        .answer("member.company", "Halden Freight AS")
        .answer("member.use", "Logistics dashboards");
    let plan = story.plans(ask).await;
    assert_eq!(plan.outcome, Outcome::Ready);
    assert_eq!(story.verdicts(&plan), not_verified_yet("CC-6"));
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
    story.links_at_once(by_token(&bought).for_halden()).await;
    expect!["aws-marketplace (agmt-1 · AWS 222233334444 · USD 120000.00 · 2027-11-20 09:00 UTC) on scale"].assert_eq(&story.pays("halden"));
    expect!["Halden Freight is connected to your committed contract (agreement agmt-1, USD 120000.00, until 2027-11-20 09:00 UTC). From now on all usage is billed through AWS account 222233334444. You can see this on the organization's billing page."].assert_eq(&story.said(&bought.agreement_id));
}
