//! ClickHouse Cloud, Pay As You Go.

use app::plan::Outcome;
use expect_test::expect;

use crate::ask::{by_agreement, by_token};
use crate::clickhouse::{OneEach, not_verified_yet, only_an_admin_links, registers, vendor};
use crate::story::{HALDEN, NORDIC, entering, linked};

const LISTING: &str = "clickhouse-payg";

#[tokio::test(flavor = "multi_thread")]
async fn cp_1_an_admin_of_the_organization_links_it() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    only_an_admin_links("CP-1", &story, &bought).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cp_2_one_account_one_subscription_one_organization() {
    let story = vendor().await;
    let first = story.subscribes(LISTING, HALDEN).await;
    story.links_at_once(by_token(&first).for_halden()).await;
    let rule = OneEach {
        rule: "CP-2",
        link: "links[0]",
        agreement: "agmt-1",
        listing: "ClickHouse Cloud - Pay As You Go",
    };
    let again = async |account: &str| story.subscribes(LISTING, account).await;
    rule.is_kept(&story, again).await;
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

    expect!["Subscribed, but not set up: nothing is billed through AWS yet. The buyer clicks “Set up your account” on the subscription, or you link it here."].assert_eq(&story.advice(&bought.registration_url).await);

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
    let ask = registers(&bought);
    expect![[r#"
        member.name: Name is missing
        member.company: Company is missing
        member.country: Country is missing
        member.use: What ClickHouse will be used for is missing"#]]
    .assert_eq(&story.lacks(&ask).await);

    let ask = ask
        .answer("member.name", "Nia Berg")
        .answer("member.company", "Halden Freight AS")
        .answer("member.country", "NO")
        .answer("member.use", "Logistics dashboards");
    let plan = story.plans(ask).await;
    assert_eq!(plan.outcome, Outcome::Ready);
    assert_eq!(story.verdicts(&plan), not_verified_yet("CP-4"));
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
    story.links_at_once(by_token(&other).for_nordic()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cp_6_the_organization_pays_through_aws_and_says_so() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let plan = story
        .plans(by_agreement(&bought.agreement_id).for_halden())
        .await;
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
