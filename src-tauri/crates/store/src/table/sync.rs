//! How far the listings got. Cache.

use domain::Timestamp;

use super::details::Failure;
use crate::{Read, Result, Topic, Write};

/// How far the listings got.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncState {
    /// Number of the running or last full listing; zero before the first.
    pub run: i64,
    /// Set while a full listing is unfinished: when it started, and the update time that it got to.
    pub full: Option<(Timestamp, Option<Timestamp>)>,
    /// All updates up to here are in the cache.
    pub watermark: Option<Timestamp>,
    /// When that was last so.
    pub listed_at: Option<Timestamp>,
    /// Why the newest listing broke off, and when, if it did.
    pub failure: Option<(Timestamp, Failure)>,
    /// When all open cancellation requests were last listed.
    pub cancellations_at: Option<Timestamp>,
    /// When the vendor's directory was taken in as a whole.
    pub directory_at: Option<Timestamp>,
    /// The connection's clock minus this machine's, in milliseconds.
    pub clock_offset: i64,
    /// Up to which change of agreements links have been ended with them.
    pub ended_change: Option<i64>,
}

impl Write<'_> {
    /// Starts a full listing and returns its number.
    pub fn start_full_listing(&mut self, at: Timestamp) -> Result<i64> {
        self.touch(Topic::Sync);
        Ok(self.tx.query_row(
            "UPDATE sync SET listing_run = listing_run + 1, full_started_at = ?1, full_cursor = NULL
             RETURNING listing_run",
            [at.as_millis()],
            |row| row.get(0),
        )?)
    }

    /// Notes the update time that the unfinished full listing got to.
    pub fn set_full_cursor(&mut self, cursor: Timestamp) -> Result<()> {
        self.tx
            .execute("UPDATE sync SET full_cursor = ?1", [cursor.as_millis()])?;
        Ok(())
    }

    /// The listing is complete: all updates up to `watermark` are in the cache as of `at`. An empty
    /// listing has no watermark.
    pub fn finish_listing(&mut self, watermark: Option<Timestamp>, at: Timestamp) -> Result<()> {
        self.touch(Topic::Sync);
        self.tx.execute(
            "UPDATE sync SET full_started_at = NULL, full_cursor = NULL, listed_at = ?2,
                watermark = coalesce(max(watermark, ?1), watermark, ?1),
                failure_at = NULL, failure_kind = NULL, failure_message = NULL, failure_request = NULL",
            (watermark.map(Timestamp::as_millis), at.as_millis()),
        )?;
        Ok(())
    }

    /// All updates up to `watermark` are in the cache; more may follow.
    pub fn set_watermark(&mut self, watermark: Timestamp) -> Result<()> {
        self.tx.execute(
            "UPDATE sync SET watermark = max(coalesce(watermark, 0), ?1)",
            [watermark.as_millis()],
        )?;
        Ok(())
    }

    /// Notes that the listing broke off.
    pub fn set_sync_failure(&mut self, failure: &Failure, at: Timestamp) -> Result<()> {
        self.touch(Topic::Sync);
        self.tx.execute(
            "UPDATE sync SET failure_at = ?1, failure_kind = ?2, failure_message = ?3, failure_request = ?4",
            (at.as_millis(), &failure.kind, &failure.message, &failure.request),
        )?;
        Ok(())
    }

    /// Notes that all open cancellation requests were listed.
    pub fn finish_cancellations(&mut self, at: Timestamp) -> Result<()> {
        self.tx
            .execute("UPDATE sync SET cancellations_at = ?1", [at.as_millis()])?;
        Ok(())
    }

    /// Notes that the vendor's directory was taken in as a whole.
    pub fn finish_directory(&mut self, at: Timestamp) -> Result<()> {
        self.touch(Topic::Links);
        self.tx
            .execute("UPDATE sync SET directory_at = ?1", [at.as_millis()])?;
        Ok(())
    }

    /// Notes that the links of all chains that were over with this change have been ended.
    pub fn set_ended_change(&mut self, change: i64) -> Result<()> {
        self.tx
            .execute("UPDATE sync SET ended_change = ?1", [change])?;
        Ok(())
    }

    /// Notes how far the connection's clock is ahead of this machine's.
    pub fn set_clock_offset(&mut self, millis: i64) -> Result<()> {
        self.touch(Topic::Sync);
        self.tx
            .execute("UPDATE sync SET clock_offset = ?1", [millis])?;
        Ok(())
    }
}

impl Read<'_> {
    /// How far the listings got.
    pub fn sync_state(&self) -> Result<SyncState> {
        let mut one = self.tx.prepare_cached(
            "SELECT listing_run, full_started_at, full_cursor, watermark, listed_at, clock_offset,
                failure_at, failure_kind, failure_message, failure_request, directory_at, cancellations_at,
                ended_change
             FROM sync",
        )?;
        Ok(one.query_row([], |row| {
            let time = |at| {
                Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(Timestamp::from_millis))
            };
            let failure = match time(6)? {
                None => None,
                Some(at) => Some((
                    at,
                    Failure {
                        kind: row.get(7)?,
                        message: row.get(8)?,
                        request: row.get(9)?,
                    },
                )),
            };
            let cursor = time(2)?;
            Ok(SyncState {
                run: row.get(0)?,
                full: time(1)?.map(|started| (started, cursor)),
                watermark: time(3)?,
                listed_at: time(4)?,
                clock_offset: row.get(5)?,
                directory_at: time(10)?,
                cancellations_at: time(11)?,
                ended_change: row.get(12)?,
                failure,
            })
        })?)
    }
}
