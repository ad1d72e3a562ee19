//! A plan to ask for a cancellation, on one snapshot: what AWS asks for before it takes the request, and
//! what an end would do.

use domain::{AgreementStatus, CancellationRequest, CancellationStatus, PlanId, Timestamp};
use serde_json::json;
use store::Read;
use store::table::agreement::AgreementRow;
use store::table::link::LinkRecord;
use store::table::plan::PlanState;

use super::super::{ANSWER_WITHIN_MS, effects};
use super::{CancelAsked, CancelPlan, KIND, PLANS_LOOKED_AT};
use crate::plan::{self, Actor, Evidence, Outcome, Plan, Request, Step, StepKind, Verdict, When};
use crate::policies::Policies;
use crate::{Error, Operation};

/// The plan on one snapshot; `itself` where it is a plan made again.
pub(super) fn draft(
    read: &Read<'_>,
    policies: &Policies,
    asked: CancelAsked,
    made_by: Actor,
    itself: Option<&PlanId>,
    now: Timestamp,
) -> Result<CancelPlan, Error> {
    let row = read.agreement(&asked.agreement)?;
    let row = row.ok_or_else(|| Error::no_agreement(&asked.agreement))?;
    let requests = read.cancellations_of(&asked.agreement)?;
    let verdicts = vec![
        is_in_force(&row),
        none_is_open(&row, &requests),
        none_is_on_its_way(read, &asked, itself)?,
        none_depends_on_it(read, &row)?,
    ];
    let refused = verdicts.iter().any(|verdict| verdict.outcome == "refuse");
    let chain = read.chain_of(&asked.agreement)?;
    let link = read.current_link(&chain)?.filter(LinkRecord::is_held);
    let id = plan::new_id()?.to_string();
    let mut steps = vec![send(&asked, &id), answer(now), refund()];
    if let Some(link) = &link {
        steps.extend(effects::steps(read, policies, link, When::Ended, now)?);
        let target = &link.link.target;
        steps.push(Step {
            when: When::Ended,
            ..Step::now(StepKind::Unbind, "license").of(Some(&target.id), Some(&target.name))
        });
    }
    Ok(Plan {
        id,
        policy: link.and_then(|link| link.policy).unwrap_or_default(),
        verdicts,
        steps,
        outcome: if refused {
            Outcome::Refused
        } else {
            Outcome::Ready
        },
        asked,
        made_at: now.as_millis(),
        made_by,
        offline: None,
        advice: Vec::new(),
    })
}

/// The plan's id is the client token: a request that is sent twice is one.
fn send(asked: &CancelAsked, plan: &str) -> Step {
    Step {
        request: Some(Request {
            operation: Operation::SendAgreementCancellationRequest
                .name()
                .to_owned(),
            input: json!({
                "agreementId": asked.agreement,
                "reasonCode": asked.reason,
                "description": asked.description,
                "clientToken": plan,
            }),
        }),
        ..Step::now(StepKind::Request, "cancellation").of(Some(asked.agreement.as_str()), None)
    }
    .saying("AWS asks the buyer to agree to the cancellation.")
}

/// Silence is consent after seven days.
fn answer(now: Timestamp) -> Step {
    Step {
        when: When::At(now.plus_millis(ANSWER_WITHIN_MS).as_millis()),
        ..Step::now(StepKind::Await, "buyer")
    }
    .saying("The buyer agrees, or refuses, or says nothing for 7 days, which AWS takes for consent. Until then the request can be withdrawn.")
}

fn refund() -> Step {
    Step {
        when: When::Ended,
        ..Step::now(StepKind::Keep, "invoices")
    }
    .saying(
        "Invoices that were issued stay. A refund is a request of its own, and none is made here.",
    )
}

/// AWS lists only agreements that the connection's account proposed, so each is the seller's own.
fn is_in_force(row: &AgreementRow) -> Verdict {
    let active = row.status == AgreementStatus::Active;
    verdict(
        "CANCEL-1",
        active,
        "The agreement is in force.",
        &format!(
            "Agreement {} is not in force: AWS reports {}.",
            row.id,
            row.status.as_wire()
        ),
        "There is nothing to cancel. Look at the newest agreement of the chain.",
        vec![Evidence {
            fact: "agreement.status".to_owned(),
            value: Some(row.status.as_wire().to_owned()),
            source: Some("AWS SearchAgreements".to_owned()),
            as_of: Some(row.synced_at.as_millis()),
        }],
    )
}

