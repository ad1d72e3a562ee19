//! The audit finds out whoever meddled with it, with the file of the database in hand.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use std::path::PathBuf;

use domain::Timestamp;
use rusqlite::Connection;
use store::table::audit::{Broken, Entry, Phase};
use store::{AuditKey, Store};

/// A database with an audit of ten entries, and its file.
struct Story {
    key: AuditKey,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Story {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let story = Self {
            key: AuditKey::random().unwrap(),
            file: folder.path().join("test.sqlite3"),
            _folder: folder,
        };
        for number in 1..=10 {
            let append = |write: &mut store::Write<'_>| {
                write.append_audit(&story.key, &entry(&format!("entry {number}")))
            };
            story.store().write(append).unwrap();
        }
        assert_eq!(story.broken(), None);
        story
    }

    fn store(&self) -> Store {
        Store::open(&self.file).unwrap()
    }

    /// Does something to the file that this program would not.
    fn meddle(&self, sql: &str) {
        let connection = Connection::open(&self.file).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    fn broken(&self) -> Option<Broken> {
        let found = self.store().read(|read| read.verify_audit(&self.key));
        found.unwrap()
    }

    /// Where the audit is found to be broken after somebody has meddled with it.
    #[track_caller]
    fn broken_at(sql: &str) -> (i64, &'static str) {
        let story = Self::new();
        story.meddle(sql);
        let broken = story.broken().unwrap();
        (broken.seq, broken.why)
    }
}

fn entry(detail: &str) -> Entry {
    Entry {
        at: Timestamp::from_millis(1_795_132_800_000),
        user: "ada".to_owned(),
        identity: None,
        action: "link".to_owned(),
        phase: Phase::Noted,
        opened: None,
        outcome: Some("done".to_owned()),
        plan: None,
        agreement: None,
        target: None,
        request: None,
        detail: detail.to_owned(),
    }
}

const ALTERED: &str = "it is not as it was written";
const MISSING: &str = "entries before it are missing";
const CUT_OFF: &str = "it is not the last that was written: entries after it are missing";

#[test]
fn an_altered_entry_is_named() {
    for (column, value) in [
        ("at", "at + 1"),
        ("user", "'eve'"),
        ("identity", "'arn:aws:iam::111122223333:user/eve'"),
        ("identity", "''"),
        ("action", "'unlink'"),
        ("phase", "'closed'"),
        ("opened", "3"),
        ("opened", "0"),
        ("outcome", "'failed'"),
        ("outcome", "NULL"),
        ("plan", "'plan-1'"),
        ("agreement", "'agmt-1'"),
        ("target", "'organization:halden'"),
        ("request", "'r-1'"),
        ("detail", "'entry 6'"),
        ("hash", "zeroblob(32)"),
    ] {
        let sql = format!("UPDATE audit SET {column} = {value} WHERE seq = 5");
        assert_eq!(Story::broken_at(&sql), (5, ALTERED), "{column}");
    }
}

#[test]
fn text_that_moves_from_one_column_to_the_next_is_found() {
    let sql = "UPDATE audit SET user = 'adali', action = 'nk' WHERE seq = 5";
    assert_eq!(Story::broken_at(sql), (5, ALTERED));
}

#[test]
fn a_removed_entry_is_named_wherever_it_was() {
    assert_eq!(
        Story::broken_at("DELETE FROM audit WHERE seq = 1"),
        (1, MISSING)
    );
    assert_eq!(
        Story::broken_at("DELETE FROM audit WHERE seq = 5"),
        (5, MISSING)
    );
    // Closing the gap does not help.
    let closed = "DELETE FROM audit WHERE seq = 5;
        UPDATE audit SET seq = seq - 1 WHERE seq > 5";
    assert_eq!(Story::broken_at(closed), (5, ALTERED));
    let closed = "DELETE FROM audit WHERE seq = 1; UPDATE audit SET seq = seq - 1";
    assert_eq!(Story::broken_at(closed), (1, ALTERED));
}

#[test]
fn what_is_cut_off_at_the_end_is_missed() {
    assert_eq!(
        Story::broken_at("DELETE FROM audit WHERE seq > 7"),
        (7, CUT_OFF)
    );
    assert_eq!(Story::broken_at("DELETE FROM audit"), (0, CUT_OFF));
    // Nor does it help to say that it ended there.
    let with_the_end = "DELETE FROM audit WHERE seq > 7;
        UPDATE audit_end SET seq = 7, hash = (SELECT hash FROM audit WHERE seq = 7)";
    assert_eq!(Story::broken_at(with_the_end), (7, CUT_OFF));
    let without_an_end = "DELETE FROM audit WHERE seq > 7; DELETE FROM audit_end";
    assert_eq!(Story::broken_at(without_an_end), (7, CUT_OFF));
}

#[test]
fn an_inserted_entry_is_named() {
    let columns = "at, user, action, phase, outcome, detail, hash";
    let copied = format!(
        "UPDATE audit SET seq = seq + 100 WHERE seq > 5;
         UPDATE audit SET seq = seq - 99 WHERE seq > 100;
         INSERT INTO audit (seq, {columns}) SELECT 6, {columns} FROM audit WHERE seq = 3"
    );
    assert_eq!(Story::broken_at(&copied), (6, ALTERED));
    let appended = format!(
        "INSERT INTO audit (seq, {columns}) SELECT 11, {columns} FROM audit WHERE seq = 10"
    );
    assert_eq!(Story::broken_at(&appended), (11, ALTERED));
}

#[test]
fn reordered_entries_are_named() {
    let swapped = "UPDATE audit SET seq = 100 WHERE seq = 4;
        UPDATE audit SET seq = 4 WHERE seq = 5;
        UPDATE audit SET seq = 5 WHERE seq = 100";
    assert_eq!(Story::broken_at(swapped), (4, ALTERED));
}

#[test]
fn an_audit_of_another_key_is_not_taken_for_whole() {
    let story = Story::new();
    let other = AuditKey::random().unwrap();
    let found = story.store().read(|read| read.verify_audit(&other));
    assert_eq!(found.unwrap().map(|broken| broken.seq), Some(1));
}

#[test]
fn an_audit_that_was_never_written_to_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
    let key = AuditKey::of_the_sandbox();
    assert_eq!(store.read(|read| read.verify_audit(&key)).unwrap(), None);
}

#[test]
fn an_entry_is_closed_once() {
    let story = Story::new();
    let closing = Entry {
        phase: Phase::Closed,
        opened: Some(10),
        ..entry("closed")
    };
    let close = |write: &mut store::Write<'_>| write.close_audit(&story.key, &closing);
    assert!(story.store().write(close).unwrap());
    assert!(!story.store().write(close).unwrap());
    assert_eq!(story.store().read(|read| read.audit_count()).unwrap(), 11);
    assert_eq!(story.broken(), None);
}

#[test]
fn an_agreement_named_twice_has_its_entries_once() {
    let story = Story::new();
    let of = |agreement: &str| Entry {
        agreement: Some(agreement.to_owned()),
        ..entry("of an agreement")
    };
    for agreement in ["agmt-1", "agmt-2", "agmt-1"] {
        let append = |write: &mut store::Write<'_>| write.append_audit(&story.key, &of(agreement));
        story.store().write(append).unwrap();
    }
    let named = ["agmt-1", "agmt-2", "agmt-1"].map(str::to_owned);
    let rows = story.store().read(|read| read.audit_of(&named)).unwrap();
    let numbers: Vec<_> = rows.iter().map(|row| row.seq).collect();
    assert_eq!(numbers, [11, 12, 13]);
}
