//! What a write changed, in the words a view subscribes by.

/// A part of the data that views show. A write names the topics it touched; a view re-asks when one
/// of its own is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Agreements as AWS lists them.
    Agreements,
    /// Values, contacts, terms and provisioning of agreements.
    Details,
    /// Entitlements.
    Entitlements,
    /// Products.
    Listings,
    /// Cancellation requests.
    Cancellations,
    /// Organizations and what belongs to them, in the vendor's directory.
    Directory,
    /// Links to the vendor's directory.
    Links,
    /// Plans, and the codes sent for them.
    Plans,
    /// What ending does later.
    Endings,
    /// What was done.
    Audit,
    /// What the credentials may do.
    Permissions,
    /// How far the listings got.
    Sync,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 12] = [
        Self::Agreements,
        Self::Details,
        Self::Entitlements,
        Self::Listings,
        Self::Cancellations,
        Self::Directory,
        Self::Links,
        Self::Plans,
        Self::Endings,
        Self::Audit,
        Self::Permissions,
        Self::Sync,
    ];
}
