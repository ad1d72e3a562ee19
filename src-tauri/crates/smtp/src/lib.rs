//! Starts [aiosmtpd](https://github.com/aio-libs/aiosmtpd) on loopback: a real mail server, for tests.
//!
//! What becomes of a mail follows from its address, whatever comes after the @:
//!
//! | address | what becomes of it |
//! |---|---|
//! | from `stranger` | the sender is refused |
//! | to `nobody` | the recipient is refused |
//! | to `later` | the recipient is put off |
//! | to `spam` | the mail is refused once it was given |
//! | to `parrot` | so it is, and the refusal repeats what the mail says |
//! | to `silent` | it is taken, and never answered |
//! | to `gone` | it is taken, and the connection breaks |
//! | any other | it is taken |

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{env, fmt, fs, thread};

use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

/// Names the Python that has aiosmtpd.
pub const PYTHON: &str = "BINDERY_SMTP";

/// Where `cargo xtask test` puts that Python, within the target folder.
const IN_TARGET: &str = if cfg!(windows) {
    "smtp-venv/Scripts/python.exe"
} else {
    "smtp-venv/bin/python"
};

const PROGRAM: &str = include_str!("server.py");

/// How long a mail that was sent may take until the server tells of it.
const ARRIVAL_MAX: Duration = Duration::from_secs(30);

/// How the line to the server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    None,
    /// From the first byte on.
    Implicit,
    /// By STARTTLS, without which it takes no mail.
    StartTls,
}

/// A running server with a certificate of its own, for `localhost` and 127.0.0.1. Dropping it ends it.
#[derive(Debug)]
pub struct Smtp {
    port: u16,
    certificate: PathBuf,
    mails: Receiver<Arrived>,
    server: Child,
    _input: ChildStdin,
    _folder: TempDir,
}

/// A mail that the server took.
#[derive(Clone, Debug, Deserialize)]
pub struct Arrived {
    /// The sender's address.
    pub from: String,
    /// The recipients' addresses.
    pub to: Vec<String>,
    /// The mail as it came, with its headers.
    pub data: String,
    /// Who signed in, if somebody did.
    pub user: Option<String>,
}

/// Why the server does not start. Its `Debug`, which is what a test's `unwrap` shows, is in words too.
#[derive(thiserror::Error)]
pub enum SmtpError {
    /// Nobody has installed it.
    #[error("aiosmtpd is not installed: run `cargo xtask test rust` once, which does that")]
    Missing,
    /// The program named cannot be run.
    #[error("aiosmtpd cannot be run with {}", .0.display())]
    Run(PathBuf, #[source] io::Error),
    /// It ended before it served.
    #[error("aiosmtpd ended before it served; its words are in the test's output")]
    Ended,
    /// No certificate can be made.
    #[error("no certificate can be made")]
    Certificate(#[from] rcgen::Error),
    /// No file can be written.
    #[error("no file can be written")]
    File(#[from] io::Error),
}

impl fmt::Debug for SmtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let cause = self.source();
        cause.map_or(Ok(()), |cause| write!(f, ": {cause}"))
    }
}

impl Smtp {
    /// Starts it, and waits until it serves. With `user`, nobody sends mail who did not sign in.
    pub fn start(tls: Tls, user: Option<(&str, &str)>) -> Result<Self, SmtpError> {
        let python = python().ok_or(SmtpError::Missing)?;
        let folder = tempfile::tempdir()?;
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names)?;
        let (certificate, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        fs::write(&certificate, made.cert.pem())?;
        fs::write(&key, made.signing_key.serialize_pem())?;
        let mut server = Command::new(&python)
            .args(["-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| SmtpError::Run(python, error))?;
        let (Some(mut input), Some(output)) = (server.stdin.take(), server.stdout.take()) else {
            return Err(SmtpError::Ended);
        };
        let wanted = json!({
            "tls": match tls { Tls::None => "none", Tls::Implicit => "tls", Tls::StartTls => "starttls" },
            "user": user.map(|(user, _)| user),
            "password": user.map(|(_, password)| password),
            "certificate": certificate,
            "key": key,
        });
        writeln!(input, "{wanted}")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.next().and_then(|line| line.parse().ok());
        let Some(port) = port else {
            let _ = server.wait();
            return Err(SmtpError::Ended);
        };
        let (arrived, mails) = mpsc::channel();
        thread::spawn(move || {
            let told = lines.filter_map(|line| serde_json::from_str(&line).ok());
            for mail in told {
                let _ = arrived.send(mail);
            }
        });
        Ok(Self {
            port,
            certificate,
            mails,
            server,
            _input: input,
            _folder: folder,
        })
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The file with its certificate, as PEM. Whoever trusts it, trusts this server.
    #[must_use]
    pub fn certificate(&self) -> &std::path::Path {
        &self.certificate
    }

    /// The next mail that it takes; `None` when none comes.
    #[must_use]
    pub fn next_mail(&self) -> Option<Arrived> {
        self.mails.recv_timeout(ARRIVAL_MAX).ok()
    }

    /// A mail that it has taken and that nobody asked for yet.
    #[must_use]
    pub fn waiting_mail(&self) -> Option<Arrived> {
        self.mails.try_recv().ok()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A mail as a reader shows it: its headers and its text, decoded by Python's own library.
pub fn read(arrived: &Arrived) -> Result<String, SmtpError> {
    const READER: &str = "\
import email.policy, sys
sys.stdin.reconfigure(encoding='utf-8', newline='')
sys.stdout.reconfigure(encoding='utf-8', newline='')
mail = email.message_from_string(sys.stdin.read(), policy=email.policy.default)
for name, value in mail.items():
    print(f'{name}: {value}')
print()
print(mail.get_content().replace('\\r\\n', '\\n'), end='')
";
    let python = python().ok_or(SmtpError::Missing)?;
    let mut reader = Command::new(&python)
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| SmtpError::Run(python, error))?;
    if let Some(mut input) = reader.stdin.take() {
        input.write_all(arrived.data.as_bytes())?;
    }
    let read = reader.wait_with_output()?;
    Ok(String::from_utf8_lossy(&read.stdout).into_owned())
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
        let server = Smtp::start(Tls::None, None).unwrap();
        let address = ("127.0.0.1", server.port());
        assert!(TcpStream::connect(address).is_ok());
        drop(server);
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn a_test_without_it_fails_with_what_to_do() {
        assert_eq!(
            format!("{:?}", SmtpError::Missing),
            "aiosmtpd is not installed: run `cargo xtask test rust` once, which does that"
        );
    }
}
