//! The world and its journal together: an action counts once it is on disk.

use crate::journal::{Journal, JournalError};
use crate::world::World;
use crate::world::action::{Action, Outcome, Refusal};

/// The state of a running sandbox.
pub(crate) struct State {
    pub(crate) world: World,
    /// Absent when the world lives in memory only.
    pub(crate) journal: Option<Journal>,
}

/// The right to act on the world at a moment.
pub(crate) struct Ledger<'s> {
    pub(crate) world: &'s mut World,
    journal: Option<&'s mut Journal>,
    pub(crate) now: i64,
}

/// Why an action was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommitError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The world is ahead of its journal now, so nothing more is accepted.
    #[error("the journal cannot be written")]
    Journal(#[from] JournalError),
}

impl CommitError {
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match self {
            CommitError::Refused(refusal) => Some(refusal.clone()),
            CommitError::Journal(_) => None,
        }
    }
}

impl State {
    pub(crate) fn at(&mut self, now: i64) -> Ledger<'_> {
        Ledger {
            world: &mut self.world,
            journal: self.journal.as_mut(),
            now,
        }
    }
}

impl Ledger<'_> {
    /// Applies an action and returns when it is on disk.
    pub(crate) fn commit(&mut self, action: &Action) -> Result<Outcome, CommitError> {
        if let Some(journal) = &self.journal {
            journal.check()?;
        }
        let at = self.now.max(self.world.settled);
        let outcome = self.world.apply(at, action)?;
        if let Some(journal) = &mut self.journal {
            journal.append(at, action)?;
        }
        Ok(outcome)
    }
}
