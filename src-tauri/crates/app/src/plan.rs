//! What will be done, before it is done: pure data, valid only against what it was planned on.
//!
//! A plan is kept in the ledger as JSON, just as it was shown; so its types are plain texts and
//! numbers, and fields are only ever added.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::PlanId;
use policy::{EffectKind, Localized, PlannedEffect};
use serde::{Deserialize, Serialize};
use store::table::plan::{KeptPlan, PlanState};

/// What a plan comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing stands in its way but what its own steps do.
    Ready,
    /// A rule refuses it.
    Refused,
    /// Something that a rule looks at is not known.
    Unknown,
}

/// The same words in the languages that policies speak.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
    /// Chinese.
    pub zh: String,
}

impl From<Localized> for Words {
    fn from(words: Localized) -> Self {
        Self {
            en: words.en,
            ko: words.ko,
            zh: words.zh,
        }
    }
}

impl From<&str> for Words {
    /// Words that are the same in every language.
    fn from(words: &str) -> Self {
        Self {
            en: words.to_owned(),
            ko: words.to_owned(),
            zh: words.to_owned(),
        }
    }
}

impl Words {
    /// The words in a language.
    #[must_use]
    pub fn get(&self, language: policy::Language) -> &str {
        match language {
            policy::Language::English => &self.en,
            policy::Language::Korean => &self.ko,
            policy::Language::Chinese => &self.zh,
        }
    }
}

/// One rule's outcome, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The rule's id, such as `EM-1`.
    pub rule: String,
    /// `pass`, `refuse` or `unknown`.
    pub outcome: String,
    /// What the rule asks for.
    pub title: Words,
    /// What was found.
    pub message: Words,
    /// What it was decided by.
    pub evidence: Vec<Evidence>,
    /// What to do next.
    pub remedy: Option<Words>,
    /// What to send to the buyer.
    pub to_buyer: Option<Words>,
    /// Whether a person may go on in spite of it, with a typed reason.
    pub overridable: bool,
    /// The reason typed by whoever went on in spite of it.
    pub overridden: Option<String>,
    /// The facts that would have to be known.
    pub missing: Vec<String>,
    /// Whether the plan's own first step finds out what is missing: a code sent by e-mail.
    pub awaits_code: bool,
}

/// One fact that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The fact, such as `organization.payment_method`.
    pub fact: String,
    /// What it says; absent when it is not known.
    pub value: Option<String>,
    /// Who says so.
    pub source: Option<String>,
    /// As of when, in Unix milliseconds.
    pub as_of: Option<i64>,
}

impl From<&policy::Verdict> for Verdict {
    fn from(it: &policy::Verdict) -> Self {
        Self {
            rule: it.rule.clone(),
            outcome: it.outcome.word().to_owned(),
            title: it.title.clone().into(),
            message: it.message.clone().into(),
            evidence: it.evidence.iter().map(Evidence::from).collect(),
            remedy: it.remedy.clone().map(Words::from),
            to_buyer: it.to_buyer.clone().map(Words::from),
            overridable: it.overridable,
            overridden: None,
            missing: it.missing.clone(),
            awaits_code: false,
        }
    }
}

impl From<&policy::Evidence> for Evidence {
    fn from(it: &policy::Evidence) -> Self {
        Self {
            fact: it.fact.clone(),
            value: it.value.as_ref().map(ToString::to_string),
            source: it.source.clone(),
            as_of: it.as_of.map(domain::Timestamp::as_millis),
        }
    }
}

/// One thing that the plan does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub kind: StepKind,
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
    /// When it happens.
    pub when: When,
    /// What it comes to, in the vendor's words.
    pub says: Option<Words>,
    /// The vendor's rules that ask for it.
    pub covers: Vec<String>,
    /// The facts that must be known before it may be carried out.
    pub unknown: Vec<String>,
    /// The exact request to AWS, if it is one.
    pub request: Option<Request>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Looks at AWS again, since the plan is valid only if nothing changed.
    Check,
    /// Sends a code by e-mail and waits for it.
    Verify,
    /// Makes something in the directory.
    Create,
    /// Invites a person, who sets the password without anybody else seeing it.
    Invite,
    /// Binds the license, or workspaces with it.
    Bind,
    /// Takes a binding away.
    Unbind,
    /// Asks AWS to do something.
    Request,
    /// Waits for AWS or for the buyer.
    Await,
    /// Gives an attribute a value.
    Set,
    /// Stops a thing.
    Stop,
    /// Deletes it.
    Delete,
    /// Locks it.
    Lock,
    /// Leaves it alone, which is said so that nobody wonders.
    Keep,
}

/// When a step happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// With the plan.
    Now,
    /// When the link comes into force.
    Active,
    /// When the agreement has ended.
    Ended,
    /// So many milliseconds after the agreement has ended.
    AfterEnd(i64),
    /// At an instant, in Unix milliseconds.
    At(i64),
}

