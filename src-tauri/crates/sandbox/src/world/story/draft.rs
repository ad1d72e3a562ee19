//! Drafts of single agreements, before anything happens to them.

use super::Teller;
use crate::chance::index;
use crate::world::listing::{COMMITTED_CLICKHOUSE, EMQX, GUANCE, PAYG_CLICKHOUSE, PINECONE};
use crate::world::record::{Agreement, Currency, NONE, OPEN, Provision, Renewal, Status};
use crate::world::{DAY, HOUR, MINUTE};

impl Teller {
    /// An open-ended agreement on the public offer of a usage listing.
    pub(super) fn usage(&mut self) -> Agreement {
        let usage_listings = [PAYG_CLICKHOUSE, EMQX, GUANCE, PINECONE];
        let position = usage_listings[index(self.chains as u64, 4)];
        let start = self.now - self.dice.between(HOUR, 900 * DAY);
        let touched = self.dice.percent(30);
        let updated = if touched {
            self.dice.between(start, self.now)
        } else {
            start
        };
        Agreement {
            accepted: start,
            start,
            end: OPEN,
            updated,
            provisioned_by: 0,
            trial_end: 0,
            value: 0,
            buyer: NONE,
            initial: NONE,
            next_in_chain: NONE,
            next_of_buyer: NONE,
            offer: NONE,
            listing: position,
            status: Status::Active,
            currency: Currency::Usd,
            provision: Provision::Done,
            renewal: Renewal::None,
            term: 0,
            upfront: false,
            contact: !self.dice.percent(22),
            auto_renew: false,
            linked: true,
        }
    }

    /// An agreement with an end: a committed contract mostly, else a private offer for usage.
    pub(super) fn term(&mut self, start: i64, days: i64, renewal: Renewal) -> Agreement {
        let usage = self.usage();
        let committed = !self.dice.percent(35);
        let currency = self.dice.weighted(&[
            (70, Currency::Usd),
            (12, Currency::Eur),
            (6, Currency::Jpy),
            (6, Currency::Krw),
            (3, Currency::Gbp),
            (3, Currency::Inr),
        ]);
        let upfront = committed || self.dice.percent(60);
        let value = if upfront { self.value(currency) } else { 0 };
        Agreement {
            accepted: start - self.dice.between(0, 2 * DAY),
            start,
            end: start + days * DAY,
            updated: start,
            value,
            offer: 0,
            listing: if committed {
                COMMITTED_CLICKHOUSE
            } else {
                usage.listing
            },
            currency,
            renewal,
            upfront,
            auto_renew: matches!(renewal, Renewal::Renew | Renewal::ProposerOptedOut),
            ..usage
        }
    }

    /// A contract's value in the smallest unit: round, mostly five digits, seldom seven.
    pub(super) fn value(&mut self, currency: Currency) -> i64 {
        let magnitude = *self
            .dice
            .pick(&[1_000, 10_000, 10_000, 10_000, 100_000, 1_000_000]);
        let units = self.dice.between(2, 100) * magnitude / 10;
        match currency {
            Currency::Jpy => units * 150,
            Currency::Krw => units * 1300,
            Currency::Inr => units * 80 * 100,
            Currency::Usd | Currency::Eur | Currency::Gbp => units * 100,
        }
    }

    pub(super) fn days(&mut self) -> i64 {
        *self.dice.pick(&[90, 180, 365, 365, 365, 730, 1095])
    }

    /// A term that has begun and has up to `left_max` days to go.
    pub(super) fn running_term(&mut self, left_max: i64, renewal: Renewal) -> Agreement {
        let days = self.days();
        let left = self.dice.between(DAY, left_max.min(days) * DAY);
        let start = self.now + left - days * DAY;
        let mut term = self.term(start, days, renewal);
        if self.dice.percent(40) {
            term.updated = self.dice.between(start, self.now);
        }
        term.term = if renewal == Renewal::Exhausted { 3 } else { 0 };
        term
    }

    pub(super) fn term_over(&mut self) -> Agreement {
        let days = self.days();
        let end = self.now - self.dice.between(DAY, 600 * DAY);
        let renewal = *self
            .dice
            .pick(&[Renewal::NoTerm, Renewal::AcceptorOptedOut]);
        let over = self.term(end - days * DAY, days, renewal);
        Agreement {
            updated: end,
            provision: Provision::Ended,
            ..over
        }
    }

    pub(super) fn future(&mut self) -> Agreement {
        let days = self.days();
        let start = self.now + self.dice.between(5 * DAY, 60 * DAY);
        let accepted = self.now - self.dice.between(HOUR, 10 * DAY);
        let term = self.term(start, days, Renewal::Renew);
        Agreement {
            accepted,
            updated: accepted,
            provision: Provision::Scheduled,
            ..term
        }
    }

    pub(super) fn trial(&mut self) -> Agreement {
        let trial_end = self.now + self.dice.between(DAY, 25 * DAY);
        let accepted = self.now - self.dice.between(HOUR, 5 * DAY);
        let usage = self.usage();
        Agreement {
            accepted,
            start: accepted,
            updated: accepted,
            trial_end,
            ..usage
        }
    }

    pub(super) fn provisioning(&mut self) -> Agreement {
        let usage = self.usage();
        let accepted = self.now - self.dice.between(MINUTE, 20 * MINUTE);
        let provisioned_by = self.now + self.dice.between(HOUR, 48 * HOUR);
        Agreement {
            accepted,
            start: accepted,
            updated: accepted,
            provisioned_by,
            provision: Provision::Pending,
            ..usage
        }
    }

    /// A term with up to `days`, and no more than thirty less, to go.
    pub(super) fn ends_within(&mut self, days: i64) -> Agreement {
        let renewals = [Renewal::Renew, Renewal::AcceptorOptedOut, Renewal::NoTerm];
        let renewal = *self.dice.pick(&renewals);
        let length = self.days();
        let left = self.dice.between((days - 29) * DAY, days * DAY);
        self.term(self.now + left - length * DAY, length, renewal)
    }

    pub(super) fn ended_usage(&mut self, status: Status) -> Agreement {
        let usage = self.usage();
        let end = self.dice.between(usage.start, self.now);
        Agreement {
            status,
            end,
            updated: end,
            provision: Provision::Ended,
            ..usage
        }
    }
}
