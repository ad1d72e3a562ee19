//! Syncing against a marketplace that does what the sandbox cannot: forget agreements, lose page
//! tokens at will, break off at an exact call. The database is a real one.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app::directory::{Directory, DirectoryError, Page as DirectoryPage};
use app::marketplace::{
    CallerIdentity, CancellationRequests, EntitlementsOf, ErrorKind, Look, MarketplaceError,
    Metered, NewCancellation, Page, PageToken, ProductSummary, Resolved,
};
use app::query::Listing as ListingState;
use app::sync::Scope;
use app::{Clock, Console, FailureKind, Marketplace, Operation, directory, query};
use domain::{
    AccountId, Agreement, AgreementId, AgreementStatus, CancellationRequest, CancellationRequestId,
    EndBehavior, Entitlement, Listing, Offer, OfferId, ProductCode, ProductId, RegistrationToken,
    Timestamp, UsageRecord,
};
use domain::{DirectoryId, Entry, Known, Link, LinkState, Organization, Target, TargetKind, Text};
use expect_test::{Expect, expect};
use futures_util::future::BoxFuture;
use store::Store;
use store::table::directory::SortBy;
use tokio::sync::watch;

type Answer<T> = Result<T, MarketplaceError>;

/// Agreements a page of the fake holds.
const PAGE: usize = 2;

/// What AWS holds, what it was asked, and what it does at which call of the agreements' listing.
#[derive(Default)]
struct World {
    /// Update time by agreement number.
    agreements: BTreeMap<u32, i64>,
    asked: Vec<String>,
    listing_calls: usize,
    /// At this call of the listing, this happens instead of an answer.
    trouble: Option<(usize, ErrorKind)>,
    /// Agreements whose details fail.
    undescribable: Vec<u32>,
    /// Operations that the credentials may not call.
    denied: Vec<&'static str>,
}

#[derive(Clone, Default)]
struct Fake(Arc<Mutex<World>>);

impl Fake {
    fn with(&self, work: impl FnOnce(&mut World)) {
        work(&mut self.0.lock().unwrap());
    }

    /// What was asked since the last time.
    fn asked(&self) -> String {
        let asked = std::mem::take(&mut self.0.lock().unwrap().asked);
        asked.join("\n")
    }
}

fn error(kind: ErrorKind, operation: &'static str) -> MarketplaceError {
    let message = format!("{kind:?}");
    MarketplaceError {
        kind,
        operation,
        code: None,
        message,
        request_id: Some("r-1".to_owned()),
        undone: false,
    }
}

fn agreement(number: u32, updated: i64) -> Agreement {
    Agreement {
        id: AgreementId::parse(&format!("agmt-{number}")).unwrap(),
        status: AgreementStatus::Active,
        buyer: AccountId::parse("111122223333").unwrap(),
        product: None,
        offer: None,
        initial: None,
        accepted_at: None,
        starts_at: None,
        ends_at: None,
        updated_at: Timestamp::from_millis(updated),
        end_behavior: EndBehavior::default(),
        licenses: Vec::new(),
    }
}

fn empty<T>() -> Page<T> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

impl Marketplace for Fake {
    async fn caller_identity(&self) -> Answer<CallerIdentity> {
        Err(error(ErrorKind::Denied, "GetCallerIdentity"))
    }

    async fn time(&self) -> Answer<Timestamp> {
        Ok(Timestamp::from_millis(0))
    }

    async fn probe(&self, operation: Operation) -> Answer<()> {
        let mut world = self.0.lock().unwrap();
        world.asked.push(format!("probe {operation}"));
        if world.denied.contains(&operation.name()) {
            return Err(error(ErrorKind::Denied, operation.name()));
        }
        Ok(())
    }

    async fn products(&self, _: Option<&PageToken>) -> Answer<Page<ProductSummary>> {
        // Lets whatever else runs have its turn, as a real answer would.
        tokio::task::yield_now().await;
        if self.0.lock().unwrap().denied.contains(&"ListEntities") {
            return Err(error(ErrorKind::Denied, "ListEntities"));
        }
        Ok(empty())
    }

    async fn product(&self, _: &ProductId) -> Answer<Listing> {
        Err(error(ErrorKind::NotFound, "DescribeEntity"))
    }

    async fn offer(&self, _: &OfferId) -> Answer<Offer> {
        Err(error(ErrorKind::NotFound, "DescribeEntity"))
    }

    async fn resolve(&self, _: &RegistrationToken) -> Answer<Resolved> {
        Err(error(ErrorKind::TokenInvalid, "ResolveCustomer"))
    }

    async fn send_cancellation(&self, _: &NewCancellation) -> Answer<CancellationRequest> {
        Err(error(ErrorKind::Denied, "SendAgreementCancellationRequest"))
    }

    async fn meter(&self, _: Option<&ProductCode>, _: &[UsageRecord]) -> Answer<Vec<Metered>> {
        Err(error(ErrorKind::Denied, "BatchMeterUsage"))
    }

    async fn withdraw_cancellation(
        &self,
        _: &AgreementId,
        _: &CancellationRequestId,
        _: &str,
    ) -> Answer<()> {
        Err(error(
            ErrorKind::Denied,
            "CancelAgreementCancellationRequest",
        ))
    }

