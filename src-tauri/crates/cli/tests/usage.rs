//! Usage on the command line: what is wrong with a file, and that it is read once.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

mod shared;

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use shared::{answer, binderyctl, error, error_of};

const ACCOUNT: &str = "111122224444";
const HEADER: &str = "license,account,dimension,quantity,timestamp";

/// Runs a command on a file that can be read once: what comes through a pipe.
fn fed(folder: &std::path::Path, command: &str, bytes: &str) -> std::process::Output {
    let file = folder.join("usage.csv");
    if !file.is_symlink() {
        std::os::unix::fs::symlink("/dev/stdin", &file).unwrap();
    }
    let mut child = binderyctl(folder)
        .args(["--json", "usage", command])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(bytes.as_bytes()).unwrap();
    drop(pipe);
    child.wait_with_output().unwrap()
}

#[test]
fn what_is_sent_is_what_was_read_and_everything_wrong_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let buys = ["sandbox", "subscribe", "--listing", "emqx"];
    let bought = answer(
        folder.path(),
        &[&buys[..], &["--account", ACCOUNT]].concat(),
    );
    let license = bought["licenseArn"].as_str().unwrap();
    // Until AWS has granted the license.
    let moved = answer(folder.path(), &["sandbox", "advance", "2h"]);
    let now = moved["now"].as_str().unwrap();
    answer(folder.path(), &["sync"]);

    let wrong = format!(
        "{HEADER}\n{license},{ACCOUNT},session_minutes,many,{now}\n{license},{ACCOUNT},traffic_gb,-1,{now}\n"
    );
    let told = |command: &str| {
        let (code, error) = error_of(&fed(folder.path(), command, &wrong));
        assert_eq!((code, &error["code"]), (2, &json!("invalid")), "{error}");
        error["problems"].clone()
    };
    let problems = told("check");
    assert_eq!(problems.as_array().unwrap().len(), 2, "{problems}");
    assert_eq!(told("send"), problems);
    let missing = ["usage", "check", "/no/such/file.csv"];
    assert_eq!(error(folder.path(), &missing).0, 7);
    let (code, empty) = error_of(&fed(folder.path(), "send", &format!("{HEADER}\n")));
    assert_eq!(code, 2);
    assert_eq!(empty["message"], "there is no usage in the file");

    let right = format!("{HEADER}\n{license},{ACCOUNT},session_minutes,1200,{now}\n");
    let sent = fed(folder.path(), "send", &right);
    let said = String::from_utf8_lossy(&sent.stderr);
    assert!(sent.status.success(), "{said}");
    let sent: Value = serde_json::from_slice(&sent.stdout).unwrap();
    assert_eq!(sent["records"][0]["state"], "sent");
}
