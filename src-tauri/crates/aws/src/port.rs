//! The port, method by method.

use app::marketplace::{
    CallerIdentity, CancellationRequests, EntitlementsOf, Look, Marketplace, Metered,
    NewCancellation, Page, PageToken, ProductSummary, Resolved, Result,
};
use domain::{
    Agreement, AgreementId, CancellationRequest, CancellationRequestId, Entitlement, Listing,
    Offer, OfferId, ProductCode, ProductId, RegistrationToken, Timestamp, UsageRecord,
};

use crate::connection::AwsMarketplace;
use crate::failure::Position;
use crate::record::Record;
use app::Operation;

impl Marketplace for AwsMarketplace {
    async fn caller_identity(&self) -> Result<CallerIdentity> {
        let operation = Operation::GetCallerIdentity;
        let attempt = || self.sts.get_caller_identity().send();
        let answer = self.calls.run(operation, Position::Start, attempt).await?;
        let record = Record::new(operation, answer.user_id());
        Ok(CallerIdentity {
            account: record.required("Account", answer.account.clone())?,
            arn: record.required("Arn", answer.arn.clone())?,
        })
    }

    async fn time(&self) -> Result<Timestamp> {
        self.answered_at().await
    }

    async fn probe(&self, operation: Operation) -> Result<()> {
        self.probed(operation).await
    }

    async fn products(&self, next: Option<&PageToken>) -> Result<Page<ProductSummary>> {
        self.products_page(next).await
    }

    async fn product(&self, id: &ProductId) -> Result<Listing> {
        self.listing(id).await
    }

    async fn offer(&self, id: &OfferId) -> Result<Offer> {
        self.described_offer(id).await
    }

    async fn resolve(&self, token: &RegistrationToken) -> Result<Resolved> {
        self.resolved_customer(token).await
    }

    async fn agreements(
        &self,
        updated_after: Option<Timestamp>,
        next: Option<&PageToken>,
    ) -> Result<Page<Agreement>> {
        self.agreements_page(updated_after, next).await
    }

    async fn details(&self, id: &AgreementId) -> Result<Look> {
        self.agreement_details(id).await
    }

    async fn agreement(&self, id: &AgreementId) -> Result<Option<Agreement>> {
        self.agreement_entry(id).await
    }

    async fn entitlements(
        &self,
        code: &ProductCode,
        only: EntitlementsOf<'_>,
        next: Option<&PageToken>,
    ) -> Result<Page<Entitlement>> {
        self.entitlements_page(code, only, next).await
    }

    async fn send_cancellation(&self, request: &NewCancellation) -> Result<CancellationRequest> {
        self.sent_cancellation(request).await
    }

    async fn withdraw_cancellation(
        &self,
        agreement: &AgreementId,
        id: &CancellationRequestId,
        reason: &str,
    ) -> Result<()> {
        self.withdrawn_cancellation(agreement, id, reason).await
    }

    async fn meter(
        &self,
        code: Option<&ProductCode>,
        records: &[UsageRecord],
    ) -> Result<Vec<Metered>> {
        self.metered(code, records).await
    }

    async fn cancellation_requests(
        &self,
        which: &CancellationRequests,
        next: Option<&PageToken>,
    ) -> Result<Page<CancellationRequest>> {
        self.cancellation_requests_page(which, next).await
    }
}
