//! Finding out what the credentials may do, by calls that change nothing.
//!
//! AWS checks a request in three steps: its form, then whether the caller may make it, then what it
//! asks for. So each probe is well formed by the service's model, and asks for something that cannot
//! be: an answer about the contents shows that the second step was passed.

use std::error::Error;

use app::marketplace::{ErrorKind, MarketplaceError, Result};
use app::{Operation, operation::Effect};
use aws_sdk_marketplaceagreement::types::AgreementCancellationRequestReasonCode;
use aws_sdk_marketplacemetering::types::UsageRecord;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::DateTime;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::Timestamp;
use tokio::time::Instant;

use crate::agreements::{AGREEMENT_TYPE, PARTY, filter};
use crate::cbor::SentTo;
use crate::connection::{AwsMarketplace, CATALOG};
use crate::failure::{self, Position};
use crate::products::ENTITY_TYPE;

/// An agreement that cannot exist: AWS's ids are `agmt-` and 25 letters and digits, without hyphens.
/// The model takes any 1 to 64 of letters, digits, `_`, `/` and `-`.
const AGREEMENT: &str = "agmt-bindery-permission-check";

/// A cancellation request that cannot exist, as it belongs to that agreement. The model takes `acr-`
/// and letters and digits.
const CANCELLATION_REQUEST: &str = "acr-binderypermissioncheck";

/// A product that cannot exist: AWS's ids are `prod-` and 13 letters and digits.
const PRODUCT: &str = "prod-bindery-permission-check";

/// A product code that cannot exist: AWS's are 25 letters and digits.
const PRODUCT_CODE: &str = "bindery-permission-check";

/// A registration token that cannot exist: AWS's are hundreds of characters, and signed.
const REGISTRATION_TOKEN: &str = "bindery-permission-check";

/// A license that cannot exist: there is no account 000000000000.
const LICENSE: &str =
    "arn:aws:license-manager::000000000000:license:l-00000000000000000000000000000000";

/// An account that cannot exist, see above.
const ACCOUNT: &str = "000000000000";

/// A dimension that no product has: a dimension's key has no hyphens (AWS Marketplace seller guide,
/// “SaaS product pricing”: letters, digits and underscores).
const DIMENSION: &str = "bindery-permission-check";

/// What would be told to the buyer of the agreement that does not exist.
const REASON: &str = "Bindery checks its permissions on an agreement that does not exist.";

impl AwsMarketplace {
    /// The `Date` of STS's answer to a call, whatever the answer says: a clock that is off makes AWS
    /// refuse, and it is then that its time is wanted.
    pub(crate) async fn answered_at(&self) -> Result<Timestamp> {
        let operation = Operation::GetCallerIdentity;
        let began = Instant::now();
        let attempt = || self.sts.get_caller_identity().send();
        let answer = self.calls.run(operation, Position::Start, attempt).await;
        if let Some(date) = self.dated.since(began) {
            return Ok(date);
        }
        answer?;
        let message = "an answer without a Date";
        Err(failure::error(operation, ErrorKind::Garbage, message))
    }

    /// One call that changes nothing.
    pub(crate) async fn probed(&self, operation: Operation) -> Result<()> {
        let answer = match operation.effect() {
            Effect::Reads => self.probed_by_reading(operation).await,
            Effect::Acts => self.probed_by_acting(operation).await,
        };
        match answer {
            Err(error) if !is_about_contents(&error) => Err(error),
            _ => Ok(()),
        }
    }

    async fn probed_by_reading(&self, operation: Operation) -> Result<()> {
        match operation {
            Operation::ListEntities
            | Operation::SearchAgreements
            | Operation::ListAgreementCancellationRequests => self.one_row(operation).await,
            Operation::GetCallerIdentity => {
                let attempt = || self.sts.get_caller_identity().send();
                self.read(operation, attempt).await
            }
            Operation::DescribeEntity => {
                let request = self.catalog.describe_entity().catalog(CATALOG);
                let request = request.entity_id(PRODUCT);
                self.read(operation, || request.clone().send()).await
            }
            Operation::GetEntitlements => {
                let request = self.entitlement.get_entitlements();
                let request = request.product_code(PRODUCT_CODE).max_results(1);
                self.read(operation, || request.clone().send()).await
            }
            // Resolving a token only tells whose it is (Metering API reference).
            Operation::ResolveCustomer => {
                let request = self.metering.resolve_customer();
                let request = request.registration_token(REGISTRATION_TOKEN);
                self.read(operation, || request.clone().send()).await
            }
            _ => self.no_agreement(operation).await,
        }
    }

    /// A listing of one row: whatever the row is, it is only read.
    async fn one_row(&self, operation: Operation) -> Result<()> {
        match operation {
            Operation::ListEntities => {
                let request = self.catalog.list_entities().catalog(CATALOG);
                let request = request.entity_type(ENTITY_TYPE).max_results(1);
                self.read(operation, || request.clone().send()).await
            }
            Operation::ListAgreementCancellationRequests => {
                let request = self.agreement.list_agreement_cancellation_requests();
                let request = request.party_type(PARTY).catalog(CATALOG).max_results(1);
                self.read(operation, || request.clone().send()).await
            }
            _ => {
                let request = self.agreement.search_agreements().catalog(CATALOG);
                let request = request
                    .filters(filter("PartyType", PARTY))
                    .filters(filter("AgreementType", AGREEMENT_TYPE))
                    .max_results(1);
                self.read(operation, || request.clone().send()).await
            }
        }
    }

