//! Opening the database file: key, settings, format, migrations.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::{DatabaseKey, Error, Result};

/// Marks the file as ours: "BIND".
const APPLICATION_ID: i32 = 0x4249_4e44;

/// Every migration, oldest first. They go forward only and are never edited once released; the
/// file's `user_version` counts those it has.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_cache_and_ledger.sql"),
    include_str!("../migrations/0002_permissions.sql"),
    include_str!("../migrations/0003_directory.sql"),
    include_str!("../migrations/0004_linking.sql"),
    include_str!("../migrations/0005_outbox.sql"),
];

/// How long a call waits for another program's lock.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Page cache of the writer, in KiB. With SQLite's 2 MiB, and most of all under SQLCipher, every
/// insert into a large index would read and write pages.
const WRITER_CACHE_KIB: i32 = 65_536;

/// Page cache of each reader, in KiB: a window of rows and the way to them.
const READER_CACHE_KIB: i32 = 4_096;

/// Pages in the write-ahead log before they are moved into the file. Pages written often during a
/// sync are then moved once, not every few commits.
const CHECKPOINT_PAGES: i32 = 16_384;

/// Opens the file for writing, makes it when it is missing, and brings it to the newest format.
pub(crate) fn open_writer(path: &Path, key: Option<&DatabaseKey>) -> Result<Connection> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::Unreachable(Box::new(error)))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = open(path, key, flags)?;
    if connection.is_readonly("main")? {
        return Err(Error::ReadOnly);
    }
    check_format(&connection).map_err(|error| with_key(error, key))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the file so that nothing can be written through the connection.
pub(crate) fn open_reader(path: &Path, key: Option<&DatabaseKey>) -> Result<Connection> {
    let connection = open(path, key, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    Ok(connection)
}

/// Encrypts a file anew, under another key. Nobody else may have it open.
pub(crate) fn rekey(path: &Path, from: &DatabaseKey, to: &DatabaseKey) -> Result<()> {
    let connection = open(path, Some(from), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    check_format(&connection).map_err(|error| with_key(error, Some(from)))?;
    // Only the last connection to a file can leave the write-ahead log: whoever else has the file
    // open would read pages it has no key for.
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("delete") {
        return Err(Error::InUse);
    }
    connection.execute_batch(&to.rekey_pragma())?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    Ok(())
}

/// A file that is none, opened with a key: most likely it is another's key.
fn with_key(error: Error, key: Option<&DatabaseKey>) -> Error {
    match error {
        Error::Damaged(source) if key.is_some() => Error::WrongKey(source),
        other => other,
    }
}

fn open(path: &Path, key: Option<&DatabaseKey>, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if let Some(key) = key {
        // SQLCipher would write to standard error what the caller is told anyway.
        connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
        // Before anything else touches the file.
        connection.execute_batch(&key.key_pragma())?;
    }
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn check_format(connection: &Connection) -> Result<()> {
    let found: usize = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let owner: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && owner != APPLICATION_ID {
        return Err(Error::Foreign);
    }
    if found > MIGRATIONS.len() {
        return Err(Error::Newer {
            found,
            known: MIGRATIONS.len(),
        });
    }
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<()> {
    let format = |connection: &Connection| {
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, usize>(0))
    };
    // Without a look first, a file that needs nothing could not be opened while another process writes.
    if format(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again inside the lock: another process may have migrated in the meantime.
    let done = format(&tx)?;
    for migration in MIGRATIONS.get(done..).unwrap_or_default() {
        tx.execute_batch(migration)?;
    }
    if done < MIGRATIONS.len() {
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", MIGRATIONS.len())?;
    }
    tx.commit()?;
    Ok(())
}
