//! Bindery.

fn main() {}
