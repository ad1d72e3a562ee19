//! What the world keeps of an agreement: a compact record; names and ids follow from its index.

/// The end of an agreement that has none (usage pricing without a term).
pub(crate) const OPEN: i64 = i64::MAX;
/// Stands for "no such record" in the links between records.
pub(crate) const NONE: u32 = u32::MAX;

/// One agreement. Times are milliseconds since the epoch, UTC.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreement {
    pub(crate) accepted: i64,
    pub(crate) start: i64,
    /// [`OPEN`] without an end; the moment it really ended once it has.
    pub(crate) end: i64,
    pub(crate) updated: i64,
    /// The moment provisioning finishes when it is pending.
    pub(crate) provisioned_by: i64,
    pub(crate) trial_end: i64,
    /// Total value in the currency's smallest unit.
    pub(crate) value: i64,
    pub(crate) buyer: u32,
    /// The first agreement of the chain this one belongs to, itself when it is the first.
    pub(crate) initial: u32,
    pub(crate) next_in_chain: u32,
    pub(crate) next_of_buyer: u32,
    /// The agreement whose private offer this one was made from; [`NONE`] for the public offer.
    pub(crate) offer: u32,
    pub(crate) listing: u8,
    pub(crate) status: Status,
    pub(crate) currency: Currency,
    pub(crate) provision: Provision,
    pub(crate) renewal: Renewal,
    /// Terms done before this one in its chain.
    pub(crate) term: u8,
    /// Pays up front for a quantity (and gets entitlements), rather than by usage alone.
    pub(crate) upfront: bool,
    pub(crate) contact: bool,
    /// The buyer's own wish, as the renewal term's `enableAutoRenew` shows it.
    pub(crate) auto_renew: bool,
    /// A link to the vendor's side existed when the world began.
    pub(crate) linked: bool,
}

impl Agreement {
    pub(crate) fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    pub(crate) fn is_private(&self) -> bool {
        self.offer != NONE
    }

    pub(crate) fn has_end(&self) -> bool {
        self.end != OPEN
    }

    pub(crate) fn has_trial(&self) -> bool {
        self.trial_end != 0
    }
}

macro_rules! named {
    ($(#[$doc:meta])* parsed $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        named! { $(#[$doc])* $name { $($variant = $text),+ } }

        impl $name {
            /// The one with this name.
            pub(crate) fn parse(text: &str) -> Option<Self> {
                [$($name::$variant),+].into_iter().find(|one| one.name() == text)
            }
        }
    };
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($variant),+ }

        impl $name {
            pub(crate) fn name(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }
    };
}

named! {
    /// Status of an agreement, as the model has it.
    parsed Status {
        Active = "ACTIVE",
        Archived = "ARCHIVED",
        Cancelled = "CANCELLED",
        Expired = "EXPIRED",
        Renewed = "RENEWED",
        Replaced = "REPLACED",
        RolledBack = "ROLLED_BACK",
        Superseded = "SUPERSEDED",
        Terminated = "TERMINATED",
    }
}

named! {
    /// Currencies the world's offers are made in.
    parsed Currency { Usd = "USD", Eur = "EUR", Gbp = "GBP", Jpy = "JPY", Krw = "KRW", Inr = "INR" }
}

impl Currency {
    /// Decimal places of the currency's smallest unit.
    pub(crate) fn places(self) -> u32 {
        match self {
            Currency::Jpy | Currency::Krw => 0,
            Currency::Usd | Currency::Eur | Currency::Gbp | Currency::Inr => 2,
        }
    }

    /// An amount as AWS writes it: `"0"`, `"1200.00"`, `"1500000"`.
    pub(crate) fn amount(self, value: i64) -> String {
        match self.places() {
            _ if value == 0 => "0".to_owned(),
            0 => value.to_string(),
            _ => format!("{}.{:02}", value / 100, value % 100),
        }
    }
}

named! {
    /// What becomes of an agreement at its end, and why it does not renew.
    parsed Renewal {
        None = "",
        Renew = "RENEW",
        Replace = "REPLACE",
        ProposerOptedOut = "PROPOSER_RENEW_OPTED_OUT",
        AcceptorOptedOut = "ACCEPTOR_RENEW_OPTED_OUT",
        NoTerm = "NO_RENEWAL_TERM",
        Exhausted = "RENEWAL_LIMIT_EXHAUSTED",
    }
}

impl Renewal {
    /// The model's `endTimeBehaviorType`; agreements without an end have none.
    pub(crate) fn behavior(self) -> Option<&'static str> {
        match self {
            Renewal::None => None,
            Renewal::Renew | Renewal::Replace => Some(self.name()),
            _ => Some("EXPIRE"),
        }
    }

    /// The model's `endTimeBehaviorReasonCode`.
    pub(crate) fn reason(self) -> Option<&'static str> {
        match self {
            Renewal::None | Renewal::Renew | Renewal::Replace => None,
            _ => Some(self.name()),
        }
    }
}

named! {
    /// Why an entitlement stands where it stands; the status follows from it.
    Provision {
        Done = "AGREEMENT_ACTIVE",
        Pending = "PROVISIONING_IN_PROGRESS",
        Scheduled = "FUTURE_START_DATE",
        PaymentFailed = "INVALID_PAYMENT_INSTRUMENT",
        CurrencyFailed = "INCOMPATIBLE_CURRENCY",
        Suspended = "ACCOUNT_SUSPENDED",
        Unsupported = "UNSUPPORTED_OPERATION",
        Ended = "AGREEMENT_INACTIVE",
        Restricted = "PRODUCT_RESTRICTED",
    }
}

impl Provision {
    /// The model's entitlement status.
    pub(crate) fn status(self) -> &'static str {
        match self {
            Provision::Done => "PROVISIONED",
            Provision::Pending => "PENDING",
            Provision::Scheduled => "SCHEDULED",
            Provision::PaymentFailed
            | Provision::CurrencyFailed
            | Provision::Unsupported
            | Provision::Restricted => "FAILED",
            Provision::Suspended | Provision::Ended => "DEPROVISIONED",
        }
    }
}

named! {
    /// Status of a cancellation request, as the model has it.
    RequestStatus {
        Pending = "PENDING_APPROVAL",
        Approved = "APPROVED",
        Rejected = "REJECTED",
        Withdrawn = "CANCELLED",
        Invalid = "VALIDATION_FAILED",
    }
}

/// A seller's request to cancel an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CancellationRequest {
    pub(crate) agreement: u32,
    pub(crate) status: RequestStatus,
    pub(crate) reason_code: String,
    pub(crate) description: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}
