//! The first step of linking: what a person has in hand, and whose it is.

use domain::{AccountId, AgreementStatus, Registration};
use policy::{Advice, Facts, HintMoment, Policy, hints};
use store::table::agreement::AgreementRow;
use store::table::link::LinkRecord;
use store::table::registration::TokenHash;

use super::buyer::{Brought, Found, hash};
use super::case::before_choosing;
use super::suggest::{Suggestion, suggestions};
use crate::{Console, Error, Marketplace, query};

/// Agreements of one account that are offered.
const CANDIDATES_MAX: usize = 100;

/// What a text turned out to be, and whose it is.
#[derive(Clone, Debug)]
pub struct Identified {
    /// What was given: `token`, `agreement`, `license` or `account`.
    pub what: &'static str,
    /// A registration token as far as it may be shown.
    pub masked: Option<String>,
    /// What stands for a token that AWS resolved, so that the token itself need not be kept.
    pub registration: Option<TokenHash>,
    /// The buyer; absent for an account id, which somebody typed.
    pub found: Option<Found>,
    /// His agreement.
    pub agreement: Option<AgreementRow>,
    /// For an account id: its agreements, those in force first.
    pub candidates: Vec<AgreementRow>,
    /// The link that the chain has already.
    pub link: Option<LinkRecord>,
    /// The policy's id.
    pub policy: Option<String>,
    /// What the policy has to say at this point.
    pub advice: Vec<Advice>,
    /// Targets that may be meant.
    pub suggestions: Vec<Suggestion>,
}

impl<M: Marketplace> Console<M> {
    /// Finds out what a text is and whose. Changes nothing but what is known of the buyer.
    pub async fn identify_buyer(&self, text: &str) -> Result<Identified, Error> {
        let registration = Registration::recognize(text).map_err(super::LinkError::Text)?;
        let (what, masked, kept) = match &registration {
            Registration::Token(token) => ("token", Some(token.masked()), Some(hash(token))),
            Registration::Agreement(_) => ("agreement", None, None),
            Registration::License(_) => ("license", None, None),
            Registration::Account(account) => {
                return tokio::task::block_in_place(|| self.of_account(account));
            }
        };
        let found = self.buyer(&Brought::Now(registration)).await?;
        tokio::task::block_in_place(|| {
            let id = &found.buyer.agreement;
            let policy = super::policy_of(self.store(), &self.policies, id)?;
            let (agreement, link) = self.store().read(|read| {
                let chain = read.chain_of(id)?;
                Ok((
                    read.agreement(id)?,
                    read.current_link(&chain)?.filter(LinkRecord::is_held),
                ))
            })?;
            Ok(Identified {
                what,
                masked,
                registration: kept,
                agreement,
                candidates: Vec::new(),
                link,
                policy: policy.map(|policy| policy.id.clone()),
                advice: match policy {
                    Some(policy) => self.advice(policy, &found)?,
                    None => Vec::new(),
                },
                suggestions: match policy {
                    Some(_) => suggestions(self.store(), &self.policies, id)?,
                    None => Vec::new(),
                },
                found: Some(found),
            })
        })
    }

    /// An account id is good for searching. Where nothing is found, each policy says what to do.
    fn of_account(&self, account: &AccountId) -> Result<Identified, Error> {
        let moment = query::moment(self.clock());
        let filter = query::of_account(account.as_str());
        let mut candidates = self
            .store()
            .read(|read| read.agreements(&filter, &moment, query::SORT_DEFAULT, 0, CANDIDATES_MAX))?
            .rows;
        candidates.sort_by_key(|row| row.status != AgreementStatus::Active);
        let mut advice = Vec::new();
        if !candidates
            .iter()
            .any(|row| row.status == AgreementStatus::Active)
        {
            let facts = Facts::at(self.clock().now());
            for policy in self.policies.all() {
                advice.extend(hints(policy, HintMoment::NoAgreement, &facts));
            }
        }
        Ok(Identified {
            what: "account",
            masked: None,
            registration: None,
            found: None,
            agreement: None,
            candidates,
            link: None,
            policy: None,
            advice,
            suggestions: Vec::new(),
        })
    }

    /// What the policy says before a target is chosen.
    fn advice(&self, policy: &Policy, found: &Found) -> Result<Vec<Advice>, Error> {
        let now = self.clock().now();
        let facts = match before_choosing(self.store(), policy, &found.buyer, now) {
            Ok(facts) => facts,
            Err(error) if error.is_gone() => Facts::at(now),
            Err(error) => return Err(error),
        };
        let mut advice = hints(policy, HintMoment::Choosing, &facts);
        advice.extend(hints(policy, HintMoment::NeedsSetup, &facts));
        Ok(advice)
    }
}
