//! One agreement in full.

use app::query::AgreementView;
use domain::{EntitlementValue, LicenseArn, Link, Timestamp};
use serde::Serialize;
use specta::Type;

use crate::{AgreementRow, Failure, Millis, Money, millis, number};

/// Where a value came from, and when.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// AWS's operation, or our own system.
    pub source: String,
    /// When.
    pub at: Millis,
}

impl Provenance {
    pub(crate) fn new(source: &str, at: Timestamp) -> Self {
        Self {
            source: source.to_owned(),
            at: millis(at),
        }
    }
}

/// What a license is bound to.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LinkInfo {
    /// Link state's word.
    pub state: String,
    /// `organization` or `billing-account`.
    pub target_kind: String,
    /// The vendor's id.
    pub target_id: String,
    /// Its name.
    pub target_name: String,
    /// Since when.
    pub since: Millis,
    /// Who says so.
    pub source: String,
}

impl From<&Link> for LinkInfo {
    fn from(link: &Link) -> Self {
        Self {
            state: link.state.word().to_owned(),
            target_kind: link.target.kind.word().to_owned(),
            target_id: link.target.id.clone(),
            target_name: link.target.name.clone(),
            since: millis(link.since),
            source: link.source.clone(),
        }
    }
}

/// A license of the agreement.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LicenseInfo {
    /// ARN; absent on products that predate licenses.
    pub arn: Option<String>,
    /// AWS's word, such as `PROVISIONED`; absent while not fetched.
    pub status: Option<String>,
    /// AWS's reason.
    pub reason: Option<String>,
    /// What it is bound to.
    pub link: Option<LinkInfo>,
}

/// Capacity that is granted.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EntitlementInfo {
    /// The dimension.
    pub dimension: String,
    /// How much, in the dimension's own unit.
    pub value: String,
    /// When it lapses.
    pub expires_at: Option<Millis>,
    /// License ARN.
    pub license: Option<String>,
    /// Where it came from.
    pub from: Provenance,
}

/// An accepted term.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TermInfo {
    /// AWS's member name.
    pub kind: String,
    /// The term as JSON.
    pub json: String,
}

/// One agreement of a chain of renewals.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChainLink {
    /// Agreement id.
    pub id: String,
    /// AWS's word.
    pub status: String,
    /// Start of the term.
    pub starts_at: Option<Millis>,
    /// End of the term.
    pub ends_at: Option<Millis>,
    /// Its value.
    pub value: Option<Money>,
    /// Whether it is the one shown.
    pub current: bool,
}

/// A request to cancel.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CancellationInfo {
    /// Request id.
    pub id: String,
    /// AWS's word.
    pub status: String,
    /// AWS's reason code.
    pub reason: String,
    /// When it was sent.
    pub created_at: Millis,
    /// When silence becomes consent.
    pub consent_at: Millis,
    /// When it last changed.
    pub updated_at: Millis,
}

/// The buyer's contact.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub struct ContactInfo {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub company: String,
    pub country: String,
}

/// Everything known about one agreement.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AgreementDetail {
    /// The row.
    pub row: AgreementRow,
    /// Offer id.
    pub offer: Option<String>,
    /// First agreement of the chain, when that is another one.
    pub initial: Option<String>,
    /// Why it ends or renews as it does, as AWS wrote it.
    pub end_reason: Option<String>,
    /// End of the free trial.
    pub trial_ends_at: Option<Millis>,
    /// The contact.
    pub contact: Option<ContactInfo>,
    /// Licenses.
    pub licenses: Vec<LicenseInfo>,
    /// Entitlements.
    pub entitlements: Vec<EntitlementInfo>,
    /// Terms.
    pub terms: Vec<TermInfo>,
    /// The chain, oldest first, when it has more than this one.
    pub chain: Vec<ChainLink>,
    /// Requests to cancel, newest first.
    pub cancellations: Vec<CancellationInfo>,
    /// How many other agreements the account has.
    pub siblings: u32,
    /// Where status, dates and ids came from.
    pub listed: Provenance,
    /// Where value, contact, terms and provisioning came from.
    pub detailed: Option<Provenance>,
    /// Why they could not be fetched the last time, if so.
    pub details_failure: Option<Failure>,
    /// All of the above as JSON; empty inside itself.
    pub json: String,
}

