//! What ending does on the vendor's side, one effect at a time.

use domain::{EntryKind, LinkState, TargetKind, Timestamp};
use policy::{EffectKind, Language, Moment, PlannedEffect, effects};
use serde_json::json;
use store::Write;
use store::table::due_effect::{DueEffect, DueState};
use store::table::link::{LinkRecord, OURS};

use crate::Error;
use crate::link::{Because, case_of, change};
use crate::plan::{Step, When};
use crate::policies::Policies;

/// What was done to an end, for the audit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ended {
    /// What was changed at once, as `deployment.state of dep-1`.
    pub(crate) changed: Vec<String>,
    /// What is due later.
    pub(crate) due: Vec<String>,
    /// What was left alone, since something about it is not known.
    pub(crate) left: Vec<String>,
    /// The workspaces that were bound.
    pub(crate) workspaces: Vec<String>,
}

impl Ended {
    /// The detail of an audit entry.
    pub(crate) fn told(&self, why: &str) -> serde_json::Value {
        json!({
            "why": why,
            "changed": self.changed,
            "due": self.due,
            "left": self.left,
            "workspaces": self.workspaces,
        })
    }
}

/// What ending a link would do, as steps of a plan: at once when the agreement has ended, or later.
pub(crate) fn steps(
    read: &store::Read<'_>,
    policies: &Policies,
    record: &LinkRecord,
    moment: When,
    now: Timestamp,
) -> Result<Vec<Step>, Error> {
    let case = case_of(read, policies, record, now)?;
    let planned = effects(case.policy, Moment::Ended, &case.facts);
    let steps = planned.iter().map(|effect| {
        let delay = effect.at.map_or(0, |at| at.as_millis() - now.as_millis());
        let when = match (effect.kind, moment) {
            (EffectKind::Keep, _) => effect.at.map_or(moment, |at| When::At(at.as_millis())),
            (_, When::Now | When::Ended) if delay > 0 => When::AfterEnd(delay),
            _ => moment,
        };
        Step::effect(effect, when)
    });
    Ok(steps.collect())
}

/// Ends a link: what is to happen at once happens, what is to happen later is kept. Everything in the
/// caller's transaction.
pub(crate) fn end(
    write: &mut Write<'_>,
    policies: &Policies,
    record: &LinkRecord,
    reason: &str,
    plan: Option<&str>,
    now: Timestamp,
) -> Result<Ended, Error> {
    let mut ended = Ended::default();
    let case = case_of(&write.reading(), policies, record, now);
    let (planned, policy) = match case {
        Ok(case) => (
            effects(case.policy, Moment::Ended, &case.facts),
            case.policy.id.clone(),
        ),
        // Listing, policy or target are gone: there is nothing to be done to them.
        Err(error) if error.is_gone() => (Vec::new(), String::new()),
        Err(error) => return Err(error),
    };
    let because = Because {
        plan,
        chain: &record.chain,
        now,
    };
    for effect in planned
        .iter()
        .filter(|effect| effect.kind != EffectKind::Keep)
    {
        let called = called(effect);
        if !effect.unknown.is_empty() {
            ended.left.push(format!(
                "{called}: not known: {}",
                effect.unknown.join(", ")
            ));
        } else if effect.at.is_some_and(|at| at > now) {
            write.put_due_effect(&later(effect, record, &policy, plan, now))?;
            ended.due.push(called);
        } else {
            let doing = Doing::of(effect, &record.link.target.id);
            if apply(write, &doing, &because)?.is_some() {
                ended.changed.push(called);
            }
        }
    }
    write.give_claims_back(&record.chain)?;
    let workspaces = record.link.workspaces.iter();
    ended.workspaces = workspaces.map(ToString::to_string).collect();
    write.put_workspaces(&record.chain, &[], now)?;
    let mut after = record.clone();
    after.link.state = if ended.due.is_empty() {
        LinkState::Ended
    } else {
        LinkState::Ending
    };
    after.link.since = now;
    OURS.clone_into(&mut after.link.source);
    after.reason = Some(reason.to_owned());
    write.put_link(&after)?;
    Ok(ended)
}

fn called(effect: &PlannedEffect) -> String {
    let what = effect.attribute.as_deref().unwrap_or(effect.what);
    format!(
        "{} {what} of {}",
        effect.kind.word(),
        effect.id.as_deref().unwrap_or("?")
    )
}

fn later(
    effect: &PlannedEffect,
    record: &LinkRecord,
    policy: &str,
    plan: Option<&str>,
    now: Timestamp,
) -> DueEffect {
    DueEffect {
        id: 0,
        chain: record.chain.clone(),
        target_kind: record.link.target.kind,
        target_id: record.link.target.id.clone(),
        policy: policy.to_owned(),
        kind: effect.kind.word().to_owned(),
        what: effect.what.to_owned(),
        thing: effect.id.clone().unwrap_or_default(),
        name: effect.name.clone(),
        before: effect.before.as_ref().map(ToString::to_string),
        attribute: effect.attribute.clone(),
        after: effect.after.clone(),
        says: effect
            .says
            .as_ref()
            .map(|says| says.get(Language::English).to_owned())
            .unwrap_or_default(),
        covers: effect.covers.clone(),
        relinking_calls_off: effect.called_off_by_relinking,
        since: now,
        due_at: effect.at.unwrap_or(now),
        state: DueState::Due,
        state_at: now,
        reason: None,
        plan: plan.map(str::to_owned),
    }
}

