//! What Bindery talks about: agreements, licenses, entitlements, links, money, time.
//!
//! Pure: no IO, no clock, no async; of serialization only that ids are kept as their text. Text from outside is parsed into these types
//! once, at the edge; everything behind the edge may rely on them.

pub mod agreement;
pub mod directory;
pub mod entitlement;
pub mod filter;
pub mod ids;
pub mod link;
pub mod listing;
pub mod money;
pub mod offer;
pub mod registration;
pub mod time;
pub mod usage;

pub use agreement::{
    Agreement, AgreementDetails, AgreementStatus, CancellationRequest, CancellationStatus, Contact,
    EndBehavior, Provisioning, ProvisioningStatus, Term,
};
pub use directory::{
    BillingAccount, Deployment, DirectoryId, Email, Entry, EntryKind, Known, Member, Organization,
    Text, Workspace,
};
pub use entitlement::{Entitlement, EntitlementValue};
pub use ids::{
    AccountId, AgreementId, CancellationRequestId, Invalid, LicenseArn, MfaSerial, OfferId, PlanId,
    ProductCode, ProductId, RoleArn,
};
pub use link::{Link, LinkState, Target, TargetKind};
pub use listing::{Listing, Pricing};
pub use money::{Currency, Money};
pub use offer::Offer;
pub use registration::{NotARegistration, Registration, RegistrationToken};
pub use time::Timestamp;
pub use usage::{Allocation, Quantity, UsageHolder, UsageRecord};
