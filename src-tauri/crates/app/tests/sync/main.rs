//! Syncing against a marketplace that does what the sandbox cannot: forget agreements, lose page
//! tokens at will, break off at an exact call. The database is a real one.

#![cfg(test)]

mod details;
mod fake;
mod listing;
mod story;
mod vendor;
