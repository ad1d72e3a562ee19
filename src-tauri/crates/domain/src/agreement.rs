//! What a buyer accepted, and what AWS says about it.

use crate::{
    AccountId, AgreementId, CancellationRequestId, LicenseArn, Money, OfferId, ProductId, Timestamp,
};

/// Declares an enum of AWS wire values that keeps values it does not know.
macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $wire:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A value newer than this program, kept as AWS wrote it.
            Unknown(String),
        }

        impl $name {
            /// Every value known to this program, in the model's order.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)+];

            /// Reads AWS's wire value; an unknown one is kept, never dropped.
            #[must_use]
            pub fn from_wire(value: &str) -> Self {
                match value {
                    $($wire => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }

            /// The value as AWS writes it.
            #[must_use]
            pub fn as_wire(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Unknown(value) => value,
                }
            }
        }
    };
}

wire_enum! {
    /// Where an agreement stands (`AgreementStatus` of the Agreement API).
    AgreementStatus {
        /// In force.
        Active = "ACTIVE",
        /// Ended without a more specific status.
        Archived = "ARCHIVED",
        /// The buyer ended it early.
        Cancelled = "CANCELLED",
        /// It reached its end.
        Expired = "EXPIRED",
        /// A renewal took its place.
        Renewed = "RENEWED",
        /// An agreement-based offer took its place.
        Replaced = "REPLACED",
        /// Its creation was undone.
        RolledBack = "ROLLED_BACK",
        /// An amendment took its place.
        Superseded = "SUPERSEDED",
        /// AWS ended it, after a failed payment for example.
        Terminated = "TERMINATED",
    }
}

wire_enum! {
    /// How far AWS is with granting a license (`AgreementEntitlementStatus`).
    ProvisioningStatus {
        /// Granted.
        Provisioned = "PROVISIONED",
        /// Will be granted on the start date.
        Scheduled = "SCHEDULED",
        /// Being granted.
        Pending = "PENDING",
        /// Could not be granted; the reason says why.
        Failed = "FAILED",
        /// Taken back.
        Deprovisioned = "DEPROVISIONED",
    }
}

wire_enum! {
    /// Where a seller's request to cancel stands (`AgreementCancellationRequestStatus`).
    CancellationStatus {
        /// The buyer has up to seven days to answer; silence is consent.
        PendingApproval = "PENDING_APPROVAL",
        /// The buyer agreed, or was silent for seven days.
        Approved = "APPROVED",
        /// The buyer refused.
        Rejected = "REJECTED",
        /// The seller withdrew it.
        Cancelled = "CANCELLED",
        /// AWS found that it may not be made.
        ValidationFailed = "VALIDATION_FAILED",
    }
}

impl AgreementStatus {
    /// Whether the agreement has come to an end, for good and without a successor: not where another
    /// took its place, nor in a state that nobody knows.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Archived | Self::Cancelled | Self::Expired | Self::Terminated
        )
    }
}

/// What happens at the end of the term, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndBehavior {
    /// `RENEW`, `REPLACE` or `EXPIRE`, as AWS wrote it; absent when AWS did not say.
    pub kind: Option<String>,
    /// Such as `ACCEPTOR_RENEW_OPTED_OUT`; absent when nothing stands in the way.
    pub reason: Option<String>,
}

/// One agreement as AWS's listing reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Where it stands.
    pub status: AgreementStatus,
    /// The AWS account that accepted.
    pub buyer: AccountId,
    /// The product; absent when AWS names no resource.
    pub product: Option<ProductId>,
    /// The offer that was accepted.
    pub offer: Option<OfferId>,
    /// The first agreement of its chain of renewals.
    pub initial: Option<AgreementId>,
    /// When the buyer accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it takes effect; may lie in the future.
    pub starts_at: Option<Timestamp>,
    /// When it ends; absent for usage-based agreements, which run until cancelled.
    pub ends_at: Option<Timestamp>,
    /// When AWS last changed it.
    pub updated_at: Timestamp,
    /// What happens at the end.
    pub end_behavior: EndBehavior,
    /// Its licenses; empty on products that predate them.
    pub licenses: Vec<LicenseArn>,
}

/// One accepted term: a kind such as `usageBasedPricingTerm`, and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The member name in AWS's union.
    pub kind: String,
    /// The term as JSON, in AWS's own member names.
    pub json: String,
}

/// How far AWS is with one license of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioning {
    /// The license; absent on products that predate them and before it exists.
    pub license: Option<LicenseArn>,
    /// How far.
    pub status: ProvisioningStatus,
    /// Such as `INVALID_PAYMENT_INSTRUMENT`, as AWS wrote it.
    pub reason: Option<String>,
}

/// The person the buyer named as contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address, as given.
    pub email: String,
    /// Company name, as given.
    pub company: String,
    /// ISO 3166 country code.
    pub country: String,
}

/// What only a look at one agreement tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgreementDetails {
    /// What the buyer commits to pay in all; zero for pure usage, absent when AWS did not say.
    pub value: Option<Money>,
    /// When the free trial ends, if there is one.
    pub trial_ends_at: Option<Timestamp>,
    /// The accepted terms, in AWS's order.
    pub terms: Vec<Term>,
    /// How far each license is.
    pub provisioning: Vec<Provisioning>,
    /// The buyer's contact; absent when none was given or it was removed.
    pub contact: Option<Contact>,
}

/// A seller's request to end an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancellationRequest {
    /// Its id.
    pub id: CancellationRequestId,
    /// The agreement it would end.
    pub agreement: AgreementId,
    /// Where it stands.
    pub status: CancellationStatus,
    /// Such as `TEST_AGREEMENT`, as AWS wrote it.
    pub reason: String,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_wire_value_survives() {
        let status = AgreementStatus::from_wire("PAUSED");
        assert_eq!(status, AgreementStatus::Unknown("PAUSED".into()));
        assert_eq!(status.as_wire(), "PAUSED");
        for known in AgreementStatus::KNOWN {
            assert_eq!(&AgreementStatus::from_wire(known.as_wire()), known);
        }
    }
}
