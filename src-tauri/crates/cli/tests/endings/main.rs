//! Ending on the command line: killed at any moment, nothing is done twice, and nothing stays open. And
//! the audit, taken elsewhere as a file.

#![cfg(test)]

mod audit;
mod killed;
#[path = "../shared/served.rs"]
mod served;
#[path = "../shared/mod.rs"]
mod shared;
mod story;

/// What EMQX wants typed.
const PHRASE: &str = "EMQX Cloud (Pay as you go)";
