//! The outbox.

use app::outbox::{OutboxEntry, Queued};
use app::plan::Plan;
use serde::Serialize;
use specta::Type;

use crate::plan::{DifferenceInfo, target_name};
use crate::{Millis, millis};

/// A plan that was confirmed while AWS could not be asked.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OutboxEntryInfo {
    /// The plan.
    pub plan_id: String,
    /// `link`, `cancel` or `withdraw-cancellation`.
    pub kind: String,
    /// The agreement.
    pub agreement: String,
    /// The buyer's company, where AWS told of it.
    pub buyer: Option<String>,
    /// What a link is to lead to.
    pub target_name: Option<String>,
    /// AWS's word for the reason of a cancellation; why a request is withdrawn.
    pub reason: Option<String>,
    /// The request that is withdrawn.
    pub request: Option<String>,
    /// When the plan was made.
    pub made_at: Millis,
    /// By whom, on this machine.
    pub made_by: String,
    /// Since when it waits, or is back.
    pub since: Millis,
    /// Why it came back without being carried out; absent while it waits.
    pub returned: Option<ReturnedInfo>,
}

/// Why a plan came back from the outbox.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReturnedInfo {
    /// In a sentence without its full stop.
    pub why: String,
    /// What is no longer as it was planned on.
    pub changes: Vec<DifferenceInfo>,
}

impl From<&OutboxEntry> for OutboxEntryInfo {
    fn from(entry: &OutboxEntry) -> Self {
        let told = match &entry.plan {
            Queued::Link(plan) => Self {
                kind: "link".to_owned(),
                agreement: plan.asked.buyer.agreement.to_string(),
                target_name: Some(target_name(plan)),
                ..Self::of(plan)
            },
            Queued::Cancel(plan) => Self {
                kind: "cancel".to_owned(),
                agreement: plan.asked.agreement.to_string(),
                reason: Some(plan.asked.reason.clone()),
                ..Self::of(plan)
            },
            Queued::Withdrawal(plan) => Self {
                kind: "withdraw-cancellation".to_owned(),
                agreement: plan.asked.agreement.to_string(),
                reason: Some(plan.asked.reason.clone()),
                request: Some(plan.asked.request.to_string()),
                ..Self::of(plan)
            },
        };
        Self {
            buyer: entry.buyer.clone(),
            since: millis(entry.since),
            returned: entry.returned.as_ref().map(|returned| ReturnedInfo {
                why: returned.why.clone(),
                changes: returned.changes.iter().map(DifferenceInfo::from).collect(),
            }),
            ..told
        }
    }
}

impl OutboxEntryInfo {
    fn of<T>(plan: &Plan<T>) -> Self {
        Self {
            plan_id: plan.id.clone(),
            kind: String::new(),
            agreement: String::new(),
            buyer: None,
            target_name: None,
            reason: None,
            request: None,
            made_at: Millis(plan.made_at),
            made_by: plan.made_by.user.clone(),
            since: Millis(plan.made_at),
            returned: None,
        }
    }
}
