//! One open connection: its data, its way to AWS, its clock, and the sync that may be running.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{Link, Timestamp};
use store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::sync::{Progress, Scope, Summary};
use crate::{Clock, Error, Failure, FailureKind, Marketplace, Preflight, preflight, sync};

/// Links mirrored in one transaction. The ledger's seam to DynamoDB allows 100 items a change set.
const LINKS_PER_WRITE: usize = 100;

/// One open connection. Shared behind an `Arc` by every command.
pub struct Console<M> {
    store: Arc<Store>,
    marketplace: M,
    clock: Clock,
    running: Mutex<Option<CancellationToken>>,
    progress: watch::Sender<Option<Progress>>,
    offline_since: Mutex<Option<Timestamp>>,
}

impl<M: Marketplace> Console<M> {
    /// A console over an open database. Its syncs report to `progress`, `None` when none runs.
    pub fn new(
        store: Arc<Store>,
        marketplace: M,
        clock: Clock,
        progress: watch::Sender<Option<Progress>>,
    ) -> Self {
        Self {
            store,
            marketplace,
            clock,
            running: Mutex::default(),
            progress,
            offline_since: Mutex::default(),
        }
    }

    /// The database.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The connection's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Since when AWS has not answered; `None` when it answered the last call.
    pub fn offline_since(&self) -> Option<Timestamp> {
        *self
            .offline_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the cache up to date. One sync runs at a time; what it got before a failure stays, and
    /// the next one goes on from there. Wants a multi-threaded runtime, since SQLite blocks.
    pub async fn sync(&self, scope: Scope) -> Result<Summary, Error> {
        let claim = self.claim()?;
        let stop = &claim.stop;
        let outcome = sync::run(
            &self.store,
            &self.marketplace,
            &self.clock,
            &self.progress,
            stop,
            scope,
        )
        .await;
        self.note_reachability(outcome.as_ref().err());
        outcome
    }

    /// Stops the running sync, if any.
    pub fn stop_sync(&self) {
        if let Some(stop) = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            stop.cancel();
        }
    }

    /// Finds out what the credentials may do, and keeps it.
    pub async fn preflight(&self, read_only: bool) -> Result<Preflight, Error> {
        let found = preflight::run(&self.marketplace, &self.clock, read_only).await;
        Ok(found)
    }

    /// Takes in links that the vendor's system of record reports.
    pub fn mirror_links(&self, links: &[Link]) -> Result<(), Error> {
        for links in links.chunks(LINKS_PER_WRITE) {
            self.store.write(|write| write.mirror_links(links))?;
        }
        Ok(())
    }

    /// Sets the connection's clock, and keeps the offset for when the connection cannot be asked.
    pub fn set_clock(&self, now: Timestamp) -> Result<(), Error> {
        self.clock.set(now);
        self.store
            .write(|write| write.set_clock_offset(self.clock.offset_ms()))?;
        Ok(())
    }

    fn claim(&self) -> Result<Claim<'_, M>, Error> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return Err(Error::AlreadyRunning);
        }
        let stop = CancellationToken::new();
        *running = Some(stop.clone());
        Ok(Claim {
            console: self,
            stop,
        })
    }

    /// Notes whether AWS answers, from how a sync ended.
    fn note_reachability(&self, error: Option<&Error>) {
        let mut offline_since = self
            .offline_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match error.map(|error| Failure::from(error).kind) {
            Some(FailureKind::Offline) => {
                offline_since.get_or_insert(self.clock.now());
            }
            // A stop says nothing about the network.
            Some(FailureKind::Stopped | FailureKind::DiskFull) => {}
            _ => *offline_since = None,
        }
    }
}

/// The right to sync, given back however the sync ends, also when its future is dropped.
struct Claim<'a, M> {
    console: &'a Console<M>,
    stop: CancellationToken,
}

impl<M> Drop for Claim<'_, M> {
    fn drop(&mut self) {
        *self
            .console
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
        self.console.progress.send_replace(None);
    }
}
