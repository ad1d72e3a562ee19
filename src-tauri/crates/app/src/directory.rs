//! The vendor's directory: the port to its system of record, questions about what is mirrored of it,
//! and taking in a file that it wrote.

pub mod correct;
pub mod import;

use std::collections::BTreeSet;

use domain::{AgreementId, DirectoryId, Entry, Link};
use futures_util::future::BoxFuture;
use store::table::agreement::AgreementRow;
use store::table::directory::{
    BillingAccountPage, BillingAccountRecord, OrganizationPage, OrganizationRecord, SortBy,
};
use store::{Read, Store};

use crate::Error;

/// Longest search, in characters.
pub const SEARCH_CHARS_MAX: usize = 256;

/// The vendor's own side, where it can be asked over a wire.
pub trait Directory: Send + Sync + 'static {
    /// One page, from a position that an earlier page gave.
    fn page(&self, after: Option<String>) -> BoxFuture<'_, Result<Page, DirectoryError>>;

    /// What to call it where something is said to come from it.
    fn name(&self) -> &'static str;
}

/// One page of the directory.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Organizations and what belongs to them.
    pub entries: Vec<Entry>,
    /// What is bound to them.
    pub links: Vec<Link>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<String>,
}

/// Why the vendor's system of record did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the vendor's directory: {0}")]
pub struct DirectoryError(pub String);

/// A record of the directory, with the agreements that its links lead from.
#[derive(Clone, Debug)]
pub struct Linked<R> {
    /// The record.
    pub record: R,
    /// The agreements of its links that are in the data, one each.
    pub agreements: Vec<AgreementRow>,
}

/// A window over the organizations that have a text in their id or name, a member's e-mail address or
/// the billing account.
pub fn organizations(
    store: &Store,
    search: &str,
    sort: SortBy,
    offset: usize,
    limit: usize,
) -> Result<OrganizationPage, Error> {
    let found = store.read(|read| {
        if !can_be_found(search) {
            let total = read.organizations("", sort, 0, 0)?.total;
            return Ok(OrganizationPage {
                total,
                ..OrganizationPage::default()
            });
        }
        read.organizations(search, sort, offset, limit)
    });
    Ok(found?)
}

/// A window over the billing accounts that have a text in their user name, e-mail address or company,
/// those of no organization included.
pub fn billing_accounts(
    store: &Store,
    search: &str,
    offset: usize,
    limit: usize,
) -> Result<BillingAccountPage, Error> {
    let found = store.read(|read| {
        if !can_be_found(search) {
            let total = read.billing_accounts("", 0, 0)?.total;
            return Ok(BillingAccountPage {
                total,
                ..BillingAccountPage::default()
            });
        }
        read.billing_accounts(search, offset, limit)
    });
    Ok(found?)
}

/// One organization with all that belongs to it.
pub fn organization(store: &Store, id: &str) -> Result<Linked<OrganizationRecord>, Error> {
    let id = DirectoryId::parse(id)?;
    let found = store.read(|read| {
        let Some(record) = read.organization(&id)? else {
            return Ok(None);
        };
        let agreements = agreements_of(read, &record.links)?;
        Ok(Some(Linked { record, agreements }))
    })?;
    found.ok_or_else(|| not_found("organization", &id))
}

/// One billing account with all that belongs to it.
pub fn billing_account(
    store: &Store,
    user_name: &str,
) -> Result<Linked<BillingAccountRecord>, Error> {
    let id = DirectoryId::parse(user_name)?;
    let found = store.read(|read| {
        let Some(record) = read.billing_account(&id)? else {
            return Ok(None);
        };
        let agreements = agreements_of(read, &record.links)?;
        Ok(Some(Linked { record, agreements }))
    })?;
    found.ok_or_else(|| not_found("billing account", &id))
}

/// Nothing in the directory is longer, and a pattern has a length that SQLite refuses.
pub(crate) fn can_be_found(search: &str) -> bool {
    search.chars().count() <= SEARCH_CHARS_MAX
}

fn agreements_of(read: &Read<'_>, links: &[Link]) -> Result<Vec<AgreementRow>, store::Error> {
    let ids: BTreeSet<&AgreementId> = links.iter().map(|link| &link.agreement).collect();
    let rows = ids.into_iter().map(|id| read.agreement(id));
    rows.filter_map(Result::transpose).collect()
}

fn not_found(kind: &'static str, id: &DirectoryId) -> Error {
    Error::NotFound {
        kind,
        id: id.to_string(),
    }
}
