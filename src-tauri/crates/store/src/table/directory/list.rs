//! Lists of the directory, window by window: what [`search`](super::search) found, read by key.

use std::collections::BTreeMap;

use domain::{
    AgreementId, BillingAccount, DirectoryId, EntryKind, LinkState, Organization, TargetKind,
};
use rusqlite::params_from_iter;

use super::{Told, rows};
use crate::{Error, Read, Result};

/// What organizations are sorted by. What was not told comes last, in either direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrganizationSort {
    /// Name.
    #[default]
    Name,
    /// The vendor's word for the plan.
    Plan,
    /// The vendor's word for the payment method.
    PaymentMethod,
    /// How many invoices are open.
    OpenInvoices,
    /// When it was told.
    Told,
}

/// An order of organizations; equal ones are by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SortBy {
    /// Sorted by.
    pub key: OrganizationSort,
    /// Greatest first.
    pub descending: bool,
}

/// An agreement whose current link leads here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedAgreement {
    /// The agreement.
    pub agreement: AgreementId,
    /// What it is for; the product's id while its title is not known.
    pub listing: Option<String>,
    /// How the link stands.
    pub state: LinkState,
}

/// An organization in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationRow {
    /// The organization.
    pub organization: Told<Organization>,
    /// People in it.
    pub members: usize,
    /// Workspaces of it or of its billing account.
    pub workspaces: usize,
    /// Deployments.
    pub deployments: usize,
    /// Agreements whose current link leads to it, however the link stands.
    pub links: usize,
    /// The newest of them.
    pub linked: Option<LinkedAgreement>,
}

/// Organizations that match a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationPage {
    /// Some of them, in order.
    pub rows: Vec<OrganizationRow>,
    /// How many match.
    pub matched: usize,
    /// How many there are.
    pub total: usize,
}

/// A billing account in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingAccountRow {
    /// The billing account.
    pub account: Told<BillingAccount>,
    /// Organizations that it pays for.
    pub organizations: usize,
    /// Workspaces that it pays for.
    pub workspaces: usize,
    /// Agreements whose current link leads to it, however the link stands.
    pub links: usize,
    /// The newest of them.
    pub linked: Option<LinkedAgreement>,
}

/// Billing accounts that match a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillingAccountPage {
    /// Some of them, by user name.
    pub rows: Vec<BillingAccountRow>,
    /// How many match.
    pub matched: usize,
    /// How many there are.
    pub total: usize,
}

impl Read<'_> {
    /// Organizations that have the text in their id or name, a member's e-mail address, or the user
    /// name of their billing account; all of them for an empty text. ASCII letters match in either case.
    pub fn organizations(
        &self,
        search: &str,
        sort: SortBy,
        offset: usize,
        limit: usize,
    ) -> Result<OrganizationPage> {
        let found = self.listed(EntryKind::Organization, search, sort)?;
        let mut one = self.tx.prepare_cached(
            "SELECT o.*,
                (SELECT count(*) FROM member WHERE organization = o.id) AS members,
                (SELECT count(*) FROM workspace AS w
                    WHERE w.organization = o.id OR w.billing_account = nullif(o.billing_account, ''))
                    AS workspaces,
                (SELECT count(*) FROM deployment WHERE organization = o.id) AS deployments
             FROM organization AS o WHERE o.id = ?1",
        )?;
        let mut page = Vec::new();
        for key in found.window(offset, limit) {
            let mut row = one.query([key])?;
            let Some(row) = row.next()? else { continue };
            let (links, linked) = self.linked(TargetKind::Organization, key)?;
            page.push(OrganizationRow {
                organization: rows::told(self.tx, row)?,
                members: row.get("members")?,
                workspaces: row.get("workspaces")?,
                deployments: row.get("deployments")?,
                links,
                linked,
            });
        }
        Ok(OrganizationPage {
            rows: page,
            matched: found.keys.len(),
            total: found.total,
        })
    }

    /// Billing accounts that have the text in their user name, e-mail address or company, whether they
    /// pay for an organization or for none; all of them for an empty text.
    pub fn billing_accounts(
        &self,
        search: &str,
        offset: usize,
        limit: usize,
    ) -> Result<BillingAccountPage> {
        let found = self.listed(EntryKind::BillingAccount, search, SortBy::default())?;
        let keys = found.window(offset, limit);
        let paid_for = self.paid_for(keys)?;
        let mut one = self.tx.prepare_cached(
            "SELECT b.*, (SELECT count(*) FROM workspace WHERE billing_account = b.user_name)
                AS workspaces
             FROM billing_account AS b WHERE b.user_name = ?1",
        )?;
        let mut page = Vec::new();
        for key in keys {
            let mut row = one.query([key])?;
            let Some(row) = row.next()? else { continue };
            let account: Told<BillingAccount> = rows::told(self.tx, row)?;
            let (links, linked) = self.linked(TargetKind::BillingAccount, key)?;
            page.push(BillingAccountRow {
                organizations: paid_for.get(&account.it.user_name).copied().unwrap_or(0),
                workspaces: row.get("workspaces")?,
                account,
                links,
                linked,
            });
        }
        Ok(BillingAccountPage {
            rows: page,
            matched: found.keys.len(),
            total: found.total,
        })
    }

    /// How many organizations each of these billing accounts pays for, in one look at all of them.
    fn paid_for(&self, user_names: &[Box<str>]) -> Result<BTreeMap<DirectoryId, usize>> {
        let marks = vec!["?"; user_names.len()].join(", ");
        let mut counted = self.tx.prepare_cached(&format!(
            "SELECT billing_account, count(*) FROM organization
             WHERE billing_account IN ({marks}) GROUP BY billing_account"
        ))?;
        let mut found = counted.query(params_from_iter(user_names))?;
        let mut counts = BTreeMap::new();
        while let Some(row) = found.next()? {
            let name: String = row.get(0)?;
            let name = DirectoryId::parse(&name).map_err(|_| Error::Invalid("billing_account"))?;
            counts.insert(name, row.get(1)?);
        }
        Ok(counts)
    }

    /// How many agreements' current links lead to a target, and the newest of them.
    fn linked(&self, kind: TargetKind, id: &str) -> Result<(usize, Option<LinkedAgreement>)> {
        let mut newest = self.tx.prepare_cached(
            "SELECT count(*) OVER (), l.agreement, l.state, coalesce(p.title, a.product)
             FROM link AS l
             LEFT JOIN agreement AS a ON a.id = l.agreement
             LEFT JOIN listing AS p ON p.product_id = a.product
             WHERE l.target_kind = ?1 AND l.target_id = ?2 AND l.current = 1
             ORDER BY l.since DESC, l.id DESC LIMIT 1",
        )?;
        let mut found = newest.query((kind.word(), id))?;
        let Some(row) = found.next()? else {
            return Ok((0, None));
        };
        let (agreement, state): (String, String) = (row.get(1)?, row.get(2)?);
        let linked = LinkedAgreement {
            agreement: AgreementId::parse(&agreement)
                .map_err(|_| Error::Invalid("agreement id"))?,
            listing: row.get(3)?,
            state: LinkState::from_word(&state).ok_or(Error::Invalid("link state"))?,
        };
        Ok((row.get(0)?, Some(linked)))
    }
}
