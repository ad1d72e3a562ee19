//! The vendor's directory: the port to its system of record, questions about what is mirrored of it,
//! and taking in a file that it wrote.

pub mod import;

use domain::{DirectoryId, Entry, Link};
use futures_util::future::BoxFuture;
use store::Store;
use store::table::directory::{OrganizationPage, OrganizationRecord};

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

/// Organizations by id, name, a member's e-mail address or billing account, the first `limit` by name.
pub fn organizations(store: &Store, search: &str, limit: usize) -> Result<OrganizationPage, Error> {
    // Nothing there is longer, and a pattern has a length that SQLite refuses.
    if search.chars().count() > SEARCH_CHARS_MAX {
        return Ok(OrganizationPage {
            total: store.read(|read| read.organizations("", 0))?.total,
            ..OrganizationPage::default()
        });
    }
    Ok(store.read(|read| read.organizations(search, limit))?)
}

/// One organization with all that belongs to it.
pub fn organization(store: &Store, id: &str) -> Result<OrganizationRecord, Error> {
    let id = DirectoryId::parse(id)?;
    let found = store.read(|read| read.organization(&id))?;
    found.ok_or_else(|| Error::NotFound {
        kind: "organization",
        id: id.to_string(),
    })
}
