//! Crate `aws`.
