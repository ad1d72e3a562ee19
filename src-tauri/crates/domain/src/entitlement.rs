//! Capacity that a license grants.

use crate::{AccountId, LicenseArn, ProductCode, Timestamp};

/// How much of a dimension is granted. The unit is the dimension's own.
#[derive(Clone, Debug, PartialEq)]
pub enum EntitlementValue {
    /// A whole number.
    Integer(i64),
    /// A decimal number.
    Double(f64),
    /// Granted or not.
    Boolean(bool),
    /// A named level, such as a support tier.
    Text(String),
    /// AWS sent no value, or one of a kind this program does not know.
    Unknown,
}

/// One entitlement as `GetEntitlements` reports it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entitlement {
    /// The product's code.
    pub product_code: ProductCode,
    /// The dimension, such as `compute_units`.
    pub dimension: String,
    /// How much.
    pub value: EntitlementValue,
    /// When it lapses; on renewing contracts the renewal date.
    pub expires_at: Option<Timestamp>,
    /// The buyer account.
    pub account: Option<AccountId>,
    /// The license; absent on products that predate them.
    pub license: Option<LicenseArn>,
    /// The legacy customer identifier; empty on products created since 2026-06-01.
    pub customer_identifier: Option<String>,
}
