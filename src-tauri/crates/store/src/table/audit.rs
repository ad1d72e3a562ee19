//! The audit: everything that was done, refused or taken in. Ledger, and only ever appended to.
//!
//! What is done has two entries: one opened before it, committed by itself, and one that closes it. An
//! open entry without a closing one tells that the program ended in between. Each entry's hash is keyed
//! and covers the entry before, so that whoever alters, removes or reorders one is found out; and where
//! the audit ends is kept beside it, keyed too, so that cutting entries off at the end is found out.
//!
//! What cannot be seen from within is an older copy of the whole file put in its place: an export taken
//! elsewhere shows that.

use domain::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, Row, named_params};
use sha2::Sha256;

use crate::{AuditKey, Error, Read, Result, Topic, Write};

/// Whether something is about to be done, was done, or is merely told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is about to be done.
    Opened,
    /// It is over.
    Closed,
    /// It happened in one go, or was refused.
    Noted,
}

impl Phase {
    /// Its word in the database and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Noted => "noted",
        }
    }

    fn from_word(word: &str) -> Result<Self> {
        let mut all = [Self::Opened, Self::Closed, Self::Noted].into_iter();
        all.find(|phase| phase.word() == word)
            .ok_or(Error::Invalid("phase of an audit entry"))
    }
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// The operating system's user.
    pub user: String,
    /// ARN of the AWS credentials, as far as it is known.
    pub identity: Option<String>,
    /// What was done, in a word such as `link`.
    pub action: String,
    /// Whether it is about to be done, over, or merely told.
    pub phase: Phase,
    /// The entry that this one closes.
    pub opened: Option<i64>,
    /// `done`, `failed`, `unknown`, `refused`, `stale`, `stopped` or what became of what was due; absent
    /// while open.
    pub outcome: Option<String>,
    /// The plan that it follows.
    pub plan: Option<String>,
    /// The agreement.
    pub agreement: Option<String>,
    /// The organization or billing account, as `organization:acme`.
    pub target: Option<String>,
    /// AWS's request id.
    pub request: Option<String>,
    /// Everything else, as JSON.
    pub detail: String,
}

/// An entry with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, from 1.
    pub seq: i64,
    /// What it says.
    pub entry: Entry,
    hash: Vec<u8>,
}

/// A part of what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditActions {
    /// What was begun or noted, each with the entry that closes it.
    pub actions: Vec<(AuditRow, Option<AuditRow>)>,
    /// How many match.
    pub matched: usize,
    /// How many there are.
    pub total: usize,
}

/// What is wrong with the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The first entry that does not follow from the ones before.
    pub seq: i64,
    /// What is wrong with it.
    pub why: &'static str,
}

const COLUMNS: &str = "seq, at, user, identity, action, phase, opened, outcome, plan, agreement, \
                       target, request, detail, hash";
const COLUMN_COUNT: usize = 14;

/// Entries that close no other, each beside the one that closes it: those with the text ?1 in one of
/// the two, and with ?2 only the one that the entry ?2 belongs to.
const ACTIONS: &str = "FROM audit AS a LEFT JOIN audit AS c ON c.opened = a.seq
    WHERE a.phase <> 'closed' AND (?2 IS NULL OR ?2 IN (a.seq, c.seq))
        AND (?1 = '' OR instr(lower(a.user || ' ' || coalesce(a.identity, '') || ' ' || a.action || ' ' ||
            coalesce(a.outcome, '') || ' ' || coalesce(a.plan, '') || ' ' || coalesce(a.agreement, '') || ' ' ||
            coalesce(a.target, '') || ' ' || coalesce(a.request, '') || ' ' || a.detail || ' ' ||
            coalesce(c.outcome, '') || ' ' || coalesce(c.target, '') || ' ' || coalesce(c.request, '') || ' ' ||
            coalesce(c.detail, '')), lower(?1)) > 0)";

