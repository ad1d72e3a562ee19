//! Linking a buyer to a place in the vendor's directory.
//!
//! A person asks ([`LinkRequest`]); AWS says who the buyer is (`buyer`); one snapshot becomes facts
//! (`case`), verdicts and steps (`draft`), kept as a [`Plan`]. Carrying it out (`execute`) asks AWS
//! again, plans again, and stops if anything differs; then codes (`codes`), and the bind in one
//! transaction (`bind`, and `force` once AWS has granted the license). What comes later by itself (AWS grants the license, a code runs out) is
//! settled after every sync (`settle`).

mod asked;
mod bind;
mod buyer;
mod case;
mod changes;
mod codes;
mod draft;
mod error;
mod execute;
mod force;
mod form;
mod forms;
mod identify;
mod settle;
mod suggest;
mod words;

use domain::{
    AgreementId, DirectoryId, LinkState, Member, PlanId, TargetKind, Timestamp, Workspace,
};
use policy::Policy;
use store::table::directory::Told;
use store::table::link::LinkRecord;
use store::table::plan::{KeptPlan, PlanState};
use store::table::verification::Verification;
use store::{Store, Write};

pub(crate) use changes::{Because, attribute, change};
pub(crate) use force::case_of;

pub use asked::{
    ANSWER_CHARS_MAX, Asked, Buyer, Evidence, LinkRequest, NewWorkspace, REASON_CHARS_MAX,
    TargetChoice, WORKSPACES_MAX, Wish,
};
pub use buyer::{Brought, Found};
pub use codes::CodeLimits;
pub use error::LinkError;
pub use execute::{CodeSent, Codes, Executed};
pub use form::{BuyerEntered, LinkForm, NewWorkspaceEntered};
pub use identify::Identified;
pub use suggest::{Suggestion, suggestions};
pub use words::{LinkWords, words_of};

use crate::plan::{self, Actor, Outcome, Plan};
use crate::policies::Policies;
use crate::{Action, Console, Error, Marketplace};

/// A plan to link a buyer.
pub type LinkPlan = Plan<Asked>;

/// The kind of such plans in the ledger.
pub(crate) const KIND: &str = "link";

impl Evidence {
    /// What is done with it.
    const fn action(self) -> Action {
        match self {
            Self::Token => Action::LinkByToken,
            Self::Agreement => Action::LinkByAgreement,
        }
    }
}

/// A plan with what became of it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The plan, as it was shown.
    pub plan: LinkPlan,
    /// What became of it.
    pub state: PlanState,
    /// Since when.
    pub since: Timestamp,
    /// Addresses that a code was sent to, with how they stand.
    pub codes: Vec<CodeSent>,
}

impl<M: Marketplace> Console<M> {
    /// Plans a link and keeps the plan. Asks AWS about the buyer first; without a network it plans on
    /// what is known, and says so. Changes nothing but what is kept of the plan.
    pub async fn plan_link(&self, request: LinkRequest) -> Result<LinkPlan, Error> {
        let found = self.buyer(&request.buyer).await?;
        let asked = Asked {
            buyer: found.buyer,
            wish: request.wish,
        };
        tokio::task::block_in_place(|| {
            let now = self.clock().now();
            let actor = self.actor()?;
            let offline = found.offline.map(Timestamp::as_millis);
            let plan = plan_on(self.store(), &self.policies, asked, actor, now)?;
            let plan = LinkPlan { offline, ..plan };
            self.keep_plan(&plan, now)?;
            Ok(plan)
        })
    }

    fn keep_plan(&self, plan: &LinkPlan, now: Timestamp) -> Result<(), Error> {
        let agreement = plan.asked.buyer.agreement.as_str();
        self.store().write(|write| {
            plan::keep(write, KIND, agreement, plan, now)?;
            if plan.outcome == Outcome::Refused {
                self.note_refusal(write, plan, now)?;
            }
            Ok(())
        })
    }

    /// Who acts: the operating system's user, with the identity that the last check found.
    pub(crate) fn actor(&self) -> Result<Actor, Error> {
        crate::audit::actor(self.store())
    }
}

/// The mark of a plan that waits for a code: it is withdrawn, and nobody waits any more.
pub(crate) fn nobody_waits_for_its_code(
    write: &mut Write<'_>,
    plan: &LinkPlan,
    now: Timestamp,
) -> Result<(), store::Error> {
    let chain = write.reading().chain_of(&plan.asked.buyer.agreement)?;
    let marked = write.reading().current_link(&chain)?;
    let marked = marked.filter(|mark| {
        mark.link.state == LinkState::AwaitingVerification
            && mark.plan.as_deref() == Some(plan.id.as_str())
    });
    let Some(mut mark) = marked else {
        return Ok(());
    };
    mark.link.state = LinkState::Refused;
    mark.link.since = now;
    mark.reason = Some("The plan was withdrawn.".to_owned());
    write.put_link(&mark)
}

