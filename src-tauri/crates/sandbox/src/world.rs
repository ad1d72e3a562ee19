//! The state of the marketplace: agreements, buyers, cancellation requests, tokens and usage.
//!
//! A world follows from (seed, number of agreements, start) and the actions applied to it since.
//! It has no clock: every change is told when it happens, and [`World::settle`] applies what has
//! fallen due by then, each at its own moment, so that a replay comes out the same.

pub(crate) mod action;
pub(crate) mod directory;
pub(crate) mod due;
pub(crate) mod ids;
pub(crate) mod listing;
pub(crate) mod mailbox;
pub(crate) mod metering;
pub(crate) mod people;
pub(crate) mod record;
mod story;
#[cfg(test)]
mod tests;
pub(crate) mod token;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::due::Due;
use self::ids::Ids;
use self::mailbox::Mailbox;
use self::metering::Usage;
use self::people::Company;
use self::record::{Agreement, CancellationRequest, NONE, RequestStatus};

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
/// Silence for this long is the buyer's consent to a cancellation request.
pub(crate) const CONSENT_AFTER: i64 = 7 * DAY;
/// How long a new subscription takes until it is provisioned.
pub(crate) const PROVISIONING: i64 = MINUTE;
/// How long a registration token is good for unless set otherwise.
pub(crate) const TOKEN_LIFETIME: i64 = 4 * HOUR;

/// A position in one of the three orders: the sort key, then the agreement.
pub(crate) type Position = (i64, u32);

/// The agreements in the orders `SearchAgreements` can sort by.
#[derive(Default)]
pub(crate) struct Orders {
    pub(crate) end: BTreeSet<Position>,
    pub(crate) start: BTreeSet<Position>,
    pub(crate) update: BTreeSet<Position>,
}

/// A buyer who came through the control interface, with an account of any number.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    pub(crate) account: String,
    pub(crate) company: Option<String>,
    pub(crate) email: Option<String>,
}

pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) ids: Ids,
    /// When the world began, in milliseconds since the epoch.
    pub(crate) start: i64,
    pub(crate) agreements: Vec<Agreement>,
    /// How many agreements the world began with; the directory describes these.
    pub(crate) seeded: u32,
    /// Those of them that were active without a link, and whose buyer had none on the listing either.
    waiting: Vec<u32>,
    /// The first agreement of each buyer.
    pub(crate) buyers: Vec<u32>,
    pub(crate) seeded_buyers: u32,
    guests: HashMap<u32, Guest>,
    guests_by_account: HashMap<String, u32>,
    pub(crate) orders: Orders,
    pub(crate) requests: Vec<CancellationRequest>,
    requests_of: BTreeMap<u32, Vec<u32>>,
    /// Client tokens of cancellation requests: what was asked with each, and what came of it.
    client_tokens: HashMap<String, (u64, u32)>,
    due: BTreeSet<Due>,
    /// Number of the newest registration token of an agreement.
    newest_tokens: HashMap<u32, u32>,
    pub(crate) token_lifetime: i64,
    pub(crate) usage: Usage,
    pub(crate) mailbox: Mailbox,
    /// Everything due up to here has been applied.
    pub(crate) settled: i64,
    /// By how much the clock was moved forward, in milliseconds.
    pub(crate) moved: i64,
    /// Actions applied so far; randomness of an action follows from it.
    pub(crate) actions: u64,
}

impl World {
    /// The world that follows from a seed, with as many agreements as asked for.
    pub(crate) fn new(seed: u64, agreements: u32, start: i64) -> Self {
        let ids = Ids::new(seed);
        let told = story::tell(seed, agreements, start);
        let mut world = Self {
            seed,
            ids,
            start,
            seeded: agreements,
            waiting: Vec::new(),
            seeded_buyers: u32::try_from(told.buyers.len()).unwrap_or(u32::MAX),
            orders: Orders::of(&told.agreements),
            agreements: told.agreements,
            buyers: told.buyers,
            guests: HashMap::new(),
            guests_by_account: HashMap::new(),
            requests: Vec::new(),
            requests_of: BTreeMap::new(),
            client_tokens: HashMap::new(),
            due: BTreeSet::new(),
            newest_tokens: HashMap::new(),
            token_lifetime: TOKEN_LIFETIME,
            usage: Usage::default(),
            mailbox: Mailbox::default(),
            settled: start,
            moved: 0,
            actions: 0,
        };
        world.due = world.agreements_due();
        world.waiting = (0..agreements)
            .filter(|index| world.waits_for_link(*index))
            .collect();
        for request in told.requests {
            world.add_request(request);
        }
        world
    }

    fn waits_for_link(&self, index: u32) -> bool {
        let agreement = self.agreement(index);
        let beside = |other: u32| {
            let other = self.agreement(other);
            other.linked && other.listing == agreement.listing
        };
        agreement.is_active() && !agreement.linked && !self.of_buyer(agreement.buyer).any(beside)
    }

    pub(crate) fn agreement(&self, index: u32) -> &Agreement {
        &self.agreements[index as usize]
    }

