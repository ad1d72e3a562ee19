//! The actions that change a world, as the journal keeps them.

use serde::{Deserialize, Serialize};

use super::listing::listing;
use super::metering::Metered;
use super::record::{
    Agreement, CancellationRequest, Currency, NONE, OPEN, Provision, Renewal, RequestStatus, Status,
};
use super::{DAY, Guest, PROVISIONING, World};
use crate::chance::{Dice, mix, mix_bytes};

/// The clock goes no further than this: 9000-01-01 in milliseconds since the epoch.
const LATEST: i64 = 221_845_392_000_000;

/// A cause of change. Agreements and requests are named by their index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Action {
    Subscribe {
        listing: u8,
        account: String,
        private_offer: bool,
        /// In the currency's smallest unit.
        value: Option<i64>,
        currency: String,
        company: Option<String>,
        email: Option<String>,
    },
    SetUp {
        agreement: u32,
    },
    Renew {
        agreement: u32,
    },
    Expire {
        agreement: u32,
    },
    Cancel {
        agreement: u32,
    },
    OptOutOfRenewal {
        agreement: u32,
    },
    Send {
        agreement: u32,
        reason_code: String,
        description: Option<String>,
        client_token: Option<String>,
    },
    Accept {
        request: u32,
    },
    Reject {
        request: u32,
        reason: String,
    },
    Withdraw {
        request: u32,
        reason: String,
    },
    Advance {
        millis: i64,
    },
    Amend {
        count: u32,
    },
    Meter {
        records: Vec<Metered>,
    },
    TokenLifetime {
        millis: i64,
    },
    /// The vendor's mail to a buyer.
    Mail {
        to: String,
        subject: String,
        body: String,
    },
}

/// What came of an action.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Done,
    Agreement(u32),
    Token { agreement: u32, token: String },
    Request(u32),
    Amended(Vec<u32>),
    Mail(u64),
}

/// Why an action is not possible; nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is no such agreement")]
    NoAgreement,
    #[error("there is no such cancellation request")]
    NoRequest,
    #[error("the agreement is not active")]
    Inactive,
    #[error("the agreement does not support this")]
    Unsupported,
    #[error("the cancellation request is no longer pending approval")]
    NotPending(u32),
    #[error("the agreement already has a cancellation request pending approval")]
    AlreadyRequested(u32),
    #[error("the client token was used for another request")]
    TokenReused(u32),
    #[error("{0}")]
    Invalid(&'static str),
}

impl World {
    /// Applies an action at a moment, or refuses it and changes nothing.
    pub(crate) fn apply(&mut self, at: i64, action: &Action) -> Result<Outcome, Refusal> {
        let at = at.max(self.settled);
        self.settle(at);
        let outcome = match action {
            Action::Subscribe { .. } => self.subscribe(at, action),
            Action::SetUp { agreement } => {
                let agreement = self.known(*agreement)?;
                Ok(Outcome::Token {
                    agreement,
                    token: self.issue_token(agreement, at),
                })
            }
            Action::Renew { agreement } => {
                let agreement = self.active(*agreement)?;
                Ok(Outcome::Agreement(self.renew(agreement, at)))
            }
            Action::Expire { agreement } => {
                let agreement = self.active(*agreement)?;
                self.end(agreement, at, Status::Expired);
                Ok(Outcome::Agreement(agreement))
            }
            Action::Cancel { agreement } => {
                let agreement = self.active(*agreement)?;
                self.end(agreement, at, Status::Cancelled);
                Ok(Outcome::Agreement(agreement))
            }
            Action::OptOutOfRenewal { agreement } => self.opt_out(*agreement, at),
            Action::Send { .. } => self.send(at, action),
            Action::Accept { request } => {
                let request = self.pending(*request)?;
                self.approve(request, at);
                Ok(Outcome::Request(request))
            }
            Action::Reject { request, reason } => {
                self.answer(*request, at, RequestStatus::Rejected, reason)
            }
            Action::Withdraw { request, reason } => {
                self.answer(*request, at, RequestStatus::Withdrawn, reason)
            }
            Action::Advance { millis } if at + millis > LATEST => Err(Refusal::Invalid(
                "the clock goes no further than the year 9000",
            )),
            Action::Advance { millis } => {
                self.moved += millis;
                self.settle(at + millis);
                Ok(Outcome::Done)
            }
            Action::Amend { count } => Ok(Outcome::Amended(self.amend(*count, at))),
            Action::Meter { records } => {
                self.usage.accept(records);
                Ok(Outcome::Done)
            }
            Action::TokenLifetime { millis } => {
                self.token_lifetime = *millis;
                Ok(Outcome::Done)
            }
            Action::Mail { to, subject, body } => {
                Ok(Outcome::Mail(self.mailbox.receive(at, to, subject, body)))
            }
        }?;
        self.actions += 1;
        Ok(outcome)
    }