/// One thing to do to one thing.
pub(crate) struct Doing<'a> {
    kind: &'a str,
    what: &'a str,
    thing: &'a str,
    /// What the link leads to.
    target: &'a str,
    attribute: Option<&'a str>,
    after: Option<&'a str>,
}

impl<'a> Doing<'a> {
    pub(crate) fn of(effect: &'a PlannedEffect, target: &'a str) -> Self {
        Self {
            kind: effect.kind.word(),
            what: effect.what,
            thing: effect.id.as_deref().unwrap_or_default(),
            target,
            attribute: effect.attribute.as_deref(),
            after: effect.after.as_deref(),
        }
    }

    pub(crate) fn of_due(effect: &'a DueEffect) -> Self {
        Self {
            kind: &effect.kind,
            what: &effect.what,
            thing: &effect.thing,
            target: &effect.target_id,
            attribute: effect.attribute.as_deref(),
            after: effect.after.as_deref(),
        }
    }
}

/// The state of what was deleted. The row stays, so that it can be seen what was.
const DELETED: &str = "deleted";

/// Does one thing, and notes that it was us. Tells what was changed; nothing where the thing is gone, or
/// is only kept.
pub(crate) fn apply(
    write: &mut Write<'_>,
    doing: &Doing<'_>,
    because: &Because<'_>,
) -> Result<Option<String>, Error> {
    let (attribute, value) = match doing.kind {
        "delete" => ("state", DELETED),
        _ => match (doing.attribute, doing.after) {
            (Some(attribute), Some(after)) => (attribute, after),
            _ => return Ok(None),
        },
    };
    let Some(kind) = EntryKind::of_scope(doing.what) else {
        return Ok(None);
    };
    // A person is told from others by the address, and only within one organization.
    let key = match kind {
        EntryKind::Member => format!("{} {}", doing.target, doing.thing),
        _ => doing.thing.to_owned(),
    };
    change(write, kind, &key, attribute, value, because)
}

/// Why something was called off.
const LINKED_AGAIN: &str = "The target was linked again.";

/// Linking a target again calls off what is still due there, where the policy says so; the links whose
/// last effect that was are over. Tells what came back.
pub(crate) fn call_off(
    write: &mut Write<'_>,
    kind: TargetKind,
    id: &str,
    now: Timestamp,
) -> Result<Vec<String>, Error> {
    let due = write.reading().due_effects_at(kind, id)?;
    let mut back = Vec::new();
    for effect in due.iter().filter(|effect| effect.relinking_calls_off) {
        let reason = Some(LINKED_AGAIN);
        if write.settle_due_effect(effect.id, DueState::CalledOff, reason, now)? {
            back.push(effect.name.clone().unwrap_or_else(|| effect.thing.clone()));
            finish(write, &effect.chain, now)?;
        }
    }
    Ok(back)
}

/// A link whose grace period has nothing left to wait for is over.
pub(crate) fn finish(write: &mut Write<'_>, chain: &str, now: Timestamp) -> Result<(), Error> {
    let all = write.reading().due_effects_of(chain)?;
    if all.iter().any(|effect| effect.state == DueState::Due) {
        return Ok(());
    }
    let current = write.reading().current_link(chain)?;
    if let Some(mut record) = current.filter(|record| record.link.state == LinkState::Ending) {
        record.link.state = LinkState::Ended;
        record.link.since = now;
        write.put_link(&record)?;
    }
    Ok(())
}

/// What keeps what is due from being done: it is not any more as it was when the link ended.
pub(crate) fn hindrance(
    read: &store::Read<'_>,
    effect: &DueEffect,
) -> Result<Option<(DueState, &'static str)>, Error> {
    // The vendor's system of record may have linked it again, which calls off as linking here does.
    if effect.relinking_calls_off {
        let links = read.current_links_to(effect.target_kind, &effect.target_id)?;
        if links.iter().any(LinkRecord::is_held) {
            return Ok(Some((DueState::CalledOff, LINKED_AGAIN)));
        }
    }
    let kind = EntryKind::of_scope(&effect.what);
    let (true, Some(kind)) = (effect.kind == EffectKind::Delete.word(), kind) else {
        return Ok(None);
    };
    let Some((entry, _)) = read.entry(kind, &effect.thing)? else {
        return Ok(None);
    };
    // Somebody has done something with it since: started it again, and uses it.
    let state = crate::link::attribute(&entry, "state");
    let differs = effect.before.is_some() && state != effect.before;
    let reason = "It is not as it was when the link ended.";
    Ok(differs.then_some((DueState::Void, reason)))
}
