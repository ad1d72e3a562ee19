//! What ending does in the other four systems.

use app::link::{Codes, LinkForm};
use expect_test::expect;
use sandbox::Registration;

use crate::looks::steps;
use crate::story::{HALDEN, Story};

const ORGANIZATIONS: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "starter", "paymentMethod": "none",
         "authenticationMethod": "google", "openInvoices": 0}
    ],
    "members": [
        {"organization": "halden", "email": "ada@halden.example", "role": "admin", "verified": true,
         "authenticationMethod": "google"},
        {"organization": "halden", "email": "olga@halden.example", "role": "owner", "verified": true,
         "authenticationMethod": "google"}
    ]
}"#;

const BILLING: &str = r#"{
    "billingAccounts": [
        {"userName": "halden", "email": "billing@halden.example", "company": "Halden Freight AS", "country": "NO"}
    ],
    "workspaces": [
        {"id": "wksp-1", "billingAccount": "halden", "name": "Ops", "language": "en", "site": "eu-frankfurt", "state": "active", "settlement": "billing-center"},
        {"id": "wksp-2", "billingAccount": "halden", "name": "Web", "language": "en", "site": "us-oregon", "state": "active", "settlement": "billing-center"},
        {"id": "wksp-3", "billingAccount": "halden", "name": "Other", "language": "en", "site": "us-oregon", "state": "active", "settlement": "billing-center"}
    ]
}"#;

/// What an agreement's end does at the vendor, beside AWS's own steps.
fn effects_of(listed: &str) -> String {
    let of_aws = |line: &&str| {
        ["Request", "Await", "Keep invoices"]
            .iter()
            .all(|step| !line.starts_with(step))
    };
    listed.lines().filter(of_aws).collect::<Vec<_>>().join("\n")
}

/// A buyer who is linked to Halden Freight for one of its people.
async fn linked(listing: &str, member: &str) -> (Story, Registration) {
    let story = Story::new().await;
    story.directory(ORGANIZATIONS);
    let bought = story.subscribes(listing, HALDEN).await;
    let for_member = |form: &mut LinkForm| form.member = Some(member.to_owned());
    story
        .links_as(&bought, "organization:halden", for_member)
        .await;
    (story, bought)
}

