//! Products. Cache.

use domain::{Listing, Pricing, ProductCode, ProductId, Timestamp};
use rusqlite::Row;

use crate::{Error, Read, Result, Topic, Write};

/// A product as it was last fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchedListing {
    /// The product.
    pub listing: Listing,
    /// AWS's own time of its last change, compared for equality only.
    pub modified: Option<String>,
    /// When AWS last listed it.
    pub synced_at: Timestamp,
}

const PRICINGS: [(&str, Pricing); 4] = [
    ("usage", Pricing::Usage),
    ("contract", Pricing::Contract),
    ("contract-with-usage", Pricing::ContractWithUsage),
    ("unknown", Pricing::Unknown),
];

const COLUMNS: &str = "product_id, code, title, visibility, pricing, modified, synced_at";

impl Write<'_> {
    /// Takes in a product.
    pub fn put_listing(
        &mut self,
        listing: &Listing,
        modified: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        // The index holds titles, so it must follow.
        self.change()?;
        self.touch(Topic::Listings);
        let pricing = PRICINGS
            .iter()
            .find(|(_, pricing)| *pricing == listing.pricing);
        self.tx.execute(
            "INSERT OR REPLACE INTO listing VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                listing.product.as_str(),
                listing.code.as_ref().map(ProductCode::as_str),
                &listing.title,
                &listing.visibility,
                pricing.map_or("unknown", |(word, _)| word),
                modified,
                at.as_millis(),
            ),
        )?;
        Ok(())
    }
}

impl Read<'_> {
    /// Every product, by title.
    pub fn listings(&self) -> Result<Vec<FetchedListing>> {
        let mut all = self
            .tx
            .prepare_cached(&format!("SELECT {COLUMNS} FROM listing ORDER BY title"))?;
        let mut found = all.query([])?;
        let mut listings = Vec::new();
        while let Some(row) = found.next()? {
            listings.push(listing(row)?);
        }
        Ok(listings)
    }

    /// One product.
    pub fn listing(&self, product: &str) -> Result<Option<FetchedListing>> {
        let mut one = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM listing WHERE product_id = ?1"
        ))?;
        let mut found = one.query([product])?;
        found.next()?.map(listing).transpose()
    }
}

fn listing(row: &Row<'_>) -> Result<FetchedListing> {
    let id: String = row.get(0)?;
    let code: Option<String> = row.get(1)?;
    let pricing: String = row.get(4)?;
    let pricing = PRICINGS.iter().find(|(word, _)| *word == pricing);
    Ok(FetchedListing {
        listing: Listing {
            product: ProductId::parse(&id).map_err(|_| Error::Invalid("product id"))?,
            code: code
                .map(|code| ProductCode::parse(&code))
                .transpose()
                .map_err(|_| Error::Invalid("product code"))?,
            title: row.get(2)?,
            visibility: row.get(3)?,
            pricing: pricing.map_or(Pricing::Unknown, |(_, pricing)| *pricing),
        },
        modified: row.get(5)?,
        synced_at: Timestamp::from_millis(row.get(6)?),
    })
}
