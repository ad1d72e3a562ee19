//! A data folder, and its sandbox served by a process of its own, which outlives those that are killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use sandbox::{Control, Registration, Subscribe};
use serde_json::Value;

use crate::shared::{answer, binderyctl};

pub(crate) struct Served {
    pub(crate) folder: tempfile::TempDir,
    sandbox: Child,
    pub(crate) control: Control,
    pub(crate) runtime: tokio::runtime::Runtime,
}

impl Served {
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
        let served = Self {
            folder,
            sandbox,
            control: Control::at(first["endpoint"].as_str().unwrap()),
            runtime: tokio::runtime::Runtime::new().unwrap(),
        };
        served.answer(&["sync"]);
        served
    }

    pub(crate) fn answer(&self, arguments: &[&str]) -> Value {
        answer(self.folder.path(), arguments)
    }

    /// A buyer subscribes to EMQX.
    pub(crate) fn subscribes(&self) -> Registration {
        let purchase = Subscribe {
            listing: "emqx".to_owned(),
            account: "222233334444".to_owned(),
            ..Subscribe::default()
        };
        let bought = self.runtime.block_on(self.control.subscribe(&purchase));
        bought.unwrap()
    }

    /// The texts that the database is asked for.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let database = self.database();
        let mut some = database.prepare(sql).unwrap();
        let texts = some.query_map([], |row| row.get(0)).unwrap();
        texts.collect::<Result<_, _>>().unwrap()
    }

    pub(crate) fn database(&self) -> rusqlite::Connection {
        let file = self.folder.path().join("connections/sandbox.sqlite3");
        rusqlite::Connection::open(file).unwrap()
    }

    /// The audit follows from its beginning, and nothing in it is open.
    #[track_caller]
    pub(crate) fn audit_is_whole(&self) {
        let check = self.answer(&["audit", "verify"]);
        assert_eq!(check["open"], 0, "{check}");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
    }
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}