    /// The agreement with this id.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.ids
            .agreement_index(id)
            .filter(|index| (*index as usize) < self.agreements.len())
    }

    /// The agreement this license was granted by.
    pub(crate) fn find_license(&self, arn: &str) -> Option<u32> {
        let index = self.ids.license_index(arn)?;
        let known = (index as usize) < self.agreements.len() && self.has_license(index);
        known.then_some(index)
    }

    /// The cancellation request with this id.
    pub(crate) fn find_request(&self, id: &str) -> Option<u32> {
        self.ids
            .request_index(id)
            .filter(|index| (*index as usize) < self.requests.len())
    }

    pub(crate) fn has_license(&self, index: u32) -> bool {
        !listing::listing(self.agreement(index).listing).legacy
    }

    pub(crate) fn license(&self, index: u32) -> Option<String> {
        self.has_license(index).then(|| self.ids.license(index))
    }

    /// The identifier the agreement's listing knows the buyer by, if it is a legacy one.
    pub(crate) fn customer(&self, index: u32) -> Option<String> {
        let agreement = self.agreement(index);
        let legacy = listing::listing(agreement.listing).legacy;
        legacy.then(|| self.ids.customer(agreement.buyer, agreement.listing))
    }

    pub(crate) fn account(&self, buyer: u32) -> String {
        match self.guests.get(&buyer) {
            Some(guest) => guest.account.clone(),
            None => self.ids.account(buyer),
        }
    }

    pub(crate) fn find_account(&self, account: &str) -> Option<u32> {
        let seeded = self
            .ids
            .account_index(account)
            .filter(|buyer| *buyer < self.seeded_buyers);
        seeded.or_else(|| self.guests_by_account.get(account).copied())
    }

    pub(crate) fn company(&self, buyer: u32) -> Company {
        people::company(self.seed, buyer)
    }

    /// Name and e-mail address of a buyer, as the control interface and the contact show them.
    pub(crate) fn name_and_email(&self, buyer: u32) -> (String, String) {
        let company = self.company(buyer);
        let guest = self.guests.get(&buyer);
        let email = guest
            .and_then(|guest| guest.email.clone())
            .unwrap_or_else(|| company.email());
        (
            guest
                .and_then(|guest| guest.company.clone())
                .unwrap_or(company.name),
            email,
        )
    }

    pub(crate) fn offer(&self, index: u32) -> String {
        let agreement = self.agreement(index);
        match agreement.offer {
            NONE => self.ids.public_offer(agreement.listing),
            founder => self.ids.private_offer(founder),
        }
    }

    /// All agreements of a buyer, in the order they were made.
    pub(crate) fn of_buyer(&self, buyer: u32) -> impl Iterator<Item = u32> {
        let first = self.buyers.get(buyer as usize).copied().unwrap_or(NONE);
        walk(first, |index| self.agreement(index).next_of_buyer)
    }

    /// All agreements of a chain, in the order they were made.
    pub(crate) fn chain(&self, initial: u32) -> impl Iterator<Item = u32> {
        walk(initial, |index| self.agreement(index).next_in_chain)
    }

    /// Cancellation requests of an agreement, oldest first.
    pub(crate) fn requests_of(&self, agreement: u32) -> &[u32] {
        self.requests_of.get(&agreement).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn open_request(&self, agreement: u32) -> Option<u32> {
        let open = |index: &&u32| self.requests[**index as usize].status == RequestStatus::Pending;
        self.requests_of(agreement).iter().find(open).copied()
    }

    /// Changes an agreement at a moment, keeping the orders and what is due in step.
    fn change(&mut self, index: u32, at: i64, change: impl FnOnce(&mut Agreement)) {
        let before = self.agreements[index as usize];
        let after = &mut self.agreements[index as usize];
        change(after);
        after.updated = at.max(before.updated);
        let after = *after;
        self.orders.move_to(index, &before, &after);
        self.schedule(index);
    }

    /// Adds an agreement at the end of its buyer's.
    fn add_agreement(&mut self, agreement: Agreement) -> u32 {
        let index = u32::try_from(self.agreements.len()).unwrap_or(NONE);
        match self.of_buyer(agreement.buyer).last() {
            Some(last) => self.agreements[last as usize].next_of_buyer = index,
            None => self.buyers[agreement.buyer as usize] = index,
        }
        self.orders.insert(index, &agreement);
        self.agreements.push(agreement);
        self.schedule(index);
        index
    }

    fn add_guest(&mut self, guest: Guest) -> u32 {
        let buyer = u32::try_from(self.buyers.len()).unwrap_or(NONE);
        self.buyers.push(NONE);
        self.guests_by_account.insert(guest.account.clone(), buyer);
        self.guests.insert(buyer, guest);
        buyer
    }

    fn add_request(&mut self, request: CancellationRequest) -> u32 {
        let index = u32::try_from(self.requests.len()).unwrap_or(NONE);
        self.requests_of
            .entry(request.agreement)
            .or_default()
            .push(index);
        self.requests.push(request);
        self.schedule_request(index);
        index
    }
}

impl Orders {
    fn of(agreements: &[Agreement]) -> Self {
        let by = |key: fn(&Agreement) -> i64| {
            agreements
                .iter()
                .map(key)
                .zip(0..)
                .collect::<BTreeSet<Position>>()
        };
        Self {
            end: by(|one| one.end),
            start: by(|one| one.start),
            update: by(|one| one.updated),
        }
    }

    fn insert(&mut self, index: u32, agreement: &Agreement) {
        self.end.insert((agreement.end, index));
        self.start.insert((agreement.start, index));
        self.update.insert((agreement.updated, index));
    }

    fn move_to(&mut self, index: u32, before: &Agreement, after: &Agreement) {
        self.end.remove(&(before.end, index));
        self.start.remove(&(before.start, index));
        self.update.remove(&(before.updated, index));
        self.insert(index, after);
    }
}

fn walk(first: u32, next: impl Fn(u32) -> u32) -> impl Iterator<Item = u32> {
    let known = |index: u32| (index != NONE).then_some(index);
    std::iter::successors(known(first), move |index| known(next(*index)))
}
