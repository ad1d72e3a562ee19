//! Everything that happened to a chain of agreements, and what is still to happen: AWS's facts, our
//! links and actions, and what is due, in one order.

use std::collections::BTreeSet;

use domain::{AgreementId, CancellationStatus, Target, TargetKind, Timestamp};
use store::table::agreement::AgreementRow;
use store::table::audit::{AuditRow, Phase};
use store::table::directory::Change;
use store::table::due_effect::{DueEffect, DueState};
use store::table::link::LinkRecord;
use store::{Read, Store};

use crate::Error;

/// What happened, or is to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The buyer accepted.
    Accepted,
    /// The term starts.
    Starts,
    /// The term ends.
    Ends,
    /// AWS changed it to what it is now, in AWS's word.
    Is(String),
    /// A request to cancel was sent, or its answer came: its id and AWS's word.
    Cancellation(String, String),
    /// A link got into a state: its word, its target, and why.
    Link(&'static str, Target, Option<String>),
    /// An effect of an ending: what it does, and its state's word.
    Effect(Box<DueEffect>),
    /// We did something: the action, its outcome's word (`open` while there is none), the entry and who.
    Action(String, String, i64, String),
    /// We changed something of the target: the attribute (absent where it was made), what it was, and what
    /// it is since.
    Changed(Option<String>, Option<String>, Option<String>),
}

/// An event with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Which agreement; empty where it is about none.
    pub agreement: String,
    /// What.
    pub event: Event,
}

/// The timeline of the chain that an agreement belongs to, newest first; what is yet to come is on top.
pub fn timeline(store: &Store, agreement: &AgreementId) -> Result<Vec<Moment>, Error> {
    let moments = store.read(|read| {
        let chain = read.chain_of(agreement)?;
        let (mut moments, ids) = of_chain(read, &chain)?;
        moments.extend(of_actions(&read.audit_of(&ids)?));
        Ok(moments)
    })?;
    Ok(newest_first(moments))
}

/// The same of what buyers are linked to: of every chain that was ever linked to it, what is about the
/// target, and what we changed of it.
pub fn of_target(store: &Store, kind: TargetKind, id: &str) -> Result<Vec<Moment>, Error> {
    let moments = store.read(|read| {
        let (mut all, mut agreements) = (Vec::new(), Vec::new());
        for chain in read.chains_linked_to(kind, id)? {
            let (moments, ids) = of_chain(read, &chain)?;
            all.extend(
                moments
                    .into_iter()
                    .filter(|it| it.event.may_be_of(kind, id)),
            );
            agreements.extend(ids);
        }
        let changes = read.directory_changes(kind.word(), id)?;
        all.extend(changes.into_iter().map(of_change));
        let target = format!("{}:{id}", kind.word());
        let mut rows = read.audit_of(&agreements)?;
        let other = |row: &AuditRow| row.entry.target.as_ref().is_some_and(|it| *it != target);
        // What was begun may name its target only where it ends.
        let others: BTreeSet<i64> = rows
            .iter()
            .filter(|row| other(row))
            .flat_map(|row| [Some(row.seq), row.entry.opened])
            .flatten()
            .collect();
        rows.retain(|row| !others.contains(&row.seq));
        rows.extend(read.audit_to(&target)?);
        rows.sort_by_key(|row| row.seq);
        rows.dedup_by_key(|row| row.seq);
        all.extend(of_actions(&rows));
        Ok(all)
    })?;
    Ok(newest_first(moments))
}

fn newest_first(mut moments: Vec<Moment>) -> Vec<Moment> {
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    moments
}

impl Event {
    /// Whether it is about this target, or about no target at all.
    fn may_be_of(&self, kind: TargetKind, id: &str) -> bool {
        match self {
            Self::Link(_, target, _) => target.kind == kind && target.id == id,
            Self::Effect(effect) => effect.target_kind == kind && effect.target_id == id,
            _ => true,
        }
    }
}

/// What happened to a chain, but for what we did, and the ids of its agreements.
fn of_chain(read: &Read<'_>, chain: &str) -> Result<(Vec<Moment>, Vec<String>), store::Error> {
    let mut moments = Vec::new();
    let mut ids = Vec::new();
    if let Ok(initial) = AgreementId::parse(chain) {
        for row in read.chain(&initial)? {
            of_agreement(&row, &mut moments);
            if let Ok(id) = AgreementId::parse(&row.id) {
                of_requests(read, &id, &mut moments)?;
            }
            ids.push(row.id);
        }
    }
    moments.extend(read.link_history(chain)?.into_iter().map(of_link));
    moments.extend(read.due_effects_of(chain)?.into_iter().map(of_effect));
    Ok((moments, ids))
}

fn of_change(change: Change) -> Moment {
    Moment {
        at: change.at,
        agreement: change.chain.unwrap_or_default(),
        event: Event::Changed(change.attribute, change.before, change.after),
    }
}

fn of_agreement(row: &AgreementRow, moments: &mut Vec<Moment>) {
    let facts = [
        (row.accepted_at, Event::Accepted),
        // Most terms start as they are accepted.
        (
            row.starts_at.filter(|at| Some(*at) != row.accepted_at),
            Event::Starts,
        ),
        (row.ends_at, Event::Ends),
        (
            Some(row.updated_at),
            Event::Is(row.status.as_wire().to_owned()),
        ),
    ];
    moments.extend(facts.into_iter().filter_map(|(at, event)| {
        let agreement = row.id.clone();
        Some(Moment {
            at: at?,
            agreement,
            event,
        })
    }));
}

fn of_requests(
    read: &Read<'_>,
    id: &AgreementId,
    moments: &mut Vec<Moment>,
) -> Result<(), store::Error> {
    for request in read.cancellations_of(id)? {
        let mut put = |at, status: &CancellationStatus| {
            let status = status.as_wire().to_owned();
            let event = Event::Cancellation(request.id.to_string(), status);
            let agreement = id.to_string();
            moments.push(Moment {
                at,
                agreement,
                event,
            });
        };
        let at_first = CancellationStatus::PendingApproval;
        put(request.created_at, &at_first);
        if request.status != at_first {
            put(request.updated_at, &request.status);
        }
    }
    Ok(())
}

fn of_link(record: LinkRecord) -> Moment {
    let link = record.link;
    Moment {
        at: link.since,
        agreement: link.agreement.to_string(),
        event: Event::Link(link.state.word(), link.target, record.reason),
    }
}

fn of_effect(effect: DueEffect) -> Moment {
    let at = match effect.state {
        DueState::Due => effect.due_at,
        DueState::Done | DueState::CalledOff | DueState::Void => effect.state_at,
    };
    Moment {
        at,
        agreement: effect.chain.clone(),
        event: Event::Effect(Box::new(effect)),
    }
}

/// Each action once, when it was begun, with the outcome of the entry that closes it.
fn of_actions(rows: &[AuditRow]) -> Vec<Moment> {
    let closing = |seq| rows.iter().find(|row| row.entry.opened == Some(seq));
    let begun = rows.iter().filter(|row| row.entry.phase != Phase::Closed);
    let moments = begun.map(|row| {
        let last = closing(row.seq).unwrap_or(row);
        let outcome = last.entry.outcome.clone();
        let outcome = outcome.unwrap_or_else(|| "open".to_owned());
        let (action, user) = (row.entry.action.clone(), row.entry.user.clone());
        Moment {
            at: row.entry.at,
            agreement: row.entry.agreement.clone().unwrap_or_default(),
            event: Event::Action(action, outcome, row.seq, user),
        }
    });
    moments.collect()
}
