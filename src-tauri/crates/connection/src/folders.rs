//! Where things are kept.

use std::path::{Path, PathBuf};

use directories::{ProjectDirs, UserDirs};

/// Where data and configuration are kept.
#[derive(Clone, Debug)]
pub struct Folders {
    data: PathBuf,
    config: PathBuf,
    exports: PathBuf,
}

impl Folders {
    /// The folders in use: `data`, else `BINDERY_DATA_DIR`, else the system's place for them.
    /// Configuration goes to `BINDERY_CONFIG_DIR`, else beside a data folder that was chosen, else
    /// to the system's place. `None` when the system has no home folder for this user.
    #[must_use]
    pub fn locate(data: Option<PathBuf>) -> Option<Self> {
        let from = |name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let chosen = data.or_else(|| from("BINDERY_DATA_DIR"));
        let system = ProjectDirs::from("io.github", "bindery", "Bindery");
        let beside = chosen.clone();
        let data = chosen.or_else(|| Some(system.as_ref()?.data_local_dir().to_owned()))?;
        let config = from("BINDERY_CONFIG_DIR")
            .or_else(|| beside.as_ref().map(|data| data.join("config")))
            .or_else(|| Some(system.as_ref()?.config_dir().to_owned()))?;
        let downloads = UserDirs::new().and_then(|user| Some(user.download_dir()?.to_owned()));
        let exports = downloads.filter(|_| beside.is_none());
        Some(Self {
            exports: exports.unwrap_or_else(|| data.join("exports")),
            data,
            config,
        })
    }

    /// Everything under one folder.
    #[must_use]
    pub fn under(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            config: data.join("config"),
            exports: data.join("exports"),
        }
    }

    /// The database of a connection.
    #[must_use]
    pub fn database(&self, connection: &str) -> PathBuf {
        self.data
            .join("connections")
            .join(format!("{connection}.sqlite3"))
    }

    /// Notes about connections that are being added.
    #[must_use]
    pub fn adding(&self) -> PathBuf {
        self.data.join("adding")
    }

    /// Databases of connections that end with the program that opened them.
    #[must_use]
    pub fn passing(&self) -> PathBuf {
        self.data.join("passing")
    }

    /// One of them.
    #[must_use]
    pub fn passing_database(&self, name: &str) -> PathBuf {
        self.passing().join(format!("{name}.sqlite3"))
    }

    /// The state of this folder's own sandbox.
    #[must_use]
    pub fn sandbox(&self) -> PathBuf {
        self.data.join("sandbox")
    }

    /// Where files go that a person takes elsewhere: the system's folder for downloads, or beside a data
    /// folder that was chosen.
    #[must_use]
    pub fn exports(&self) -> &Path {
        &self.exports
    }

    /// Settings.
    #[must_use]
    pub fn config(&self) -> &Path {
        &self.config
    }
}
