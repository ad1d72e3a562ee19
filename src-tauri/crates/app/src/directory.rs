//! The port to the vendor's system of record: organizations and who is bound to them there.

use domain::Link;
use futures_util::future::BoxFuture;

/// The vendor's own side, where it can be asked over a wire.
pub trait Directory: Send + Sync + 'static {
    /// One page of links, from a position that an earlier page gave.
    fn links(&self, after: Option<String>) -> BoxFuture<'_, Result<LinkPage, DirectoryError>>;
}

/// One page of links.
#[derive(Clone, Debug, Default)]
pub struct LinkPage {
    /// What the page holds.
    pub links: Vec<Link>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<String>,
}

/// Why the vendor's system of record did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the vendor's directory: {0}")]
pub struct DirectoryError(pub String);
