//! Linking, rule by rule, with real parts: the sandbox over the wire, the SDK, a database in a file.
//!
//! A buyer subscribes, the vendor's directory is imported, a plan is made and carried out. Every rule of
//! the five systems has a test of its name here; `names` holds the list.

#![cfg(test)]

mod ask;
mod cases;
mod clickhouse;
mod clickhouse_committed;
mod clickhouse_payg;
mod emqx;
mod granting;
mod guance;
mod guance_codes;
mod guance_workspaces;
mod looks;
mod meanwhile;
mod names;
mod offline;
mod own_policies;
mod pinecone;
mod sellers;
mod stale;
mod story;
mod together;
mod unknown;