    /// Something about the agreement that does not exist.
    async fn no_agreement(&self, operation: Operation) -> Result<()> {
        match operation {
            Operation::GetAgreementTerms => {
                let request = self.agreement.get_agreement_terms();
                let request = request.agreement_id(AGREEMENT).max_results(1);
                self.read(operation, || request.clone().send()).await
            }
            Operation::GetAgreementEntitlements => {
                let request = self.agreement.get_agreement_entitlements();
                let request = request.agreement_id(AGREEMENT).max_results(1);
                self.read(operation, || request.clone().send()).await
            }
            Operation::GetAgreementCancellationRequest => {
                let request = self.agreement.get_agreement_cancellation_request();
                let request = request
                    .agreement_id(AGREEMENT)
                    .agreement_cancellation_request_id(CANCELLATION_REQUEST);
                self.read(operation, || request.clone().send()).await
            }
            // The SDK lacks `GetAgreementContacts`; its request is that of `DescribeAgreement`.
            _ => {
                let request = self.agreement.describe_agreement().agreement_id(AGREEMENT);
                let sent = || {
                    let request = request.clone().customize();
                    request.interceptor(SentTo(operation)).send()
                };
                self.read(operation, sent).await
            }
        }
    }

    async fn read<T, E, F>(&self, operation: Operation, attempt: impl Fn() -> F) -> Result<()>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
    {
        let answer = self.calls.run(operation, Position::Start, attempt).await;
        answer.map(drop)
    }

    async fn act<T, E, F>(&self, operation: Operation, attempt: impl Fn() -> F) -> Result<()>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
    {
        self.calls.run_once(operation, attempt).await.map(drop)
    }

    /// Acts on what does not exist. Sent once, and again only when AWS said that it did nothing.
    async fn probed_by_acting(&self, operation: Operation) -> Result<()> {
        match operation {
            // Harmless: there is no agreement to end and nobody to ask; AWS answers
            // `ResourceNotFoundException` (Agreement API reference).
            Operation::SendAgreementCancellationRequest => {
                let request = self.agreement.send_agreement_cancellation_request();
                let request = request
                    .agreement_id(AGREEMENT)
                    .reason_code(AgreementCancellationRequestReasonCode::Other)
                    .description(REASON);
                self.act(operation, || request.clone().send()).await
            }
            // Harmless: neither agreement nor request exists, so nothing is withdrawn.
            Operation::CancelAgreementCancellationRequest => {
                let request = self.agreement.cancel_agreement_cancellation_request();
                let request = request
                    .agreement_id(AGREEMENT)
                    .agreement_cancellation_request_id(CANCELLATION_REQUEST)
                    .cancellation_reason(REASON);
                self.act(operation, || request.clone().send()).await
            }
            _ => self.meters_nothing().await,
        }
    }

    /// Harmless several times over: the quantity is 0; the hour is the first of 1970, and AWS refuses
    /// a whole request with a record older than a day (`TimestampOutOfBoundsException`, Metering API
    /// reference); license, account and dimension do not exist.
    ///
    /// The SDK sends an empty `CustomerIdentifier` along, which changes nothing about that.
    async fn meters_nothing(&self) -> Result<()> {
        let operation = Operation::BatchMeterUsage;
        let record = UsageRecord::builder()
            .timestamp(DateTime::from_secs(0))
            .customer_aws_account_id(ACCOUNT)
            .license_arn(LICENSE)
            .dimension(DIMENSION)
            .quantity(0)
            .build();
        let incomplete =
            |_| failure::error(operation, ErrorKind::Invalid, "a record without a part");
        let request = self.metering.batch_meter_usage();
        let request = request.usage_records(record.map_err(incomplete)?);
        self.act(operation, || request.clone().send()).await
    }
}

/// Whether AWS refused what was asked for, and so had let the caller ask.
///
/// By name, so that a refusal this program does not know leaves the question open.
fn is_about_contents(error: &MarketplaceError) -> bool {
    let about = matches!(
        error.kind,
        ErrorKind::NotFound
            | ErrorKind::Invalid
            | ErrorKind::TokenInvalid
            | ErrorKind::TokenExpired
    );
    if !about {
        return false;
    }
    matches!(
        error.code.as_deref(),
        Some(
            "ConflictException"
                | "ExpiredTokenException"
                | "InvalidCustomerIdentifierException"
                | "InvalidLicenseException"
                | "InvalidParameterException"
                | "InvalidProductCodeException"
                | "InvalidTokenException"
                | "InvalidUsageDimensionException"
                | "ResourceNotFoundException"
                | "ResourceNotSupportedException"
                | "TimestampOutOfBoundsException"
                | "ValidationException"
        )
    )
}
