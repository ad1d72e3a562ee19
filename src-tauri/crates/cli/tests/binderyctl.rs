//! The command line as scripts see it: one JSON document on standard output, errors as one JSON
//! object on standard error, exit codes. And: killed at any point, a sync goes on where it was.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

mod shared;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::Value;
use store::Store;

use shared::{answer, binderyctl, error};

#[test]
fn mail_of_the_sandbox_is_read_in_its_mailbox() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(
        answer(folder, &["sandbox", "mailbox"]),
        Value::Array(vec![])
    );
    for to in ["ann@example.com", "bob@example.com"] {
        answer(folder, &["connection", "mail", "sandbox", "try", to]);
    }
    let mails = answer(folder, &["sandbox", "mailbox"]);
    assert_eq!(
        (&mails[0]["to"], &mails[1]["to"]),
        (&"bob@example.com".into(), &"ann@example.com".into())
    );
    assert_eq!(mails[0]["subject"], "Trial mail from Bindery");
    let ann = answer(folder, &["sandbox", "mailbox", "--address", "ann@"]);
    assert_eq!(ann.as_array().unwrap().len(), 1);
    let newer = answer(folder, &["sandbox", "mailbox", "--after", "1"]);
    assert_eq!(newer.as_array().unwrap().len(), 1);
    let (code, error) = error(folder, &["connection", "mail", "sandbox", "show"]);
    assert_eq!((code, &error["code"]), (2, &Value::from("invalid")));
}

/// A sandbox served by a process of its own, on this folder.
struct Served(Child, String);

impl Served {
    fn on(folder: &Path, agreements: &str) -> Self {
        let mut child = binderyctl(folder)
            .args(["--json", "sandbox", "serve", "--agreements", agreements])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let first: Value = serde_json::from_str(&line).unwrap();
        Self(child, first["endpoint"].as_str().unwrap().to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn database(folder: &Path) -> PathBuf {
    folder.join("connections/sandbox.sqlite3")
}

#[test]
fn a_script_subscribes_syncs_and_finds() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let synced = answer(folder, &["sync"]);
    assert_eq!(
        (&synced["full"], &synced["agreements"]),
        (&true.into(), &300.into())
    );

    let bought = answer(
        folder,
        &[
            "sandbox",
            "subscribe",
            "--listing",
            "emqx",
            "--account",
            "444455556666",
            "--company",
            "Halden Freight AS",
        ],
    );
    let agreement = bought["agreementId"].as_str().unwrap();
    assert!(
        bought["registrationUrl"]
            .as_str()
            .unwrap()
            .contains("token=")
    );
    assert!(
        bought["licenseArn"]
            .as_str()
            .unwrap()
            .contains(":license:l-")
    );

    assert_eq!(
        answer(folder, &["sync"])["agreements"].as_u64().unwrap(),
        2,
        "the new one and the last one"
    );
    let list = answer(folder, &["agreements", "list", "halden", "is:needs-setup"]);
    assert_eq!(
        (&list["matched"], &list["rows"][0]["id"]),
        (&1.into(), &agreement.into())
    );
    let shown = answer(folder, &["agreements", "show", agreement]);
    assert_eq!(shown["row"]["company"], "Halden Freight AS");
    assert_eq!(answer(folder, &["status"])["listing"], "complete");

    let advanced = answer(folder, &["sandbox", "advance", "3d"]);
    assert!(advanced["now"].as_str().unwrap().ends_with('Z'));
    answer(folder, &["sandbox", "cancel", agreement]);
    answer(folder, &["sync"]);
    assert_eq!(
        answer(folder, &["agreements", "show", agreement])["row"]["status"],
        "CANCELLED"
    );
}

#[test]
fn errors_are_one_object_with_a_code_and_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (code, told) = error(folder, &["agreements", "list", "staus:active"]);
    assert_eq!((code, &told["code"]), (2, &"invalid".into()));
    assert_eq!(told["hint"], "staus:active\n^^^^^\nTry: status");

    let (code, told) = error(folder, &["agreements", "show", "agmt-nowhere"]);
    assert_eq!((code, &told["code"]), (7, &"notFound".into()));
    assert!(told["hint"].as_str().unwrap().contains("sync"));

    let (code, told) = error(folder, &["agreements", "lst"]);
    assert_eq!((code, &told["code"]), (2, &"invalid".into()));

    let (code, _) = error(folder, &["--connection", "elsewhere", "status"]);
    assert_eq!(code, 7);

    std::fs::remove_file(folder.join("connections/sandbox.sqlite3-wal")).ok();
    std::fs::write(
        database(folder),
        "nonsense, and long enough to be read as a header".repeat(100),
    )
    .unwrap();
    let (code, told) = error(folder, &["status"]);
    assert_eq!((code, &told["code"]), (1, &"databaseDamaged".into()));
    assert!(
        told["hint"]
            .as_str()
            .unwrap()
            .contains("move the file away")
    );
}

#[test]
fn aws_failures_have_exit_codes_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let served = Served::on(folder, "300");
    let fault = |operation: &str, rest: &[&str]| {
        let fixed = [
            "sandbox",
            "--endpoint",
            &served.1,
            "fault",
            "--operation",
            operation,
        ];
        answer(folder, &[&fixed, rest].concat());
    };
    fault(
        "SearchAgreements",
        &["--error", "AccessDeniedException", "--times", "1"],
    );
    let (code, told) = error(folder, &["sync"]);
    assert_eq!((code, &told["code"]), (4, &"denied".into()));
    assert!(told["requestId"].as_str().is_some());
    assert_eq!(answer(folder, &["status"])["listing"], "incomplete");

