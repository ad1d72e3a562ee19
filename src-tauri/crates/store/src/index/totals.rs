//! The overview's numbers: sums over all agreements.

use domain::{AgreementStatus, Currency, LinkState, Timestamp};

use super::evaluate::ACTIVE;
use super::rank::DAY_SECONDS;
use super::{DETAILED, Index, NEVER, NO_VALUE, seconds};

/// Numbers for the overview, over all agreements.
#[derive(Debug, Default, PartialEq)]
pub struct Totals {
    /// Agreements in all.
    pub agreements: usize,
    /// By status; every known one, and those newer than this program that occur.
    pub statuses: Vec<(AgreementStatus, usize)>,
    /// Active agreements by link state.
    pub links: Vec<(Option<LinkState>, usize)>,
    /// Active agreements by product id and title.
    pub products: Vec<(String, String, usize)>,
    /// Value of the active agreements.
    pub values: Vec<CurrencyTotal>,
    /// Active agreements that end within so many days, nearest first.
    pub ending: Vec<Ending>,
    /// Active agreements that end in the week that starts so many days from now.
    pub ending_weeks: [usize; ENDING_WEEKS],
    /// Active agreements without a live link.
    pub needs_setup: Waiting,
    /// Agreements whose details were never fetched.
    pub without_details: usize,
}

/// Weeks ahead that the overview shows.
pub const ENDING_WEEKS: usize = 13;

/// Days ahead that the overview sums up.
pub const ENDING_DAYS: [u32; 3] = [30, 60, 90];

/// A sum in one currency.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrencyTotal {
    /// The currency.
    pub currency: Currency,
    /// Millionths.
    pub micros: i128,
    /// How many agreements make it up.
    pub agreements: usize,
}

/// Agreements that end soon.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// Within so many days from now.
    pub days: u32,
    /// How many.
    pub agreements: usize,
    /// What they are worth.
    pub values: Vec<CurrencyTotal>,
}

/// Agreements that wait for set-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// How many.
    pub agreements: usize,
    /// When the one that waits longest was accepted.
    pub oldest: Option<Timestamp>,
    /// What they are worth.
    pub values: Vec<CurrencyTotal>,
}

/// Sums by currency number.
struct Sums(Vec<(i128, usize)>);

impl Sums {
    fn new(index: &Index) -> Self {
        Self(vec![(0, 0); index.currencies.len() + 1])
    }

    fn add(&mut self, index: &Index, row: usize) {
        let value = index.columns.value[row];
        if value != NO_VALUE && value != 0 {
            let sum = &mut self.0[usize::from(index.columns.currency[row])];
            sum.0 += i128::from(value);
            sum.1 += 1;
        }
    }

    fn totals(self, index: &Index) -> Vec<CurrencyTotal> {
        let sums = index.currencies.iter().zip(self.0.into_iter().skip(1));
        let mut totals: Vec<CurrencyTotal> = sums
            .filter(|(_, (_, agreements))| *agreements > 0)
            .map(|(currency, (micros, agreements))| CurrencyTotal {
                currency: *currency,
                micros,
                agreements,
            })
            .collect();
        totals.sort_by_key(|total| (std::cmp::Reverse(total.agreements), total.currency));
        totals
    }
}

impl Index {
    /// The overview's numbers, in one pass.
    pub(crate) fn totals(&self, now: Timestamp) -> Totals {
        let now = seconds(now.as_millis());
        let columns = &self.columns;
        let mut active = self.live.clone();
        active.retain(&columns.status, |status| status == ACTIVE);
        let mut sums = Sums::new(self);
        let mut ending = ENDING_DAYS.map(|days| (days, 0, Sums::new(self)));
        let mut ending_weeks = [0; ENDING_WEEKS];
        let mut waiting = (0, NEVER, Sums::new(self));
        for row in active.iter().map(|row| row as usize) {
            sums.add(self, row);
            if let Some(ahead) = columns.ends[row]
                .checked_sub(now)
                .filter(|_| columns.ends[row] != NEVER)
            {
                let day = ahead / DAY_SECONDS;
                if let Some(week) = ending_weeks.get_mut(day as usize / 7) {
                    *week += 1;
                }
                for (_, agreements, sums) in ending.iter_mut().filter(|(days, ..)| day < *days) {
                    *agreements += 1;
                    sums.add(self, row);
                }
            }
            if self.needs_setup(row) {
                waiting.0 += 1;
                waiting.1 = waiting.1.min(columns.accepted[row]);
                waiting.2.add(self, row);
            }
        }
        let oldest =
            (waiting.1 != NEVER).then(|| Timestamp::from_millis(i64::from(waiting.1) * 1_000));
        let mut without_details = self.live.clone();
        without_details.retain(&columns.flags, |flags| flags & DETAILED == 0);
        Totals {
            agreements: self.count(),
            statuses: self.count_statuses(&self.live),
            links: self.count_links(&active),
            products: self.count_products(&active),
            values: sums.totals(self),
            ending: ending
                .into_iter()
                .map(|(days, agreements, sums)| Ending {
                    days,
                    agreements,
                    values: sums.totals(self),
                })
                .collect(),
            ending_weeks,
            needs_setup: Waiting {
                agreements: waiting.0,
                oldest,
                values: waiting.2.totals(self),
            },
            without_details: without_details.count(),
        }
    }
}
