//! Ending: plans, and what is ending.

use app::ending::{CancelPlan, Endings, LastUsage, UnlinkPlan};
use app::plan::Plan;
use domain::{CancellationRequest, Timestamp};
use policy::Language;
use serde::Serialize;
use specta::Type;
use store::table::audit::AuditRow;
use store::table::due_effect::DueEffect;

use crate::plan::{OutcomeInfo, PlanStateInfo, StepInfo, VerdictInfo};
use crate::{AgreementRow, LinkRecordInfo, Millis, millis};

/// A plan to end something.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EndingPlanInfo {
    /// Its id.
    pub plan_id: String,
    /// `cancel` or `unlink`.
    pub kind: String,
    /// The agreement.
    pub agreement: String,
    /// AWS's word for the reason; for taking a link away, why.
    pub reason: String,
    /// What the buyer is told.
    pub description: Option<String>,
    /// What must be typed before it is carried out.
    pub phrase: String,
    /// What it comes to.
    pub outcome: OutcomeInfo,
    /// What each rule comes to.
    pub verdicts: Vec<VerdictInfo>,
    /// What will be done, in order.
    pub steps: Vec<StepInfo>,
    /// When it was made.
    pub made_at: Millis,
    /// By whom, on this machine.
    pub made_by: String,
    /// Set when AWS could not be asked: all this was so at that instant.
    pub offline: Option<Millis>,
    /// What became of it.
    pub state: PlanStateInfo,
}

impl EndingPlanInfo {
    /// A plan to ask a buyer to agree to a cancellation, just made.
    #[must_use]
    pub fn of_cancel(plan: &CancelPlan, language: Language) -> Self {
        Self {
            kind: "cancel".to_owned(),
            agreement: plan.asked.agreement.to_string(),
            reason: plan.asked.reason.clone(),
            description: plan.asked.description.clone(),
            phrase: plan.asked.phrase.clone(),
            ..Self::of(plan, language)
        }
    }

    /// A plan to take a link away, just made.
    #[must_use]
    pub fn of_unlink(plan: &UnlinkPlan, language: Language) -> Self {
        Self {
            kind: "unlink".to_owned(),
            agreement: plan.asked.agreement.to_string(),
            reason: plan.asked.reason.clone(),
            phrase: plan.asked.phrase.clone(),
            ..Self::of(plan, language)
        }
    }

    fn of<T>(plan: &Plan<T>, language: Language) -> Self {
        let verdicts = plan.verdicts.iter();
        let steps = plan.steps.iter().enumerate();
        Self {
            plan_id: plan.id.clone(),
            kind: String::new(),
            agreement: String::new(),
            reason: String::new(),
            description: None,
            phrase: String::new(),
            outcome: plan.outcome.into(),
            verdicts: verdicts.map(|it| VerdictInfo::of(it, language)).collect(),
            steps: steps.map(|it| StepInfo::of(it, language)).collect(),
            made_at: Millis(plan.made_at),
            made_by: plan.made_by.user.clone(),
            offline: plan.offline.map(Millis),
            state: PlanStateInfo::Open,
        }
    }
}

/// A request to cancel.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CancellationRequestInfo {
    /// `acr-…`.
    pub id: String,
    /// The agreement.
    pub agreement: String,
    /// AWS's word.
    pub status: String,
    /// AWS's word for the reason.
    pub reason: String,
    /// When it was sent.
    pub created_at: Millis,
    /// When silence becomes consent.
    pub consent_at: Millis,
}

impl From<&CancellationRequest> for CancellationRequestInfo {
    fn from(it: &CancellationRequest) -> Self {
        Self {
            id: it.id.to_string(),
            agreement: it.agreement.to_string(),
            status: it.status.as_wire().to_owned(),
            reason: it.reason.clone(),
            created_at: millis(it.created_at),
            consent_at: millis(it.created_at.plus_millis(app::ending::ANSWER_WITHIN_MS)),
        }
    }
}