#[tokio::test(flavor = "multi_thread")]
async fn clickhouse_payg_is_paid_otherwise_again() {
    let (story, bought) = linked("clickhouse-payg", "ada@halden.example").await;
    assert!(story.pays("halden").starts_with("aws-marketplace (agmt-"));
    let plan = story.plans_cancel(&bought.agreement_id).await;
    let listed = effects_of(&steps(&plan)).replace(&bought.agreement_id, "agmt-1");
    expect![[r#"
        Set organization.payment_method Halden Freight: aws-marketplace → none [Ended] “Billing through AWS stops. Without another payment method, Halden Freight has 14 days to add one before its services are suspended.”
        Set organization.payment_reference Halden Freight: agmt-1 · AWS 222233334444 →  [Ended]
        Unbind license Halden Freight [Ended]"#]].assert_eq(&listed);
    story.sends(&plan).await.unwrap();
    story.advance_and_sync("7d").await;
    story.advance_and_sync("1h").await;
    assert_eq!(story.pays("halden"), "none () on starter");
    assert_eq!(story.state(&bought.agreement_id), "ended");
    assert_eq!(story.due(), []);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn clickhouse_committed_is_paid_otherwise_when_the_contract_ends() {
    let (story, bought) = linked("clickhouse-committed", "ada@halden.example").await;
    assert!(story.pays("halden").starts_with("aws-marketplace (agmt-"));
    let plan = story.plans_cancel(&bought.agreement_id).await;
    assert_eq!(plan.asked.phrase, "ClickHouse Cloud - Committed Contract");
    let listed = effects_of(&steps(&plan)).replace(&bought.agreement_id, "agmt-1");
    expect![[r#"
        Set organization.payment_method Halden Freight: aws-marketplace → none [Ended] “The contract and billing through AWS end. Without another payment method, Halden Freight has 14 days to add one before its services are suspended.”
        Set organization.payment_reference Halden Freight: agmt-1 · AWS 222233334444 · USD 12000.00 · 2027-11-20 09:00 UTC →  [Ended]
        Unbind license Halden Freight [Ended]"#]].assert_eq(&listed);
    story.control.expire(&bought.agreement_id).await.unwrap();
    story.sync().await;
    assert_eq!(story.pays("halden"), "none () on starter");
    assert_eq!(story.state(&bought.agreement_id), "ended");
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn pinecone_goes_back_to_the_starter_plan() {
    let (story, bought) = linked("pinecone", "olga@halden.example").await;
    assert!(story.pays("halden").ends_with("on standard"));
    let plan = story.plans_cancel(&bought.agreement_id).await;
    assert_eq!(plan.asked.phrase, "Pinecone - Pay as you go");
    let listed = effects_of(&steps(&plan)).replace(&bought.agreement_id, "agmt-1");
    expect![[r#"
        Set organization.payment_method Halden Freight: aws-marketplace → none [Ended] “Billing ends at once, with a final invoice for the month. An organization above the limits of the Starter plan is deactivated.”
        Set organization.payment_reference Halden Freight: agmt-1 · AWS 222233334444 →  [Ended]
        Set organization.plan Halden Freight: standard → starter [Ended]
        Unbind license Halden Freight [Ended]"#]].assert_eq(&listed);
    story.control.cancel(&bought.agreement_id).await.unwrap();
    story.sync().await;
    assert_eq!(story.pays("halden"), "none () on starter");
    assert_eq!(story.state(&bought.agreement_id), "ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn guance_locks_the_bound_workspaces_and_binding_again_unlocks_them() {
    let story = Story::new().await;
    story.directory(BILLING);
    let bought = story.subscribes("guance", HALDEN).await;
    binds(&story, &bought, &["wksp-1", "wksp-2"]).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
    let before =
        "Ops active aws-marketplace, Other active billing-center, Web active aws-marketplace";
    assert_eq!(story.workspaces("halden"), before);

    let plan = story.plans_cancel(&bought.agreement_id).await;
    assert_eq!(plan.asked.phrase, "Guance");
    let listed = effects_of(&steps(&plan)).replace(&bought.agreement_id, "agmt-1");
    expect![[r#"
        Lock workspace.state Ops: active → locked [Ended] “Ops is locked. Its history stays readable for 14 days; binding it again unlocks it.”
        Lock workspace.state Web: active → locked [Ended] “Web is locked. Its history stays readable for 14 days; binding it again unlocks it.”
        Set workspace.settlement Ops: aws-marketplace → billing-center [Ended] “AWS account 222233334444 no longer settles the fees of Ops.”
        Set workspace.settlement Web: aws-marketplace → billing-center [Ended] “AWS account 222233334444 no longer settles the fees of Web.”
        Unbind license halden [Ended]"#]].assert_eq(&listed);
    let request = story.sends(&plan).await.unwrap();
    story.control.accept(request.id.as_str()).await.unwrap();
    story.sync().await;
    assert_eq!(story.state(&bought.agreement_id), "ended");
    let locked =
        "Ops locked billing-center, Other active billing-center, Web locked billing-center";
    assert_eq!(story.workspaces("halden"), locked);
    assert!(story.link(&bought.agreement_id).link.workspaces.is_empty());

    let again = story.subscribes("guance", HALDEN).await;
    binds(&story, &again, &["wksp-1"]).await;
    let after =
        "Ops active aws-marketplace, Other active billing-center, Web locked billing-center";
    assert_eq!(story.workspaces("halden"), after);
    story.audit_is_whole();
}

/// Binds workspaces; the code goes to the billing account's address.
async fn binds(story: &Story, bought: &sandbox::Registration, workspaces: &[&str]) {
    let plan = story
        .plans_link(bought, "billing-account:halden", |form| {
            form.workspaces = workspaces.iter().map(|id| (*id).to_owned()).collect();
        })
        .await;
    let id = domain::PlanId::parse(&plan.id).unwrap();
    let sent = story.connection.execute_link(&id, &Codes::default()).await;
    sent.unwrap();
    let mails = story.control.mailbox("billing@halden.example", 0).await;
    let subject = mails.unwrap().mails.remove(0).subject;
    let codes = Codes {
        entered: vec![subject.chars().filter(char::is_ascii_digit).collect()],
        ..Codes::default()
    };
    story.connection.execute_link(&id, &codes).await.unwrap();
}
