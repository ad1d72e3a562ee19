//! The vendor's own system is asked together with AWS.

use app::directory::{self, Directory, DirectoryError, Page};
use app::sync::Scope;
use domain::{
    AgreementId, DirectoryId, Entry, Known, Link, LinkState, Organization, Target, TargetKind,
    Text, Timestamp,
};
use expect_test::expect;
use futures_util::future::BoxFuture;
use store::table::directory::SortBy;

use crate::fake::Fake;
use crate::story::Story;

/// A directory that knows one link, and writes down in the fake's book when it is asked.
struct FakeDirectory(Fake);

impl Directory for FakeDirectory {
    fn page(&self, after: Option<String>) -> BoxFuture<'_, Result<Page, DirectoryError>> {
        let asked = format!("directory after {after:?}");
        self.0.with(|world| world.asked.push(asked));
        let link = Link {
            agreement: AgreementId::parse("agmt-3").unwrap(),
            license: None,
            target: Target {
                kind: TargetKind::Organization,
                id: "org-1".to_owned(),
                name: "Example".to_owned(),
            },
            state: LinkState::Active,
            since: Timestamp::from_millis(1),
            source: "test".to_owned(),
            workspaces: Vec::new(),
        };
        let page = match after {
            None => Page {
                entries: organizations(),
                links: Vec::new(),
                next: Some("p2".to_owned()),
            },
            Some(_) => Page {
                entries: Vec::new(),
                links: vec![link],
                next: None,
            },
        };
        Box::pin(async { Ok(page) })
    }

    fn name(&self) -> &'static str {
        "test"
    }
}

/// More organizations than one change set holds.
fn organizations() -> Vec<Entry> {
    let organization = |number| {
        Entry::Organization(Organization {
            id: DirectoryId::parse(&format!("org-{number}")).unwrap(),
            name: Text::parse("Example").unwrap(),
            plan: None,
            payment_method: None,
            payment_reference: Known::Unknown,
            credit_balance: None,
            authentication_method: None,
            open_invoices: None,
            billing_account: Known::Unknown,
            created_at: None,
        })
    };
    (1..=250).map(organization).collect()
}

#[test]
fn the_directory_is_taken_in_once_after_the_listing_and_before_the_details() {
    let mut story = Story::new();
    let directory = FakeDirectory(story.aws.clone());
    story.console = story.console.with_directory(directory);
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 0 from 0
        list after 0 from 2
        list after 0 from 4
        directory after None
        directory after Some("p2")
        describe agmt-5
        describe agmt-4
        describe agmt-3
        describe agmt-2
        describe agmt-1
        = listed 5, dropped 0, looked at 5, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
    assert_eq!(story.matched("link:active"), 1);
    let taken_in = directory::organizations(&story.store, "", SortBy::default(), 0, 1).unwrap();
    assert_eq!(taken_in.total, 250);
    let linked = directory::organization(&story.store, "org-1")
        .unwrap()
        .record;
    assert_eq!(linked.links[0].agreement.as_str(), "agmt-3");
    assert_eq!(linked.organization.origin.source, "test");
    story.check(
        Scope::Changes,
        expect![[r#"
        list after 49 from 0
        = listed 1, dropped 0, looked at 0, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
}
