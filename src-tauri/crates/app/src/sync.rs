//! Bringing the cache up to date with AWS.
//!
//! The full listing of agreements and the incremental one are the same walk: oldest update first,
//! from where the cache is. A full one starts at the beginning and, once complete, drops what it did
//! not see. Every page is committed together with the position behind it, so that a walk can be cut
//! off anywhere and goes on from there; an agreement that changes during the walk moves to its end
//! and is met again. A walk that broke off drops nothing and leaves the listing marked incomplete.
//!
//! What the credentials may not ask for is left out and noted, as long as the agreements themselves
//! may be listed.

mod denials;
mod details;
mod directory;
mod entitlements;
mod listing;

use std::future::Future;

use domain::{AgreementId, Timestamp};
use store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::marketplace::MarketplaceError;
use crate::{Clock, Directory, Error, Failure, Marketplace};

use denials::Denials;

/// How much to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What changed since the last listing; everything when there was none.
    Changes,
    /// Everything, dropping what AWS no longer lists.
    Everything,
}

impl Scope {
    /// As much as a person wants who asks for a full listing, or does not.
    #[must_use]
    pub const fn full(wanted: bool) -> Self {
        if wanted {
            Self::Everything
        } else {
            Self::Changes
        }
    }
}

/// How far a sync is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// Whether everything is listed.
    pub full: bool,
    /// How many of the phase's things are done.
    pub done: usize,
    /// How many there are, where that is known.
    pub total: Option<usize>,
    /// How many failed.
    pub failed: usize,
    /// When the sync started.
    pub started_at: Timestamp,
}

/// The phases of a sync, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Listing products.
    Products,
    /// Listing agreements.
    Agreements,
    /// Taking in the vendor's directory.
    Directory,
    /// Listing cancellation requests.
    Cancellations,
    /// Listing entitlements.
    Entitlements,
    /// Looking at agreements one by one.
    Details,
}

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Whether everything was listed.
    pub full: bool,
    /// Agreements that AWS listed.
    pub agreements: usize,
    /// Agreements dropped because AWS no longer lists them.
    pub dropped: usize,
    /// Entitlements that AWS listed.
    pub entitlements: usize,
    /// Agreements looked at.
    pub details: usize,
    /// Agreements whose details could not be fetched.
    pub failed: usize,
}

/// What a sync works with.
pub(crate) struct Parts<'a, M> {
    pub(crate) store: &'a Store,
    pub(crate) marketplace: &'a M,
    /// The vendor's system of record, where it can be asked.
    pub(crate) directory: Option<&'a dyn Directory>,
    pub(crate) clock: &'a Clock,
    pub(crate) progress: &'a watch::Sender<Option<Progress>>,
    pub(crate) stop: &'a CancellationToken,
}

/// Runs one sync to its end. The listing's failure is kept in the database as well as returned.
pub(crate) async fn run<M: Marketplace>(
    parts: Parts<'_, M>,
    scope: Scope,
) -> Result<Summary, Error> {
    let Parts {
        store,
        marketplace,
        directory,
        clock,
        progress,
        stop,
    } = parts;
    let mut sync = Sync {
        store,
        marketplace,
        directory,
        clock,
        progress,
        stop,
        started_at: clock.now(),
        summary: Summary::default(),
        denials: Denials::default(),
    };
    let run = match sync.list(scope).await {
        Ok(run) => run,
        Err(error) => {
            sync.keep_failure(&error);
            return Err(error);
        }
    };
    sync.fetch_details(run).await?;
    sync.keep_denials().await?;
    Ok(sync.summary)
}

/// Brings one agreement up to date, with all that a look at it tells.
pub(crate) async fn one<M: Marketplace>(
    marketplace: &M,
    store: &Store,
    clock: &Clock,
    id: &AgreementId,
) -> Result<(), Error> {
    let sync = Sync {
        store,
        marketplace,
        directory: None,
        clock,
        progress: &watch::Sender::new(None),
        stop: &CancellationToken::new(),
        started_at: clock.now(),
        summary: Summary::default(),
        denials: Denials::default(),
    };
    sync.look_at_one(id).await
}

/// A running sync.
struct Sync<'a, M> {
    store: &'a Store,
    marketplace: &'a M,
    directory: Option<&'a dyn Directory>,
    clock: &'a Clock,
    progress: &'a watch::Sender<Option<Progress>>,
    stop: &'a CancellationToken,
    started_at: Timestamp,
    summary: Summary,
    denials: Denials,
}

impl<M: Marketplace> Sync<'_, M> {
    /// The listings. Returns the number of the full listing that everything now belongs to.
    async fn list(&mut self, scope: Scope) -> Result<i64, Error> {
        let state = self.store.read(|read| read.sync_state())?;
        self.summary.full =
            scope == Scope::Everything || state.full.is_some() || state.watermark.is_none();
        let products = self.list_products().await;
        self.unless_denied(products)?;
        let run = self.list_agreements(&state).await?;
        self.take_directory_in(&state).await?;
        let cancellations = self.list_cancellations(&state).await;
        self.unless_denied(cancellations)?;
        if self.summary.full {
            let entitlements = self.list_entitlements(run).await;
            self.unless_denied(entitlements)?;
        }
        Ok(run)
    }

    fn keep_failure(&self, error: &Error) {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the listing broke off"
        );
        let failure = Failure::from(error).stored();
        let now = self.clock.now();
        if let Err(error) = self.write(|write| write.set_sync_failure(&failure, now)) {
            // On a full disk this fails too. The caller is told of the first failure, the cause.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the failure could not be kept"
            );
        }
    }

    /// Waits for a call to AWS, unless the sync is stopped first.
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, MarketplaceError>>,
    ) -> Result<Result<T, MarketplaceError>, Error> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Error::Stopped),
            answer = call => Ok(answer),
        }
    }

    /// Writes without holding up the runtime's other work.
    fn write<T>(
        &self,
        work: impl FnOnce(&mut store::Write<'_>) -> Result<T, store::Error>,
    ) -> Result<T, store::Error> {
        tokio::task::block_in_place(|| self.store.write(work))
    }

    fn report(&self, phase: Phase, done: usize, total: Option<usize>, failed: usize) {
        self.progress.send_replace(Some(Progress {
            phase,
            full: self.summary.full,
            done,
            total,
            failed,
            started_at: self.started_at,
        }));
    }
}
