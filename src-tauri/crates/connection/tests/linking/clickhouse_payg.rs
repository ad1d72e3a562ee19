//! ClickHouse Cloud, Pay As You Go.

use app::plan::Outcome;
use expect_test::expect;

use crate::ask::{by_agreement, by_token};
use crate::story::{HALDEN, NORDIC, Story, entering, linked};

const LISTING: &str = "clickhouse-payg";

/// Two organizations with an admin each, and somebody who is none.
const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "none"},
        {"id": "nordic", "name": "Nordic Maps", "plan": "scale", "paymentMethod": "none"}
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

#[tokio::test(flavor = "multi_thread")]
async fn cp_1_an_admin_of_the_organization_links_it() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought).to("organization:halden");

    let words = story
        .is_refused(ask.clone().member("dev@halden.example"), "CP-1")
        .await;
    expect![[r#"
        CP-1 refuse
          dev@halden.example is not an admin of Halden Freight (role: developer).
          → An admin of Halden Freight makes the person an admin, or links it himself.
          member.role = developer (import vendor.json)
          member.email = dev@halden.example (import vendor.json)
          organization.name = Halden Freight (import vendor.json)
    "#]]
    .assert_eq(&words);
    let words = story
        .is_refused(ask.clone().member("kai@nordic.example"), "CP-1")
        .await;
    expect![[r#"
        CP-1 refuse
          kai@nordic.example is not an admin of Halden Freight (role: none).
          → An admin of Halden Freight makes the person an admin, or links it himself.
          member.role = none (import vendor.json)
          member.email = kai@nordic.example (import vendor.json)
          organization.name = Halden Freight (import vendor.json)
    "#]]
    .assert_eq(&words);

    story.links_at_once(ask.member("ada@halden.example")).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn cp_2_one_account_one_subscription_one_organization() {
    let story = vendor().await;
    let first = story.subscribes(LISTING, HALDEN).await;
    let of_first = by_token(&first)
        .to("organization:halden")
        .member("ada@halden.example");
    story.links_at_once(of_first).await;

    // The account with a second subscription, to another organization.
    let second = story.subscribes(LISTING, HALDEN).await;
    let elsewhere = by_token(&second)
        .to("organization:nordic")
        .member("kai@nordic.example");
    let words = story.is_refused(elsewhere, "CP-2").await;
    expect![[r#"
        CP-2 refuse
          AWS account 222233334444 is already linked to Halden Freight (agreement agmt-1).
          → Use Halden Freight, or end that link first. Another organization needs another AWS account.
          links[0].account = 222233334444; agreement = agmt-1; listing = ClickHouse Cloud - Pay As You Go; owners = ; same_account = true; same_group = true; same_license = false; same_target = false; state = active; target_id = halden; target_name = Halden Freight (Bindery)
          account.id = 222233334444 (AWS ResolveCustomer)
          organization.id = nordic (import vendor.json)
    "#]].assert_eq(&words);

    // Another account, to the organization that is linked.
    let other = story.subscribes(LISTING, NORDIC).await;
    let same = by_token(&other)
        .to("organization:halden")
        .member("ada@halden.example");
    let words = story.is_refused(same, "CP-2").await;
    expect![[r#"
        CP-2 refuse
          AWS account 222233334444 is already linked to Halden Freight (agreement agmt-1).
          → Use Halden Freight, or end that link first. Another organization needs another AWS account.
          links[0].account = 222233334444; agreement = agmt-1; listing = ClickHouse Cloud - Pay As You Go; owners = ; same_account = false; same_group = true; same_license = false; same_target = true; state = active; target_id = halden; target_name = Halden Freight (Bindery)
          account.id = 444455556666 (AWS ResolveCustomer)
          organization.id = halden (import vendor.json)
    "#]].assert_eq(&words);

    // Another account and another organization have nothing to do with it.
    let own = by_token(&other)
        .to("organization:nordic")
        .member("kai@nordic.example");
    story.links_at_once(own).await;
    assert_eq!(story.held().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn cp_3_what_is_not_set_up_is_in_the_queue_until_it_is_linked() {
    let story = vendor().await;
    story.sync().await;
    let count = || {
        let status = app::query::status(story.connection.store(), story.connection.clock());
        (
            story.matched(&format!("link:none status:active account:{HALDEN}")),
            story.matched(&format!("is:needs-setup account:{HALDEN}")),
            status.unwrap().needs_setup,
        )
    };
    let (_, _, before) = count();
    let bought = story.subscribes(LISTING, HALDEN).await;
    assert_eq!(count(), (1, 1, before + 1));

    let found = story
        .connection
        .identify_buyer(&bought.registration_url)
        .await
        .unwrap();
    let advice: Vec<&str> = found.advice.iter().map(|it| it.text.en.as_str()).collect();
    expect!["Subscribed, but not set up: nothing is billed through AWS yet. The buyer clicks “Set up your account” on the subscription, or you link it here."].assert_eq(&advice.join("\n"));

    // A refusal leaves it where it is.
    let ask = by_token(&bought).to("organization:halden");
    story
        .is_refused(ask.clone().member("dev@halden.example"), "CP-1")
        .await;
    assert_eq!(count().2, before + 1);
    assert_eq!(story.state(&bought.agreement_id), "refused");

    story.links_at_once(ask.member("ada@halden.example")).await;
    assert_eq!(count(), (0, 0, before));
}

#[tokio::test(flavor = "multi_thread")]
async fn cp_4_a_new_member_verifies_the_address_and_tells_about_the_business() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought)
        .to("new-organization:Halden Analytics")
        .member("new@halden.example");

    let failure = story.tries_to_plan(ask.clone()).await.unwrap_err();
    let fields: Vec<String> = failure
        .fields
        .iter()
        .map(|it| format!("{}: {}", it.field, it.message))
        .collect();
    expect![[r#"
        member.name: Name is missing
        member.company: Company is missing
        member.country: Country is missing
        member.use: What ClickHouse will be used for is missing"#]]
    .assert_eq(&fields.join("\n"));

    let ask = ask
        .answer("member.name", "Nia Berg")
        .answer("member.company", "Halden Freight AS")
        .answer("member.country", "NO")
        .answer("member.use", "Logistics dashboards");
    let plan = story.plans(ask).await;
    assert_eq!(plan.outcome, Outcome::Ready);
    expect![[r#"
        CP-4 unknown
          Not known yet: member.email_verified.
          → Look it up again, or bring the data up to date, then plan again.
          member.email_verified = not known (nobody)
          member.company = Halden Freight AS (the person at the console)
          member.country = NO (the person at the console)
          member.use = Logistics dashboards (the person at the console)
          member.email = new@halden.example (the person at the console)
    "#]]
    .assert_eq(&story.verdicts(&plan));
    expect![[r#"
        Check agreement agmt-1 [Now]
        Verify e-mail new@halden.example [Now]
        Create organization Halden Analytics [Now]
        Create member.role Nia Berg: ? → admin [Now]
        Invite member new@halden.example [Now]
        Bind license l-1ba08ac62c4f55dfe2dccffe4f7d2db2:  → Halden Analytics [Now]
        Set organization.payment_method Halden Analytics: none → aws-marketplace [Now]
        Set organization.payment_reference Halden Analytics: none → agmt-1 · AWS 222233334444 [Now]
    "#]]
    .assert_eq(&story.steps(&plan));

    story.executes(&plan).await.unwrap();
    assert_eq!(story.state(&bought.agreement_id), "awaiting-verification");
    let wrong = story
        .executes_with(&plan, &entering("000000"))
        .await
        .unwrap_err();
    expect!["this is not the code that was sent; 4 attempts are left"].assert_eq(&wrong.message);
    assert_eq!(story.held(), [""; 0]);

    let code = story.code("new@halden.example").await;
    linked(story.executes_with(&plan, &entering(&code)).await.unwrap());
    let made = story.organization_called("Halden Analytics");
    assert_eq!(
        story.members(&made[0]),
        ["new@halden.example admin verified"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cp_5_a_new_organization_comes_with_the_link_or_not_at_all() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    // Whoever is a member elsewhere registers no more.
    let ask = by_token(&bought)
        .to("new-organization:Halden Analytics")
        .member("dev@halden.example");
    let plan = story.plans(ask).await;
    assert_eq!(plan.outcome, Outcome::Ready, "{}", story.verdicts(&plan));
    assert_eq!(story.organization_called("Halden Analytics"), [""; 0]);

    // The agreement ends before the plan is carried out: no link, and no organization either.
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.executes(&plan).await.unwrap_err();
    assert_eq!(story.organization_called("Halden Analytics"), [""; 0]);
    assert_eq!(story.held(), [""; 0]);

    let again = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&again)
        .to("new-organization:Halden Analytics")
        .member("dev@halden.example");
    let record = story.links_at_once(ask).await;
    let made = story.organization_called("Halden Analytics");
    assert_eq!(made, [record.link.target.id.as_str()]);
    assert_eq!(
        story.members(&made[0]),
        ["dev@halden.example admin verified"]
    );
    assert_eq!(story.members("halden").len(), 2, "and stays where it was");

    // An existing one is a target as well.
    let other = story.subscribes(LISTING, NORDIC).await;
    let ask = by_token(&other)
        .to("organization:nordic")
        .member("kai@nordic.example");
    story.links_at_once(ask).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cp_6_the_organization_pays_through_aws_and_says_so() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_agreement(&bought.agreement_id)
        .to("organization:halden")
        .member("ada@halden.example");
    let plan = story.plans(ask).await;
    expect![[r#"
        Check agreement agmt-1 [Now]
        Bind license l-1ba08ac62c4f55dfe2dccffe4f7d2db2:  → Halden Freight [Now]
        Set organization.payment_method Halden Freight: none → aws-marketplace [Now]
        Set organization.payment_reference Halden Freight: ? → agmt-1 · AWS 222233334444 [Now]
    "#]]
    .assert_eq(&story.steps(&plan));
    assert_eq!(story.pays("halden"), "none () on scale");
    story.links(&plan).await;
    expect!["aws-marketplace (agmt-1 · AWS 222233334444) on scale"]
        .assert_eq(&story.pays("halden"));
    expect!["Halden Freight is connected to your AWS Marketplace subscription (agreement agmt-1). From now on all usage is billed through AWS account 222233334444. You can see this on the organization's billing page."].assert_eq(&story.said(&bought.agreement_id));
    expect![[r#"
        link opened
        link closed done"#]]
    .assert_eq(&story.audit(&bought.agreement_id).join("\n"));
}
