//! Agreements and the seller's requests to cancel them.

use app::marketplace::{CancellationRequests, ErrorKind, Page, PageToken, Result};
use aws_sdk_marketplaceagreement::types::{
    AgreementCancellationRequestStatus, AgreementCancellationRequestSummary, AgreementViewSummary,
    Filter, Sort, SortOrder,
};
use ciborium::Value;
use domain::{
    AccountId, Agreement, AgreementId, AgreementStatus, CancellationRequest, CancellationRequestId,
    CancellationStatus, EndBehavior, LicenseArn, OfferId, ProductId, Timestamp,
};

use crate::cbor::KeptBody;
use crate::connection::{AwsMarketplace, CATALOG};
use crate::failure;
use crate::record::{Record, all_pages, beside_wire, page, position};
use app::Operation;

/// Agreements and cancellation requests on one page: the most the models allow.
const PAGE_SIZE: i32 = 50;

/// Pages read in search of one agreement among those of its buyer and offer.
const SEARCH_PAGES_MAX: usize = 20;

/// The side we are on.
pub(crate) const PARTY: &str = "Proposer";

/// The one type of agreement there is.
pub(crate) const AGREEMENT_TYPE: &str = "PurchaseAgreement";

impl AwsMarketplace {
    pub(crate) async fn agreements_page(
        &self,
        updated_after: Option<Timestamp>,
        next: Option<&PageToken>,
    ) -> Result<Page<Agreement>> {
        let updated = updated_after.map(|at| ("AfterLastUpdateTime", at.to_string()));
        self.search(&Vec::from_iter(updated), next).await
    }

