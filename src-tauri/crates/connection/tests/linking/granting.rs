//! AWS does not grant the license, or not yet.

use app::plan::Outcome;
use domain::LinkState;
use expect_test::expect;

use crate::ask::by_agreement;
use crate::cases::vendor;
use crate::story::{Story, agreement};

/// The vendor's own system takes its link away.
fn taken_away(story: &Story, id: &str) {
    if let Some(mut record) = story.link(id) {
        record.link.state = LinkState::Ended;
        let end = |write: &mut store::Write<'_>| write.put_link(&record);
        story.connection.store().write(end).unwrap();
    }
}

/// Links one of the sandbox's own agreements whose license stands so, and tells how it stands then.
async fn links_one_that_is(story: &Story, status: &str) -> Vec<String> {
    story.sync().await;
    let database = story.connection.store();
    let rows = app::query::agreements(
        database,
        story.connection.clock(),
        "status:active",
        app::query::SORT_DEFAULT,
        0,
        100,
    );
    let mut told = Vec::new();
    for row in rows.unwrap().rows {
        let id = agreement(&row.id);
        let details = database
            .read(|read| read.details(&id))
            .unwrap()
            .unwrap()
            .details;
        let is = details
            .provisioning
            .iter()
            .any(|it| it.status.as_wire() == status);
        if !is || row.licenses.is_empty() {
            continue;
        }
        taken_away(story, &row.id);
        let title = row.title.unwrap();
        let name = format!("Buyer {}", told.len());
        let member = if title.starts_with("Pinecone") {
            "olga@halden.example"
        } else {
            "ada@halden.example"
        };
        let ask = by_agreement(&row.id)
            .to(&format!("new-organization:{name}"))
            .member(member)
            .answer("organization.authentication_method", "google");
        let plan = story.plans(ask).await;
        if plan.outcome != Outcome::Ready {
            continue;
        }
        story.links(&plan).await;
        let made = story.organization_called(&name);
        assert_eq!(story.pays(&made[0]), "none () on unknown");
        told.push(story.said(&row.id).replace(&row.id, "agmt-…"));
        assert_eq!(story.state(&row.id), "awaiting-aws");
    }
    assert!(
        !told.is_empty(),
        "the sandbox has none whose license is {status}"
    );
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_suspended_buyer_or_a_failed_license_it_waits_and_says_what_for() {
    let story = vendor().await;
    let suspended = links_one_that_is(&story, "DEPROVISIONED").await;
    expect!["Waiting for AWS to report the license of agreement agmt-… as provisioned. It now reports DEPROVISIONED."].assert_eq(&suspended.join("\n"));
    let failed = links_one_that_is(&story, "FAILED").await;
    expect![[r#"
        Waiting for AWS to finish syncing. AWS reports the license as FAILED; the payment method changes when it is provisioned.
        The connection takes effect once AWS has provisioned the subscription; AWS now reports its license as FAILED. For a new subscription this usually takes some minutes. If it takes longer, the subscription and its payment method can be checked in the AWS console."#]].assert_eq(&failed.join("\n"));
    // Days later they still wait, and nothing was billed.
    story.advance("2d").await;
    story.sync().await;
    assert_eq!(story.held().len(), suspended.len() + failed.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_of_the_future_is_linked_and_waits_for_its_start() {
    let story = vendor().await;
    let scheduled = links_one_that_is(&story, "SCHEDULED").await;
    expect!["Waiting for AWS to report the license of agreement agmt-… as provisioned. It now reports SCHEDULED."].assert_eq(&scheduled.join("\n"));
    story.advance("120d").await;
    story.sync().await;
    let states = [LinkState::AwaitingAws];
    let own = story.connection.links(&states).unwrap();
    assert_eq!(
        own.iter().filter(|record| record.plan.is_some()).count(),
        0,
        "it has begun"
    );
}
