//! Agreements are listed page by page: what changed, what is gone, and what breaks off.

use app::marketplace::ErrorKind;
use app::sync::Scope;
use expect_test::expect;

use crate::story::{Story, runtime};

#[test]
fn the_second_sync_asks_only_for_what_changed() {
    let story = Story::new();
    story.first_sync();
    story.aws.with(|world| {
        world.agreements.insert(2, 60);
        world.agreements.insert(6, 70);
    });
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 49 from 0
        list after 49 from 2
        describe agmt-6
        describe agmt-2
        = listed 3, dropped 0, looked at 2, failed 0
        = complete; agmt-6 agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
}

#[test]
fn a_listing_that_breaks_off_drops_nothing_and_goes_on_where_it_was() {
    let story = Story::new();
    story.first_sync();
    story.aws.with(|world| {
        world.agreements.remove(&1);
        world.agreements.remove(&4);
        world.trouble = Some((world.listing_calls + 2, ErrorKind::NoAnswer));
    });
    story.check(
        Scope::Everything,
        expect![[r#"
        list after 0 from 0
        list after 0 from 2
        = SearchAgreements: NoAnswer
        = incomplete: Offline; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 29 from 0
        = listed 2, dropped 2, looked at 0, failed 0
        = complete; agmt-5 agmt-3 agmt-2
    "#]],
    );
}

#[test]
fn a_lost_page_token_restarts_the_walk_from_the_last_page() {
    let story = Story::new();
    story
        .aws
        .with(|world| world.trouble = Some((3, ErrorKind::PageToken)));
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 0 from 0
        list after 0 from 2
        list after 0 from 4
        list after 39 from 0
        describe agmt-5
        describe agmt-4
        describe agmt-3
        describe agmt-2
        describe agmt-1
        = listed 6, dropped 0, looked at 5, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
}

#[test]
fn agreements_of_the_same_millisecond_are_not_left_out_between_pages() {
    let story = Story::new();
    story.aws.with(|world| {
        world.agreements = (1..=5).map(|number| (number, 10)).collect();
        world.trouble = Some((2, ErrorKind::PageToken));
    });
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 0 from 0
        list after 0 from 2
        list after 9 from 0
        list after 9 from 2
        list after 9 from 4
        describe agmt-5
        describe agmt-4
        describe agmt-3
        describe agmt-2
        describe agmt-1
        = listed 7, dropped 0, looked at 5, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
}

#[test]
fn only_one_sync_runs_at_a_time() {
    let story = Story::new();
    let outcomes = runtime()
        .block_on(async { tokio::join!(story.syncs(Scope::Changes), story.syncs(Scope::Changes)) });
    assert_eq!(outcomes.1, "a sync is running already");
    assert!(outcomes.0.starts_with("listed 5"), "{}", outcomes.0);
}