    /// The listing's entry for one agreement.
    ///
    /// `SearchAgreements` has no filter by agreement, and `DescribeAgreement` does not tell the last
    /// update and the licenses. So the description supplies buyer and offer, by which the search
    /// finds a handful: an account has at most 100 active agreements per product.
    pub(crate) async fn agreement_entry(&self, id: &AgreementId) -> Result<Option<Agreement>> {
        let described = match self.described(id).await {
            Ok(described) => described,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let record = Record::new(Operation::DescribeAgreement, Some(id.as_str()));
        let buyer = described.acceptor.and_then(|acceptor| acceptor.account_id);
        let buyer = record.required("acceptor.accountId", buyer)?;
        let offer = described
            .proposal_summary
            .and_then(|proposal| proposal.offer_id);
        let mut filters = vec![("AcceptorAccountId", buyer)];
        filters.extend(offer.map(|offer| ("OfferId", offer)));
        let found = all_pages(Operation::SearchAgreements, SEARCH_PAGES_MAX, |next| {
            let filters = &filters;
            async move { self.search(filters, next.as_ref()).await }
        });
        let entry = found
            .await?
            .into_iter()
            .find(|agreement| &agreement.id == id);
        let message = "AWS describes this agreement but does not list it yet";
        let later = || failure::error(Operation::SearchAgreements, ErrorKind::Busy, message);
        entry.ok_or_else(later).map(Some)
    }

    pub(crate) async fn cancellation_requests_page(
        &self,
        which: &CancellationRequests,
        next: Option<&PageToken>,
    ) -> Result<Page<CancellationRequest>> {
        let operation = Operation::ListAgreementCancellationRequests;
        let (status, agreement) = match which {
            CancellationRequests::All => (None, None),
            CancellationRequests::Pending => (
                Some(AgreementCancellationRequestStatus::PendingApproval),
                None,
            ),
            CancellationRequests::Of(agreement) => (None, Some(agreement.as_str().to_owned())),
        };
        let kept = KeptBody::default();
        let attempt = || {
            self.agreement
                .list_agreement_cancellation_requests()
                .party_type(PARTY)
                .catalog(CATALOG)
                .set_status(status.clone())
                .set_agreement_id(agreement.clone())
                .max_results(PAGE_SIZE)
                .set_next_token(next.map(|token| token.0.clone()))
                .customize()
                .interceptor(kept.clone())
                .send()
        };
        let answer = self.calls.run(operation, position(next), attempt).await?;
        let records = beside_wire(operation, answer.items, &kept, "items")?;
        page(
            operation,
            next,
            answer.next_token,
            records,
            |(item, raw)| cancellation_request(&item, &raw),
        )
    }

    /// The seller's agreements that pass the filters, oldest update first: an agreement that changes
    /// while the pages are read moves to the end and is met again rather than missed.
    async fn search(
        &self,
        filters: &[(&str, String)],
        next: Option<&PageToken>,
    ) -> Result<Page<Agreement>> {
        let operation = Operation::SearchAgreements;
        let kept = KeptBody::default();
        let attempt = || {
            let always = [("PartyType", PARTY), ("AgreementType", AGREEMENT_TYPE)];
            let wanted = filters.iter().map(|(name, value)| (*name, value.as_str()));
            let filters = always.into_iter().chain(wanted);
            let sort = Sort::builder()
                .sort_by("LastUpdateTime")
                .sort_order(SortOrder::Ascending);
            self.agreement
                .search_agreements()
                .catalog(CATALOG)
                .set_filters(Some(
                    filters.map(|(name, value)| filter(name, value)).collect(),
                ))
                .sort(sort.build())
                .max_results(PAGE_SIZE)
                .set_next_token(next.map(|token| token.0.clone()))
                .customize()
                .interceptor(kept.clone())
                .send()
        };
        let answer = self.calls.run(operation, position(next), attempt).await?;
        let list = "agreementViewSummaries";
        let records = beside_wire(operation, answer.agreement_view_summaries, &kept, list)?;
        page(
            operation,
            next,
            answer.next_token,
            records,
            |(summary, raw)| agreement(&summary, &raw),
        )
    }
}

pub(crate) fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

fn agreement(summary: &AgreementViewSummary, raw: &Value) -> Result<Agreement> {
    let record = Record::new(Operation::SearchAgreements, summary.agreement_id());
    let id = record.parsed("agreementId", summary.agreement_id(), AgreementId::parse)?;
    let buyer = summary
        .acceptor()
        .and_then(|acceptor| acceptor.account_id());
    let buyer = record.parsed("acceptor.accountId", buyer, AccountId::parse)?;
    let proposal = summary.proposal_summary();
    let product = proposal.and_then(|proposal| proposal.resources().first()?.id());
    let offer = proposal.and_then(|proposal| proposal.offer_id());
    let initial = summary.initial_agreement_id();
    let status = record.required("status", summary.status())?;
    let ends_at = record.instant("endTime", raw)?;
    let updated_at = record.instant("lastUpdateTime", raw)?;
    Ok(Agreement {
        id: record.required("agreementId", id)?,
        status: AgreementStatus::from_wire(status.as_str()),
        buyer: record.required("acceptor.accountId", buyer)?,
        product: record.parsed("proposalSummary.resources.id", product, ProductId::parse)?,
        offer: record.parsed("proposalSummary.offerId", offer, OfferId::parse)?,
        initial: record.parsed("initialAgreementId", initial, AgreementId::parse)?,
        accepted_at: record.instant("acceptanceTime", raw)?,
        starts_at: record.instant("startTime", raw)?,
        ends_at: ends_at.and_then(Timestamp::end_of_term),
        updated_at: record.required("lastUpdateTime", updated_at)?,
        end_behavior: EndBehavior {
            kind: summary
                .end_time_behavior_type()
                .map(|kind| kind.as_str().to_owned()),
            reason: summary
                .end_time_behavior_reason_code()
                .map(|code| code.as_str().to_owned()),
        },
        licenses: licenses(record, summary)?,
    })
}

fn licenses(record: Record<'_>, summary: &AgreementViewSummary) -> Result<Vec<LicenseArn>> {
    let arns = summary
        .entitlements()
        .iter()
        .map(|entitlement| entitlement.license_arn());
    let parse = |arn| record.parsed("entitlements.licenseArn", arn, LicenseArn::parse);
    arns.filter_map(|arn| parse(arn).transpose()).collect()
}

fn cancellation_request(
    summary: &AgreementCancellationRequestSummary,
    raw: &Value,
) -> Result<CancellationRequest> {
    let id = summary.agreement_cancellation_request_id();
    let record = Record::new(Operation::ListAgreementCancellationRequests, id);
    let id = record.parsed(
        "agreementCancellationRequestId",
        id,
        CancellationRequestId::parse,
    )?;
    let agreement = record.parsed("agreementId", summary.agreement_id(), AgreementId::parse)?;
    let status = record.required("status", summary.status())?;
    let reason = record.required("reasonCode", summary.reason_code())?;
    let created_at = record.instant("createdAt", raw)?;
    let updated_at = record.instant("updatedAt", raw)?;
    Ok(CancellationRequest {
        id: record.required("agreementCancellationRequestId", id)?,
        agreement: record.required("agreementId", agreement)?,
        status: CancellationStatus::from_wire(status.as_str()),
        reason: reason.as_str().to_owned(),
        created_at: record.required("createdAt", created_at)?,
        updated_at: record.required("updatedAt", updated_at)?,
    })
}
