//! What AWS lets the connection's credentials do, as last found out. Cache.

use domain::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::details::Failure;
use crate::{Read, Result, Topic, Write};

/// What was found out about one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The operation's name in the service model.
    pub operation: String,
    /// `allowed`, `denied`, `unknown` or `not-wanted`.
    pub outcome: String,
    /// Why, when denied or unknown.
    pub failure: Option<Failure>,
    /// When it was found out.
    pub found_at: Timestamp,
}

/// The last check of the credentials as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// When it was made.
    pub at: Timestamp,
    /// Account and ARN of the credentials, or why AWS did not say.
    pub identity: std::result::Result<(String, String), Failure>,
    /// AWS's clock minus this machine's, in milliseconds.
    pub clock_behind_ms: Option<i64>,
}

impl Write<'_> {
    /// Keeps what was found out about an operation.
    pub fn put_permission(&mut self, found: &Permission) -> Result<()> {
        self.touch(Topic::Permissions);
        let failure = found.failure.as_ref();
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO permission
                    (operation, outcome, failure_kind, failure_message, failure_request, found_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                &found.operation,
                &found.outcome,
                failure.map(|failure| &failure.kind),
                failure.map(|failure| &failure.message),
                failure.and_then(|failure| failure.request.as_ref()),
                found.found_at.as_millis(),
            ))?;
        Ok(())
    }

    /// Keeps the last check.
    pub fn put_check(&mut self, check: &Check) -> Result<()> {
        self.touch(Topic::Permissions);
        let identity = check.identity.as_ref().ok();
        let failure = check.identity.as_ref().err();
        self.tx.execute(
            "INSERT OR REPLACE INTO preflight (one, checked_at, account, arn, failure_kind,
                failure_message, failure_request, clock_behind_ms)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                check.at.as_millis(),
                identity.map(|(account, _)| account),
                identity.map(|(_, arn)| arn),
                failure.map(|failure| &failure.kind),
                failure.map(|failure| &failure.message),
                failure.and_then(|failure| failure.request.as_ref()),
                check.clock_behind_ms,
            ),
        )?;
        Ok(())
    }

    /// Lets every agreement be looked at again, since more may be asked about it than before.
    pub fn outdate_details(&mut self) -> Result<()> {
        self.tx
            .execute("UPDATE agreement SET details_of = NULL", [])?;
        Ok(())
    }
}

impl Read<'_> {
    /// What was found out about each operation, by name.
    pub fn permissions(&self) -> Result<Vec<Permission>> {
        let mut all = self.tx.prepare_cached(
            "SELECT operation, outcome, found_at, failure_kind, failure_message, failure_request
             FROM permission ORDER BY operation",
        )?;
        let rows = all.query_map([], |row| {
            Ok(Permission {
                operation: row.get(0)?,
                outcome: row.get(1)?,
                found_at: Timestamp::from_millis(row.get(2)?),
                failure: failure(row, 3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The last check; `None` when there was none.
    pub fn check(&self) -> Result<Option<Check>> {
        let mut one = self.tx.prepare_cached(
            "SELECT checked_at, account, arn, clock_behind_ms, failure_kind, failure_message,
                failure_request
             FROM preflight",
        )?;
        let check = one.query_row([], |row| {
            let identity = match failure(row, 4)? {
                Some(failure) => Err(failure),
                None => Ok((row.get(1)?, row.get(2)?)),
            };
            Ok(Check {
                at: Timestamp::from_millis(row.get(0)?),
                identity,
                clock_behind_ms: row.get(3)?,
            })
        });
        Ok(check.optional()?)
    }
}

/// A failure in three columns from `at` on.
fn failure(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Failure>> {
    let kind: Option<String> = row.get(at)?;
    kind.map(|kind| {
        Ok(Failure {
            kind,
            message: row.get(at + 1)?,
            request: row.get(at + 2)?,
        })
    })
    .transpose()
}
