//! The processes around a window under test: display, D-Bus session, `WebDriver`.

use std::env;
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use keyring_session::KeyringSession;

use crate::display::{self, VirtualDisplay};
use crate::home::Home;

/// How long the `WebDriver` may take to listen.
const LISTENING_MAX: Duration = Duration::from_secs(20);

/// How long processes that were asked to end may take.
const ENDING_MAX: Duration = Duration::from_secs(5);

/// Everything a `WebDriver` client needs to open the window. Ends with this value, whatever it
/// started included.
pub(crate) struct Driver {
    port: u16,
    mark: String,
    webdriver: Child,
    /// A session bus of the test's own, with a keyring on it: on a shared bus a second window would be
    /// taken for another start of the first, and hand over to it. Ends last.
    keyring: KeyringSession,
    /// A screen of the test's own, so that its windows are in nobody's way and nothing else is in its
    /// pictures.
    display: VirtualDisplay,
}

impl Driver {
    /// Starts the processes, living in `home` and writing what they have to say to `log`.
    pub(crate) fn start(home: &Home, log: &Path) -> io::Result<Self> {
        let display = VirtualDisplay::start()?;
        let log = File::create(log)?;
        let keyring = KeyringSession::start();
        let (port, native_port) = free_ports()?;
        let mut command = Command::new(tauri_driver_path());
        home.move_in(&mut command);
        command
            .env("DISPLAY", display.name())
            .env("GDK_BACKEND", "x11");
        keyring.apply(&mut command);
        let webdriver = command
            .args([
                "--port",
                &port.to_string(),
                "--native-port",
                &native_port.to_string(),
            ])
            // The accessibility bus would be one more process to start and to end.
            .env("NO_AT_BRIDGE", "1")
            .stdin(Stdio::null())
            // Never our own pipes: a child left behind would keep whoever reads them waiting.
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn();
        let mut driver = Self {
            port,
            mark: home.mark(),
            webdriver: webdriver.map_err(|error| {
                io::Error::other(format!(
                    "{error}: is tauri-driver there? `cargo xtask setup`"
                ))
            })?,
            keyring,
            display,
        };
        driver.wait_for([port, native_port])?;
        Ok(driver)
    }

    /// Where `WebDriver` is spoken.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The display the window opens on.
    pub(crate) fn display(&self) -> &str {
        self.display.name()
    }

    /// Ends the app from one instruction to the next, and waits until it is gone.
    pub(crate) fn kill_app(&self) {
        let apps = || processes(&self.mark).into_iter().filter(|id| is_app(*id));
        apps().for_each(|id| signal(id, "KILL"));
        let deadline = Instant::now() + ENDING_MAX;
        while apps().next().is_some() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The session whose keyring the window uses.
    pub(crate) const fn keyring(&self) -> &KeyringSession {
        &self.keyring
    }

    fn wait_for(&mut self, ports: [u16; 2]) -> io::Result<()> {
        let deadline = Instant::now() + LISTENING_MAX;
        while !ports
            .iter()
            .all(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok())
        {
            if let Some(status) = self.webdriver.try_wait()? {
                return Err(io::Error::other(format!(
                    "tauri-driver ended early ({status})"
                )));
            }
            if deadline < Instant::now() {
                return Err(io::Error::other("the WebDriver does not listen"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        display::end(&mut self.webdriver);
        // The window outlives its driver when a test ends in the middle of a session.
        signal_all(&self.mark, "TERM");
        let deadline = Instant::now() + ENDING_MAX;
        while !processes(&self.mark).is_empty() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        signal_all(&self.mark, "KILL");
    }
}

/// Two ports nobody listens on. Held together until both are known, so that they differ.
fn free_ports() -> io::Result<(u16, u16)> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let second = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok((first.local_addr()?.port(), second.local_addr()?.port()))
}

/// Where `cargo xtask setup` puts it, else whatever the PATH has.
fn tauri_driver_path() -> PathBuf {
    let installed = target_folder().join("tools/bin/tauri-driver");
    if installed.is_file() {
        installed
    } else {
        PathBuf::from("tauri-driver")
    }
}

/// Cargo's target folder, from where it put the app: `target/debug/bindery`.
pub(crate) fn target_folder() -> PathBuf {
    let app = Path::new(env!("CARGO_BIN_EXE_bindery"));
    app.ancestors()
        .nth(2)
        .map_or_else(env::temp_dir, Path::to_owned)
}

fn signal_all(mark: &str, signal: &str) {
    for process in processes(mark) {
        self::signal(process, signal);
    }
}

/// Sends a signal by its name, such as `STOP`. Fails only when the process is gone already.
pub(crate) fn signal(process: u32, signal: &str) {
    let script = format!("kill -{signal} {process}");
    let _ = Command::new("sh")
        .args(["-c", &script])
        .stderr(Stdio::null())
        .status();
}

/// Whether the process is the app itself, and none of those around it.
fn is_app(process: u32) -> bool {
    let program = fs::read_link(format!("/proc/{process}/exe"));
    program.is_ok_and(|program| program == Path::new(env!("CARGO_BIN_EXE_bindery")))
}

/// The ids of all processes whose environment has `mark` in it.
fn processes(mark: &str) -> Vec<u32> {
    let has_mark = |process: &u32| {
        // Unreadable where it is somebody else's, or just ended.
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == mark.as_bytes())
    };
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(has_mark)
        .collect()
}
