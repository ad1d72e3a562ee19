//! Filters over the index: which rows match, how many of each kind, which come first.

use std::sync::{Arc, Mutex};

use domain::filter::{
    Condition, Filter, LinkChoice, Moment, Term, TextField, TimeField, TimeRange, Trait, ValueRange,
};
use domain::{AgreementStatus, Currency, LinkState, Timestamp};

use super::bits::Bits;
use super::order::Order;
use super::text::Needle;
use super::{DETAILED, Index, NEVER, NO_VALUE, Product, RENEWING, SortKey, link_code, seconds};
use crate::query::Counts;
use crate::store::lock;

/// The rows that match a filter, kept for the windows that are asked of it next.
pub(crate) struct Matched {
    rows: Bits,
    count: usize,
    /// The rows in the order last asked for.
    ordered: Mutex<Option<(SortKey, Arc<Order>)>>,
}

impl Matched {
    pub(crate) fn count(&self) -> usize {
        self.count
    }
}

/// The parts of a filter that counts treat apart.
#[derive(Clone, Copy, PartialEq)]
enum Facet {
    Status,
    Link,
    Product,
    Rest,
}

fn facet(term: &Term) -> Facet {
    match term.condition {
        Condition::Status(_) => Facet::Status,
        Condition::Link(_) => Facet::Link,
        Condition::Product(_) => Facet::Product,
        _ => Facet::Rest,
    }
}

impl Index {
    pub(crate) fn matched(&self, filter: &Filter, moment: &Moment) -> Matched {
        let mut rows = self.live.clone();
        self.narrow(&mut rows, filter.terms.iter(), moment);
        Matched {
            count: rows.count(),
            rows,
            ordered: Mutex::default(),
        }
    }

    /// Row numbers of a window over the matched rows.
    pub(crate) fn window(
        &self,
        matched: &Matched,
        key: SortKey,
        descending: bool,
        offset: usize,
        limit: usize,
    ) -> Vec<u32> {
        let order = self.order(key);
        if matched.count == self.count() {
            return order.window(offset, limit, descending);
        }
        let mut ordered = lock(&matched.ordered);
        if let Some((_, order)) = ordered.as_ref().filter(|(known, _)| *known == key) {
            return order.window(offset, limit, descending);
        }
        if offset == 0 {
            return order.first(&matched.rows, descending, limit.min(matched.count));
        }
        let only = Arc::new(order.only(&matched.rows));
        *ordered = Some((key, Arc::clone(&only)));
        only.window(offset, limit, descending)
    }

    /// Counts for every facet of the filter.
    pub(crate) fn counts(&self, filter: &Filter, moment: &Moment) -> Counts {
        let narrowed = |from: &Bits, facets: &[Facet]| {
            let mut rows = from.clone();
            let terms = filter
                .terms
                .iter()
                .filter(|term| facets.contains(&facet(term)));
            self.narrow(&mut rows, terms, moment);
            rows
        };
        let rest = narrowed(&self.live, &[Facet::Rest]);
        let by_status = narrowed(&rest, &[Facet::Link, Facet::Product]);
        let by_link = narrowed(&rest, &[Facet::Status, Facet::Product]);
        let by_product = narrowed(&rest, &[Facet::Status, Facet::Link]);
        let matched = narrowed(&by_status, &[Facet::Status]);

        Counts {
            matched: matched.count(),
            total: self.count(),
            statuses: self.count_statuses(&by_status),
            links: self.count_links(&by_link),
            products: self.count_products(&by_product),
        }
    }

    pub(super) fn count_statuses(&self, rows: &Bits) -> Vec<(AgreementStatus, usize)> {
        let counts = rows.tally(&self.columns.status, self.statuses.len());
        self.statuses.iter().cloned().zip(counts).collect()
    }

