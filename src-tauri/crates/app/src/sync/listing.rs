//! Listing products, agreements and cancellation requests.

use std::collections::HashMap;

use domain::{CancellationRequestId, Timestamp};
use store::table::sync::SyncState;

use super::{Phase, Sync};
use crate::marketplace::{CancellationRequests, ErrorKind, Page, PageToken};
use crate::{Error, Marketplace};

/// How often a walk is begun anew from the last committed page, because AWS no longer knew the page
/// token, without having got any further in between.
const RESTARTS_MAX: usize = 3;

/// Pages in one listing of products or cancellation requests: 50 000 of them.
const PAGES_MAX: usize = 1_000;

/// How often all open cancellation requests are listed, in milliseconds: once an hour.
const CANCELLATIONS_EVERY_MS: i64 = 3_600_000;

/// Whether a walk lists everything or goes on from the last one.
#[derive(Clone, Copy, PartialEq)]
enum Walk {
    Full { run: i64 },
    Changes { run: i64 },
}

impl<M: Marketplace> Sync<'_, M> {
    pub(super) async fn list_products(&mut self) -> Result<(), Error> {
        self.report(Phase::Products, 0, None, 0);
        let known: HashMap<String, Option<String>> = self
            .store
            .read(|read| read.listings())?
            .into_iter()
            .map(|known| (known.listing.product.to_string(), known.modified))
            .collect();
        let mut next: Option<PageToken> = None;
        let mut done = 0;
        for _ in 0..PAGES_MAX {
            let page = self
                .call(self.marketplace.products(next.as_ref()))
                .await??;
            for product in page.items {
                let unchanged = product.modified.is_some()
                    && known.get(product.id.as_str()) == Some(&product.modified);
                if !unchanged {
                    let listing = self.call(self.marketplace.product(&product.id)).await??;
                    let now = self.clock.now();
                    self.write(|write| {
                        write.put_listing(&listing, product.modified.as_deref(), now)
                    })?;
                }
                done += 1;
                self.report(Phase::Products, done, None, 0);
            }
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Walks the agreements. Returns the number of the full listing that they now belong to.
    pub(super) async fn list_agreements(&mut self, state: &SyncState) -> Result<i64, Error> {
        self.report(Phase::Agreements, 0, None, 0);
        let (walk, from) = match state.full {
            Some((_, cursor)) => (Walk::Full { run: state.run }, cursor),
            None if self.summary.full => {
                let run = self.write(|write| write.start_full_listing(self.started_at))?;
                (Walk::Full { run }, None)
            }
            None => (Walk::Changes { run: state.run }, state.watermark),
        };
        let reached = self.walk(walk, from).await?;
        let now = self.clock.now();
        self.summary.dropped = self.write(|write| {
            let dropped = match walk {
                Walk::Full { run } => write.drop_agreements_not_seen_by(run)?,
                Walk::Changes { .. } => 0,
            };
            write.finish_listing(reached, now)?;
            Ok(dropped)
        })?;
        let (Walk::Full { run } | Walk::Changes { run }) = walk;
        Ok(run)
    }

    /// Lists from `from` to the end, committing page by page. Returns the update time it got to.
    async fn walk(
        &mut self,
        walk: Walk,
        from: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, Error> {
        let mut since = from;
        let mut reached = from;
        let mut next: Option<PageToken> = None;
        let mut restarts = 0;
        loop {
            // AWS lists what is later than the time given: one millisecond earlier makes sure that
            // nothing of the same millisecond is left out.
            let after = since.map(|since| since.plus_millis(-1));
            let page = match self
                .call(self.marketplace.agreements(after, next.as_ref()))
                .await?
            {
                Ok(page) => page,
                Err(error) if error.kind == ErrorKind::PageToken && restarts < RESTARTS_MAX => {
                    restarts = if since == reached { restarts + 1 } else { 1 };
                    since = reached;
                    next = None;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            reached = reached.max(
                page.items
                    .iter()
                    .map(|agreement| agreement.updated_at)
                    .max(),
            );
            self.keep_page(walk, &page, reached)?;
            next = page.next;
            if next.is_none() {
                return Ok(reached);
            }
        }
    }

    fn keep_page(
        &mut self,
        walk: Walk,
        page: &Page<domain::Agreement>,
        reached: Option<Timestamp>,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        self.write(|write| {
            let (Walk::Full { run } | Walk::Changes { run }) = walk;
            write.put_agreements(&page.items, run, now)?;
            match (walk, reached) {
                (_, None) => Ok(()),
                (Walk::Full { .. }, Some(reached)) => write.set_full_cursor(reached),
                (Walk::Changes { .. }, Some(reached)) => write.set_watermark(reached),
            }
        })?;
        self.summary.agreements += page.items.len();
        self.report(Phase::Agreements, self.summary.agreements, None, 0);
        Ok(())
    }

    /// Lists cancellation requests. AWS lists them by no time, so listing the open ones costs with
    /// how many there are: all with a full listing, the open ones every [`CANCELLATIONS_EVERY_MS`], and
    /// in between those of agreements that changed while a request was open.
    pub(super) async fn list_cancellations(&mut self, state: &SyncState) -> Result<(), Error> {
        let due = state
            .cancellations_at
            .is_none_or(|at| at.plus_millis(CANCELLATIONS_EVERY_MS) <= self.started_at);
        let asked_again = if self.summary.full {
            self.list_cancellations_of(CancellationRequests::All)
                .await?;
            Vec::new()
        } else if due {
            let before = self.store.read(|read| read.pending_cancellations())?;
            let open = self
                .list_cancellations_of(CancellationRequests::Pending)
                .await?;
            before
                .into_iter()
                .filter(|request| !open.contains(&request.id))
                .collect()
        } else {
            self.store.read(|read| read.outdated_cancellations())?
        };
        for request in asked_again {
            self.list_cancellations_of(CancellationRequests::Of(request.agreement))
                .await?;
        }
        if self.summary.full || due {
            let now = self.clock.now();
            self.write(|write| write.finish_cancellations(now))?;
        }
        Ok(())
    }

    /// Lists these requests and keeps them. Returns which there were.
    async fn list_cancellations_of(
        &self,
        which: CancellationRequests,
    ) -> Result<Vec<CancellationRequestId>, Error> {
        let mut seen = Vec::new();
        let mut next: Option<PageToken> = None;
        for _ in 0..PAGES_MAX {
            self.report(Phase::Cancellations, seen.len(), None, 0);
            let page = self
                .call(
                    self.marketplace
                        .cancellation_requests(&which, next.as_ref()),
                )
                .await??;
            let now = self.clock.now();
            self.write(|write| write.put_cancellations(&page.items, now))?;
            seen.extend(page.items.into_iter().map(|request| request.id));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        Ok(seen)
    }
}
