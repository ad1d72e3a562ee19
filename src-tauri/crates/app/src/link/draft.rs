//! Planning: from a case to verdicts and steps. Pure: nothing is changed, and the same snapshot gives
//! the same plan.

use domain::{Email, Timestamp};
use policy::{Facts, HintMoment, Holds, Moment, Occasion, PlannedEffect, effects, evaluate, hints};
use serde_json::json;
use store::Read;

use super::asked::{Asked, TargetChoice};
use super::case::{Case, MemberFound};
use super::codes::{self, Shown};
use super::{LinkError, forms};
use crate::error::FieldProblem;
use crate::plan::{Advice, CODE_FACTS, Outcome, Request, Step, StepKind, Verdict, When, Words};
use crate::policies::Policies;
use crate::{Error, Operation};

/// A case with what is to be said and done about it.
pub(crate) struct Draft<'p> {
    pub(crate) case: Case<'p>,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) steps: Vec<Step>,
    pub(crate) outcome: Outcome,
    pub(crate) advice: Vec<Advice>,
    /// Addresses that a code must still be entered from.
    pub(crate) codes: Vec<Email>,
    /// What is undone of workspaces that are taken from a live link.
    pub(crate) given_back: Vec<PlannedEffect>,
}

/// Plans what was asked for on one snapshot. `verified` are addresses from which the right code was
/// entered for this plan.
pub(crate) fn draft<'p>(
    read: &Read<'_>,
    policies: &'p Policies,
    asked: &Asked,
    verified: &[Email],
    now: Timestamp,
) -> Result<Draft<'p>, Error> {
    // Who must enter a code follows from the case, and the case from what codes have shown.
    let case = Case::gather(read, policies, asked, now)?;
    let occasions = forms::occasions(&asked.wish, &case.member);
    let problems = problems(&case, &occasions);
    if !problems.is_empty() {
        return Err(LinkError::Form(problems).into());
    }
    let wanted = codes::wanted(case.policy, &occasions, &case.facts);
    let shown = Shown::new(wanted, verified);
    let case = case.with_codes(read, policies, &shown)?;
    let codes = shown.missing();
    let verdicts = verdicts(&case, !codes.is_empty());
    let outcome = outcome(&verdicts);
    // A rule that refuses names the cause itself.
    let advice = match outcome {
        Outcome::Unknown => hints(case.policy, HintMoment::Failure, &case.facts),
        Outcome::Ready | Outcome::Refused => Vec::new(),
    };
    let (given_back, _) = certain(case.given_back()?);
    let mut steps = steps(&case, &occasions, &shown);
    let undone = given_back
        .iter()
        .map(|effect| Step::effect(effect, When::Now));
    steps.extend(undone);
    Ok(Draft {
        case,
        verdicts,
        steps,
        outcome,
        advice: advice.into_iter().map(Advice::from).collect(),
        codes,
        given_back,
    })
}

fn problems(case: &Case<'_>, occasions: &[Occasion]) -> Vec<FieldProblem> {
    let wish = &case.asked.wish;
    let mut problems = forms::problems(case.policy, occasions, wish);
    let mut note = |field: &'static str, message: String| {
        problems.push(FieldProblem {
            field: field.into(),
            message,
        });
    };
    for id in &wish.workspaces {
        if !case.workspaces.iter().any(|told| told.it.id == *id) {
            note(
                "workspaces",
                format!("there is no workspace {id} in this billing account"),
            );
        }
    }
    for (id, link) in &case.bound_elsewhere {
        let of = &link.link.agreement;
        note(
            "workspaces",
            format!("the workspace {id} is bound with the agreement {of} already"),
        );
    }
    for change in case.changes.iter().filter(|change| !change.possible) {
        let message = format!(
            "{} of {} cannot be changed here",
            change.attribute, change.name
        );
        note("answers", message);
    }
    for id in &wish.without_workspaces {
        let bound = case.live.as_ref().map(|record| &record.link.workspaces);
        if !bound.is_some_and(|bound| bound.contains(id)) {
            note("workspaces", format!("the workspace {id} is not bound"));
        }
    }
    let count = wish.workspaces.len() + wish.new_workspaces.len();
    if count > super::WORKSPACES_MAX {
        note(
            "workspaces",
            format!("at most {} at a time", super::WORKSPACES_MAX),
        );
    }
    let takes_workspaces = case.policy.link.workspaces.is_some();
    if !takes_workspaces && (count > 0 || !wish.without_workspaces.is_empty()) {
        note("workspaces", "this policy binds no workspaces".to_owned());
    }
    for reason in wish.overrides.values() {
        let length = reason.trim().chars().count();
        if !(1..=super::REASON_CHARS_MAX).contains(&length) {
            note(
                "overrides",
                format!("a reason of 1 to {} characters", super::REASON_CHARS_MAX),
            );
        }
    }
    problems
}

