//! Why a buyer cannot be linked as asked.

use domain::{AgreementId, Email, TargetKind};

use crate::FailureKind;
use crate::error::FieldProblem;
use crate::plan::Difference;

/// Why a buyer cannot be linked as asked. Never holds a token or a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No policy is for the listing.
    #[error(
        "there is no policy for the listing “{0}”, so nobody can tell who may be linked to what"
    )]
    NoPolicy(String),
    /// The policy links to the other kind of target.
    #[error("“{listing}” is linked to {}", target_noun(*.wanted))]
    OtherTarget {
        /// Title of the listing.
        listing: String,
        /// What its policy links to.
        wanted: TargetKind,
    },
    /// A billing account that was to be registered is there already.
    #[error("there is a billing account {0} already")]
    Taken(String),
    /// Answers are missing or wrong.
    #[error("{}", .0.first().map_or("something is missing", |first| first.message.as_str()))]
    Form(Vec<FieldProblem>),
    /// A policy asks for what this program does not know.
    #[error("the policy cannot be applied: {0}")]
    Policy(String),
    /// An AWS account id that somebody typed.
    #[error("an AWS account id that somebody typed does not show who the buyer is")]
    TypedAccount,
    /// A text that is nothing a buyer brings.
    #[error(transparent)]
    Text(domain::NotARegistration),
    /// A registration that this connection never resolved.
    #[error("this registration was not resolved on this connection")]
    Forgotten,
    /// Nothing of the buyer's was found.
    #[error("AWS knows no agreement of account {account}{}", .listing.as_ref().map(|it| format!(" on “{it}”")).unwrap_or_default())]
    NoAgreement {
        /// The account.
        account: String,
        /// The listing that the token is for.
        listing: Option<String>,
        /// What the policy says then, with names of permissions.
        advice: Option<String>,
    },
    /// The buyer has several agreements, and what he brought does not say which is meant.
    #[error("the buyer has {} agreements on this listing, and the registration does not say which", .0.len())]
    Ambiguous(Vec<AgreementId>),
    /// The token is for another product than its agreement.
    #[error(
        "AWS says that the registration is for the product {code}, and its agreement {agreement} is for another"
    )]
    OtherProduct {
        /// The token's product code.
        code: String,
        /// The agreement.
        agreement: String,
    },
    /// There is no such plan.
    #[error("there is no plan {0} on this connection")]
    NoPlan(String),
    /// The plan is over.
    #[error("the plan was {0} before, and cannot be carried out")]
    Over(&'static str),
    /// The plan was not ready when it was made.
    #[error("the plan is refused by {}", .0.join(", "))]
    Refused(Vec<String>),
    /// Something that a rule looks at is not known.
    #[error("it is not known whether {} holds", .0.join(", "))]
    Undecided(Vec<String>),
    /// What it was planned on has changed.
    #[error("what the plan rests on has changed: {}", told(.0))]
    Stale(Vec<Difference>),
    /// The link of another chain, which began with this agreement, stands in the way.
    #[error("the link of the agreement {0} is in the way: the policy allows no second one")]
    Lost(String),
    /// A code that is not the one sent.
    #[error("this is not the code that was sent{}", attempts_left(*.left))]
    WrongCode {
        /// How often another may still be entered.
        left: u32,
    },
    /// The code ran out.
    #[error("the code for {0} has run out")]
    CodeExpired(Email),
    /// No attempts or mails are left.
    #[error("no more codes can be sent for this plan")]
    CodesSpent,
    /// No code was sent yet.
    #[error("no code has been sent for this plan yet")]
    NoCodeSent,
}

const fn target_noun(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Organization => "an organization",
        TargetKind::BillingAccount => "a billing account",
    }
}

fn told(differences: &[Difference]) -> String {
    let said = differences.iter().take(3).map(|it| {
        let value = |text: &Option<String>| text.clone().unwrap_or_else(|| "not known".to_owned());
        format!(
            "{} was {} and is {}",
            it.what,
            value(&it.before),
            value(&it.now)
        )
    });
    let mut said: Vec<String> = said.collect();
    if let Some(more) = differences.len().checked_sub(3).filter(|more| *more > 0) {
        said.push(format!("and {more} more"));
    }
    said.join("; ")
}

fn attempts_left(attempts: u32) -> String {
    match attempts {
        0 => "; no attempt is left".to_owned(),
        1 => "; one attempt is left".to_owned(),
        more => format!("; {more} attempts are left"),
    }
}

impl LinkError {
    pub(crate) const fn kind(&self) -> FailureKind {
        match self {
            Self::Form(_)
            | Self::OtherTarget { .. }
            | Self::TypedAccount
            | Self::Text(_)
            | Self::Ambiguous(_) => FailureKind::Invalid,
            Self::NoAgreement { .. } | Self::NoPlan(_) | Self::Forgotten => FailureKind::NotFound,
            Self::Stale(_) => FailureKind::Stale,
            Self::Policy(_) => FailureKind::Internal,
            _ => FailureKind::Refused,
        }
    }

    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoPolicy(_) => {
                "Write a policy for it: begin with one of the built-in ones (`binderyctl policy show`), and check it with `binderyctl policy check`."
            }
            Self::OtherTarget { .. } => "Choose one.",
            Self::Taken(_) => "Bind that one instead, or choose another user name.",
            Self::Text(_) => {
                "Paste the registration link that “Set up your account” opens, the token in it, or the agreement's id."
            }
            Self::Forgotten => "Paste the registration link again.",
            Self::TypedAccount => {
                "Ask the buyer for the registration link that “Set up your account” opens, or start from the agreement that AWS lists."
            }
            Self::NoAgreement { advice, .. } => {
                return Some(advice.clone().unwrap_or_else(|| {
                    "Sync, then try again: a new agreement takes AWS a minute. Check that the buyer subscribed with this AWS account.".to_owned()
                }));
            }
            Self::Ambiguous(agreements) => {
                let ids: Vec<&str> = agreements.iter().map(AgreementId::as_str).collect();
                return Some(format!("Link one of them by its id: {}.", ids.join(", ")));
            }
            Self::OtherProduct { .. } => {
                "Ask the buyer to choose “Set up your account” at the product that is to be linked."
            }
            Self::NoPlan(_) => "Plan again; plans belong to the connection they were made on.",
            Self::Over(_) => {
                "Look at the agreement, and plan again if something is still to be done."
            }
            Self::Refused(_) => "Do what the rules ask for, then plan again.",
            Self::Undecided(_) => "Sync, or import the directory anew, then plan again.",
            Self::Lost(_) => "Look at that link, and plan again.",
            Self::WrongCode { left: 0 } => "Plan again to begin with a new code.",
            Self::WrongCode { .. } => "Check the digits with the buyer; the newest mail counts.",
            Self::CodeExpired(_) => "Send another code.",
            Self::CodesSpent => "Plan again to begin anew.",
            Self::NoCodeSent => "Carry the plan out without a code first: it sends one.",
            Self::Form(_) | Self::Policy(_) | Self::Stale(_) => return None,
        };
        Some(hint.to_owned())
    }

    pub(crate) fn fields(&self) -> Vec<FieldProblem> {
        match self {
            Self::Form(problems) => problems.clone(),
            Self::WrongCode { .. } | Self::CodeExpired(_) => vec![FieldProblem {
                field: "code".into(),
                message: self.to_string(),
            }],
            _ => Vec::new(),
        }
    }
}