impl Write<'_> {
    /// Appends an entry and tells its number.
    pub fn append_audit(&mut self, key: &AuditKey, entry: &Entry) -> Result<i64> {
        self.touch(Topic::Audit);
        let last: Option<(i64, Vec<u8>)> = self
            .tx
            .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (seq, before) = last.map_or((1, Vec::new()), |(seq, hash)| (seq + 1, hash));
        let hash = entry.hash(key, seq, &before);
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO audit_end VALUES (1, ?1, ?2)")?
            .execute((seq, end_hash(key, seq, &hash).as_slice()))?;
        self.tx
            .prepare_cached(&format!(
                "INSERT INTO audit ({COLUMNS}) VALUES (:seq, :at, :user, :identity, :action, :phase,
                    :opened, :outcome, :plan, :agreement, :target, :request, :detail, :hash)"
            ))?
            .execute(named_params! {
                ":seq": seq,
                ":at": entry.at.as_millis(),
                ":user": entry.user,
                ":identity": entry.identity,
                ":action": entry.action,
                ":phase": entry.phase.word(),
                ":opened": entry.opened,
                ":outcome": entry.outcome,
                ":plan": entry.plan,
                ":agreement": entry.agreement,
                ":target": entry.target,
                ":request": entry.request,
                ":detail": entry.detail,
                ":hash": hash.as_slice(),
            })?;
        Ok(seq)
    }

    /// Appends the entry that closes another, unless somebody closed that one before: then nothing is
    /// appended, and what was to be told must be told otherwise. Whether it was appended.
    pub fn close_audit(&mut self, key: &AuditKey, entry: &Entry) -> Result<bool> {
        let closed: bool = self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM audit WHERE opened = ?1)")?
            .query_row([entry.opened], |row| row.get(0))?;
        if !closed {
            self.append_audit(key, entry)?;
        }
        Ok(!closed)
    }

    /// The same for what was surely done or not done: where somebody gave the other entry up before, what
    /// came of it is noted by itself.
    pub fn close_or_note_audit(&mut self, key: &AuditKey, entry: Entry) -> Result<()> {
        if !self.close_audit(key, &entry)? {
            let noted = Entry {
                phase: Phase::Noted,
                opened: None,
                ..entry
            };
            self.append_audit(key, &noted)?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// Entries, newest first, up to `limit`; those that have the text somewhere, unless it is empty.
    pub fn audit(&self, search: &str, limit: usize) -> Result<Vec<AuditRow>> {
        let mut some = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM audit WHERE (?1 = '' OR instr(lower(user || ' ' ||
                coalesce(identity, '') || ' ' || action || ' ' || coalesce(outcome, '') || ' ' ||
                coalesce(plan, '') || ' ' || coalesce(agreement, '') || ' ' || coalesce(target, '')
                || ' ' || coalesce(request, '') || ' ' || detail), lower(?1)) > 0)
             ORDER BY seq DESC LIMIT ?2"
        ))?;
        let found = some.query((search.trim(), limit))?;
        rows(found)
    }

    /// What was done, newest first: each entry that closes no other, with the one that closes it. Those
    /// that have the text somewhere, unless it is empty; with `entry`, only what that entry belongs to.
    pub fn audit_actions(
        &self,
        search: &str,
        entry: Option<i64>,
        offset: usize,
        limit: usize,
    ) -> Result<AuditActions> {
        let mut some = self.tx.prepare_cached(&format!(
            "SELECT {}, {} {ACTIONS} ORDER BY a.seq DESC LIMIT ?3 OFFSET ?4",
            columns("a"),
            columns("c"),
        ))?;
        let search = search.trim();
        let mut found = some.query((search, entry, limit, offset))?;
        let mut actions = Vec::new();
        while let Some(row) = found.next()? {
            let closes: Option<i64> = row.get(COLUMN_COUNT)?;
            let closing = closes.map(|_| audit_row(row, COLUMN_COUNT)).transpose()?;
            actions.push((audit_row(row, 0)?, closing));
        }
        let mut all = self
            .tx
            .prepare_cached(&format!("SELECT count(*) {ACTIONS}"))?;
        let matched = all.query_row((search, entry), |row| row.get(0))?;
        let total = if search.is_empty() && entry.is_none() {
            matched
        } else {
            all.query_row(("", None::<i64>), |row| row.get(0))?
        };
        Ok(AuditActions {
            actions,
            matched,
            total,
        })
    }

    /// Entries with a number above `after`, oldest first, up to `limit`.
    pub fn audit_after(&self, after: i64, limit: usize) -> Result<Vec<AuditRow>> {
        let mut some = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2"
        ))?;
        rows(some.query((after, limit))?)
    }

    /// Every entry about one of these agreements, once and oldest first.
    pub fn audit_of(&self, agreements: &[String]) -> Result<Vec<AuditRow>> {
        let mut all = Vec::new();
        for agreement in agreements {
            let mut some = self.tx.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM audit WHERE agreement = ?1 ORDER BY seq"
            ))?;
            all.extend(rows(some.query([agreement])?)?);
        }
        all.sort_by_key(|row| row.seq);
        all.dedup_by_key(|row| row.seq);
        Ok(all)
    }

    /// Entries about a target, as `organization:acme`, oldest first, with those that close them.
    pub fn audit_to(&self, target: &str) -> Result<Vec<AuditRow>> {
        let mut some = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM audit WHERE target = ?1
                OR opened IN (SELECT seq FROM audit WHERE target = ?1)
                OR seq IN (SELECT opened FROM audit WHERE target = ?1) ORDER BY seq"
        ))?;
        rows(some.query([target])?)
    }

    /// Entries that were opened and never closed, oldest first.
    pub fn open_audit(&self) -> Result<Vec<AuditRow>> {
        let mut open = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM audit AS a WHERE phase = 'opened'
                AND NOT EXISTS (SELECT 1 FROM audit AS b WHERE b.opened = a.seq) ORDER BY seq"
        ))?;
        let found = open.query([])?;
        rows(found)
    }

    /// How many entries there are.
    pub fn audit_count(&self) -> Result<usize> {
        Ok(self
            .tx
            .query_row("SELECT count(*) FROM audit", [], |row| row.get(0))?)
    }

    /// Goes through the whole audit: `None` when every entry follows from the ones before, up to the
    /// last that was written.
    pub fn verify_audit(&self, key: &AuditKey) -> Result<Option<Broken>> {
        let mut all = self
            .tx
            .prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY seq"))?;
        let mut found = all.query([])?;
        let (mut expected, mut before) = (1, Vec::new());
        while let Some(row) = found.next()? {
            let row = audit_row(row, 0)?;
            if row.seq != expected {
                let why = "entries before it are missing";
                return Ok(Some(Broken { seq: expected, why }));
            }
            if row.entry.hash(key, row.seq, &before).as_slice() != row.hash {
                let why = "it is not as it was written";
                return Ok(Some(Broken { seq: row.seq, why }));
            }
            before = row.hash;
            expected += 1;
        }
        let last = expected - 1;
        let end: Option<(i64, Vec<u8>)> = self
            .tx
            .prepare_cached("SELECT seq, hash FROM audit_end")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let ends_here = match &end {
            None => last == 0,
            Some((seq, hash)) => *seq == last && hash == &end_hash(key, last, &before),
        };
        let why = "it is not the last that was written: entries after it are missing";
        Ok((!ends_here).then_some(Broken { seq: last, why }))
    }
}

