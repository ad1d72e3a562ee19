//! A window opened where nobody sees it, and watched until it has loaded.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::display::{self, VirtualDisplay};
use crate::process::{Failure, Outcome};

/// How long the window may take to show its first rows.
const LOADING_MAX: Duration = Duration::from_mins(1);

/// How often it is looked whether it has. Short, because start-up times are measured with this.
const LOOKING_EVERY: Duration = Duration::from_millis(1);

/// Lines of the app's log shown when the window did not load.
const LOG_TAIL_LINES: usize = 30;

/// A running app. Ends with this value.
pub(crate) struct Launch {
    app: Child,
    started: Instant,
    ready: PathBuf,
    log: PathBuf,
}

impl Launch {
    /// Starts `app`, which keeps everything it writes in `folder`.
    pub(crate) fn start(
        mut app: Command,
        folder: &Path,
        display: &VirtualDisplay,
    ) -> Result<Self, Failure> {
        let ready = folder.join("ready");
        let log = folder.join("log.txt");
        // An earlier launch's word must not pass for this one's.
        remove(&ready)?;
        away_from_home(&mut app, folder);
        app.env("DISPLAY", display.name())
            .env("GDK_BACKEND", "x11")
            .env("BINDERY_READY_FILE", &ready)
            .stdin(Stdio::null());
        let started = Instant::now();
        let app = fs::create_dir_all(folder)
            .and_then(|()| File::create(&log))
            .and_then(|log| app.stdout(log.try_clone()?).stderr(log).spawn())
            .map_err(|error| Failure::new(format!("the app could not be started: {error}")))?;
        Ok(Self {
            app,
            started,
            ready,
            log,
        })
    }

    /// Waits for the app to say that its first rows are painted, and tells how long that took.
    pub(crate) fn wait_until_ready(&mut self) -> Result<Duration, Failure> {
        while self.started.elapsed() < LOADING_MAX {
            if self.ready.exists() {
                return Ok(self.started.elapsed());
            }
            if let Ok(Some(status)) = self.app.try_wait() {
                let reason = format!("the app ended before its window had loaded ({status})");
                return Err(self.not_loaded(&reason));
            }
            thread::sleep(LOOKING_EVERY);
        }
        let reason = format!(
            "the window had not loaded after {} s",
            LOADING_MAX.as_secs()
        );
        Err(self.not_loaded(&reason))
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.app.id()
    }

    fn not_loaded(&self, reason: &str) -> Failure {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n");
        let tail = if tail.is_empty() {
            "(it said nothing)"
        } else {
            &tail
        };
        Failure::new(format!(
            "{reason}. The end of {}:\n{tail}",
            self.log.display()
        ))
    }
}

impl Drop for Launch {
    fn drop(&mut self) {
        display::end(&mut self.app);
    }
}

/// A display for windows that nobody is to see.
pub(crate) fn virtual_display() -> Result<VirtualDisplay, Failure> {
    VirtualDisplay::start()
        .map_err(|error| Failure::new(format!("no virtual display could be started: {error}")))
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Outcome {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::new(format!(
            "{} could not be removed: {error}",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Folders inside the target folder; and English, because without a language
/// `WebKit` has none to offer the page.
fn away_from_home(app: &mut Command, folder: &Path) {
    for (name, path) in [
        ("BINDERY_DATA_DIR", "data"),
        ("BINDERY_CONFIG_DIR", "config"),
        ("XDG_DATA_HOME", "xdg/data"),
        ("XDG_CONFIG_HOME", "xdg/config"),
        ("XDG_CACHE_HOME", "xdg/cache"),
    ] {
        app.env(name, folder.join(path));
    }
    app.env("LANG", "en_US.UTF-8").env_remove("LC_ALL");
}
