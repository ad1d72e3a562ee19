//! The vendor's directory.

use app::directory::Linked;
use domain::{BillingAccount, Deployment, Known, Link, Member, Organization, Workspace};
use serde::Serialize;
use specta::Type;
use store::table::agreement::AgreementRow;
use store::table::directory::{BillingAccountRecord, OrganizationRecord, Told};

use crate::detail::Provenance;
use crate::{EntryKind, LinkInfo, Millis, Money, millis};

/// Something that there may be none of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Knowable {
    /// Whether the vendor has told.
    pub known: bool,
    /// What it is; absent when it is not known, and when it is known that there is none.
    pub value: Option<String>,
}

/// An organization, as the vendor told of it. What is absent was not told.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at domain::Organization")]
pub struct OrganizationInfo {
    pub id: String,
    pub name: String,
    pub plan: Option<String>,
    pub payment_method: Option<String>,
    pub payment_reference: Knowable,
    pub credit_balance: Option<Money>,
    pub authentication_method: Option<String>,
    pub open_invoices: Option<u32>,
    pub billing_account: Knowable,
    pub created_at: Option<Millis>,
    pub from: Provenance,
}

/// A person in an organization.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at domain::Member")]
pub struct MemberInfo {
    pub email: String,
    pub name: Option<String>,
    pub role: Option<String>,
    pub verified: Option<bool>,
    pub authentication_method: Option<String>,
    pub company: Option<String>,
    pub country: Option<String>,
    #[serde(rename = "use")]
    pub usage: Option<String>,
    pub phone: Knowable,
    pub from: Provenance,
}

/// A billing account.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at domain::BillingAccount")]
pub struct BillingAccountInfo {
    pub user_name: String,
    pub email: Option<String>,
    pub company: Option<String>,
    pub country: Option<String>,
    pub created_at: Option<Millis>,
    pub from: Provenance,
}

/// A workspace.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at domain::Workspace")]
pub struct WorkspaceInfo {
    pub id: String,
    pub organization: Option<String>,
    pub billing_account: Option<String>,
    pub name: Option<String>,
    pub site: Option<String>,
    pub language: Option<String>,
    pub state: Option<String>,
    pub settlement: Option<String>,
    pub from: Provenance,
}

/// A deployment.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at domain::Deployment")]
pub struct DeploymentInfo {
    pub id: String,
    pub name: Option<String>,
    pub state: Option<String>,
    pub trial: Option<bool>,
    pub trial_ends_at: Option<Millis>,
    pub from: Provenance,
}

/// A link, from the target's end.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LinkToTarget {
    /// The agreement that the license came with.
    pub agreement: String,
    /// License ARN; absent on products that predate licenses.
    pub license: Option<String>,
    /// What the agreement is for; absent while AWS has not told of it.
    pub listing: Option<String>,
    /// The buyer's company.
    pub company: Option<String>,
    /// How it stands, and since when.
    pub link: LinkInfo,
}

/// An organization with all that belongs to it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationDetail {
    /// The organization.
    pub organization: OrganizationInfo,
    /// The billing account that it names, when that one is in the directory.
    pub billing_account: Option<BillingAccountInfo>,
    /// People, by address.
    pub members: Vec<MemberInfo>,
    /// Workspaces, by id.
    pub workspaces: Vec<WorkspaceInfo>,
    /// Deployments, by id.
    pub deployments: Vec<DeploymentInfo>,
    /// Links to it, the current ones first.
    pub links: Vec<LinkToTarget>,
    /// What of all this is ours since the vendor told of it.
    pub ours: Vec<OursInfo>,
}

/// A billing account with all that belongs to it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BillingAccountDetail {
    /// The billing account.
    pub billing_account: BillingAccountInfo,
    /// Organizations that it pays for, by id.
    pub organizations: Vec<OrganizationInfo>,
    /// Workspaces that it pays for, by id.
    pub workspaces: Vec<WorkspaceInfo>,
    /// Links to it, the current ones first.
    pub links: Vec<LinkToTarget>,
    /// What of all this is ours since the vendor told of it.
    pub ours: Vec<OursInfo>,
}

