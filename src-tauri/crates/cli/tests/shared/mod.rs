//! binderyctl as scripts see it: one JSON document on standard output, errors as one JSON object on
//! standard error, exit codes.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A command on the data in this folder.
pub(crate) fn binderyctl(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_binderyctl"));
    command.arg("--data-dir").arg(folder).stdin(Stdio::null());
    command
}

/// What a command that is asked for JSON did.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = binderyctl(folder);
    command.arg("--json").args(arguments).output().unwrap()
}

/// The answer of a command that works, and has nothing else to say.
#[track_caller]
pub(crate) fn answer(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The error of a command that does not, with its exit code.
#[track_caller]
pub(crate) fn error(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    error_of(&run(folder, arguments))
}

/// The error that a command ended with, and its exit code.
#[track_caller]
pub(crate) fn error_of(output: &Output) -> (i32, Value) {
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(answer.is_empty(), "{answer}");
    let error = serde_json::from_slice(&output.stderr).unwrap();
    (output.status.code().unwrap(), error)
}
