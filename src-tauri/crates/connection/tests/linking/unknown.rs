//! What nobody told never passes, whatever else is forgotten.

use app::link::plan_on;
use app::plan::Outcome;
use proptest::sample::subsequence;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::ask::by_agreement;
use crate::story::{HALDEN, Story};

/// Everything known: an organization that every policy takes, and its owner or admin.
fn vendor(role: &str) -> Value {
    serde_json::json!({
        "organizations": [{
            "id": "halden", "name": "Halden Freight", "plan": "starter", "paymentMethod": "none",
            "authenticationMethod": "google", "creditBalance": "0", "creditCurrency": "USD",
            "openInvoices": 0, "paymentReference": null, "billingAccount": null,
        }],
        "members": [{
            "organization": "halden", "email": "ada@halden.example", "name": "Ada", "role": role,
            "verified": true, "authenticationMethod": "google", "company": "Halden Freight AS",
            "country": "NO", "use": "Logistics", "phone": null,
        }],
    })
}

/// What may be forgotten, with the fact that it is.
const FIELDS: [(&str, &[&str], &str); 14] = [
    ("organizations", &["plan"], "organization.plan"),
    (
        "organizations",
        &["paymentMethod"],
        "organization.payment_method",
    ),
    (
        "organizations",
        &["authenticationMethod"],
        "organization.authentication_method",
    ),
    (
        "organizations",
        &["creditBalance", "creditCurrency"],
        "organization.credit_balance",
    ),
    (
        "organizations",
        &["openInvoices"],
        "organization.open_invoices",
    ),
    (
        "organizations",
        &["paymentReference"],
        "organization.payment_reference",
    ),
    (
        "organizations",
        &["billingAccount"],
        "organization.billing_account",
    ),
    ("members", &["role"], "member.role"),
    ("members", &["verified"], "member.email_verified"),
    (
        "members",
        &["authenticationMethod"],
        "member.authentication_method",
    ),
    ("members", &["company"], "member.company"),
    ("members", &["country"], "member.country"),
    ("members", &["use"], "member.use"),
    ("members", &["phone"], "member.phone"),
];

/// Forgets any of the fields, many times over. The plan is ready exactly when no rule reads them.
async fn never_passes(listing: &str, role: &str) {
    let story = Story::with_directory(&vendor(role).to_string()).await;
    let bought = story.subscribes(listing, HALDEN).await;
    let ready = story
        .plans(by_agreement(&bought.agreement_id).for_halden())
        .await;
    assert_eq!(ready.outcome, Outcome::Ready, "{}", story.verdicts(&ready));

    let policies = story.connection.policies();
    let policy = policies.get(&ready.policy).unwrap();
    let is_read = |fact: &str| {
        let judged = |rule: &&policy::Rule| ready.verdicts.iter().any(|it| it.rule == rule.id);
        let mut rules = policy.link.rules.iter().filter(judged);
        // Without a token, BASE-3 wants the address verified.
        fact == "member.email_verified" || rules.any(|rule| rule.test().contains(fact))
    };
    let some = subsequence(FIELDS.to_vec(), 0..=FIELDS.len());
    let mut runner = TestRunner::new(Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&some, |forgotten| {
        let mut told = vendor(role);
        for (list, names, _) in &forgotten {
            let row = told[*list][0].as_object_mut().unwrap();
            row.retain(|name, _| !names.contains(&name.as_str()));
        }
        story.directory(&told.to_string());
        let now = story.connection.clock().now();
        let (asked, by) = (ready.asked.clone(), ready.made_by.clone());
        let plan = plan_on(story.connection.store(), policies, asked, by, now).unwrap();
        let missed = forgotten.iter().any(|(_, _, fact)| is_read(fact));
        let expected = if missed {
            Outcome::Unknown
        } else {
            Outcome::Ready
        };
        proptest::prop_assert_eq!(plan.outcome, expected, "{:?}", forgotten);
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_unknown_passes_for_pay_as_you_go() {
    never_passes("clickhouse-payg", "admin").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_unknown_passes_for_a_contract() {
    never_passes("clickhouse-committed", "admin").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_unknown_passes_for_emqx() {
    never_passes("emqx", "owner").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_unknown_passes_for_pinecone() {
    never_passes("pinecone", "owner").await;
}
