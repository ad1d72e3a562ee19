//! What linking or ending would do, thing by thing, before anything is done.

use domain::Timestamp;

use crate::catalogue::Scope;
use crate::evaluate::Case;
use crate::expression::{Condition, Decision};
use crate::facts::{Facts, Known, Provenance, Record, Value};
use crate::policy::{Action, Assignment, Effect, Moment, Policy, millis};
use crate::text::{Language, Localized};

/// One effect on one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedEffect {
    /// The vendor's rules that ask for it.
    pub covers: Vec<String>,
    /// What it does.
    pub kind: EffectKind,
    /// The kind of thing, as `deployment`.
    pub what: &'static str,
    /// The vendor's id of the thing; absent when it is not known or the thing is yet to be created.
    pub id: Option<String>,
    /// Its name, where it has one that is known.
    pub name: Option<String>,
    /// The attribute that changes; absent where a thing is deleted or kept.
    pub attribute: Option<String>,
    /// What the attribute is before; absent when it is not known.
    pub before: Option<Value>,
    /// What it is afterwards; empty when it is cleared.
    pub after: Option<String>,
    /// When it happens; for what is kept, until when, if that is known.
    pub at: Option<Timestamp>,
    /// Whether linking again before then calls it off.
    pub called_off_by_relinking: bool,
    /// What it comes to, in the vendor's words.
    pub says: Option<Localized>,
    /// The facts that must be known before it may be carried out. Empty when it is certain.
    pub unknown: Vec<String>,
}

/// What an effect does to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EffectKind {
    /// Gives an attribute a value.
    Set,
    /// Stops it.
    Stop,
    /// Deletes it.
    Delete,
    /// Locks it.
    Lock,
    /// Leaves it alone.
    Keep,
}

impl EffectKind {
    /// The kind's word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Stop => "stop",
            Self::Delete => "delete",
            Self::Lock => "lock",
            Self::Keep => "keep",
        }
    }
}

/// The effects at a moment, in order. Each is planned on what the ones before it leave behind: what
/// was stopped now is among the stopped ones that are deleted later. A list that is not known gives
/// one effect without an id, which is not certain.
#[must_use]
pub fn effects(policy: &Policy, moment: Moment, facts: &Facts) -> Vec<PlannedEffect> {
    let mut case = Case::new(policy, facts);
    let mut planned = Vec::new();
    for effect in policy.effects_on(moment) {
        let next = plan(&case, effect);
        for (target, step) in &next {
            leave_behind(&mut case.facts, *target, step);
        }
        case.refresh();
        planned.extend(next.into_iter().map(|(_, step)| step));
    }
    planned
}

