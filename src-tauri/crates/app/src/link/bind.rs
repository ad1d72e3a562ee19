//! The bind itself, inside one transaction: what does not exist is made, the license is bound, and if
//! AWS has granted it already, the link comes into force at once.

mod making;

use domain::{Link, LinkState, PlanId, Target, Timestamp};
use store::Write;
use store::table::link::{Claim, LinkRecord};

use making::Making;

use super::asked::TargetChoice;
use super::case::Case;
use super::changes::{self, Because};
use super::draft::Draft;
use super::force::bring_into_force;
use super::{LinkError, LinkPlan};
use crate::ending::{Doing, apply};
use crate::policies::Policies;
use crate::{Error, Permit};

/// What a bind did.
pub(crate) struct Bound {
    pub(crate) link: LinkRecord,
    /// What was made, as `organization:acme-7k`.
    pub(crate) created: Vec<String>,
    /// What was changed, as `organization.payment_method of acme`.
    pub(crate) changed: Vec<String>,
}

/// Does what the draft says.
pub(crate) fn bind(
    write: &mut Write<'_>,
    _: &Permit,
    draft: &Draft<'_>,
    plan: &PlanId,
    policies: &Policies,
    now: Timestamp,
) -> Result<Bound, Error> {
    let case = &draft.case;
    let because = Because {
        plan: Some(plan.as_str()),
        chain: &case.aws.chain,
        now,
    };
    let mut bound = Making {
        write,
        origin: changes::origin(plan, now),
        because,
        created: Vec::new(),
        changed: Vec::new(),
    };
    let target = bound.target(case, plan)?;
    bound.member(case, &target)?;
    let made = bound.workspaces(case, &target, plan)?;
    bound.answers(case)?;
    let (created, mut changed) = (bound.created, bound.changed);

    let mut workspaces = case.bound();
    workspaces.extend(made);
    let record = record(case, plan, target, now);
    if let Some(taken) = write.claim(&case.aws.chain, &claims(case, &record))? {
        return Err(LinkError::Lost(taken.chain).into());
    }
    write.put_link(&record)?;
    write.put_workspaces(&case.aws.chain, &workspaces, now)?;
    let target = &record.link.target;
    let back = crate::ending::call_off(write, target.kind, &target.id, now)?;
    changed.extend(
        back.into_iter()
            .map(|name| format!("deletion of {name} called off")),
    );
    for effect in &draft.given_back {
        changed.extend(apply(write, &Doing::of(effect, &target.id), &because)?);
    }
    let current = write.reading().current_link(&case.aws.chain)?;
    let record = current.ok_or(store::Error::Invalid("link"))?;
    let (link, more) = bring_into_force(write, policies, record, now)?;
    changed.extend(more);
    Ok(Bound {
        link,
        created,
        changed,
    })
}

fn record(case: &Case<'_>, plan: &PlanId, target: Target, now: Timestamp) -> LinkRecord {
    let asked = &case.asked;
    // What is live stays the link that it is; who changed it last, and by which plan, is told.
    if let Some(live) = &case.live {
        let member = asked.wish.member.as_ref().map(ToString::to_string);
        return LinkRecord {
            account: Some(asked.buyer.account.to_string()),
            policy: Some(case.policy.id.clone()),
            plan: Some(plan.to_string()),
            member: member.or_else(|| live.member.clone()),
            ..live.clone()
        };
    }
    LinkRecord {
        link: Link {
            agreement: asked.buyer.agreement.clone(),
            license: asked.buyer.license.clone(),
            target,
            state: LinkState::AwaitingAws,
            since: now,
            source: store::table::link::OURS.to_owned(),
            workspaces: Vec::new(),
        },
        chain: case.aws.chain.clone(),
        account: Some(asked.buyer.account.to_string()),
        policy: Some(case.policy.id.clone()),
        plan: Some(plan.to_string()),
        member: asked.wish.member.as_ref().map(ToString::to_string),
        reason: None,
        current: true,
        in_force: None,
    }
}

/// What the link keeps others from, by the policy's cardinality.
fn claims(case: &Case<'_>, record: &LinkRecord) -> Vec<Claim> {
    let counted = &case.policy.link.counted;
    let group = &counted.group;
    let link = &record.link;
    let of_license = match &link.license {
        Some(arn) => format!("license {}", arn.short()),
        None => format!("agreement {}", record.chain),
    };
    let account = record.account.as_deref().unwrap_or_default();
    let target = format!("target {group} {}", link.target.kind.named(&link.target.id));
    let mut claims = vec![Claim(of_license)];
    claims.extend(
        counted
            .one_target_per_account
            .then(|| Claim(format!("account {group} {account}"))),
    );
    claims.extend(counted.one_account_per_target.then_some(Claim(target)));
    claims
}

/// Shows on the agreement how far linking it has got, unless it is linked.
pub(crate) fn mark(
    write: &mut Write<'_>,
    case: &Case<'_>,
    state: LinkState,
    plan: &LinkPlan,
    reason: String,
    now: Timestamp,
) -> Result<(), Error> {
    let current = write.reading().current_link(&case.aws.chain)?;
    let held = |it: &LinkRecord| it.is_bound() || it.link.state == LinkState::Ending;
    if current.as_ref().is_some_and(held) {
        return Ok(());
    }
    let wish = &plan.asked.wish;
    let id = match &wish.target {
        TargetChoice::Existing { id, .. } | TargetChoice::NewBillingAccount(id) => id.to_string(),
        TargetChoice::NewOrganization(_) => String::new(),
    };
    let target = Target {
        kind: wish.target.kind(),
        id,
        name: super::draft::target_name(&case.facts, &wish.target),
    };
    let plan_id = PlanId::parse(&plan.id)?;
    let mut record = record(case, &plan_id, target, now);
    record.link.state = state;
    record.reason = Some(reason);
    write.put_link(&record)?;
    Ok(())
}
