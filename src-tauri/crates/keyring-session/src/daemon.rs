//! The two daemons: how they are started, and that they end.

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a daemon may take to end on its own.
const PATIENCE: Duration = Duration::from_secs(10);

/// A program that runs in the background until this is dropped.
#[derive(Debug)]
pub(crate) struct Daemon(Child);

impl Daemon {
    /// A session bus that lives in `folder`, and its address.
    pub(crate) fn bus(folder: &Path) -> (Self, String) {
        let config = folder.join("bus.conf");
        fs::write(&config, bus_config(folder)).unwrap();
        let mut bus = spawn(
            folder,
            Command::new("dbus-daemon")
                .arg("--nofork")
                .arg("--print-address=1")
                .arg(format!("--config-file={}", config.display()))
                .stdin(Stdio::null())
                .stdout(Stdio::piped()),
        );
        let mut address = String::new();
        BufReader::new(bus.0.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        let address = address.trim_end().to_owned();
        assert!(!address.is_empty(), "no bus: {}", said(folder));
        (bus, address)
    }

    /// A keyring that lives in `folder`, unlocked with the password if there is one.
    pub(crate) fn keyring(folder: &Path, address: &str, password: Option<&str>) -> Self {
        let runtime = folder.join("runtime");
        fs::create_dir_all(&runtime).unwrap();
        fs::set_permissions(&runtime, Permissions::from_mode(0o700)).unwrap();
        let mut command = Command::new("gnome-keyring-daemon");
        command
            .args(["--foreground", "--components=secrets"])
            .args(password.map(|_| "--unlock"))
            .env("DBUS_SESSION_BUS_ADDRESS", address)
            .env("HOME", folder)
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("XDG_RUNTIME_DIR", runtime)
            // It must not ask whoever sits in front of this machine.
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("GNOME_KEYRING_CONTROL")
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let mut keyring = spawn(folder, &mut command);
        // The password ends where the input does: dropping it closes it.
        let mut input = keyring.0.stdin.take().unwrap();
        if let Some(password) = password {
            input.write_all(password.as_bytes()).unwrap();
        }
        keyring
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Not ours to kill by number once it has ended and was waited for.
        if self.0.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        let start = Instant::now();
        while let Ok(None) = self.0.try_wait() {
            if PATIENCE < start.elapsed() {
                let _ = self.0.kill();
                let _ = self.0.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// What the daemons of `folder` have said so far.
pub(crate) fn said(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

fn spawn(folder: &Path, command: &mut Command) -> Daemon {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .unwrap();
    match command.stderr(log).spawn() {
        Ok(child) => Daemon(child),
        Err(error) => panic!(
            "{} does not start ({error}): `cargo xtask setup` installs what the tests need",
            command.get_program().display()
        ),
    }
}

/// Only what is started here is on this bus: nothing is started because somebody calls it.
fn bus_config(folder: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        folder.join("bus").display()
    )
}