/// An attribute that we changed since the vendor told of it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OursInfo {
    /// The kind of thing.
    pub kind: EntryKind,
    /// Its id, user name, or organization and e-mail address with a space between.
    pub key: String,
    /// The attribute, as policies call it.
    pub attribute: String,
    /// Since when it is ours.
    pub at: Millis,
}

fn ours<T>(kind: EntryKind, key: &str, told: &Told<T>) -> Vec<OursInfo> {
    let attributes = told.ours.attributes();
    let ours = attributes.map(|(attribute, at)| OursInfo {
        kind,
        key: key.to_owned(),
        attribute: attribute.to_owned(),
        at: millis(at),
    });
    ours.collect()
}

fn ours_of_account(told: &Told<domain::BillingAccount>) -> Vec<OursInfo> {
    ours(EntryKind::BillingAccount, told.it.user_name.as_str(), told)
}

fn ours_of_workspace(told: &Told<domain::Workspace>) -> Vec<OursInfo> {
    ours(EntryKind::Workspace, told.it.id.as_str(), told)
}

impl OrganizationDetail {
    /// The organization as JSON carries it.
    #[must_use]
    pub fn of(linked: &Linked<OrganizationRecord>) -> Self {
        let record = &linked.record;
        let organization = &record.organization;
        let id = organization.it.id.as_str();
        let members = record.members.iter().flat_map(|told| {
            let key = format!("{} {}", told.it.organization, told.it.email);
            ours(EntryKind::Member, &key, told)
        });
        let deployments = record.deployments.iter().flat_map(|told| {
            let key = told.it.id.as_str();
            ours(EntryKind::Deployment, key, told)
        });
        let all = ours(EntryKind::Organization, id, organization).into_iter();
        let all = all.chain(record.billing_account.iter().flat_map(ours_of_account));
        let all = all.chain(members).chain(deployments);
        let all = all.chain(record.workspaces.iter().flat_map(ours_of_workspace));
        Self {
            ours: all.collect(),
            organization: (&record.organization).into(),
            billing_account: record.billing_account.as_ref().map(Into::into),
            members: record.members.iter().map(Into::into).collect(),
            workspaces: record.workspaces.iter().map(Into::into).collect(),
            deployments: record.deployments.iter().map(Into::into).collect(),
            links: links(&record.links, &linked.agreements),
        }
    }
}

impl BillingAccountDetail {
    /// The billing account as JSON carries it.
    #[must_use]
    pub fn of(linked: &Linked<BillingAccountRecord>) -> Self {
        let record = &linked.record;
        let all = ours_of_account(&record.account).into_iter();
        let all = all.chain(record.workspaces.iter().flat_map(ours_of_workspace));
        Self {
            ours: all.collect(),
            billing_account: (&record.account).into(),
            organizations: record.organizations.iter().map(Into::into).collect(),
            workspaces: record.workspaces.iter().map(Into::into).collect(),
            links: links(&record.links, &linked.agreements),
        }
    }
}

fn links(links: &[Link], agreements: &[AgreementRow]) -> Vec<LinkToTarget> {
    let told = |link: &Link| {
        let of = |row: &&AgreementRow| row.id == link.agreement.as_str();
        let row = agreements.iter().find(of);
        LinkToTarget {
            agreement: link.agreement.to_string(),
            license: link.license.as_ref().map(ToString::to_string),
            listing: row.and_then(|row| row.title.clone().or_else(|| row.product.clone())),
            company: row.and_then(|row| row.company.clone()),
            link: link.into(),
        }
    };
    links.iter().map(told).collect()
}