impl AgreementDetail {
    /// The agreement as it is at `now`.
    #[must_use]
    pub fn of(view: &AgreementView, now: Timestamp) -> Self {
        let row = &view.row;
        let fetched = &view.details;
        let mut detail = Self {
            row: AgreementRow::of(row, now),
            offer: row.offer.clone(),
            initial: row.initial.clone(),
            end_reason: row.end_reason.clone(),
            trial_ends_at: fetched.details.trial_ends_at.map(millis),
            contact: fetched.details.contact.clone().map(ContactInfo::from),
            licenses: licenses(view),
            entitlements: view
                .entitlements
                .iter()
                .map(EntitlementInfo::from)
                .collect(),
            terms: fetched.details.terms.iter().map(TermInfo::from).collect(),
            chain: chain(view),
            cancellations: view
                .cancellations
                .iter()
                .map(CancellationInfo::from)
                .collect(),
            siblings: number(view.siblings),
            listed: Provenance::new("SearchAgreements", row.synced_at),
            detailed: fetched
                .at
                .map(|at| Provenance::new("DescribeAgreement", at)),
            details_failure: fetched
                .failure
                .as_ref()
                .map(|failure| app::Failure::from_stored(failure).into()),
            json: String::new(),
        };
        detail.json = detail.to_json();
        detail
    }

    /// The detail as indented JSON; terms as values instead of texts.
    fn to_json(&self) -> String {
        let Ok(mut value) = serde_json::to_value(self) else {
            return String::new();
        };
        if let Some(object) = value.as_object_mut() {
            object.shift_remove("json");
            let terms = self.terms.iter().map(|term| {
                let body = serde_json::from_str::<serde_json::Value>(&term.json);
                serde_json::json!({ (term.kind.as_str()): body.unwrap_or_default() })
            });
            object.insert("terms".to_owned(), terms.collect());
        }
        serde_json::to_string_pretty(&value).unwrap_or_default()
    }
}

/// The licenses that the listing names, with what the details say of each; those that only the
/// details know behind them.
fn licenses(view: &AgreementView) -> Vec<LicenseInfo> {
    let provisioning = &view.details.details.provisioning;
    let short = |arn: &str| arn.rsplit_once(':').map_or(arn, |(_, id)| id).to_owned();
    let link = view.links.first().map(LinkInfo::from);
    let mut licenses: Vec<LicenseInfo> = provisioning
        .iter()
        .map(|license| LicenseInfo {
            arn: license.license.as_ref().map(LicenseArn::to_string),
            status: Some(license.status.as_wire().to_owned()),
            reason: license.reason.clone(),
            link: link.clone(),
        })
        .collect();
    for arn in &view.row.licenses {
        let known = licenses
            .iter()
            .any(|known| known.arn.as_deref().map(short) == Some(short(arn)));
        if !known {
            licenses.push(LicenseInfo {
                arn: Some(arn.clone()),
                status: None,
                reason: None,
                link: link.clone(),
            });
        }
    }
    if licenses.is_empty() && link.is_some() {
        licenses.push(LicenseInfo {
            arn: None,
            status: None,
            reason: None,
            link,
        });
    }
    licenses
}

fn chain(view: &AgreementView) -> Vec<ChainLink> {
    if view.chain.len() < 2 {
        return Vec::new();
    }
    let links = view.chain.iter().map(|row| ChainLink {
        id: row.id.clone(),
        status: row.status.as_wire().to_owned(),
        starts_at: row.starts_at.map(millis),
        ends_at: row.ends_at.map(millis),
        value: row.value.map(Money::from),
        current: row.id == view.row.id,
    });
    links.collect()
}

impl From<domain::Contact> for ContactInfo {
    fn from(contact: domain::Contact) -> Self {
        Self {
            first_name: contact.first_name,
            last_name: contact.last_name,
            email: contact.email,
            company: contact.company,
            country: contact.country,
        }
    }
}

impl From<&store::table::entitlement::EntitlementRow> for EntitlementInfo {
    fn from(row: &store::table::entitlement::EntitlementRow) -> Self {
        let value = match &row.value {
            EntitlementValue::Integer(value) => value.to_string(),
            EntitlementValue::Double(value) => value.to_string(),
            EntitlementValue::Boolean(value) => value.to_string(),
            EntitlementValue::Text(value) => value.clone(),
            EntitlementValue::Unknown => "—".to_owned(),
        };
        Self {
            dimension: row.dimension.clone(),
            value,
            expires_at: row.expires_at.map(millis),
            license: row.license.clone(),
            from: Provenance::new("GetEntitlements", row.synced_at),
        }
    }
}

impl From<&domain::Term> for TermInfo {
    fn from(term: &domain::Term) -> Self {
        Self {
            kind: term.kind.clone(),
            json: term.json.clone(),
        }
    }
}

impl From<&domain::CancellationRequest> for CancellationInfo {
    fn from(request: &domain::CancellationRequest) -> Self {
        Self {
            id: request.id.to_string(),
            status: request.status.as_wire().to_owned(),
            reason: request.reason.clone(),
            created_at: millis(request.created_at),
            consent_at: millis(
                request
                    .created_at
                    .plus_millis(app::ending::ANSWER_WITHIN_MS),
            ),
            updated_at: millis(request.updated_at),
        }
    }
}
