//! What is to be said about a link: to the buyer, and to whoever waits for it.

use store::Store;
use store::table::link::LinkRecord;

use domain::{LinkState, PlanId, Timestamp};

use super::{LinkPlan, force};
use crate::Error;
use crate::plan::Words;
use crate::policies::Policies;

/// What is to be said about a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkWords {
    /// For the buyer, once it is in force; ready to copy.
    pub confirmation: Option<Words>,
    /// What is waited for, until then.
    pub waiting: Option<Words>,
    /// What refused it, rule by rule: the message for staff, the remedy, and what to send to the buyer.
    pub refusals: Vec<crate::plan::Verdict>,
}

/// What is to be said about a link now.
pub fn words_of(
    store: &Store,
    policies: &Policies,
    record: &LinkRecord,
    now: Timestamp,
) -> Result<LinkWords, Error> {
    match record.link.state {
        LinkState::Active | LinkState::AwaitingAws => {}
        LinkState::Refused => {
            let plan = record.plan.as_deref().and_then(|id| PlanId::parse(id).ok());
            let plan = plan.map(|id| super::kept(store, &id)).transpose()?;
            let refusals = plan.map(|kept| refusals(&kept.plan)).unwrap_or_default();
            return Ok(LinkWords {
                refusals,
                ..LinkWords::default()
            });
        }
        _ => return Ok(LinkWords::default()),
    }
    let gathered = store.read(|read| Ok(force::case_of(read, policies, record, now)))?;
    let case = match gathered {
        Ok(case) => case,
        // The target or the listing may be gone, or its id is none; then there is nothing to be said.
        Err(error) if error.is_gone() || matches!(error, Error::Invalid(_)) => {
            return Ok(LinkWords::default());
        }
        Err(error) => return Err(error),
    };
    let active = record.link.state == LinkState::Active;
    Ok(LinkWords {
        confirmation: policy::confirmation(case.policy, &case.facts)
            .filter(|_| active)
            .map(Words::from),
        waiting: (!active).then(|| policy::waiting(case.policy, &case.facts).into()),
        refusals: Vec::new(),
    })
}

fn refusals(plan: &LinkPlan) -> Vec<crate::plan::Verdict> {
    plan.refusals().cloned().collect()
}
