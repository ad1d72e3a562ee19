//! What an agreement was made from.

use crate::OfferId;

/// An offer, as the Catalog API describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// Its name, which the vendor gave it.
    pub name: Option<String>,
    /// Whether it was made to certain buyers alone: AWS calls an offer private that is targeted at
    /// buyer accounts.
    pub private: bool,
}
