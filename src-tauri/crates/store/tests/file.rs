//! What happens to a database file that is not as it should be: a clear error, and nothing lost.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use std::fs;
use std::path::Path;

use domain::{AgreementId, Link, LinkState, Target, TargetKind, Timestamp};
use rusqlite::Connection;
use store::{DatabaseKey, Error, Store};

/// A database with one remembered clock offset in it.
fn database(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("connections/test.sqlite3");
    let store = Store::open(&file).unwrap();
    store.write(|write| write.set_clock_offset(42)).unwrap();
    file
}

fn offset(file: &Path) -> i64 {
    Store::open(file)
        .unwrap()
        .read(|read| read.sync_state())
        .unwrap()
        .clock_offset
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path());
    let other = Connection::open(&file).unwrap();
    let format: i64 = other
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&file).unwrap();

    let error = Store::open(&file).err().unwrap();
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error:?}");
    assert_eq!(fs::read(&file).unwrap(), before);

    other.pragma_update(None, "user_version", format).unwrap();
    drop(other);
    assert_eq!(offset(&file), 42);
}

#[test]
fn a_damaged_file_is_told_from_a_foreign_one() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("damaged.sqlite3");
    fs::write(
        &damaged,
        "not a database at all, but long enough to be taken for one ".repeat(40),
    )
    .unwrap();
    let error = Store::open(&damaged).err().unwrap();
    assert!(matches!(error, Error::Damaged(_)), "{error:?}");

    let foreign = folder.path().join("foreign.sqlite3");
    Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (a)")
        .unwrap();
    let error = Store::open(&foreign).err().unwrap();
    assert!(matches!(error, Error::Foreign), "{error:?}");
    let tables: i64 = Connection::open(&foreign)
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1, "nothing was added to somebody else's file");
}

#[test]
fn a_page_damaged_later_is_an_error_and_not_a_wrong_answer() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path());
    Connection::open(&file)
        .unwrap()
        .pragma_update(None, "wal_checkpoint", "TRUNCATE")
        .unwrap();
    let mut bytes = fs::read(&file).unwrap();
    for byte in &mut bytes[4096..] {
        *byte = 0xff;
    }
    fs::write(&file, bytes).unwrap();
    let outcome = Store::open(&file).and_then(|store| store.read(|read| read.sync_state()));
    assert!(matches!(outcome, Err(Error::Damaged(_))), "{outcome:?}");
}

#[test]
fn a_full_disk_keeps_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path());
    let full = Connection::open(&file).unwrap();
    full.execute_batch("CREATE TABLE filler (a)").unwrap();
    // The same error code that a full disk gives, without filling one.
    let pages: i64 = full
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    full.pragma_update(None, "max_page_count", pages).unwrap();
    let filler = full.execute("INSERT INTO filler VALUES (zeroblob(1000000))", []);
    let error = Error::from(filler.unwrap_err());
    assert!(matches!(error, Error::Full(_)), "{error:?}");
    drop(full);
    assert_eq!(offset(&file), 42);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("a-file");
    fs::write(&blocked, "").unwrap();
    let error = Store::open(&blocked.join("test.sqlite3")).err().unwrap();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
}

#[test]
fn a_locked_file_can_be_read_and_a_write_says_who_is_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path());
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let store = Store::open(&file).unwrap();
    assert_eq!(
        store.read(|read| read.sync_state()).unwrap().clock_offset,
        42
    );
    let error = store.write(|write| write.set_clock_offset(43)).unwrap_err();
    assert!(matches!(error, Error::Locked(_)), "{error:?}");

    other.execute_batch("ROLLBACK").unwrap();
    store.write(|write| write.set_clock_offset(43)).unwrap();
    assert_eq!(offset(&file), 43);
}

#[test]
fn a_file_that_may_not_be_written_is_told_as_that() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path());
    let other = Connection::open(&file).unwrap();
    // The same error code that a write-protected file gives, which root would not get from one.
    other.pragma_update(None, "query_only", true).unwrap();
    let error = Error::from(
        other
            .execute("UPDATE sync SET clock_offset = 1", [])
            .unwrap_err(),
    );
    assert!(matches!(error, Error::ReadOnly), "{error:?}");
}

#[test]
fn an_encrypted_file_opens_with_its_key_alone_and_shows_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.sqlite3");
    let key = DatabaseKey::random().unwrap();
    let store = Store::open_encrypted(&path, &key).unwrap();
    let company = "Recognizable Company";
    let link = link_to(company);
    store.write(|write| write.mirror_links(&[link])).unwrap();
    store.read(|read| read.sync_state()).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend(fs::read(path.with_extension("sqlite3-wal")).unwrap_or_default());
    let shows = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(!shows(company) && !shows("CREATE TABLE"));
    drop(store);

    assert!(matches!(Store::open(&path), Err(Error::Damaged(_))));
    let other = DatabaseKey::random().unwrap();
    let refused = Store::open_encrypted(&path, &other);
    assert!(matches!(refused, Err(Error::WrongKey(_))));
    Store::open_encrypted(&path, &key).unwrap();
}

#[test]
fn a_file_is_encrypted_anew_only_while_nobody_has_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.sqlite3");
    let (old, new) = (
        DatabaseKey::random().unwrap(),
        DatabaseKey::random().unwrap(),
    );
    let store = Store::open_encrypted(&path, &old).unwrap();
    store
        .write(|write| write.mirror_links(&[link_to("Kept")]))
        .unwrap();
    let refused = Store::rekey(&path, &old, &new);
    assert!(
        matches!(refused, Err(Error::InUse | Error::Locked(_))),
        "{refused:?}"
    );
    drop(store);

    assert!(matches!(
        Store::rekey(&path, &new, &old),
        Err(Error::WrongKey(_))
    ));
    Store::rekey(&path, &old, &new).unwrap();
    assert!(matches!(
        Store::open_encrypted(&path, &old),
        Err(Error::WrongKey(_))
    ));
    let store = Store::open_encrypted(&path, &new).unwrap();
    let links = store
        .read(|read| read.links_of(&AgreementId::parse("agmt-1").unwrap()))
        .unwrap();
    assert_eq!(links.len(), 1);
}

fn link_to(name: &str) -> Link {
    Link {
        agreement: AgreementId::parse("agmt-1").unwrap(),
        license: None,
        target: Target {
            kind: TargetKind::Organization,
            id: "org-1".to_owned(),
            name: name.to_owned(),
        },
        state: LinkState::Active,
        since: Timestamp::from_millis(1),
        source: "test".to_owned(),
        workspaces: Vec::new(),
    }
}

/// Before the directory had tables, links alone were taken in, and that was noted as done.
#[test]
fn a_file_from_before_the_directory_takes_it_in_with_the_next_sync() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.sqlite3");
    let other = Connection::open(&file).unwrap();
    for migration in [
        include_str!("../migrations/0001_cache_and_ledger.sql"),
        include_str!("../migrations/0002_permissions.sql"),
        "UPDATE sync SET directory_at = 5, clock_offset = 42",
        "PRAGMA user_version = 2; PRAGMA application_id = 0x42494e44",
    ] {
        other.execute_batch(migration).unwrap();
    }
    drop(other);
    let store = Store::open(&file).unwrap();
    let state = store.read(|read| read.sync_state()).unwrap();
    assert_eq!((state.directory_at, state.clock_offset), (None, 42));
}
