//! Many endings in one go.

use domain::LinkState;

use crate::story::{Story, at_once, sync};

const MANY: usize = 200;

/// Agreements in force that the vendor's system of record links, in a sandbox that has enough of them.
async fn linked(story: &Story) -> Vec<String> {
    story.sync().await;
    let links = story.connection.links(&[LinkState::Active]).unwrap();
    let in_force = links.iter().filter(|it| it.in_force == Some(true));
    let newest = in_force.map(|it| {
        let chain = &it.chain;
        let first = domain::AgreementId::parse(chain).unwrap();
        let rows = story
            .connection
            .store()
            .read(|read| read.chain(&first))
            .unwrap();
        let mut active = rows.iter().filter(|row| row.status.as_wire() == "ACTIVE");
        active.next_back().unwrap().id.clone()
    });
    newest.take(MANY).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_agreements_end_with_one_throttled_sync() {
    let story = Story::with_agreements(600).await;
    let agreements = linked(&story).await;
    assert_eq!(agreements.len(), MANY);
    for agreement in &agreements {
        story.control.cancel(agreement).await.unwrap();
    }
    for operation in ["SearchAgreements", "GetAgreementTerms", "DescribeAgreement"] {
        story
            .fault(operation, |fault| {
                fault.error = Some("ThrottlingException".to_owned());
                fault.times = Some(3);
            })
            .await;
    }
    story.sync().await;
    for agreement in &agreements {
        let state = story.state(agreement);
        assert!(["ending", "ended"].contains(&state), "{agreement} {state}");
    }
    assert_eq!(ends(&story, &agreements), MANY);
    story.advance_and_sync("4d").await;
    let due = story.due();
    let now = story.connection.clock().now();
    assert!(due.iter().all(|effect| effect.due_at > now), "{due:?}");
    assert_eq!(ends(&story, &agreements), MANY);
    story.audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_is_stopped_in_the_middle_of_endings_goes_on_with_the_next() {
    let story = Story::with_agreements(600).await;
    let agreements = linked(&story).await;
    for agreement in &agreements {
        story.control.cancel(agreement).await.unwrap();
    }
    let stop_at_the_first = async {
        while ends(&story, &agreements) == 0 {
            tokio::task::yield_now().await;
        }
        story.connection.stop_sync();
    };
    let (outcome, ()) = at_once(sync(&story.connection), stop_at_the_first);
    assert_eq!(outcome.unwrap_err().kind, app::FailureKind::Stopped);
    let some = ends(&story, &agreements);
    assert!((1..MANY).contains(&some), "{some}");
    story.sync().await;
    assert_eq!(ends(&story, &agreements), MANY);
    story.audit_is_whole();
}

/// How many ends of these agreements the audit tells of.
fn ends(story: &Story, agreements: &[String]) -> usize {
    let read = story.connection.store().read(|read| {
        let rows = read.audit_after(0, 10_000)?;
        let ends = rows.iter().filter(|row| row.entry.action == "end-link");
        let of_these = |id: &String| agreements.contains(id);
        let ends = ends.filter(|row| row.entry.agreement.as_ref().is_some_and(of_these));
        Ok(ends.count())
    });
    read.unwrap()
}
