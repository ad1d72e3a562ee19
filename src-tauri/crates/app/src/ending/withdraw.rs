//! Withdrawing a request that the buyer has not answered. The buyer may be faster.

use domain::{
    AgreementId, CancellationRequest, CancellationRequestId, CancellationStatus, PlanId, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::table::audit::{AuditRow, Entry, Phase};
use store::table::plan::{KeptPlan, PlanState};

use super::cancel::{PLANS_LOOKED_AT, is_unknown};
use super::{EndingError, checked, field};
use crate::outbox::Carried;
use crate::plan::{self, Outcome, Plan, Request, Step, StepKind};
use crate::{Action, Console, Error, Marketplace, Operation, Preflight};

/// The kind of such plans in the ledger, and their action in the audit.
pub(crate) const KIND: &str = "withdraw-cancellation";

/// A request that a person wants withdrawn, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalAsked {
    /// The request.
    pub request: CancellationRequestId,
    /// Its agreement.
    pub agreement: AgreementId,
    /// Why.
    pub reason: String,
}

/// A withdrawal that waits for the network. With a network there is nothing to plan.
pub type WithdrawalPlan = Plan<WithdrawalAsked>;

impl<M: Marketplace> Console<M> {
    /// Withdraws a request that the buyer has not answered. Doing so twice is doing it once. While AWS
    /// cannot be asked, it waits in the outbox.
    pub async fn withdraw_cancellation(
        &self,
        id: &CancellationRequestId,
        reason: &str,
    ) -> Result<Carried<CancellationRequest>, Error> {
        let reason = checked(Some(reason), "reason")?
            .ok_or_else(|| field("reason", "the reason is missing: say why it is withdrawn"))?;
        let known = self.request(id)?;
        let check = self.store().read(Preflight::last)?;
        self.access
            .permit(Action::WithdrawCancellation, check.as_ref())?;
        if self
            .look_at_cancellations(&known.agreement)
            .await?
            .is_some()
        {
            tokio::task::block_in_place(|| self.queue_withdrawal(&known, reason))?;
            return Ok(Carried::Queued);
        }
        let now = self.request(id)?;
        match now.status {
            CancellationStatus::PendingApproval => {}
            CancellationStatus::Cancelled => return Ok(Carried::Out(now)),
            _ => return Err(not_pending(&now)),
        }
        let opening = Entry {
            phase: Phase::Opened,
            outcome: None,
            agreement: Some(known.agreement.to_string()),
            detail: json!({ "request": id, "reason": reason }).to_string(),
            ..self.entry(self.clock().now(), KIND)?
        };
        let opened = self
            .store()
            .write(|write| write.append_audit(&self.audit_key, &opening))?;
        let answer = self
            .marketplace
            .withdraw_cancellation(&known.agreement, id, &reason)
            .await;
        // Whatever came of it, AWS knows how the request stands now, if it can be asked.
        let looked = self.look_at_cancellations(&known.agreement).await;
        let after = match (&answer, looked) {
            (_, Ok(None)) | (Err(_), _) => self.request(id)?,
            (Ok(()), _) => {
                let updated_at = self.clock().now();
                let status = CancellationStatus::Cancelled;
                CancellationRequest {
                    status,
                    updated_at,
                    ..now
                }
            }
        };
        let done = answer.is_ok() || after.status == CancellationStatus::Cancelled;
        let pending = after.status == CancellationStatus::PendingApproval;
        match answer {
            // The entry stays open: AWS is looked at again with a later sync.
            Err(error) if pending && is_unknown(&error) => Err(EndingError::Unknown.into()),
            Err(error) if !done => {
                self.close_withdrawal(opened, &after, false)?;
                Err(if pending {
                    error.into()
                } else {
                    not_pending(&after)
                })
            }
            _ => {
                self.close_withdrawal(opened, &after, true)?;
                Ok(Carried::Out(after))
            }
        }
    }

    /// Puts a withdrawal into the outbox. One that waits there already is enough.
    fn queue_withdrawal(&self, known: &CancellationRequest, reason: String) -> Result<(), Error> {
        let now = self.clock().now();
        let plan = planned(known, reason, self.actor()?, now)?;
        let id = PlanId::parse(&plan.id)?;
        let entry = Entry {
            plan: Some(plan.id.clone()),
            agreement: Some(known.agreement.to_string()),
            detail: json!({ "request": known.id, "reason": plan.asked.reason }).to_string(),
            ..self.entry(now, "queue")?
        };
        self.store().write(|write| {
            let before = write
                .reading()
                .plans_about(&known.agreement, PLANS_LOOKED_AT)?;
            let waits = |it: &KeptPlan| it.kind == KIND && it.state == PlanState::Waiting;
            if before
                .iter()
                .any(|it| waits(it) && is_of(&it.document, &known.id))
            {
                return Ok(());
            }
            plan::keep(write, KIND, known.agreement.as_str(), &plan, now)?;
            write.move_plan(&id, &[PlanState::Open], PlanState::Waiting, None, now)?;
            write.append_audit(&self.audit_key, &entry)?;
            Ok::<_, Error>(())
        })
    }

