//! What a live link keeps others from. Ledger.

use rusqlite::OptionalExtension;

use crate::{Result, Write};

/// What keeps others from linking: the license, and as the policy counts, the account and the target.
/// Words of the claim's kind and of what it is on, such as `target emqx organization:acme`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim(pub String);

/// A claim that somebody else's live link has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What is claimed.
    pub claim: Claim,
    /// The chain whose link has it.
    pub chain: String,
}

impl Write<'_> {
    /// Gives a chain exactly these claims, unless another chain's live link has one of them: then
    /// nothing is changed, and the first that is taken is told. What is left of a link that is over is
    /// taken from it.
    pub fn claim(&mut self, chain: &str, claims: &[Claim]) -> Result<Option<Taken>> {
        for claim in claims {
            let holder: Option<String> = self
                .tx
                .prepare_cached("SELECT chain FROM link_claim WHERE key = ?1")?
                .query_row([&claim.0], |row| row.get(0))
                .optional()?;
            let Some(holder) = holder.filter(|holder| holder != chain) else {
                continue;
            };
            let of_holder = self.reading().current_link(&holder)?;
            if of_holder.is_some_and(|record| record.is_held()) {
                let claim = claim.clone();
                return Ok(Some(Taken {
                    claim,
                    chain: holder,
                }));
            }
        }
        self.give_claims_back(chain)?;
        for claim in claims {
            self.tx
                .prepare_cached("INSERT OR REPLACE INTO link_claim VALUES (?1, ?2)")?
                .execute((&claim.0, chain))?;
        }
        Ok(None)
    }

    /// Takes all claims from a chain.
    pub fn give_claims_back(&mut self, chain: &str) -> Result<()> {
        self.tx
            .prepare_cached("DELETE FROM link_claim WHERE chain = ?1")?
            .execute([chain])?;
        Ok(())
    }
}
