//! From a policy and what is known to verdicts.

use cel::Context;
use domain::Timestamp;

use crate::builtin::common_rules;
use crate::catalogue::Scope;
use crate::expression::{self, Condition, Decision, ENV, Read};
use crate::facts::{Facts, Provenance, Record, Value, record_to_cel};
use crate::policy::{HintMoment, Mail, Policy, Rule, Test};
use crate::text::{self, Filling, Localized};
use crate::types::Reference;

/// What a rule came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It is kept, and everything it looks at is known.
    Pass,
    /// It is broken.
    Refuse,
    /// It cannot be told, since something it looks at is not known.
    Unknown,
}

impl Outcome {
    /// The outcome's word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Refuse => "refuse",
            Self::Unknown => "unknown",
        }
    }
}

/// One rule's outcome on one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The rule's id.
    pub rule: String,
    /// What it came to.
    pub outcome: Outcome,
    /// What it asks for, as a sentence; the same whatever the outcome.
    pub title: Localized,
    /// What was found.
    pub message: Localized,
    /// What it was decided by.
    pub evidence: Vec<Evidence>,
    /// What to do next; absent when it passes.
    pub remedy: Option<Localized>,
    /// What to send to the buyer; absent when it passes or nothing is for the buyer to do.
    pub to_buyer: Option<Localized>,
    /// Whether a person may go on in spite of a refusal, with a typed reason.
    pub overridable: bool,
    /// The facts that would have to be known; empty unless the outcome is unknown.
    pub missing: Vec<String>,
}

/// One fact that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The fact, as `organization.payment_method` or `links[0].target_name`.
    pub fact: String,
    /// What it says; absent when it is not known.
    pub value: Option<Value>,
    /// Who says so.
    pub source: Option<String>,
    /// As of when.
    pub as_of: Option<Timestamp>,
}

/// Whether something holds, when that may not be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It depends on these facts, which are not known.
    Unknown(Vec<String>),
}

/// Judges a case by the rules that hold for every policy and by those of this one, in the order
/// written. A rule whose `when` does not hold says nothing.
#[must_use]
pub fn evaluate(policy: &Policy, facts: &Facts) -> Vec<Verdict> {
    let case = Case::new(policy, facts);
    let rules = common_rules().iter().chain(&policy.link.rules);
    rules.filter_map(|rule| case.judge(rule)).collect()
}

/// Whether a link with these facts is in force.
#[must_use]
pub fn is_active(policy: &Policy, facts: &Facts) -> Holds {
    let case = Case::new(policy, facts);
    Holds::of(case.decide(&policy.link.active.when))
}

/// Whether the policy wants a code sent by e-mail in this case; never where it has none.
#[must_use]
pub fn wants_verification(policy: &Policy, facts: &Facts) -> Holds {
    let Some(verification) = &policy.verification else {
        return Holds::No;
    };
    let case = Case::new(policy, facts);
    let when = verification.when.as_ref();
    when.map_or(Holds::Yes, |when| Holds::of(case.decide(when)))
}

/// The e-mail that brings a code to a person; nothing where the policy has no codes.
#[must_use]
pub fn verification_mail(policy: &Policy, facts: &Facts, code: &str) -> Option<Mail> {
    let case = Case::new(policy, facts);
    let verification = policy.verification.as_ref()?;
    Some(verification.mail(code, case.filling(None)))
}

/// What the buyer is told once the link is in force.
#[must_use]
pub fn confirmation(policy: &Policy, facts: &Facts) -> Option<Localized> {
    let case = Case::new(policy, facts);
    let confirmation = policy.link.confirmation.as_ref()?;
    Some(confirmation.text.render(case.filling(None)))
}

/// What is said while the link waits to come into force.
#[must_use]
pub fn waiting(policy: &Policy, facts: &Facts) -> Localized {
    let case = Case::new(policy, facts);
    policy.link.active.waiting.render(case.filling(None))
}

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The words.
    pub text: Localized,
    /// Exact names that belong to it, such as permissions to grant.
    pub items: Vec<String>,
    /// Whether a redacted support bundle is offered with it.
    pub support_bundle: bool,
}