    /// By link state; `None` is no link.
    pub(super) fn count_links(&self, rows: &Bits) -> Vec<(Option<LinkState>, usize)> {
        let counts = rows.tally(&self.columns.link, LinkState::ALL.len() + 1);
        let states = std::iter::once(None).chain(LinkState::ALL.into_iter().map(Some));
        states.zip(counts).collect()
    }

    /// By product id and title. Rows without a product are left out.
    pub(super) fn count_products(&self, rows: &Bits) -> Vec<(String, String, usize)> {
        let counts = rows.tally(&self.columns.product, self.products.len() + 1);
        let products = self.products.iter().zip(counts.into_iter().skip(1));
        products
            .map(|(product, count)| (product.id.clone(), product.title.clone(), count))
            .collect()
    }

    /// Keeps the rows for which every term holds: columns first, since they are cheap, then words,
    /// the longest and so probably rarest first.
    fn narrow<'a>(&self, rows: &mut Bits, terms: impl Iterator<Item = &'a Term>, moment: &Moment) {
        let mut words: Vec<(&Term, &[String], Option<TextField>)> = Vec::new();
        for term in terms {
            match &term.condition {
                Condition::Text(text) => words.push((term, std::slice::from_ref(text), None)),
                Condition::In(field, texts) => words.push((term, texts, Some(*field))),
                _ => self.narrow_by_column(rows, term, moment),
            }
        }
        words.sort_by_key(|(term, texts, _)| {
            let shortest = texts.iter().map(String::len).min().unwrap_or_default();
            (term.negated, std::cmp::Reverse(shortest))
        });
        for (term, texts, field) in words {
            let mut found = Bits::empty(rows.len());
            for text in texts {
                let mut hits = rows.clone();
                self.texts.retain(&Needle::new(text, field), &mut hits);
                found.unite(&hits);
                if field.is_none() {
                    found.unite(&self.of_products(rows, std::slice::from_ref(text)));
                }
            }
            if term.negated {
                rows.subtract(&found);
            } else {
                *rows = found;
            }
        }
    }

    /// Keeps the rows for which a condition on columns holds, or does not when negated.
    fn narrow_by_column(&self, rows: &mut Bits, term: &Term, moment: &Moment) {
        if term.negated {
            let mut excluded = rows.clone();
            self.keep(&mut excluded, &term.condition, moment);
            rows.subtract(&excluded);
        } else {
            self.keep(rows, &term.condition, moment);
        }
    }

    #[expect(
        clippy::needless_bitwise_bool,
        reason = "without branches, many rows are compared at once"
    )]
    fn keep(&self, rows: &mut Bits, condition: &Condition, moment: &Moment) {
        let columns = &self.columns;
        match condition {
            Condition::Text(_) | Condition::In(..) => {}
            Condition::Status(wanted) => {
                let table: Vec<bool> = self
                    .statuses
                    .iter()
                    .map(|status| wanted.contains(status))
                    .collect();
                rows.retain(&columns.status, |status| table[usize::from(status)]);
            }
            Condition::Link(wanted) => {
                let table = link_table(wanted);
                rows.retain(&columns.link, |link| table[usize::from(link)]);
            }
            Condition::Product(wanted) => *rows = self.of_products(rows, wanted),
            Condition::Currency(wanted) => {
                let has = |currency: &Currency| wanted.contains(currency);
                let table = with_none(self.currencies.iter().map(has));
                rows.retain(&columns.currency, |currency| table[usize::from(currency)]);
            }
            Condition::Time(field, wanted) => {
                let column = match field {
                    TimeField::Accepted => &columns.accepted,
                    TimeField::Starts => &columns.starts,
                    TimeField::Ends => &columns.ends,
                    TimeField::Updated => &columns.updated,
                };
                any_of(rows, wanted, |rows, when| {
                    // An absent time is the greatest number, and so in no range of seconds.
                    let (from, to) = match moment.range(*field, *when) {
                        Some(TimeRange { from, to }) => (second(from), second(to) - 1),
                        None => (NEVER, NEVER),
                    };
                    rows.retain(column, |at| (from <= at) & (at <= to));
                });
            }
            Condition::Value(wanted) => any_of(rows, wanted, |rows, range| {
                let (least, most) = match *range {
                    ValueRange::Unknown => (NO_VALUE, NO_VALUE),
                    ValueRange::Between(least, most) => {
                        (least.unwrap_or(NO_VALUE + 1), most.unwrap_or(i64::MAX))
                    }
                };
                rows.retain(&columns.value, |value| (least <= value) & (value <= most));
            }),
            Condition::Is(wanted) => any_of(rows, wanted, |rows, property| {
                self.keep_with(rows, *property, moment);
            }),
        }
    }

    /// Those of the rows whose product's title, id or code has any of the words.
    fn of_products(&self, rows: &Bits, wanted: &[String]) -> Bits {
        let has = |product: &Product| {
            wanted
                .iter()
                .any(|words| product.words.contains(words.as_str()))
        };
        let table = with_none(self.products.iter().map(has));
        if !table.contains(&true) {
            return Bits::empty(rows.len());
        }
        let mut found = rows.clone();
        found.retain(&self.columns.product, |product| table[usize::from(product)]);
        found
    }

    #[expect(
        clippy::needless_bitwise_bool,
        reason = "without branches, many rows are compared at once"
    )]
    fn keep_with(&self, rows: &mut Bits, property: Trait, moment: &Moment) {
        let columns = &self.columns;
        match property {
            Trait::NeedsSetup => {
                rows.retain(&columns.status, |status| status == ACTIVE);
                let table = dead_links();
                rows.retain(&columns.link, |link| table[usize::from(link)]);
            }
            Trait::OpenEnded => rows.retain(&columns.ends, |ends| ends == NEVER),
            Trait::Renewing => rows.retain(&columns.flags, |flags| flags & RENEWING != 0),
            Trait::Future => {
                let now = second(moment.now);
                rows.retain(&columns.starts, |starts| (now < starts) & (starts != NEVER));
            }
            Trait::WithoutDetails => rows.retain(&columns.flags, |flags| flags & DETAILED == 0),
        }
    }

    pub(super) fn is_active(&self, row: usize) -> bool {
        self.columns.status[row] == ACTIVE
    }

    pub(super) fn needs_setup(&self, row: usize) -> bool {
        self.is_active(row) && dead_links()[usize::from(self.columns.link[row])]
    }
}

