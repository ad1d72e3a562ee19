//! The state directory: what a world follows from, its journal, a lock and where it is served.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::clock::real_now;
use crate::journal::{Journal, JournalError};
use crate::ledger::State;
use crate::server::{Options, ServeError};
use crate::world::World;

/// Format of the state directory; a newer one is refused.
pub(crate) const FORMAT: u32 = 1;
const WORLD_FILE: &str = "world.json";
const JOURNAL_FILE: &str = "journal.jsonl";
const LOCK_FILE: &str = "lock";
const ENDPOINT_FILE: &str = "endpoint.json";

/// What a world follows from, as `world.json` keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Origin {
    pub(crate) format: u32,
    pub(crate) seed: u64,
    pub(crate) agreements: u32,
    /// When the world began, in its own time: milliseconds since the epoch.
    pub(crate) start: i64,
    /// The real moment at which it began.
    pub(crate) begun_at: i64,
}

/// Where a world is served, as `endpoint.json` keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Served {
    pub(crate) endpoint: String,
    pub(crate) instance: String,
}

/// A locked state directory.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Held as long as the folder is in use.
    _lock: File,
}

impl Folder {
    /// Creates the directory when needed and takes its lock.
    pub(crate) fn lock(path: &Path) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Folder {
            path: path.to_owned(),
            source,
        };
        fs::create_dir_all(path).map_err(failed)?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join(LOCK_FILE))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(ServeError::InUse {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// What the world follows from; written down first when the directory is new.
    pub(crate) fn origin(&self, options: &Options) -> Result<Origin, ServeError> {
        let path = self.path.join(WORLD_FILE);
        let Some(origin) = read_json::<Origin>(&path).map_err(|error| self.failed(error))? else {
            if self.path.join(JOURNAL_FILE).exists() {
                return Err(ServeError::NoWorld { path });
            }
            let origin = Origin::new(options);
            write_json(&path, &origin).map_err(|error| self.failed(error))?;
            return Ok(origin);
        };
        if origin.format != FORMAT {
            return Err(ServeError::Format {
                path,
                found: origin.format,
            });
        }
        if (origin.seed, origin.agreements) != (options.seed, options.agreements) {
            return Err(ServeError::OtherWorld {
                path,
                seed: origin.seed,
                agreements: origin.agreements,
            });
        }
        Ok(origin)
    }

    /// The world as its journal says it is.
    pub(crate) fn replay(&self, mut world: World) -> Result<State, JournalError> {
        let path = self.path.join(JOURNAL_FILE);
        let (journal, entries) = Journal::open(&path)?;
        for entry in entries {
            world
                .apply(entry.at, &entry.action)
                .map_err(|refusal| Journal::refused(&path, &entry, &refusal))?;
        }
        Ok(State {
            world,
            journal: Some(journal),
        })
    }

    pub(crate) fn publish(&self, served: &Served) -> Result<(), ServeError> {
        write_json(&self.path.join(ENDPOINT_FILE), served).map_err(|error| self.failed(error))
    }

    pub(crate) fn unpublish(&self) {
        if let Err(error) = fs::remove_file(self.path.join(ENDPOINT_FILE)) {
            tracing::debug!(%error, "the endpoint file was gone already");
        }
    }

    fn failed(&self, source: io::Error) -> ServeError {
        ServeError::Folder {
            path: self.path.clone(),
            source,
        }
    }
}

impl Origin {
    pub(crate) fn new(options: &Options) -> Self {
        let begun_at = real_now();
        let start = options
            .now
            .map_or(begun_at, jiff::Timestamp::as_millisecond);
        Self {
            format: FORMAT,
            seed: options.seed,
            agreements: options.agreements,
            start,
            begun_at,
        }
    }
}

/// What the world in a state directory follows from, if there is one.
pub(crate) fn known_origin(state_dir: &Path) -> Option<Origin> {
    read_json(&state_dir.join(WORLD_FILE)).ok().flatten()
}

/// Where a state directory says it is served; that may be long ago.
pub(crate) fn served(state_dir: &Path) -> Option<Served> {
    read_json(&state_dir.join(ENDPOINT_FILE)).ok().flatten()
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file whole or not at all.
fn write_json<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    let unfinished = path.with_extension("json.new");
    let mut file = File::create(&unfinished)?;
    serde_json::to_writer(&mut file, value)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}
