//! Withdrawing a request that the buyer has not answered. The buyer may be faster.

use domain::{CancellationRequest, CancellationRequestId, CancellationStatus};
use serde::Deserialize;
use serde_json::json;
use store::table::audit::{AuditRow, Entry, Phase};

use super::EndingError;
use super::cancel::{checked, field, is_unknown, offline};
use crate::{Action, Console, Error, Marketplace, Preflight};

/// Its action in the audit.
const KIND: &str = "withdraw-cancellation";

impl<M: Marketplace> Console<M> {
    /// Withdraws a request that the buyer has not answered. Doing so twice is doing it once.
    pub async fn withdraw_cancellation(
        &self,
        id: &CancellationRequestId,
        reason: &str,
    ) -> Result<CancellationRequest, Error> {
        let reason = checked(Some(reason), "reason")?.ok_or_else(|| field("reason", "a reason"))?;
        let known = self.request(id)?;
        let check = self.store().read(Preflight::last)?;
        self.access
            .permit(Action::WithdrawCancellation, check.as_ref())?;
        if self
            .look_at_cancellations(&known.agreement)
            .await?
            .is_some()
        {
            return Err(offline());
        }
        let now = self.request(id)?;
        match now.status {
            CancellationStatus::PendingApproval => {}
            CancellationStatus::Cancelled => return Ok(now),
            _ => return Err(not_pending(&now)),
        }
        let opening = Entry {
            phase: Phase::Opened,
            outcome: None,
            agreement: Some(known.agreement.to_string()),
            detail: json!({ "request": id, "reason": reason }).to_string(),
            ..self.entry(self.clock().now(), KIND, None)?
        };
        let opened = self
            .store()
            .write(|write| write.append_audit(&self.audit_key, &opening))?;
        let answer = self
            .marketplace
            .withdraw_cancellation(&known.agreement, id, &reason)
            .await;
        // Whatever came of it, AWS knows how the request stands now.
        let looked = self.look_at_cancellations(&known.agreement).await;
        let after = self.request(id)?;
        let sure = match &answer {
            Ok(()) => true,
            Err(error) => !is_unknown(error) || after.status != CancellationStatus::PendingApproval,
        };
        if !sure {
            // The entry stays open: AWS is looked at again with a later sync.
            return Err(EndingError::Unknown.into());
        }
        let done = answer.is_ok() || after.status == CancellationStatus::Cancelled;
        self.close_withdrawal(opened, &after, done)?;
        match answer {
            Ok(()) => {
                looked?;
                Ok(after)
            }
            Err(_) if done => Ok(after),
            Err(_) if after.status != CancellationStatus::PendingApproval => {
                Err(not_pending(&after))
            }
            Err(error) => Err(error.into()),
        }
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
        self.close_withdrawal(row.seq, &after, done)
    }

    fn close_withdrawal(
        &self,
        opened: i64,
        after: &CancellationRequest,
        done: bool,
    ) -> Result<(), Error> {
        let entry = Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            outcome: Some(if done { "done" } else { "failed" }.to_owned()),
            agreement: Some(after.agreement.to_string()),
            detail: json!({ "request": after.id, "status": after.status.as_wire() }).to_string(),
            ..self.entry(self.clock().now(), KIND, None)?
        };
        tokio::task::block_in_place(|| {
            self.store()
                .write(|write| write.close_audit(&self.audit_key, &entry))
        })?;
        Ok(())
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

fn not_pending(request: &CancellationRequest) -> Error {
    let status = request.status.as_wire();
    EndingError::NotPending(format!("{} ({status})", request.id)).into()
}

/// The request that an opened entry is about.
#[derive(Deserialize)]
struct Of {
    request: String,
}
