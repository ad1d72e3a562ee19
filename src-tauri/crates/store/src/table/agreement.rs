//! Agreements as AWS lists them, and the rows that grids show. Cache.

use domain::{
    Agreement, AgreementId, AgreementStatus, LicenseArn, LinkState, Money, OfferId, ProductId,
    ProvisioningStatus, Timestamp,
};
use rusqlite::{Row, named_params};

use crate::query::{Sort, SortKey, Window};
use crate::{Error, Read, Result, Topic, Write};

/// An agreement as a grid shows it. Identifiers are texts: they came from this program's own writes.
#[derive(Clone, Debug, PartialEq)]
pub struct AgreementRow {
    /// Agreement id.
    pub id: String,
    /// Status.
    pub status: AgreementStatus,
    /// Buyer account.
    pub buyer: String,
    /// Product id.
    pub product: Option<String>,
    /// The product's title, once it is known.
    pub title: Option<String>,
    /// Offer id.
    pub offer: Option<String>,
    /// First agreement of the chain, when that is another one.
    pub initial: Option<String>,
    /// When the buyer accepted.
    pub accepted_at: Option<Timestamp>,
    /// Start of the term.
    pub starts_at: Option<Timestamp>,
    /// End of the term; absent when open-ended.
    pub ends_at: Option<Timestamp>,
    /// When AWS last changed it.
    pub updated_at: Timestamp,
    /// What happens at the end, as AWS wrote it.
    pub end_kind: Option<String>,
    /// Why, as AWS wrote it.
    pub end_reason: Option<String>,
    /// License ARNs.
    pub licenses: Vec<String>,
    /// When AWS last listed it.
    pub synced_at: Timestamp,
    /// When the details came; absent while they never did.
    pub details_at: Option<Timestamp>,
    /// What the buyer commits to pay.
    pub value: Option<Money>,
    /// Company of the contact.
    pub company: Option<String>,
    /// E-mail of the contact.
    pub email: Option<String>,
    /// State of the chain's current link.
    pub link: Option<LinkState>,
    /// Name of what it is linked to.
    pub linked_to: Option<String>,
    /// Whether a request to cancel waits for the buyer.
    pub cancel_pending: bool,
    /// The worst provisioning among its licenses, with its reason.
    pub provisioning: Option<(ProvisioningStatus, Option<String>)>,
}

const ROWS: &str = "SELECT a.id, a.status, a.buyer, a.product, p.title, a.offer, a.initial,
        a.accepted_at, a.starts_at, a.ends_at, a.updated_at, a.end_kind, a.end_reason, a.licenses,
        a.synced_at, a.details_at, a.value_micros, a.currency, a.company, a.email,
        l.state, l.target_name,
        EXISTS (SELECT 1 FROM cancellation c
            WHERE c.agreement = a.id AND c.status = 'PENDING_APPROVAL') AS cancel_pending,
        (SELECT v.status || ' ' || coalesce(v.reason, '') FROM provisioning v
            WHERE v.agreement = a.row AND v.status <> 'PROVISIONED'
            ORDER BY v.position LIMIT 1) AS provisioning
    FROM agreement a
    LEFT JOIN listing p ON p.product_id = a.product
    LEFT JOIN link l ON l.chain = coalesce(a.initial, a.id) AND l.current = 1";

