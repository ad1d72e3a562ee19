//! The index over all agreements: packed text and columns in memory, orders, and how it follows the
//! database.
//!
//! The index holds what filters, counts and orders look at, and nothing that is shown: rows are read
//! from SQLite by number. It is never saved. [`Index::follow`] brings it up to a snapshot by the
//! change numbers that every write leaves on the rows it touched, so it sees this process's writes
//! and another's alike, and a write that never committed not at all.

mod bits;
mod evaluate;
mod order;
mod rank;
mod text;
mod totals;

use std::sync::{Arc, Mutex};

use domain::{AgreementStatus, Currency, LinkState};
use rusqlite::Transaction;

pub(crate) use bits::Bits;
pub(crate) use evaluate::Matched;
pub use rank::SortKey;
pub use totals::{CurrencyTotal, ENDING_DAYS, ENDING_WEEKS, Ending, Totals, Waiting};

use crate::Result;
use crate::store::lock;
use order::Order;
use text::{FIELDS, Texts};

/// Orders kept sorted at the same time; the one longest unused makes room.
const ORDERS_MAX: usize = 3;

/// More changed rows than this part of all, and sorting anew is cheaper than repairing.
const REPAIRED_PART: usize = 8;

/// No instant.
const NEVER: u32 = u32::MAX;

/// The value is not known.
const NO_VALUE: i64 = i64::MIN;

/// See the module's documentation.
#[derive(Default)]
pub(crate) struct Index {
    /// The newest change that the index holds.
    applied: i64,
    /// Differs whenever the index does.
    generation: u64,
    live: Bits,
    texts: Texts,
    columns: Columns,
    statuses: Vec<AgreementStatus>,
    currencies: Vec<Currency>,
    products: Vec<Product>,
    orders: Mutex<Vec<(SortKey, Arc<Order>)>>,
}

/// What filters and orders look at, by row number. Times are Unix seconds, rounded down.
#[derive(Default)]
struct Columns {
    /// Position in [`Index::statuses`].
    status: Vec<u8>,
    /// Position in [`Index::products`], plus one; zero for none.
    product: Vec<u16>,
    /// Position in [`LinkState::ALL`], plus one; zero for none.
    link: Vec<u8>,
    /// [`RENEWING`] and [`DETAILED`].
    flags: Vec<u8>,
    /// Position in [`Index::currencies`], plus one; zero for none.
    currency: Vec<u8>,
    /// Millionths, whatever the currency.
    value: Vec<i64>,
    accepted: Vec<u32>,
    starts: Vec<u32>,
    ends: Vec<u32>,
    updated: Vec<u32>,
}

const RENEWING: u8 = 1;
const DETAILED: u8 = 2;

/// A product as filters and counts know it.
pub(crate) struct Product {
    pub(crate) id: String,
    /// The title, or the id while the title is not known.
    pub(crate) title: String,
    /// Title, id and code, lower case, for the filter.
    words: String,
}

/// One row as the database hands it to the index.
struct Incoming {
    row: u32,
    status: String,
    product: Option<String>,
    link: Option<String>,
    end_kind: Option<String>,
    has_details: bool,
    currency: Option<String>,
    value: Option<i64>,
    times: [Option<i64>; 4],
    texts: [String; FIELDS],
}

