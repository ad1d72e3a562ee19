//! Starts [moto](https://github.com/getmoto/moto) on loopback: STS with real sessions, for tests.
//!
//! moto gives sessions of any role in any account and knows whose they are. It checks neither
//! signatures nor external ids nor MFA codes.

use std::error::Error;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{env, io, thread};

/// Names the Python that has moto.
pub const PYTHON: &str = "BINDERY_MOTO";

/// Where `cargo xtask test` puts that Python, within the target folder.
const IN_TARGET: &str = if cfg!(windows) {
    "moto-venv/Scripts/python.exe"
} else {
    "moto-venv/bin/python"
};

/// Ends with its standard input, so that it never outlives a test that was killed. Port 0 takes a
/// free one.
const PROGRAM: &str = "\
import os, sys, threading
def wait():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=wait, daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', '0'])
";

/// What it says before its endpoint.
const RUNNING: &str = "Running on ";

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Moto {
    endpoint: String,
    server: Child,
}

/// Why moto does not start. Its `Debug`, which is what a test's `unwrap` shows, is in words too.
#[derive(thiserror::Error)]
pub enum MotoError {
    /// Nobody has installed it.
    #[error("moto is not installed: run `cargo xtask test rust` once, which does that")]
    Missing,
    /// The program named cannot be run.
    #[error("moto cannot be run with {}", .0.display())]
    Run(PathBuf, #[source] io::Error),
    /// It ended before it served.
    #[error("moto ended with: {0}")]
    Ended(String),
}

impl fmt::Debug for MotoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let cause = self.source();
        cause.map_or(Ok(()), |cause| write!(f, ": {cause}"))
    }
}

impl Moto {
    /// Starts it, and waits until it serves.
    pub fn start() -> Result<Self, MotoError> {
        let python = python().ok_or(MotoError::Missing)?;
        let mut server = Command::new(&python)
            .args(["-c", PROGRAM])
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| MotoError::Run(python, error))?;
        let mut lines = server
            .stderr
            .take()
            .map(|said| BufReader::new(said).lines().map_while(Result::ok))
            .into_iter()
            .flatten();
        let mut said = Vec::new();
        for line in lines.by_ref() {
            if let Some((_, endpoint)) = line.split_once(RUNNING) {
                let endpoint = endpoint.trim().to_owned();
                // Its log has to go somewhere, else it would stop at a full pipe.
                thread::spawn(move || lines.for_each(drop));
                return Ok(Self { endpoint, server });
            }
            said.push(line);
        }
        let _ = server.wait();
        Err(MotoError::Ended(said.join("\n")))
    }

    /// Where it is reached, as `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The Python named in the environment, or the one in the target folder that this program is in.
fn python() -> Option<PathBuf> {
    if let Some(named) = env::var_os(PYTHON) {
        return Some(named.into());
    }
    let program = env::current_exe().ok()?;
    let folders = program.ancestors().skip(1);
    let mut pythons = folders.map(|folder| folder.join(IN_TARGET));
    pythons.find(|python| python.is_file())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn it_serves_until_it_is_dropped() {
        let moto = Moto::start().unwrap();
        let address = moto.endpoint().strip_prefix("http://").unwrap().to_owned();
        assert!(TcpStream::connect(&address).is_ok());
        drop(moto);
        assert!(TcpStream::connect(&address).is_err());
    }

    #[test]
    fn a_test_without_it_fails_with_what_to_do() {
        assert_eq!(
            format!("{:?}", MotoError::Missing),
            "moto is not installed: run `cargo xtask test rust` once, which does that"
        );
        let missing = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(
            format!("{:?}", MotoError::Run("/no/python".into(), missing)),
            "moto cannot be run with /no/python: entity not found"
        );
    }
}