/// The rules' verdicts. One that only waits for a code says so; one that a person goes on in spite of
/// keeps the reason.
fn verdicts(case: &Case<'_>, codes_are_missing: bool) -> Vec<Verdict> {
    let judged = evaluate(case.policy, &case.facts);
    let judged = judged.iter().map(|verdict| {
        let by_code = |fact: &String| CODE_FACTS.contains(&fact.as_str());
        let awaits = codes_are_missing && !verdict.missing.is_empty();
        let reason = case.asked.wish.overrides.get(&verdict.rule);
        let may = verdict.overridable && verdict.outcome == policy::Outcome::Refuse;
        Verdict {
            awaits_code: awaits && verdict.missing.iter().all(by_code),
            overridden: reason
                .filter(|_| may)
                .map(|reason| reason.trim().to_owned()),
            ..Verdict::from(verdict)
        }
    });
    judged.collect()
}

fn outcome(verdicts: &[Verdict]) -> Outcome {
    let any = |outcome: &str| {
        let mut of = verdicts.iter().filter(|it| it.outcome == outcome);
        of.any(|it| it.overridden.is_none() && !it.awaits_code)
    };
    match (any("refuse"), any("unknown")) {
        (true, _) => Outcome::Refused,
        (false, true) => Outcome::Unknown,
        (false, false) => Outcome::Ready,
    }
}

fn steps(case: &Case<'_>, occasions: &[Occasion], shown: &Shown) -> Vec<Step> {
    let mut steps = vec![check(case)];
    for address in shown.missing() {
        let words = format!("A code is sent to {address}, and entered here.");
        let step = Step::now(StepKind::Verify, "e-mail").of(Some(address.as_str()), None);
        steps.push(step.saying(words.as_str()));
    }
    steps.extend(created(case, occasions));
    steps.extend(changed(case));
    steps.extend(bound(case));
    steps.extend(in_force(case));
    steps
}

/// The plan is valid only as long as AWS says what it said.
fn check(case: &Case<'_>) -> Step {
    let agreement = case.aws.row.id.as_str();
    Step {
        request: Some(Request {
            operation: Operation::DescribeAgreement.name().to_owned(),
            input: json!({ "agreementId": agreement }),
        }),
        ..Step::now(StepKind::Check, "agreement").of(Some(agreement), None)
    }
}

/// What does not exist yet.
fn created(case: &Case<'_>, occasions: &[Occasion]) -> Vec<Step> {
    let wish = &case.asked.wish;
    let mut steps = Vec::new();
    match &wish.target {
        TargetChoice::NewOrganization(name) => {
            steps.push(Step::now(StepKind::Create, "organization").of(None, Some(name.as_str())));
        }
        TargetChoice::NewBillingAccount(user) => {
            let step = Step::now(StepKind::Create, "billing_account");
            steps.push(step.of(Some(user.as_str()), None));
        }
        TargetChoice::Existing { .. } => {}
    }
    let invites = forms::forms(case.policy, occasions).any(|form| form.invite);
    let newcomer = match &case.member {
        MemberFound::New(email) => Some(email),
        // Whoever a new organization is made for joins it.
        MemberFound::Elsewhere(told) if wish.target.is_new() => Some(&told.it.email),
        _ => None,
    };
    let joins = matches!(wish.target.kind(), domain::TargetKind::Organization);
    if let Some(email) = newcomer.filter(|_| joins) {
        let role = &case.policy.link.creator_role;
        let name = wish.answers.get("member.name").map(String::as_str);
        steps.push(Step {
            attribute: Some("member.role".to_owned()),
            after: Some(role.clone()),
            ..Step::now(StepKind::Create, "member").of(Some(email.as_str()), name)
        });
    }
    // Whoever registers a billing account is its user, named or not.
    let registrant = wish.answers.get("billing_account.email");
    let registrant =
        registrant.filter(|_| matches!(wish.target, TargetChoice::NewBillingAccount(_)));
    let registrant = registrant.and_then(|text| Email::parse(text).ok());
    if let Some(email) = newcomer.or(registrant.as_ref()).filter(|_| invites) {
        let words = "The person is invited by e-mail and sets the password alone.";
        let step = Step::now(StepKind::Invite, "member").of(Some(email.as_str()), None);
        steps.push(step.saying(words));
    }
    for workspace in &wish.new_workspaces {
        let parts = [&workspace.language, &workspace.site];
        let parts: Vec<&str> = parts.into_iter().flatten().map(|it| it.as_str()).collect();
        steps.push(Step {
            after: Some(parts.join(" · ")).filter(|text| !text.is_empty()),
            ..Step::now(StepKind::Create, "workspace").of(None, Some(workspace.name.as_str()))
        });
    }
    steps
}

