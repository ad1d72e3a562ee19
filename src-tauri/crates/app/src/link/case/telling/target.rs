//! Telling of what is to be linked: an organization or a billing account, there already or still to be
//! made.

use policy::{Facts, Provenance, Value};
use store::table::directory::{OrganizationRecord, Told};

use super::{Telling, newest, owners, provenance, since, tell_known, tell_text};
use crate::link::asked::{Asked, TargetChoice};

pub(super) fn tell_new_target(facts: &mut Facts, asked: &Asked) -> Result<(), Telling> {
    let person = Provenance::new("the person at the console", facts.now());
    let answer = |path: &str| asked.wish.answers.get(path).map(String::as_str);
    match &asked.wish.target {
        TargetChoice::NewOrganization(name) => {
            facts.tell("organization.name", name.as_str(), &person)?;
            for path in [
                "organization.plan",
                "organization.payment_method",
                "organization.payment_reference",
                "organization.authentication_method",
                "organization.billing_account",
            ] {
                facts.tell(path, answer(path), &person)?;
            }
            facts.tell("organization.open_invoices", 0_i64, &person)?;
            facts.tell("organization.owners", Vec::<String>::new(), &person)?;
            facts.tell_list("deployments", &person)?;
        }
        TargetChoice::NewBillingAccount(user) => {
            facts.tell("billing_account.user_name", user.as_str(), &person)?;
            for path in [
                "billing_account.email",
                "billing_account.company",
                "billing_account.country",
            ] {
                facts.tell(path, answer(path), &person)?;
            }
        }
        TargetChoice::Existing { .. } => {}
    }
    Ok(())
}

pub(super) fn tell_organization(
    facts: &mut Facts,
    record: &OrganizationRecord,
) -> Result<(), Telling> {
    let told = &record.organization;
    let (it, from) = (&told.it, provenance(&told.origin));
    let since = |attribute: &str| since(told, attribute);
    facts.tell("organization.id", it.id.as_str(), &from)?;
    facts.tell("organization.name", it.name.as_str(), &since("name"))?;
    for (name, value) in [
        ("plan", &it.plan),
        ("payment_method", &it.payment_method),
        ("authentication_method", &it.authentication_method),
    ] {
        let path = format!("organization.{name}");
        tell_text(facts, &path, value.as_ref(), &since(name))?;
    }
    let reference = since("payment_reference");
    tell_known(
        facts,
        "organization.payment_reference",
        &it.payment_reference,
        &reference,
    )?;
    tell_known(
        facts,
        "organization.billing_account",
        &it.billing_account,
        &since("billing_account"),
    )?;
    if let Some(credit) = it.credit_balance {
        let balance = since("credit_balance");
        facts.tell("organization.credit_balance", credit, &balance)?;
        facts.tell(
            "organization.credit_currency",
            credit.currency.as_str(),
            &since("credit_currency"),
        )?;
    }
    if let Some(open) = it.open_invoices {
        let invoices = since("open_invoices");
        facts.tell("organization.open_invoices", open, &invoices)?;
    }
    if let Some(created) = it.created_at {
        let since = since("created_at");
        facts.tell("organization.created_at", created, &since)?;
    }
    facts.tell("organization.owners", owners(&record.members), &from)?;
    facts.tell_list("deployments", &from)?;
    for told in &record.deployments {
        let it = &told.it;
        let mut fields: Vec<(&str, Value)> = vec![("id", it.id.as_str().into())];
        fields.extend(it.name.as_ref().map(|name| ("name", name.as_str().into())));
        fields.extend(
            it.state
                .as_ref()
                .map(|state| ("state", state.as_str().into())),
        );
        fields.extend(it.trial.map(|trial| ("trial", trial.into())));
        match (it.trial, it.trial_ends_at) {
            (_, Some(at)) => fields.push(("trial_ends_at", at.into())),
            (Some(false), None) => fields.push(("trial_ends_at", Value::Absent)),
            _ => {}
        }
        facts.add("deployments", fields, &newest(told))?;
    }
    Ok(())
}

pub(super) fn tell_billing_account(
    facts: &mut Facts,
    told: &Told<domain::BillingAccount>,
) -> Result<(), Telling> {
    let it = &told.it;
    let from = provenance(&told.origin);
    facts.tell("billing_account.user_name", it.user_name.as_str(), &from)?;
    if let Some(email) = &it.email {
        let email_from = since(told, "email");
        facts.tell("billing_account.email", email.as_str(), &email_from)?;
    }
    for (name, value) in [("company", &it.company), ("country", &it.country)] {
        let path = format!("billing_account.{name}");
        tell_text(facts, &path, value.as_ref(), &since(told, name))?;
    }
    if let Some(created) = it.created_at {
        let created_from = since(told, "created_at");
        facts.tell("billing_account.created_at", created, &created_from)?;
    }
    Ok(())
}