/// An exact request to AWS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The operation's name in the service model.
    pub operation: String,
    /// Its input as JSON.
    pub input: serde_json::Value,
}

impl Step {
    /// A step that is done with the plan.
    #[must_use]
    pub fn now(kind: StepKind, what: &str) -> Self {
        Self {
            kind,
            what: what.to_owned(),
            id: None,
            name: None,
            attribute: None,
            before: None,
            after: None,
            when: When::Now,
            says: None,
            covers: Vec::new(),
            unknown: Vec::new(),
            request: None,
        }
    }

    /// The same, of a thing with an id and a name.
    #[must_use]
    pub fn of(mut self, id: Option<&str>, name: Option<&str>) -> Self {
        self.id = id.map(str::to_owned);
        self.name = name.map(str::to_owned);
        self
    }

    /// The same, said in words of ours.
    #[must_use]
    pub fn saying(mut self, words: impl Into<Words>) -> Self {
        self.says = Some(words.into());
        self
    }

    /// An effect that a policy plans for a moment.
    #[must_use]
    pub fn effect(effect: &PlannedEffect, when: When) -> Self {
        let kind = match effect.kind {
            EffectKind::Set => StepKind::Set,
            EffectKind::Stop => StepKind::Stop,
            EffectKind::Delete => StepKind::Delete,
            EffectKind::Lock => StepKind::Lock,
            EffectKind::Keep => StepKind::Keep,
        };
        Self {
            attribute: effect.attribute.clone(),
            before: effect.before.as_ref().map(ToString::to_string),
            after: effect.after.clone(),
            when,
            says: effect.says.clone().map(Words::from),
            covers: effect.covers.clone(),
            unknown: effect.unknown.clone(),
            ..Self::now(kind, effect.what).of(effect.id.as_deref(), effect.name.as_deref())
        }
    }

    /// What makes it the same step when it is planned again: everything but when exactly.
    fn signature(&self) -> String {
        let mut text = format!("{:?} {}", self.kind, self.what);
        for part in [
            &self.id,
            &self.name,
            &self.attribute,
            &self.before,
            &self.after,
        ] {
            let _ = write!(text, " | {}", part.as_deref().unwrap_or("—"));
        }
        text
    }
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The operating system's user.
    pub user: String,
    /// ARN of the connection's AWS credentials, as the last check of them found it.
    pub identity: Option<String>,
}

/// What is about to be done, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan<T> {
    /// Its id.
    pub id: String,
    /// What was asked for.
    pub asked: T,
    /// When it was made, in Unix milliseconds.
    pub made_at: i64,
    /// By whom.
    pub made_by: Actor,
    /// The policy's id.
    pub policy: String,
    /// What each rule comes to.
    pub verdicts: Vec<Verdict>,
    /// What will be done, in order.
    pub steps: Vec<Step>,
    /// What it comes to.
    pub outcome: Outcome,
    /// Set when AWS could not be asked: the plan rests on what was known at this instant.
    pub offline: Option<i64>,
    /// What the policy has to say where nothing that a rule knows stands in the way, and it cannot be
    /// carried out all the same.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

/// Something that a policy has to say, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// The words.
    pub text: Words,
    /// Exact names that belong to it, such as permissions to grant.
    pub items: Vec<String>,
    /// Whether a support bundle is offered with it.
    pub support_bundle: bool,
}

impl From<policy::Advice> for Advice {
    fn from(it: policy::Advice) -> Self {
        Self {
            text: it.text.into(),
            items: it.items,
            support_bundle: it.support_bundle,
        }
    }
}

/// One thing that is no longer as it was planned on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What changed: a fact, or a step.
    pub what: String,
    /// What it was; absent when it was not known, or not there.
    pub before: Option<String>,
    /// What it is now.
    pub now: Option<String>,
}

impl<T> Plan<T> {
    /// What changed since: what the rules looked at, and what the steps would do. Empty when the plan
    /// still stands. Ages of facts do not matter, nor does what a code sent meanwhile has shown.
    #[must_use]
    pub fn differences(&self, again: &Self) -> Vec<Difference> {
        let mut differences = changed_facts(&self.verdicts, &again.verdicts);
        let before: Vec<_> = self.lasting_steps().collect();
        let now: Vec<_> = again.lasting_steps().collect();
        let differing = |steps: &[(&Step, String)], others: &[(&Step, String)]| -> Vec<Step> {
            let same = |signature: &String| others.iter().any(|(_, other)| other == signature);
            let differing = steps.iter().filter(|(_, signature)| !same(signature));
            differing.map(|(step, _)| (*step).clone()).collect()
        };
        differences.extend(differing(&before, &now).iter().map(|step| Difference {
            what: step.title(),
            before: Some(step.comes_to()),
            now: Some("not planned any more".to_owned()),
        }));
        differences.extend(differing(&now, &before).iter().map(|step| Difference {
            what: step.title(),
            before: Some("not planned".to_owned()),
            now: Some(step.comes_to()),
        }));
        differences
    }