/// What answers change of things that are there.
fn changed(case: &Case<'_>) -> Vec<Step> {
    let changes = case.changes.iter().map(|change| Step {
        attribute: Some(change.attribute.clone()),
        before: change.before.clone(),
        after: Some(change.after.clone()),
        ..Step::now(
            StepKind::Set,
            change.attribute.split('.').next().unwrap_or_default(),
        )
        .of(Some(&change.key), Some(&change.name))
    });
    changes.collect()
}

/// What is bound to what.
fn bound(case: &Case<'_>) -> Vec<Step> {
    let wish = &case.asked.wish;
    let target = target_name(&case.facts, &wish.target);
    let mut steps = Vec::new();
    if case.live.is_none() {
        let license = case.asked.buyer.license.as_ref().map(|arn| arn.short());
        let what = if license.is_some() {
            "license"
        } else {
            "agreement"
        };
        let id = license.unwrap_or(&case.aws.row.id);
        steps.push(Step {
            before: Some(String::new()),
            after: Some(target),
            ..Step::now(StepKind::Bind, what).of(Some(id), None)
        });
    }
    let held = case
        .live
        .as_ref()
        .map(|record| record.link.workspaces.clone());
    let held = held.unwrap_or_default();
    for told in &case.workspaces {
        let id = &told.it.id;
        let name = told.it.name.as_ref().map(|name| name.as_str());
        let kind = match (held.contains(id), case.bound().contains(id)) {
            (false, true) => StepKind::Bind,
            (true, false) => StepKind::Unbind,
            _ => continue,
        };
        steps.push(Step::now(kind, "workspace").of(Some(id.as_str()), name));
    }
    for new in &wish.new_workspaces {
        steps.push(Step::now(StepKind::Bind, "workspace").of(None, Some(new.name.as_str())));
    }
    steps
}

/// Waiting for AWS, and what happens when the link comes into force.
fn in_force(case: &Case<'_>) -> Vec<Step> {
    let active = case.is_in_force() == Holds::Yes;
    let mut steps = Vec::new();
    if !active {
        let words = policy::waiting(case.policy, &case.facts);
        steps.push(Step::now(StepKind::Await, "license").saying(Words::from(words)));
    }
    let when = if active { When::Now } else { When::Active };
    let planned = effects(case.policy, Moment::Active, &case.facts);
    steps.extend(planned.iter().map(|effect| Step::effect(effect, when)));
    steps
}

pub(crate) fn target_name(facts: &Facts, target: &TargetChoice) -> String {
    let told = match target.kind() {
        domain::TargetKind::Organization => facts.get("organization.name"),
        domain::TargetKind::BillingAccount => facts.get("billing_account.user_name"),
    };
    told.map(|known| known.value.to_string())
        .unwrap_or_default()
}

/// Effects that may be carried out: those that everything is known about.
pub(crate) fn certain(effects: Vec<PlannedEffect>) -> (Vec<PlannedEffect>, Vec<PlannedEffect>) {
    effects
        .into_iter()
        .partition(|effect| effect.unknown.is_empty())
}
