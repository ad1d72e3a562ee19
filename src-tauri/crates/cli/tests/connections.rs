//! Connections to seller accounts on the command line: a real keyring, the sandbox in AWS's place.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

#[expect(
    dead_code,
    reason = "a person with a keyring runs commands in another way"
)]
mod shared;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};

use keyring_session::KeyringSession;
use serde_json::Value;
use smtp::{Smtp, Tls};

use shared::{binderyctl, error_of};

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A person's keyring and data folder, and a sandbox in AWS's place.
struct Story {
    keyring: KeyringSession,
    folder: tempfile::TempDir,
    aws: Child,
    endpoint: String,
    /// Everything that any command printed, logs included.
    printed: Vec<u8>,
    /// The file of authorities that commands trust, instead of the system's.
    trusted: Option<PathBuf>,
    _world: tempfile::TempDir,
}

impl Story {
    fn new() -> Self {
        Self::with(KeyringSession::start())
    }

    fn with(keyring: KeyringSession) -> Self {
        let world = tempfile::tempdir().unwrap();
        let mut aws = binderyctl(world.path())
            .args(["sandbox", "serve", "--agreements", "40"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(aws.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let first: Value = serde_json::from_str(&line).unwrap();
        Self {
            keyring,
            folder: tempfile::tempdir().unwrap(),
            aws,
            endpoint: first["endpoint"].as_str().unwrap().to_owned(),
            printed: Vec::new(),
            trusted: None,
            _world: world,
        }
    }

    /// Runs a command with `input` on standard input.
    fn run(&mut self, arguments: &[&str], input: &str) -> Output {
        self.run_with_log("off", arguments, input)
    }

    fn run_with_log(&mut self, log: &str, arguments: &[&str], input: &str) -> Output {
        let mut command = binderyctl(self.folder.path());
        self.keyring.apply(&mut command);
        if let Some(file) = &self.trusted {
            command.env("SSL_CERT_FILE", file);
        }
        let mut child = command
            .arg("--json")
            .args(arguments)
            .env("BINDERY_LOG", log)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that fails before it reads has closed its end.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        self.printed.extend(&output.stdout);
        self.printed.extend(&output.stderr);
        output
    }

    #[track_caller]
    fn answer(&mut self, arguments: &[&str], input: &str) -> Value {
        // What works says so with the most talkative log there is.
        let output = self.run_with_log("trace", arguments, input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    #[track_caller]
    fn error(&mut self, arguments: &[&str], input: &str) -> (i32, Value) {
        error_of(&self.run(arguments, input))
    }

    fn add(&mut self, name: &str, account: &str, input: &str) -> Output {
        let endpoint = self.endpoint.clone();
        let add = ["connection", "add", "--name", name, "--account", account];
        let at = ["--endpoint", &endpoint];
        self.run(&[&add[..], &at[..]].concat(), input)
    }

    /// Where a secret has got to, of everything printed and every file.
    fn leaks(&self) -> Vec<PathBuf> {
        assert!(!self.printed.is_empty());
        let holds = |bytes: &[u8]| {
            bytes
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes())
        };
        let mut leaks: Vec<_> = files_below(self.folder.path())
            .into_iter()
            .filter(|file| holds(&fs::read(file).unwrap()))
            .collect();
        if holds(&self.printed) {
            leaks.push("printed".into());
        }
        leaks
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        let _ = self.aws.kill();
        let _ = self.aws.wait();
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files_below(&path));
        } else {
            all.push(path);
        }
    }
    all
}

fn lines() -> String {
    format!("{KEY_ID}\n{SECRET}\n")
}

fn account() -> &'static str {
    "111122223333"
}

#[test]
fn a_connection_lives_from_add_to_remove_and_its_secret_shows_nowhere() {
    let mut story = Story::new();
    let added = story.add("Acme", account(), &lines());
    let said = String::from_utf8_lossy(&added.stderr).into_owned();
    assert!(added.status.success(), "{said}");
    let added: Value = serde_json::from_slice(&added.stdout).unwrap();
    assert_eq!(added["id"], "acme");
    let denied = |check: &Value| {
        let operations = check["operations"].as_array().unwrap();
        let denied = operations.iter().filter(|it| it["outcome"] != "allowed");
        denied.map(|it| it["name"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(denied(&added["check"]), [""; 0]);

    // Each of these is a start of its own, which finds the secrets in the keyring.
    let listed = story.answer(&["connection", "list"], "");
    assert_eq!(listed[0]["id"], "sandbox");
    assert_eq!(listed[1]["account"], account());
    let synced = story.answer(&["--connection", "acme", "sync"], "");
    assert_eq!(synced["agreements"], 40);
    let status = story.answer(&["--connection", "acme", "status"], "");
    assert_eq!(status["connection"]["name"], "Acme");
    let found = story.answer(&["--connection", "acme", "agreements", "list"], "");
    assert_eq!(found["matched"], 40);
    let sandbox = story.answer(&["status"], "");
    assert_eq!(sandbox["agreements"], 0, "connections do not mix");

    story.answer(&["connection", "rekey", "acme"], "");
    let json = format!(
        r#"{{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"{SECRET}",
            "SessionToken":"{SECRET}"}}"#
    );
    story.answer(&["connection", "credentials", "acme"], &json);
    story.answer(
        &[
            "connection",
            "change",
            "acme",
            "--name",
            "Acme 2",
            "--read-only",
        ],
        "",
    );
    let check = story.answer(&["connection", "check", "acme"], "");
    assert_eq!(denied(&check).len(), 3, "what acts is not wanted any more");
    assert!(
        check["actions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["refusal"].is_string())
    );
    let again = story.answer(&["--connection", "acme", "agreements", "list"], "");
    assert_eq!(again["matched"], 40);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crm.csv");
    std::fs::write(&file, "id,name\nbolt,Bolt\n").unwrap();
    let import = ["--connection", "acme", "organizations", "import"];
    let import = [
        &import[..],
        &[file.to_str().unwrap(), "--kind", "organization"],
    ]
    .concat();
    let (code, error) = story.error(&import, "");
    assert_eq!((code, &error["code"]), (3, &Value::from("refused")));
    let tried = story.answer(&[&import[..], &["--dry-run"]].concat(), "");
    assert_eq!(
        tried["kinds"][0]["added"], 1,
        "the refused import left nothing"
    );

    let (code, error) = story.error(&["connection", "remove", "acme", "--confirm", "Acme"], "");
    assert_eq!((code, &error["code"]), (2, &Value::from("invalid")));
    let removed = story.answer(&["connection", "remove", "acme", "--confirm", "Acme 2"], "");
    assert_eq!(removed["secrets"].as_array().unwrap().len(), 3);
    let (code, _) = story.error(&["--connection", "acme", "status"], "");
    assert_eq!(code, 7);
    assert_eq!(story.leaks(), [""; 0].map(PathBuf::from));
}

#[test]
fn mail_goes_over_tls_with_a_password_that_shows_nowhere() {
    let server = Smtp::start(Tls::StartTls, Some(("sales", SECRET))).unwrap();
    let mut story = Story::new();
    // Instead of the authorities that this system trusts.
    story.trusted = Some(server.certificate().to_owned());
    assert!(story.add("Acme", account(), &lines()).status.success());
    let mail = |rest: &[&'static str]| [&["connection", "mail", "acme"], rest].concat();
    assert!(story.answer(&mail(&["show"]), "").is_null());
    let to = ["try", "you@example.com"];
    let (code, error) = story.error(&mail(&to), "");
    assert_eq!((code, &error["code"]), (5, &Value::from("notSent")));

    let port = server.port().to_string();
    let set = mail(&[
        "set",
        "--host",
        "localhost",
        "--security",
        "starttls",
        "--user",
        "sales",
        "--from",
        "sales@example.com",
        "--from-name",
        "관측 센터",
    ]);
    let set = [&set[..], &["--port", &port]].concat();
    let (code, error) = story.error(&set, "");
    assert_eq!(
        (code, &error["fields"][0]["field"]),
        (2, &"password".into())
    );
    let shown = story.answer(&set, &format!("{SECRET}\n"));
    assert_eq!(shown["fromName"], "관측 센터");
    story.answer(&mail(&to), "");
    let arrived = smtp::read(&server.next_mail().unwrap()).unwrap();
    assert!(
        arrived.contains("관측 센터 <sales@example.com>"),
        "{arrived}"
    );

    story.trusted = None;
    let (code, error) = story.error(&mail(&to), "");
    assert_eq!((code, &error["code"]), (5, &Value::from("notSent")));
    assert!(
        error["hint"].as_str().unwrap().contains("security"),
        "{error}"
    );
    let removed = story.answer(&mail(&["remove"]), "");
    assert_eq!(removed["removed"], true);
    assert!(story.answer(&mail(&["show"]), "").is_null());
    assert!(server.waiting_mail().is_none());
    assert_eq!(story.leaks(), [""; 0].map(PathBuf::from));
}

#[test]
fn what_is_entered_wrongly_is_told_without_being_repeated() {
    let mut story = Story::new();
    let swapped = format!("{SECRET}\n{KEY_ID}\n");
    for (account, input, part) in [
        (account(), swapped.as_str(), "not right"),
        (account(), "", "not right"),
        (
            account(),
            &format!("{{ \"AccessKeyId\": {SECRET} }}"),
            "JSON",
        ),
        (SECRET, &lines(), "12 digits"),
        (
            "444455556666",
            &lines(),
            "belong to the account 111122223333",
        ),
        (account(), &"x".repeat(1024 * 1024), "not right"),
    ] {
        let output = story.add("Acme", account, input);
        assert_eq!(output.status.code(), Some(2));
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
        assert!(!message.contains(SECRET));
    }
    let output = story.add("Acme", account(), &swapped);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["fields"][0]["field"], "accessKeyId");
    let message = error["fields"][0]["message"].as_str().unwrap();
    assert!(message.contains("swapped"), "{message}");
    let listed = story.answer(&["connection", "list"], "");
    assert_eq!(listed.as_array().unwrap().len(), 1, "nothing is half saved");
    assert_eq!(story.leaks(), [""; 0].map(PathBuf::from));
}

#[test]
fn a_keyring_that_is_locked_or_not_there_is_told_with_what_to_do() {
    let mut story = Story::new();
    assert!(story.add("Acme", account(), &lines()).status.success());
    story.keyring.lock();
    let (code, error) = story.error(&["--connection", "acme", "status"], "");
    assert_eq!((code, &error["code"]), (1, &Value::from("keyring")));
    assert!(error["hint"].as_str().unwrap().contains("nlock"), "{error}");
    // The sandbox needs no keyring.
    story.answer(&["status"], "");
    story.keyring.unlock();
    story.answer(&["--connection", "acme", "status"], "");

    let mut bare = Story::with(KeyringSession::without_keyring());
    let output = bare.add("Acme", account(), &lines());
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["code"], "keyring");
    assert!(
        error["hint"].as_str().unwrap().contains("gnome-keyring"),
        "{error}"
    );
    assert!(
        bare.answer(&["connection", "list"], "")
            .as_array()
            .unwrap()
            .len()
            == 1
    );
    assert_eq!(
        bare.leaks(),
        [""; 0].map(PathBuf::from),
        "there is no file to fall back to"
    );
}
