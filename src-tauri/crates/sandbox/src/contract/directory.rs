//! The vendor's own side, as the control interface hands it out.

use serde::{Deserialize, Serialize};

/// A page of the vendor's system of record, as it was when the world began.
///
/// A unit is one organization or billing account with everything that belongs to it; a page holds
/// whole units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    /// Organizations.
    pub organizations: Vec<Organization>,
    /// People in the organizations.
    pub members: Vec<Member>,
    /// Billing accounts (Guance).
    pub billing_accounts: Vec<BillingAccount>,
    /// Workspaces of the billing accounts.
    pub workspaces: Vec<Workspace>,
    /// Deployments of the organizations (EMQX).
    pub deployments: Vec<Deployment>,
    /// What is linked to what.
    pub links: Vec<Link>,
    /// Where the next page goes on; absent on the last one.
    pub next: Option<String>,
}

/// A customer of the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Unique, lower case.
    pub id: String,
    /// The company's name.
    pub name: String,
    /// The listing whose system it belongs to.
    pub listing: String,
    /// `starter`, `standard`, `scale`, `enterprise`, …
    pub plan: String,
    /// `none`, `card`, `invoice` or `aws-marketplace`.
    pub payment_method: String,
    /// Prepaid or promotional credits left.
    pub credit_balance: Money,
    /// How its people sign in: `password`, `google`, `github` or `sso`.
    pub auth_method: String,
    /// Invoices not paid yet.
    pub open_invoices: u32,
    /// RFC 3339.
    pub created: String,
}

/// A decimal amount and its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// As `12.50`.
    pub amount: String,
    /// As `USD`.
    pub currency: String,
}

/// A person in an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Names the person.
    pub email: String,
    /// Given and family name.
    pub name: String,
    /// `owner`, `admin` or `member`.
    pub role: String,
    /// Whether the e-mail address was verified.
    pub verified: bool,
    /// How this person signs in.
    pub auth_method: String,
    /// Id of the organization.
    pub organization: String,
}

/// A billing account, which holds workspaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillingAccount {
    /// Names the account.
    pub user_name: String,
    /// Where codes are sent.
    pub email: String,
    /// The company's name.
    pub company: String,
    /// RFC 3339.
    pub created: String,
}

/// A workspace of a billing account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// `wksp-…`.
    pub id: String,
    /// Shown to its people.
    pub name: String,
    /// Where it runs: `us-oregon`, `eu-frankfurt`, `ap-singapore`, `cn-ningxia`.
    pub site: String,
    /// `en`, `ko` or `zh`; fixed once created.
    pub language: String,
    /// `active` or `locked`.
    pub state: String,
    /// User name of the billing account.
    pub billing_account: String,
}

/// A deployment of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// `dep-…`.
    pub id: String,
    /// Shown to its people.
    pub name: String,
    /// Id of the organization.
    pub organization: String,
    /// `running` or `stopped`.
    pub state: String,
    /// Whether it is the trial deployment.
    pub trial: bool,
    /// When the trial ends, RFC 3339.
    pub trial_end: Option<String>,
}

/// What an agreement is linked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// `agmt-…`.
    pub agreement_id: String,
    /// Absent on a legacy listing.
    pub license_arn: Option<String>,
    /// On a legacy listing only.
    pub customer_identifier: Option<String>,
    /// What it is linked to.
    pub target: LinkTarget,
    /// Ids of the workspaces bound (Guance).
    pub workspaces: Vec<String>,
    /// RFC 3339.
    pub since: String,
}

/// The vendor's end of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkTarget {
    /// `organization` or `billing-account`.
    pub kind: String,
    /// Id of the organization, or user name of the billing account.
    pub id: String,
    /// The company's name.
    pub name: String,
}
