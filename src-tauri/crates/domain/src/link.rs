//! The vendor's side: who a license is bound to.

use crate::{AgreementId, DirectoryId, LicenseArn, Timestamp};

/// Where a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkState {
    /// A code was sent by e-mail and is waited for.
    AwaitingVerification,
    /// Bound; AWS has not yet reported the license provisioned.
    AwaitingAws,
    /// Bound and in force.
    Active,
    /// The agreement ended; a grace period runs.
    Ending,
    /// Over.
    Ended,
    /// A rule refused it.
    Refused,
}

impl LinkState {
    /// Every state, in the order of a link's life.
    pub const ALL: [Self; 6] = [
        Self::AwaitingVerification,
        Self::AwaitingAws,
        Self::Active,
        Self::Ending,
        Self::Ended,
        Self::Refused,
    ];

    /// The state's word in the filter language, the database and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AwaitingVerification => "awaiting-verification",
            Self::AwaitingAws => "awaiting-aws",
            Self::Active => "active",
            Self::Ending => "ending",
            Self::Ended => "ended",
            Self::Refused => "refused",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether the license counts as linked: a buyer with only dead links still needs set-up.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(
            self,
            Self::AwaitingVerification | Self::AwaitingAws | Self::Active | Self::Ending
        )
    }
}

/// What a license is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// An organization of the vendor's directory.
    Organization,
    /// A billing account, which holds workspaces.
    BillingAccount,
}

impl TargetKind {
    /// The kind's word in the database and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::BillingAccount => "billing-account",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Organization, Self::BillingAccount]
            .into_iter()
            .find(|kind| kind.word() == word)
    }

    /// One thing of the kind, as `organization:acme`.
    #[must_use]
    pub fn named(self, id: impl std::fmt::Display) -> String {
        format!("{}:{id}", self.word())
    }
}

/// One place in the vendor's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Organization or billing account.
    pub kind: TargetKind,
    /// The vendor's own id for it.
    pub id: String,
    /// Its name at the time of linking.
    pub name: String,
}

/// A binding of a buyer's license to a target. Part of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The agreement the license came with.
    pub agreement: AgreementId,
    /// The license; absent on products that predate licenses, where the agreement stands for it.
    pub license: Option<LicenseArn>,
    /// What it is bound to.
    pub target: Target,
    /// Where it stands.
    pub state: LinkState,
    /// Since when.
    pub since: Timestamp,
    /// Who says so: the vendor's system of record, or a plan of ours.
    pub source: String,
    /// For a billing account: the workspaces that are bound with it.
    pub workspaces: Vec<DirectoryId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_states_correspond() {
        for state in LinkState::ALL {
            assert_eq!(LinkState::from_word(state.word()), Some(state));
        }
        assert_eq!(LinkState::from_word("none"), None);
    }
}
