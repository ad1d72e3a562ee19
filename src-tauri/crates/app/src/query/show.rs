//! Everything known about one agreement.

use domain::{AccountId, AgreementId, CancellationRequest, Link};
use store::Store;
use store::table::agreement::AgreementRow;
use store::table::details::FetchedDetails;
use store::table::entitlement::EntitlementRow;

use crate::Error;

/// Everything known about one agreement, from one snapshot.
#[derive(Debug)]
pub struct AgreementView {
    /// The agreement.
    pub row: AgreementRow,
    /// Value, contact, terms and provisioning.
    pub details: FetchedDetails,
    /// What its licenses (or, without licenses, its account) hold.
    pub entitlements: Vec<EntitlementRow>,
    /// Links of its chain, the current one first.
    pub links: Vec<Link>,
    /// Its chain of renewals, oldest first, itself included.
    pub chain: Vec<AgreementRow>,
    /// Requests to cancel it, newest first.
    pub cancellations: Vec<CancellationRequest>,
    /// How many other agreements its account has.
    pub siblings: usize,
}

/// Everything known about the agreement with this id.
pub fn show(store: &Store, id: &str) -> Result<AgreementView, Error> {
    let id = AgreementId::parse(id)?;
    let found = store.read(|read| {
        let (Some(row), Some(details)) = (read.agreement(&id)?, read.details(&id)?) else {
            return Ok(None);
        };
        let initial = row
            .initial
            .as_deref()
            .and_then(|initial| AgreementId::parse(initial).ok());
        let siblings = match AccountId::parse(&row.buyer) {
            Ok(buyer) => read.agreements_of(&buyer)?.saturating_sub(1),
            Err(_) => 0,
        };
        let mut entitlements = Vec::new();
        for holder in holders(&row) {
            entitlements.extend(read.entitlements_of(holder)?);
        }
        Ok(Some(AgreementView {
            entitlements,
            links: read.links_of(&id)?,
            chain: read.chain(initial.as_ref().unwrap_or(&id))?,
            cancellations: read.cancellations_of(&id)?,
            siblings,
            row,
            details,
        }))
    })?;
    found.ok_or_else(|| Error::NotFound {
        kind: "agreement",
        id: id.to_string(),
    })
}

/// Who holds the agreement's entitlements: its licenses, or its account where there are none.
fn holders(row: &AgreementRow) -> Vec<&str> {
    if row.licenses.is_empty() {
        return vec![&row.buyer];
    }
    row.licenses
        .iter()
        .map(|arn| arn.rsplit_once(':').map_or(arn.as_str(), |(_, id)| id))
        .collect()
}
