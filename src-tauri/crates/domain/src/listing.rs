//! Products on the marketplace.

use crate::{ProductCode, ProductId};

/// How a listing charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pricing {
    /// By metered usage; agreements run until cancelled.
    Usage,
    /// By contract; the license carries entitlements.
    Contract,
    /// Both: a contract, and usage beyond it.
    ContractWithUsage,
    /// AWS listed no dimension this program knows.
    Unknown,
}

/// One product of the seller, as the Catalog API describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The product id.
    pub product: ProductId,
    /// The code that metering and entitlements use; absent while the product is a draft.
    pub code: Option<ProductCode>,
    /// The public title.
    pub title: String,
    /// `Public`, `Limited`, `Restricted` or `Draft`, as AWS wrote it.
    pub visibility: Option<String>,
    /// How it charges.
    pub pricing: Pricing,
}
