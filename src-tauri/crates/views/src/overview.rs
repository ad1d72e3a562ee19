//! The overview's numbers.

use domain::Timestamp;
use domain::time::DAY_MS;
use serde::Serialize;
use specta::Type;
use store::query::{CurrencyTotal, Totals};

use crate::{Count, Millis, millis, number};

/// A sum in one currency.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ValueByCurrency {
    /// The currency.
    pub currency: String,
    /// Decimal text.
    pub amount: String,
    /// How many agreements make it up.
    pub agreements: u32,
}

impl From<&CurrencyTotal> for ValueByCurrency {
    fn from(total: &CurrencyTotal) -> Self {
        let micros = i64::try_from(total.micros).unwrap_or(i64::MAX);
        Self {
            currency: total.currency.to_string(),
            amount: domain::Money {
                micros,
                currency: total.currency,
            }
            .amount(),
            agreements: number(total.agreements),
        }
    }
}

/// Active agreements that end soon.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EndingWithin {
    /// Within so many days.
    pub days: u32,
    /// How many.
    pub count: u32,
    /// What they are worth.
    pub values: Vec<ValueByCurrency>,
}

/// Active agreements that end in one week.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EndingWeek {
    /// When the week starts.
    pub starts_at: Millis,
    /// How many.
    pub count: u32,
}

/// Active agreements without a live link.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NeedsSetup {
    /// How many.
    pub count: u32,
    /// When the one that waits longest was accepted.
    pub oldest_at: Option<Millis>,
    /// What they are worth.
    pub values: Vec<ValueByCurrency>,
}

/// The overview's numbers.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Agreements in all.
    pub total: u32,
    /// By status.
    pub statuses: Vec<Count>,
    /// Active ones by listing.
    pub listings: Vec<Count>,
    /// Active ones by link state.
    pub links: Vec<Count>,
    /// Value of the active ones.
    pub values: Vec<ValueByCurrency>,
    /// Ending within 30, 60 and 90 days.
    pub ending: Vec<EndingWithin>,
    /// Ending week by week, from now.
    pub ending_weeks: Vec<EndingWeek>,
    /// Waiting for set-up.
    pub needs_setup: NeedsSetup,
    /// Agreements whose value is not known yet.
    pub without_details: u32,
}

impl Overview {
    /// The numbers as of `now`.
    #[must_use]
    pub fn of(totals: &Totals, now: Timestamp) -> Self {
        let values = |totals: &[CurrencyTotal]| totals.iter().map(ValueByCurrency::from).collect();
        let weeks = (0..).zip(&totals.ending_weeks);
        Self {
            total: number(totals.agreements),
            statuses: totals
                .statuses
                .iter()
                .map(|(status, count)| Count::of_status(status, *count))
                .collect(),
            listings: totals.products.iter().map(Count::of_product).collect(),
            links: totals
                .links
                .iter()
                .map(|(link, count)| Count::of_link(*link, *count))
                .collect(),
            values: values(&totals.values),
            ending: totals
                .ending
                .iter()
                .map(|ending| EndingWithin {
                    days: ending.days,
                    count: number(ending.agreements),
                    values: values(&ending.values),
                })
                .collect(),
            ending_weeks: weeks
                .map(|(week, count)| EndingWeek {
                    starts_at: millis(now.plus_millis(week * 7 * DAY_MS)),
                    count: number(*count),
                })
                .collect(),
            needs_setup: NeedsSetup {
                count: number(totals.needs_setup.agreements),
                oldest_at: totals.needs_setup.oldest.map(millis),
                values: values(&totals.needs_setup.values),
            },
            without_details: number(totals.without_details),
        }
    }
}
