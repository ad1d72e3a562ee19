//! Crate `sandbox`.
