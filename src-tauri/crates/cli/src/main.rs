//! binderyctl.

fn main() {}
