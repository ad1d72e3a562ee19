//! Everything known about one agreement.

use domain::filter::{Condition, Filter, Span, Term, TextField};
use domain::{AgreementId, CancellationRequest, Link};
use store::Store;
use store::table::agreement::AgreementRow;
use store::table::details::FetchedDetails;
use store::table::entitlement::EntitlementRow;

use super::moment;
use crate::{Clock, Error};

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
pub fn show(store: &Store, clock: &Clock, id: &str) -> Result<AgreementView, Error> {
    let id = AgreementId::parse(id)?;
    let moment = moment(clock);
    let found = store.read(|read| {
        let (Some(row), Some(details)) = (read.agreement(&id)?, read.details(&id)?) else {
            return Ok(None);
        };
        let initial = row
            .initial
            .as_deref()
            .and_then(|initial| AgreementId::parse(initial).ok());
        let siblings = read
            .matching(&of_account(&row.buyer), &moment)?
            .saturating_sub(1);
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
    found.ok_or_else(|| Error::no_agreement(&id))
}

/// The filter for an account's agreements.
pub(crate) fn of_account(account: &str) -> Filter {
    let condition = Condition::In(TextField::Account, vec![account.to_owned()]);
    let span = Span { from: 0, to: 0 };
    Filter {
        terms: vec![Term {
            span,
            negated: false,
            condition,
        }],
    }
}

/// Who holds the agreement's entitlements: its licenses, or its account where there are none.
pub(crate) fn holders(row: &AgreementRow) -> Vec<&str> {
    if row.licenses.is_empty() {
        return vec![&row.buyer];
    }
    row.licenses
        .iter()
        .map(|arn| arn.rsplit_once(':').map_or(arn.as_str(), |(_, id)| id))
        .collect()
}
