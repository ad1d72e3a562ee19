//! Taking in a file that the vendor's system of record wrote.
//!
//! First a [`Plan`]: everything that is wrong with the file, and what taking the rest in would do. It
//! changes nothing, so that it is the dry run as well. Then [`Plan::apply`], which refuses a file with
//! bad rows unless it is told to leave those out.

mod audited;
mod csv_file;
mod entry;
mod json_file;
mod raw;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::ControlFlow;

use domain::{DirectoryId, Entry, EntryKind, Timestamp};
use store::Store;
use store::table::directory::{CHANGE_SET_MAX, Origin, Tallies};

pub(super) use self::raw::Raw;
use self::raw::RawRow;
#[cfg(test)]
pub(super) use self::raw::fields;
use crate::{Action, Error, Permit};

/// Longest file, in bytes.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Rows that a file may have.
pub const ROWS_MAX: usize = 100_000;
/// Longest name of a field that is repeated in a message, in characters.
const NAME_CHARS_MAX: usize = 64;

/// What taking a file in would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The file's name.
    pub file: String,
    /// What is wrong, by line.
    pub bad: Vec<BadRow>,
    /// How many rows that is; one may have several things wrong with it.
    pub bad_rows: usize,
    /// How the good rows compare with what is there.
    pub tallies: Tallies,
    /// The good rows; what others refer to comes first.
    pub(super) entries: Vec<Entry>,
}

/// What to do about bad rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBadRows {
    /// Take nothing in.
    Refuse,
    /// Take the good rows in.
    Skip,
}

impl OnBadRows {
    /// What somebody wants done who says that bad rows may be skipped, or does not.
    #[must_use]
    pub const fn skip(wanted: bool) -> Self {
        if wanted { Self::Skip } else { Self::Refuse }
    }
}

/// Something that is wrong with a row; a row may have several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BadRow {
    /// The line that the row starts on, from 1.
    pub line: usize,
    /// The field, when one is to blame; as the file writes it.
    pub field: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// A file that is not taken in, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file {file} was not imported: {}", .bad.first().map(ToString::to_string).unwrap_or_default())]
pub struct ImportError {
    /// The file's name.
    pub file: String,
    /// What is wrong, by line.
    pub bad: Vec<BadRow>,
    /// Whether the rest of it could be taken in.
    pub skippable: bool,
}

/// What a file has, before its rows are looked into.
#[derive(Default)]
struct Found {
    rows: Vec<RawRow>,
    bad: Vec<BadRow>,
}

