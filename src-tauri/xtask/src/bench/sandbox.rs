//! A sandbox that `binderyctl` serves, and syncs with it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::display;
use crate::process::{self, Failure, Outcome};
use crate::workspace::Workspace;

/// How long the sandbox may take to carry out what its controls are asked for.
const CONTROL_MAX: Duration = Duration::from_mins(1);

/// A running sandbox. Ends with this value.
pub(crate) struct Sandbox {
    server: Child,
    binderyctl: PathBuf,
    data: PathBuf,
    /// `127.0.0.1:PORT`.
    address: String,
}

/// What a sync did and took.
pub(crate) struct Synced {
    /// Calls by operation.
    pub(crate) calls: BTreeMap<String, u64>,
    /// When each phase began, after the start of the process; and the end, called `End`.
    began: Vec<(String, Duration)>,
}

/// Builds `binderyctl` as it is shipped.
pub(crate) fn binderyctl(workspace: &Workspace) -> Result<PathBuf, Failure> {
    process::show(
        "Building binderyctl",
        &mut workspace.cargo_build_release("binderyctl"),
        "The compiler says above what is wrong.",
    )?;
    Ok(workspace.binary("release", "binderyctl"))
}

impl Sandbox {
    /// Serves a new world in the data folder `data`.
    pub(crate) fn serve(binderyctl: &Path, data: &Path, agreements: u32) -> Result<Self, Failure> {
        let mut server = Command::new(binderyctl)
            .arg("--data-dir")
            .arg(data)
            .args(["sandbox", "serve", "--agreements", &agreements.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("no sandbox could be started: {error}")))?;
        let mut line = String::new();
        // The only line there is; the pipe may close after it.
        let read = server
            .stdout
            .take()
            .map(|out| BufReader::new(out).read_line(&mut line));
        let address = line
            .split_once("http://")
            .and_then(|(_, rest)| rest.split('"').next());
        let (Some(Ok(_)), Some(address)) = (read, address) else {
            display::end(&mut server);
            let said = line.trim();
            return Err(Failure::new(format!(
                "the sandbox tells no endpoint: {said}"
            )));
        };
        Ok(Self {
            address: address.to_owned(),
            server,
            binderyctl: binderyctl.to_owned(),
            data: data.to_owned(),
        })
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Uses one of the controls, and gives back what it answers.
    pub(crate) fn control(&self, method: &str, path: &str, body: &str) -> Result<String, Failure> {
        let answer = self.exchange(method, path, body).map_err(|error| {
            Failure::new(format!("{path} of the sandbox does not answer: {error}"))
        })?;
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.starts_with("HTTP/1.1 200 ") => Ok(body.to_owned()),
            _ => Err(Failure::new(format!(
                "{path} of the sandbox failed: {answer}"
            ))),
        }
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(CONTROL_MAX))?;
        write!(
            stream,
            "{method} /_sandbox/{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Calls of each operation since they were last forgotten.
    pub(crate) fn calls(&self) -> Result<BTreeMap<String, u64>, Failure> {
        let status = self.control("GET", "status", "")?;
        numbers(&status, "calls")
            .ok_or_else(|| Failure::new(format!("the sandbox tells no calls: {status}")))
    }

    /// Brings the data folder up to date, and counts the calls for that.
    pub(crate) fn sync(&self) -> Result<Synced, Failure> {
        self.control("POST", "reset-counters", "")?;
        let began = self.run_sync()?;
        Ok(Synced {
            calls: self.calls()?,
            began,
        })
    }

    /// What it shows of its progress tells when each phase begins.
    fn run_sync(&self) -> Result<Vec<(String, Duration)>, Failure> {
        let not_done = |error| Failure::new(format!("`binderyctl sync` failed: {error}"));
        let started = Instant::now();
        let mut sync = Command::new(&self.binderyctl)
            .arg("--data-dir")
            .arg(&self.data)
            .arg("sync")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(not_done)?;
        let mut began: Vec<(String, Duration)> = Vec::new();
        let mut said = String::new();
        for line in sync
            .stderr
            .take()
            .into_iter()
            .flat_map(|out| BufReader::new(out).lines())
        {
            let line = line.map_err(not_done)?;
            let phase = line.split(':').next().unwrap_or_default();
            if began.last().is_none_or(|(last, _)| last != phase) {
                began.push((phase.to_owned(), started.elapsed()));
            }
            said = line;
        }
        let status = sync.wait().map_err(not_done)?;
        if !status.success() {
            return Err(Failure::new(format!("`binderyctl sync` failed: {said}")));
        }
        began.push(("End".to_owned(), started.elapsed()));
        Ok(began)
    }

    /// Lets every call take that much longer.
    pub(crate) fn delay(&self, delay: &str) -> Outcome {
        let fault = format!("{{\"operation\":\"*\",\"delay\":\"{delay}\"}}");
        self.control("POST", "faults", &fault).map(drop)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        display::end(&mut self.server);
    }
}

impl Synced {
    /// How long a phase took; nothing when it was not seen.
    pub(crate) fn phase(&self, name: &str) -> Option<Duration> {
        let position = self.began.iter().position(|(phase, _)| phase == name)?;
        let (_, end) = self.began.get(position + 1)?;
        end.checked_sub(self.began[position].1)
    }

