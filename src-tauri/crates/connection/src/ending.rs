//! Ending on an open connection, and its audit: the use cases of `app::ending` and `app::audit`.

use app::audit::{self, AuditCheck};
use app::ending::{self, CancelPlan, Endings, UnlinkPlan};
use app::metering::{self, Sent, UsageFile};
use app::outbox::{Carried, OutboxEntry};
use domain::{AgreementId, CancellationRequest, CancellationRequestId, PlanId};
use store::table::link::LinkRecord;
use store::table::plan::PlanState;

use crate::{Connection, OpenError};

impl Connection {
    /// Plans to ask a buyer to agree to a cancellation, and keeps the plan.
    pub async fn plan_cancel(
        &self,
        agreement: &AgreementId,
        reason: &str,
        description: Option<&str>,
    ) -> Result<CancelPlan, OpenError> {
        let console = self.console().await?;
        Ok(Box::pin(console.plan_cancel(agreement, reason, description)).await?)
    }

    /// Sends the request that was planned, once; without a network it waits in the outbox.
    pub async fn execute_cancel(
        &self,
        plan: &PlanId,
        confirmed: &str,
    ) -> Result<Carried<CancellationRequest>, OpenError> {
        let console = self.console().await?;
        Ok(Box::pin(console.execute_cancel(plan, confirmed)).await?)
    }

    /// Withdraws a request that the buyer has not answered; without a network that waits in the outbox.
    pub async fn withdraw_cancellation(
        &self,
        request: &CancellationRequestId,
        reason: &str,
    ) -> Result<Carried<CancellationRequest>, OpenError> {
        let console = self.console().await?;
        Ok(Box::pin(console.withdraw_cancellation(request, reason)).await?)
    }

    /// Takes a plan back that was not carried out, wherever it waits.
    pub async fn withdraw_plan(&self, plan: &PlanId) -> Result<(), OpenError> {
        let console = self.console().await?;
        Ok(tokio::task::block_in_place(|| console.withdraw_plan(plan))?)
    }

    /// What waits for the network, and what came back.
    pub fn outbox(&self) -> Result<Vec<OutboxEntry>, OpenError> {
        Ok(app::outbox::outbox(self.store())?)
    }

    /// Plans to take a link away, and keeps the plan.
    pub async fn plan_unlink(
        &self,
        agreement: &AgreementId,
        reason: &str,
    ) -> Result<UnlinkPlan, OpenError> {
        let console = self.console().await?;
        Ok(tokio::task::block_in_place(|| {
            console.plan_unlink(agreement, reason)
        })?)
    }

    /// Takes the link away that was planned to be.
    pub async fn execute_unlink(
        &self,
        plan: &PlanId,
        confirmed: &str,
    ) -> Result<LinkRecord, OpenError> {
        let console = self.console().await?;
        Ok(tokio::task::block_in_place(|| {
            console.execute_unlink(plan, confirmed)
        })?)
    }

    /// A plan to cancel that was kept, and what became of it.
    pub async fn cancel_plan(&self, plan: &PlanId) -> Result<(CancelPlan, PlanState), OpenError> {
        let console = self.console().await?;
        let (plan, kept) = tokio::task::block_in_place(|| console.cancel_plan(plan))?;
        Ok((plan, kept.state))
    }

    /// A plan to take a link away that was kept, and what became of it.
    pub async fn unlink_plan(&self, plan: &PlanId) -> Result<(UnlinkPlan, PlanState), OpenError> {
        let console = self.console().await?;
        let (plan, kept) = tokio::task::block_in_place(|| console.unlink_plan(plan))?;
        Ok((plan, kept.state))
    }

    /// Everything that is ending.
    pub fn endings(&self) -> Result<Endings, OpenError> {
        Ok(ending::endings(self.store(), self.clock())?)
    }

    /// Settles what has come due, without asking AWS for anything new.
    pub async fn settle(&self) -> Result<(), OpenError> {
        let console = self.console().await?;
        Ok(Box::pin(console.settle()).await?)
    }

    /// Holds a file of usage against every rule. Changes nothing.
    pub fn check_usage(&self, name: &str, bytes: &[u8]) -> Result<UsageFile, OpenError> {
        Ok(metering::check(self.store(), self.clock(), name, bytes)?)
    }

    /// Sends the usage of a file, unless anything is wrong with it.
    pub async fn send_usage(&self, name: &str, bytes: &[u8]) -> Result<Sent, OpenError> {
        let console = self.console().await?;
        Ok(Box::pin(console.send_usage(name, bytes)).await?)
    }

    /// Goes through the whole audit.
    pub fn verify_audit(&self) -> Result<AuditCheck, OpenError> {
        Ok(audit::verify(self.store(), self.audit_key()?)?)
    }
}
