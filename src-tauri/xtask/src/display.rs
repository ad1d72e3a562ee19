//! A display for machines without a screen. Also used by the end-to-end tests, so it stands alone.

use std::env;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Width, height and depth of the virtual screen.
const SCREEN: &str = "1440x900x24";

/// How long a process may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a window opened by this process would be seen somewhere.
pub(crate) fn is_there() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// An Xvfb of our own. Ends with this value.
pub(crate) struct VirtualDisplay {
    server: Child,
    name: String,
}

impl VirtualDisplay {
    /// Starts Xvfb on a display number that it finds free itself.
    pub(crate) fn start() -> io::Result<Self> {
        let mut server = Command::new("Xvfb")
            // Descriptor 1 is our pipe: Xvfb writes the number there once it accepts clients.
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut number = String::new();
        if let Some(pipe) = server.stdout.take() {
            BufReader::new(pipe).read_line(&mut number)?;
        }
        if number.trim().is_empty() {
            end(&mut server);
            return Err(io::Error::other("Xvfb ended without offering a display"));
        }
        Ok(Self {
            server,
            name: format!(":{}", number.trim()),
        })
    }

    /// What `DISPLAY` must be for a process to open its window here.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for VirtualDisplay {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

/// Asks a process of ours to end, and makes it end when it does not.
pub(crate) fn end(child: &mut Child) {
    if !matches!(child.try_wait(), Ok(None)) {
        return;
    }
    // The shell's own `kill`: std only has SIGKILL, which leaves lock files and children behind.
    let asked = Command::new("sh")
        .args(["-c", "kill -TERM $0", &child.id().to_string()])
        .status();
    let deadline = Instant::now() + PATIENCE;
    while asked.is_ok() && Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    // Both fail only if it ended after all.
    let _ = child.kill();
    let _ = child.wait();
}
