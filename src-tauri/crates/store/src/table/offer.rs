//! Offers. Cache.

use domain::{Offer, OfferId, Timestamp};
use rusqlite::OptionalExtension;

use crate::{Read, Result, Write};

/// An offer as it was last fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedOffer {
    /// The offer.
    pub offer: Offer,
    /// When AWS described it.
    pub synced_at: Timestamp,
}

impl Write<'_> {
    /// Takes in an offer.
    pub fn put_offer(&mut self, offer: &Offer, at: Timestamp) -> Result<()> {
        self.tx.execute(
            "INSERT OR REPLACE INTO offer VALUES (?1, ?2, ?3, ?4)",
            (
                offer.id.as_str(),
                &offer.name,
                offer.private,
                at.as_millis(),
            ),
        )?;
        Ok(())
    }
}

impl Read<'_> {
    /// The offer with this id; `None` while AWS was not asked about it.
    pub fn offer(&self, id: &OfferId) -> Result<Option<FetchedOffer>> {
        let mut one = self
            .tx
            .prepare_cached("SELECT name, private, synced_at FROM offer WHERE id = ?1")?;
        let found = one.query_row([id.as_str()], |row| {
            Ok(FetchedOffer {
                offer: Offer {
                    id: id.clone(),
                    name: row.get(0)?,
                    private: row.get(1)?,
                },
                synced_at: Timestamp::from_millis(row.get(2)?),
            })
        });
        Ok(found.optional()?)
    }
}
