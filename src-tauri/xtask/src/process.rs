//! Other programs: started, timed, and reported in one line each.

use std::fmt;
use std::io::{self, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Why a command of ours ended early: a sentence, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure(String);

pub(crate) type Outcome = Result<(), Failure>;

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Runs `command` with its output on ours: for builds and tests, which people want to watch.
pub(crate) fn show(what: &str, command: &mut Command, remedy: &str) -> Outcome {
    println!("── {what}: {}", line(command));
    let started = Instant::now();
    let status = command
        .status()
        .map_err(|error| not_started(command, &error))?;
    if status.success() {
        println!("── {what}: {}", seconds(started.elapsed()));
        return Ok(());
    }
    Err(failed(command, status, remedy))
}

/// Runs `command` and keeps its output to itself unless it fails.
pub(crate) fn quiet(what: &str, command: &mut Command, remedy: &str) -> Outcome {
    print!("── {what} … ");
    // Where it fails the line is only late.
    let _ = io::stdout().flush();
    let started = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(command, &error))?;
    if output.status.success() {
        println!("{}", seconds(started.elapsed()));
        return Ok(());
    }
    println!("failed: {}", line(command));
    print!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Err(failed(command, output.status, remedy))
}

/// Whether `command` ran and was content. Says nothing either way.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What `command` printed, if it ran and was content.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// What `command` printed; what it says besides is shown.
pub(crate) fn output(command: &mut Command, remedy: &str) -> Result<String, Failure> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        return Err(failed(command, output.status, remedy));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Failure(format!("`{}` printed no text", line(command))))
}

/// A step that had nothing to do.
pub(crate) fn nothing_to_do(what: &str) {
    println!("── {what}: up to date");
}

pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn failed(command: &Command, status: ExitStatus, remedy: &str) -> Failure {
    Failure(format!("`{}` failed ({status}). {remedy}", line(command)))
}

fn not_started(command: &Command, error: &io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    Failure(format!(
        "`{program}` could not be started: {error}. Is it installed and on the PATH?"
    ))
}

/// The command as one would type it, near enough.
fn line(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or(&program);
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy());
    std::iter::once(name.into())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}
