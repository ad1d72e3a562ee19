//! The policies in force on a connection: the built-in ones, and the vendor's own in their place.

use domain::Listing;
use policy::Policy;

/// Policies by id and by listing.
#[derive(Debug, Default)]
pub struct Policies {
    own: Vec<Policy>,
}

impl Policies {
    /// The built-in policies, and these before them: one of the vendor's own takes the place of a
    /// built-in one with its id.
    #[must_use]
    pub const fn with(own: Vec<Policy>) -> Self {
        Self { own }
    }

    /// Every policy in force, the vendor's own first.
    pub fn all(&self) -> impl Iterator<Item = &Policy> {
        let replaced = |policy: &&Policy| !self.own.iter().any(|own| own.id == policy.id);
        self.own
            .iter()
            .chain(policy::builtin().iter().filter(replaced))
    }

    /// The policy with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Policy> {
        self.all().find(|policy| policy.id == id)
    }

    /// The first policy that is for this listing.
    #[must_use]
    pub fn of_listing(&self, listing: &Listing) -> Option<&Policy> {
        self.all().find(|policy| policy.listing.matches(listing))
    }
}
