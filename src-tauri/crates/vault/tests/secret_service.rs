//! The vault on a real keyring: gnome-keyring on a D-Bus session of the test's own.
//!
//! The way to a keyring is in the environment, so the vault is used in a process of its own: this
//! very program, running [`child`], which does what it reads and says what came of it.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]
#![expect(
    clippy::print_stderr,
    reason = "the child's standard error is the log that no secret may reach"
)]

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, Write, stdin};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::{env, io};

use keyring_session::KeyringSession;
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use vault::{Place, Secret, SecretKind, SecretName, Vault, VaultError};

/// Stands in every secret of these tests, and nowhere else.
const MARK: &str = "5ecr3t";

#[test]
fn a_secret_is_kept_read_replaced_and_removed() {
    let session = KeyringSession::start();
    let mut one = Process::on(&session);
    assert_eq!(one.ask("check"), "done");
    assert_eq!(one.ask("get shop/access-keys"), "nothing");
    assert_eq!(one.ask("put shop/access-keys 5ecr3t-A"), "done");
    assert_eq!(one.ask("put shop/audit-key 5ecr3t-B"), "done");
    assert_eq!(one.ask("put mall/access-keys 5ecr3t-C ümläut=/+"), "done");
    assert_eq!(one.ask("get shop/access-keys"), "found 5ecr3t-A");
    assert_eq!(one.ask("put shop/access-keys 5ecr3t-D"), "done");

    let mut other = Process::on(&session);
    assert_eq!(other.ask("get shop/access-keys"), "found 5ecr3t-D");
    assert_eq!(other.ask("get shop/audit-key"), "found 5ecr3t-B");
    assert_eq!(
        other.ask("get mall/access-keys"),
        "found 5ecr3t-C ümläut=/+"
    );
    assert_eq!(other.ask("remove shop/access-keys"), "removed");
    assert_eq!(
        other.ask("list"),
        "Bindery: mall/access-keys, Bindery: shop/audit-key"
    );

    // Behind the back of the first.
    assert_eq!(one.ask("get shop/access-keys"), "nothing");
    assert_eq!(one.ask("remove shop/access-keys"), "nothing");
    assert_eq!(one.ask("put shop/access-keys 5ecr3t-E"), "done");
    assert_eq!(other.ask("get shop/access-keys"), "found 5ecr3t-E");

    // What `Process` looks through for secrets is there: the most that the libraries log.
    let log = one.log();
    for source in ["TRACE zbus", "set secret for entry", "keeping Secret(…)"] {
        assert!(log.contains(source), "{source}: {log}");
    }
}

#[test]
fn the_longest_secret_fits() {
    let session = KeyringSession::start();
    let mut process = Process::on(&session);
    let longest = MARK.repeat(Secret::BYTES_MAX / MARK.len());
    assert_eq!(
        process.ask(&format!("put shop/access-keys {longest}")),
        "done"
    );
    let read = process.ask("get shop/access-keys");
    assert_eq!(read, format!("found {longest}"));
}

#[test]
fn a_check_leaves_nothing_behind() {
    let session = KeyringSession::start();
    let mut process = Process::on(&session);
    assert_eq!(process.ask("check"), "done");
    assert_eq!(process.ask("list"), "");
    assert_eq!(
        process.ask("place"),
        "Keyring(\"Secret Service (GNOME Keyring, KWallet)\")"
    );
}

#[test]
fn entries_outlive_the_keyrings_daemon_and_the_vault_finds_the_next_one() {
    let mut session = KeyringSession::start();
    let mut process = Process::on(&session);
    assert_eq!(process.ask("put shop/database-key 5ecr3t"), "done");
    session.restart_keyring();
    assert_eq!(process.ask("get shop/database-key"), "found 5ecr3t");
}

#[test]
fn a_locked_keyring_says_so_until_it_is_unlocked() {
    let session = KeyringSession::start();
    let mut process = Process::on(&session);
    assert_eq!(process.ask("put shop/access-keys 5ecr3t"), "done");
    session.lock();
    for question in [
        "check",
        "get shop/access-keys",
        "put shop/access-keys 5ecr3t-B",
        "put shop/audit-key 5ecr3t-C",
        "remove shop/access-keys",
    ] {
        let answer = process.ask(question);
        assert!(
            answer.starts_with("Locked: the keyring is locked. Unlock the login keyring"),
            "{question}: {answer}"
        );
    }
    session.unlock();
    assert_eq!(process.ask("get shop/access-keys"), "found 5ecr3t");
    assert_eq!(process.ask("list"), "Bindery: shop/access-keys");
}

