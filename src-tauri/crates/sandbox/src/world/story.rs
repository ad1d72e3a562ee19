//! How a world begins: chains of agreements in every state worth seeing, told from the seed.
//!
//! The first chains follow a script, so that even a small world has one of each; the rest are drawn
//! by weight.

use super::listing::{COMMITTED_CLICKHOUSE, EMQX, GUANCE, LISTINGS, PAYG_CLICKHOUSE, PINECONE};
use super::listing::{listing, positions};
use super::record::{
    Agreement, CancellationRequest, Currency, NONE, OPEN, Provision, Renewal, RequestStatus, Status,
};
use super::{DAY, HOUR, MINUTE};
use crate::chance::{Dice, index};

/// Buyers have accounts of six free digits; a little room is left for those who subscribe later.
const BUYERS_MAX: usize = 990_000;
/// Active agreements without a link to the vendor's side: at least so many, and so many percent.
const UNLINKED_MIN: usize = 7;
const UNLINKED_PERCENT: usize = 4;

/// The beginning of a world.
pub(super) struct Told {
    pub(super) agreements: Vec<Agreement>,
    pub(super) buyers: Vec<u32>,
    pub(super) requests: Vec<CancellationRequest>,
}

/// What a chain of agreements is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plot {
    OpenUsage,
    UsageCancelled,
    Terminated,
    Trial,
    Provisioning,
    Term(Renewal),
    /// Ends within so many days.
    EndsWithin(i64),
    PublicContract,
    Renewals,
    Replacement,
    Expired,
    Future,
    Stuck(Provision),
    Rare(Status),
    Asked(RequestStatus),
    /// Two active agreements of one account on one listing.
    Concurrent,
}

const SCRIPT: &[Plot] = &[
    Plot::OpenUsage,
    Plot::OpenUsage,
    Plot::OpenUsage,
    Plot::OpenUsage,
    Plot::EndsWithin(30),
    Plot::Renewals,
    Plot::Asked(RequestStatus::Pending),
    Plot::PublicContract,
    Plot::Concurrent,
    Plot::Provisioning,
    Plot::Future,
    Plot::Replacement,
    Plot::UsageCancelled,
    Plot::Expired,
    Plot::Trial,
    Plot::EndsWithin(60),
    Plot::EndsWithin(90),
    Plot::Terminated,
    Plot::Stuck(Provision::PaymentFailed),
    Plot::Stuck(Provision::CurrencyFailed),
    Plot::Stuck(Provision::Suspended),
    Plot::Stuck(Provision::Unsupported),
    Plot::Stuck(Provision::Restricted),
    Plot::Term(Renewal::ProposerOptedOut),
    Plot::Term(Renewal::AcceptorOptedOut),
    Plot::Term(Renewal::NoTerm),
    Plot::Term(Renewal::Exhausted),
    Plot::Term(Renewal::Replace),
    Plot::Asked(RequestStatus::Approved),
    Plot::Asked(RequestStatus::Rejected),
    Plot::Asked(RequestStatus::Withdrawn),
    Plot::Asked(RequestStatus::Invalid),
    Plot::Rare(Status::Archived),
    Plot::Rare(Status::RolledBack),
    Plot::Rare(Status::Superseded),
    Plot::Renewals,
    Plot::Concurrent,
    Plot::Asked(RequestStatus::Pending),
];

