//! What AWS answered to registration tokens. Ledger. The tokens themselves are never kept.

use domain::{AccountId, AgreementId, LicenseArn, ProductCode, Timestamp};
use rusqlite::{OptionalExtension, Row};

use crate::{Error, Read, Result, Write};

/// SHA-256 of a registration token.
pub type TokenHash = [u8; 32];

/// Who AWS says a registration token is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The buyer's account.
    pub account: AccountId,
    /// The product.
    pub code: ProductCode,
    /// The agreement; absent on products that predate concurrent agreements.
    pub agreement: Option<AgreementId>,
    /// The license; absent on products that predate them.
    pub license: Option<LicenseArn>,
    /// `CustomerIdentifier`, on legacy products.
    pub customer: Option<String>,
    /// When AWS said so.
    pub at: Timestamp,
}

impl Write<'_> {
    /// Keeps AWS's answer to a token.
    pub fn put_registration(&mut self, token: &TokenHash, resolved: &Resolved) -> Result<()> {
        self.tx.execute(
            "INSERT OR REPLACE INTO registration VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                token.as_slice(),
                resolved.account.as_str(),
                resolved.code.as_str(),
                resolved.agreement.as_ref().map(AgreementId::as_str),
                resolved.license.as_ref().map(LicenseArn::as_str),
                &resolved.customer,
                resolved.at.as_millis(),
            ),
        )?;
        Ok(())
    }
}

impl Read<'_> {
    /// AWS's last answer to a token.
    pub fn registration(&self, token: &TokenHash) -> Result<Option<Resolved>> {
        let mut one = self.tx.prepare_cached(
            "SELECT account, product_code, agreement, license, customer, resolved_at
             FROM registration WHERE token_hash = ?1",
        )?;
        let found = one.query_row([token.as_slice()], |row| Ok(resolved(row)));
        found.optional()?.transpose()
    }
}

fn resolved(row: &Row<'_>) -> Result<Resolved> {
    let account: String = row.get(0)?;
    let code: String = row.get(1)?;
    let agreement: Option<String> = row.get(2)?;
    let license: Option<String> = row.get(3)?;
    Ok(Resolved {
        account: AccountId::parse(&account).map_err(|_| Error::Invalid("account"))?,
        code: ProductCode::parse(&code).map_err(|_| Error::Invalid("product code"))?,
        agreement: agreement
            .map(|id| AgreementId::parse(&id))
            .transpose()
            .map_err(|_| Error::Invalid("agreement id"))?,
        license: license
            .map(|arn| LicenseArn::parse(&arn))
            .transpose()
            .map_err(|_| Error::Invalid("license"))?,
        customer: row.get(4)?,
        at: Timestamp::from_millis(row.get(5)?),
    })
}
