//! Quantities of usage: whole or decimal, compared by value, and split into allocations.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::value::Value;

/// A quantity in millionths, and whether it was written as a decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    millionths: u64,
    decimal: bool,
    given: bool,
}

impl Quantity {
    /// The quantity of a usage record; without one it is zero.
    pub(super) fn read(record: &Value) -> Result<Self, Failure> {
        let both = "Quantity and QuantityAsDecimal exclude each other";
        let quantity = one_of(record, "Quantity", "QuantityAsDecimal");
        quantity.map_err(|_| Failure::new("ValidationException", both))
    }

    /// Checks the allocations of a record against its quantity, which it gives back in millionths.
    pub(super) fn checked(self, record: &Value) -> Result<u64, Failure> {
        let allocations = record.get("UsageAllocations");
        if allocations.is_absent() {
            return Ok(self.millionths);
        }
        let (mut sum, mut tag_sets) = (0u64, BTreeSet::new());
        for allocation in allocations.items() {
            let (whole, decimal) = ("AllocatedUsageQuantity", "AllocatedUsageQuantityAsDecimal");
            let part = one_of(allocation, whole, decimal)
                .ok()
                .filter(|part| part.given)
                .ok_or_else(|| unequal("An allocation needs exactly one kind of quantity"))?;
            if part.decimal != self.decimal {
                return Err(unequal(
                    "Allocations must use the kind of quantity the record uses",
                ));
            }
            sum = sum.saturating_add(part.millionths);
            if !tag_sets.insert(tags(allocation)?) {
                return Err(unequal("Two allocations have the same tags"));
            }
        }
        if sum == self.millionths {
            Ok(sum)
        } else {
            Err(unequal(
                "The sum of the allocations is not equal to the usage quantity",
            ))
        }
    }
}

/// The tags of an allocation in an order of their own; one without tags is the untagged rest.
fn tags(allocation: &Value) -> Result<BTreeSet<(&str, &str)>, Failure> {
    let mut tags = BTreeSet::new();
    for tag in allocation.get("Tags").items() {
        let text = |member: &str| tag.get(member).text().unwrap_or_default();
        let key = text("Key");
        if tags.iter().any(|(known, _)| *known == key) {
            return Err(Failure::new(
                "InvalidTagException",
                "A tag key is given twice",
            ));
        }
        tags.insert((
            tag.get("Key").text().unwrap_or_default(),
            tag.get("Value").text().unwrap_or_default(),
        ));
    }
    Ok(tags)
}

/// Both kinds were given.
struct Both;

fn one_of(from: &Value, whole: &str, decimal: &str) -> Result<Quantity, Both> {
    match (from.get(whole).integer(), from.get(decimal).text()) {
        (Some(_), Some(_)) => Err(Both),
        (Some(whole), None) => Ok(Quantity {
            millionths: whole.unsigned_abs() * 1_000_000,
            decimal: false,
            given: true,
        }),
        (None, Some(text)) => Ok(Quantity {
            millionths: millionths(text),
            decimal: true,
            given: true,
        }),
        (None, None) => Ok(Quantity {
            millionths: 0,
            decimal: false,
            given: false,
        }),
    }
}

/// A decimal of the model's pattern, in millionths.
fn millionths(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u64 = whole.parse().unwrap_or(0);
    let fraction: u64 = format!("{fraction:0<6}").parse().unwrap_or(0);
    whole * 1_000_000 + fraction
}

fn unequal(message: &str) -> Failure {
    Failure::new("InvalidUsageAllocationsException", message)
}
