//! Telling of what is to be linked: an organization or a billing account, there already or still to be
//! made.

use policy::{Facts, Provenance, Value};
use store::table::directory::{Change, OrganizationRecord, Told};

use super::{Telling, owners, provenance, tell_known, tell_text};
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
    changed: &[Change],
) -> Result<(), Telling> {
    let it = &record.organization.it;
    let from = provenance(&record.organization.origin);
    // What we changed ourselves is known from then, whatever the row's age.
    let since = |attribute: &str| {
        let own = changed.iter().find(|change| {
            // What the vendor told since is the vendor's again.
            change.attribute.as_deref() == Some(attribute)
                && record.organization.origin.as_of <= change.at
        });
        own.map_or_else(
            || from.clone(),
            |change| Provenance::new("Bindery", change.at),
        )
    };
    facts.tell("organization.id", it.id.as_str(), &from)?;
    facts.tell("organization.name", it.name.as_str(), &from)?;
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
        &from,
    )?;
    if let Some(credit) = it.credit_balance {
        facts.tell("organization.credit_balance", credit, &from)?;
        facts.tell(
            "organization.credit_currency",
            credit.currency.as_str(),
            &from,
        )?;
    }
    if let Some(open) = it.open_invoices {
        facts.tell("organization.open_invoices", open, &from)?;
    }
    if let Some(created) = it.created_at {
        facts.tell("organization.created_at", created, &from)?;
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
        facts.add("deployments", fields, &provenance(&told.origin))?;
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
        facts.tell("billing_account.email", email.as_str(), &from)?;
    }
    tell_text(facts, "billing_account.company", it.company.as_ref(), &from)?;
    tell_text(facts, "billing_account.country", it.country.as_ref(), &from)?;
    if let Some(created) = it.created_at {
        facts.tell("billing_account.created_at", created, &from)?;
    }
    Ok(())
}