impl BadRow {
    fn of_file(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line,
            field: None,
            reason: on_one_line(&reason.into()),
        }
    }

    fn of_field(line: usize, field: &str, reason: impl Into<String>) -> Self {
        Self {
            line,
            field: Some(on_one_line(field).chars().take(NAME_CHARS_MAX).collect()),
            reason: on_one_line(&reason.into()),
        }
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "line {}: {field} {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

/// What taking this file in would do. Its name tells how to read it: `.csv`, `.json` (a document with
/// a list per kind), `.jsonl` or `.ndjson` (an object a line).
pub fn plan(
    store: &Store,
    file: &str,
    bytes: &[u8],
    kind: Option<EntryKind>,
) -> Result<Plan, Error> {
    let Found { rows, mut bad } = read(file, bytes, kind).map_err(|why| ImportError {
        file: file.to_owned(),
        bad: vec![why],
        skippable: false,
    })?;
    // What could not be told apart into fields is one thing wrong with one row.
    let all = rows.len() + bad.len();
    let mut good = Vec::new();
    for row in rows {
        match entry::entry(&row) {
            Ok(entry) => good.push((row.line, entry)),
            Err(reasons) => bad.extend(reasons),
        }
    }
    let good = without_repetitions(good, &mut bad);
    let entries = without_dangling(store, good, &mut bad)?;
    bad.sort();
    Ok(Plan {
        file: file.to_owned(),
        tallies: store.read(|read| read.compare_directory(&entries))?,
        bad,
        bad_rows: all - entries.len(),
        entries,
    })
}

impl Plan {
    /// Whether it would be taken in.
    pub fn check(&self, on_bad: OnBadRows) -> Result<(), ImportError> {
        if self.bad.is_empty() || on_bad == OnBadRows::Skip {
            return Ok(());
        }
        Err(ImportError {
            file: self.file.clone(),
            bad: self.bad.clone(),
            skippable: true,
        })
    }

    /// Takes the good rows in, change set by change set, and tells `heard` after each how many are in
    /// and how many there are. What was taken in before a failure, or before `heard` breaks off, stays,
    /// and the same file can be taken in again.
    pub fn apply(
        &self,
        store: &Store,
        permit: Permit,
        on_bad: OnBadRows,
        now: Timestamp,
        mut heard: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Tallies, Error> {
        debug_assert_eq!(permit.action(), Action::EditDirectory);
        self.check(on_bad)?;
        let origin = Origin {
            source: format!("import {}", self.file),
            as_of: now,
        };
        let mut done = Tallies::default();
        let (mut taken_in, total) = (0, self.entries.len());
        for entries in self.entries.chunks(CHANGE_SET_MAX) {
            done.add(&store.write(|write| write.put_directory(entries, &origin))?);
            taken_in += entries.len();
            if heard(taken_in, total).is_break() && taken_in < total {
                return Err(Error::ImportStopped { taken_in, total });
            }
        }
        Ok(done)
    }
}

fn read(file: &str, bytes: &[u8], kind: Option<EntryKind>) -> Result<Found, BadRow> {
    if bytes.len() > FILE_BYTES_MAX {
        let most = FILE_BYTES_MAX / (1024 * 1024);
        return Err(BadRow::of_file(
            1,
            format!("the file is longer than {most} MiB"),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + String::from_utf8_lossy(before).matches('\n').count();
        BadRow::of_file(line, "the file is no text in UTF-8")
    })?;
    // Spreadsheets write a byte order mark, which is no part of the first name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let ending = file
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => csv_file::read(text, kind),
        Some("jsonl" | "ndjson") => json_file::read_lines(text, kind),
        Some("json") if kind.is_some() => {
            let reason = "is told by the lists themselves, and cannot be chosen for them";
            Err(BadRow::of_field(1, "kind", reason))
        }
        Some("json") => json_file::read_document(text),
        _ => Err(BadRow::of_file(
            1,
            "the name must end in .csv, .json, .jsonl or .ndjson",
        )),
    }
}

/// Leaves out rows about what an earlier row is about. Where they differ, neither is believed.
fn without_repetitions(rows: Vec<(usize, Entry)>, bad: &mut Vec<BadRow>) -> Vec<(usize, Entry)> {
    let mut first: BTreeMap<(EntryKind, String), usize> = BTreeMap::new();
    let mut refused = BTreeSet::new();
    for (position, (line, entry)) in rows.iter().enumerate() {
        let earlier = *first.entry((entry.kind(), entry.key())).or_insert(position);
        if earlier == position {
            continue;
        }
        let (earlier_line, said) = &rows[earlier];
        let what = format!("{} {}", entry.kind().word(), entry.key());
        refused.insert(position);
        if said == entry {
            let reason = format!("says the same about {what} as line {earlier_line}");
            bad.push(BadRow::of_file(*line, reason));
            continue;
        }
        let reason = |other| format!("says otherwise about {what} than line {other}");
        bad.push(BadRow::of_file(*line, reason(earlier_line)));
        if refused.insert(earlier) {
            bad.push(BadRow::of_file(*earlier_line, reason(line)));
        }
    }
    let rows = rows.into_iter().enumerate();
    rows.filter(|(position, _)| !refused.contains(position))
        .map(|(_, row)| row)
        .collect()
}

/// Leaves out rows that refer to what is neither in the directory nor in a good row. Kinds are gone
/// through in the order in which they refer to each other, so that a row falls with what it needs.
fn without_dangling(
    store: &Store,
    mut rows: Vec<(usize, Entry)>,
    bad: &mut Vec<BadRow>,
) -> Result<Vec<Entry>, store::Error> {
    rows.sort_by_key(|(_, entry)| entry.kind());
    let mut there = BTreeSet::new();
    let mut good = Vec::new();
    store.read(|read| {
        for (line, entry) in rows {
            let mut stands = true;
            for (kind, id, field) in entry.references() {
                let known = there.contains(&(kind, id.to_string()));
                if !known && !read.directory_has(kind, id)? {
                    bad.push(BadRow::of_field(line, field, no_such(kind, id)));
                    stands = false;
                }
            }
            if stands {
                there.insert((entry.kind(), entry.key()));
                good.push(entry);
            }
        }
        Ok(())
    })?;
    Ok(good)
}

/// Why a reference leads nowhere.
pub(super) fn no_such(kind: EntryKind, id: &DirectoryId) -> String {
    let what = kind.word().replace('-', " ");
    format!("refers to “{id}”, and there is no such {what}")
}

/// The entry that fields tell of by the names that files have for them, or what is wrong with each.
pub(super) fn of_cells(kind: EntryKind, cells: Vec<(String, Raw)>) -> Result<Entry, Vec<BadRow>> {
    let line = 1;
    entry::entry(&RawRow { kind, line, cells })
}

/// A text of the file as it may be shown: no control character of it reaches a terminal.
fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// The words for kinds, as the end of a sentence.
fn kinds_said() -> String {
    EntryKind::ALL.map(EntryKind::word).join(", ")
}