/// Parts of a thousand.
const WEIGHTS: &[(u64, Plot)] = &[
    (352, Plot::OpenUsage),
    (80, Plot::UsageCancelled),
    (20, Plot::Terminated),
    (30, Plot::Trial),
    (4, Plot::Provisioning),
    (70, Plot::Term(Renewal::Renew)),
    (20, Plot::Term(Renewal::ProposerOptedOut)),
    (30, Plot::Term(Renewal::AcceptorOptedOut)),
    (40, Plot::Term(Renewal::NoTerm)),
    (8, Plot::Term(Renewal::Exhausted)),
    (12, Plot::Term(Renewal::Replace)),
    (20, Plot::EndsWithin(30)),
    (20, Plot::EndsWithin(60)),
    (20, Plot::EndsWithin(90)),
    (4, Plot::PublicContract),
    (110, Plot::Renewals),
    (25, Plot::Replacement),
    (70, Plot::Expired),
    (14, Plot::Future),
    (6, Plot::Stuck(Provision::PaymentFailed)),
    (3, Plot::Stuck(Provision::CurrencyFailed)),
    (5, Plot::Stuck(Provision::Suspended)),
    (2, Plot::Stuck(Provision::Unsupported)),
    (3, Plot::Stuck(Provision::Restricted)),
    (4, Plot::Rare(Status::Archived)),
    (3, Plot::Rare(Status::RolledBack)),
    (4, Plot::Rare(Status::Superseded)),
    (4, Plot::Asked(RequestStatus::Pending)),
    (3, Plot::Asked(RequestStatus::Approved)),
    (4, Plot::Asked(RequestStatus::Rejected)),
    (3, Plot::Asked(RequestStatus::Withdrawn)),
    (2, Plot::Asked(RequestStatus::Invalid)),
    (5, Plot::Concurrent),
];

/// Tells the beginning of a world with exactly `count` agreements.
pub(super) fn tell(seed: u64, count: u32, now: i64) -> Told {
    let room = count as usize;
    let mut teller = Teller {
        dice: Dice::new(seed, 0x57),
        now,
        room,
        told: Told {
            agreements: Vec::with_capacity(room),
            buyers: Vec::with_capacity(room),
            requests: Vec::new(),
        },
        last_of_buyer: Vec::with_capacity(room),
        chains: 0,
    };
    while teller.told.agreements.len() < room {
        let plot = match SCRIPT.get(teller.chains) {
            Some(plot) => *plot,
            None => teller.dice.weighted(WEIGHTS),
        };
        teller.chain(plot);
        teller.chains += 1;
    }
    leave_unlinked(&mut teller.told.agreements);
    teller.told
}

struct Teller {
    dice: Dice,
    now: i64,
    room: usize,
    told: Told,
    last_of_buyer: Vec<u32>,
    chains: usize,
}

impl Teller {
    fn chain(&mut self, plot: Plot) {
        match plot {
            Plot::OpenUsage => {
                let usage = self.usage();
                self.push(usage);
            }
            Plot::UsageCancelled => self.ended_usage(Status::Cancelled),
            Plot::Terminated => self.ended_usage(Status::Terminated),
            Plot::Rare(status) => self.ended_usage(status),
            Plot::Trial => {
                let trial_end = self.now + self.dice.between(DAY, 25 * DAY);
                let accepted = self.now - self.dice.between(HOUR, 5 * DAY);
                let usage = self.usage();
                self.push(Agreement {
                    trial_end,
                    accepted,
                    start: accepted,
                    updated: accepted,
                    ..usage
                });
            }
            Plot::Provisioning => {
                let usage = self.usage();
                let accepted = self.now - self.dice.between(MINUTE, 20 * MINUTE);
                let provisioned_by = self.now + self.dice.between(HOUR, 48 * HOUR);
                self.push(Agreement {
                    accepted,
                    start: accepted,
                    updated: accepted,
                    provision: Provision::Pending,
                    provisioned_by,
                    ..usage
                });
            }
            Plot::Term(renewal) => {
                let running = self.running_term(360, renewal);
                self.push(running);
            }
            Plot::EndsWithin(days) => self.ends_within(days),
            Plot::PublicContract => {
                let running = self.running_term(300, Renewal::Renew);
                self.push(Agreement {
                    offer: NONE,
                    listing: COMMITTED_CLICKHOUSE,
                    ..running
                });
            }
            Plot::Renewals => self.renewals(),
            Plot::Replacement => self.replacement(),
            Plot::Expired => {
                let over = self.term_over();
                self.push(Agreement {
                    status: Status::Expired,
                    ..over
                });
            }
            Plot::Future => {
                let future = self.future();
                self.push(future);
            }
            Plot::Stuck(provision) => {
                let currency = match provision {
                    Provision::CurrencyFailed => Currency::Krw,
                    _ => Currency::Usd,
                };
                let usage = self.usage();
                self.push(Agreement {
                    provision,
                    currency,
                    ..usage
                });
            }
            Plot::Asked(status) => self.asked(status),
            Plot::Concurrent => self.concurrent(),
        }
    }

