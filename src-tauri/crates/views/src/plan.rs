//! Plans: what will be done, before it is done.

use std::collections::BTreeMap;

use app::link::{CodeSent, Kept, LinkPlan, TargetChoice, Wish};
use app::plan::{Difference, Evidence, Outcome, Step, StepKind, Verdict, When, Words};
use policy::Language;
use serde::Serialize;
use specta::Type;
use store::table::plan::PlanState;

use crate::link::AdviceInfo;
use crate::{Millis, millis};

/// The same words in every language that policies speak.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the languages' codes")]
pub struct InLanguages {
    pub en: String,
    pub ko: String,
    pub zh: String,
}

impl From<&Words> for InLanguages {
    fn from(words: &Words) -> Self {
        Self {
            en: words.en.clone(),
            ko: words.ko.clone(),
            zh: words.zh.clone(),
        }
    }
}

/// One fact that a verdict rests on.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceInfo {
    /// The fact, such as `organization.payment_method`.
    pub fact: String,
    /// What it says; absent when it is not known.
    pub value: Option<String>,
    /// Who says so.
    pub source: Option<String>,
    /// As of when.
    pub as_of: Option<Millis>,
}

impl From<&Evidence> for EvidenceInfo {
    fn from(it: &Evidence) -> Self {
        Self {
            fact: it.fact.clone(),
            value: it.value.clone(),
            source: it.source.clone(),
            as_of: it.as_of.map(Millis),
        }
    }
}

/// One rule's outcome.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VerdictInfo {
    /// The rule's id.
    pub rule: String,
    /// `pass`, `refuse` or `unknown`.
    pub outcome: String,
    /// What the rule asks for.
    pub title: String,
    /// What was found.
    pub message: String,
    /// What it was decided by.
    pub evidence: Vec<EvidenceInfo>,
    /// What to do next.
    pub remedy: Option<String>,
    /// What to send to the buyer.
    pub to_buyer: Option<InLanguages>,
    /// Whether a person may go on in spite of it, with a typed reason.
    pub overridable: bool,
    /// The reason of whoever did.
    pub overridden: Option<String>,
    /// The facts that would have to be known.
    pub missing: Vec<String>,
    /// Whether the code that is about to be sent decides it.
    pub awaits_code: bool,
}

impl VerdictInfo {
    /// A verdict, in a language.
    #[must_use]
    pub fn of(it: &Verdict, language: Language) -> Self {
        let say = |words: &Words| words.get(language).to_owned();
        Self {
            rule: it.rule.clone(),
            outcome: it.outcome.clone(),
            title: say(&it.title),
            message: say(&it.message),
            evidence: it.evidence.iter().map(EvidenceInfo::from).collect(),
            remedy: it.remedy.as_ref().map(say),
            to_buyer: it.to_buyer.as_ref().map(InLanguages::from),
            overridable: it.overridable,
            overridden: it.overridden.clone(),
            missing: it.missing.clone(),
            awaits_code: it.awaits_code,
        }
    }
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the meanings stand at app::plan::StepKind")]
pub enum StepKindInfo {
    Check,
    Verify,
    Create,
    Invite,
    Bind,
    Unbind,
    Request,
    Await,
    Set,
    Stop,
    Delete,
    Lock,
    Keep,
}

impl From<StepKind> for StepKindInfo {
    fn from(kind: StepKind) -> Self {
        match kind {
            StepKind::Check => Self::Check,
            StepKind::Verify => Self::Verify,
            StepKind::Create => Self::Create,
            StepKind::Invite => Self::Invite,
            StepKind::Bind => Self::Bind,
            StepKind::Unbind => Self::Unbind,
            StepKind::Request => Self::Request,
            StepKind::Await => Self::Await,
            StepKind::Set => Self::Set,
            StepKind::Stop => Self::Stop,
            StepKind::Delete => Self::Delete,
            StepKind::Lock => Self::Lock,
            StepKind::Keep => Self::Keep,
        }
    }
}

/// One thing that a plan does.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StepInfo {
    /// Its number, from 1.
    pub number: u32,
    /// What is done.
    pub kind: StepKindInfo,
    /// What it is done to, such as `organization`.
    pub what: String,
    /// The vendor's id of the thing; absent for one that does not exist yet.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The attribute that changes, such as `organization.plan`.
    pub attribute: Option<String>,
    /// What it is before; absent when it is not known.
    pub before: Option<String>,
    /// What it is afterwards; empty when it is cleared.
    pub after: Option<String>,
    /// `now`, `active` (when the link comes into force), `ended` (when the agreement has), or `at`.
    pub when: String,
    /// When it happens, where that is an instant.
    pub at: Option<Millis>,
    /// For `ended`: how much later, in milliseconds.
    pub delay: Option<Millis>,
    /// What it comes to, in the vendor's words.
    pub says: Option<String>,
    /// The vendor's rules that ask for it.
    pub covers: Vec<String>,
    /// The facts that must be known before it may be carried out.
    pub unknown: Vec<String>,
    /// The operation at AWS that it calls.
    pub operation: Option<String>,
    /// The input of that operation, as JSON text.
    pub request: Option<String>,
}

