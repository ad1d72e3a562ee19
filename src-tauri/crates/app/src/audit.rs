//! Questions about the audit: what was done, whether it is whole, and taking it elsewhere.

use domain::Timestamp;
use store::Store;
use store::table::audit::{AuditActions, AuditRow, Broken, Entry, Phase};

use crate::directory::can_be_found;
use crate::plan::Actor;
use crate::{Console, Error, Marketplace, Preflight};

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

/// An entry that tells something at once; whoever opens or closes one changes the phase. Who acts is the
/// operating system's user, with the AWS identity that the last check found.
pub(crate) fn entry(store: &Store, now: Timestamp, action: &str) -> Result<Entry, Error> {
    let actor = actor(store)?;
    Ok(Entry {
        at: now,
        user: actor.user,
        identity: actor.identity,
        action: action.to_owned(),
        phase: Phase::Noted,
        opened: None,
        outcome: Some("done".to_owned()),
        plan: None,
        agreement: None,
        target: None,
        request: None,
        detail: "{}".to_owned(),
    })
}

impl<M: Marketplace> Console<M> {
    /// Such an entry of this connection.
    pub(crate) fn entry(&self, now: Timestamp, action: &str) -> Result<Entry, Error> {
        entry(self.store(), now, action)
    }
}

/// Who acts on a connection.
pub(crate) fn actor(store: &Store) -> Result<Actor, Error> {
    let check = store.read(Preflight::last)?;
    let identity = check.and_then(|check| Some(check.identity.ok()?.arn));
    Ok(Actor {
        user: whoami::username().unwrap_or_else(|_| "unknown".to_owned()),
        identity,
    })
}

/// Entries that have the text somewhere, newest first.
pub fn entries(store: &Store, search: &str, limit: usize) -> Result<Vec<AuditRow>, Error> {
    if !can_be_found(search) {
        return Ok(Vec::new());
    }
    Ok(store.read(|read| read.audit(search, limit))?)
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
    if !can_be_found(search) {
        return Ok(AuditActions::default());
    }
    Ok(store.read(|read| read.audit_actions(search, entry, offset, limit))?)
}

/// Every entry, oldest first, page by page.
pub fn each(store: &Store, mut take: impl FnMut(&AuditRow)) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let page = store.read(|read| read.audit_after(after, PAGE))?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = last.seq;
        page.iter().for_each(&mut take);
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
