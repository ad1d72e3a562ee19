//! Faults: what goes wrong on purpose, per operation.

use std::time::Duration;

use crate::clock::parse_span;
use crate::contract::{Fault, FaultStatus};

/// At most this many faults are kept.
const FAULTS_MAX: usize = 100;
/// The longest delay that can be asked for, in milliseconds.
const DELAY_MAX: i64 = 600_000;

/// What a fault does to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The operation answers with this error and does nothing.
    Error(String),
    Delay(Duration),
    /// Done, but the connection ends without an answer.
    DropAfterAccepting,
    /// Not done, and the connection ends without an answer.
    Drop,
    Body(BodyFault),
    /// The service's clock is this many milliseconds ahead of the caller's.
    ClockSkew(i64),
}

/// An answer that is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    Html,
    Garbage,
    Huge,
}

/// All faults that were set, in order.
#[derive(Default)]
pub(crate) struct Faults {
    all: Vec<Set>,
    made: u64,
}

struct Set {
    id: String,
    asked: Fault,
    effect: Effect,
    times: Option<u64>,
    hits: u64,
}

/// Why a fault cannot be set.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FaultError {
    #[error("a fault does exactly one of error, delay, dropAfterAccepting, drop, body, clockSkew")]
    NotOne,
    #[error("the delay is written as 2s or 30ms, up to 10 minutes")]
    Delay,
    #[error("the clock skew is written as 5m or 2h")]
    Skew,
    #[error("the body is one of html, garbage and huge")]
    Body,
    #[error("the error is a name as ThrottlingException")]
    Name,
    #[error("there is no such operation")]
    Operation,
    #[error("times is at least 1")]
    Times,
    #[error("there are too many faults; remove some")]
    TooMany,
}

impl Faults {
    /// Sets a fault and gives back its id.
    pub(crate) fn set(&mut self, asked: Fault) -> Result<String, FaultError> {
        let effect = effect(&asked)?;
        if asked.operation != "*"
            && !crate::operations::ALL
                .iter()
                .any(|one| one.name == asked.operation)
        {
            return Err(FaultError::Operation);
        }
        if asked.times == Some(0) {
            return Err(FaultError::Times);
        }
        if self.all.len() >= FAULTS_MAX {
            return Err(FaultError::TooMany);
        }
        self.made += 1;
        let id = format!("fault-{}", self.made);
        let times = asked.times;
        self.all.push(Set {
            id: id.clone(),
            asked,
            effect,
            times,
            hits: 0,
        });
        Ok(id)
    }

    /// The effects on one call of an operation: all delays, and the first of the others.
    pub(crate) fn hit(&mut self, operation: &str) -> Vec<Effect> {
        let mut effects: Vec<Effect> = Vec::new();
        for fault in &mut self.all {
            let matches = fault.asked.operation == "*" || fault.asked.operation == operation;
            let delay = matches!(fault.effect, Effect::Delay(_));
            let decided = effects.iter().any(|one| !matches!(one, Effect::Delay(_)));
            if !matches || fault.times == Some(0) || (decided && !delay) {
                continue;
            }
            fault.times = fault.times.map(|left| left - 1);
            fault.hits += 1;
            effects.push(fault.effect.clone());
        }
        effects
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let before = self.all.len();
        self.all.retain(|fault| fault.id != id);
        self.all.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.all.clear();
    }

    pub(crate) fn status(&self) -> Vec<FaultStatus> {
        self.all.iter().map(Set::status).collect()
    }
}

impl Set {
    fn status(&self) -> FaultStatus {
        let delay = match self.effect {
            Effect::Delay(delay) => Some(delay.as_millis().try_into().unwrap_or(u64::MAX)),
            _ => None,
        };
        FaultStatus {
            id: self.id.clone(),
            operation: self.asked.operation.clone(),
            error: self.asked.error.clone(),
            delay_ms: delay,
            drop_after_accepting: self.effect == Effect::DropAfterAccepting,
            drop: self.effect == Effect::Drop,
            body: self.asked.body.clone(),
            clock_skew: self.asked.clock_skew.clone(),
            times: self.times,
            hits: self.hits,
        }
    }
}

fn effect(asked: &Fault) -> Result<Effect, FaultError> {
    let mut effects = Vec::new();
    if let Some(name) = &asked.error {
        let fits = !name.is_empty()
            && name.len() <= 128
            && name.chars().all(|c| c.is_ascii_alphanumeric());
        effects.push(if fits {
            Ok(Effect::Error(name.clone()))
        } else {
            Err(FaultError::Name)
        });
    }
    if let Some(delay) = &asked.delay {
        let millis = parse_span(delay).filter(|millis| *millis <= DELAY_MAX);
        let delay =
            millis.map(|millis| Effect::Delay(Duration::from_millis(millis.unsigned_abs())));
        effects.push(delay.ok_or(FaultError::Delay));
    }
    if asked.drop_after_accepting {
        effects.push(Ok(Effect::DropAfterAccepting));
    }
    if asked.drop {
        effects.push(Ok(Effect::Drop));
    }
    if let Some(body) = &asked.body {
        effects.push(match body.as_str() {
            "html" => Ok(Effect::Body(BodyFault::Html)),
            "garbage" => Ok(Effect::Body(BodyFault::Garbage)),
            "huge" => Ok(Effect::Body(BodyFault::Huge)),
            _ => Err(FaultError::Body),
        });
    }
    if let Some(skew) = &asked.clock_skew {
        effects.push(
            parse_span(skew)
                .map(Effect::ClockSkew)
                .ok_or(FaultError::Skew),
        );
    }
    match effects.len() {
        1 => effects.remove(0),
        _ => Err(FaultError::NotOne),
    }
}
