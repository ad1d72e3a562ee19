//! Rows in a chosen order: a sorted list of row numbers, kept up to date as rows change.

use std::cmp::Ordering;

use super::bits::Bits;

/// Row numbers in ascending order of a key. Rows without the key come last, in either direction.
#[derive(Clone)]
pub(crate) struct Order {
    rows: Vec<u32>,
    /// How many rows have the key.
    present: usize,
}

impl Order {
    /// Sorts the rows of `live`. `compare` puts rows for which `has_key` is false last.
    pub(super) fn sort(
        live: &Bits,
        compare: impl Fn(u32, u32) -> Ordering,
        has_key: impl Fn(u32) -> bool,
    ) -> Self {
        let mut rows: Vec<u32> = live.iter().collect();
        rows.sort_unstable_by(|a, b| compare(*a, *b));
        let present = rows.partition_point(|row| has_key(*row));
        Self { rows, present }
    }

    /// Puts the rows that changed where they belong now. `changed` also holds rows that are gone.
    pub(super) fn repair(
        &mut self,
        live: &Bits,
        changed: &Bits,
        compare: impl Fn(u32, u32) -> Ordering,
        has_key: impl Fn(u32) -> bool,
    ) {
        self.rows.retain(|row| !changed.contains(*row));
        let mut moved: Vec<u32> = changed.iter().filter(|row| live.contains(*row)).collect();
        moved.sort_unstable_by(|a, b| compare(*a, *b));
        let mut merged = Vec::with_capacity(self.rows.len() + moved.len());
        let mut rest = self.rows.as_slice();
        for row in moved {
            let before = rest.partition_point(|other| compare(*other, row) == Ordering::Less);
            merged.extend_from_slice(&rest[..before]);
            merged.push(row);
            rest = &rest[before..];
        }
        merged.extend_from_slice(rest);
        self.rows = merged;
        self.present = self.rows.partition_point(|row| has_key(*row));
    }

    /// The rows that are in `among`, in this order.
    pub(super) fn only(&self, among: &Bits) -> Self {
        let mut rows = Vec::with_capacity(among.count());
        rows.extend(
            self.rows[..self.present]
                .iter()
                .filter(|row| among.contains(**row)),
        );
        let present = rows.len();
        rows.extend(
            self.rows[self.present..]
                .iter()
                .filter(|row| among.contains(**row)),
        );
        Self { rows, present }
    }

    /// The first `limit` rows that are in `among`.
    pub(super) fn first(&self, among: &Bits, descending: bool, limit: usize) -> Vec<u32> {
        (0..self.rows.len())
            .map(|at| self.at(at, descending))
            .filter(|row| among.contains(*row))
            .take(limit)
            .collect()
    }

    /// The rows from `offset` on, at most `limit`.
    pub(super) fn window(&self, offset: usize, limit: usize, descending: bool) -> Vec<u32> {
        let end = self.rows.len().min(offset.saturating_add(limit));
        (offset.min(end)..end)
            .map(|at| self.at(at, descending))
            .collect()
    }

    fn at(&self, at: usize, descending: bool) -> u32 {
        if descending && at < self.present {
            self.rows[self.present - 1 - at]
        } else {
            self.rows[at]
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_repaired_order_is_the_sorted_one(
            before in prop::collection::vec(prop::option::of(0u8..9), 1..60),
            changes in prop::collection::vec((0usize..60, prop::option::of(prop::option::of(0u8..9))), 0..20),
        ) {
            // A row's state: gone, or there with or without a key.
            let mut keys: Vec<Option<Option<u8>>> = before.into_iter().map(Some).collect();
            let live = |keys: &[Option<Option<u8>>]| {
                let mut live = Bits::empty(60);
                for (row, key) in keys.iter().enumerate() {
                    if key.is_some() { live.insert(row as u32); }
                }
                live
            };
            let compare = |keys: &[Option<Option<u8>>], a: u32, b: u32| {
                let key = |row: u32| keys[row as usize].flatten().map_or(u16::MAX, u16::from);
                key(a).cmp(&key(b)).then(a.cmp(&b))
            };
            let has = |keys: &[Option<Option<u8>>], row: u32| keys[row as usize].flatten().is_some();
            keys.resize(60, None);
            let mut order = Order::sort(&live(&keys), |a, b| compare(&keys, a, b), |row| has(&keys, row));
            let mut changed = Bits::empty(60);
            for (row, key) in changes {
                keys[row] = key;
                changed.insert(row as u32);
            }
            order.repair(&live(&keys), &changed, |a, b| compare(&keys, a, b), |row| has(&keys, row));
            let anew = Order::sort(&live(&keys), |a, b| compare(&keys, a, b), |row| has(&keys, row));
            prop_assert_eq!(&order.rows, &anew.rows);
            prop_assert_eq!(order.present, anew.present);
            let down = order.window(0, 60, true);
            prop_assert!(down[..order.present].windows(2).all(|pair| compare(&keys, pair[1], pair[0]).is_lt()));
            prop_assert_eq!(&down[order.present..], &order.rows[order.present..]);
        }
    }
}
