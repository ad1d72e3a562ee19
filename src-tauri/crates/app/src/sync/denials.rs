//! What a sync finds out on its way about what the credentials may do.

use std::collections::BTreeMap;

use store::table::details::Failure as StoredFailure;
use store::table::permission::Permission as Found;

use super::Sync;
use crate::marketplace::{ErrorKind, MarketplaceError};
use crate::operation::Effect;
use crate::preflight::{ALLOWED, DENIED};
use crate::{Error, Failure, Marketplace, Operation};

/// What AWS refused to these credentials during a sync, by operation.
#[derive(Default)]
pub(super) struct Denials {
    denied: BTreeMap<&'static str, Failure>,
}

impl Denials {
    /// Notes a refusal.
    pub(super) fn note(&mut self, error: &MarketplaceError) {
        self.denied
            .entry(error.operation)
            .or_insert_with(|| Failure::from(&Error::from(error.clone())));
    }
}

impl<M: Marketplace> Sync<'_, M> {
    /// Goes on without a part that the credentials may not have.
    pub(super) fn unless_denied(&mut self, part: Result<(), Error>) -> Result<(), Error> {
        match part {
            Err(Error::Marketplace(error)) if error.kind == ErrorKind::Denied => {
                tracing::info!(operation = error.operation, "AWS denies a part of the sync");
                self.denials.note(&error);
                Ok(())
            }
            other => other,
        }
    }

    /// Keeps what was refused. What was refused before and not this time is asked about once more: it
    /// may have been granted in the meantime, and then there is more to look at.
    pub(super) async fn keep_denials(&self) -> Result<(), Error> {
        let mut found = Vec::new();
        let before = self.store.read(|read| read.permissions())?;
        let denied_before = before.iter().filter(|found| found.outcome == DENIED);
        for known in denied_before {
            let operation = Operation::from_name(&known.operation);
            let asked = operation.filter(|it| {
                it.effect() == Effect::Reads && !self.denials.denied.contains_key(it.name())
            });
            if let Some(operation) = asked
                && self.call(self.marketplace.probe(operation)).await?.is_ok()
            {
                found.push(self.found(operation.name(), ALLOWED, None));
            }
        }
        let granted = !found.is_empty();
        for (operation, failure) in &self.denials.denied {
            found.push(self.found(operation, DENIED, Some(failure.stored())));
        }
        if found.is_empty() {
            return Ok(());
        }
        self.write(|write| {
            found
                .iter()
                .try_for_each(|found| write.put_permission(found))?;
            if granted {
                write.outdate_details()
            } else {
                Ok(())
            }
        })?;
        Ok(())
    }

    fn found(&self, operation: &str, outcome: &str, failure: Option<StoredFailure>) -> Found {
        Found {
            operation: operation.to_owned(),
            outcome: outcome.to_owned(),
            failure,
            found_at: self.clock.now(),
        }
    }
}