    /// A hash of everything the world holds; equal worlds have equal ones.
    #[cfg(test)]
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hash = mix(self.seed, self.settled.cast_unsigned());
        for agreement in &self.agreements {
            hash = mix_bytes(hash, format!("{agreement:?}").as_bytes());
        }
        for (request, index) in self.requests.iter().zip(0..) {
            hash = mix_bytes(
                hash,
                format!("{} {request:?}", self.ids.request(index)).as_bytes(),
            );
        }
        let rest = format!(
            "{:?} {} {} {:?}",
            self.due,
            self.usage.len(),
            self.token_lifetime,
            self.mailbox
        );
        mix_bytes(hash, rest.as_bytes())
    }

    fn known(&self, agreement: u32) -> Result<u32, Refusal> {
        let known = (agreement as usize) < self.agreements.len();
        known.then_some(agreement).ok_or(Refusal::NoAgreement)
    }

    fn active(&self, agreement: u32) -> Result<u32, Refusal> {
        let agreement = self.known(agreement)?;
        self.agreement(agreement)
            .is_active()
            .then_some(agreement)
            .ok_or(Refusal::Inactive)
    }

    fn pending(&self, request: u32) -> Result<u32, Refusal> {
        let known = self
            .requests
            .get(request as usize)
            .ok_or(Refusal::NoRequest)?;
        let pending = known.status == RequestStatus::Pending;
        pending
            .then_some(request)
            .ok_or(Refusal::NotPending(request))
    }

    fn answer(
        &mut self,
        request: u32,
        at: i64,
        status: RequestStatus,
        reason: &str,
    ) -> Result<Outcome, Refusal> {
        let request = self.pending(request)?;
        self.settle_request(request, at, status, Some(reason.to_owned()));
        Ok(Outcome::Request(request))
    }

    fn subscribe(&mut self, at: i64, action: &Action) -> Result<Outcome, Refusal> {
        let Action::Subscribe {
            listing: position,
            account,
            private_offer,
            ..
        } = action
        else {
            return Err(Refusal::Unsupported);
        };
        let Action::Subscribe {
            value,
            currency,
            company,
            email,
            ..
        } = action
        else {
            return Err(Refusal::Unsupported);
        };
        if account == super::ids::SELLER_ACCOUNT {
            return Err(Refusal::Invalid("the seller cannot buy its own product"));
        }
        let currency = Currency::parse(currency)
            .ok_or(Refusal::Invalid("the currency is not one of these"))?;
        let buyer = self.find_account(account).unwrap_or_else(|| {
            let (company, email) = (company.clone(), email.clone());
            self.add_guest(Guest {
                account: account.clone(),
                company,
                email,
            })
        });
        let index = u32::try_from(self.agreements.len()).unwrap_or(NONE);
        let contract = listing(*position).contract;
        let upfront = contract || value.is_some_and(|value| value > 0);
        let fixed = contract || *private_offer;
        self.add_agreement(Agreement {
            accepted: at,
            start: at,
            end: if fixed { at + 365 * DAY } else { OPEN },
            updated: at,
            provisioned_by: at + PROVISIONING,
            trial_end: 0,
            value: value.unwrap_or(if contract { 1_200_000 } else { 0 }),
            buyer,
            initial: index,
            next_in_chain: NONE,
            next_of_buyer: NONE,
            offer: if *private_offer { index } else { NONE },
            listing: *position,
            status: Status::Active,
            currency,
            provision: Provision::Pending,
            renewal: if fixed { Renewal::Renew } else { Renewal::None },
            term: 0,
            upfront,
            contact: true,
            auto_renew: fixed,
            linked: false,
        });
        Ok(Outcome::Token {
            agreement: index,
            token: self.issue_token(index, at),
        })
    }

    fn opt_out(&mut self, agreement: u32, at: i64) -> Result<Outcome, Refusal> {
        let agreement = self.active(agreement)?;
        if self.agreement(agreement).renewal != Renewal::Renew {
            return Err(Refusal::Unsupported);
        }
        self.change(agreement, at, |agreement| {
            agreement.renewal = Renewal::AcceptorOptedOut;
            agreement.auto_renew = false;
        });
        Ok(Outcome::Agreement(agreement))
    }

    fn send(&mut self, at: i64, action: &Action) -> Result<Outcome, Refusal> {
        let Action::Send {
            agreement,
            reason_code,
            description,
            client_token,
        } = action
        else {
            return Err(Refusal::Unsupported);
        };
        let asked = (agreement, reason_code, description);
        let asked = mix_bytes(7, format!("{asked:?}").as_bytes());
        let known = client_token
            .as_ref()
            .and_then(|token| self.client_tokens.get(token));
        if let Some((before, request)) = known {
            let same = *before == asked;
            return if same {
                Ok(Outcome::Request(*request))
            } else {
                Err(Refusal::TokenReused(*request))
            };
        }
        let agreement = self.active(*agreement)?;
        if let Some(request) = self.open_request(agreement) {
            return Err(Refusal::AlreadyRequested(request));
        }
        if self.agreement(agreement).provision == Provision::Unsupported {
            return Err(Refusal::Unsupported);
        }
        let request = self.add_request(CancellationRequest {
            agreement,
            status: RequestStatus::Pending,
            reason_code: reason_code.clone(),
            description: description.clone(),
            message: None,
            created: at,
            updated: at,
        });
        if let Some(token) = client_token {
            self.client_tokens.insert(token.clone(), (asked, request));
        }
        Ok(Outcome::Request(request))
    }

    /// Changes the buyer's wish to renew on that many active agreements, taken at random.
    fn amend(&mut self, count: u32, at: i64) -> Vec<u32> {
        let mut dice = Dice::new(mix(self.seed, 0xa3), self.actions);
        let all = self.agreements.len() as u64;
        let mut amended = std::collections::BTreeSet::new();
        // Active agreements are the most, so a few rolls find one; a full walk is the fallback.
        for _ in 0..u64::from(count).saturating_mul(8) {
            if amended.len() >= count as usize {
                break;
            }
            let index = crate::chance::low32(dice.below(all));
            if self.agreement(index).is_active() {
                amended.insert(index);
            }
        }
        let rest = (0..)
            .zip(&self.agreements)
            .filter(|(_, one)| one.is_active());
        for (index, _) in rest {
            if amended.len() >= count as usize {
                break;
            }
            amended.insert(index);
        }
        for index in &amended {
            self.change(*index, at, |agreement| {
                agreement.auto_renew = !agreement.auto_renew;
                agreement.renewal = match agreement.renewal {
                    Renewal::Renew => Renewal::AcceptorOptedOut,
                    Renewal::AcceptorOptedOut => Renewal::Renew,
                    other => other,
                };
            });
        }
        amended.into_iter().collect()
    }
}
