//! Tokens and agreements as they come: old, used, ended, renewed, several, none.

use app::FailureKind;
use app::link::BuyerEntered;
use app::plan::Outcome;
use expect_test::expect;
use store::table::registration::Resolved;

use crate::ask::{Ask, by_agreement, by_token};
use crate::story::{HALDEN, NORDIC, Story, agreement, linked};

/// Organizations that fit every policy, with an admin and an owner.
const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "starter", "paymentMethod": "none",
         "authenticationMethod": "google", "creditBalance": "0", "creditCurrency": "USD", "openInvoices": 0},
        {"id": "nordic", "name": "Nordic Maps", "plan": "starter", "paymentMethod": "none",
         "authenticationMethod": "google", "creditBalance": "0", "creditCurrency": "USD", "openInvoices": 0}
    ],
    "members": [
        {"organization": "halden", "email": "ada@halden.example", "role": "admin", "verified": true, "authenticationMethod": "google"},
        {"organization": "halden", "email": "olga@halden.example", "role": "owner", "verified": true, "authenticationMethod": "google"},
        {"organization": "halden", "email": "new@halden.example", "role": "admin", "verified": false},
        {"organization": "nordic", "email": "kai@nordic.example", "role": "admin", "verified": true}
    ],
    "billingAccounts": [{"userName": "halden", "email": "billing@halden.example"}]
}"#;

pub(crate) async fn vendor() -> Story {
    Story::with_directory(VENDOR).await
}

async fn product_code(story: &Story, listing: &str) -> String {
    let listings = story.control.status().await.unwrap().listings;
    let mut of = listings.into_iter().filter(|it| it.id == listing);
    of.next().unwrap().product_code
}

/// AWS's answer to a token, kept as if it had been given.
async fn told_by_aws(
    story: &Story,
    listing: &str,
    account: &str,
    of: Option<&str>,
) -> BuyerEntered {
    let hash = [7; 32];
    let answer = Resolved {
        account: domain::AccountId::parse(account).unwrap(),
        code: domain::ProductCode::parse(&product_code(story, listing).await).unwrap(),
        agreement: of.map(agreement),
        license: None,
        customer: None,
        at: story.connection.clock().now(),
    };
    let keep = |write: &mut store::Write<'_>| write.put_registration(&hash, &answer);
    story.connection.store().write(keep).unwrap();
    BuyerEntered::Resolved(hash)
}

fn by(buyer: BuyerEntered) -> Ask {
    let mut ask = by_agreement("");
    ask.0.buyer = buyer;
    ask
}