/// Plans on one snapshot, keeping nothing.
pub fn plan_on(
    store: &Store,
    policies: &Policies,
    asked: Asked,
    made_by: Actor,
    now: Timestamp,
) -> Result<LinkPlan, Error> {
    let id = plan::new_id()?;
    let draft = store.read(|read| Ok(draft::draft(read, policies, &asked, &[], now)))??;
    Ok(Plan {
        id: id.to_string(),
        policy: draft.case.policy.id.clone(),
        verdicts: draft.verdicts,
        steps: draft.steps,
        outcome: draft.outcome,
        asked,
        made_at: now.as_millis(),
        made_by,
        offline: None,
        advice: draft.advice,
    })
}

impl Kept {
    fn of(kept: &KeptPlan, codes: &[Verification]) -> Result<Self, Error> {
        Ok(Self {
            plan: serde_json::from_str(&kept.document)?,
            state: kept.state,
            since: kept.state_at,
            codes: codes.iter().map(CodeSent::from).collect(),
        })
    }
}

/// A plan that was kept, with what became of it.
pub fn kept(store: &Store, id: &PlanId) -> Result<Kept, Error> {
    let found = store.read(|read| Ok((read.plan(id)?, read.verifications(id)?)))?;
    let (plan, codes) = found;
    let plan = plan.filter(|plan| plan.kind == KIND);
    Kept::of(
        &plan.ok_or_else(|| LinkError::NoPlan(id.to_string()))?,
        &codes,
    )
}

/// Plans that can still be carried out, or wait to be, oldest first; those of the last `limit`.
pub fn pending(store: &Store, limit: usize) -> Result<Vec<Kept>, Error> {
    let open = [PlanState::Open, PlanState::Waiting];
    let plans = store.read(|read| {
        let plans = read.plans(&open, limit)?.into_iter();
        let of_links = plans.filter(|plan| plan.kind == KIND);
        let with_codes = of_links.map(|plan| Ok((read.verifications(&plan.id)?, plan)));
        with_codes.collect::<store::Result<Vec<_>>>()
    })?;
    let kept = plans.iter().map(|(codes, plan)| Kept::of(plan, codes));
    kept.collect()
}

/// Targets of a kind that a text is in: the id, the name, an e-mail address.
pub fn targets(
    store: &Store,
    kind: TargetKind,
    text: &str,
) -> Result<Vec<(DirectoryId, String, String)>, Error> {
    if !crate::directory::can_be_found(text) {
        return Ok(Vec::new());
    }
    Ok(store.read(|read| read.targets(kind, text.trim(), TARGETS_MAX))?)
}

/// Targets that a search offers.
const TARGETS_MAX: usize = 20;

/// What may be chosen at a target: the people in it, and its workspaces.
#[derive(Clone, Debug, Default)]
pub struct TargetParts {
    /// People, by address.
    pub members: Vec<Told<Member>>,
    /// Workspaces, by id.
    pub workspaces: Vec<Told<Workspace>>,
}

/// What may be chosen at a target.
pub fn parts_of(store: &Store, kind: TargetKind, id: &DirectoryId) -> Result<TargetParts, Error> {
    let parts = store.read(|read| {
        Ok(match kind {
            TargetKind::Organization => read.organization(id)?.map(|record| TargetParts {
                members: record.members,
                workspaces: record.workspaces,
            }),
            TargetKind::BillingAccount => read.billing_account(id)?.map(|record| TargetParts {
                members: Vec::new(),
                workspaces: record.workspaces,
            }),
        })
    })?;
    parts.ok_or_else(|| Error::NotFound {
        kind: match kind {
            TargetKind::Organization => "organization",
            TargetKind::BillingAccount => "billing account",
        },
        id: id.to_string(),
    })
}

/// The current link of an agreement's chain, with its history behind it, newest first.
pub fn history(store: &Store, agreement: &str) -> Result<Vec<LinkRecord>, Error> {
    let id = AgreementId::parse(agreement)?;
    let records = store.read(|read| {
        let chain = read.chain_of(&id)?;
        read.link_history(&chain)
    })?;
    Ok(records)
}

/// Current links in any of these states (in all, when none is named), newest first, up to `limit`.
pub fn links(store: &Store, states: &[LinkState], limit: usize) -> Result<Vec<LinkRecord>, Error> {
    let mut records = store.read(|read| read.current_links(usize::MAX))?;
    records.retain(|record| states.is_empty() || states.contains(&record.link.state));
    records.truncate(limit);
    Ok(records)
}

/// The policy that an agreement's listing has; `None` where it has none.
pub fn policy_of<'p>(
    store: &Store,
    policies: &'p Policies,
    agreement: &AgreementId,
) -> Result<Option<&'p Policy>, Error> {
    let listing = store.read(|read| {
        let product = read.agreement(agreement)?.and_then(|row| row.product);
        product.map_or(Ok(None), |product| read.listing(&product))
    })?;
    Ok(listing.and_then(|listing| policies.of_listing(&listing.listing)))
}
