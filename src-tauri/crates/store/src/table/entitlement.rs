//! Entitlements. Cache.

use domain::{AccountId, Entitlement, EntitlementValue, LicenseArn, ProductCode, Timestamp};

use crate::{Read, Result, Topic, Write};

/// An entitlement as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct EntitlementRow {
    /// The dimension.
    pub dimension: String,
    /// How much.
    pub value: EntitlementValue,
    /// When it lapses.
    pub expires_at: Option<Timestamp>,
    /// The license ARN, if it belongs to one.
    pub license: Option<String>,
    /// When AWS last listed it.
    pub synced_at: Timestamp,
}

/// Where the full listing of a product's entitlements stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntitlementListing {
    /// To be started.
    Start,
    /// To go on from this page.
    Next(String),
    /// Complete.
    Done,
}

impl Write<'_> {
    /// Takes in a page of a product's entitlements, as seen by the full listing `run`.
    pub fn put_entitlements(
        &mut self,
        entitlements: &[Entitlement],
        run: i64,
        at: Timestamp,
    ) -> Result<()> {
        self.touch(Topic::Entitlements);
        let mut put = self.tx.prepare_cached(
            "INSERT OR REPLACE INTO entitlement VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        for entitlement in entitlements {
            let (kind, value) = value_columns(&entitlement.value);
            put.execute((
                entitlement.product_code.as_str(),
                holder(entitlement),
                &entitlement.dimension,
                kind,
                value,
                entitlement.expires_at.map(Timestamp::as_millis),
                entitlement.license.as_ref().map(LicenseArn::as_str),
                entitlement.account.as_ref().map(AccountId::as_str),
                &entitlement.customer_identifier,
                run,
                at.as_millis(),
            ))?;
        }
        Ok(())
    }

    /// Puts these in place of whatever `holder` (a license's `l-…` part or an account) had.
    pub fn replace_entitlements(
        &mut self,
        code: &ProductCode,
        holder: &str,
        entitlements: &[Entitlement],
        run: i64,
        at: Timestamp,
    ) -> Result<()> {
        self.tx.execute(
            "DELETE FROM entitlement WHERE product_code = ?1 AND holder = ?2",
            (code.as_str(), holder),
        )?;
        self.put_entitlements(entitlements, run, at)
    }

    /// Notes where the full listing `run` of a product's entitlements stands. When it is complete,
    /// those that it did not see are dropped.
    pub fn set_entitlement_listing(
        &mut self,
        code: &ProductCode,
        run: i64,
        listing: &EntitlementListing,
    ) -> Result<()> {
        let (token, done) = match listing {
            EntitlementListing::Start => (None, false),
            EntitlementListing::Next(token) => (Some(token), false),
            EntitlementListing::Done => (None, true),
        };
        self.tx.execute(
            "INSERT OR REPLACE INTO entitlement_listing VALUES (?1, ?2, ?3, ?4)",
            (code.as_str(), run, token, done),
        )?;
        if done {
            self.touch(Topic::Entitlements);
            self.tx.execute(
                "DELETE FROM entitlement WHERE product_code = ?1 AND listing_run < ?2",
                (code.as_str(), run),
            )?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// Where the full listing `run` of a product's entitlements stands.
    pub fn entitlement_listing(&self, code: &ProductCode, run: i64) -> Result<EntitlementListing> {
        let mut one = self.tx.prepare_cached(
            "SELECT next_token, done FROM entitlement_listing WHERE product_code = ?1 AND listing_run = ?2",
        )?;
        let mut found = one.query((code.as_str(), run))?;
        let Some(row) = found.next()? else {
            return Ok(EntitlementListing::Start);
        };
        let (token, done): (Option<String>, bool) = (row.get(0)?, row.get(1)?);
        Ok(match (done, token) {
            (true, _) => EntitlementListing::Done,
            (false, Some(token)) => EntitlementListing::Next(token),
            (false, None) => EntitlementListing::Start,
        })
    }

    /// How many entitlements there are.
    pub fn entitlement_count(&self) -> Result<usize> {
        Ok(self
            .tx
            .query_row("SELECT count(*) FROM entitlement", [], |row| row.get(0))?)
    }

    /// What a license's `l-…` part or an account holds, by dimension.
    pub fn entitlements_of(&self, holder: &str) -> Result<Vec<EntitlementRow>> {
        let mut of = self.tx.prepare_cached(
            "SELECT dimension, value_kind, value, expires_at, license, synced_at FROM entitlement
             WHERE holder = ?1 ORDER BY dimension",
        )?;
        let found = of.query_map([holder], |row| {
            let (kind, value): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(EntitlementRow {
                dimension: row.get(0)?,
                value: value_of(&kind, value),
                expires_at: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_millis),
                license: row.get(4)?,
                synced_at: Timestamp::from_millis(row.get(5)?),
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

/// Who holds an entitlement: the license where there is one, else the account, else the customer.
fn holder(entitlement: &Entitlement) -> &str {
    let license = entitlement.license.as_ref().map(LicenseArn::short);
    let account = entitlement.account.as_ref().map(AccountId::as_str);
    license
        .or(account)
        .or(entitlement.customer_identifier.as_deref())
        .unwrap_or_default()
}

fn value_columns(value: &EntitlementValue) -> (&'static str, String) {
    match value {
        EntitlementValue::Integer(value) => ("integer", value.to_string()),
        EntitlementValue::Double(value) => ("double", value.to_string()),
        EntitlementValue::Boolean(value) => ("boolean", value.to_string()),
        EntitlementValue::Text(value) => ("text", value.clone()),
        EntitlementValue::Unknown => ("unknown", String::new()),
    }
}

fn value_of(kind: &str, value: String) -> EntitlementValue {
    let read = match kind {
        "integer" => value.parse().map(EntitlementValue::Integer).ok(),
        "double" => value.parse().map(EntitlementValue::Double).ok(),
        "boolean" => value.parse().map(EntitlementValue::Boolean).ok(),
        "text" => return EntitlementValue::Text(value),
        _ => None,
    };
    read.unwrap_or(EntitlementValue::Unknown)
}
