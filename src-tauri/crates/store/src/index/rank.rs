//! What agreements can be sorted by.

use std::cmp::Ordering;
use std::sync::Arc;

use domain::filter::TextField;

use super::order::Order;
use super::{Index, NEVER, NO_VALUE, ORDERS_MAX};
use crate::store::lock;

/// What agreements can be sorted by. Rows without the key come last in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// The contact's company.
    Buyer,
    /// The product's title.
    Listing,
    /// The status, in the model's order.
    Status,
    /// The link's state, in the order of a link's life.
    Link,
    /// The end of the term.
    Ends,
    /// The start of the term.
    Starts,
    /// When AWS last changed it.
    Updated,
    /// The value in millionths, whatever the currency.
    Value,
    /// The buyer's account.
    Account,
    /// How much it wants setting up: longest waiting day first, then highest value.
    Setup,
}

pub(super) const DAY_SECONDS: u32 = 86_400;

impl Index {
    /// All rows by this key, sorted at most once until the rows change.
    pub(super) fn order(&self, key: SortKey) -> Arc<Order> {
        let mut orders = lock(&self.orders);
        if let Some(at) = orders.iter().position(|(known, _)| *known == key) {
            let found = orders.remove(at);
            orders.insert(0, found);
        } else {
            orders.truncate(ORDERS_MAX - 1);
            orders.insert(0, (key, Arc::new(self.sort(key))));
        }
        Arc::clone(&orders[0].1)
    }

    fn sort(&self, key: SortKey) -> Order {
        if key != SortKey::Buyer {
            return Order::sort(
                &self.live,
                |a, b| self.compare(key, a, b),
                |row| self.has_key(key, row),
            );
        }
        // Names are compared by their first bytes as one number; only equal ones are read in full.
        let heads: Vec<u128> = (0..self.live.len() as u32)
            .map(|row| head(self.company(row)))
            .collect();
        Order::sort(
            &self.live,
            |a, b| {
                let by_head = heads[a as usize].cmp(&heads[b as usize]);
                by_head.then_with(|| self.compare(key, a, b))
            },
            |row| self.has_key(key, row),
        )
    }

    pub(super) fn compare(&self, key: SortKey, a: u32, b: u32) -> Ordering {
        let columns = &self.columns;
        let (x, y) = (a as usize, b as usize);
        let by_key = match key {
            SortKey::Buyer => text_last_if_empty(self.company(a), self.company(b)),
            SortKey::Account => self
                .texts
                .field(a, TextField::Account)
                .cmp(self.texts.field(b, TextField::Account)),
            SortKey::Listing => self.title(x).cmp(&self.title(y)),
            SortKey::Status => columns.status[x].cmp(&columns.status[y]),
            SortKey::Link => columns.link[x]
                .wrapping_sub(1)
                .cmp(&columns.link[y].wrapping_sub(1)),
            SortKey::Ends => columns.ends[x].cmp(&columns.ends[y]),
            SortKey::Starts => columns.starts[x].cmp(&columns.starts[y]),
            SortKey::Updated => columns.updated[x].cmp(&columns.updated[y]),
            SortKey::Value => {
                let key = |row: usize| (columns.value[row] == NO_VALUE, columns.value[row]);
                key(x).cmp(&key(y))
            }
            SortKey::Setup => {
                let day = |row: usize| columns.accepted[row] / DAY_SECONDS;
                day(x)
                    .cmp(&day(y))
                    .then(columns.value[y].cmp(&columns.value[x]))
            }
        };
        by_key.then(a.cmp(&b))
    }

    pub(super) fn has_key(&self, key: SortKey, row: u32) -> bool {
        let at = row as usize;
        match key {
            SortKey::Buyer => !self.company(row).is_empty(),
            SortKey::Listing => self.columns.product[at] != 0,
            SortKey::Link => self.columns.link[at] != 0,
            SortKey::Ends => self.columns.ends[at] != NEVER,
            SortKey::Starts => self.columns.starts[at] != NEVER,
            SortKey::Value => self.columns.value[at] != NO_VALUE,
            SortKey::Setup => self.columns.accepted[at] != NEVER,
            SortKey::Account | SortKey::Status | SortKey::Updated => true,
        }
    }

    fn company(&self, row: u32) -> &[u8] {
        self.texts.field(row, TextField::Company)
    }

    /// The product's title; rows without a product come last.
    fn title(&self, row: usize) -> (bool, &str) {
        let product = usize::from(self.columns.product[row]).checked_sub(1);
        let product = product.and_then(|at| self.products.get(at));
        (
            product.is_none(),
            product.map_or("", |product| &product.title),
        )
    }
}

fn text_last_if_empty(a: &[u8], b: &[u8]) -> Ordering {
    a.is_empty().cmp(&b.is_empty()).then_with(|| a.cmp(b))
}

/// The first 16 bytes as a number that sorts as they do; none sorts last.
fn head(text: &[u8]) -> u128 {
    if text.is_empty() {
        return u128::MAX;
    }
    let mut first = [0; 16];
    let length = text.len().min(16);
    first[..length].copy_from_slice(&text[..length]);
    u128::from_be_bytes(first)
}
