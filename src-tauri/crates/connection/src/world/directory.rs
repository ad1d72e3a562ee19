//! The sandbox's directory in the words of ours.
//!
//! It tells which of its kinds an organization can have nothing of: what has no billing account
//! there has none, and that is known.

use domain::{
    BillingAccount, Deployment, DirectoryId, Email, Entry, Invalid, Known, Member, Money,
    Organization, Text, Workspace,
};

use crate::OpenError;
use crate::open::parse_time;

/// Everything on a page of the directory; what others refer to comes first.
pub(super) fn entries(page: &sandbox::Directory) -> Result<Vec<Entry>, OpenError> {
    let mut entries = Vec::new();
    for account in &page.billing_accounts {
        entries.push(Entry::BillingAccount(billing_account(account)?));
    }
    for it in &page.organizations {
        entries.push(Entry::Organization(organization(it)?));
    }
    for it in &page.members {
        entries.push(Entry::Member(member(it).map_err(invalid)?));
    }
    for it in &page.workspaces {
        entries.push(Entry::Workspace(workspace(it).map_err(invalid)?));
    }
    for it in &page.deployments {
        entries.push(Entry::Deployment(deployment(it)?));
    }
    Ok(entries)
}

fn invalid(error: Invalid) -> OpenError {
    OpenError::App(app::Error::Invalid(error))
}

fn some(text: &str) -> Result<Option<Text>, Invalid> {
    Text::parse(text).map(Some)
}

fn billing_account(it: &sandbox::BillingAccount) -> Result<BillingAccount, OpenError> {
    Ok(BillingAccount {
        user_name: DirectoryId::parse(&it.user_name).map_err(invalid)?,
        email: Some(Email::parse(&it.email).map_err(invalid)?),
        company: some(&it.company).map_err(invalid)?,
        country: None,
        created_at: Some(parse_time(&it.created)?),
    })
}

fn organization(it: &sandbox::Organization) -> Result<Organization, OpenError> {
    let credit = Money::parse(&it.credit_balance.amount, &it.credit_balance.currency);
    Ok(Organization {
        id: DirectoryId::parse(&it.id).map_err(invalid)?,
        name: Text::parse(&it.name).map_err(invalid)?,
        plan: some(&it.plan).map_err(invalid)?,
        payment_method: some(&it.payment_method).map_err(invalid)?,
        payment_reference: Known::Unknown,
        credit_balance: Some(credit.map_err(invalid)?),
        authentication_method: some(&it.auth_method).map_err(invalid)?,
        open_invoices: Some(it.open_invoices),
        billing_account: Known::Absent,
        created_at: Some(parse_time(&it.created)?),
    })
}

fn member(it: &sandbox::Member) -> Result<Member, Invalid> {
    Ok(Member {
        organization: DirectoryId::parse(&it.organization)?,
        email: Email::parse(&it.email)?,
        name: some(&it.name)?,
        role: some(&it.role)?,
        verified: Some(it.verified),
        authentication_method: some(&it.auth_method)?,
        company: None,
        country: None,
        usage: None,
        phone: Known::Unknown,
    })
}

fn workspace(it: &sandbox::Workspace) -> Result<Workspace, Invalid> {
    Ok(Workspace {
        id: DirectoryId::parse(&it.id)?,
        organization: None,
        billing_account: Some(DirectoryId::parse(&it.billing_account)?),
        name: some(&it.name)?,
        site: some(&it.site)?,
        language: some(&it.language)?,
        state: some(&it.state)?,
        settlement: None,
    })
}

fn deployment(it: &sandbox::Deployment) -> Result<Deployment, OpenError> {
    let ends = it.trial_end.as_deref().map(parse_time).transpose()?;
    Ok(Deployment {
        id: DirectoryId::parse(&it.id).map_err(invalid)?,
        organization: DirectoryId::parse(&it.organization).map_err(invalid)?,
        name: some(&it.name).map_err(invalid)?,
        state: some(&it.state).map_err(invalid)?,
        trial: Some(it.trial),
        trial_ends_at: ends,
    })
}
