//! Carrying a plan out.
//!
//! AWS is asked again and the plan is made again; what differs makes it stale. Missing codes are sent,
//! entered ones checked. Then the audit's entry is opened and committed, and the bind is one
//! transaction that plans once more on what it sees itself, so that nothing can come in between.

mod noted;
mod verify;

use domain::{Email, PlanId, Timestamp};
use policy::Language;
use serde_json::json;
use store::table::link::LinkRecord;
use store::table::plan::PlanState;
use store::table::verification::Verification;

use super::draft::{Draft, draft};
use super::{Kept, LinkError, LinkPlan, bind, kept};
use crate::plan::{Outcome, over};
use crate::{Console, Error, Marketplace, Permit};

/// Codes that a person enters or asks for.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    /// Codes that were read out of mails; spaces and hyphens in them do not matter.
    pub entered: Vec<String>,
    /// Whether to send another code to whoever has not entered one.
    pub again: bool,
    /// The language of the mails.
    pub language: Option<Language>,
    /// Whether to stop once the codes are checked: the person wants to know before anything is linked.
    pub check_only: bool,
}

/// What carrying out came to.
#[derive(Clone, Debug)]
pub enum Executed {
    /// Codes were sent, or were only to be checked; the plan goes on when all are entered.
    CodesSent(Vec<CodeSent>),
    /// The link is made.
    Linked(Box<LinkRecord>),
    /// AWS cannot be asked: the plan waits until it can, and can be withdrawn until then.
    Queued,
}

/// A code that was sent, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeSent {
    /// Where it was sent.
    pub address: Email,
    /// When.
    pub sent_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// How many codes were sent to the address.
    pub sends: u32,
    /// How many wrong codes were entered.
    pub attempts: u32,
    /// When the right one was entered.
    pub verified_at: Option<Timestamp>,
}

impl From<&Verification> for CodeSent {
    fn from(it: &Verification) -> Self {
        Self {
            address: it.address.clone(),
            sent_at: it.sent_at,
            expires_at: it.expires_at,
            sends: it.sends,
            attempts: it.attempts,
            verified_at: it.verified_at,
        }
    }
}

impl<M: Marketplace> Console<M> {
    /// Carries a plan out, as far as it goes. Doing so twice is doing it once.
    pub async fn execute_link(&self, id: &PlanId, entered: &Codes) -> Result<Executed, Error> {
        let kept = tokio::task::block_in_place(|| kept(self.store(), id))?;
        if kept.state == PlanState::Done {
            return self.done_before(&kept);
        }
        if let Some(over) = over(kept.state) {
            return Err(LinkError::Over(over).into());
        }
        let action = kept.plan.asked.buyer.evidence.action();
        let known = self.store().read(crate::Preflight::last)?;
        let permit = self.access.permit(action, known.as_ref())?;
        refuse_unready(&kept.plan)?;
        let now = self.clock().now();
        // Before AWS is asked: a code that was read out counts, whether or not the network is there.
        tokio::task::block_in_place(|| self.check_codes(&permit, &kept, entered, now))?;
        if self
            .refresh(&kept.plan.asked.buyer.agreement)
            .await?
            .is_some()
        {
            let entry = self.entry_of_link(now, "queue", &kept.plan)?;
            tokio::task::block_in_place(|| self.queue(id, &entry, now))?;
            return Ok(Executed::Queued);
        }
        let missing = tokio::task::block_in_place(|| self.recheck(&kept))?;
        let Some(missing) = missing else {
            return self.done_before(&kept);
        };
        if !missing.is_empty() {
            let sent = self
                .send_codes(&permit, &kept, &missing, entered, now)
                .await?;
            return Ok(Executed::CodesSent(sent));
        }
        if entered.check_only {
            let kept = tokio::task::block_in_place(|| super::kept(self.store(), id))?;
            return Ok(Executed::CodesSent(kept.codes));
        }
        tokio::task::block_in_place(|| {
            let opened = self.open_audit(&permit, &kept.plan, now)?;
            let bound = self.bind(&permit, &kept, opened, now)?;
            Ok(Executed::Linked(Box::new(bound)))
        })
    }

    /// Plans again on what is known now. Tells the addresses that a code must still be entered from;
    /// `None` when somebody carried the plan out in between, so that it meets its own link.
    fn recheck(&self, kept: &Kept) -> Result<Option<Vec<Email>>, Error> {
        let now = self.clock().now();
        let again = self.store().read(|read| {
            let id = plan_id(&kept.plan)?;
            if read
                .plan(&id)?
                .is_some_and(|plan| plan.state == PlanState::Done)
            {
                return Ok(Ok(None));
            }
            let verified = verified(&read.verifications(&id)?);
            let again = self.again(read, &kept.plan, &verified, now);
            Ok(again.map(|draft| Some(draft.codes)))
        });
        match again? {
            Ok(codes) => Ok(codes),
            Err(error) => {
                self.note_failure(&kept.plan, &error, now)?;
                Err(error)
            }
        }
    }

