//! Questions about the audit: what was done, whether it is whole, and taking it elsewhere.

use store::Store;
use store::table::audit::{AuditActions, AuditRow, Broken};

use crate::{Console, Error, Marketplace};

/// Entries read at once.
const PAGE: usize = 1_000;

/// What a look through the whole audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCheck {
    /// How many entries there are.
    pub entries: usize,
    /// The first entry that does not follow from the ones before; `None` when all do.
    pub broken: Option<Broken>,
    /// Entries that were opened and not closed.
    pub open: usize,
}

/// Entries with a number below `before`, newest first, that have the text somewhere.
pub fn entries(
    store: &Store,
    search: &str,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<AuditRow>, Error> {
    if search.chars().count() > crate::directory::SEARCH_CHARS_MAX {
        return Ok(Vec::new());
    }
    Ok(store.read(|read| read.audit(search, before, limit))?)
}

/// What was done, newest first, and how much there is: what has the text somewhere; with `entry`, only
/// what that entry belongs to.
pub fn actions(
    store: &Store,
    search: &str,
    entry: Option<i64>,
    offset: usize,
    limit: usize,
) -> Result<AuditActions, Error> {
    if search.chars().count() > crate::directory::SEARCH_CHARS_MAX {
        return Ok(AuditActions::default());
    }
    Ok(store.read(|read| read.audit_actions(search, entry, offset, limit))?)
}

/// Every entry, oldest first, page by page.
pub fn each(store: &Store, mut take: impl FnMut(&AuditRow)) -> Result<(), Error> {
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let page = store.read(|read| read.audit("", before, PAGE))?;
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        all.extend(page);
    }
    all.iter().rev().for_each(&mut take);
    Ok(())
}

impl<M: Marketplace> Console<M> {
    /// Goes through the whole audit.
    pub fn verify_audit(&self) -> Result<AuditCheck, Error> {
        verify(self.store(), &self.audit_key)
    }
}

/// Goes through the whole audit.
pub fn verify(store: &Store, key: &store::AuditKey) -> Result<AuditCheck, Error> {
    Ok(store.read(|read| {
        Ok(AuditCheck {
            entries: read.audit_count()?,
            broken: read.verify_audit(key)?,
            open: read.open_audit()?.len(),
        })
    })?)
}