    /// The steps that must not change: whether a code is still to be entered, and how far AWS is, may.
    fn lasting_steps(&self) -> impl Iterator<Item = (&Step, String)> {
        let passing = |kind| matches!(kind, StepKind::Verify | StepKind::Await);
        let lasting = self.steps.iter().filter(move |step| !passing(step.kind));
        lasting.map(|step| (step, step.signature()))
    }

    /// The rules that refuse it and were not overridden.
    pub fn refusals(&self) -> impl Iterator<Item = &Verdict> {
        let refusing = |it: &&Verdict| it.outcome == "refuse" && it.overridden.is_none();
        self.verdicts.iter().filter(refusing)
    }
}

impl Step {
    /// What it leaves behind, for lists of what changed.
    fn comes_to(&self) -> String {
        let after = self.after.as_deref().filter(|after| !after.is_empty());
        after.unwrap_or("planned").to_owned()
    }

    /// The step in a few words, for the same.
    fn title(&self) -> String {
        let kind = serde_json::to_value(self.kind).unwrap_or_default();
        let of = self.name.as_deref().or(self.id.as_deref()).unwrap_or("");
        let what = self.attribute.as_deref().unwrap_or(&self.what);
        format!("{} {what} {of}", kind.as_str().unwrap_or_default())
            .trim()
            .to_owned()
    }
}

/// Facts and rules' outcomes that are not as they were. What a code decides is left out.
fn changed_facts(before: &[Verdict], now: &[Verdict]) -> Vec<Difference> {
    let (before, now) = (Looked::at(before), Looked::at(now));
    let mut names: Vec<_> = before.0.keys().chain(now.0.keys()).collect();
    names.sort();
    names.dedup();
    let changed = names
        .into_iter()
        .filter(|name| before.0.get(*name) != now.0.get(*name));
    changed
        .map(|name| Difference {
            what: name.clone(),
            before: before.0.get(name).cloned().flatten(),
            now: now.0.get(name).cloned().flatten(),
        })
        .collect()
}

/// What verdicts looked at and came to, by fact and by rule.
struct Looked(BTreeMap<String, Option<String>>);

impl Looked {
    fn at(verdicts: &[Verdict]) -> Self {
        let of_code = |it: &&Evidence| CODE_FACTS.contains(&it.fact.as_str());
        let mut looked = BTreeMap::new();
        for verdict in verdicts {
            let facts = verdict.evidence.iter().filter(|it| !of_code(it));
            looked.extend(facts.map(|it| (it.fact.clone(), it.value.clone())));
            if !verdict.evidence.iter().any(|it| of_code(&it)) {
                looked.insert(verdict.rule.clone(), Some(verdict.outcome.clone()));
            }
        }
        Self(looked)
    }
}

/// What a code sent by e-mail shows, and so changes between planning and carrying out.
pub(crate) const CODE_FACTS: [&str; 2] = ["request.verified", "member.email_verified"];

/// A new plan's id: 26 letters and digits that nobody guesses.
pub(crate) fn new_id() -> Result<PlanId, crate::Error> {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut random = [0; 26];
    getrandom::fill(&mut random).map_err(|_| crate::Error::NoRandomness)?;
    let letters = random
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let id: String = letters.collect();
    Ok(PlanId::parse(&format!("plan-{id}"))?)
}

/// Keeps a plan as it is shown.
pub(crate) fn keep<T: Serialize>(
    write: &mut store::Write<'_>,
    kind: &str,
    agreement: &str,
    plan: &Plan<T>,
    now: domain::Timestamp,
) -> Result<(), crate::Error> {
    write.put_plan(&KeptPlan {
        id: PlanId::parse(&plan.id)?,
        kind: kind.to_owned(),
        agreement: Some(agreement.to_owned()),
        document: serde_json::to_string(plan)?,
        made_at: now,
        made_by: plan.made_by.user.clone(),
        state: PlanState::Open,
        state_at: now,
        outcome: None,
    })?;
    Ok(())
}

/// What became of a plan that is over, in words; `None` while it can still be carried out, or nobody
/// knows whether it was.
pub(crate) const fn over(state: PlanState) -> Option<&'static str> {
    match state {
        PlanState::Open | PlanState::Waiting | PlanState::Sent => None,
        PlanState::Done => Some("carried out"),
        PlanState::Failed => Some("refused"),
        PlanState::Returned => Some("given back"),
        PlanState::Withdrawn => Some("withdrawn"),
    }
}

/// A plan that was kept, with what became of it; `None` when there is none of this kind.
pub(crate) fn load<T: serde::de::DeserializeOwned>(
    store: &store::Store,
    kind: &str,
    id: &PlanId,
) -> Result<Option<(Plan<T>, KeptPlan)>, crate::Error> {
    let kept = store.read(|read| read.plan(id))?;
    let Some(kept) = kept.filter(|kept| kept.kind == kind) else {
        return Ok(None);
    };
    Ok(Some((serde_json::from_str(&kept.document)?, kept)))
}
