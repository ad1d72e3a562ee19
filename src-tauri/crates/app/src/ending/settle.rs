//! Endings that come by themselves: an agreement is over, a grace period too.

use domain::{PlanId, Timestamp};
use serde_json::json;
use store::Write;
use store::table::audit::{AuditRow, Entry, Phase};
use store::table::due_effect::{DueEffect, DueState};
use store::table::link::LinkRecord;
use store::table::plan::PlanState;
use tokio_util::sync::CancellationToken;

use super::effects::{self, Doing};
use crate::link::Because;
use crate::marketplace::ErrorKind;
use crate::{Console, Error, Marketplace};

/// How long another process may be between opening an entry and closing it, in milliseconds.
const OPEN_AT_MOST_MS: i64 = 120_000;

/// Effects read at once. The next follow until nothing is due.
const AT_ONCE_MAX: usize = 1_000;

impl<M: Marketplace> Console<M> {
    /// Ends the links whose agreements are over, and does what has come due. Each in a transaction of
    /// its own, so that nothing is done twice and nothing is lost when the program ends in between.
    pub(crate) async fn settle_endings(&self, stop: &CancellationToken) -> Result<(), Error> {
        let now = self.clock().now();
        tokio::task::block_in_place(|| {
            self.close_what_was_cut_off(now)?;
            self.end_with_agreements(now, stop)
        })?;
        let Some(until) = self.surely_past(now).await? else {
            return Ok(());
        };
        tokio::task::block_in_place(|| self.do_what_is_due(until, now, stop))
    }

    /// Entries that were opened and never closed. What they were to do is done in the transaction that
    /// closes them, or change set by change set: a file that was being taken in.
    fn close_what_was_cut_off(&self, now: Timestamp) -> Result<(), Error> {
        let open = self.store().read(|read| read.open_audit())?;
        for row in open.iter().filter(|row| is_cut_off(row, now)) {
            let (outcome, why) = match row.entry.action.as_str() {
                "link" | "unlink" => ("failed", "the program ended before anything was done"),
                "import" => ("unknown", "the program ended while the file was taken in"),
                "send-usage" => ("unknown", "the program ended before AWS answered"),
                _ => continue,
            };
            let entry = Entry {
                phase: Phase::Closed,
                opened: Some(row.seq),
                outcome: Some(outcome.to_owned()),
                plan: row.entry.plan.clone(),
                agreement: row.entry.agreement.clone(),
                target: row.entry.target.clone(),
                detail: json!({ "why": why }).to_string(),
                ..self.entry(now, &row.entry.action)?
            };
            self.store()
                .write(|write| write.close_audit(&self.audit_key, &entry))?;
        }
        Ok(())
    }

