//! What the credentials may do, and what follows from that.

use app::sync::Scope;
use app::{Action, FailureKind, Operation, query};
use sandbox::Fault;

use super::{Story, fault, kind, matched};

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_denies_is_told_and_refuses_what_needs_it() {
    let story = Story::new().await;
    let connection = story.added().await;
    for operation in ["ResolveCustomer", "GetAgreementContacts"] {
        let denied = fault(operation, "AccessDeniedException");
        story.control.add_fault(&denied).await.unwrap();
    }
    let check = connection.check().await.unwrap();
    let policy = check.missing_policy().unwrap();
    assert!(policy.contains("aws-marketplace:ResolveCustomer"));
    assert!(policy.contains("aws-marketplace:GetAgreementContacts"));
    assert!(!policy.contains("SearchAgreements"), "{policy}");
    let refused = connection.permit(Action::LinkByToken).unwrap_err();
    assert_eq!(kind(&refused), FailureKind::Refused);
    connection.permit(Action::RequestCancellation).unwrap();

    // Looking goes on without it.
    connection.sync(Scope::Changes).await.unwrap();
    assert_eq!(matched(&connection, ""), 60);
    let status = query::status(connection.store(), connection.clock()).unwrap();
    let denied: Vec<_> = status
        .denied
        .iter()
        .map(|(operation, _)| *operation)
        .collect();
    assert_eq!(
        denied,
        [Operation::GetAgreementContacts, Operation::ResolveCustomer]
    );
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_told_with_how_much() {
    let story = Story::new().await;
    let connection = story.added().await;
    let skewed = Fault {
        operation: "*".to_owned(),
        clock_skew: Some("20m".to_owned()),
        ..Fault::default()
    };
    story.control.add_fault(&skewed).await.unwrap();
    let check = connection.check().await.unwrap();
    assert!(check.identity.is_err());
    assert!(check.clock_is_off(), "{:?}", check.clock_behind_ms);
    story.end().await;
}
