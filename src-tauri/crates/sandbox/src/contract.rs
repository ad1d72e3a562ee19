//! What the control interface under `/_sandbox/` is asked and answers. JSON keys are camelCase.

mod directory;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::directory::{
    BillingAccount, Deployment, Directory, Link, LinkTarget, Member, Money, Organization, Workspace,
};

/// How a sandbox stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Format of the state and of this interface.
    pub format: u32,
    /// Told apart from every other run of a sandbox.
    pub instance: String,
    /// What the world was invented from.
    pub seed: u64,
    /// All agreements there are now.
    pub agreements: u64,
    /// Agreements in status `ACTIVE`.
    pub active_agreements: u64,
    /// The sandbox's time, RFC 3339.
    pub now: String,
    /// The account whose agreements these are.
    pub seller_account_id: String,
    /// Whether AWS operations are answered at all.
    pub network_up: bool,
    /// Whether calls beyond AWS's published quotas are throttled.
    pub quotas_enforced: bool,
    /// How long a registration token is good for, in seconds.
    pub token_lifetime_seconds: u64,
    /// Faults that are set.
    pub faults: Vec<FaultStatus>,
    /// The five listings.
    pub listings: Vec<ListingStatus>,
    /// Calls of each AWS operation, refused ones included, since the start or the last reset.
    pub calls: BTreeMap<String, u64>,
}

/// A listing of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListingStatus {
    /// The name used at this interface, as `emqx`.
    pub id: String,
    /// The title on the marketplace.
    pub title: String,
    /// `prod-…`.
    pub product_id: String,
    /// 25 letters and digits.
    pub product_code: String,
    /// `usage` or `contract`.
    pub pricing: String,
    /// Whether it knows customers by identifiers and has no licenses.
    pub legacy: bool,
}

/// A fault to set: exactly one of its effects, on one operation or on `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Name of an operation as `ResolveCustomer`, or `*` for all.
    pub operation: String,
    /// Answer with this error and do nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Answer later by this much: `2s`, `30ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<String>,
    /// Do it, then close the connection unanswered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drop_after_accepting: bool,
    /// Close the connection unanswered and do nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drop: bool,
    /// Answer 200 with `html`, `garbage` or `huge` (200 MiB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Refuse the signature as this much too old, and show a `Date` that far ahead: `15m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew: Option<String>,
    /// On so many calls; on all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

/// A fault that is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultStatus {
    /// Names it for removal.
    pub id: String,
    /// Name of an operation, or `*`.
    pub operation: String,
    /// The error answered with.
    pub error: Option<String>,
    /// The delay, in milliseconds.
    pub delay_ms: Option<u64>,
    /// Whether it is done but left unanswered.
    pub drop_after_accepting: bool,
    /// Whether it is not done and left unanswered.
    pub drop: bool,
    /// The broken body answered with.
    pub body: Option<String>,
    /// The clock skew, as it was asked for.
    pub clock_skew: Option<String>,
    /// Calls it is still good for; absent when for all. At 0 it does nothing any more.
    pub times: Option<u64>,
    /// Calls it has met.
    pub hits: u64,
}

/// The id something was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// The id.
    pub id: String,
}

/// A purchase to make.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subscribe {
    /// A listing's id, as `emqx`.
    pub listing: String,
    /// The buyer's account, 12 digits; a new one is a new buyer.
    pub account: String,
    /// By a private offer for this account, with a term of a year.
    #[serde(default)]
    pub private_offer: bool,
    /// The contract's value, as `120000` or `120000.50`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// USD (the default), EUR, GBP, JPY, KRW or INR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Company of a new buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// E-mail address of a new buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// What the buyer's browser brings to the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// `agmt-…`.
    pub agreement_id: String,
    /// Absent on a legacy listing.
    pub license_arn: Option<String>,
    /// The fulfillment URL with the token.
    pub registration_url: String,
    /// The token alone.
    pub registration_token: String,
}

/// Names an agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OneAgreement {
    /// `agmt-…`.
    pub agreement_id: String,
}

/// An agreement after something was done to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementStatus {
    /// `agmt-…`; after a renewal that of the next term.
    pub agreement_id: String,
    /// Status as AWS names it.
    pub status: String,
    /// Absent on a legacy listing.
    pub license_arn: Option<String>,
}

/// Several agreements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agreements {
    /// `agmt-…` of each.
    pub agreement_ids: Vec<String>,
}

/// Why the buyer rejects a cancellation request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reason {
    /// The buyer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A cancellation request after the buyer's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestStatus {
    /// `acr-…`.
    pub id: String,
    /// The agreement it is about.
    pub agreement_id: String,
    /// Status as AWS names it.
    pub status: String,
}

/// By how much to move the clock forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Advance {
    /// `3d`, `5h`, `30m`, `2s`.
    pub by: String,
}

/// The sandbox's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Now {
    /// RFC 3339.
    pub now: String,
}

/// How long registration tokens are good for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenLifetime {
    /// `4h`, `30m`.
    pub lifetime: String,
}

/// Whether AWS operations are answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Network {
    /// With the network down every AWS connection is dropped unanswered.
    pub up: bool,
}

/// Whose signature AWS operations are answered to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Keys {
    /// The one access key id that is known; any is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// Whether what it belongs to has expired.
    #[serde(default)]
    pub expired: bool,
}

/// Whether to hold callers to AWS's published quotas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quotas {
    /// Off in a new sandbox.
    pub enforced: bool,
}

/// How many agreements are to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Amend {
    /// At most as many as are active.
    pub count: u32,
}

/// Buyers that were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Buyers {
    /// In the order they came.
    pub buyers: Vec<Buyer>,
}

/// A buyer of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Buyer {
    /// 12 digits.
    pub account: String,
    /// The company's name.
    pub company: String,
    /// Where its contact is reached.
    pub email: String,
    /// Everything it has bought, oldest first.
    pub agreements: Vec<BuyerAgreement>,
}

/// An agreement of a buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuyerAgreement {
    /// `agmt-…`.
    pub agreement_id: String,
    /// A listing's id.
    pub listing: String,
    /// Status as AWS names it.
    pub status: String,
}

/// An error of the control interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct ControlError {
    /// For programs: `not-found`, `not-active`, `not-pending`, `invalid`, `unsupported`,
    /// `unreachable`, `internal`.
    pub code: String,
    /// For people.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl ControlError {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Mail to a buyer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// What it is about, up to 256 characters.
    pub subject: String,
    /// What it says, up to 32 KiB.
    pub body: String,
}

/// What was given a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Numbered {
    /// The number.
    pub number: u64,
}

/// The buyers' mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mailbox {
    /// The newest first.
    pub mails: Vec<ReceivedMail>,
}

/// A mail that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedMail {
    /// Running number, from 1; `after` of a look for newer ones.
    pub number: u64,
    /// When it came, RFC 3339, in the sandbox's time.
    pub at: String,
    /// The address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
}
