//! Lists of the vendor's directory.

use serde::{Deserialize, Serialize};
use specta::Type;
use store::table::directory as table;

use crate::{BillingAccountInfo, OrganizationInfo, number};

/// What organizations can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the meanings stand at store::table::directory::OrganizationSort"
)]
pub enum OrganizationSort {
    Name,
    Plan,
    PaymentMethod,
    OpenInvoices,
    Told,
}

/// An agreement whose current link leads here.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LinkedAgreement {
    /// The agreement.
    pub agreement: String,
    /// What it is for; absent while AWS has not told of it.
    pub listing: Option<String>,
    /// Link state's word.
    pub state: String,
}

/// An organization in a list.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationListItem {
    /// The organization.
    pub organization: OrganizationInfo,
    /// People in it.
    pub members: u32,
    /// Workspaces of it or of its billing account.
    pub workspaces: u32,
    /// Deployments.
    pub deployments: u32,
    /// Agreements whose current link leads to it.
    pub links: u32,
    /// The newest of them.
    pub linked: Option<LinkedAgreement>,
}

/// Organizations that match a search.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationsList {
    /// Some of them, in order.
    pub rows: Vec<OrganizationListItem>,
    /// How many match.
    pub matched: u32,
    /// How many there are.
    pub total: u32,
}

/// A billing account in a list.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BillingAccountListItem {
    /// The billing account.
    pub billing_account: BillingAccountInfo,
    /// Organizations that it pays for.
    pub organizations: u32,
    /// Workspaces that it pays for.
    pub workspaces: u32,
    /// Agreements whose current link leads to it.
    pub links: u32,
    /// The newest of them.
    pub linked: Option<LinkedAgreement>,
}

/// Billing accounts that match a search.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BillingAccountsList {
    /// Some of them, by user name.
    pub rows: Vec<BillingAccountListItem>,
    /// How many match.
    pub matched: u32,
    /// How many there are.
    pub total: u32,
}

impl OrganizationsList {
    /// The page as JSON carries it.
    #[must_use]
    pub fn of(page: &table::OrganizationPage) -> Self {
        Self {
            rows: page.rows.iter().map(OrganizationListItem::from).collect(),
            matched: number(page.matched),
            total: number(page.total),
        }
    }
}

impl BillingAccountsList {
    /// The page as JSON carries it.
    #[must_use]
    pub fn of(page: &table::BillingAccountPage) -> Self {
        Self {
            rows: page.rows.iter().map(BillingAccountListItem::from).collect(),
            matched: number(page.matched),
            total: number(page.total),
        }
    }
}

impl From<&table::OrganizationRow> for OrganizationListItem {
    fn from(row: &table::OrganizationRow) -> Self {
        Self {
            organization: (&row.organization).into(),
            members: number(row.members),
            workspaces: number(row.workspaces),
            deployments: number(row.deployments),
            links: number(row.links),
            linked: row.linked.as_ref().map(LinkedAgreement::from),
        }
    }
}

impl From<&table::BillingAccountRow> for BillingAccountListItem {
    fn from(row: &table::BillingAccountRow) -> Self {
        Self {
            billing_account: (&row.account).into(),
            organizations: number(row.organizations),
            workspaces: number(row.workspaces),
            links: number(row.links),
            linked: row.linked.as_ref().map(LinkedAgreement::from),
        }
    }
}

impl From<&table::LinkedAgreement> for LinkedAgreement {
    fn from(linked: &table::LinkedAgreement) -> Self {
        Self {
            agreement: linked.agreement.to_string(),
            listing: linked.listing.clone(),
            state: linked.state.word().to_owned(),
        }
    }
}

impl From<OrganizationSort> for table::OrganizationSort {
    fn from(key: OrganizationSort) -> Self {
        match key {
            OrganizationSort::Name => Self::Name,
            OrganizationSort::Plan => Self::Plan,
            OrganizationSort::PaymentMethod => Self::PaymentMethod,
            OrganizationSort::OpenInvoices => Self::OpenInvoices,
            OrganizationSort::Told => Self::Told,
        }
    }
}
