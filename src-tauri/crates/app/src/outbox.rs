//! The outbox: plans that were confirmed while AWS could not be asked.
//!
//! Once it can be, they are carried out in the order in which they were confirmed, by the use cases that
//! a person calls; so each is planned again first. Where something changed meanwhile nothing is done:
//! the plan comes back with what changed, and a person decides. Until then each can be withdrawn.

use domain::{AgreementId, PlanId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::table::audit::Entry;
use store::table::plan::{KeptPlan, PlanState};
use store::{Read, Store, Write};

use crate::ending::{self, CancelPlan, WithdrawalPlan};
use crate::link::{self, Codes, LinkError, LinkPlan};
use crate::plan::{Difference, over};
use crate::{Console, Error, Failure, FailureKind, Marketplace};

/// Entries listed or carried out in one go.
const AT_ONCE_MAX: usize = 1_000;

/// What carrying a plan out came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried<T> {
    /// It was carried out.
    Out(T),
    /// AWS cannot be asked: the plan waits in the outbox.
    Queued,
}

/// A plan in the outbox.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    /// Its id.
    pub id: PlanId,
    /// What it does.
    pub plan: Queued,
    /// The buyer's company, where AWS told of it.
    pub buyer: Option<String>,
    /// Since when it waits, or is back.
    pub since: Timestamp,
    /// Why it came back; `None` while it waits.
    pub returned: Option<Returned>,
}

/// A plan of a kind that can wait.
#[derive(Clone, Debug)]
pub enum Queued {
    /// To link a buyer.
    Link(Box<LinkPlan>),
    /// To ask a buyer to agree to a cancellation.
    Cancel(Box<CancelPlan>),
    /// To withdraw such a request.
    Withdrawal(Box<WithdrawalPlan>),
}

/// Why a plan came back from the outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// In a sentence without its full stop.
    pub why: String,
    /// What is no longer as it was planned on.
    #[serde(default)]
    pub changes: Vec<Difference>,
}

impl From<&Error> for Returned {
    fn from(error: &Error) -> Self {
        let failure = Failure::from(error);
        Self {
            why: failure.message,
            changes: failure.changes,
        }
    }
}

/// What is in the outbox: what waits, in the order in which it will be carried out, after what came back.
pub fn outbox(store: &Store) -> Result<Vec<OutboxEntry>, Error> {
    let kept = store.read(|read| {
        // One snapshot: what comes back meanwhile stands here once.
        let kept = kept(read, &[PlanState::Returned, PlanState::Waiting])?;
        let with_buyers = kept
            .into_iter()
            .map(|plan| Ok((buyer_of(read, &plan)?, plan)));
        with_buyers.collect::<store::Result<Vec<_>>>()
    })?;
    let entries = kept.iter().map(|(buyer, plan)| {
        let entry = OutboxEntry::of(plan)?;
        let buyer = buyer.clone();
        Ok(entry.map(|entry| OutboxEntry { buyer, ..entry }))
    });
    entries.filter_map(Result::transpose).collect()
}

/// Plans in these states, those that came back first, then by how long they are there.
fn kept(read: &Read<'_>, states: &[PlanState]) -> store::Result<Vec<KeptPlan>> {
    let mut kept = read.plans(states, AT_ONCE_MAX)?;
    kept.sort_by_key(|plan| (plan.state != PlanState::Returned, plan.state_at));
    Ok(kept)
}

fn buyer_of(read: &Read<'_>, plan: &KeptPlan) -> store::Result<Option<String>> {
    let id = plan.agreement.as_deref().map(AgreementId::parse);
    let Some(Ok(id)) = id else { return Ok(None) };
    Ok(read.agreement(&id)?.and_then(|row| row.company))
}

impl OutboxEntry {
    /// `None` for a plan of a kind that never waits.
    fn of(kept: &KeptPlan) -> Result<Option<Self>, Error> {
        let document = &kept.document;
        let plan = match kept.kind.as_str() {
            link::KIND => Queued::Link(serde_json::from_str(document)?),
            ending::cancel::KIND => Queued::Cancel(serde_json::from_str(document)?),
            ending::withdraw::KIND => Queued::Withdrawal(serde_json::from_str(document)?),
            _ => return Ok(None),
        };
        let returned = match (kept.state, &kept.outcome) {
            (PlanState::Returned, Some(why)) => Some(serde_json::from_str(why)?),
            (PlanState::Returned, None) => Some(Returned::default()),
            _ => None,
        };
        Ok(Some(Self {
            id: kept.id.clone(),
            plan,
            buyer: None,
            since: kept.state_at,
            returned,
        }))
    }
}

impl<M: Marketplace> Console<M> {
    /// Puts a plan that was confirmed into the outbox. Doing so twice is doing it once.
    pub(crate) fn queue(&self, id: &PlanId, entry: &Entry, now: Timestamp) -> Result<(), Error> {
        self.store().write(|write| {
            let open = [PlanState::Open];
            if write.move_plan(id, &open, PlanState::Waiting, None, now)? {
                write.append_audit(&self.audit_key, entry)?;
            }
            Ok::<_, Error>(())
        })
    }