    async fn agreements(
        &self,
        after: Option<Timestamp>,
        next: Option<&PageToken>,
    ) -> Answer<Page<Agreement>> {
        let mut world = self.0.lock().unwrap();
        let after = after.map_or(0, Timestamp::as_millis);
        let from: usize = next.map_or(0, |token| token.0.parse().unwrap());
        world.listing_calls += 1;
        let asked = format!("list after {after} from {from}");
        world.asked.push(asked);
        if let Some((call, kind)) = world.trouble
            && world.listing_calls == call
        {
            return Err(error(kind, "SearchAgreements"));
        }
        let mut listed: Vec<(u32, i64)> = world
            .agreements
            .iter()
            .map(|(number, updated)| (*number, *updated))
            .collect();
        listed.retain(|(_, updated)| *updated > after);
        listed.sort_by_key(|(number, updated)| (*updated, *number));
        let next = (from + PAGE < listed.len()).then(|| PageToken((from + PAGE).to_string()));
        let items = listed.into_iter().skip(from).take(PAGE);
        Ok(Page {
            items: items
                .map(|(number, updated)| agreement(number, updated))
                .collect(),
            next,
        })
    }

    async fn details(&self, id: &AgreementId) -> Answer<Look> {
        let mut world = self.0.lock().unwrap();
        world.asked.push(format!("describe {id}"));
        let number: u32 = id.as_str()[5..].parse().unwrap();
        if world.undescribable.contains(&number) {
            return Err(error(ErrorKind::Denied, "GetAgreementTerms"));
        }
        let contacts = "GetAgreementContacts";
        let mut look = Look::default();
        if world.denied.contains(&contacts) {
            look.denied.push(error(ErrorKind::Denied, contacts));
        }
        Ok(look)
    }

    async fn agreement(&self, _: &AgreementId) -> Answer<Option<Agreement>> {
        Ok(None)
    }

    async fn entitlements(
        &self,
        _: &ProductCode,
        _: EntitlementsOf<'_>,
        _: Option<&PageToken>,
    ) -> Answer<Page<Entitlement>> {
        Ok(empty())
    }

    async fn cancellation_requests(
        &self,
        _: &CancellationRequests,
        _: Option<&PageToken>,
    ) -> Answer<Page<CancellationRequest>> {
        Ok(empty())
    }
}

/// A directory that knows one link, and writes down in the fake's book when it is asked.
struct FakeDirectory(Fake);

impl Directory for FakeDirectory {
    fn page(&self, after: Option<String>) -> BoxFuture<'_, Result<DirectoryPage, DirectoryError>> {
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
            None => DirectoryPage {
                entries: organizations(),
                links: Vec::new(),
                next: Some("p2".to_owned()),
            },
            Some(_) => DirectoryPage {
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

/// A console over a fresh database and a fake with agreements 1 to 5, updated at 10, 20, … 50.
struct Story {
    aws: Fake,
    store: Arc<Store>,
    console: Console<Fake>,
    _folder: tempfile::TempDir,
}

impl Story {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&folder.path().join("test.sqlite3")).unwrap());
        let aws = Fake::default();
        aws.with(|world| {
            world.agreements = (1..=5)
                .map(|number| (number, i64::from(number) * 10))
                .collect();
        });
        let progress = watch::Sender::new(None);
        let console = Console::new(Arc::clone(&store), aws.clone(), Clock::default(), progress);
        Self {
            aws,
            store,
            console,
            _folder: folder,
        }
    }

    /// Syncs and tells what was asked, how it ended and what is there now.
    #[track_caller]
    fn check(&self, scope: Scope, expected: Expect) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .unwrap();
        let outcome = runtime.block_on(runtime_task(&self.console, scope));
        let status = query::status(&self.store, self.console.clock()).unwrap();
        let listing = match status.listing {
            ListingState::Never => "never listed".to_owned(),
            ListingState::Complete => "complete".to_owned(),
            ListingState::Incomplete(failure) => format!("incomplete: {:?}", failure.kind),
        };
        let window = query::agreements(
            &self.store,
            self.console.clock(),
            "",
            query::SORT_DEFAULT,
            0,
            100,
        )
        .unwrap();
        let ids: Vec<String> = window.rows.into_iter().map(|row| row.id).collect();
        let told = format!(
            "{}\n= {outcome}\n= {listing}; {}\n",
            self.aws.asked(),
            ids.join(" ")
        );
        expected.assert_eq(&told);
    }
}

impl Story {
    fn matched(&self, filter: &str) -> usize {
        let clock = self.console.clock();
        let sort = query::SORT_DEFAULT;
        let window = query::agreements(&self.store, clock, filter, sort, 0, 0);
        window.unwrap().matched
    }
}

async fn runtime_task(console: &Console<Fake>, scope: Scope) -> String {
    match console.sync(scope).await {
        Ok(summary) => format!(
            "listed {}, dropped {}, looked at {}, failed {}",
            summary.agreements, summary.dropped, summary.details, summary.failed
        ),
        Err(error) => format!("{error}"),
    }
}

#[test]
fn the_second_sync_asks_only_for_what_changed() {
    let story = Story::new();
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
        = listed 5, dropped 0, looked at 5, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
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
        = listed 5, dropped 0, looked at 5, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let outcomes = runtime.block_on(async {
        tokio::join!(
            runtime_task(&story.console, Scope::Changes),
            runtime_task(&story.console, Scope::Changes)
        )
    });
    assert_eq!(outcomes.1, "a sync is running already");
    assert!(outcomes.0.starts_with("listed 5"), "{}", outcomes.0);
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

#[test]
fn what_may_not_be_asked_is_left_out_and_fetched_once_it_is_granted() {
    let story = Story::new();
    story
        .aws
        .with(|world| world.denied = vec!["ListEntities", "GetAgreementContacts"]);
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
        = listed 5, dropped 0, looked at 5, failed 0
        = complete; agmt-5 agmt-4 agmt-3 agmt-2 agmt-1
    "#]],
    );
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
