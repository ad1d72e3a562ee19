//! `cargo xtask bench`: what Bindery takes, beside what its peers take. Measured and shown, never
//! asserted: how fast this machine is today is no reason for a test to fail.

mod memory;
mod samples;
mod table;
mod window;

use crate::process::{Failure, Outcome};
use crate::workspace::Workspace;

/// Something to measure, and how it is called on the command line.
type Subject = (&'static str, fn(&Workspace) -> Outcome);

const SUBJECTS: &[Subject] = &[("window", window::measure)];

/// Measures the subjects named, or all of them.
pub(crate) fn bench(workspace: &Workspace, names: &[String]) -> Outcome {
    let known: Vec<_> = SUBJECTS.iter().map(|(name, _)| *name).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Failure::new(format!(
            "there is nothing called `{name}` to measure, only {}",
            known.join(", ")
        )));
    }
    SUBJECTS
        .iter()
        .filter(|(name, _)| names.is_empty() || names.iter().any(|named| named == name))
        .try_for_each(|(_, measure)| measure(workspace))
}
