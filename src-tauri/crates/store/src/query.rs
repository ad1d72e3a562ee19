//! Questions about agreements: windows over a filtered and sorted list, counts, totals.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLockReadGuard};

use domain::filter::{Filter, Moment};
use domain::{AgreementStatus, LinkState, Timestamp};

pub use crate::index::{
    CurrencyTotal, ENDING_DAYS, ENDING_WEEKS, Ending, SortKey, Totals, Waiting,
};
use crate::index::{Index, Matched};
use crate::store::lock;
use crate::table::agreement::AgreementRow;
use crate::{Read, Result};

/// Most rows in one window.
pub const WINDOW_MAX: usize = 1_000;

/// Filter results kept for the next window, count or sort of the same filter.
const KEPT_MAX: usize = 4;

/// How the list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Whether the greatest comes first. Rows without the key come last either way.
    pub descending: bool,
}

/// A part of a filtered and sorted list.
#[derive(Debug)]
pub struct Window {
    /// The rows, in order.
    pub rows: Vec<AgreementRow>,
    /// How many agreements match, exactly.
    pub matched: usize,
    /// How many there are.
    pub total: usize,
}

/// Exact counts beside a list. Each facet leaves out the filter's own terms on it, so that it tells
/// what another choice would give.
#[derive(Debug)]
pub struct Counts {
    /// How many agreements match.
    pub matched: usize,
    /// How many there are.
    pub total: usize,
    /// By status.
    pub statuses: Vec<(AgreementStatus, usize)>,
    /// By link state; `None` is no link.
    pub links: Vec<(Option<LinkState>, usize)>,
    /// By product id and title.
    pub products: Vec<(String, String, usize)>,
}

/// A filter's result, kept.
pub(crate) struct Kept {
    filter: Filter,
    now: Timestamp,
    generation: u64,
    matched: Arc<Matched>,
}

impl Read<'_> {
    /// A window of at most [`WINDOW_MAX`] rows over the agreements that match.
    pub fn agreements(
        &self,
        filter: &Filter,
        moment: &Moment,
        sort: Sort,
        offset: usize,
        limit: usize,
    ) -> Result<Window> {
        let limit = limit.min(WINDOW_MAX);
        if filter.terms.is_empty() && !self.store.index_is_ready() {
            return self.agreements_without_index(sort, offset, limit);
        }
        let (rows, matched, total) = {
            let index = self.index()?;
            let matched = self.matched(&index, filter, moment);
            let rows = index.window(&matched, sort.key, sort.descending, offset, limit);
            (rows, matched.count(), index.count())
        };
        Ok(Window {
            rows: self.agreement_rows(&rows)?,
            matched,
            total,
        })
    }

    /// How many agreements match.
    pub fn matching(&self, filter: &Filter, moment: &Moment) -> Result<usize> {
        let index = self.index()?;
        Ok(self.matched(&index, filter, moment).count())
    }

    /// Exact counts of the agreements that match.
    pub fn counts(&self, filter: &Filter, moment: &Moment) -> Result<Counts> {
        Ok(self.index()?.counts(filter, moment))
    }

    /// The overview's numbers.
    pub fn totals(&self, now: Timestamp) -> Result<Totals> {
        Ok(self.index()?.totals(now))
    }

    /// Memory that the index holds, in bytes.
    pub fn index_bytes(&self) -> Result<usize> {
        Ok(self.index()?.bytes())
    }

    /// The index, brought up to this snapshot.
    pub(crate) fn index(&self) -> Result<RwLockReadGuard<'_, Index>> {
        let latest = self.change()?;
        let shared = || {
            self.store
                .index
                .read()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let index = shared();
        if index.applied() >= latest && self.store.index_is_ready() {
            return Ok(index);
        }
        drop(index);
        let mut index = self
            .store
            .index
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if index.applied() < latest {
            index.follow(self.tx, latest)?;
        }
        self.store.index_ready.store(true, Ordering::Release);
        drop(index);
        Ok(shared())
    }

    /// The rows that match, from the last few results when nothing changed since.
    fn matched(&self, index: &Index, filter: &Filter, moment: &Moment) -> Arc<Matched> {
        let mut kept = lock(&self.store.kept);
        let generation = index.generation();
        kept.retain(|kept| kept.generation == generation);
        let same = |kept: &Kept| kept.now == moment.now && kept.filter == *filter;
        if let Some(at) = kept.iter().position(same) {
            let found = kept.remove(at);
            kept.insert(0, found);
        } else {
            let matched = Arc::new(index.matched(filter, moment));
            kept.truncate(KEPT_MAX - 1);
            kept.insert(
                0,
                Kept {
                    filter: filter.clone(),
                    now: moment.now,
                    generation,
                    matched,
                },
            );
        }
        Arc::clone(&kept[0].matched)
    }
}