impl Write<'_> {
    /// Takes in a page of AWS's listing, as seen by the full listing `run` at `synced_at`.
    pub fn put_agreements(
        &mut self,
        agreements: &[Agreement],
        run: i64,
        synced_at: Timestamp,
    ) -> Result<()> {
        if agreements.is_empty() {
            return Ok(());
        }
        let change = self.change()?;
        self.touch(Topic::Agreements);
        // A row that AWS has not changed keeps its change number, so that the index skips it.
        let mut upsert = self.tx.prepare_cached(
            "INSERT INTO agreement (id, status, buyer, product, offer, initial, accepted_at, starts_at,
                ends_at, updated_at, end_kind, end_reason, licenses, listing_run, synced_at, change)
             VALUES (:id, :status, :buyer, :product, :offer, :initial, :accepted_at, :starts_at,
                :ends_at, :updated_at, :end_kind, :end_reason, :licenses, :run, :synced_at, :change)
             ON CONFLICT (id) DO UPDATE SET
                change = iif(updated_at = excluded.updated_at AND status = excluded.status
                    AND licenses = excluded.licenses, change, excluded.change),
                status = excluded.status, buyer = excluded.buyer, product = excluded.product,
                offer = excluded.offer, initial = excluded.initial,
                accepted_at = excluded.accepted_at, starts_at = excluded.starts_at,
                ends_at = excluded.ends_at, updated_at = excluded.updated_at,
                end_kind = excluded.end_kind, end_reason = excluded.end_reason,
                licenses = excluded.licenses, listing_run = excluded.listing_run,
                synced_at = excluded.synced_at",
        )?;
        for agreement in agreements {
            let licenses: Vec<&str> = agreement.licenses.iter().map(LicenseArn::as_str).collect();
            upsert.execute(named_params! {
                ":id": agreement.id.as_str(),
                ":status": agreement.status.as_wire(),
                ":buyer": agreement.buyer.as_str(),
                ":product": agreement.product.as_ref().map(ProductId::as_str),
                ":offer": agreement.offer.as_ref().map(OfferId::as_str),
                ":initial": agreement.initial.as_ref().filter(|id| **id != agreement.id).map(AgreementId::as_str),
                ":accepted_at": agreement.accepted_at.map(Timestamp::as_millis),
                ":starts_at": agreement.starts_at.map(Timestamp::as_millis),
                ":ends_at": agreement.ends_at.map(Timestamp::as_millis),
                ":updated_at": agreement.updated_at.as_millis(),
                ":end_kind": agreement.end_behavior.kind,
                ":end_reason": agreement.end_behavior.reason,
                ":licenses": licenses.join(" "),
                ":run": run,
                ":synced_at": synced_at.as_millis(),
                ":change": change,
            })?;
        }
        Ok(())
    }

    /// Drops the agreements that the complete full listing `run` did not see. How many there were.
    pub fn drop_agreements_not_seen_by(&mut self, run: i64) -> Result<usize> {
        let change = self.change()?;
        self.touch(Topic::Agreements);
        self.tx.execute(
            "INSERT INTO agreement_removed (row, change)
             SELECT row, ?2 FROM agreement WHERE listing_run < ?1",
            [run, change],
        )?;
        Ok(self
            .tx
            .execute("DELETE FROM agreement WHERE listing_run < ?1", [run])?)
    }
}

