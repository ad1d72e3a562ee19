//! Usage that was sent to be billed. Ledger.

use domain::{Quantity, Timestamp, UsageRecord};
use rusqlite::OptionalExtension;

use crate::{Error, Read, Result, Topic, Write};

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageState {
    /// It is on its way; the program may have ended.
    Sending,
    /// AWS took it.
    Sent,
    /// AWS refused it.
    Refused,
    /// AWS did not say.
    Unknown,
}

impl UsageState {
    const ALL: [Self; 4] = [Self::Sending, Self::Sent, Self::Refused, Self::Unknown];

    /// The state's word in the database and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// A record that was sent, as far as it tells it from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentUsage {
    /// How much.
    pub quantity: Quantity,
    /// What became of it.
    pub state: UsageState,
}

impl Write<'_> {
    /// Keeps what became of a record.
    pub fn put_usage(
        &mut self,
        record: &UsageRecord,
        state: UsageState,
        record_id: Option<&str>,
        status: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        self.touch(Topic::Endings);
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO usage_record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute((
                record.holder.key(),
                record.account.as_str(),
                &record.dimension,
                record.hour().as_millis(),
                record.quantity.micros(),
                state.word(),
                at.as_millis(),
                record_id,
                status,
            ))?;
        Ok(())
    }
}

impl Read<'_> {
    /// What was sent before for the same holder, account, dimension and hour.
    pub fn sent_usage(&self, record: &UsageRecord) -> Result<Option<SentUsage>> {
        let mut one = self.tx.prepare_cached(
            "SELECT quantity, state FROM usage_record
             WHERE holder = ?1 AND account = ?2 AND dimension = ?3 AND hour = ?4",
        )?;
        let key = (
            record.holder.key(),
            record.account.as_str(),
            &record.dimension,
            record.hour().as_millis(),
        );
        let found = one.query_row(key, |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        });
        let Some((micros, word)) = found.optional()? else {
            return Ok(None);
        };
        let mut all = UsageState::ALL.into_iter();
        Ok(Some(SentUsage {
            quantity: Quantity::from_micros(micros).ok_or(Error::Invalid("quantity"))?,
            state: all
                .find(|state| state.word() == word)
                .ok_or(Error::Invalid("state of usage"))?,
        }))
    }
}
