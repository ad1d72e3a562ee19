//! What the window and the command line show, as JSON: keys in camelCase, times as Unix
//! milliseconds, money as decimal text, whole numbers that fit a double.
//!
//! The only crate below the shell that serializes. Everything here is a picture of a value of
//! `app`, `store`, `domain` or `connection`, made by `From` or `of`; nothing is decided here.

mod agreement;
mod audit;
mod connection;
mod correction;
mod detail;
mod directory;
mod directory_list;
mod ending;
mod failure;
mod filter;
mod import;
mod link;
mod mail;
mod outbox;
mod overview;
mod plan;
mod status;
mod timeline;
mod usage;

pub use agreement::{
    AgreementCounts, AgreementRow, AgreementsWindow, Count, Money, RowState, SortKey,
};
pub use audit::{
    AuditActionInfo, AuditCheckInfo, AuditEntryInfo, AuditExported, AuditFormat, AuditWindow,
};
pub use connection::{
    ActionKey, ActionView, CheckView, ConnectionCard, CredentialsInfo, DeniedView, OperationView,
    Outcome, ProfileView, RemovedView,
};
pub use correction::{DirectoryField, FieldKindInfo};
pub use detail::{
    AgreementDetail, CancellationInfo, ChainLink, ContactInfo, EntitlementInfo, LicenseInfo,
    LinkInfo, Provenance, TermInfo,
};
pub use directory::{
    BillingAccountDetail, BillingAccountInfo, DeploymentInfo, Knowable, LinkToTarget, MemberInfo,
    OrganizationDetail, OrganizationInfo, OursInfo, WorkspaceInfo,
};
pub use directory_list::{
    BillingAccountListItem, BillingAccountsList, LinkedAgreement, OrganizationListItem,
    OrganizationSort, OrganizationsList,
};
pub use ending::{
    CancellationRequestInfo, DueEffectInfo, EndingPlanInfo, EndingsInfo, LastUsageInfo,
    UnansweredInfo,
};
pub use failure::{Code, Failure, FieldProblem};
pub use filter::{
    Chip, Completion, Completions, FilterReading, JumpKind, JumpTarget, Span, byte_offset,
};
pub use import::{BadRowInfo, EntryKind, ImportReport, ImportedKind};
pub use link::{
    AdviceInfo, ExecutedInfo, FormFieldInfo, FormInfo, IdentifiedInfo, LinkDetail, LinkRecordInfo,
    PolicyInfo, SuggestionInfo, TargetOption, TargetPartsInfo, registration,
};
pub use mail::MailView;
pub use outbox::{OutboxEntryInfo, ReturnedInfo};
pub use overview::{EndingWeek, EndingWithin, NeedsSetup, Overview, ValueByCurrency};
pub use plan::{
    CodeSentInfo, DifferenceInfo, EnteredInfo, EvidenceInfo, InLanguages, LinkPlanInfo,
    OutcomeInfo, PlanStateInfo, StepInfo, StepKindInfo, VerdictInfo,
};
pub use status::{ConnectionInfo, Listing, Status, SyncPhase, SyncProgress, Topic};
pub use timeline::{EventInfo, MomentInfo};
pub use usage::{UsageCheckInfo, UsageLineInfo, UsageProblemInfo, UsageRecordInfo, UsageSentInfo};

use domain::Timestamp;

/// Unix milliseconds, UTC. A plain number in JSON; the window reads it exactly up to 2^53.
#[derive(
    Clone, Copy, Debug, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize, specta::Type,
)]
#[serde(transparent)]
#[specta(transparent)]
pub struct Millis(
    // An integer for TypeScript's sake: a double could be null there.
    #[specta(type = i32)] pub i64,
);

/// The instant as JSON carries it.
#[must_use]
pub fn millis(at: Timestamp) -> Millis {
    Millis(at.as_millis())
}

/// An entry's number as JSON carries it. No audit holds four billion of them.
pub(crate) fn sequence(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A count as JSON carries it. No connection holds four billion of anything.
#[must_use]
pub fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
