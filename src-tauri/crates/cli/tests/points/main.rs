//! Killed at every point, carrying a plan out does all of it or nothing, and nothing twice.
//!
//! A point is a call by which `binderyctl` changes anything outside of itself: a write to a file, bytes
//! sent. Whatever happens between two points leaves nothing behind, so each execution is killed just before
//! one of them, at every one in turn: none is left out or taken together with others, and nothing is left
//! to chance. What is written to memory that processes share (SQLite's index of the write-ahead log) is no
//! point: SQLite makes it anew when nobody is left who has it.
//!
//! The program has no hook for this. A small library (`killer.c`) that the test builds is loaded into it
//! and counts its calls of the C library; `strace` finds no others that matter. Only Linux has `LD_PRELOAD`
//! and `/proc` as it needs them, so elsewhere there are no such tests.

#![cfg(test)]
#![cfg(target_os = "linux")]

mod cancel;
mod killer;
mod link;
#[path = "../shared/served.rs"]
mod served;
#[path = "../shared/mod.rs"]
mod shared;
mod world;