    /// One link that cannot be ended does not keep the others from it; it is tried again with the next
    /// sync.
    fn end_with_agreements(&self, now: Timestamp, stop: &CancellationToken) -> Result<(), Error> {
        let (chains, since, newest) = self.store().read(|read| {
            let since = read.sync_state()?.ended_change;
            let (chains, newest) = read.chains_over(since)?;
            Ok((chains, since, newest))
        })?;
        let mut all = true;
        for chain in chains {
            if stop.is_cancelled() {
                return Err(Error::Stopped);
            }
            let ended = self
                .store()
                .write(|write| self.end_with_agreement(write, &chain, now));
            match ended {
                Ok(()) => {}
                Err(Error::Store(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(chain, %error, "a link could not be ended with its agreement");
                    all = false;
                }
            }
        }
        if all && since != Some(newest) {
            self.store().write(|write| write.set_ended_change(newest))?;
        }
        Ok(())
    }

    fn end_with_agreement(
        &self,
        write: &mut Write<'_>,
        chain: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        // As it is now, not as it was read.
        let current = write.reading().current_link(chain)?;
        let Some(record) = current.filter(LinkRecord::is_bound) else {
            return Ok(());
        };
        if !write.reading().is_over(chain)? {
            return Ok(());
        }
        let first = domain::AgreementId::parse(chain)?;
        let last = write.reading().chain(&first)?.pop();
        let status = last.as_ref().map(|row| row.status.as_wire().to_lowercase());
        let reason = format!("The agreement is {}.", status.as_deref().unwrap_or("over"));
        let ended = effects::end(write, &self.policies, &record, &reason, None, now)?;
        let target = &record.link.target;
        let agreement = last.map_or_else(|| record.link.agreement.to_string(), |row| row.id);
        let entry = Entry {
            agreement: Some(agreement),
            target: Some(target.kind.named(&target.id)),
            detail: ended.told(&reason).to_string(),
            ..self.entry(now, "end-link")?
        };
        write.append_audit(&self.audit_key, &entry)?;
        Ok(())
    }

    /// Up to when time has surely passed, where something is due: not later than AWS says it is, since
    /// what is deleted for a clock that runs ahead does not come back. `None` where nothing is due, or
    /// AWS cannot be asked, and it waits.
    async fn surely_past(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        let due = self.store().read(|read| read.due_effects(now, 1))?;
        if due.is_empty() {
            return Ok(None);
        }
        match self.marketplace.time().await {
            // AWS tells whole seconds.
            Ok(at) => Ok(Some(now.min(at.plus_millis(999)))),
            Err(error) if matches!(error.kind, ErrorKind::NoAnswer | ErrorKind::Busy) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn do_what_is_due(
        &self,
        until: Timestamp,
        now: Timestamp,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        loop {
            let due = self
                .store()
                .read(|read| read.due_effects(until, AT_ONCE_MAX))?;
            if due.is_empty() {
                return Ok(());
            }
            for effect in due {
                if stop.is_cancelled() {
                    return Err(Error::Stopped);
                }
                self.store()
                    .write(|write| self.do_one(write, &effect, now))?;
            }
        }
    }

    fn do_one(
        &self,
        write: &mut Write<'_>,
        effect: &DueEffect,
        now: Timestamp,
    ) -> Result<(), Error> {
        // As it is now: another process may have done it, or called it off.
        let current = write.reading().due_effect(effect.id)?;
        if current.is_none_or(|current| current.state != DueState::Due) {
            return Ok(());
        }
        let because = Because {
            plan: effect.plan.as_deref(),
            chain: &effect.chain,
            now,
        };
        let (state, reason) = match effects::hindrance(&write.reading(), effect)? {
            Some((state, reason)) => (state, Some(reason)),
            None if effects::apply(write, &Doing::of_due(effect), &because)?.is_some() => {
                (DueState::Done, None)
            }
            None => (DueState::Void, Some("It is not there any more.")),
        };
        write.settle_due_effect(effect.id, state, reason, now)?;
        effects::finish(write, &effect.chain, now)?;
        let target = effect.target_kind.named(&effect.target_id);
        let entry = Entry {
            outcome: Some(state.word().to_owned()),
            target: Some(target),
            agreement: Some(effect.chain.clone()),
            plan: effect.plan.clone(),
            detail: json!({
                "what": format!("{} {} {}", effect.kind, effect.what, effect.thing),
                "dueAt": effect.due_at.to_string(),
                "reason": reason,
            })
            .to_string(),
            ..self.entry(now, "due-effect")?
        };
        write.append_audit(&self.audit_key, &entry)?;
        Ok(())
    }

    /// Requests and withdrawals whose answer was lost, or whose program ended: AWS is looked at, and
    /// the entry closed.
    pub(crate) async fn settle_requests(&self) -> Result<(), Error> {
        let open = self.store().read(|read| read.open_audit())?;
        for row in open {
            if !is_cut_off(&row, self.clock().now()) {
                continue;
            }
            let looked = match row.entry.action.as_str() {
                "cancel" => self.settle_cancellation(&row).await,
                "withdraw-cancellation" => self.settle_withdrawal(&row).await,
                _ => continue,
            };
            match looked {
                Ok(()) => {}
                Err(Error::Store(error)) => return Err(error.into()),
                // What is not known stays open, keeps no other from being looked at, and is looked at
                // with the next sync.
                Err(error) => {
                    tracing::info!(seq = row.seq, %error, "a request could not be looked at");
                }
            }
        }
        Ok(())
    }

    async fn settle_cancellation(&self, row: &AuditRow) -> Result<(), Error> {
        let id = row.entry.plan.as_deref().map(PlanId::parse).transpose()?;
        let Some(id) = id else { return Ok(()) };
        let (plan, kept) = tokio::task::block_in_place(|| self.cancel_plan(&id))?;
        if kept.state != PlanState::Sent {
            return Ok(());
        }
        let agreement = &plan.asked.agreement;
        if self.look_at_cancellations(agreement).await?.is_some() {
            return Ok(());
        }
        let now = self.clock().now();
        tokio::task::block_in_place(|| {
            let all = self.store().read(|read| read.cancellations_of(agreement))?;
            match super::cancel::ours(&plan, row, &all) {
                Some(request) => self.close_sent(&id, &plan, row.seq, request, now),
                None => self.close_unsent(&id, &plan, row.seq, now),
            }
        })
    }
}

/// Whether nobody is at it any more.
fn is_cut_off(row: &AuditRow, now: Timestamp) -> bool {
    // Either way: a clock that was set back must not leave it open until then.
    (now.as_millis() - row.entry.at.as_millis()).abs() > OPEN_AT_MOST_MS
}
