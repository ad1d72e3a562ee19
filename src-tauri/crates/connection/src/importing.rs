//! Taking files of the directory in on an open connection, and correcting it by hand.

use std::ops::ControlFlow;

use app::Action;
use app::directory::correct::{self, Correction};
use app::directory::import::{OnBadRows, Plan};
use store::table::directory::{Change, Tallies};

use crate::{Connection, OpenError};

impl Connection {
    /// Corrects one thing of the directory by hand, and tells the audit of it. Tells what was changed.
    pub fn correct(&self, correction: &Correction) -> Result<Vec<Change>, OpenError> {
        let permit = self.permit(Action::EditDirectory)?;
        let now = self.clock().now();
        let (store, key) = (self.store(), self.audit_key()?);
        Ok(correct::correct(store, key, &permit, correction, now)?)
    }

    /// Takes a file in, and tells the audit of it. `heard` is told after each change set how many entries
    /// are in and how many there are.
    pub fn import(
        &self,
        plan: &Plan,
        on_bad: OnBadRows,
        heard: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Tallies, OpenError> {
        let permit = self.permit(Action::EditDirectory)?;
        let now = self.clock().now();
        let (store, key) = (self.store(), self.audit_key()?);
        Ok(plan.apply_audited(store, key, permit, on_bad, now, heard)?)
    }
}
