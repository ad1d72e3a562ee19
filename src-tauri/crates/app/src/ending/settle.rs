//! Endings that come by themselves: an agreement is over, a grace period too.

use domain::{LinkState, Timestamp};
use serde_json::json;
use store::table::audit::{Entry, Phase};
use store::table::due_effect::DueState;

use super::effects::{self, Doing};
use crate::{Console, Error, Marketplace};

/// How long another process may be between opening an entry and closing it, in milliseconds.
const OPEN_AT_MOST_MS: i64 = 120_000;

/// Links or effects settled in one go; the rest follows with the next.
const AT_ONCE_MAX: usize = 1_000;

impl<M: Marketplace> Console<M> {
    /// Ends the links whose agreements are over, and does what has come due. Each in a transaction of
    /// its own, so that nothing is done twice and nothing is lost when the program ends in between.
    pub(crate) fn settle_endings(&self, now: Timestamp) -> Result<(), Error> {
        self.close_what_was_cut_off(now)?;
        self.end_with_agreements(now)?;
        self.do_what_is_due(now)
    }

    /// Entries that were opened and never closed. A link is taken away in the transaction that closes
    /// its entry, so nothing was done; what a withdrawal came to is shown by the request itself.
    fn close_what_was_cut_off(&self, now: Timestamp) -> Result<(), Error> {
        let open = self.store().read(|read| read.open_audit())?;
        let old = open
            .iter()
            .filter(|row| row.entry.at.plus_millis(OPEN_AT_MOST_MS) < now);
        for row in old {
            let (outcome, why) = match row.entry.action.as_str() {
                "unlink" => ("failed", "the program ended before anything was done"),
                "withdraw-cancellation" => ("unknown", "the program ended before AWS answered"),
                _ => continue,
            };
            let entry = Entry {
                phase: Phase::Closed,
                opened: Some(row.seq),
                outcome: Some(outcome.to_owned()),
                plan: row.entry.plan.clone(),
                agreement: row.entry.agreement.clone(),
                detail: json!({ "why": why }).to_string(),
                ..self.entry(now, &row.entry.action, None)?
            };
            self.store()
                .write(|write| Ok::<_, Error>(write.append_audit(&self.audit_key, &entry)?))?;
        }
        Ok(())
    }

    fn end_with_agreements(&self, now: Timestamp) -> Result<(), Error> {
        let over = self
            .store()
            .read(|read| read.links_of_ended_chains(AT_ONCE_MAX))?;
        for record in over {
            let chain = record.chain.clone();
            self.store().write(|write| {
                // As it is now, not as it was read.
                let current = write.reading().current_link(&chain)?;
                let live = |state| matches!(state, LinkState::Active | LinkState::AwaitingAws);
                let current =
                    current.filter(|it| live(it.link.state) && it.in_force == Some(false));
                let Some(record) = current else {
                    return Ok(());
                };
                let status = write.reading().agreement(&record.link.agreement)?;
                let status = status.map(|row| row.status.as_wire().to_lowercase());
                let reason = format!("The agreement is {}.", status.as_deref().unwrap_or("over"));
                let ended = effects::end(write, &self.policies, &record, &reason, None, now)?;
                let target = &record.link.target;
                let entry = Entry {
                    agreement: Some(record.link.agreement.to_string()),
                    target: Some(format!("{}:{}", target.kind.word(), target.id)),
                    detail: json!({
                        "why": reason,
                        "changed": ended.changed,
                        "due": ended.due,
                        "left": ended.left,
                    })
                    .to_string(),
                    ..self.entry(now, "end-link", None)?
                };
                write.append_audit(&self.audit_key, &entry)?;
                Ok::<_, Error>(())
            })?;
        }
        Ok(())
    }

    fn do_what_is_due(&self, now: Timestamp) -> Result<(), Error> {
        let due = self
            .store()
            .read(|read| read.due_effects(now, AT_ONCE_MAX))?;
        for effect in due {
            self.store()
                .write(|write| {
                    // What has changed since it was planned is looked at again: a deployment that runs
                    // again is not deleted because it was once stopped.
                    let still = super::effects::still_applies(&write.reading(), &effect)?;
                    let (state, reason) = if still {
                        let doing = Doing::of_due(&effect);
                        match effects::apply(
                            write,
                            &doing,
                            &effect.chain,
                            effect.plan.as_deref(),
                            now,
                        )? {
                            true => (DueState::Done, None),
                            false => (DueState::Void, Some("It is not there any more.")),
                        }
                    } else {
                        (
                            DueState::Void,
                            Some("It is not as it was when the link ended."),
                        )
                    };
                    if !write.settle_due_effect(effect.id, state, reason, now)? {
                        // Another process did it: this transaction must not do it again.
                        return Err(Error::Stopped);
                    }
                    effects::finish(write, &effect.chain, now)?;
                    let entry = Entry {
                        outcome: Some(
                            if state == DueState::Done {
                                "done"
                            } else {
                                "void"
                            }
                            .to_owned(),
                        ),
                        target: Some(format!(
                            "{}:{}",
                            effect.target_kind.word(),
                            effect.target_id
                        )),
                        agreement: Some(effect.chain.clone()),
                        plan: effect.plan.clone(),
                        detail: json!({
                            "what": format!("{} {} {}", effect.kind, effect.what, effect.thing),
                            "dueAt": effect.due_at.to_string(),
                            "reason": reason,
                        })
                        .to_string(),
                        ..self.entry(now, "due-effect", None)?
                    };
                    write.append_audit(&self.audit_key, &entry)?;
                    Ok::<_, Error>(())
                })
                .or_else(|error| match error {
                    Error::Stopped => Ok(()),
                    error => Err(error),
                })?;
        }
        Ok(())
    }
}
