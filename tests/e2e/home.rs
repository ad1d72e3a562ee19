//! A place in the file system that belongs to one test.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Folders for everything that Bindery, GTK and `WebKit` keep. Deleted with this value.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> io::Result<Self> {
        let home = Self {
            folder: tempfile::Builder::new().prefix("bindery-e2e-").tempdir()?,
        };
        for (_, folder) in home.folders() {
            fs::create_dir_all(&folder)?;
            // XDG asks for this of the runtime folder, and D-Bus insists.
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(home)
    }

    /// Makes `command`, and whatever it starts, live here.
    pub(crate) fn move_in(&self, command: &mut Command) {
        command.envs(self.folders());
        // Under LANG=C the page would be offered no language at all.
        command
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("LANGUAGE");
    }

    /// What the environment of a process that lives here has in it, and of no other process.
    pub(crate) fn mark(&self) -> String {
        format!("BINDERY_DATA_DIR={}", self.data().display())
    }

    fn folders(&self) -> [(&'static str, PathBuf); 8] {
        [
            ("BINDERY_DATA_DIR", self.path("data")),
            ("BINDERY_CONFIG_DIR", self.path("config")),
            ("HOME", self.path("home")),
            ("XDG_CACHE_HOME", self.path("xdg/cache")),
            ("XDG_CONFIG_HOME", self.path("xdg/config")),
            ("XDG_DATA_HOME", self.path("xdg/data")),
            ("XDG_RUNTIME_DIR", self.path("xdg/runtime")),
            ("XDG_STATE_HOME", self.path("xdg/state")),
        ]
    }

    /// Where Bindery keeps its configuration.
    pub(crate) fn config(&self) -> PathBuf {
        self.path("config")
    }

    /// Where Bindery keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The folder around them all.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
