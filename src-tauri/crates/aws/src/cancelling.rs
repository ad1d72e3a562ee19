//! Asking a buyer to agree to an end, and withdrawing that.

use app::Operation;
use app::marketplace::{NewCancellation, Result};
use aws_sdk_marketplaceagreement::types::AgreementCancellationRequestReasonCode;
use domain::{
    AgreementId, CancellationRequest, CancellationRequestId, CancellationStatus, Timestamp,
};

use crate::connection::AwsMarketplace;
use crate::record::Record;

impl AwsMarketplace {
    pub(crate) async fn sent_cancellation(
        &self,
        request: &NewCancellation,
    ) -> Result<CancellationRequest> {
        let operation = Operation::SendAgreementCancellationRequest;
        let reason = AgreementCancellationRequestReasonCode::from(request.reason.as_str());
        let attempt = || {
            self.agreement
                .send_agreement_cancellation_request()
                .agreement_id(request.agreement.as_str())
                .reason_code(reason.clone())
                .set_description(request.description.clone())
                .client_token(&request.client_token)
                .send()
        };
        let answer = self.calls.run_once(operation, attempt).await?;
        let id = answer.agreement_cancellation_request_id();
        let record = Record::new(operation, id);
        let id = record.parsed(
            "agreementCancellationRequestId",
            id,
            CancellationRequestId::parse,
        )?;
        let status = record.required("status", answer.status())?;
        // The SDK's instants lose a millisecond at most; the next listing brings them whole.
        let instant = |at: Option<&aws_smithy_types::DateTime>| {
            let millis = at.and_then(|at| at.to_millis().ok());
            record.required("createdAt", millis.map(Timestamp::from_millis))
        };
        let created_at = instant(answer.created_at())?;
        Ok(CancellationRequest {
            id: record.required("agreementCancellationRequestId", id)?,
            agreement: request.agreement.clone(),
            status: CancellationStatus::from_wire(status.as_str()),
            reason: request.reason.clone(),
            created_at,
            updated_at: created_at,
        })
    }

    pub(crate) async fn withdrawn_cancellation(
        &self,
        agreement: &AgreementId,
        id: &CancellationRequestId,
        reason: &str,
    ) -> Result<()> {
        let operation = Operation::CancelAgreementCancellationRequest;
        let attempt = || {
            self.agreement
                .cancel_agreement_cancellation_request()
                .agreement_id(agreement.as_str())
                .agreement_cancellation_request_id(id.as_str())
                .cancellation_reason(reason)
                .send()
        };
        self.calls.run_once(operation, attempt).await.map(drop)
    }
}