fn none_is_open(row: &AgreementRow, requests: &[CancellationRequest]) -> Verdict {
    let mut open = requests.iter();
    let open = open.find(|request| request.status == CancellationStatus::PendingApproval);
    verdict(
        "CANCEL-2",
        open.is_none(),
        "No request to cancel it waits for the buyer.",
        &open.map_or_else(String::new, |request| {
            format!(
                "The request {} waits for the buyer's answer already.",
                request.id
            )
        }),
        "Wait for the answer, or withdraw that request first.",
        vec![Evidence {
            fact: "agreement.cancellation_request".to_owned(),
            value: Some(open.map_or_else(|| "none".to_owned(), |request| request.id.to_string())),
            source: Some("AWS ListAgreementCancellationRequests".to_owned()),
            as_of: Some(row.synced_at.as_millis()),
        }],
    )
}

/// One that waits in the outbox, or that AWS did not answer, counts: there must never be two.
fn none_is_on_its_way(
    read: &Read<'_>,
    asked: &CancelAsked,
    itself: Option<&PlanId>,
) -> Result<Verdict, Error> {
    let plans = read.plans_about(&asked.agreement, PLANS_LOOKED_AT)?;
    let going = plans.into_iter().find(|plan| {
        let going = matches!(plan.state, PlanState::Waiting | PlanState::Sent);
        going && plan.kind == KIND && Some(&plan.id) != itself
    });
    Ok(verdict(
        "CANCEL-3",
        going.is_none(),
        "No other request to cancel it is on its way.",
        &going.as_ref().map_or_else(String::new, |plan| {
            format!("The plan {} asks for the same, and is on its way.", plan.id)
        }),
        "Look at the outbox in Activity: withdraw that plan first, or let it go.",
        vec![Evidence {
            fact: "agreement.plan_on_its_way".to_owned(),
            value: Some(going.map_or_else(|| "none".to_owned(), |plan| plan.id.to_string())),
            source: Some("Bindery".to_owned()),
            as_of: None,
        }],
    ))
}

/// AWS refuses to end an agreement that another one depends on, such as usage under a yearly discount,
/// and does not tell beforehand which do. So what the buyer holds beside it is named, and nothing refused.
fn none_depends_on_it(read: &Read<'_>, row: &AgreementRow) -> Result<Verdict, Error> {
    let beside = read.beside(row)?;
    let evidence = Evidence {
        fact: "agreement.beside".to_owned(),
        value: Some(if beside.is_empty() {
            "none".to_owned()
        } else {
            beside.join(", ")
        }),
        source: Some("AWS SearchAgreements".to_owned()),
        as_of: Some(row.synced_at.as_millis()),
    };
    let told = verdict(
        "CANCEL-4",
        beside.is_empty(),
        "The buyer holds nothing else of this product that could depend on it.",
        "The buyer holds other agreements of this product. AWS refuses the request if one of them depends on this one, and tells so only then.",
        "Go on: if AWS refuses, end the agreement that depends on this one first.",
        vec![evidence],
    );
    Ok(if beside.is_empty() {
        told
    } else {
        Verdict {
            outcome: "unknown".to_owned(),
            ..told
        }
    })
}

/// A verdict of ours rather than of a policy.
fn verdict(
    rule: &str,
    holds: bool,
    title: &str,
    refusal: &str,
    remedy: &str,
    evidence: Vec<Evidence>,
) -> Verdict {
    Verdict {
        rule: rule.to_owned(),
        outcome: if holds { "pass" } else { "refuse" }.to_owned(),
        title: title.into(),
        message: if holds { title } else { refusal }.into(),
        evidence,
        remedy: (!holds).then(|| remedy.into()),
        to_buyer: None,
        overridable: false,
        overridden: None,
        missing: Vec::new(),
        awaits_code: false,
    }
}