/// How AWS's refusal of a token is told.
async fn refused_token(story: &Story, ask: Ask) -> String {
    let failure = story.tries_to_plan(ask.for_halden()).await.unwrap_err();
    assert!(failure.request.is_some(), "AWS's request id is told");
    format!(
        "{}: {}\n→ {}",
        failure.kind.word(),
        failure.message,
        failure.hint().unwrap_or_default()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_told_from_an_invalid_one() {
    let story = vendor().await;
    story.control.set_token_lifetime("1h").await.unwrap();
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    story.advance("2h").await;
    expect![[r#"
        refused: ResolveCustomer: the registration token has expired: The submitted registration token has expired
        → Ask the buyer to open the subscription in the AWS console and choose “Set up your account” again: the link is good for some hours at most."#]].assert_eq(&refused_token(&story, by_token(&bought)).await);

    let mut forged = bought.clone();
    forged.registration_token.push('x');
    expect![[r#"
        refused: ResolveCustomer: AWS does not know the registration token: it is none of this seller account's, or a newer one took its place: Registration token is invalid
        → Ask the buyer to open the subscription in the AWS console, choose “Set up your account” again, and send the new link. Check, too, that the product belongs to this connection's seller account."#]].assert_eq(&refused_token(&story, by_token(&forged)).await);

    // The buyer opens “Set up your account” again.
    let again = story.control.set_up(&bought.agreement_id).await.unwrap();
    story.links_at_once(by_token(&again).for_halden()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superseded_token_is_refused_and_the_newer_one_links() {
    let story = vendor().await;
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    let newer = story.control.set_up(&bought.agreement_id).await.unwrap();
    expect![[r#"
        refused: ResolveCustomer: the registration token has expired: The submitted registration token has expired
        → Ask the buyer to open the subscription in the AWS console and choose “Set up your account” again: the link is good for some hours at most."#]].assert_eq(&refused_token(&story, by_token(&bought)).await);
    story.links_at_once(by_token(&newer).for_halden()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_used_links_nothing_twice() {
    let story = vendor().await;
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    let plan = story.plans(by_token(&bought).for_halden()).await;
    let first = story.links(&plan).await;
    // The same plan again is the same link.
    let again = linked(story.executes(&plan).await.unwrap());
    assert_eq!(again, first);
    let (history, _) = story.connection.link_of(&bought.agreement_id).unwrap();
    let states: Vec<&str> = history.iter().map(|it| it.link.state.word()).collect();
    assert_eq!(states, ["active", "awaiting-aws"]);

    // The same token in another plan is refused by the link that is there.
    let words = story
        .is_refused(by_token(&bought).for_nordic(), "BASE-4")
        .await;
    expect![[r#"
        BASE-4 refuse
          This license is already linked to Halden Freight (agreement agmt-1).
          → Nothing needs to be linked. A renewal keeps the link by itself; to move it, take the link away first.
          links[0].account = 222233334444; agreement = agmt-1; listing = ClickHouse Cloud - Pay As You Go; owners = olga@halden.example; same_account = true; same_group = true; same_license = true; same_target = false; state = active; target_id = halden; target_name = Halden Freight (Bindery)
    "#]].assert_eq(&words);
    assert_eq!(
        story.state(&bought.agreement_id),
        "active",
        "a refusal is no change"
    );
    // And what is withdrawn too late was carried out.
    let id = domain::PlanId::parse(&plan.id).unwrap();
    let failure = story
        .connection
        .withdraw_plan(&id)
        .await
        .unwrap_err()
        .failure();
    assert_eq!(
        failure.message,
        "the plan was carried out before, and cannot be carried out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_product_than_its_agreement_is_refused() {
    let story = vendor().await;
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    // AWS never mixes them up, as far as anybody knows; so an answer is kept that does.
    let mixed = told_by_aws(&story, "emqx", HALDEN, Some(&bought.agreement_id)).await;
    let failure = story
        .tries_to_plan(by(mixed).for_halden())
        .await
        .unwrap_err();
    let code = product_code(&story, "emqx").await;
    let told = story.named(&failure.message).replace(&code, "EMQX'S CODE");
    expect!["AWS says that the registration is for the product EMQX'S CODE, and its agreement agmt-1 is for another"].assert_eq(&told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_follows_its_chain_into_the_renewal() {
    let story = vendor().await;
    let bought = story.subscribes("clickhouse-committed", HALDEN).await;
    story.links_at_once(by_token(&bought).for_halden()).await;
    let next = story.control.renew(&bought.agreement_id).await.unwrap();
    story.names(&next.agreement_id);
    story.advance("2m").await;
    story.sync().await;
    assert_eq!(
        story.state(&next.agreement_id),
        "active",
        "nothing is revoked"
    );
    assert_eq!(
        story.matched(&format!("link:none status:active account:{HALDEN}")),
        0
    );

    // Nothing needs to be linked again.
    let renewed = story.control.set_up(&next.agreement_id).await.unwrap();
    let words = story
        .is_refused(by_token(&renewed).for_halden(), "BASE-4")
        .await;
    expect![[r#"
        BASE-4 refuse
          This license is already linked to Halden Freight (agreement agmt-1).
          → Nothing needs to be linked. A renewal keeps the link by itself; to move it, take the link away first.
          links[0].account = 222233334444; agreement = agmt-1; listing = ClickHouse Cloud - Committed Contract; owners = olga@halden.example; same_account = true; same_group = true; same_license = true; same_target = true; state = active; target_id = halden; target_name = Halden Freight (Bindery)
    "#]].assert_eq(&words);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_waits_comes_into_force_by_the_successors_license() {
    let story = vendor().await;
    let bought = story
        .subscribes_just_now("clickhouse-committed", HALDEN)
        .await;
    story.links_at_once(by_token(&bought).for_halden()).await;
    assert_eq!(story.state(&bought.agreement_id), "awaiting-aws");
    let next = story.control.renew(&bought.agreement_id).await.unwrap();
    story.names(&next.agreement_id);
    story.advance("5m").await;
    story.sync().await;
    assert_eq!(story.state(&next.agreement_id), "active");
    let pays = story.pays("halden");
    assert!(pays.starts_with("aws-marketplace (agmt-2 "), "{pays}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cancelled_subscribes_again_and_is_linked_to_the_same_organization() {
    let story = vendor().await;
    let first = story.subscribes("clickhouse-payg", HALDEN).await;
    story.links_at_once(by_token(&first).for_halden()).await;
    story.control.cancel(&first.agreement_id).await.unwrap();
    let second = story.subscribes("clickhouse-payg", HALDEN).await;
    let record = story.links_at_once(by_token(&second).for_halden()).await;
    assert_eq!(record.link.target.id, "halden");
    assert_eq!(story.state(&second.agreement_id), "active");
    assert_eq!(
        story.pays("halden"),
        "aws-marketplace (agmt-2 · AWS 222233334444) on starter"
    );

    // Whoever comes third meets the new link.
    let third = story.subscribes("clickhouse-payg", NORDIC).await;
    story
        .is_refused(by_token(&third).for_halden(), "CP-2")
        .await;
    // And the agreement that is over is linked no more.
    let words = story.is_refused(by_agreement(&first.agreement_id).for_nordic(), "BASE-1");
    expect![[r#"
        BASE-1 refuse
          Agreement agmt-1 is not in force: AWS reports CANCELLED.
          → Ask the buyer to subscribe again, then link the new agreement.
          agreement.status = CANCELLED (AWS SearchAgreements)
          agreement.id = agmt-1 (AWS SearchAgreements)
    "#]]
    .assert_eq(&words.await);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_agreements_of_an_account_are_linked_one_by_one() {
    let story = vendor().await;
    let first = story.subscribes("emqx", HALDEN).await;
    let second = story.subscribes("emqx", HALDEN).await;
    story.links_at_once(by_token(&first).for_halden()).await;
    story.links_at_once(by_token(&second).for_nordic()).await;
    let found = story.connection.identify_buyer(HALDEN).await.unwrap();
    assert_eq!((found.candidates.len(), story.held().len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_token_names_no_agreement_there_must_be_one() {
    let story = vendor().await;
    // A product that predates licenses; of some AWS tells with a token who the buyer is, and no more.
    let first = story.subscribes("guance", HALDEN).await;
    assert_eq!(first.license_arn, None);
    let told = |account| told_by_aws(&story, "guance", account, None);
    let ask = |buyer| by(buyer).to("billing-account:halden");
    let plan = story.plans(ask(told(HALDEN).await)).await;
    assert_eq!(
        (plan.outcome, &plan.asked.buyer.license),
        (Outcome::Ready, &None)
    );
    assert_eq!(plan.asked.buyer.agreement.as_str(), first.agreement_id);

    story.subscribes("guance", HALDEN).await;
    let failure = story
        .tries_to_plan(ask(told(HALDEN).await))
        .await
        .unwrap_err();
    expect!["the buyer has 2 agreements on this listing, and the registration does not say which"]
        .assert_eq(&failure.message);
    let hint = story.named(failure.hint().unwrap_or_default());
    assert!(hint.contains("agmt-1") && hint.contains("agmt-2"), "{hint}");

    let failure = story
        .tries_to_plan(ask(told(NORDIC).await))
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    expect!["AWS knows no agreement of account 444455556666 on “Guance”"]
        .assert_eq(&failure.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_agreement_the_members_address_must_be_verified() {
    let story = vendor().await;
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    let ask = by_agreement(&bought.agreement_id).to("organization:halden");
    let words = story
        .is_refused(ask.clone().member("new@halden.example"), "BASE-3")
        .await;
    expect![[r#"
        BASE-3 refuse
          The e-mail address new@halden.example has not been verified, and there is no registration token.
          → Let the member verify the address, then bring the directory up to date and check again; or link with the buyer's registration link.
          member.email_verified = false (import vendor.json)
          member.email = new@halden.example (import vendor.json)
    "#]].assert_eq(&words);
    // The token says it better.
    story
        .links_at_once(
            by_token(&bought)
                .to("organization:halden")
                .member("new@halden.example"),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_agreement_a_billing_account_is_verified_by_its_code() {
    let story = vendor().await;
    let bought = story.subscribes("guance", HALDEN).await;
    let ask = by_agreement(&bought.agreement_id).to("billing-account:halden");
    story.links_with_code(ask, "billing@halden.example").await;
    assert_eq!(story.held().len(), 1);

    let other = story.subscribes("guance", NORDIC).await;
    let register = by_agreement(&other.agreement_id)
        .to("new-billing-account:nordic")
        .answer("billing_account.email", "new@nordic.example")
        .answer("billing_account.company", "Nordic Maps")
        .answer("billing_account.country", "SE")
        .new_workspace("Maps", "en", "us-oregon");
    story.is_refused(register, "BASE-3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_somebody_typed_proves_nothing() {
    let story = vendor().await;
    story.subscribes("clickhouse-payg", HALDEN).await;
    let mut ask = by_agreement("agmt-x").for_halden();
    ask.0.buyer = BuyerEntered::Anything(HALDEN.to_owned());
    let failure = story.tries_to_plan(ask).await.unwrap_err();
    expect!["an AWS account id that somebody typed does not show who the buyer is"]
        .assert_eq(&failure.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_names_its_agreement() {
    let story = vendor().await;
    let bought = story.subscribes("clickhouse-payg", HALDEN).await;
    let mut ask = by_agreement("").for_halden();
    ask.0.buyer = BuyerEntered::License(bought.license_arn.unwrap());
    let record = story.links_at_once(ask).await;
    assert_eq!(record.link.agreement.as_str(), bought.agreement_id);
}
