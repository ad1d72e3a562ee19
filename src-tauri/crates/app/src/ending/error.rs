//! Why something cannot be ended as asked.

use domain::PlanId;

use crate::FailureKind;
use crate::error::FieldProblem;
use crate::plan::Difference;

/// Why something cannot be ended as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndingError {
    /// The reason or its description is not right.
    #[error("{}", .0.message)]
    Field(FieldProblem),
    /// There is no link to take away.
    #[error("the agreement {0} is not linked")]
    NotLinked(String),
    /// There is no such plan.
    #[error("there is no plan {0} on this connection")]
    NoPlan(PlanId),
    /// The plan is over.
    #[error("the plan was {0} before, and cannot be carried out")]
    Over(&'static str),
    /// The plan was refused when it was made.
    #[error("the plan is refused by {}", .0.join(", "))]
    Refused(Vec<String>),
    /// What must be typed was not typed letter for letter.
    #[error("to go on, type exactly: {0}")]
    Phrase(String),
    /// What it was planned on has changed.
    #[error("what the plan rests on has changed: {}", .0.iter().map(|it| it.what.clone()).collect::<Vec<_>>().join(", "))]
    Stale(Vec<Difference>),
    /// AWS did not say whether it took the request.
    #[error(
        "AWS did not say whether it took the request; that is found out by looking, and nothing is sent again"
    )]
    Unknown,
    /// The request is not pending any more.
    #[error("the request {0} is not waiting for the buyer any more")]
    NotPending(String),
}

impl EndingError {
    pub(crate) const fn kind(&self) -> FailureKind {
        match self {
            Self::Field(_) | Self::Phrase(_) => FailureKind::Invalid,
            Self::NotLinked(_) | Self::NoPlan(_) => FailureKind::NotFound,
            Self::Stale(_) => FailureKind::Stale,
            Self::Unknown => FailureKind::Unsettled,
            Self::Over(_) | Self::Refused(_) | Self::NotPending(_) => FailureKind::Refused,
        }
    }

    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Field(_) | Self::Stale(_) => return None,
            Self::NotLinked(_) => "Look at the agreement: there is nothing to take away.",
            Self::NoPlan(_) => "Plan again; plans belong to the connection they were made on.",
            Self::Over(_) => {
                "Look at the agreement, and plan again if something is still to be done."
            }
            Self::Refused(_) => "Do what the rules ask for, then plan again.",
            Self::Phrase(_) => "Letters, spaces and signs all count.",
            Self::Unknown => "Sync again in a minute: Bindery looks whether the request is there.",
            Self::NotPending(_) => "Sync, then look at the agreement.",
        };
        Some(hint.to_owned())
    }

    pub(crate) fn fields(&self) -> Vec<FieldProblem> {
        match self {
            Self::Field(problem) => vec![problem.clone()],
            Self::Phrase(_) => vec![FieldProblem {
                field: "confirm".into(),
                message: self.to_string(),
            }],
            _ => Vec::new(),
        }
    }
}