/// Tells the last entry's number and hash in a way that only the key's owner can.
fn end_hash(key: &AuditKey, seq: i64, hash: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.bytes()) else {
        return [0; 32];
    };
    mac.update(b"end");
    mac.update(&seq.to_be_bytes());
    mac.update(hash);
    mac.finalize().into_bytes().into()
}

impl Entry {
    /// The hash of an entry at its place. Lengths are part of it, so that no two entries come to the same.
    fn hash(&self, key: &AuditKey, seq: i64, before: &[u8]) -> [u8; 32] {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.bytes()) else {
            return [0; 32];
        };
        mac.update(before);
        mac.update(&seq.to_be_bytes());
        mac.update(&self.at.as_millis().to_be_bytes());
        mac.update(&self.opened.unwrap_or(i64::MIN).to_be_bytes());
        let texts = [
            Some(&self.user),
            self.identity.as_ref(),
            Some(&self.action),
            self.outcome.as_ref(),
            self.plan.as_ref(),
            self.agreement.as_ref(),
            self.target.as_ref(),
            self.request.as_ref(),
            Some(&self.detail),
        ];
        for text in texts {
            let length = text.map_or(u64::MAX, |text| text.len() as u64);
            mac.update(&length.to_be_bytes());
            mac.update(text.map(String::as_bytes).unwrap_or_default());
        }
        mac.update(self.phase.word().as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn rows(mut found: rusqlite::Rows<'_>) -> Result<Vec<AuditRow>> {
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(audit_row(row, 0)?);
    }
    Ok(rows)
}

/// The columns of one of the two tables that a question joins.
fn columns(of: &str) -> String {
    let named = COLUMNS.split(", ").map(|column| format!("{of}.{column}"));
    named.collect::<Vec<_>>().join(", ")
}

/// The entry whose columns begin at `from`.
fn audit_row(row: &Row<'_>, from: usize) -> Result<AuditRow> {
    let phase: String = row.get(from + 5)?;
    Ok(AuditRow {
        seq: row.get(from)?,
        entry: Entry {
            at: Timestamp::from_millis(row.get(from + 1)?),
            user: row.get(from + 2)?,
            identity: row.get(from + 3)?,
            action: row.get(from + 4)?,
            phase: Phase::from_word(&phase)?,
            opened: row.get(from + 6)?,
            outcome: row.get(from + 7)?,
            plan: row.get(from + 8)?,
            agreement: row.get(from + 9)?,
            target: row.get(from + 10)?,
            request: row.get(from + 11)?,
            detail: row.get(from + 12)?,
        },
        hash: row.get(from + 13)?,
    })
}
