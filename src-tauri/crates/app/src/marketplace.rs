//! The port to AWS Marketplace: what the use cases need of it, in the domain's words.
//!
//! One call of a method is one logical operation. Pacing, retries and wire formats are the
//! implementation's business (crate `aws`); it never sleeps past the cancellation of the future.

use std::future::Future;

use domain::{
    AccountId, Agreement, AgreementDetails, AgreementId, CancellationRequest,
    CancellationRequestId, Entitlement, LicenseArn, Listing, Offer, OfferId, ProductCode,
    ProductId, RegistrationToken, Timestamp, UsageRecord,
};

use crate::Operation;

/// One page of a listing.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What the page holds; may be empty although more follows.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<PageToken>,
}

/// AWS's opaque position in a listing. Valid only for the query it came from, and not forever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken(pub String);

/// Who AWS says we are (`sts:GetCallerIdentity`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account of the credentials.
    pub account: String,
    /// The ARN of the user or role.
    pub arn: String,
}

/// A product as the catalog's listing knows it: enough to tell whether it must be described again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductSummary {
    /// The product.
    pub id: ProductId,
    /// When it last changed, as AWS wrote it; compared for equality only.
    pub modified: Option<String>,
}

/// AWS Marketplace, as the seller of one account sees it.
pub trait Marketplace: Send + Sync + 'static {
    /// Who the credentials belong to.
    fn caller_identity(&self) -> impl Future<Output = Result<CallerIdentity>> + Send;

    /// What time AWS says it is, to the second: the `Date` of any answer, a refusal included.
    fn time(&self) -> impl Future<Output = Result<Timestamp>> + Send;

    /// Whether the credentials may call an operation, by a call that changes nothing: one row of a
    /// listing, or something asked of an agreement, product or token that cannot exist. `Ok` when
    /// AWS let the call through, [`ErrorKind::Denied`] when it did not; everything else leaves it open.
    fn probe(&self, operation: Operation) -> impl Future<Output = Result<()>> + Send;

    /// The seller's SaaS products, up to 50 a page.
    fn products(
        &self,
        next: Option<&PageToken>,
    ) -> impl Future<Output = Result<Page<ProductSummary>>> + Send;

    /// One product in full.
    fn product(&self, id: &ProductId) -> impl Future<Output = Result<Listing>> + Send;

    /// One offer: whether it was made to certain buyers alone.
    fn offer(&self, id: &OfferId) -> impl Future<Output = Result<Offer>> + Send;

    /// Who a registration token is of. Asking again gives the same answer while the token is good.
    fn resolve(&self, token: &RegistrationToken) -> impl Future<Output = Result<Resolved>> + Send;

    /// Agreements whose last update is later than `updated_after`, oldest update first, up to 50 a page.
    fn agreements(
        &self,
        updated_after: Option<Timestamp>,
        next: Option<&PageToken>,
    ) -> impl Future<Output = Result<Page<Agreement>>> + Send;

    /// Everything that only a look at one agreement tells: description, all terms, provisioning,
    /// contact. The calls run side by side. What may not be called is left empty and named; the look
    /// fails as [`ErrorKind::Denied`] only when nothing of it may be called.
    fn details(&self, id: &AgreementId) -> impl Future<Output = Result<Look>> + Send;

    /// The listing's entry for one agreement; `None` when AWS does not know it.
    fn agreement(&self, id: &AgreementId)
    -> impl Future<Output = Result<Option<Agreement>>> + Send;

    /// Entitlements of one product, up to 25 a page, those of `licenses` alone when any are given.
    fn entitlements(
        &self,
        code: &ProductCode,
        only: EntitlementsOf<'_>,
        next: Option<&PageToken>,
    ) -> impl Future<Output = Result<Page<Entitlement>>> + Send;

    /// Asks the buyer to agree to an end. What acts is not tried again once its fate is unknown; the
    /// client token lets AWS know a repetition.
    fn send_cancellation(
        &self,
        request: &NewCancellation,
    ) -> impl Future<Output = Result<CancellationRequest>> + Send;

    /// Withdraws a request that the buyer has not answered.
    fn withdraw_cancellation(
        &self,
        agreement: &AgreementId,
        id: &CancellationRequestId,
        reason: &str,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Bills usage: up to 25 records of one product, named by its code only where it predates licenses.
    /// One outcome for each record, in their order.
    fn meter(
        &self,
        code: Option<&ProductCode>,
        records: &[UsageRecord],
    ) -> impl Future<Output = Result<Vec<Metered>>> + Send;

    /// The seller's cancellation requests, up to 50 a page.
    fn cancellation_requests(
        &self,
        which: &CancellationRequests,
        next: Option<&PageToken>,
    ) -> impl Future<Output = Result<Page<CancellationRequest>>> + Send;
}

