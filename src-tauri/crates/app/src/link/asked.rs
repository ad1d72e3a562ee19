//! What a person asks for when linking a buyer, in a form that can be kept and asked again.

use std::collections::BTreeMap;

use domain::{AccountId, AgreementId, DirectoryId, Email, LicenseArn, TargetKind, Text};
use policy::Identity;
use serde::{Deserialize, Serialize};

/// Workspaces of one plan.
pub const WORKSPACES_MAX: usize = 50;
/// Longest answer to a form's question, in characters.
pub const ANSWER_CHARS_MAX: usize = 256;
/// Longest reason for going on in spite of a rule, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// What a person wants linked to what.
#[derive(Clone, Debug)]
pub struct LinkRequest {
    /// What the buyer brought.
    pub buyer: super::Brought,
    /// Everything else.
    pub wish: Wish,
}

/// What a buyer is to be linked to, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The organization or billing account.
    pub target: TargetChoice,
    /// Workspaces that are there and are to be bound.
    #[serde(default)]
    pub workspaces: Vec<DirectoryId>,
    /// Workspaces that are to be taken from a live link.
    #[serde(default)]
    pub without_workspaces: Vec<DirectoryId>,
    /// Workspaces that are to be made and bound.
    #[serde(default)]
    pub new_workspaces: Vec<NewWorkspace>,
    /// The person on the vendor's side for whom the link is made.
    pub member: Option<Email>,
    /// Answers to the policy's forms, by attribute, such as `member.company`.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Whether the buyer agreed to the vendor's terms.
    #[serde(default)]
    pub terms_accepted: bool,
    /// Rules to go on in spite of, with the reason.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
}

/// The place in the vendor's directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetChoice {
    /// One that is there.
    Existing {
        /// What it is.
        kind: TargetKind,
        /// The vendor's id for it.
        id: DirectoryId,
    },
    /// An organization to be made, by its name.
    NewOrganization(Text),
    /// A billing account to be registered, by its user name.
    NewBillingAccount(DirectoryId),
}

impl TargetChoice {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> TargetKind {
        match self {
            Self::Existing { kind, .. } => *kind,
            Self::NewOrganization(_) => TargetKind::Organization,
            Self::NewBillingAccount(_) => TargetKind::BillingAccount,
        }
    }

    /// Whether the plan makes it.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        !matches!(self, Self::Existing { .. })
    }
}

/// A workspace to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWorkspace {
    /// Its name.
    pub name: Text,
    /// Language of its templates. Fixed once it exists.
    pub language: Option<Text>,
    /// Where it runs. Fixed once it exists.
    pub site: Option<Text>,
}

/// Who the buyer is, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    /// What he accepted.
    pub agreement: AgreementId,
    /// The license to be bound; absent on products that predate them.
    pub license: Option<LicenseArn>,
    /// His AWS account, as AWS told.
    pub account: AccountId,
    /// How that is known.
    pub evidence: Evidence,
    /// When AWS said so, in Unix milliseconds.
    pub as_of: i64,
}

/// How it is known who the buyer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// AWS resolved a registration token.
    Token,
    /// AWS lists the agreement for the account.
    Agreement,
}

impl Evidence {
    /// The policies' word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => Identity::Token.word(),
            Self::Agreement => Identity::Agreement.word(),
        }
    }
}

/// A buyer and what he is to be linked to: all that a plan follows from, besides the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The buyer.
    pub buyer: Buyer,
    /// The rest.
    #[serde(flatten)]
    pub wish: Wish,
}