impl StepInfo {
    pub(crate) fn of((at, it): (usize, &Step), language: Language) -> Self {
        let (when, instant, delay) = match it.when {
            When::Now => ("now", None, None),
            When::Active => ("active", None, None),
            When::Ended => ("ended", None, None),
            When::AfterEnd(delay) => ("ended", None, Some(Millis(delay))),
            When::At(at) => ("at", Some(Millis(at)), None),
        };
        Self {
            number: crate::number(at + 1),
            kind: it.kind.into(),
            what: it.what.clone(),
            id: it.id.clone(),
            name: it.name.clone(),
            attribute: it.attribute.clone(),
            before: it.before.clone(),
            after: it.after.clone(),
            when: when.to_owned(),
            at: instant,
            delay,
            says: it.says.as_ref().map(|words| words.get(language).to_owned()),
            covers: it.covers.clone(),
            unknown: it.unknown.clone(),
            operation: it.request.as_ref().map(|it| it.operation.clone()),
            request: it.request.as_ref().map(|it| it.input.to_string()),
        }
    }
}

/// What a plan comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the meanings stand at app::plan::Outcome")]
pub enum OutcomeInfo {
    Ready,
    Refused,
    Unknown,
}

impl From<Outcome> for OutcomeInfo {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Ready => Self::Ready,
            Outcome::Refused => Self::Refused,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

/// What became of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "the meanings stand at store::table::plan::PlanState"
)]
pub enum PlanStateInfo {
    Open,
    Waiting,
    Sent,
    Returned,
    Done,
    Failed,
    Withdrawn,
}

impl From<PlanState> for PlanStateInfo {
    fn from(state: PlanState) -> Self {
        match state {
            PlanState::Open => Self::Open,
            PlanState::Waiting => Self::Waiting,
            PlanState::Sent => Self::Sent,
            PlanState::Returned => Self::Returned,
            PlanState::Done => Self::Done,
            PlanState::Failed => Self::Failed,
            PlanState::Withdrawn => Self::Withdrawn,
        }
    }
}

/// A code that was sent by e-mail, as far as it may be shown.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CodeSentInfo {
    /// Where it was sent.
    pub address: String,
    /// When.
    pub sent_at: Millis,
    /// Until when it is good.
    pub expires_at: Millis,
    /// How many codes were sent to the address.
    pub sends: u32,
    /// How many wrong codes were entered.
    pub attempts: u32,
    /// When the right one was entered.
    pub verified_at: Option<Millis>,
}

impl From<&CodeSent> for CodeSentInfo {
    fn from(it: &CodeSent) -> Self {
        Self {
            address: it.address.to_string(),
            sent_at: millis(it.sent_at),
            expires_at: millis(it.expires_at),
            sends: it.sends,
            attempts: it.attempts,
            verified_at: it.verified_at.map(millis),
        }
    }
}

/// A plan to link a buyer.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LinkPlanInfo {
    /// Its id.
    pub plan_id: String,
    /// What it comes to.
    pub outcome: OutcomeInfo,
    /// The policy's id.
    pub policy: String,
    /// The agreement.
    pub agreement: String,
    /// The license; absent on products that predate them.
    pub license: Option<String>,
    /// The buyer's AWS account.
    pub account: String,
    /// How it is known who the buyer is: `token` or `agreement`.
    pub evidence: String,
    /// `organization` or `billing-account`.
    pub target_kind: String,
    /// The vendor's id of the target; absent for a new organization.
    pub target_id: Option<String>,
    /// What the target is called.
    pub target_name: String,
    /// Whether the plan makes the target.
    pub target_is_new: bool,
    /// The person for whom the link is made.
    pub member: Option<String>,
    /// What else was entered for it.
    pub entered: EnteredInfo,
    /// What each rule comes to.
    pub verdicts: Vec<VerdictInfo>,
    /// What will be done, in order.
    pub steps: Vec<StepInfo>,
    /// What the policy has to say where it cannot be carried out, and no rule says why.
    pub advice: Vec<AdviceInfo>,
    /// When it was made.
    pub made_at: Millis,
    /// By whom, on this machine.
    pub made_by: String,
    /// Set when AWS could not be asked: all this was so at that instant.
    pub offline: Option<Millis>,
    /// What became of it.
    pub state: PlanStateInfo,
    /// Codes that were sent for it.
    pub codes: Vec<CodeSentInfo>,
}