#[test]
fn the_vault_locks_the_keyring() {
    let session = KeyringSession::start();
    let mut process = Process::on(&session);
    assert_eq!(process.ask("put shop/access-keys 5ecr3t"), "done");
    assert_eq!(process.ask("lock"), "done");
    assert!(session.is_locked());
    assert!(process.ask("get shop/access-keys").starts_with("Locked: "));
    assert_eq!(process.ask("lock"), "done");
}

#[test]
fn a_prompt_that_was_dismissed_is_a_refusal() {
    let session = KeyringSession::start();
    // Where there is a display, somebody could have seen the prompt.
    let mut process = Process::with(|command| {
        session.apply(command);
        command.env("DISPLAY", ":0");
    });
    assert_eq!(process.ask("put shop/access-keys 5ecr3t"), "done");
    session.lock();
    let answer = process.ask("get shop/access-keys");
    assert!(
        answer.starts_with("Refused: access to the keyring was refused. Try again"),
        "{answer}"
    );
    // A check asks nobody, so nobody can refuse.
    assert!(process.ask("check").starts_with("Locked: "));
}

#[test]
fn without_a_bus_it_says_how_to_start_one() {
    let folder = tempfile::tempdir().unwrap();
    let gone = format!("unix:path={}", folder.path().join("bus").display());
    // An address that nobody listens at, and no address at all.
    for address in [Some(gone.as_str()), None] {
        let mut process = Process::with(|command| {
            command
                .env_remove("DBUS_SESSION_BUS_ADDRESS")
                .envs(address.map(|address| ("DBUS_SESSION_BUS_ADDRESS", address)))
                .env("XDG_RUNTIME_DIR", folder.path());
        });
        for question in [
            "check",
            "get shop/access-keys",
            "put shop/access-keys 5ecr3t",
            "lock",
        ] {
            let answer = process.ask(question);
            assert!(
                answer.starts_with(
                    "NoBus: there is no D-Bus session, through which the keyring is reached. "
                ),
                "{question}: {answer}"
            );
            assert!(answer.contains("dbus-run-session"), "{answer}");
        }
    }
}

#[test]
fn without_a_service_it_says_what_to_install_and_finds_it_once_it_runs() {
    let mut session = KeyringSession::without_keyring();
    let mut process = Process::on(&session);
    for question in ["check", "put shop/access-keys 5ecr3t"] {
        let answer = process.ask(question);
        assert!(
            answer.starts_with("NoService: no keyring service answers. Install"),
            "{question}: {answer}"
        );
    }
    session.restart_keyring();
    assert_eq!(process.ask("put shop/access-keys 5ecr3t"), "done");
}

#[test]
fn a_service_without_a_keyring_is_told_apart() {
    let session = KeyringSession::without_collection();
    let mut process = Process::on(&session);
    assert_eq!(process.ask("get shop/access-keys"), "nothing");
    for question in ["check", "put shop/access-keys 5ecr3t", "lock"] {
        let answer = process.ask(question);
        assert!(
            answer.starts_with("NoKeyring: the keyring service has no default keyring yet. "),
            "{question}: {answer}"
        );
    }
}

#[test]
fn what_somebody_else_wrote_is_refused_and_can_be_replaced() {
    let session = KeyringSession::start();
    let mut process = Process::on(&session);
    let damaged = "Damaged: the keyring's entry “shop/access-keys” is not as Bindery wrote it. \
                   Remove the entry, then enter the secret again.";
    assert_eq!(process.ask("scribble shop/access-keys"), "done");
    assert_eq!(process.ask("get shop/access-keys"), damaged);
    assert_eq!(process.ask("put shop/access-keys 5ecr3t-A"), "done");
    assert_eq!(process.ask("get shop/access-keys"), "found 5ecr3t-A");

    // Two of one name: none is right.
    assert_eq!(process.ask("scribble shop/access-keys"), "done");
    assert_eq!(process.ask("get shop/access-keys"), damaged);
    assert_eq!(process.ask("put shop/access-keys 5ecr3t-B"), damaged);
    assert_eq!(process.ask("remove shop/access-keys"), "removed");
    assert_eq!(process.ask("list"), "");
    assert_eq!(process.ask("put shop/access-keys 5ecr3t-B"), "done");
}

/// A process that uses the vault. Ends with this, and must then have shown no secret it was not
/// asked for.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    log: File,
}

impl Process {
    fn on(session: &KeyringSession) -> Self {
        Self::with(|command| session.apply(command))
    }

