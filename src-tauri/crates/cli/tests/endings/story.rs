//! What the stories are told with: a data folder, and commands that may be killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sandbox::{Control, Subscribe};
use serde_json::Value;

use crate::shared::{answer, binderyctl};

/// A data folder, and its sandbox served by a process of its own, which outlives those that are killed.
pub(crate) struct Story {
    pub(crate) folder: tempfile::TempDir,
    sandbox: Child,
    pub(crate) control: Control,
    pub(crate) runtime: tokio::runtime::Runtime,
    dice: u64,
}

impl Story {
    pub(crate) fn with_agreements(agreements: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut sandbox = binderyctl(folder.path())
            .args(["--json", "sandbox", "serve", "--agreements"])
            .arg(agreements.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(sandbox.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let first: Value = serde_json::from_str(&line).unwrap();
        let story = Self {
            folder,
            sandbox,
            control: Control::at(first["endpoint"].as_str().unwrap()),
            runtime: tokio::runtime::Runtime::new().unwrap(),
            dice: 7,
        };
        story.answer(&["sync"]);
        story
    }

    pub(crate) fn answer(&self, arguments: &[&str]) -> Value {
        answer(self.folder.path(), arguments)
    }

    /// A buyer subscribes to EMQX; the agreement.
    pub(crate) fn subscribes(&self) -> String {
        let purchase = Subscribe {
            listing: "emqx".to_owned(),
            account: "222233334444".to_owned(),
            ..Subscribe::default()
        };
        let bought = self.runtime.block_on(self.control.subscribe(&purchase));
        bought.unwrap().agreement_id
    }

    pub(crate) fn calls(&self, operation: &str) -> u64 {
        let status = self.runtime.block_on(self.control.status()).unwrap();
        status.calls.get(operation).copied().unwrap_or(0)
    }

    /// How long a command takes that nobody kills.
    pub(crate) fn time(&self, arguments: &[&str]) -> Duration {
        let began = Instant::now();
        self.answer(arguments);
        began.elapsed()
    }

    /// Runs a command and kills it at some point before `longest` has passed; tells whether it was
    /// faster.
    pub(crate) fn kills(&mut self, arguments: &[&str], longest: Duration) -> bool {
        let mut command: Command = binderyctl(self.folder.path());
        let mut child = command
            .arg("--json")
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + longest.mul_f64(self.chance());
        while Instant::now() < end {
            if child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        false
    }

    /// A number from 0 to 1 (splitmix64).
    fn chance(&mut self) -> f64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.dice;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((it ^ (it >> 31)) >> 32).unwrap()) / f64::from(u32::MAX)
    }

    /// One number that the database is asked for.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        let file = self.folder.path().join("connections/sandbox.sqlite3");
        let database = rusqlite::Connection::open(file).unwrap();
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let file = self.folder.path().join("connections/sandbox.sqlite3");
        let database = rusqlite::Connection::open(file).unwrap();
        let mut some = database.prepare(sql).unwrap();
        let texts = some.query_map([], |row| row.get(0)).unwrap();
        texts.collect::<Result<_, _>>().unwrap()
    }

    pub(crate) fn audit_is_whole(&self) {
        let check = self.answer(&["audit", "verify"]);
        assert_eq!(check["open"], 0, "{check}");
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
    }
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}
