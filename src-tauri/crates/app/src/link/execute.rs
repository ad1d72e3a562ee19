//! Carrying a plan out.
//!
//! AWS is asked again and the plan is made again; what differs makes it stale. Missing codes are sent,
//! entered ones checked. Then the audit's entry is opened and committed, and the bind is one
//! transaction that plans once more on what it sees itself, so that nothing can come in between.

use domain::{Email, LinkState, PlanId, Timestamp};
use policy::Language;
use serde_json::json;
use store::Write;
use store::table::audit::{Entry, Phase};
use store::table::link::LinkRecord;
use store::table::plan::PlanState;
use store::table::verification::Verification;

use super::bind::{self, Bound};
use super::case::Case;
use super::codes::{self, CodeLimits, NewCode};
use super::draft::{Draft, draft};
use super::{Kept, LinkError, LinkPlan, kept};
use crate::mail::{Mail, MailError, MailErrorKind};
use crate::plan::{Outcome, over};
use crate::{Access, Console, Error, Marketplace, Permit, outbox};

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

    /// Holds what was entered against the codes that were sent. A wrong one costs an attempt, which is
    /// committed before anything is answered.
    fn check_codes(
        &self,
        _: &Permit,
        kept: &Kept,
        entered: &Codes,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = plan_id(&kept.plan)?;
        let policy = self.policies.get(&kept.plan.policy);
        let policy = policy.ok_or_else(|| LinkError::NoPolicy(kept.plan.policy.clone()))?;
        let attempts_max = CodeLimits::of(policy).attempts;
        for code in entered
            .entered
            .iter()
            .filter(|code| !code.trim().is_empty())
        {
            let checked = self.store().write(|write| {
                let mut sent = write.reading().verifications(&id)?;
                sent.retain(|it| it.verified_at.is_none());
                if sent.is_empty() {
                    let any = !write.reading().verifications(&id)?.is_empty();
                    return Ok(if any {
                        Ok(())
                    } else {
                        Err(LinkError::NoCodeSent)
                    });
                }
                let tried: u32 = sent.iter().map(|it| it.attempts).max().unwrap_or(0);
                if tried >= attempts_max {
                    return Ok(Err(LinkError::WrongCode { left: 0 }));
                }
                let right = sent.iter().position(|it| codes::is_right(it, code));
                let Some(right) = right else {
                    for mut it in sent {
                        it.attempts += 1;
                        write.put_verification(&it)?;
                    }
                    let left = attempts_max.saturating_sub(tried + 1);
                    return Ok(Err(LinkError::WrongCode { left }));
                };
                let mut it = sent.swap_remove(right);
                if it.expires_at < now {
                    return Ok(Err(LinkError::CodeExpired(it.address)));
                }
                it.verified_at = Some(now);
                write.put_verification(&it)?;
                Ok::<_, store::Error>(Ok(()))
            })?;
            checked?;
        }
        Ok(())
    }

    /// Sends a code to whoever still has to enter one and has none that is good. The code is kept, as a
    /// hash, before it is sent: a mail whose fate is unknown may arrive, and must then count.
    async fn send_codes(
        &self,
        permit: &Permit,
        kept: &Kept,
        missing: &[Email],
        entered: &Codes,
        now: Timestamp,
    ) -> Result<Vec<CodeSent>, Error> {
        let id = plan_id(&kept.plan)?;
        let language = entered.language.unwrap_or(Language::English);
        for address in missing {
            let before = self.store().read(|read| read.verification(&id, address))?;
            let good = before.as_ref().is_some_and(|it| it.expires_at >= now);
            if good && !entered.again {
                continue;
            }
            let mailer = self.mailer().ok_or_else(MailError::not_configured)?;
            let new = tokio::task::block_in_place(|| self.new_code(permit, kept, address, now))?;
            let sent = match self.mail(kept, address, &new, language) {
                Ok(mail) => mailer.send(&mail).await.map_err(Error::from),
                Err(error) => Err(error),
            };
            tokio::task::block_in_place(|| match &sent {
                Err(error) if !may_have_arrived(error) => self.note_unsent(kept, &new, error, now),
                _ => self.note_sent(kept, &new, sent.as_ref().err(), now),
            })?;
            sent?;
        }
        tokio::task::block_in_place(|| {
            self.store().write(|write| {
                // From here on it is a person's turn: a sync has nothing more to carry out.
                let waiting = [PlanState::Waiting];
                write.move_plan(&id, &waiting, PlanState::Open, None, now)?;
                let sent = write.reading().verifications(&id)?;
                Ok(sent.iter().map(CodeSent::from).collect())
            })
        })
    }

    /// A new code, kept in place of the one before.
    fn new_code(
        &self,
        _: &Permit,
        kept: &Kept,
        address: &Email,
        now: Timestamp,
    ) -> Result<NewCode, Error> {
        let policy = self.policies.get(&kept.plan.policy);
        let policy = policy.ok_or_else(|| LinkError::NoPolicy(kept.plan.policy.clone()))?;
        let resends_max = CodeLimits::of(policy).resends;
        let id = plan_id(&kept.plan)?;
        self.store().write(|write| {
            let before = write.reading().verification(&id, address)?;
            if before.as_ref().is_some_and(|it| it.sends > resends_max) {
                return Err(LinkError::CodesSpent.into());
            }
            let new = NewCode::new(policy, &id, address, before, now)?;
            write.put_verification(&new.kept)?;
            Ok(new)
        })
    }

    /// A code that was not sent: the one before is good again, and the send does not count.
    fn note_unsent(
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
    fn note_sent(
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

    fn mail(
        &self,
        kept: &Kept,
        address: &Email,
        new: &NewCode,
        language: Language,
    ) -> Result<Mail, Error> {
        let now = self.clock().now();
        let asked = &kept.plan.asked;
        let case = self
            .store()
            .read(|read| Ok(Case::gather(read, &self.policies, asked, now)))??;
        let words = policy::verification_mail(case.policy, &case.facts, &new.code);
        let (subject, body) = match words {
            Some(mail) => (
                mail.subject.get(language).to_owned(),
                mail.body.get(language).to_owned(),
            ),
            None => (
                format!("Your code: {}", new.code.as_str()),
                format!("Your code is {}.", new.code.as_str()),
            ),
        };
        Ok(Mail {
            to: address.clone(),
            subject,
            body,
        })
    }

    fn open_audit(&self, _: &Permit, plan: &LinkPlan, now: Timestamp) -> Result<i64, Error> {
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

    fn close_audit(
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

    fn close_failed(
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

    /// A plan that was refused when it was made: the agreement shows it, unless it is linked.
    pub(super) fn note_refusal(
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
    fn note_failure(&self, plan: &LinkPlan, error: &Error, now: Timestamp) -> Result<(), Error> {
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
            super::TargetChoice::Existing { kind, id } => Some(kind.named(id)),
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

/// Whether a mail may be there in spite of the error. Then its code must count.
fn may_have_arrived(error: &Error) -> bool {
    matches!(error, Error::Mail(error) if error.kind == MailErrorKind::Unknown)
}

pub(super) fn plan_id(plan: &LinkPlan) -> Result<PlanId, store::Error> {
    PlanId::parse(&plan.id).map_err(|_| store::Error::Invalid("plan id"))
}

/// Addresses from which the right code was entered.
fn verified(sent: &[Verification]) -> Vec<Email> {
    let right = sent.iter().filter(|it| it.verified_at.is_some());
    right.map(|it| it.address.clone()).collect()
}
