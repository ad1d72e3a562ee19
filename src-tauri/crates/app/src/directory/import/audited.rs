//! Taking a file in, with an entry in the audit before and after.

use std::ops::ControlFlow;

use domain::Timestamp;
use serde_json::json;
use store::table::audit::{Entry, Phase};
use store::table::directory::Tallies;
use store::{AuditKey, Store};

use super::{OnBadRows, Plan};
use crate::{Error, Permit, audit};

/// The action in the audit.
const KIND: &str = "import";

impl Plan {
    /// Takes the good rows in as [`Plan::apply`] does, and tells the audit of it. A file that is refused
    /// is told, too.
    pub fn apply_audited(
        &self,
        store: &Store,
        key: &AuditKey,
        permit: Permit,
        on_bad: OnBadRows,
        now: Timestamp,
        heard: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Tallies, Error> {
        let base = Entry {
            detail:
                json!({ "file": self.file, "rows": self.entries.len(), "badRows": self.bad_rows })
                    .to_string(),
            ..audit::entry(store, now, KIND)?
        };
        if let Err(error) = self.check(on_bad) {
            let refused = Entry {
                outcome: Some("refused".to_owned()),
                ..base
            };
            store.write(|write| write.append_audit(key, &refused))?;
            return Err(error.into());
        }
        let opening = Entry {
            phase: Phase::Opened,
            outcome: None,
            ..base.clone()
        };
        let opened = store.write(|write| write.append_audit(key, &opening))?;
        let done = self.apply(store, permit, on_bad, now, heard);
        let (outcome, what) = match &done {
            Ok(tallies) => ("done", told(tallies)),
            Err(error @ Error::ImportStopped { .. }) => ("stopped", json!(error.to_string())),
            Err(error) => ("failed", json!(error.to_string())),
        };
        let closing = Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            outcome: Some(outcome.to_owned()),
            detail: json!({ "file": self.file, "badRows": self.bad_rows, "came": what })
                .to_string(),
            ..base
        };
        let closed = store.write(|write| write.close_or_note_audit(key, closing));
        let done = done?;
        closed?;
        Ok(done)
    }
}

/// How many entries of each kind were new, changed and the same.
fn told(tallies: &Tallies) -> serde_json::Value {
    let kinds = tallies.0.iter().map(|(kind, tally)| {
        let told = json!({
            "added": tally.added,
            "changed": tally.changed,
            "unchanged": tally.unchanged,
        });
        (kind.word().to_owned(), told)
    });
    kinds.collect::<serde_json::Map<_, _>>().into()
}
