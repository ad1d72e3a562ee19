//! Taking a link away without ending the agreement: the wrong organization was linked, for example.

use domain::{AgreementId, PlanId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Read;
use store::table::audit::{Entry, Phase};
use store::table::link::LinkRecord;
use store::table::plan::{KeptPlan, PlanState};

use super::{EndingError, effects, field, phrase};
use crate::plan::{self, Actor, Outcome, Plan, Step, StepKind, When};
use crate::policies::Policies;
use crate::{Action, Console, Error, Marketplace, Preflight};

/// The kind of such plans in the ledger, and their action in the audit.
const KIND: &str = "unlink";

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;

/// What a person wants taken away, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlinkAsked {
    /// The agreement whose link it is.
    pub agreement: AgreementId,
    /// Why.
    pub reason: String,
    /// What must be typed before it is done.
    pub phrase: String,
}

/// A plan to take a link away.
pub type UnlinkPlan = Plan<UnlinkAsked>;

impl<M: Marketplace> Console<M> {
    /// Plans to take a link away, and keeps the plan. Needs nothing of AWS.
    pub fn plan_unlink(&self, agreement: &AgreementId, reason: &str) -> Result<UnlinkPlan, Error> {
        let reason = reason.trim();
        if reason.chars().count() > REASON_CHARS_MAX {
            let limit = format!("at most {REASON_CHARS_MAX} characters");
            return Err(field("reason", &limit));
        }
        let now = self.clock().now();
        let asked = UnlinkAsked {
            phrase: phrase(self.store(), &self.policies, agreement)?,
            agreement: agreement.clone(),
            reason: reason.to_owned(),
        };
        let actor = self.actor()?;
        let plan = self
            .store()
            .read(|read| Ok(draft(read, &self.policies, asked, actor, now)))??;
        self.store()
            .write(|write| plan::keep(write, KIND, agreement.as_str(), &plan, now))?;
        Ok(plan)
    }

    /// Takes the link away that was planned to be, in one transaction.
    pub fn execute_unlink(&self, id: &PlanId, confirmed: &str) -> Result<LinkRecord, Error> {
        let (plan, kept) = self.unlink_plan(id)?;
        if kept.state == PlanState::Done {
            return self.link_after(&plan);
        }
        if let Some(over) = plan::over(kept.state) {
            return Err(EndingError::Over(over).into());
        }
        let known = self.store().read(Preflight::last)?;
        let _permit = self.access.permit(Action::Unlink, known.as_ref())?;
        if confirmed != plan.asked.phrase {
            return Err(EndingError::Phrase(plan.asked.phrase).into());
        }
        let now = self.clock().now();
        let base = Entry {
            plan: Some(plan.id.clone()),
            agreement: Some(plan.asked.agreement.to_string()),
            ..self.entry(now, KIND)?
        };
        let opening = Entry {
            phase: Phase::Opened,
            outcome: None,
            detail: json!({ "reason": plan.asked.reason, "steps": plan.steps.len() }).to_string(),
            ..base.clone()
        };
        let opened = self
            .store()
            .write(|write| Ok::<_, Error>(write.append_audit(&self.audit_key, &opening)?))?;
        let done = self.store().write(|write| {
            // As it is now: another process may have carried it out.
            let now_kept = write.reading().plan(id)?;
            if now_kept.is_some_and(|kept| kept.state == PlanState::Done) {
                return Ok(false);
            }
            let again = draft(
                &write.reading(),
                &self.policies,
                plan.asked.clone(),
                plan.made_by.clone(),
                now,
            )?;
            let differences = plan.differences(&again);
            if !differences.is_empty() {
                return Err(EndingError::Stale(differences).into());
            }
            let record = held(&write.reading(), &plan.asked.agreement)?;
            let why = if plan.asked.reason.is_empty() {
                "Taken away."
            } else {
                &plan.asked.reason
            };
            let ended = effects::end(write, &self.policies, &record, why, Some(&plan.id), now)?;
            let open = [PlanState::Open, PlanState::Waiting];
            write.move_plan(id, &open, PlanState::Done, None, now)?;
            let target = &record.link.target;
            let closing = Entry {
                phase: Phase::Closed,
                opened: Some(opened),
                target: Some(target.kind.named(&target.id)),
                detail: ended.told(why).to_string(),
                ..base.clone()
            };
            // Whoever was away so long that the entry was settled does nothing.
            if !write.close_audit(&self.audit_key, &closing)? {
                return Err(EndingError::Over("given up").into());
            }
            Ok::<_, Error>(true)
        });
        let why = match done {
            Ok(true) => return self.link_after(&plan),
            Ok(false) => "carried out by another execution".to_owned(),
            Err(ref error) => error.to_string(),
        };
        let closing = Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            outcome: Some("failed".to_owned()),
            detail: json!({ "why": why }).to_string(),
            ..base
        };
        self.store()
            .write(|write| write.close_audit(&self.audit_key, &closing))?;
        done?;
        self.link_after(&plan)
    }

    /// A plan to take a link away that was kept, with what became of it.
    pub fn unlink_plan(&self, id: &PlanId) -> Result<(UnlinkPlan, KeptPlan), Error> {
        let found = plan::load(self.store(), KIND, id)?;
        found.ok_or_else(|| EndingError::NoPlan(id.clone()).into())
    }

    fn link_after(&self, plan: &UnlinkPlan) -> Result<LinkRecord, Error> {
        let record = self.store().read(|read| {
            let chain = read.chain_of(&plan.asked.agreement)?;
            read.current_link(&chain)
        })?;
        record.ok_or_else(|| EndingError::NotLinked(plan.asked.agreement.to_string()).into())
    }
}

/// The link that there is to take away.
fn held(read: &Read<'_>, agreement: &AgreementId) -> Result<LinkRecord, Error> {
    let chain = read.chain_of(agreement)?;
    let record = read.current_link(&chain)?.filter(LinkRecord::is_held);
    record.ok_or_else(|| EndingError::NotLinked(agreement.to_string()).into())
}

/// The plan on one snapshot.
fn draft(
    read: &Read<'_>,
    policies: &Policies,
    asked: UnlinkAsked,
    made_by: Actor,
    now: Timestamp,
) -> Result<UnlinkPlan, Error> {
    let record = held(read, &asked.agreement)?;
    let target = &record.link.target;
    let mut steps = vec![Step {
        before: Some(target.name.clone()),
        after: Some(String::new()),
        ..Step::now(StepKind::Unbind, "license").of(Some(&target.id), Some(&target.name))
    }];
    steps.extend(effects::steps(read, policies, &record, When::Now, now)?);
    Ok(Plan {
        id: plan::new_id()?.to_string(),
        policy: record.policy.clone().unwrap_or_default(),
        verdicts: Vec::new(),
        steps,
        outcome: Outcome::Ready,
        asked,
        made_at: now.as_millis(),
        made_by,
        offline: None,
        advice: Vec::new(),
    })
}
