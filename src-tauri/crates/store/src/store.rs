//! The open database: one writer, a few readers, the index, and who hears of changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::index::Index;
use crate::query::Kept;
use crate::table::directory::Listed;
use crate::{DatabaseKey, Result, Topic, file};

/// An open database file. Cheap to share behind an `Arc`; every method may be called from any thread
/// and blocks for as long as SQLite does.
pub struct Store {
    path: PathBuf,
    key: Option<DatabaseKey>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    pub(crate) index: RwLock<Index>,
    pub(crate) index_ready: AtomicBool,
    pub(crate) kept: Mutex<Vec<Kept>>,
    pub(crate) listed: Mutex<Vec<Listed>>,
    listeners: Mutex<Vec<Listener>>,
}

type Listener = Arc<dyn Fn(&BTreeSet<Topic>) + Send + Sync>;

impl Store {
    /// How long a call waits for another program's lock before it fails.
    pub const BUSY_TIMEOUT: Duration = file::BUSY_TIMEOUT;

    /// Idle read connections kept open.
    const READERS_IDLE_MAX: usize = 4;

    /// Opens a file that is not encrypted, made and migrated as needed. The index is empty until the
    /// first query that needs it, or [`Store::warm`].
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, None)
    }

    /// Opens an encrypted file likewise.
    pub fn open_encrypted(path: &Path, key: &DatabaseKey) -> Result<Self> {
        Self::open_with(path, Some(key.clone()))
    }

    /// Encrypts a file anew, under another key. Fails with [`crate::Error::InUse`] while anybody has it
    /// open; whatever happens on the way, one of the two keys opens it.
    pub fn rekey(path: &Path, from: &DatabaseKey, to: &DatabaseKey) -> Result<()> {
        file::rekey(path, from, to)
    }

    fn open_with(path: &Path, key: Option<DatabaseKey>) -> Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(file::open_writer(path, key.as_ref())?),
            key,
            readers: Mutex::default(),
            index: RwLock::default(),
            index_ready: AtomicBool::new(false),
            kept: Mutex::default(),
            listed: Mutex::default(),
            listeners: Mutex::default(),
        })
    }

    /// Where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Calls `listener` after every commit, with the topics it touched, on the writing thread.
    pub fn on_change(&self, listener: impl Fn(&BTreeSet<Topic>) + Send + Sync + 'static) {
        lock(&self.listeners).push(Arc::new(listener));
    }

    /// Runs `work` in one transaction. On an error nothing happened and nobody hears of it.
    pub fn write<T, E: From<crate::Error>>(
        &self,
        work: impl FnOnce(&mut Write<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let (value, touched) = {
            let mut writer = lock(&self.writer);
            let tx = writer
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(crate::Error::from)?;
            let mut write = Write {
                tx,
                store: self,
                touched: BTreeSet::new(),
                change: None,
            };
            let value = work(&mut write)?;
            write.tx.commit().map_err(crate::Error::from)?;
            (value, write.touched)
        };
        self.announce(&touched);
        Ok(value)
    }

    /// Runs `work` on one snapshot of the database.
    pub fn read<T>(&self, work: impl FnOnce(&Read<'_>) -> Result<T>) -> Result<T> {
        let idle = lock(&self.readers).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.open_reader()?,
        };
        let tx = connection.transaction()?;
        let value = work(&Read {
            tx: &tx,
            store: self,
        });
        tx.finish()?;
        let mut readers = lock(&self.readers);
        if readers.len() < Self::READERS_IDLE_MAX {
            readers.push(connection);
        }
        value
    }

    /// Loads the index now, so that the first search need not.
    pub fn warm(&self) -> Result<()> {
        self.read(|read| read.index().map(drop))
    }

    /// Whether the index has been loaded. Until then, searches wait for it.
    pub(crate) fn index_is_ready(&self) -> bool {
        self.index_ready.load(Ordering::Acquire)
    }

    /// Notices commits from now on, whoever makes them.
    pub fn watch(&self) -> Result<Watch> {
        Ok(Watch {
            connection: self.open_reader()?,
            seen: None,
        })
    }

    fn open_reader(&self) -> Result<Connection> {
        file::open_reader(&self.path, self.key.as_ref())
    }

    /// Tells every listener that these topics may have changed.
    pub fn announce(&self, topics: &BTreeSet<Topic>) {
        if topics.is_empty() {
            return;
        }
        let listeners = lock(&self.listeners).clone();
        for listener in listeners {
            listener(topics);
        }
    }
}

/// Notices commits, whoever made them (`PRAGMA data_version`).
pub struct Watch {
    connection: Connection,
    seen: Option<i64>,
}

impl Watch {
    /// Whether anybody committed since the last call. The first call answers no.
    pub fn changed(&mut self) -> Result<bool> {
        let version = self
            .connection
            .pragma_query_value(None, "data_version", |row| row.get(0))?;
        let before = self.seen.replace(version);
        Ok(before.is_some_and(|before| before != version))
    }
}

/// A transaction that writes. The tables' methods are in [`crate::table`].
pub struct Write<'a> {
    pub(crate) tx: Transaction<'a>,
    store: &'a Store,
    touched: BTreeSet<Topic>,
    change: Option<i64>,
}

impl Write<'_> {
    /// What the transaction sees: everything before it and what it has written itself. For looking
    /// things up one by one; the index does not follow what is not committed.
    #[must_use]
    pub fn reading(&self) -> Read<'_> {
        Read {
            tx: &self.tx,
            store: self.store,
        }
    }

    /// Notes what the transaction changes, to be announced after its commit.
    pub(crate) fn touch(&mut self, topic: Topic) {
        self.touched.insert(topic);
    }

    /// The number of this write, for rows that the index must follow.
    pub(crate) fn change(&mut self) -> Result<i64> {
        if let Some(change) = self.change {
            return Ok(change);
        }
        let change = self.tx.query_row(
            "UPDATE change_counter SET value = value + 1 RETURNING value",
            [],
            |row| row.get(0),
        )?;
        self.change = Some(change);
        Ok(change)
    }
}

/// One snapshot of the database. The tables' methods are in [`crate::table`].
pub struct Read<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) store: &'a Store,
}

/// A lock that outlives a panic elsewhere: what it guards is only changed by whole steps.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
