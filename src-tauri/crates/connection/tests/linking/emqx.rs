//! EMQX Cloud, pay as you go. The rules about ending it are no part of linking.

use app::directory::correct::{Correction, FieldValue};
use expect_test::expect;

use crate::ask::by_token;
use crate::story::{HALDEN, NORDIC, Story};

const LISTING: &str = "emqx";

const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "dedicated", "paymentMethod": "none",
         "creditBalance": "0", "creditCurrency": "USD"},
        {"id": "carded", "name": "Carded", "plan": "dedicated", "paymentMethod": "card",
         "creditBalance": "0", "creditCurrency": "USD"},
        {"id": "credited", "name": "Credited", "plan": "dedicated", "paymentMethod": "none",
         "creditBalance": "12.50", "creditCurrency": "USD"},
        {"id": "untold", "name": "Untold", "plan": "dedicated"}
    ]
}"#;

async fn vendor() -> Story {
    Story::with_directory(VENDOR).await
}

#[tokio::test(flavor = "multi_thread")]
async fn em_1_no_credit_card() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let words = story
        .is_refused(by_token(&bought).to("organization:carded"), "EM-1")
        .await;
    expect![[r#"
        EM-1 refuse
          A credit card is set up for Carded.
          → The account's owner removes the card under Billing. Then bring the directory up to date and check again.
          organization.payment_method = card (import vendor.json)
          organization.name = Carded (import vendor.json)
    "#]]
    .assert_eq(&words);
    story
        .links_at_once(by_token(&bought).to("organization:halden"))
        .await;
    assert_eq!(story.state(&bought.agreement_id), "active");
}

/// What a person corrected is evidence of ours, and never passes for the vendor's.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_corrected_by_hand_decides_and_says_who_says_so() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let correction = Correction {
        kind: domain::EntryKind::Organization,
        key: "halden".to_owned(),
        fields: [(
            "paymentMethod".to_owned(),
            FieldValue::Is("card".to_owned()),
        )]
        .into(),
        reason: "seen on the account's billing page".to_owned(),
    };
    story.connection.correct(&correction).unwrap();
    let words = story
        .is_refused(by_token(&bought).to("organization:halden"), "EM-1")
        .await;
    expect![[r#"
        EM-1 refuse
          A credit card is set up for Halden Freight.
          → The account's owner removes the card under Billing. Then bring the directory up to date and check again.
          organization.payment_method = card (Bindery)
          organization.name = Halden Freight (import vendor.json)
    "#]]
    .assert_eq(&words);
    // The vendor has the last word.
    story.directory(VENDOR);
    story
        .links_at_once(by_token(&bought).to("organization:halden"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn em_2_no_available_credits() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let words = story
        .is_refused(by_token(&bought).to("organization:credited"), "EM-2")
        .await;
    expect![[r#"
        EM-2 refuse
          Credited still has available credits of USD 12.50.
          → Wait until the credits are used up, or have them taken back from the account. Then bring the directory up to date and check again.
          organization.credit_balance = USD 12.50 (import vendor.json)
          organization.name = Credited (import vendor.json)
    "#]]
    .assert_eq(&words);
    story
        .links_at_once(by_token(&bought).to("organization:halden"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn em_3_not_linked_to_a_marketplace_product_yet() {
    let story = vendor().await;
    let first = story.subscribes(LISTING, HALDEN).await;
    story
        .links_at_once(by_token(&first).to("organization:halden"))
        .await;
    let second = story.subscribes(LISTING, NORDIC).await;
    let words = story
        .is_refused(by_token(&second).to("organization:halden"), "EM-3")
        .await;
    expect![[r#"
        EM-3 refuse
          Halden Freight is already linked to AWS account 222233334444 for EMQX Cloud (Pay as you go), agreement agmt-1.
          → Keep that link, let the buyer cancel that subscription first, or link another EMQX account.
          links[0].account = 222233334444; agreement = agmt-1; listing = EMQX Cloud (Pay as you go); owners = ; same_account = false; same_group = true; same_license = false; same_target = true; state = active; target_id = halden; target_name = Halden Freight (Bindery)
          organization.id = halden (import vendor.json)
          organization.name = Halden Freight (import vendor.json)
    "#]].assert_eq(&words);
    // The account may have another one.
    story
        .links_at_once(by_token(&second).to("new-organization:Nordic Maps"))
        .await;
    assert_eq!(story.held().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn em_4_anything_else_goes_to_a_ticket_with_a_bundle() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    // Nobody told whether there is a card or a credit: that is no pass.
    let plan = story
        .plans(by_token(&bought).to("organization:untold"))
        .await;
    expect![[r#"
        EM-1 unknown
          Not known yet: organization.payment_method.
          → Look it up again, or bring the data up to date, then plan again.
          organization.payment_method = not known (nobody)
          organization.name = Untold (import vendor.json)
        EM-2 unknown
          Not known yet: organization.credit_balance.
          → Look it up again, or bring the data up to date, then plan again.
          organization.credit_balance = not known (nobody)
          organization.name = Untold (import vendor.json)
    "#]]
    .assert_eq(&story.verdicts(&plan));
    let failure = story.executes(&plan).await.unwrap_err();
    expect!["it is not known whether EM-1, EM-2 holds"].assert_eq(&failure.message);
    assert_eq!(story.held(), [""; 0]);

    let id = domain::PlanId::parse(&plan.id).unwrap();
    let advice = story.connection.plan(&id).unwrap().plan.advice;
    assert_eq!(advice.len(), 1);
    assert!(advice[0].support_bundle);
    expect!["If none of the known causes explains it, open a ticket and attach the support bundle; secrets are taken out of it."].assert_eq(&advice[0].text.en);
}

#[tokio::test(flavor = "multi_thread")]
async fn em_5_linking_waits_for_aws_and_only_then_the_payment_method_changes() {
    let story = vendor().await;
    let bought = story.subscribes_just_now(LISTING, HALDEN).await;
    let plan = story
        .plans(by_token(&bought).to("organization:halden"))
        .await;
    expect![[r#"
        Check agreement agmt-1 [Now]
        Bind license l-1ba08ac62c4f55dfe2dccffe4f7d2db2:  → Halden Freight [Now]
        Await license  [Now]
        Set organization.payment_method Halden Freight: none → aws-marketplace [Active]
        Set organization.payment_reference Halden Freight: ? → agmt-1 · AWS 222233334444 [Active]
    "#]]
    .assert_eq(&story.steps(&plan));
    story.links(&plan).await;
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");
    assert_eq!(story.pays("halden"), "none () on dedicated");
    expect!["Waiting for AWS to finish syncing. AWS reports the license as PENDING; the payment method changes when it is provisioned."].assert_eq(&story.said(&bought.agreement_id));

    // A sync changes nothing as long as AWS is at it.
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");

    story.advance("2m").await;
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    expect!["aws-marketplace (agmt-1 · AWS 222233334444) on dedicated"]
        .assert_eq(&story.pays("halden"));
    expect!["Your EMQX Cloud account Halden Freight is linked to AWS account 222233334444 (agreement agmt-1). The Payment Method on the Billing page now reads “AWS Marketplace Subscription”."].assert_eq(&story.said(&bought.agreement_id));
    expect![[r#"
        link opened
        link closed done
        activate noted done"#]]
    .assert_eq(&story.audit(&bought.agreement_id).join("\n"));
}
