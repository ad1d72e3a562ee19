//! Crate `domain`.