    /// Withdraws what waited in the outbox for the network.
    pub(crate) async fn carry_out_withdrawal(
        &self,
        id: &PlanId,
        plan: &WithdrawalPlan,
    ) -> Result<(), Error> {
        let asked = &plan.asked;
        let carried = self
            .withdraw_cancellation(&asked.request, &asked.reason)
            .await?;
        if carried == Carried::Queued {
            return Ok(());
        }
        tokio::task::block_in_place(|| {
            let now = self.clock().now();
            let from = [PlanState::Waiting];
            self.store()
                .write(|write| write.move_plan(id, &from, PlanState::Done, None, now))
        })?;
        Ok(())
    }

    /// A withdrawal whose answer was lost, or whose program ended.
    pub(super) async fn settle_withdrawal(&self, row: &AuditRow) -> Result<(), Error> {
        let Ok(of) = serde_json::from_str::<Of>(&row.entry.detail) else {
            return Ok(());
        };
        let known = self.request(&CancellationRequestId::parse(&of.request)?)?;
        if self
            .look_at_cancellations(&known.agreement)
            .await?
            .is_some()
        {
            return Ok(());
        }
        let after = self.request(&known.id)?;
        let done = after.status == CancellationStatus::Cancelled;
        let entry = self.closing(row.seq, &after, done)?;
        tokio::task::block_in_place(|| {
            // Of two that settle it, one tells.
            self.store()
                .write(|write| write.close_audit(&self.audit_key, &entry))
        })?;
        Ok(())
    }

    /// AWS has answered, or been looked at since.
    fn close_withdrawal(
        &self,
        opened: i64,
        after: &CancellationRequest,
        done: bool,
    ) -> Result<(), Error> {
        let entry = self.closing(opened, after, done)?;
        tokio::task::block_in_place(|| {
            self.store().write(|write| {
                write.put_cancellations(std::slice::from_ref(after), entry.at)?;
                write.close_or_note_audit(&self.audit_key, entry)
            })
        })?;
        Ok(())
    }

    fn closing(
        &self,
        opened: i64,
        after: &CancellationRequest,
        done: bool,
    ) -> Result<Entry, Error> {
        Ok(Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            outcome: Some(if done { "done" } else { "failed" }.to_owned()),
            agreement: Some(after.agreement.to_string()),
            detail: json!({ "request": after.id, "status": after.status.as_wire() }).to_string(),
            ..self.entry(self.clock().now(), KIND)?
        })
    }

    /// The request, as it was last listed.
    fn request(&self, id: &CancellationRequestId) -> Result<CancellationRequest, Error> {
        let known = self.store().read(|read| read.cancellation(id))?;
        known.ok_or_else(|| Error::NotFound {
            kind: "cancellation request",
            id: id.to_string(),
        })
    }
}

/// The plan of a withdrawal that waits.
fn planned(
    known: &CancellationRequest,
    reason: String,
    made_by: plan::Actor,
    now: Timestamp,
) -> Result<WithdrawalPlan, Error> {
    let request = Request {
        operation: Operation::CancelAgreementCancellationRequest
            .name()
            .to_owned(),
        input: json!({
            "agreementId": known.agreement,
            "agreementCancellationRequestId": known.id,
            "cancellationReason": reason,
        }),
    };
    let step = Step {
        request: Some(request),
        ..Step::now(StepKind::Request, "withdrawal").of(Some(known.id.as_str()), None)
    };
    Ok(Plan {
        id: plan::new_id()?.to_string(),
        asked: WithdrawalAsked {
            request: known.id.clone(),
            agreement: known.agreement.clone(),
            reason,
        },
        made_at: now.as_millis(),
        made_by,
        policy: String::new(),
        verdicts: Vec::new(),
        steps: vec![step],
        outcome: Outcome::Ready,
        offline: Some(now.as_millis()),
        advice: Vec::new(),
    })
}

/// Whether the plan kept in this document withdraws the request.
fn is_of(document: &str, request: &CancellationRequestId) -> bool {
    let plan: Result<WithdrawalPlan, _> = serde_json::from_str(document);
    plan.is_ok_and(|plan| plan.asked.request == *request)
}

fn not_pending(request: &CancellationRequest) -> Error {
    let status = request.status.as_wire();
    EndingError::NotPending(format!("{} ({status})", request.id)).into()
}

/// The request that an opened entry is about.
#[derive(Deserialize)]
struct Of {
    request: String,
}