    /// From the start of the process to its end.
    pub(crate) fn whole(&self) -> Duration {
        self.began.last().map_or(Duration::ZERO, |(_, end)| *end)
    }

    pub(crate) fn calls_of(&self, operations: &[&str]) -> u64 {
        let calls = |operation: &&str| self.calls.get(*operation);
        operations.iter().filter_map(calls).sum()
    }
}

/// The numbers of a flat object `name` in `json`. Enough for answers of our own programs, and no
/// reason for this crate to have a dependency.
fn numbers(json: &str, name: &str) -> Option<BTreeMap<String, u64>> {
    let (_, rest) = json.split_once(&format!("\"{name}\":{{"))?;
    let (object, _) = rest.split_once('}')?;
    let members = object.split(',').filter(|member| !member.is_empty());
    members
        .map(|member| {
            let (name, number) = member.split_once(':')?;
            Some((name.trim_matches('"').to_owned(), number.parse().ok()?))
        })
        .collect()
}

/// A number of a flat object in `json`.
pub(crate) fn number(json: &str, name: &str) -> Option<f64> {
    let (_, rest) = json.split_once(&format!("\"{name}\":"))?;
    rest.split([',', '}']).next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_name() {
        let json = r#"{"seed":1,"calls":{"ListEntities":1,"SearchAgreements":2000},"last":2.5}"#;
        let calls = numbers(json, "calls").unwrap();
        assert_eq!(calls["SearchAgreements"], 2_000);
        assert_eq!(calls.len(), 2);
        assert_eq!(numbers(r#"{"calls":{}}"#, "calls"), Some(BTreeMap::new()));
        assert_eq!(numbers(json, "seed"), None);
        assert_eq!(number(json, "last"), Some(2.5));
        assert_eq!(number("{\"seconds\": 1.25}", "seconds"), Some(1.25));
    }

    #[test]
    fn a_phase_lasts_until_the_next_begins() {
        let at = |name: &str, seconds| (name.to_owned(), Duration::from_secs(seconds));
        let synced = Synced {
            calls: BTreeMap::new(),
            began: vec![at("Agreements", 1), at("Details", 5), at("End", 12)],
        };
        assert_eq!(synced.phase("Agreements"), Some(Duration::from_secs(4)));
        assert_eq!(synced.phase("Details"), Some(Duration::from_secs(7)));
        assert_eq!(synced.phase("Products"), None);
        assert_eq!(synced.whole(), Duration::from_secs(12));
    }
}
