//! Starting once more, when the first attempt met a window that was just going.

use std::env;
use std::process::Command;
use std::thread;
use std::time::Duration;

/// Counts the attempts of one start.
const ATTEMPT: &str = "BINDERY_START_ATTEMPT";

/// Attempts of one start.
const ATTEMPTS_MAX: u32 = 5;

/// How long a going window is left to go.
const PAUSE: Duration = Duration::from_millis(200);

/// Replaces this process by a fresh start of the same program with the same arguments. Comes back
/// only when that was tried often enough, or cannot be done.
pub(crate) fn start_again() {
    let attempt: u32 = env::var(ATTEMPT)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let Ok(program) = env::current_exe() else {
        return;
    };
    if attempt >= ATTEMPTS_MAX {
        return;
    }
    thread::sleep(PAUSE);
    let mut again = Command::new(program);
    again
        .args(env::args_os().skip(1))
        .env(ATTEMPT, (attempt + 1).to_string());
    replace_by(again);
}

/// The same process goes on as another program: whoever waits for it notices nothing.
#[cfg(unix)]
fn replace_by(mut program: Command) {
    use std::os::unix::process::CommandExt;

    let error = program.exec();
    tracing::warn!(%error, "the program cannot be started again");
}

#[cfg(not(unix))]
fn replace_by(mut program: Command) {
    match program.spawn() {
        Ok(_) => std::process::exit(0),
        Err(error) => tracing::warn!(%error, "the program cannot be started again"),
    }
}
