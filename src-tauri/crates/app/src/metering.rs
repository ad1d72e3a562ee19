//! The last usage of a license: read from a file, held against every rule of AWS's, and sent once.
//!
//! AWS counts usage by license (or product and account), dimension and hour. The first quantity of an
//! hour is billed; the same one again changes nothing, another one is refused for good. So what was sent
//! is kept, and an hour that was sent is not sent again.

mod check;
mod file;
mod send;

use domain::UsageRecord;
use store::Store;

pub use send::{Sent, SentRecord};

use crate::{Clock, Error};

/// Records of one file.
pub const RECORDS_MAX: usize = 10_000;
/// Longest file, in bytes.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How long usage is taken after a license was taken back (AWS Marketplace User Guide, “Metering for
/// usage”), in milliseconds.
pub const FINAL_WINDOW_MS: i64 = domain::usage::HOUR_MS;

/// A record with the line it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line in the file, from 1; in a JSON document the record's number.
    pub line: usize,
    /// What it says.
    pub record: UsageRecord,
    /// The product that the license is for; absent for a product code, and until it is looked up.
    pub product: Option<String>,
}

/// Something that is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UsageProblem {
    /// The line in the file.
    pub line: usize,
    /// The field that is to blame, if one is.
    pub field: Option<&'static str>,
    /// What is wrong.
    pub reason: String,
}

/// A file of usage, looked at.
#[derive(Clone, Debug, Default)]
pub struct UsageFile {
    /// What can be sent.
    pub good: Vec<Line>,
    /// What was sent before, just like this: it is left out.
    pub sent_before: Vec<Line>,
    /// Everything that is wrong.
    pub problems: Vec<UsageProblem>,
}

/// A file of usage that cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.first().map_or("there is no usage in the file".to_owned(), |it| format!("line {}: {}", it.line, it.reason)))]
pub struct UsageError(pub Vec<UsageProblem>);

/// Reads a file and holds every record against AWS's rules, the data at hand, and what was sent before.
/// Changes nothing. Its name tells how to read it: `.csv`, `.json` or `.jsonl`.
pub fn check(store: &Store, clock: &Clock, name: &str, bytes: &[u8]) -> Result<UsageFile, Error> {
    let (lines, problems) = file::read(name, bytes);
    let mut looked = UsageFile {
        problems,
        ..UsageFile::default()
    };
    let now = clock.now();
    store.read(|read| {
        let mut known = check::Known::new(now);
        for mut line in lines {
            let problems = known.problems(read, &mut line)?;
            if !problems.is_empty() {
                looked.problems.extend(problems);
            } else if check::was_sent(read, &line.record)? {
                looked.sent_before.push(line);
            } else {
                looked.good.push(line);
            }
        }
        Ok(())
    })?;
    looked.problems.sort();
    Ok(looked)
}
