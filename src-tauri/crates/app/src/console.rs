//! One open connection: its data, its way to AWS, its clock, and the sync that may be running.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{AccountId, Timestamp};
use store::{AuditKey, Store};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::sync::{Parts, Progress, Scope, Summary};
use crate::{
    Access, Clock, Directory, Error, Failure, FailureKind, Mailer, Marketplace, Policies,
    Preflight, preflight, sync,
};

/// One open connection. Shared behind an `Arc` by every command.
pub struct Console<M> {
    store: Arc<Store>,
    pub(crate) marketplace: M,
    pub(crate) policies: Arc<Policies>,
    pub(crate) audit_key: AuditKey,
    directory: Option<Box<dyn Directory>>,
    mailer: Option<Box<dyn Mailer>>,
    pub(crate) access: Access,
    /// The seller account whose data this is; `None` where any will do.
    account: Option<AccountId>,
    identified: Mutex<bool>,
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
            policies: Arc::default(),
            audit_key: AuditKey::of_the_sandbox(),
            directory: None,
            mailer: None,
            access: Access::Full,
            account: None,
            identified: Mutex::default(),
            clock,
            running: Mutex::default(),
            progress,
            offline_since: Mutex::default(),
        }
    }

    /// The same console, which takes in what this directory reports.
    #[must_use]
    pub fn with_directory(self, directory: impl Directory) -> Self {
        Self {
            directory: Some(Box::new(directory)),
            ..self
        }
    }

    /// The same console, whose mail to buyers this sends.
    #[must_use]
    pub fn with_mailer(self, mailer: impl Mailer) -> Self {
        Self {
            mailer: Some(Box::new(mailer)),
            ..self
        }
    }

    /// The same console, with these policies in force instead of the built-in ones alone.
    #[must_use]
    pub fn with_policies(self, policies: Arc<Policies>) -> Self {
        Self { policies, ..self }
    }

    /// The same console, whose audit is chained with this key instead of the one that everybody knows.
    #[must_use]
    pub fn with_audit_key(self, audit_key: AuditKey) -> Self {
        Self { audit_key, ..self }
    }

    /// The same console for looking only.
    #[must_use]
    pub fn with_access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// The same console, which refuses credentials of any other seller account.
    #[must_use]
    pub fn for_account(self, account: AccountId) -> Self {
        Self {
            account: Some(account),
            ..self
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

    /// What sends mail to buyers; `None` where nothing can.
    pub fn mailer(&self) -> Option<&dyn Mailer> {
        self.mailer.as_deref()
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
        let outcome = self.sync_as(&claim, scope).await;
        self.note_reachability(outcome.as_ref().err());
        if outcome.is_ok() {
            self.settle_unless(&claim.stop).await?;
        }
        outcome
    }

    async fn sync_as(&self, claim: &Claim<'_, M>, scope: Scope) -> Result<Summary, Error> {
        self.identify().await?;
        sync::run(
            Parts {
                store: &self.store,
                marketplace: &self.marketplace,
                directory: self.directory.as_deref(),
                clock: &self.clock,
                progress: &self.progress,
                stop: &claim.stop,
            },
            scope,
        )
        .await
    }

    /// Makes sure once that the credentials are those of the connection's account. A failure to find
    /// out is that of the sync: nothing must be taken in before.
    pub(crate) async fn identify(&self) -> Result<(), Error> {
        let known = || {
            self.identified
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let Some(expected) = self.account.as_ref().filter(|_| !*known()) else {
            return Ok(());
        };
        let found = self.marketplace.caller_identity().await?.account;
        if found != expected.as_str() {
            let expected = expected.clone();
            return Err(Error::OtherAccount { expected, found });
        }
        *known() = true;
        Ok(())
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
    pub async fn preflight(&self) -> Result<Preflight, Error> {
        let before = self.store.read(Preflight::last)?;
        let found = preflight::run(&self.marketplace, &self.clock, self.access).await;
        tokio::task::block_in_place(|| {
            let keep = |write: &mut store::Write<'_>| found.keep(write, before.as_ref());
            self.store.write(keep)
        })?;
        Ok(found)
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
