//! The journal: one line for every action, on disk before it is answered.
//!
//! A line without its end is what a killed process leaves behind; it was never answered and is
//! dropped. Any other line that does not read is damage, and said so.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::chance::mix_bytes;
use crate::world::action::{Action, Refusal};

/// What can be wrong with a journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("{path} cannot be read or written")]
    Io {
        /// The journal's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line in it is not one the sandbox wrote.
    #[error("{path}, line {line}: {what}; restore the file or remove the state directory")]
    Damaged {
        /// The journal's file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// An earlier write failed, so the file no longer says what happened.
    #[error("{path} could not be written earlier; start the sandbox again")]
    Broken {
        /// The journal's file.
        path: PathBuf,
    },
}

/// An action and when it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Running number, from 1.
    n: u64,
    /// Milliseconds since the epoch, in the sandbox's time.
    pub(crate) at: i64,
    pub(crate) action: Action,
}

#[derive(Serialize, Deserialize)]
struct Line {
    /// Guards the entry against damage.
    sum: String,
    entry: Entry,
}

/// An open journal, ready to append to.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    entries: u64,
    broken: bool,
}

impl Journal {
    /// Opens a journal (an absent one is empty) and gives back what it holds.
    pub(crate) fn open(path: &Path) -> Result<(Self, Vec<Entry>), JournalError> {
        let failed = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        if whole < bytes.len() {
            tracing::warn!(
                dropped = bytes.len() - whole,
                "dropped a torn line of the journal"
            );
            file.set_len(whole as u64).map_err(failed)?;
        }
        file.seek(SeekFrom::Start(whole as u64)).map_err(failed)?;
        let entries = read_lines(path, &bytes[..whole])?;
        let count = entries.len() as u64;
        Ok((
            Self {
                path: path.to_owned(),
                file,
                entries: count,
                broken: false,
            },
            entries,
        ))
    }

    /// Refuses when an earlier write failed.
    pub(crate) fn check(&self) -> Result<(), JournalError> {
        if self.broken {
            Err(JournalError::Broken {
                path: self.path.clone(),
            })
        } else {
            Ok(())
        }
    }

    pub(crate) fn append(&mut self, at: i64, action: &Action) -> Result<(), JournalError> {
        self.check()?;
        let entry = Entry {
            n: self.entries + 1,
            at,
            action: action.clone(),
        };
        let written = serde_json::to_string(&Line {
            sum: sum(&entry),
            entry,
        })
        .map_err(io::Error::other)
        .and_then(|line| self.file.write_all(format!("{line}\n").as_bytes()))
        .and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            self.broken = true;
            return Err(JournalError::Io {
                path: self.path.clone(),
                source,
            });
        }
        self.entries += 1;
        Ok(())
    }

    /// The error for an entry that the world refuses on replay.
    pub(crate) fn refused(path: &Path, entry: &Entry, _: &Refusal) -> JournalError {
        let line = usize::try_from(entry.n).unwrap_or(usize::MAX);
        let what = "the action does not fit the world it is told of";
        JournalError::Damaged {
            path: path.to_owned(),
            line,
            what,
        }
    }
}

fn read_lines(path: &Path, bytes: &[u8]) -> Result<Vec<Entry>, JournalError> {
    let mut entries = Vec::new();
    for line in bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let number = entries.len() + 1;
        let damaged = |what| JournalError::Damaged {
            path: path.to_owned(),
            line: number,
            what,
        };
        let read: Line =
            serde_json::from_slice(line).map_err(|_| damaged("the line is not an entry"))?;
        if read.sum != sum(&read.entry) {
            return Err(damaged("the entry was altered"));
        }
        if read.entry.n != number as u64 {
            return Err(damaged("an entry before it is missing"));
        }
        entries.push(read.entry);
    }
    Ok(entries)
}

fn sum(entry: &Entry) -> String {
    let text = serde_json::to_string(entry).unwrap_or_default();
    format!("{:016x}", mix_bytes(0x6a, text.as_bytes()))
}