/// What to say at a point. A hint whose condition is not certain is not given.
#[must_use]
pub fn hints(policy: &Policy, on: HintMoment, facts: &Facts) -> Vec<Advice> {
    let case = Case::new(policy, facts);
    let hints = policy.hints.iter().filter(|hint| hint.on == on);
    let given = hints.filter(|hint| {
        let when = hint.when.as_ref();
        when.is_none_or(|when| case.decide(when).is_certain(true))
    });
    let advice = given.map(|hint| Advice {
        text: hint.text.render(case.filling(None)),
        items: hint.items.clone(),
        support_bundle: hint.support_bundle,
    });
    advice.collect()
}

impl Holds {
    fn of(decision: Decision) -> Self {
        match decision.holds {
            Some(false) => Self::No,
            Some(true) if decision.missing.is_empty() => Self::Yes,
            _ => Self::Unknown(decision.missing),
        }
    }
}

/// A policy, what is known, and what CEL sees of both.
pub(crate) struct Case<'p> {
    pub(crate) policy: &'p Policy,
    pub(crate) facts: Facts,
    context: Context<'static, 'static>,
}

impl<'p> Case<'p> {
    pub(crate) fn new(policy: &'p Policy, facts: &Facts) -> Self {
        let mut facts = facts.clone();
        let from = Provenance::new("policy", facts.now());
        let identity = policy.link.identity.iter();
        let identity: Vec<String> = identity.map(|kind| kind.word().to_owned()).collect();
        let told = [
            facts.tell("policy.id", policy.id.as_str(), &from),
            facts.tell("policy.name", policy.name.as_written().en, &from),
            facts.tell("policy.identity", identity, &from),
        ];
        debug_assert!(told.iter().all(Result::is_ok), "the catalogue has these");
        let context = context(policy, &facts);
        Self {
            policy,
            facts,
            context,
        }
    }

    /// Lets CEL see the facts anew after they were changed.
    pub(crate) fn refresh(&mut self) {
        self.context = context(self.policy, &self.facts);
    }

    pub(crate) fn filling<'a>(&'a self, item: Option<&'a Record>) -> Filling<'a> {
        Filling {
            facts: &self.facts,
            settings: &self.policy.settings,
            item,
        }
    }

    pub(crate) fn decide(&self, condition: &Condition) -> Decision {
        condition.decide(&self.context, &self.facts, None)
    }

    pub(crate) fn decide_item(
        &self,
        condition: &Condition,
        scope: &Scope,
        item: &Record,
    ) -> Decision {
        let mut context = self.context.new_inner_scope();
        context.add_variable_from_value(scope.name, record_to_cel(item));
        condition.decide(&context, &self.facts, Some(item))
    }

    fn judge(&self, rule: &Rule) -> Option<Verdict> {
        if let Some(when) = &rule.when {
            let applies = self.decide(when);
            match applies.holds {
                Some(true) => {}
                Some(false) => return None,
                None => return Some(self.unknown(rule, &when.references, applies.missing)),
            }
        }
        Some(match &rule.test {
            Test::Require(condition) => self.judge_whole(rule, condition),
            Test::NoneOf(scope, condition) => self.judge_items(rule, scope, condition),
        })
    }

    fn judge_whole(&self, rule: &Rule, condition: &Condition) -> Verdict {
        let decision = self.decide(condition);
        if decision.holds == Some(false) {
            return self.refuse(rule, &condition.references, None, Vec::new());
        }
        if decision.is_certain(true) {
            return self.pass(rule, &condition.references);
        }
        self.unknown(rule, &condition.references, decision.missing)
    }

    fn judge_items(&self, rule: &Rule, scope: &'static Scope, condition: &Condition) -> Verdict {
        let list = scope.list.unwrap_or(scope.name);
        let Some(known) = self.facts.items(scope) else {
            return self.unknown(rule, &condition.references, vec![list.to_owned()]);
        };
        let mut broken_by = Vec::new();
        let mut missing = Vec::new();
        for (position, item) in known.items.iter().enumerate() {
            let decision = self.decide_item(condition, scope, item);
            if decision.holds == Some(true) {
                broken_by.push((position, item));
            } else if !decision.is_certain(false) {
                let numbered = decision
                    .missing
                    .iter()
                    .map(|fact| numbered(fact, scope, position));
                missing.extend(numbered);
                if decision.missing.is_empty() {
                    missing.push(format!("{list}[{position}]"));
                }
            }
        }
        let Some((_, first)) = broken_by.first() else {
            if missing.is_empty() {
                return self.pass(rule, &condition.references);
            }
            return self.unknown(rule, &condition.references, missing);
        };
        // All that is known of what stands in the way, not only what the rule looked at.
        let of_items = broken_by.iter().flat_map(|(position, item)| {
            item.iter().map(move |(name, known)| Evidence {
                fact: format!("{list}[{position}].{name}"),
                value: Some(known.value.clone()),
                source: Some(known.provenance.source.to_string()),
                as_of: Some(known.provenance.as_of),
            })
        });
        self.refuse(rule, &condition.references, Some(first), of_items.collect())
    }