/// The number of [`AgreementStatus::Active`]: the known statuses come first, in the model's order.
pub(super) const ACTIVE: u8 = 0;

fn second(at: Timestamp) -> u32 {
    seconds(at.as_millis())
}

/// Keeps the rows that any of the wanted values keeps.
fn any_of<T>(rows: &mut Bits, wanted: &[T], keep: impl Fn(&mut Bits, &T)) {
    if let [one] = wanted {
        return keep(rows, one);
    }
    let mut found = Bits::empty(rows.len());
    for value in wanted {
        let mut hits = rows.clone();
        keep(&mut hits, value);
        found.unite(&hits);
    }
    *rows = found;
}

/// What holds for each number of a column in which zero is "none", for which nothing holds.
fn with_none(holds: impl Iterator<Item = bool>) -> Vec<bool> {
    std::iter::once(false).chain(holds).collect()
}

/// The link column's numbers that leave a buyer unlinked.
fn dead_links() -> [bool; LinkState::ALL.len() + 1] {
    std::array::from_fn(|link| {
        link.checked_sub(1)
            .is_none_or(|at| !LinkState::ALL[at].is_live())
    })
}

fn link_table(wanted: &[LinkChoice]) -> [bool; LinkState::ALL.len() + 1] {
    let mut table = [false; LinkState::ALL.len() + 1];
    for choice in wanted {
        match choice {
            LinkChoice::None => table[0] = true,
            LinkChoice::Any => table[1..].fill(true),
            LinkChoice::In(state) => table[usize::from(link_code(*state))] = true,
        }
    }
    table
}
