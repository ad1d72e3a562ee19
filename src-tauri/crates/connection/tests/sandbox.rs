//! The whole way: the SDK over the wire to the sandbox, and what it brings into a real database.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use std::path::Path;
use std::sync::Arc;

use app::sync::{Scope, Summary};
use app::{Clock, Console, Failure, FailureKind, query};
use aws::{AwsMarketplace, CallLimits, ConnectionSettings, Credentials, Quota};
use connection::{Connection, Folders};
use domain::{CancellationRequest, CancellationStatus};
use sandbox::{Control, Fault, Options, Running, Subscribe};
use store::Store;
use store::query::Sort;
use tokio::sync::watch;

/// A served sandbox, and a console on it that gives up quickly.
struct Bench {
    running: Running,
    control: Control,
    console: Console<AwsMarketplace>,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn with_agreements(agreements: u32) -> Self {
        let options = Options {
            agreements,
            ..Options::default()
        };
        let running = sandbox::serve(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let console = console(running.endpoint(), folder.path());
        Self {
            control: Control::at(running.endpoint()),
            running,
            console,
            _folder: folder,
        }
    }

    async fn sync(&self) -> Result<Summary, Failure> {
        Box::pin(self.console.sync(Scope::Changes))
            .await
            .map_err(|error| Failure::from(&error))
    }

    /// Syncs with the console's clock at the sandbox's time.
    async fn sync_at_its_time(&self) {
        let now = self.control.status().await.unwrap().now;
        self.console
            .set_clock(connection::parse_time(&now).unwrap())
            .unwrap();
        self.sync().await.unwrap();
    }

    fn matched(&self, filter: &str) -> usize {
        let sort: Sort = query::SORT_DEFAULT;
        let store = self.console.store();
        query::agreements(store, self.console.clock(), filter, sort, 0, 0)
            .unwrap()
            .matched
    }

    /// How often the sandbox was asked for a list, since the counters were reset. Entitlements of
    /// single licenses are looked up, not listed: they come with the details.
    async fn list_calls(&self) -> u64 {
        let calls = self.control.status().await.unwrap().calls;
        let lists = [
            "SearchAgreements",
            "ListEntities",
            "ListAgreementCancellationRequests",
        ];
        lists
            .iter()
            .map(|name| calls.get(*name).copied().unwrap_or(0))
            .sum()
    }

    async fn finish(self) {
        self.running.stop().await;
    }
}

fn console(endpoint: &str, folder: &Path) -> Console<AwsMarketplace> {
    let marketplace = AwsMarketplace::connect(ConnectionSettings {
        endpoint: Some(endpoint.to_owned()),
        quota: Quota::unlimited(),
        limits: CallLimits {
            attempts_max: 2,
            ..CallLimits::default()
        },
        ..ConnectionSettings::new(Credentials::from_keys("SANDBOX", "sandbox", None))
    })
    .unwrap();
    let store = Arc::new(Store::open(&folder.join("test.sqlite3")).unwrap());
    Console::new(
        store,
        marketplace,
        Clock::default(),
        watch::Sender::new(None),
    )
}

fn provisioning(view: &query::AgreementView) -> Vec<&str> {
    let licenses = view.details.details.provisioning.iter();
    licenses.map(|license| license.status.as_wire()).collect()
}

fn fault(operation: &str) -> Fault {
    Fault {
        operation: operation.to_owned(),
        ..Fault::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_changes_in_many_agreements_cost_a_handful_of_lists() {
    let bench = Bench::with_agreements(3_000).await;
    let first = bench.sync().await.unwrap();
    assert!(first.full);
    assert_eq!((first.agreements, first.failed), (3_000, 0));
    assert_eq!(bench.matched(""), 3_000);
    assert_eq!(bench.matched("is:without-details"), 0);

    let changed = bench.control.amend(100).await.unwrap().agreement_ids;
    let open = bench
        .console
        .store()
        .read(|read| read.pending_cancellations())
        .unwrap();
    let open_and_changed = open
        .iter()
        .filter(|request| changed.iter().any(|id| id == request.agreement.as_str()))
        .count();
    bench.control.reset_counters().await.unwrap();
    let second = bench.sync().await.unwrap();
    assert!(!second.full);
    // Beside those that changed, a few are looked at whose license AWS is still to grant.
    let looked_at = changed.len()..changed.len() + 50;
    assert!(
        looked_at.contains(&second.details),
        "{} looked at",
        second.details
    );
    // A changed agreement with an open cancellation request is asked about: that is no listing.
    let lists = bench.list_calls().await - open_and_changed as u64;
    assert!(lists <= 5, "{lists} list calls for 100 changes");
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_buyer_does_is_here_after_the_next_sync() {
    let bench = Bench::with_agreements(300).await;
    bench.sync().await.unwrap();
    let waiting = bench.matched("is:needs-setup");
    let bought = bench
        .control
        .subscribe(&Subscribe {
            listing: "clickhouse-committed".to_owned(),
            account: "444455556666".to_owned(),
            private_offer: true,
            value: Some("120000".to_owned()),
            company: Some("Halden Freight AS".to_owned()),
            ..Subscribe::default()
        })
        .await
        .unwrap();
    bench.sync().await.unwrap();
    assert_eq!(bench.matched("is:needs-setup"), waiting + 1);
    assert_eq!(bench.matched("halden account:444455556666 value:120k"), 1);
    let show = || {
        query::show(
            bench.console.store(),
            bench.console.clock(),
            &bought.agreement_id,
        )
        .unwrap()
    };
    let view = show();
    assert!(!view.details.details.terms.is_empty());
    assert_eq!(provisioning(&view), ["PENDING"]);

    // AWS grants the license a minute later, without touching the agreement.
    bench.control.advance("2m").await.unwrap();
    bench.sync().await.unwrap();
    let view = show();
    assert_eq!(provisioning(&view), ["PROVISIONED"]);
    assert!(!view.entitlements.is_empty(), "a contract grants something");

    bench.control.cancel(&bought.agreement_id).await.unwrap();
    bench.sync().await.unwrap();
    assert_eq!(bench.matched("is:needs-setup"), waiting);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyers_answer_to_a_cancellation_request_arrives() {
    let bench = Bench::with_agreements(1_000).await;
    bench.sync().await.unwrap();
    let store = bench.console.store();
    let open = store.read(|read| read.pending_cancellations()).unwrap();
    let [accepted, rejected, ..] = open.as_slice() else {
        panic!("a world with two open requests at least")
    };
    let status = |request: &CancellationRequest| {
        let of = store
            .read(|read| read.cancellations_of(&request.agreement))
            .unwrap();
        of.into_iter()
            .find(|known| known.id == request.id)
            .unwrap()
            .status
    };
    bench.control.accept(accepted.id.as_str()).await.unwrap();
    bench
        .control
        .reject(rejected.id.as_str(), None)
        .await
        .unwrap();
    bench.control.advance("10m").await.unwrap();
    bench.sync_at_its_time().await;
    // Consent ends the agreement, and so is seen at once; a refusal changes nothing there.
    assert_eq!(status(accepted), CancellationStatus::Approved);
    assert_eq!(status(rejected), CancellationStatus::PendingApproval);

    bench.control.advance("2h").await.unwrap();
    bench.sync_at_its_time().await;
    assert_eq!(status(rejected), CancellationStatus::Rejected);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_everything_stays_searchable() {
    let bench = Bench::with_agreements(300).await;
    bench.sync().await.unwrap();
    bench.control.set_network(false).await.unwrap();
    let failure = bench.sync().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Offline);
    assert!(bench.console.offline_since().is_some());
    assert_eq!(bench.matched(""), 300);
    let status = query::status(bench.console.store(), bench.console.clock()).unwrap();
    assert!(
        matches!(status.listing, query::Listing::Incomplete(_)),
        "{:?}",
        status.listing
    );

    bench.control.set_network(true).await.unwrap();
    bench.sync().await.unwrap();
    assert_eq!(bench.console.offline_since(), None);
    let status = query::status(bench.console.store(), bench.console.clock()).unwrap();
    assert_eq!(status.listing, query::Listing::Complete);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_from_the_other_side_is_told_and_costs_nothing() {
    let bench = Bench::with_agreements(300).await;
    bench.sync().await.unwrap();
    for body in ["html", "garbage", "huge"] {
        let nonsense = Fault {
            body: Some(body.to_owned()),
            ..fault("SearchAgreements")
        };
        bench.control.add_fault(&nonsense).await.unwrap();
        let failure = bench.sync().await.unwrap_err();
        assert_eq!(
            failure.kind,
            FailureKind::Garbage,
            "{body}: {}",
            failure.message
        );
        assert!(
            failure.message.starts_with("SearchAgreements: "),
            "{}",
            failure.message
        );
        assert_eq!(bench.matched(""), 300);
        bench.control.clear_faults().await.unwrap();
    }
    bench.sync().await.unwrap();
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn denied_and_expired_credentials_are_told_apart_with_the_request_id() {
    let bench = Bench::with_agreements(300).await;
    for (error, kind) in [
        ("AccessDeniedException", FailureKind::Denied),
        ("ExpiredTokenException", FailureKind::Credentials),
        ("UnrecognizedClientException", FailureKind::Credentials),
    ] {
        let refused = Fault {
            error: Some(error.to_owned()),
            ..fault("SearchAgreements")
        };
        bench.control.add_fault(&refused).await.unwrap();
        let failure = bench.sync().await.unwrap_err();
        assert_eq!(failure.kind, kind, "{}", failure.message);
        assert!(failure.request.is_some());
        bench.control.clear_faults().await.unwrap();
    }
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_sync_goes_on_where_it_was() {
    let bench = Bench::with_agreements(2_000).await;
    let slow = Fault {
        delay: Some("20ms".to_owned()),
        ..fault("SearchAgreements")
    };
    bench.control.add_fault(&slow).await.unwrap();
    let outcome = {
        let sync = bench.sync();
        let mut sync = std::pin::pin!(sync);
        loop {
            let tick = tokio::time::sleep(std::time::Duration::from_millis(5));
            tokio::select! {
                outcome = &mut sync => break outcome,
                () = tick => {
                    if bench.console.store().read(|read| read.agreement_count()).unwrap() >= 500 {
                        bench.console.stop_sync();
                    }
                }
            }
        }
    };
    assert_eq!(outcome.unwrap_err().kind, FailureKind::Stopped);
    let here = bench.matched("");
    assert!((500..2_000).contains(&here), "{here}");

    bench.control.clear_faults().await.unwrap();
    let rest = bench.sync().await.unwrap();
    assert!(
        rest.agreements < 2_000,
        "{} were listed again",
        rest.agreements
    );
    assert_eq!((bench.matched(""), rest.dropped), (2_000, 0));
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_folder_opens_on_a_sandbox_of_its_own_and_finds_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let folders = Folders::under(folder.path());
    let connection = Connection::open_sandbox(&folders).unwrap();
    Box::pin(connection.sync(Scope::Changes)).await.unwrap();
    let count = |connection: &Connection, filter: &str| {
        let sort: Sort = query::SORT_DEFAULT;
        query::agreements(connection.store(), connection.clock(), filter, sort, 0, 0)
            .unwrap()
            .matched
    };
    assert_eq!(count(&connection, ""), 300);
    assert!(
        count(&connection, "link:active") > 100,
        "the directory's links are here"
    );
    assert!(count(&connection, "is:needs-setup") >= 7);

    // A second process on the same folder uses the first one's sandbox.
    let other = Connection::open_sandbox(&folders).unwrap();
    let endpoint = connection.control().await.unwrap().endpoint().to_owned();
    assert_eq!(other.control().await.unwrap().endpoint(), endpoint);

    // When that one is gone, the other serves the sandbox itself, at the same time as before.
    other.control().await.unwrap().advance("3d").await.unwrap();
    connection.close().await;
    Box::pin(other.sync(Scope::Changes)).await.unwrap();
    let ahead = other.clock().offset_ms();
    assert!(
        (ahead - 3 * 86_400_000).abs() < 60_000,
        "the clock is {ahead} ms ahead"
    );
    other.close().await;
}