    /// A process in an environment without a display that `prepare` completes.
    fn with(prepare: impl FnOnce(&mut Command)) -> Self {
        let log = tempfile::tempfile().unwrap();
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY");
        prepare(&mut command);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log.try_clone().unwrap())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            log,
        }
    }

    #[track_caller]
    fn ask(&mut self, question: &str) -> String {
        writeln!(self.input.as_mut().unwrap(), "{question}").unwrap();
        let mut line = String::new();
        // Before the answers there is what every test program says.
        while !line.starts_with("= ") {
            line.clear();
            let read = self.output.read_line(&mut line).unwrap();
            assert!(read != 0, "the process ended: {}", self.log());
        }
        let answer = line.trim_start_matches("= ").trim_end();
        assert!(
            answer.starts_with("found ") || !answer.contains(MARK),
            "{answer}"
        );
        answer.to_owned()
    }

    fn log(&mut self) -> String {
        let mut log = String::new();
        self.log.rewind().unwrap();
        self.log.read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // At the end of its input it ends.
        self.input = None;
        let ended = self.child.wait();
        if std::thread::panicking() {
            return;
        }
        assert!(ended.unwrap().success(), "{}", self.log());
        let log = self.log();
        let as_bytes = format!("{:?}", MARK.as_bytes());
        for shape in [MARK, as_bytes.trim_matches(['[', ']'])] {
            assert!(!log.contains(shape), "{log}");
        }
    }
}

#[test]
#[ignore = "no test: what the tests run as a process of its own"]
fn child() {
    // Everything that any library below has to say.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(io::stderr)
        .init();
    let vault = Vault::system();
    for line in stdin().lines() {
        println!("= {}", obey(&vault, &line.unwrap()));
    }
}

fn obey(vault: &Vault, line: &str) -> String {
    let mut words = line.splitn(3, ' ');
    let verb = words.next().unwrap();
    let name = words.next().map(parse_name);
    let done = |result: Result<(), VaultError>| match result {
        Ok(()) => "done".to_owned(),
        Err(error) => tell(&error),
    };
    match (verb, name) {
        ("check", None) => done(vault.check()),
        ("lock", None) => done(vault.lock()),
        ("place", None) => match vault.place() {
            place @ Place::Keyring(_) => format!("{place:?}"),
            Place::Memory => panic!("the system's vault is in memory"),
        },
        ("list", None) => list(),
        ("scribble", Some(name)) => {
            scribble(&name);
            "done".to_owned()
        }
        ("get", Some(name)) => match vault.get(&name) {
            Ok(Some(secret)) => format!("found {}", secret.expose()),
            Ok(None) => "nothing".to_owned(),
            Err(error) => tell(&error),
        },
        ("put", Some(name)) => {
            let secret = Secret::new(words.next().unwrap().to_owned()).unwrap();
            eprintln!("keeping {secret:?} as {name} in {vault:?}");
            done(vault.put(&name, &secret))
        }
        ("remove", Some(name)) => match vault.remove(&name) {
            Ok(true) => "removed".to_owned(),
            Ok(false) => "nothing".to_owned(),
            Err(error) => tell(&error),
        },
        _ => panic!("{line}"),
    }
}

fn parse_name(name: &str) -> SecretName {
    let (connection, word) = name.split_once('/').unwrap();
    let kind = SecretKind::ALL.iter().find(|kind| kind.word() == word);
    SecretName::new(connection, *kind.unwrap())
}

/// What the window and the command line show; all the rest of it goes to the log.
fn tell(error: &VaultError) -> String {
    let all = format!("{error:?}");
    eprintln!("the keyring: {all}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because {error}");
        cause = error.source();
    }
    let variant = all.split(|letter: char| !letter.is_alphabetic()).next();
    format!("{}: {error}. {}", variant.unwrap(), error.hint())
}

/// What a person sees who looks through the keyring.
fn list() -> String {
    let service = SecretService::connect(EncryptionType::Plain).unwrap();
    let keyring = service.get_default_collection().unwrap();
    let items = keyring.get_all_items().unwrap();
    let mut labels: Vec<_> = items.iter().map(|item| item.get_label().unwrap()).collect();
    labels.sort();
    labels.join(", ")
}

/// Another program's entry of the same name, beside what is there: no UTF-8.
fn scribble(name: &SecretName) {
    let service = SecretService::connect(EncryptionType::Dh).unwrap();
    let keyring = service.get_default_collection().unwrap();
    let user = name.to_string();
    let attributes = HashMap::from([
        ("service", "io.github.bindery.Bindery"),
        ("username", user.as_str()),
    ]);
    let bytes = [b"\xff\xfe", MARK.as_bytes()].concat();
    keyring
        .create_item("scribbled", attributes, &bytes, false, "text/plain")
        .unwrap();
}
