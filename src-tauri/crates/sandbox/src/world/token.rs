//! Registration tokens: what a buyer's browser brings along from "Set up your account".

use super::World;
use super::listing::listing;

/// Why a token does not resolve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    Invalid,
    /// Too old, or a newer one was made for the same agreement.
    Expired,
}

impl World {
    /// Makes a token for an agreement; it supersedes the older ones.
    pub(super) fn issue_token(&mut self, agreement: u32, at: i64) -> String {
        let number = self.newest_tokens.entry(agreement).or_insert(0);
        *number += 1;
        let number = *number;
        self.token(agreement, number, at)
    }

    /// The agreement a token was made for.
    pub(crate) fn resolve(&self, token: &str, now: i64) -> Result<u32, TokenFault> {
        let (agreement, number, issued) = self.read_token(token).ok_or(TokenFault::Invalid)?;
        let superseded = self
            .newest_tokens
            .get(&agreement)
            .is_some_and(|newest| number < *newest);
        if superseded || now >= issued + self.token_lifetime {
            return Err(TokenFault::Expired);
        }
        Ok(agreement)
    }

    /// Where the buyer's browser is sent with a token.
    pub(crate) fn registration_url(&self, agreement: u32, token: &str) -> String {
        let base = listing(self.agreement(agreement).listing).fulfillment_url;
        format!("{base}?x-amzn-marketplace-token={token}")
    }

    fn token(&self, agreement: u32, number: u32, issued: i64) -> String {
        let content = format!("{}.{number:x}.{issued:x}", self.ids.agreement(agreement));
        let proof = self.ids.proof(&content);
        format!("eyJ0.{}.{number:x}.{issued:x}.{proof}", &content[5..30])
    }

    fn read_token(&self, token: &str) -> Option<(u32, u32, i64)> {
        let mut parts = token.split('.');
        let (_, id) = (parts.next()?, parts.next()?);
        let number = u32::from_str_radix(parts.next()?, 16).ok()?;
        let issued = i64::from_str_radix(parts.next()?, 16).ok()?;
        let agreement = self.find(&format!("agmt-{id}"))?;
        (self.token(agreement, number, issued) == token).then_some((agreement, number, issued))
    }
}
