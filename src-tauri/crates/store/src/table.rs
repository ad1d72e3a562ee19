//! The tables, one file each: what is written to them and read from them.

pub mod agreement;
pub mod audit;
pub mod cancellation;
pub mod details;
pub mod directory;
pub mod due_effect;
pub mod entitlement;
pub mod link;
pub mod listing;
pub mod offer;
pub mod permission;
pub mod plan;
pub mod registration;
pub mod sync;
pub mod usage;
pub mod verification;