impl From<&Told<Organization>> for OrganizationInfo {
    fn from(told: &Told<Organization>) -> Self {
        let it = &told.it;
        Self {
            id: it.id.to_string(),
            name: it.name.to_string(),
            plan: text(it.plan.as_ref()),
            payment_method: text(it.payment_method.as_ref()),
            payment_reference: knowable(&it.payment_reference),
            credit_balance: it.credit_balance.map(Money::from),
            authentication_method: text(it.authentication_method.as_ref()),
            open_invoices: it.open_invoices,
            billing_account: knowable(&it.billing_account),
            created_at: it.created_at.map(millis),
            from: provenance(told),
        }
    }
}

impl From<&Told<Member>> for MemberInfo {
    fn from(told: &Told<Member>) -> Self {
        let it = &told.it;
        Self {
            email: it.email.to_string(),
            name: text(it.name.as_ref()),
            role: text(it.role.as_ref()),
            verified: it.verified,
            authentication_method: text(it.authentication_method.as_ref()),
            company: text(it.company.as_ref()),
            country: text(it.country.as_ref()),
            usage: text(it.usage.as_ref()),
            phone: knowable(&it.phone),
            from: provenance(told),
        }
    }
}

impl From<&Told<BillingAccount>> for BillingAccountInfo {
    fn from(told: &Told<BillingAccount>) -> Self {
        let it = &told.it;
        Self {
            user_name: it.user_name.to_string(),
            email: text(it.email.as_ref()),
            company: text(it.company.as_ref()),
            country: text(it.country.as_ref()),
            created_at: it.created_at.map(millis),
            from: provenance(told),
        }
    }
}

impl From<&Told<Workspace>> for WorkspaceInfo {
    fn from(told: &Told<Workspace>) -> Self {
        let it = &told.it;
        Self {
            id: it.id.to_string(),
            organization: text(it.organization.as_ref()),
            billing_account: text(it.billing_account.as_ref()),
            name: text(it.name.as_ref()),
            site: text(it.site.as_ref()),
            language: text(it.language.as_ref()),
            state: text(it.state.as_ref()),
            settlement: text(it.settlement.as_ref()),
            from: provenance(told),
        }
    }
}

impl From<&Told<Deployment>> for DeploymentInfo {
    fn from(told: &Told<Deployment>) -> Self {
        let it = &told.it;
        Self {
            id: it.id.to_string(),
            name: text(it.name.as_ref()),
            state: text(it.state.as_ref()),
            trial: it.trial,
            trial_ends_at: it.trial_ends_at.map(millis),
            from: provenance(told),
        }
    }
}

fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

fn knowable(value: &Known<impl ToString>) -> Knowable {
    Knowable {
        known: value.is_known(),
        value: value.value().map(ToString::to_string),
    }
}

fn provenance<T>(told: &Told<T>) -> Provenance {
    Provenance::new(&told.origin.source, told.origin.as_of)
}

#[cfg(test)]
mod tests {
    use domain::{DirectoryId, Text, Timestamp};
    use store::table::directory::{Origin, Ours};

    use super::*;

    #[test]
    fn what_was_not_told_is_told_apart_from_what_there_is_none_of() {
        let told = Told {
            it: Organization {
                id: DirectoryId::parse("acme").unwrap(),
                name: Text::parse("Acme").unwrap(),
                plan: None,
                payment_method: None,
                payment_reference: Known::Unknown,
                credit_balance: None,
                authentication_method: None,
                open_invoices: Some(0),
                billing_account: Known::Absent,
                created_at: None,
            },
            ours: Ours::default(),
            origin: Origin {
                source: "import crm.csv".to_owned(),
                as_of: Timestamp::from_millis(7),
            },
        };
        let json = serde_json::to_value(OrganizationInfo::from(&told)).unwrap();
        assert_eq!(
            json["paymentReference"],
            serde_json::json!({"known": false, "value": null})
        );
        assert_eq!(
            json["billingAccount"],
            serde_json::json!({"known": true, "value": null})
        );
        assert_eq!(
            (&json["plan"], &json["openInvoices"]),
            (&serde_json::Value::Null, &0.into())
        );
        assert_eq!(
            json["from"],
            serde_json::json!({"source": "import crm.csv", "at": 7})
        );
    }
}
