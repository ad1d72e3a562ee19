//! Usage that was accepted: one quantity per customer, hour and dimension, never amended.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// What usage is told apart by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageKey {
    /// The license's agreement, or the product and buyer of a legacy record.
    pub(crate) holder: Holder,
    /// Hours since the epoch.
    pub(crate) hour: i64,
    pub(crate) dimension: String,
}

/// Who used something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Holder {
    License(u32),
    Customer { listing: u8, buyer: u32 },
}

/// An accepted quantity, in millionths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metered {
    pub(crate) key: UsageKey,
    pub(crate) quantity: u64,
}

/// All usage accepted so far.
#[derive(Default)]
pub(crate) struct Usage {
    accepted: HashMap<UsageKey, (u64, u64)>,
}

impl Usage {
    /// Quantity in millionths and running number of what was accepted under this key.
    pub(crate) fn get(&self, key: &UsageKey) -> Option<(u64, u64)> {
        self.accepted.get(key).copied()
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.accepted.len() as u64 + 1
    }

    pub(crate) fn accept(&mut self, records: &[Metered]) {
        for record in records {
            self.accept_one(record);
        }
    }

    fn accept_one(&mut self, metered: &Metered) {
        let number = self.next_number();
        self.accepted
            .entry(metered.key.clone())
            .or_insert((metered.quantity, number));
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.accepted.len()
    }
}