    /// An open-ended agreement on the public offer of a usage listing.
    fn usage(&mut self) -> Agreement {
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
    fn term(&mut self, start: i64, days: i64, renewal: Renewal) -> Agreement {
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
    fn value(&mut self, currency: Currency) -> i64 {
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

    fn days(&mut self) -> i64 {
        *self.dice.pick(&[90, 180, 365, 365, 365, 730, 1095])
    }

    /// A term that has begun and has up to `left_max` days to go.
    fn running_term(&mut self, left_max: i64, renewal: Renewal) -> Agreement {
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

    fn term_over(&mut self) -> Agreement {
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

    fn ends_within(&mut self, days: i64) {
        let renewal =
            *self
                .dice
                .pick(&[Renewal::Renew, Renewal::AcceptorOptedOut, Renewal::NoTerm]);
        let length = self.days();
        let left = self.dice.between((days - 29) * DAY, days * DAY);
        let start = self.now + left - length * DAY;
        let term = self.term(start, length, renewal);
        self.push(term);
    }

    fn future(&mut self) -> Agreement {
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

    fn ended_usage(&mut self, status: Status) {
        let usage = self.usage();
        let end = self.dice.between(usage.start, self.now);
        self.push(Agreement {
            status,
            end,
            updated: end,
            provision: Provision::Ended,
            ..usage
        });
    }

    /// Two to four terms, each from the same offer; the last one runs.
    fn renewals(&mut self) {
        let terms = 2 + self.dice.below(3).cast_signed();
        let days = *self.dice.pick(&[90, 180, 365]);
        let left = self.dice.between(DAY, days * DAY);
        let first = self.now + left - terms * days * DAY;
        let base = self.term(first, days, Renewal::Renew);
        let buyer = self.buyer(base.listing);
        let mut initial = NONE;
        for term in 0..terms {
            let start = first + term * days * DAY;
            let last = term == terms - 1;
            let end = start + days * DAY;
            initial = self.push_next(
                Agreement {
                    accepted: if term == 0 { base.accepted } else { start },
                    start,
                    end,
                    updated: if last { start } else { end },
                    status: if last {
                        Status::Active
                    } else {
                        Status::Renewed
                    },
                    provision: if last {
                        Provision::Done
                    } else {
                        Provision::Ended
                    },
                    term: u8::try_from(term).unwrap_or(0),
                    buyer,
                    ..base
                },
                initial,
            );
        }
    }

    /// An agreement replaced by one from another offer before its end.
    fn replacement(&mut self) {
        let running = self.running_term(200, Renewal::Renew);
        let buyer = self.buyer(running.listing);
        let at = self.dice.between(running.start, self.now);
        let before = Agreement {
            status: Status::Replaced,
            provision: Provision::Ended,
            end: at,
            updated: at,
            buyer,
            ..running
        };
        let initial = self.push_next(before, NONE);
        let value = running.value.saturating_add(running.value / 4);
        let founder = u32::try_from(self.told.agreements.len()).unwrap_or(NONE);
        let after = Agreement {
            accepted: at,
            start: at,
            updated: at,
            value,
            buyer,
            ..running
        };
        self.push_next(
            Agreement {
                offer: founder,
                ..after
            },
            initial,
        );
    }

    fn asked(&mut self, status: RequestStatus) {
        let running = self.running_term(300, Renewal::Renew);
        // A pending request is still within the buyer's seven days.
        let since = if status == RequestStatus::Pending {
            6 * DAY
        } else {
            60 * DAY
        };
        let created = (self.now - self.dice.between(HOUR, since)).max(running.start);
        let answered = match status {
            RequestStatus::Pending => created,
            _ => self.dice.between(created, self.now),
        };
        let agreement = self.push(match status {
            RequestStatus::Approved => Agreement {
                status: Status::Cancelled,
                provision: Provision::Ended,
                end: answered,
                updated: answered,
                ..running
            },
            _ => running,
        });
        let message = match status {
            RequestStatus::Rejected => Some("We still need this product"),
            RequestStatus::Withdrawn => Some("Seller withdrew the request"),
            RequestStatus::Invalid => {
                Some("Agreement has a renewal agreement that must be canceled first")
            }
            RequestStatus::Pending | RequestStatus::Approved => None,
        };
        let reason = *self.dice.pick(crate::shape::agreement::REASON_CODES);
        self.told.requests.push(CancellationRequest {
            agreement,
            status,
            reason_code: reason.to_owned(),
            description: self
                .dice
                .percent(60)
                .then(|| "Agreed with the buyer by phone.".to_owned()),
            message: message.map(ToOwned::to_owned),
            created,
            updated: answered,
        });
    }

    fn concurrent(&mut self) {
        let mut first = self.usage();
        if listing(first.listing).legacy {
            first.listing = PINECONE;
        }
        first.buyer = self.buyer(first.listing);
        let start = self.dice.between(first.start, self.now);
        self.push(first);
        let second = Agreement {
            accepted: start,
            start,
            updated: start,
            linked: false,
            ..first
        };
        if self.told.agreements.len() < self.room {
            self.push(second);
        }
    }

    fn push(&mut self, agreement: Agreement) -> u32 {
        self.push_next(agreement, NONE)
    }

    /// Adds an agreement to the chain of `initial` (or begins one) and gives back the chain's first.
    fn push_next(&mut self, mut agreement: Agreement, initial: u32) -> u32 {
        if self.told.agreements.len() >= self.room {
            return initial;
        }
        let index = u32::try_from(self.told.agreements.len()).unwrap_or(NONE);
        agreement.initial = if initial == NONE { index } else { initial };
        if agreement.offer != NONE && agreement.offer != index {
            agreement.offer = agreement.initial;
        }
        if agreement.buyer == NONE {
            agreement.buyer = self.buyer(agreement.listing);
        }
        if initial != NONE {
            // Chains are told in one go, so the one before is the latest.
            self.told.agreements[index as usize - 1].next_in_chain = index;
        }
        let buyer = agreement.buyer as usize;
        match self.last_of_buyer[buyer] {
            NONE => self.told.buyers[buyer] = index,
            last => self.told.agreements[last as usize].next_of_buyer = index,
        }
        self.last_of_buyer[buyer] = index;
        self.told.agreements.push(agreement);
        agreement.initial
    }

    /// A new buyer mostly; else one who has nothing active on this listing yet.
    fn buyer(&mut self, position: u8) -> u32 {
        let known = self.told.buyers.len() as u64;
        let full = self.told.buyers.len() >= BUYERS_MAX;
        if known > 0 && (full || self.dice.percent(18)) {
            let candidate = self.dice.below(known);
            let taken = self.holds(candidate, position);
            if !taken || full {
                return crate::chance::low32(candidate);
            }
        }
        self.told.buyers.push(NONE);
        self.last_of_buyer.push(NONE);
        crate::chance::low32(known)
    }

    fn holds(&self, buyer: u64, position: u8) -> bool {
        let mut at = self.told.buyers[index(buyer, self.told.buyers.len())];
        while at != NONE {
            let one = &self.told.agreements[at as usize];
            if one.is_active() && one.listing == position {
                return true;
            }
            at = one.next_of_buyer;
        }
        false
    }
}

/// Takes the links from as many active agreements as should wait for their set-up, spread over the
/// listings: first those that could not have been linked anyway.
fn leave_unlinked(agreements: &mut [Agreement]) {
    for one in agreements.iter_mut() {
        let public_contract = listing(one.listing).contract && !one.is_private();
        let unfinished = one.provision == Provision::Pending;
        one.linked &= one.is_active() && !public_contract && !unfinished;
    }
    let active = agreements.iter().filter(|one| one.is_active()).count();
    let unlinked = agreements
        .iter()
        .filter(|one| one.is_active() && !one.linked)
        .count();
    let wanted = (active * UNLINKED_PERCENT / 100)
        .max(UNLINKED_MIN)
        .min(active);
    let missing = wanted.saturating_sub(unlinked);
    for position in positions() {
        let share = missing.div_ceil(LISTINGS.len());
        let ready: Vec<usize> = (0..agreements.len())
            .filter(|at| {
                let one = &agreements[*at];
                one.linked && one.listing == position && one.provision == Provision::Done
            })
            .collect();
        let step = (ready.len() / share.max(1)).max(1);
        for at in ready.iter().skip(step / 2).step_by(step).take(share) {
            agreements[*at].linked = false;
        }
    }
}