/// Something that is done later because a link ended.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DueEffectInfo {
    /// The first agreement of the chain whose link ended.
    pub agreement: String,
    /// `organization` or `billing-account`.
    pub target_kind: String,
    /// The vendor's id of the target.
    pub target_id: String,
    /// `set`, `stop`, `delete` or `lock`.
    pub kind: String,
    /// What kind of thing.
    pub what: String,
    /// The vendor's id of the thing.
    pub thing: String,
    /// Its name.
    pub name: Option<String>,
    /// What it comes to, in the vendor's words.
    pub says: String,
    /// The vendor's rules that ask for it.
    pub covers: Vec<String>,
    /// Whether linking the target again before then calls it off.
    pub relinking_calls_off: bool,
    /// When it is done.
    pub due_at: Millis,
    /// Since when it is in its state.
    pub state_at: Millis,
    /// `due`, `done`, `called-off` or `void`.
    pub state: String,
    /// Why it was called off or came to nothing.
    pub reason: Option<String>,
}

impl From<&DueEffect> for DueEffectInfo {
    fn from(it: &DueEffect) -> Self {
        Self {
            agreement: it.chain.clone(),
            target_kind: it.target_kind.word().to_owned(),
            target_id: it.target_id.clone(),
            kind: it.kind.clone(),
            what: it.what.clone(),
            thing: it.thing.clone(),
            name: it.name.clone(),
            says: it.says.clone(),
            covers: it.covers.clone(),
            relinking_calls_off: it.relinking_calls_off,
            due_at: millis(it.due_at),
            state_at: millis(it.state_at),
            state: it.state.word().to_owned(),
            reason: it.reason.clone(),
        }
    }
}

/// A request of which AWS did not say whether it took it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UnansweredInfo {
    /// The agreement.
    pub agreement: String,
    /// The plan that it was sent by.
    pub plan: Option<String>,
    /// When it was sent.
    pub sent_at: Millis,
}

impl From<&AuditRow> for UnansweredInfo {
    fn from(row: &AuditRow) -> Self {
        Self {
            agreement: row.entry.agreement.clone().unwrap_or_default(),
            plan: row.entry.plan.clone(),
            sent_at: millis(row.entry.at),
        }
    }
}

/// Everything that is ending.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EndingsInfo {
    /// Requests that the buyer has not answered, oldest first.
    pub requests: Vec<CancellationRequestInfo>,
    /// Requests of which AWS did not say whether it took them, oldest first.
    pub unanswered: Vec<UnansweredInfo>,
    /// Links whose grace period runs.
    pub links: Vec<LinkRecordInfo>,
    /// What is due, earliest first.
    pub due: Vec<DueEffectInfo>,
    /// What came due or was called off lately, newest first.
    pub settled: Vec<DueEffectInfo>,
    /// The agreements that all this is about, as far as AWS told of them.
    pub agreements: Vec<AgreementRow>,
    /// Agreements whose last usage can still be sent, soonest over first.
    pub last_usage: Vec<LastUsageInfo>,
}

/// An agreement whose last usage can still be sent.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LastUsageInfo {
    /// The agreement.
    pub agreement: String,
    /// Its licenses.
    pub licenses: Vec<String>,
    /// The buyer's account.
    pub account: String,
    /// Until when AWS takes usage.
    pub until: Millis,
}

impl From<&LastUsage> for LastUsageInfo {
    fn from(it: &LastUsage) -> Self {
        Self {
            agreement: it.agreement.clone(),
            licenses: it.licenses.clone(),
            account: it.account.clone(),
            until: millis(it.until),
        }
    }
}

impl EndingsInfo {
    /// A picture of what is ending.
    #[must_use]
    pub fn of(it: &Endings, now: Timestamp) -> Self {
        let rows = it.agreements.iter();
        Self {
            requests: it
                .requests
                .iter()
                .map(CancellationRequestInfo::from)
                .collect(),
            unanswered: it.unanswered.iter().map(UnansweredInfo::from).collect(),
            links: it.links.iter().map(LinkRecordInfo::from).collect(),
            due: it.due.iter().map(DueEffectInfo::from).collect(),
            last_usage: it.last_usage.iter().map(LastUsageInfo::from).collect(),
            settled: it.settled.iter().map(DueEffectInfo::from).collect(),
            agreements: rows.map(|row| AgreementRow::of(row, now)).collect(),
        }
    }
}
