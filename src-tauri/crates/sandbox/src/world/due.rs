//! What happens by itself as time passes.

use std::collections::BTreeSet;

use super::record::{Agreement, NONE, OPEN, Provision, Renewal, RequestStatus, Status};
use super::{CONSENT_AFTER, MINUTE, World};

/// After so many renewals a chain ends by itself.
const RENEWALS_MAX: u8 = 4;
/// How long AWS takes to find that a request cannot be carried out.
const VALIDATION: i64 = MINUTE / 2;

/// Something that happens at a moment, unless it has become moot by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due {
    at: i64,
    event: Event,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Start(u32),
    Provision(u32),
    Validate(u32),
    Consent(u32),
    End(u32),
}

impl World {
    /// Whether something has fallen due by `now`.
    pub(crate) fn has_due(&self, now: i64) -> bool {
        self.due.first().is_some_and(|due| due.at <= now)
    }

    /// Applies everything that falls due up to `now`, each at its own moment.
    pub(crate) fn settle(&mut self, now: i64) {
        while self.has_due(now) {
            if let Some(due) = self.due.pop_first() {
                self.happen(due);
            }
        }
        self.settled = self.settled.max(now);
    }

    /// What the agreements of a new world will do by themselves.
    pub(super) fn agreements_due(&self) -> BTreeSet<Due> {
        self.agreements
            .iter()
            .zip(0..)
            .flat_map(|(one, index)| dues(one, index))
            .collect()
    }

    pub(super) fn schedule(&mut self, index: u32) {
        let agreement = *self.agreement(index);
        self.due.extend(dues(&agreement, index));
    }

    pub(super) fn schedule_request(&mut self, index: u32) {
        let request = &self.requests[index as usize];
        if request.status != RequestStatus::Pending {
            return;
        }
        let created = request.created;
        self.due.insert(Due {
            at: created + CONSENT_AFTER,
            event: Event::Consent(index),
        });
        if !self.can_be_cancelled(self.requests[index as usize].agreement) {
            self.due.insert(Due {
                at: created + VALIDATION,
                event: Event::Validate(index),
            });
        }
    }

    fn happen(&mut self, due: Due) {
        let at = due.at;
        match due.event {
            Event::Start(index) => self.agreement_starts(index, at),
            Event::Provision(index) => {
                if self.agreement(index).provision == Provision::Pending {
                    self.agreements[index as usize].provision = Provision::Done;
                }
            }
            Event::Validate(index) => self.settle_request(
                index,
                at,
                RequestStatus::Invalid,
                Some(
                    "The acceptor's account is suspended and cannot answer the request".to_owned(),
                ),
            ),
            Event::Consent(index) => self.approve(index, at),
            Event::End(index) => {
                let agreement = self.agreement(index);
                if agreement.is_active() && agreement.end == at {
                    self.end_of_term(index, at);
                }
            }
        }
    }

    fn agreement_starts(&mut self, index: u32, at: i64) {
        let agreement = &mut self.agreements[index as usize];
        if agreement.provision == Provision::Scheduled && agreement.start <= at {
            agreement.provision = Provision::Done;
        }
    }

    /// A request whose agreement is in no state to be cancelled fails after a while.
    fn can_be_cancelled(&self, agreement: u32) -> bool {
        self.agreement(agreement).provision != Provision::Suspended
    }

    /// A pending request is approved, and its agreement cancelled.
    pub(super) fn approve(&mut self, request: u32, at: i64) {
        if self.requests[request as usize].status != RequestStatus::Pending {
            return;
        }
        self.settle_request(request, at, RequestStatus::Approved, None);
        let agreement = self.requests[request as usize].agreement;
        if self.agreement(agreement).is_active() {
            self.end(agreement, at, Status::Cancelled);
        }
    }

    pub(super) fn settle_request(
        &mut self,
        request: u32,
        at: i64,
        status: RequestStatus,
        message: Option<String>,
    ) {
        let request = &mut self.requests[request as usize];
        if request.status == RequestStatus::Pending {
            request.status = status;
            request.message = message;
            request.updated = at;
        }
    }

    /// What the agreement said would become of it at its end.
    pub(super) fn end_of_term(&mut self, index: u32, at: i64) {
        match self.agreement(index).renewal {
            Renewal::Renew => {
                self.renew(index, at);
            }
            Renewal::Replace => {
                self.replace(index, at);
            }
            _ => self.end(index, at, Status::Expired),
        }
    }

    pub(super) fn end(&mut self, index: u32, at: i64, status: Status) {
        self.change(index, at, |agreement| {
            agreement.status = status;
            agreement.end = at;
            agreement.start = agreement.start.min(at);
            agreement.provision = Provision::Ended;
        });
        if let Some(request) = self.open_request(index) {
            let message = format!("The agreement became {}", status.name());
            self.settle_request(request, at, RequestStatus::Invalid, Some(message));
        }
    }

    /// Starts the next term from the same offer and gives back its agreement.
    pub(super) fn renew(&mut self, index: u32, at: i64) -> u32 {
        let before = *self.agreement(index);
        let renewal = match before.renewal {
            Renewal::Renew if before.term.saturating_add(1) >= RENEWALS_MAX => Renewal::Exhausted,
            other => other,
        };
        let length = if before.has_end() {
            (before.end - before.start).max(MINUTE)
        } else {
            0
        };
        self.end(index, at, Status::Renewed);
        let end = if before.has_end() { at + length } else { OPEN };
        self.succeed(
            index,
            Agreement {
                end,
                renewal,
                term: before.term.saturating_add(1),
                ..before
            },
            at,
        )
    }

    /// Goes over to the public offer, which has no end.
    fn replace(&mut self, index: u32, at: i64) -> u32 {
        let before = *self.agreement(index);
        self.end(index, at, Status::Replaced);
        let after = Agreement {
            end: OPEN,
            offer: NONE,
            renewal: Renewal::None,
            upfront: false,
            value: 0,
            term: before.term.saturating_add(1),
            ..before
        };
        self.succeed(index, after, at)
    }

    fn succeed(&mut self, before: u32, like: Agreement, at: i64) -> u32 {
        let after = Agreement {
            accepted: at,
            start: at,
            updated: at,
            status: Status::Active,
            provision: Provision::Done,
            provisioned_by: 0,
            trial_end: 0,
            next_in_chain: NONE,
            next_of_buyer: NONE,
            linked: false,
            ..like
        };
        let index = self.add_agreement(after);
        let last = self.chain(after.initial).last().unwrap_or(before);
        self.agreements[last as usize].next_in_chain = index;
        index
    }
}

fn dues(agreement: &Agreement, index: u32) -> impl Iterator<Item = Due> {
    let pending = agreement.provision == Provision::Pending;
    let scheduled = agreement.provision == Provision::Scheduled;
    let ends = agreement.is_active() && agreement.has_end();
    [
        scheduled.then_some(Due {
            at: agreement.start,
            event: Event::Start(index),
        }),
        pending.then_some(Due {
            at: agreement.provisioned_by,
            event: Event::Provision(index),
        }),
        ends.then_some(Due {
            at: agreement.end,
            event: Event::End(index),
        }),
    ]
    .into_iter()
    .flatten()
}
