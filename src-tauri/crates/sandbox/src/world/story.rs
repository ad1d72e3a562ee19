//! How a world begins: chains of agreements in every state worth seeing, told from the seed.
//!
//! The first chains follow a script, so that even a small world has one of each; the rest are drawn
//! by weight.

mod draft;
mod plot;
#[cfg(test)]
mod tests;
mod unlinked;

use self::plot::{Plot, SCRIPT, WEIGHTS};
use self::unlinked::leave_unlinked;
use super::listing::{COMMITTED_CLICKHOUSE, PINECONE, listing};
use super::record::{
    Agreement, CancellationRequest, Currency, NONE, Provision, Renewal, RequestStatus, Status,
};
use super::{DAY, HOUR};
use crate::chance::{Dice, index};

/// Buyers have accounts of six free digits; a little room is left for those who subscribe later.
const BUYERS_MAX: usize = 990_000;

/// The beginning of a world.
pub(super) struct Told {
    pub(super) agreements: Vec<Agreement>,
    pub(super) buyers: Vec<u32>,
    pub(super) requests: Vec<CancellationRequest>,
}

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
            Plot::Renewals => self.renewals(),
            Plot::Replacement => self.replacement(),
            Plot::Asked(status) => self.asked(status),
            Plot::Concurrent => self.concurrent(),
            _ => {
                let one = self.single(plot);
                self.push(one);
            }
        }
    }

    /// The agreement of a plot that is about one only.
    fn single(&mut self, plot: Plot) -> Agreement {
        match plot {
            Plot::UsageCancelled => self.ended_usage(Status::Cancelled),
            Plot::Terminated => self.ended_usage(Status::Terminated),
            Plot::Rare(status) => self.ended_usage(status),
            Plot::Trial => self.trial(),
            Plot::Provisioning => self.provisioning(),
            Plot::Term(renewal) => self.running_term(360, renewal),
            Plot::EndsWithin(days) => self.ends_within(days),
            Plot::PublicContract => {
                let running = self.running_term(300, Renewal::Renew);
                Agreement {
                    offer: NONE,
                    listing: COMMITTED_CLICKHOUSE,
                    ..running
                }
            }
            Plot::Expired => Agreement {
                status: Status::Expired,
                ..self.term_over()
            },
            Plot::Future => self.future(),
            Plot::Stuck(provision) => {
                let currency = match provision {
                    Provision::CurrencyFailed => Currency::Krw,
                    _ => Currency::Usd,
                };
                Agreement {
                    currency,
                    provision,
                    ..self.usage()
                }
            }
            Plot::OpenUsage
            | Plot::Renewals
            | Plot::Replacement
            | Plot::Asked(_)
            | Plot::Concurrent => self.usage(),
        }
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
