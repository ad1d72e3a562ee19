//! What happened to a chain of agreements, and what is still to happen.

use app::query::timeline::{Event, Moment};
use serde::Serialize;
use specta::Type;

use crate::{DueEffectInfo, Millis, millis};

/// What happened, or is to.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum EventInfo {
    /// The buyer accepted.
    Accepted,
    /// The term starts.
    Starts,
    /// The term ends.
    Ends,
    /// AWS changed it to what it is now.
    Status {
        /// AWS's word.
        status: String,
    },
    /// A request to cancel was sent, or its answer came.
    Cancellation {
        /// `acr-…`.
        request: String,
        /// AWS's word.
        status: String,
    },
    /// A link got into a state.
    Link {
        /// Link state's word.
        state: String,
        /// Name of its target.
        target: String,
        /// Why.
        reason: Option<String>,
    },
    /// An effect of an ending.
    Effect {
        /// The effect.
        effect: Box<DueEffectInfo>,
    },
    /// We did something.
    Action {
        /// The action's word in the audit.
        action: String,
        /// The outcome's word; `open` while there is none.
        outcome: String,
        /// The audit's entry.
        entry: u32,
        /// The operating system's user.
        user: String,
    },
    /// We changed something of what buyers are linked to.
    Changed {
        /// The attribute, as policies call it; absent where the thing was made.
        attribute: Option<String>,
        /// What it was; absent when it was not known, and empty when there was none.
        before: Option<String>,
        /// What it is since.
        after: Option<String>,
    },
}

/// An event with its place.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MomentInfo {
    /// When.
    pub at: Millis,
    /// Which agreement; empty where it is about none.
    pub agreement: String,
    /// What.
    pub event: EventInfo,
}

impl From<&Moment> for MomentInfo {
    fn from(it: &Moment) -> Self {
        Self {
            at: millis(it.at),
            agreement: it.agreement.clone(),
            event: (&it.event).into(),
        }
    }
}

impl From<&Event> for EventInfo {
    fn from(event: &Event) -> Self {
        match event {
            Event::Accepted => Self::Accepted,
            Event::Starts => Self::Starts,
            Event::Ends => Self::Ends,
            Event::Is(status) => Self::Status {
                status: status.clone(),
            },
            Event::Cancellation(request, status) => Self::Cancellation {
                request: request.clone(),
                status: status.clone(),
            },
            Event::Link(state, target, reason) => Self::Link {
                state: (*state).to_owned(),
                target: target.name.clone(),
                reason: reason.clone(),
            },
            Event::Effect(effect) => Self::Effect {
                effect: Box::new(effect.as_ref().into()),
            },
            Event::Action(action, outcome, entry, user) => Self::Action {
                action: action.clone(),
                outcome: outcome.clone(),
                entry: crate::sequence(*entry),
                user: user.clone(),
            },
            Event::Changed(attribute, before, after) => Self::Changed {
                attribute: attribute.clone(),
                before: before.clone(),
                after: after.clone(),
            },
        }
    }
}
