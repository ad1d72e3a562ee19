//! Codes sent by e-mail. Ledger. The codes themselves are never kept.

use domain::{Email, PlanId, Timestamp};
use rusqlite::{OptionalExtension, Row};

use crate::{Error, Read, Result, Topic, Write};

/// A code that was sent to an address for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The plan it is for.
    pub plan: PlanId,
    /// Where it was sent.
    pub address: Email,
    /// Makes equal codes differ in the database.
    pub salt: [u8; 16],
    /// What the code comes to with the salt.
    pub code_hash: [u8; 32],
    /// When the newest code was sent.
    pub sent_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// How many codes were sent.
    pub sends: u32,
    /// How many wrong codes were entered, whichever of the codes they were meant for.
    pub attempts: u32,
    /// When the right one was entered.
    pub verified_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "plan, address, salt, code_hash, sent_at, expires_at, sends, attempts, verified_at";

impl Write<'_> {
    /// Keeps the state of a code in place of the one before.
    pub fn put_verification(&mut self, it: &Verification) -> Result<()> {
        self.touch(Topic::Plans);
        self.tx.execute(
            &format!("INSERT OR REPLACE INTO verification ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
            (
                it.plan.as_str(),
                it.address.as_str(),
                it.salt.as_slice(),
                it.code_hash.as_slice(),
                it.sent_at.as_millis(),
                it.expires_at.as_millis(),
                it.sends,
                it.attempts,
                it.verified_at.map(Timestamp::as_millis),
            ),
        )?;
        Ok(())
    }

    /// Forgets a code that was never sent.
    pub fn drop_verification(&mut self, plan: &PlanId, address: &Email) -> Result<()> {
        self.touch(Topic::Plans);
        self.tx.execute(
            "DELETE FROM verification WHERE plan = ?1 AND address = ?2",
            (plan.as_str(), address.as_str()),
        )?;
        Ok(())
    }
}

impl Read<'_> {
    /// Every code that was sent for a plan, by address.
    pub fn verifications(&self, plan: &PlanId) -> Result<Vec<Verification>> {
        let mut of = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM verification WHERE plan = ?1 ORDER BY address"
        ))?;
        let mut found = of.query([plan.as_str()])?;
        let mut all = Vec::new();
        while let Some(row) = found.next()? {
            all.push(verification(row)?);
        }
        Ok(all)
    }

    /// The code that was sent to an address for a plan.
    pub fn verification(&self, plan: &PlanId, address: &Email) -> Result<Option<Verification>> {
        let mut one = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM verification WHERE plan = ?1 AND address = ?2"
        ))?;
        let found = one.query_row((plan.as_str(), address.as_str()), |row| {
            Ok(verification(row))
        });
        found.optional()?.transpose()
    }
}

fn verification(row: &Row<'_>) -> Result<Verification> {
    let plan: String = row.get(0)?;
    let address: String = row.get(1)?;
    let verified_at: Option<i64> = row.get(8)?;
    Ok(Verification {
        plan: PlanId::parse(&plan).map_err(|_| Error::Invalid("plan id"))?,
        address: Email::parse(&address).map_err(|_| Error::Invalid("e-mail address"))?,
        salt: row.get(2)?,
        code_hash: row.get(3)?,
        sent_at: Timestamp::from_millis(row.get(4)?),
        expires_at: Timestamp::from_millis(row.get(5)?),
        sends: row.get(6)?,
        attempts: row.get(7)?,
        verified_at: verified_at.map(Timestamp::from_millis),
    })
}