/// The thing that a planned effect is done to.
#[derive(Clone, Copy)]
enum Target {
    Record(&'static Scope),
    Item(&'static Scope, usize),
    /// Some items of a list that is not known.
    SomeOf,
}

/// One effect on everything that it applies to, or may apply to.
fn plan(case: &Case<'_>, effect: &Effect) -> Vec<(Target, PlannedEffect)> {
    let Some(scope) = effect.action.scope() else {
        return Vec::new();
    };
    let Some(list) = scope.list else {
        let target = Target::Record(scope);
        let applies = applies(effect, |condition| case.decide(condition));
        return applies.map_or_else(Vec::new, |unknown| of_thing(case, effect, target, unknown));
    };
    let Some(known) = case.facts.items(scope) else {
        return of_thing(case, effect, Target::SomeOf, vec![list.to_owned()]);
    };
    let mut planned = Vec::new();
    for (position, item) in known.items.iter().enumerate() {
        let decide = |condition: &Condition| case.decide_item(condition, scope, item);
        if let Some(unknown) = applies(effect, decide) {
            let target = Target::Item(scope, position);
            planned.extend(of_thing(case, effect, target, unknown));
        }
    }
    planned
}

/// What must be known before the effect is certain to apply; `None` when it certainly does not.
fn applies(effect: &Effect, decide: impl FnOnce(&Condition) -> Decision) -> Option<Vec<String>> {
    let Some(condition) = &effect.applies else {
        return Some(Vec::new());
    };
    let decision = decide(condition);
    match decision.holds {
        Some(false) => None,
        // It failed on facts that are all known, such as an absence compared by size.
        None if decision.missing.is_empty() => Some(vec![condition.source().to_owned()]),
        _ => Some(decision.missing),
    }
}

fn of_thing(
    case: &Case<'_>,
    effect: &Effect,
    target: Target,
    unknown: Vec<String>,
) -> Vec<(Target, PlannedEffect)> {
    let Some(scope) = effect.action.scope() else {
        return Vec::new();
    };
    let record = match target {
        Target::Record(scope) => case.facts.record(scope),
        Target::Item(scope, position) => case
            .facts
            .items(scope)
            .and_then(|known| known.items.get(position)),
        Target::SomeOf => None,
    };
    let item = record.filter(|_| scope.list.is_some());
    let filling = case.filling(item);
    let delay = effect.after.map_or(0, millis);
    let says = match target {
        Target::SomeOf => None,
        Target::Record(_) | Target::Item(..) => effect.says.as_ref(),
    };
    let text = |name: &str| match value(record, name) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let step = PlannedEffect {
        covers: effect.covers.clone(),
        kind: effect.action.kind(),
        what: scope.name,
        id: text(identity(scope)),
        name: text("name").or_else(|| text("company")),
        attribute: None,
        before: None,
        after: None,
        at: Some(case.facts.now().plus_millis(delay)),
        called_off_by_relinking: effect.called_off_by_relinking,
        says: says.map(|says| says.render(filling)),
        unknown,
    };
    let to_state = |state: &str| PlannedEffect {
        attribute: Some(format!("{}.state", scope.name)),
        before: value(record, "state").cloned(),
        after: Some(state.to_owned()),
        ..step.clone()
    };
    match &effect.action {
        Action::Stop(_) => vec![(target, to_state(STOPPED))],
        Action::Lock(_) => vec![(target, to_state(LOCKED))],
        Action::Delete(_) => vec![(
            target,
            PlannedEffect {
                before: value(record, "state").cloned(),
                ..step
            },
        )],
        Action::Keep(_, until) => {
            let until = until.and_then(|field| value(record, field.name));
            let at = match until {
                Some(Value::Time(instant)) => Some(*instant),
                _ => None,
            };
            vec![(target, PlannedEffect { at, ..step })]
        }
        Action::Set(assignments) => {
            let set = |Assignment {
                           scope,
                           field,
                           value: to,
                       }: &Assignment| PlannedEffect {
                attribute: Some(format!("{}.{}", scope.name, field.name)),
                before: value(record, field.name).cloned(),
                // A stored value has one language.
                after: Some(to.render(filling).get(Language::English).to_owned()),
                ..step.clone()
            };
            let changes = assignments.iter().map(set).filter(changes_something);
            let mut changes: Vec<_> = changes.map(|change| (target, change)).collect();
            // One sentence speaks for all that is set together.
            changes
                .iter_mut()
                .skip(1)
                .for_each(|(_, change)| change.says = None);
            changes
        }
    }
}

/// Whether a value is not what it is set to already. What is not known may be anything.
fn changes_something(step: &PlannedEffect) -> bool {
    let after = step.after.as_deref().unwrap_or_default();
    match &step.before {
        None => true,
        Some(Value::Absent) => !after.is_empty(),
        Some(before) => before.to_string() != after,
    }
}

/// The state of what was stopped.
pub const STOPPED: &str = "stopped";
/// The state of what was locked.
pub const LOCKED: &str = "locked";

impl Action {
    fn kind(&self) -> EffectKind {
        match self {
            Self::Set(_) => EffectKind::Set,
            Self::Stop(_) => EffectKind::Stop,
            Self::Delete(_) => EffectKind::Delete,
            Self::Lock(_) => EffectKind::Lock,
            Self::Keep(..) => EffectKind::Keep,
        }
    }
}

fn value<'r>(record: Option<&'r Record>, name: &str) -> Option<&'r Value> {
    record
        .and_then(|record| record.get(name))
        .map(|known| &known.value)
}

/// The fact that names a thing for good.
fn identity(scope: &Scope) -> &'static str {
    let candidates = ["id", "user_name", "email"];
    let mut known = candidates
        .into_iter()
        .filter(|name| scope.field(name).is_some());
    known.next().unwrap_or("id")
}

/// Changes the facts as a certain effect would; later effects see the outcome. What is deleted later
/// is still there, and what is not certain changes nothing.
fn leave_behind(facts: &mut Facts, target: Target, step: &PlannedEffect) {
    let (Some(attribute), Some(after), true) =
        (&step.attribute, &step.after, step.unknown.is_empty())
    else {
        return;
    };
    let now = facts.now();
    let (scope, record) = match target {
        Target::Record(scope) => (scope, facts.records.get_mut(scope.name)),
        Target::Item(scope, position) => {
            let list = facts.lists.get_mut(scope.name);
            (scope, list.and_then(|list| list.items.get_mut(position)))
        }
        Target::SomeOf => return,
    };
    let name = attribute.rsplit_once('.').map_or("", |(_, name)| name);
    if let (Some(record), Some(field)) = (record, scope.field(name)) {
        let known = Known {
            value: Value::Text(after.clone()),
            provenance: Provenance::new("plan", now),
        };
        record.insert(field.name, known);
    }
}