    /// The plan, made again on a snapshot: an error when it is no longer the same.
    fn again<'p>(
        &'p self,
        read: &store::Read<'_>,
        plan: &LinkPlan,
        verified: &[Email],
        now: Timestamp,
    ) -> Result<Draft<'p>, Error> {
        let draft = draft(read, &self.policies, &plan.asked, verified, now)?;
        let again = LinkPlan {
            verdicts: draft.verdicts.clone(),
            steps: draft.steps.clone(),
            outcome: draft.outcome,
            ..plan.clone()
        };
        let differences = plan.differences(&again);
        if !differences.is_empty() {
            return Err(LinkError::Stale(differences).into());
        }
        refuse_unready(&again)?;
        Ok(draft)
    }

    /// The one transaction in which the link comes to be, or nothing does.
    fn bind(
        &self,
        permit: &Permit,
        kept: &Kept,
        opened: i64,
        now: Timestamp,
    ) -> Result<LinkRecord, Error> {
        let id = plan_id(&kept.plan)?;
        let outcome = self.store().write(|write| {
            let state = write.reading().plan(&id)?.map(|plan| plan.state);
            let state = state.ok_or(LinkError::Over("refused"))?;
            if state == PlanState::Done {
                return Ok(None);
            }
            if let Some(over) = over(state) {
                return Err(LinkError::Over(over).into());
            }
            let verified = verified(&write.reading().verifications(&id)?);
            let draft = self.again(&write.reading(), &kept.plan, &verified, now)?;
            let bound = bind::bind(write, permit, &draft, &id, &self.policies, now)?;
            let from = [PlanState::Open, PlanState::Waiting];
            let told = json!({ "target": bound.link.link.target.id, "state": bound.link.link.state.word() });
            let told = told.to_string();
            write.move_plan(&id, &from, PlanState::Done, Some(&told), now)?;
            self.close_audit(write, &kept.plan, opened, &bound, now)?;
            Ok::<_, Error>(Some(bound.link))
        });
        match outcome {
            Ok(Some(link)) => Ok(link),
            // Somebody carried the same plan out between our looking and our writing.
            Ok(None) => {
                let why = "carried out by another execution";
                self.close_failed(opened, &kept.plan, why, now)?;
                match self.done_before(kept)? {
                    Executed::Linked(link) => Ok(*link),
                    _ => Err(LinkError::Over("carried out").into()),
                }
            }
            Err(error) => {
                let closed = self.close_failed(opened, &kept.plan, &error.to_string(), now);
                if let Err(closing) = closed {
                    // Why nothing was linked matters more; what stays open is settled after a sync.
                    tracing::warn!(error = %closing, "an entry of the audit could not be closed");
                }
                Err(error)
            }
        }
    }

    /// A plan that is done stays done: the link as it is now, as long as it is this plan's.
    fn done_before(&self, kept: &Kept) -> Result<Executed, Error> {
        let link = self.store().read(|read| {
            let chain = read.chain_of(&kept.plan.asked.buyer.agreement)?;
            read.current_link(&chain)
        })?;
        let own =
            link.filter(|link| link.plan.as_deref() == Some(&kept.plan.id) && !link.is_mark());
        let link = own.ok_or(LinkError::Over("carried out"))?;
        Ok(Executed::Linked(Box::new(link)))
    }
}

fn refuse_unready(plan: &LinkPlan) -> Result<(), Error> {
    match plan.outcome {
        Outcome::Ready => Ok(()),
        Outcome::Refused => {
            let rules = plan.refusals().map(|verdict| verdict.rule.clone());
            Err(LinkError::Refused(rules.collect()).into())
        }
        Outcome::Unknown => {
            let open = plan
                .verdicts
                .iter()
                .filter(|it| it.outcome == "unknown" && !it.awaits_code);
            Err(LinkError::Undecided(open.map(|it| it.rule.clone()).collect()).into())
        }
    }
}

fn plan_id(plan: &LinkPlan) -> Result<PlanId, store::Error> {
    PlanId::parse(&plan.id).map_err(|_| store::Error::Invalid("plan id"))
}

/// Addresses from which the right code was entered.
fn verified(sent: &[Verification]) -> Vec<Email> {
    let right = sent.iter().filter(|it| it.verified_at.is_some());
    right.map(|it| it.address.clone()).collect()
}
