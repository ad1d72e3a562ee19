//! What is noted down before the secrets of a new connection are kept, so that nothing of an attempt
//! that was killed stays.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An attempt to add a connection. Its note is locked for as long as its process lives.
pub(crate) struct Attempt {
    /// The id the connection is to have.
    pub(crate) id: String,
    /// Where its secrets go.
    pub(crate) vault: String,
    note: PathBuf,
    _lock: File,
}

impl Attempt {
    /// Notes an attempt. The note stays until [`Attempt::end`], also when this process does not.
    pub(crate) fn begin(folder: &Path, id: &str, vault: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let note = folder.join(vault);
        let mut file = File::create_new(&note)?;
        file.lock()?;
        file.write_all(id.as_bytes())?;
        Ok(Self {
            id: id.to_owned(),
            vault: vault.to_owned(),
            note,
            _lock: file,
        })
    }

    /// The attempts whose processes ended before they did.
    pub(crate) fn left(folder: &Path) -> Vec<Self> {
        let Ok(notes) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let left = |note: PathBuf| {
            let lock = OpenOptions::new().read(true).write(true).open(&note).ok()?;
            // Somebody is still at it.
            lock.try_lock().ok()?;
            Some(Self {
                id: fs::read_to_string(&note).ok()?,
                vault: note.file_name()?.to_str()?.to_owned(),
                note,
                _lock: lock,
            })
        };
        notes
            .flatten()
            .filter_map(|entry| left(entry.path()))
            .collect()
    }

    /// Nothing of it is left, or all of it is kept.
    pub(crate) fn end(self) {
        if let Err(error) = fs::remove_file(&self.note) {
            tracing::warn!(%error, note = %self.note.display(), "a note stays");
        }
    }
}