    /// Takes a plan back that was not carried out, wherever it waits. Doing so twice is doing it once.
    pub fn withdraw_plan(&self, id: &PlanId) -> Result<(), Error> {
        let now = self.clock().now();
        let found = self.store().read(|read| read.plan(id))?;
        let kept = found.ok_or_else(|| LinkError::NoPlan(id.to_string()))?;
        let link: Option<LinkPlan> = (kept.kind == link::KIND)
            .then(|| serde_json::from_str(&kept.document))
            .transpose()?;
        self.store().write(|write| {
            let here = [PlanState::Open, PlanState::Waiting, PlanState::Returned];
            if !write.move_plan(id, &here, PlanState::Withdrawn, None, now)? {
                let state = write.reading().plan(id)?.map(|plan| plan.state);
                return match state {
                    Some(PlanState::Withdrawn) => Ok(()),
                    Some(PlanState::Sent) => Err(ending::EndingError::Unknown.into()),
                    state => Err(LinkError::Over(state.and_then(over).unwrap_or("refused")).into()),
                };
            }
            if let Some(plan) = &link {
                link::nobody_waits_for_its_code(write, plan, now)?;
            }
            let entry = match &link {
                Some(plan) => self.entry_of_link(now, "withdraw", plan)?,
                None => Entry {
                    plan: Some(id.to_string()),
                    agreement: kept.agreement.clone(),
                    ..self.entry(now, "withdraw")?
                },
            };
            write.append_audit(&self.audit_key, &entry)?;
            Ok(())
        })
    }

    /// Carries out what waits, in order, as long as AWS can be asked.
    pub(crate) async fn send_outbox(&self) -> Result<(), Error> {
        let waiting = tokio::task::block_in_place(|| {
            self.store().read(|read| kept(read, &[PlanState::Waiting]))
        })?;
        for plan in waiting {
            let Some(entry) = OutboxEntry::of(&plan)? else {
                continue;
            };
            let Err(error) = self.send_entry(&entry).await else {
                continue;
            };
            match Failure::from(&error).kind {
                // The next one would fare the same; all wait for the next sync.
                FailureKind::Offline
                | FailureKind::Busy
                | FailureKind::Credentials
                | FailureKind::CodeNeeded
                | FailureKind::Stopped => return Ok(()),
                // A mail that did not go out is tried again.
                FailureKind::NotSent | FailureKind::MaybeSent => {
                    tracing::info!(plan = %entry.id, %error, "a plan that waited was not carried out");
                }
                _ => tokio::task::block_in_place(|| self.give_back(&entry.id, &error))?,
            }
        }
        Ok(())
    }

    async fn send_entry(&self, entry: &OutboxEntry) -> Result<(), Error> {
        match &entry.plan {
            Queued::Link(_) => Box::pin(self.execute_link(&entry.id, &Codes::default()))
                .await
                .map(drop),
            // It was confirmed when it was put here.
            Queued::Cancel(plan) => Box::pin(self.execute_cancel(&entry.id, &plan.asked.phrase))
                .await
                .map(drop),
            Queued::Withdrawal(plan) => Box::pin(self.carry_out_withdrawal(&entry.id, plan)).await,
        }
    }

    /// A plan that cannot be carried out as it was confirmed.
    fn give_back(&self, id: &PlanId, error: &Error) -> Result<(), Error> {
        let now = self.clock().now();
        let outcome = match Failure::from(error).kind {
            FailureKind::Stale => "stale",
            FailureKind::Refused | FailureKind::Denied => "refused",
            _ => "failed",
        };
        self.store().write(|write| {
            let kept = write.reading().plan(id)?;
            // Whoever took it out of the outbox has told the audit of it.
            let Some(kept) = kept.filter(|kept| kept.state == PlanState::Waiting) else {
                return Ok(());
            };
            end(write, &kept, error, outcome, now)?;
            let entry = Entry {
                plan: Some(id.to_string()),
                agreement: kept.agreement.clone(),
                outcome: Some(outcome.to_owned()),
                detail: json!({ "why": error.to_string() }).to_string(),
                ..self.entry(now, &kept.kind)?
            };
            write.append_audit(&self.audit_key, &entry)?;
            Ok(())
        })
    }
}

/// A plan that is not carried out, in one word: what waited in the outbox comes back from it, with the
/// reason; what a person looks at now is over.
pub(crate) fn end(
    write: &mut Write<'_>,
    kept: &KeptPlan,
    error: &Error,
    outcome: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let from = [PlanState::Open, PlanState::Waiting, PlanState::Sent];
    let back = serde_json::to_string(&Returned::from(error))?;
    let (to, told) = match kept.state {
        PlanState::Waiting => (PlanState::Returned, back.as_str()),
        _ => (PlanState::Failed, outcome),
    };
    write.move_plan(&kept.id, &from, to, Some(told), now)?;
    Ok(())
}
