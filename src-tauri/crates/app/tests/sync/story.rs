//! What the stories are told with: a console, and what becomes of a sync.

use std::sync::Arc;

use app::query::Listing as ListingState;
use app::sync::Scope;
use app::{Clock, Console, query};
use expect_test::{Expect, expect};
use store::Store;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::fake::Fake;

/// A console over a fresh database and a fake with agreements 1 to 5, updated at 10, 20, … 50.
pub(crate) struct Story {
    pub(crate) aws: Fake,
    pub(crate) store: Arc<Store>,
    pub(crate) console: Console<Fake>,
    _folder: tempfile::TempDir,
}

impl Story {
    pub(crate) fn new() -> Self {
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
    pub(crate) fn check(&self, scope: Scope, expected: Expect) {
        let outcome = runtime().block_on(self.syncs(scope));
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

    /// The first sync, which lists everything and looks at every agreement.
    #[track_caller]
    pub(crate) fn first_sync(&self) {
        self.check(
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
    }

    /// Syncs and tells how it ended.
    pub(crate) async fn syncs(&self, scope: Scope) -> String {
        match self.console.sync(scope).await {
            Ok(summary) => format!(
                "listed {}, dropped {}, looked at {}, failed {}",
                summary.agreements, summary.dropped, summary.details, summary.failed
            ),
            Err(error) => format!("{error}"),
        }
    }

    pub(crate) fn matched(&self, filter: &str) -> usize {
        let clock = self.console.clock();
        let sort = query::SORT_DEFAULT;
        let window = query::agreements(&self.store, clock, filter, sort, 0, 0);
        window.unwrap().matched
    }
}

/// Where the syncs run.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap()
}