impl Read<'_> {
    /// The newest change that the index must hold for this snapshot.
    pub(crate) fn change(&self) -> Result<i64> {
        let mut counter = self.tx.prepare_cached("SELECT value FROM change_counter")?;
        Ok(counter.query_row([], |row| row.get(0))?)
    }

    /// How many agreements there are.
    pub fn agreement_count(&self) -> Result<usize> {
        Ok(self
            .tx
            .query_row("SELECT count(*) FROM agreement", [], |row| row.get(0))?)
    }

    /// One agreement.
    pub fn agreement(&self, id: &AgreementId) -> Result<Option<AgreementRow>> {
        self.rows_where("a.id = ?1", id.as_str())
            .map(|rows| rows.into_iter().next())
    }

    /// All agreements of the chain that begins with `initial`, oldest first.
    pub fn chain(&self, initial: &AgreementId) -> Result<Vec<AgreementRow>> {
        let mut chain = self.rows_where("a.id = ?1", initial.as_str())?;
        chain.extend(self.rows_where("a.initial = ?1", initial.as_str())?);
        chain.sort_by_key(|row| (row.starts_at, row.accepted_at));
        Ok(chain)
    }

    /// What else the buyer of an agreement holds in force of the same product, by id.
    pub fn beside(&self, row: &AgreementRow) -> Result<Vec<String>> {
        let mut ids = self.tx.prepare_cached(
            "SELECT id FROM agreement
             WHERE buyer = ?1 AND product = ?2 AND status = ?3 AND id <> ?4 ORDER BY id",
        )?;
        let active = AgreementStatus::Active.as_wire();
        let found = ids.query_map((&row.buyer, &row.product, active, &row.id), |row| {
            row.get(0)
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The rows with these numbers, in this order. A number without a row is left out.
    pub(crate) fn agreement_rows(&self, numbers: &[u32]) -> Result<Vec<AgreementRow>> {
        let mut rows = Vec::with_capacity(numbers.len());
        let mut one = self
            .tx
            .prepare_cached(&format!("{ROWS} WHERE a.row = ?1"))?;
        for number in numbers {
            let mut found = one.query([number])?;
            if let Some(row) = found.next()? {
                rows.push(agreement_row(row)?);
            }
        }
        Ok(rows)
    }

    /// The unfiltered list while the index is still loading: slower far from the start, and there.
    pub(crate) fn agreements_without_index(
        &self,
        sort: Sort,
        offset: usize,
        limit: usize,
    ) -> Result<Window> {
        let key = match sort.key {
            SortKey::Buyer => "a.company COLLATE NOCASE",
            SortKey::Listing => "p.title",
            SortKey::Status => "a.status",
            SortKey::Link => "l.state",
            SortKey::Ends => "a.ends_at",
            SortKey::Starts => "a.starts_at",
            SortKey::Updated => "a.updated_at",
            SortKey::Value => "a.value_micros",
            SortKey::Account => "a.buyer",
            SortKey::Setup => "a.accepted_at",
        };
        let direction = if sort.descending { "DESC" } else { "ASC" };
        let mut page = self.tx.prepare_cached(&format!(
            "{ROWS} ORDER BY {key} {direction} NULLS LAST LIMIT ?1 OFFSET ?2"
        ))?;
        let mut found = page.query([limit, offset])?;
        let mut rows = Vec::with_capacity(limit);
        while let Some(row) = found.next()? {
            rows.push(agreement_row(row)?);
        }
        let total = self.agreement_count()?;
        Ok(Window {
            rows,
            matched: total,
            total,
        })
    }

    fn rows_where(&self, condition: &str, value: &str) -> Result<Vec<AgreementRow>> {
        let mut statement = self
            .tx
            .prepare_cached(&format!("{ROWS} WHERE {condition}"))?;
        let mut found = statement.query([value])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(agreement_row(row)?);
        }
        Ok(rows)
    }
}

fn agreement_row(row: &Row<'_>) -> Result<AgreementRow> {
    let time = |name| {
        Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(name)?.map(Timestamp::from_millis))
    };
    let licenses: String = row.get("licenses")?;
    let link: Option<String> = row.get("state")?;
    let provisioning: Option<String> = row.get("provisioning")?;
    Ok(AgreementRow {
        id: row.get("id")?,
        status: AgreementStatus::from_wire(&row.get::<_, String>("status")?),
        buyer: row.get("buyer")?,
        product: row.get("product")?,
        title: row.get("title")?,
        offer: row.get("offer")?,
        initial: row.get("initial")?,
        accepted_at: time("accepted_at")?,
        starts_at: time("starts_at")?,
        ends_at: time("ends_at")?,
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
        end_kind: row.get("end_kind")?,
        end_reason: row.get("end_reason")?,
        licenses: licenses.split_whitespace().map(str::to_owned).collect(),
        synced_at: Timestamp::from_millis(row.get("synced_at")?),
        details_at: time("details_at")?,
        value: money(row.get("value_micros")?, row.get("currency")?)?,
        company: row.get("company")?,
        email: row.get("email")?,
        link: link.as_deref().and_then(LinkState::from_word),
        linked_to: row.get("target_name")?,
        cancel_pending: row.get("cancel_pending")?,
        provisioning: provisioning.map(|text| provisioning_of(&text)),
    })
}

fn provisioning_of(text: &str) -> (ProvisioningStatus, Option<String>) {
    let (status, reason) = text.split_once(' ').unwrap_or((text, ""));
    (
        ProvisioningStatus::from_wire(status),
        (!reason.is_empty()).then(|| reason.to_owned()),
    )
}

/// Money from its two columns.
pub(super) fn money(micros: Option<i64>, currency: Option<String>) -> Result<Option<Money>> {
    let (Some(micros), Some(currency)) = (micros, currency) else {
        return Ok(None);
    };
    let currency = domain::Currency::parse(&currency).map_err(|_| Error::Invalid("currency"))?;
    Ok(Some(Money { micros, currency }))
}
