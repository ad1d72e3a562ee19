//! What the audit is told of a plan to link, and what the agreement shows of it.

use domain::{LinkState, Timestamp};
use serde_json::json;
use store::Write;
use store::table::audit::{Entry, Phase};

use super::super::bind::{self, Bound};
use super::super::case::Case;
use super::super::codes::NewCode;
use super::super::{Kept, LinkError, LinkPlan, TargetChoice};
use super::plan_id;
use crate::{Access, Console, Error, Marketplace, Permit, outbox};

impl<M: Marketplace> Console<M> {
    pub(super) fn open_audit(
        &self,
        _: &Permit,
        plan: &LinkPlan,
        now: Timestamp,
    ) -> Result<i64, Error> {
        let overridden = plan
            .verdicts
            .iter()
            .filter_map(|it| Some((&it.rule, it.overridden.as_ref()?)));
        let overridden: Vec<_> = overridden.collect();
        let detail = json!({
            "evidence": plan.asked.buyer.evidence,
            "account": plan.asked.buyer.account,
            "member": plan.asked.wish.member,
            "policy": plan.policy,
            "overridden": overridden,
            "steps": plan.steps.len(),
        });
        let entry = Entry {
            phase: Phase::Opened,
            outcome: None,
            detail: detail.to_string(),
            ..self.entry_of_link(now, "link", plan)?
        };
        self.store()
            .write(|write| Ok(write.append_audit(&self.audit_key, &entry)?))
    }

    pub(super) fn close_audit(
        &self,
        write: &mut Write<'_>,
        plan: &LinkPlan,
        opened: i64,
        bound: &Bound,
        now: Timestamp,
    ) -> Result<(), Error> {
        let target = &bound.link.link.target;
        let detail = json!({
            "state": bound.link.link.state.word(),
            "workspaces": bound.link.link.workspaces,
            "created": bound.created,
            "changed": bound.changed,
        });
        let entry = Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            target: Some(target.kind.named(&target.id)),
            detail: detail.to_string(),
            ..self.entry_of_link(now, "link", plan)?
        };
        // Whoever was away so long that the entry was settled does nothing.
        if !write.close_audit(&self.audit_key, &entry)? {
            return Err(LinkError::Over("given up").into());
        }
        Ok(())
    }

    pub(super) fn close_failed(
        &self,
        opened: i64,
        plan: &LinkPlan,
        why: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let entry = Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            outcome: Some("failed".to_owned()),
            detail: json!({ "why": why }).to_string(),
            ..self.entry_of_link(now, "link", plan)?
        };
        self.store()
            .write(|write| Ok(write.close_audit(&self.audit_key, &entry)?))
            .map(drop)
    }

    /// A code that was not sent: the one before is good again, and the send does not count.
    pub(super) fn note_unsent(
        &self,
        kept: &Kept,
        new: &NewCode,
        error: &Error,
        now: Timestamp,
    ) -> Result<(), Error> {
        let address = &new.kept.address;
        let detail = json!({ "to": address, "why": error.to_string() });
        let entry = Entry {
            outcome: Some("failed".to_owned()),
            detail: detail.to_string(),
            ..self.entry_of_link(now, "send-code", &kept.plan)?
        };
        self.store().write(|write| {
            let known = write.reading().verification(&new.kept.plan, address)?;
            // Whoever sent another one meanwhile has the newest.
            if known.is_some_and(|known| known.code_hash == new.kept.code_hash) {
                match &new.before {
                    Some(before) => write.put_verification(before)?,
                    None => write.drop_verification(&new.kept.plan, address)?,
                }
            }
            write.append_audit(&self.audit_key, &entry)?;
            Ok(())
        })
    }

    /// A code that was sent, or of which nobody knows whether it was.
    pub(super) fn note_sent(
        &self,
        kept: &Kept,
        new: &NewCode,
        error: Option<&Error>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let address = &new.kept.address;
        self.store().write(|write| {
            match Case::gather(&write.reading(), &self.policies, &kept.plan.asked, now) {
                Ok(case) => {
                    let reason = format!("A code was sent to {address}.");
                    let state = LinkState::AwaitingVerification;
                    bind::mark(write, &case, state, &kept.plan, reason, now)?;
                }
                // The code has left, whatever is gone meanwhile; the next look finds that out.
                Err(error) if error.is_gone() => {}
                Err(error) => return Err(error),
            }
            let why = error.map(ToString::to_string);
            let detail = json!({ "sentTo": address, "number": new.kept.sends, "why": why });
            let outcome = if error.is_some() { "unknown" } else { "done" };
            let entry = Entry {
                outcome: Some(outcome.to_owned()),
                detail: detail.to_string(),
                ..self.entry_of_link(now, "send-code", &kept.plan)?
            };
            write.append_audit(&self.audit_key, &entry)?;
            Ok(())
        })
    }

    /// A plan that was refused when it was made: the agreement shows it, unless it is linked.
    pub(crate) fn note_refusal(
        &self,
        write: &mut Write<'_>,
        plan: &LinkPlan,
        now: Timestamp,
    ) -> Result<(), Error> {
        // Whoever may only look leaves nothing behind.
        if self.access == Access::ReadOnly {
            return Ok(());
        }
        let rules: Vec<&str> = plan
            .refusals()
            .map(|verdict| verdict.rule.as_str())
            .collect();
        let why: Vec<&str> = plan
            .refusals()
            .map(|verdict| verdict.message.en.as_str())
            .collect();
        let entry = Entry {
            outcome: Some("refused".to_owned()),
            detail: json!({ "rules": rules, "why": why }).to_string(),
            ..self.entry_of_link(now, "link", plan)?
        };
        write.append_audit(&self.audit_key, &entry)?;
        let case = Case::gather(&write.reading(), &self.policies, &plan.asked, now)?;
        bind::mark(write, &case, LinkState::Refused, plan, why.join(" "), now)
    }

    /// A plan that could not be carried out as it was made.
    pub(super) fn note_failure(
        &self,
        plan: &LinkPlan,
        error: &Error,
        now: Timestamp,
    ) -> Result<(), Error> {
        let outcome = match error {
            Error::Link(LinkError::Stale(_)) => "stale",
            _ => "refused",
        };
        let entry = Entry {
            outcome: Some(outcome.to_owned()),
            detail: json!({ "why": error.to_string() }).to_string(),
            ..self.entry_of_link(now, "link", plan)?
        };
        let id = plan_id(plan)?;
        self.store().write(|write| {
            write.append_audit(&self.audit_key, &entry)?;
            match write.reading().plan(&id)? {
                Some(kept) => outbox::end(write, &kept, error, outcome, now),
                None => Ok(()),
            }
        })
    }

    /// An entry of the audit about a plan to link, which tells something at once ([`Console::entry`]).
    pub(crate) fn entry_of_link(
        &self,
        now: Timestamp,
        action: &str,
        plan: &LinkPlan,
    ) -> Result<Entry, Error> {
        let target = match &plan.asked.wish.target {
            TargetChoice::Existing { kind, id } => Some(kind.named(id)),
            _ => None,
        };
        Ok(Entry {
            plan: Some(plan.id.clone()),
            agreement: Some(plan.asked.buyer.agreement.to_string()),
            target,
            ..self.entry(now, action)?
        })
    }
}