impl Index {
    pub(crate) fn applied(&self) -> i64 {
        self.applied
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// How many agreements there are.
    pub(crate) fn count(&self) -> usize {
        self.live.count()
    }

    /// Bytes held by texts, columns and orders.
    pub(crate) fn bytes(&self) -> usize {
        const COLUMN_BYTES: usize = 1 + 2 + 1 + 1 + 1 + 8 + 4 * 4;
        let orders: usize = lock(&self.orders)
            .iter()
            .map(|(_, order)| order.bytes())
            .sum();
        self.texts.bytes() + self.live.len() * COLUMN_BYTES + orders
    }

    /// Takes in everything that changed up to `latest`, the newest change in the snapshot of `tx`.
    pub(crate) fn follow(&mut self, tx: &Transaction<'_>, latest: i64) -> Result<()> {
        let mut changed = Bits::empty(self.live.len());
        self.forget_removed(tx, &mut changed)?;
        self.read_products(tx)?;
        self.read_changed(tx, &mut changed)?;
        self.repair_orders(&changed);
        self.applied = latest;
        self.generation += 1;
        Ok(())
    }

    fn forget_removed(&mut self, tx: &Transaction<'_>, changed: &mut Bits) -> Result<()> {
        let mut removed =
            tx.prepare_cached("SELECT row FROM agreement_removed WHERE change > ?1")?;
        let mut rows = removed.query([self.applied])?;
        while let Some(row) = rows.next()? {
            let row: u32 = row.get(0)?;
            if (row as usize) < self.live.len() && self.live.remove(row) {
                self.texts.remove(row);
                changed.insert(row);
            }
        }
        Ok(())
    }

    /// Reads the titles of all products; there are few.
    fn read_products(&mut self, tx: &Transaction<'_>) -> Result<()> {
        let mut listings = tx.prepare_cached("SELECT product_id, title, code FROM listing")?;
        let mut rows = listings.query([])?;
        let mut renamed = false;
        while let Some(row) = rows.next()? {
            let (id, title, code): (String, String, Option<String>) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let words = format!("{title}\n{id}\n{}", code.unwrap_or_default()).to_lowercase();
            let position = usize::from(self.product(&id)) - 1;
            if let Some(product) = self.products.get_mut(position) {
                renamed |= product.title != title;
                product.title = title;
                product.words = words;
            }
        }
        if renamed {
            lock(&self.orders).retain(|(key, _)| *key != SortKey::Listing);
        }
        Ok(())
    }

    fn read_changed(&mut self, tx: &Transaction<'_>, changed: &mut Bits) -> Result<()> {
        const ROWS: &str =
            "SELECT a.row, a.status, a.product, l.state, a.end_kind, a.details_at IS NOT NULL,
                a.currency, a.value_micros, a.accepted_at, a.starts_at, a.ends_at, a.updated_at,
                a.company, a.email, a.id, a.initial, a.buyer, a.offer, a.licenses, l.target_name
            FROM agreement a
            LEFT JOIN link l ON l.chain = coalesce(a.initial, a.id) AND l.current = 1";
        // The first time everything is read in the file's order, which an index would only slow down.
        let since = if self.applied == 0 {
            ""
        } else {
            " WHERE a.change > ?1"
        };
        let mut statement = tx.prepare_cached(&format!("{ROWS}{since}"))?;
        let mut rows = if self.applied == 0 {
            statement.query([])?
        } else {
            statement.query([self.applied])?
        };
        while let Some(row) = rows.next()? {
            let incoming = Incoming::read(row)?;
            self.set(&incoming);
            changed.grow(self.live.len());
            changed.insert(incoming.row);
        }
        Ok(())
    }

    fn set(&mut self, incoming: &Incoming) {
        let at = incoming.row as usize;
        if self.live.len() <= at {
            self.live.grow(at + 1);
            self.columns.grow(at + 1);
        }
        self.live.insert(incoming.row);
        let texts = incoming.texts.each_ref().map(String::as_str);
        self.texts.set(incoming.row, &texts);
        let status = self.status(&incoming.status);
        let product = incoming.product.as_deref().map_or(0, |id| self.product(id));
        let currency = incoming
            .currency
            .as_deref()
            .map_or(0, |code| self.currency(code));
        let columns = &mut self.columns;
        columns.status[at] = status;
        columns.product[at] = product;
        columns.currency[at] = currency;
        columns.link[at] = incoming
            .link
            .as_deref()
            .and_then(LinkState::from_word)
            .map_or(0, link_code);
        let renewing = if incoming.end_kind.as_deref() == Some("RENEW") {
            RENEWING
        } else {
            0
        };
        columns.flags[at] = renewing | if incoming.has_details { DETAILED } else { 0 };
        columns.value[at] = incoming.value.unwrap_or(NO_VALUE);
        let [accepted, starts, ends, updated] =
            incoming.times.map(|time| time.map_or(NEVER, seconds));
        columns.accepted[at] = accepted;
        columns.starts[at] = starts;
        columns.ends[at] = ends;
        columns.updated[at] = updated;
    }

    /// The number of a status; the known ones come first.
    fn status(&mut self, wire: &str) -> u8 {
        if self.statuses.is_empty() {
            self.statuses.extend_from_slice(AgreementStatus::KNOWN);
        }
        let known = self
            .statuses
            .iter()
            .position(|status| status.as_wire() == wire);
        // AWS has nine; past 255 different ones they would all be counted as the last.
        let number = known.unwrap_or_else(|| {
            self.statuses.push(AgreementStatus::from_wire(wire));
            self.statuses.len() - 1
        });
        u8::try_from(number).unwrap_or(u8::MAX)
    }

    fn product(&mut self, id: &str) -> u16 {
        let known = self.products.iter().position(|product| product.id == id);
        let number = known.unwrap_or_else(|| {
            let words = id.to_lowercase();
            self.products.push(Product {
                id: id.to_owned(),
                title: id.to_owned(),
                words,
            });
            self.products.len() - 1
        });
        u16::try_from(number + 1).unwrap_or(u16::MAX)
    }

    fn currency(&mut self, code: &str) -> u8 {
        let Ok(currency) = Currency::parse(code) else {
            return 0;
        };
        let known = self.currencies.iter().position(|known| *known == currency);
        let number = known.unwrap_or_else(|| {
            self.currencies.push(currency);
            self.currencies.len() - 1
        });
        u8::try_from(number + 1).unwrap_or(u8::MAX)
    }

    fn repair_orders(&mut self, changed: &Bits) {
        let count = changed.count();
        if count == 0 {
            return;
        }
        let mut orders = std::mem::take(&mut *lock(&self.orders));
        if count > self.live.len() / REPAIRED_PART {
            orders.clear();
        }
        for (key, order) in &mut orders {
            let order = Arc::make_mut(order);
            order.repair(
                &self.live,
                changed,
                |a, b| self.compare(*key, a, b),
                |row| self.has_key(*key, row),
            );
        }
        *lock(&self.orders) = orders;
    }
}

impl Columns {
    fn grow(&mut self, rows: usize) {
        // An eighth more than needed: doubling would waste up to half of a large index.
        fn grow<T: Clone>(column: &mut Vec<T>, rows: usize, value: T) {
            if column.capacity() < rows {
                column.reserve_exact(rows - column.len() + rows / 8);
            }
            column.resize(rows, value);
        }
        grow(&mut self.status, rows, 0);
        grow(&mut self.product, rows, 0);
        grow(&mut self.link, rows, 0);
        grow(&mut self.flags, rows, 0);
        grow(&mut self.currency, rows, 0);
        grow(&mut self.value, rows, NO_VALUE);
        for times in [
            &mut self.accepted,
            &mut self.starts,
            &mut self.ends,
            &mut self.updated,
        ] {
            grow(times, rows, NEVER);
        }
    }
}

impl Incoming {
    fn read(row: &rusqlite::Row<'_>) -> Result<Self> {
        let text = |at| row.get::<_, Option<String>>(at);
        let lower = |at| text(at).map(|text| text.unwrap_or_default().to_lowercase());
        let id: String = row.get(14)?;
        let chain = match text(15)? {
            Some(initial) => format!("{id} {initial}"),
            None => id,
        };
        let licenses: String = row.get(18)?;
        Ok(Self {
            row: row.get(0)?,
            status: row.get(1)?,
            product: row.get(2)?,
            link: row.get(3)?,
            end_kind: row.get(4)?,
            has_details: row.get(5)?,
            currency: row.get(6)?,
            value: row.get(7)?,
            times: [row.get(8)?, row.get(9)?, row.get(10)?, row.get(11)?],
            texts: [
                lower(12)?,
                lower(13)?,
                chain.to_lowercase(),
                row.get(16)?,
                lower(17)?,
                short_licenses(&licenses),
                lower(19)?,
            ],
        })
    }
}

/// The `l-…` parts, which is all that tells licenses apart.
fn short_licenses(arns: &str) -> String {
    let short = arns
        .split(' ')
        .map(|arn| arn.rsplit_once(':').map_or(arn, |(_, id)| id));
    short.collect::<Vec<_>>().join(" ").to_lowercase()
}

fn link_code(state: LinkState) -> u8 {
    LinkState::ALL
        .iter()
        .position(|known| *known == state)
        .map_or(0, |at| at as u8 + 1)
}

/// Whole seconds, from 1970 to 2106.
fn seconds(millis: i64) -> u32 {
    u32::try_from(millis.div_euclid(1_000).max(0))
        .unwrap_or(NEVER)
        .min(NEVER - 1)
}