    fn pass(&self, rule: &Rule, references: &[Reference]) -> Verdict {
        let title = rule.title.render(self.filling(None));
        Verdict {
            rule: rule.id.clone(),
            outcome: Outcome::Pass,
            message: title.clone(),
            title,
            evidence: self.evidence(rule, references, None),
            remedy: None,
            to_buyer: None,
            overridable: rule.overridable,
            missing: Vec::new(),
        }
    }

    fn refuse(
        &self,
        rule: &Rule,
        references: &[Reference],
        item: Option<&Record>,
        of_items: Vec<Evidence>,
    ) -> Verdict {
        let filling = self.filling(item);
        let render = |template: &Option<_>| {
            let template: Option<&crate::Template> = template.as_ref();
            template.map(|template| template.render(filling))
        };
        let mut evidence = of_items;
        evidence.extend(self.evidence(rule, references, item));
        Verdict {
            rule: rule.id.clone(),
            outcome: Outcome::Refuse,
            title: rule.title.render(self.filling(None)),
            message: rule.message.render(filling),
            evidence,
            remedy: render(&rule.remedy),
            to_buyer: render(&rule.to_buyer),
            overridable: rule.overridable,
            missing: Vec::new(),
        }
    }

    fn unknown(&self, rule: &Rule, references: &[Reference], missing: Vec<String>) -> Verdict {
        let mut missing = missing;
        missing.sort();
        missing.dedup();
        Verdict {
            rule: rule.id.clone(),
            outcome: Outcome::Unknown,
            title: rule.title.render(self.filling(None)),
            message: text::undecided(&missing),
            evidence: self.evidence(rule, references, None),
            remedy: Some(text::look_up()),
            to_buyer: None,
            // Only what is known to be broken can be overridden knowingly.
            overridable: false,
            missing,
        }
    }

    /// What a rule read and what it wants shown besides; items are told one by one elsewhere.
    fn evidence(
        &self,
        rule: &Rule,
        references: &[Reference],
        item: Option<&Record>,
    ) -> Vec<Evidence> {
        let mut shown: Vec<Reference> = Vec::new();
        for reference in references.iter().chain(&rule.evidence) {
            let of_item = reference.origin == crate::types::Origin::Item;
            if !of_item && !shown.contains(reference) {
                shown.push(*reference);
            }
        }
        let reads = expression::reads(&shown, &self.facts, item);
        reads.into_iter().map(Evidence::from).collect()
    }
}

impl From<Read<'_>> for Evidence {
    fn from(read: Read<'_>) -> Self {
        let provenance = read.known.map(|known| &known.provenance);
        Self {
            fact: read.fact,
            value: read.known.map(|known| known.value.clone()),
            source: provenance.map(|provenance| provenance.source.to_string()),
            as_of: provenance.map(|provenance| provenance.as_of),
        }
    }
}

/// `link.state` of the second link is `links[1].state`.
fn numbered(fact: &str, scope: &Scope, position: usize) -> String {
    match fact
        .strip_prefix(scope.name)
        .and_then(|rest| rest.strip_prefix('.'))
    {
        Some(name) => format!("{}[{position}].{name}", scope.list.unwrap_or(scope.name)),
        None => fact.to_owned(),
    }
}

fn context(policy: &Policy, facts: &Facts) -> Context<'static, 'static> {
    let mut context = Context::with_env(ENV.clone());
    context.add_variable_from_value("now", facts.now().as_millis());
    for (name, record) in &facts.records {
        context.add_variable_from_value(*name, record_to_cel(record));
    }
    for (name, known) in &facts.lists {
        let items: Vec<cel::Value> = known.items.iter().map(record_to_cel).collect();
        if let Some(list) = crate::catalogue::item(name).and_then(|scope| scope.list) {
            context.add_variable_from_value(list, items);
        }
    }
    let settings = policy.settings.iter();
    let settings: std::collections::HashMap<String, cel::Value> = settings
        .map(|(name, setting)| (name.clone(), setting.value.to_cel()))
        .collect();
    context.add_variable_from_value("settings", settings);
    context
}
