//! What is looked at one agreement at a time fails, or may not be asked.

use app::sync::Scope;
use app::{FailureKind, query};
use expect_test::expect;

use crate::story::Story;

#[test]
fn one_agreement_without_details_does_not_stop_the_others() {
    let story = Story::new();
    story.aws.with(|world| world.undescribable = vec![3]);
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 0 from 0
        list after 0 from 2
        list after 0 from 4
        describe agmt-5
        describe agmt-4
        describe agmt-3
        describe agmt-2
        describe agmt-1
        = listed 5, dropped 0, looked at 4, failed 1
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
    let view = query::show(&story.store, story.console.clock(), "agmt-3").unwrap();
    let failure = app::Failure::from_stored(&view.details.failure.unwrap());
    assert_eq!(failure.kind, FailureKind::Denied);
    assert_eq!(failure.request.as_deref(), Some("r-1"));
    // The next sync tries that one again, and no other.
    story.aws.with(|world| world.undescribable.clear());
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 49 from 0
        describe agmt-3
        = listed 1, dropped 0, looked at 1, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
}

#[test]
fn what_may_not_be_asked_is_left_out_and_fetched_once_it_is_granted() {
    let story = Story::new();
    story
        .aws
        .with(|world| world.denied = vec!["ListEntities", "GetAgreementContacts"]);
    story.first_sync();
    let denied = |story: &Story| {
        let found = story.store.read(|read| read.permissions()).unwrap();
        let denied = found.into_iter().filter(|found| found.outcome == "denied");
        denied.map(|found| found.operation).collect::<Vec<_>>()
    };
    assert_eq!(denied(&story), ["GetAgreementContacts", "ListEntities"]);
    // Still denied: nothing is looked at again.
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 49 from 0
        probe GetAgreementContacts
        = listed 1, dropped 0, looked at 0, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );

    story.aws.with(|world| world.denied.clear());
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 49 from 0
        probe GetAgreementContacts
        probe ListEntities
        = listed 1, dropped 0, looked at 0, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
    assert!(denied(&story).is_empty());
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 49 from 0
        describe agmt-5
        describe agmt-4
        describe agmt-3
        describe agmt-2
        describe agmt-1
        = listed 1, dropped 0, looked at 5, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
}