/// Who AWS says a registration token is of (`ResolveCustomer`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The buyer's account.
    pub account: AccountId,
    /// The product.
    pub code: ProductCode,
    /// The agreement; absent on products that predate concurrent agreements.
    pub agreement: Option<AgreementId>,
    /// The license; absent on products that predate them.
    pub license: Option<LicenseArn>,
    /// `CustomerIdentifier`, on legacy products.
    pub customer: Option<String>,
}

/// What AWS did with a usage record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metered {
    /// Whether it took it.
    pub status: MeteredStatus,
    /// Its id of the record.
    pub record_id: Option<String>,
}

/// Whether AWS took a usage record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeteredStatus {
    /// It did.
    Success,
    /// It did not look at it: it can be sent again just so.
    Unprocessed,
    /// It did not, in its word: `CustomerNotSubscribed` or `DuplicateRecord`.
    Refused(String),
}

/// A request to cancel, to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCancellation {
    /// The agreement that it would end.
    pub agreement: AgreementId,
    /// AWS's word for the reason, such as `TEST_AGREEMENT`.
    pub reason: String,
    /// What the buyer is told: 1 to 2000 characters.
    pub description: Option<String>,
    /// Tells a repetition from another request; of the plan, so that no plan sends two.
    pub client_token: String,
}

/// What a look at one agreement brought.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// What AWS told.
    pub details: AgreementDetails,
    /// The calls that AWS refused to these credentials; what they would have told is left empty.
    pub denied: Vec<MarketplaceError>,
}

/// Whose entitlements to list.
#[derive(Clone, Copy, Debug)]
pub enum EntitlementsOf<'a> {
    /// Every buyer's.
    Everyone,
    /// Those of one license.
    License(&'a domain::LicenseArn),
    /// Those of one buyer account, on products that predate licenses.
    Account(&'a domain::AccountId),
}

/// Which cancellation requests to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancellationRequests {
    /// All that AWS still lists.
    All,
    /// Those the buyer has not answered yet.
    Pending,
    /// Those of one agreement, whatever their state.
    Of(AgreementId),
}

/// What a call to AWS comes to.
pub type Result<T> = std::result::Result<T, MarketplaceError>;

/// Why AWS did not do as asked. Never holds a token, key or signature.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct MarketplaceError {
    /// What the caller can do about it.
    pub kind: ErrorKind,
    /// The operation's name in the model, such as `SearchAgreements`.
    pub operation: &'static str,
    /// AWS's error code, such as `ThrottlingException`.
    pub code: Option<String>,
    /// AWS's message, or ours when AWS sent none; at most 512 characters.
    pub message: String,
    /// AWS's request id, for support cases.
    pub request_id: Option<String>,
    /// Whether it is certain that AWS did not do what was asked: it said so, or nothing was sent.
    pub undone: bool,
}

/// One variant per way the caller behaves differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Still throttled or failing after every retry; later may do.
    Busy,
    /// No answer: no network, connection refused or dropped, timeout.
    NoAnswer,
    /// The credentials may not do this.
    Denied,
    /// The credentials are wrong or have expired.
    Credentials,
    /// The role wants a code of the person's MFA device before it gives credentials.
    CodeNeeded,
    /// AWS no longer knows the page token: list again from the last known position.
    PageToken,
    /// AWS does not know the thing asked about.
    NotFound,
    /// AWS does not know the registration token, or not for this seller, or a newer one took its place.
    TokenInvalid,
    /// The registration token has expired.
    TokenExpired,
    /// AWS refused the request as malformed: a fault of this program.
    Invalid,
    /// The answer could not be understood: not AWS, a proxy's page, or larger than allowed.
    Garbage,
}