/// What was entered for a link, to go on from.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnteredInfo {
    /// Ids of workspaces to bind.
    pub workspaces: Vec<String>,
    /// Workspaces to make: name, language and site.
    pub new_workspaces: Vec<[String; 3]>,
    /// Answers by attribute.
    pub answers: BTreeMap<String, String>,
    /// Whether the buyer agreed to the vendor's terms.
    pub terms_accepted: bool,
    /// Rules to go on in spite of, with the reason.
    pub overrides: BTreeMap<String, String>,
}

impl From<&Wish> for EnteredInfo {
    fn from(wish: &Wish) -> Self {
        let text = |text: &Option<domain::Text>| text.as_ref().map(ToString::to_string);
        let new = wish.new_workspaces.iter().map(|it| {
            let parts = [
                Some(it.name.to_string()),
                text(&it.language),
                text(&it.site),
            ];
            parts.map(Option::unwrap_or_default)
        });
        Self {
            workspaces: wish.workspaces.iter().map(ToString::to_string).collect(),
            new_workspaces: new.collect(),
            answers: wish.answers.clone(),
            terms_accepted: wish.terms_accepted,
            overrides: wish.overrides.clone(),
        }
    }
}

impl LinkPlanInfo {
    /// A plan that was just made.
    #[must_use]
    pub fn new(plan: &LinkPlan, language: Language) -> Self {
        let buyer = &plan.asked.buyer;
        let wish = &plan.asked.wish;
        let target_id = match &wish.target {
            TargetChoice::Existing { id, .. } | TargetChoice::NewBillingAccount(id) => {
                Some(id.to_string())
            }
            TargetChoice::NewOrganization(_) => None,
        };
        let verdicts = plan.verdicts.iter();
        let steps = plan.steps.iter().enumerate();
        let advice = plan.advice.iter();
        Self {
            plan_id: plan.id.clone(),
            outcome: plan.outcome.into(),
            policy: plan.policy.clone(),
            agreement: buyer.agreement.to_string(),
            license: buyer.license.as_ref().map(ToString::to_string),
            account: buyer.account.to_string(),
            evidence: buyer.evidence.word().to_owned(),
            target_kind: wish.target.kind().word().to_owned(),
            target_id,
            target_name: target_name(plan),
            target_is_new: wish.target.is_new(),
            member: wish.member.as_ref().map(ToString::to_string),
            entered: wish.into(),
            verdicts: verdicts.map(|it| VerdictInfo::of(it, language)).collect(),
            steps: steps.map(|it| StepInfo::of(it, language)).collect(),
            advice: advice.map(|it| AdviceInfo::said(it, language)).collect(),
            made_at: Millis(plan.made_at),
            made_by: plan.made_by.user.clone(),
            offline: plan.offline.map(Millis),
            state: PlanStateInfo::Open,
            codes: Vec::new(),
        }
    }

    /// A plan that was kept, with what became of it.
    #[must_use]
    pub fn of(kept: &Kept, language: Language) -> Self {
        Self {
            state: kept.state.into(),
            codes: kept.codes.iter().map(CodeSentInfo::from).collect(),
            ..Self::new(&kept.plan, language)
        }
    }
}

/// What the target is called: as the plan binds it, else as it was asked for.
pub(crate) fn target_name(plan: &LinkPlan) -> String {
    let mut steps = plan.steps.iter();
    let bound = steps.find(|it| it.kind == StepKind::Bind && it.what != "workspace");
    match (
        bound.and_then(|it| it.after.clone()),
        &plan.asked.wish.target,
    ) {
        (Some(name), _) => name,
        (None, TargetChoice::NewOrganization(name)) => name.to_string(),
        (None, TargetChoice::NewBillingAccount(id) | TargetChoice::Existing { id, .. }) => {
            id.to_string()
        }
    }
}

/// One thing that is no longer as it was planned on.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceInfo {
    /// What changed.
    pub what: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is now.
    pub now: Option<String>,
}

impl From<&Difference> for DifferenceInfo {
    fn from(it: &Difference) -> Self {
        Self {
            what: it.what.clone(),
            before: it.before.clone(),
            now: it.now.clone(),
        }
    }
}