    // Throttled twice and then served: nobody notices.
    fault(
        "SearchAgreements",
        &["--error", "ThrottlingException", "--times", "2"],
    );
    answer(folder, &["sync"]);
    assert_eq!(answer(folder, &["status"])["listing"], "complete");
}

/// Kills a sync at a dozen points, from the first page into the details, and lets the last one end.
#[test]
fn killed_again_and_again_a_sync_loses_nothing_and_doubles_nothing() {
    const AGREEMENTS: usize = 3_000;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let served = Served::on(folder, &AGREEMENTS.to_string());
    let slow = [
        "sandbox",
        "--endpoint",
        &served.1,
        "fault",
        "--operation",
        "SearchAgreements",
        "--delay",
        "5ms",
    ];
    answer(folder, &slow);
    let store = Store::open(&database(folder)).unwrap();
    let progress = || {
        store
            .read(|read| {
                Ok((
                    read.agreement_count()?,
                    AGREEMENTS - read.undetailed_count()?.0,
                ))
            })
            .unwrap()
    };
    let mut kills = 0;
    for step in 1..=12 {
        let mut sync = binderyctl(folder)
            .args(["--json", "sync"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let ended = loop {
            if let Some(status) = sync.try_wait().unwrap() {
                break Some(status);
            }
            let (listed, detailed) = progress();
            let listed_enough = listed >= AGREEMENTS * step / 8;
            let detailed_enough =
                step > 8 && listed == AGREEMENTS && detailed >= AGREEMENTS * (step - 8) / 5;
            if (step <= 8 && listed_enough) || detailed_enough {
                break None;
            }
            std::thread::yield_now();
        };
        if ended.is_none() {
            sync.kill().unwrap();
            sync.wait().unwrap();
            kills += 1;
        }
    }
    assert!(
        kills >= 6,
        "only {kills} syncs were killed before they ended"
    );
    let last = answer(folder, &["sync"]);
    assert_eq!(last["failed"], 0, "{last}");
    let status = answer(folder, &["status"]);
    assert_eq!(status["agreements"].as_u64().unwrap(), AGREEMENTS as u64);
    assert_eq!(
        (&status["listing"], &status["detailsMissing"]),
        (&"complete".into(), &0.into())
    );
    let other = rusqlite::Connection::open(database(folder)).unwrap();
    let distinct: usize = other
        .query_row("SELECT count(DISTINCT id) FROM agreement", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(distinct, AGREEMENTS);
    let links: usize = other
        .query_row("SELECT count(*) FROM link", [], |row| row.get(0))
        .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let directory = runtime
        .block_on(sandbox::Control::at(&served.1).directory())
        .unwrap();
    assert_eq!(links, directory.links.len());
    let sound: String = other
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
}
