//! What can be looked at: status, directory, buyers and their mail.

use super::{Answer, Request, json};
use crate::clock::rfc3339;
use crate::contract::{
    Buyer, BuyerAgreement, Buyers, ControlError, ListingStatus, Mailbox, ReceivedMail, Status,
};
use crate::folder::FORMAT;
use crate::world::World;
use crate::world::ids::SELLER_ACCOUNT;
use crate::world::listing::{listing, positions};

/// Worlds up to this many agreements hand out their directory whole unless asked for pages.
const WHOLE_DIRECTORY_MAX: u32 = 5000;
const DIRECTORY_PAGE: u64 = 1000;
const DIRECTORY_PAGE_MAX: u64 = 20_000;
const BUYERS_PAGE: u64 = 50;
const BUYERS_PAGE_MAX: u64 = 1000;
const MAILBOX_PAGE: u64 = 100;

pub(super) fn status(request: &Request<'_>) -> Answer {
    let sandbox = request.sandbox;
    let faults = sandbox.faults().status();
    let calls = sandbox
        .calls()
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect();
    let status = sandbox.look(|world, now| Status {
        format: FORMAT,
        instance: sandbox.instance.clone(),
        seed: world.seed,
        agreements: world.agreements.len() as u64,
        active_agreements: world
            .agreements
            .iter()
            .filter(|one| one.is_active())
            .count() as u64,
        now: rfc3339(now),
        seller_account_id: SELLER_ACCOUNT.to_owned(),
        network_up: sandbox.network_up(),
        quotas_enforced: sandbox.quotas().enforced,
        token_lifetime_seconds: (world.token_lifetime / 1000).unsigned_abs(),
        faults,
        listings: positions()
            .map(|position| listing_status(world, position))
            .collect(),
        calls,
    });
    json(&status)
}

fn listing_status(world: &World, position: u8) -> ListingStatus {
    let listing = listing(position);
    ListingStatus {
        id: listing.slug.to_owned(),
        title: listing.title.to_owned(),
        product_id: world.ids.product(position),
        product_code: world.ids.product_code(position),
        pricing: if listing.contract {
            "contract"
        } else {
            "usage"
        }
        .to_owned(),
        legacy: listing.legacy,
    }
}

pub(super) fn directory(request: &Request<'_>) -> Answer {
    let after = request.number("after")?.unwrap_or(0);
    let limit = request.number("limit")?;
    let page = request.sandbox.look(|world, _| {
        let limit = match limit {
            Some(limit) => limit.clamp(1, DIRECTORY_PAGE_MAX),
            None if world.seeded <= WHOLE_DIRECTORY_MAX => u64::MAX - after,
            None => DIRECTORY_PAGE,
        };
        let end = after.saturating_add(limit);
        let (mut page, total) = world.directory(after..end);
        page.next = (end < total).then(|| end.to_string());
        page
    });
    json(&page)
}

pub(super) fn buyers(request: &Request<'_>) -> Answer {
    let query = request
        .parameter("query")
        .unwrap_or_default()
        .to_lowercase();
    let limit = request
        .number("limit")?
        .unwrap_or(BUYERS_PAGE)
        .min(BUYERS_PAGE_MAX);
    let limit = usize::try_from(limit).map_err(|_| ControlError::new("invalid", "limit"))?;
    let buyers = request.sandbox.look(|world, _| {
        let all = (0..).take(world.buyers.len());
        all.filter_map(|buyer| found(world, buyer, &query))
            .take(limit)
            .collect()
    });
    json(&Buyers { buyers })
}

pub(super) fn mailbox(request: &Request<'_>) -> Answer {
    let part = request.parameter("address").unwrap_or_default();
    let part = part.trim().to_lowercase();
    let after = request.number("after")?.unwrap_or(0);
    let limit = request.number("limit")?.unwrap_or(MAILBOX_PAGE);
    let limit = usize::try_from(limit).map_err(|_| ControlError::new("invalid", "limit"))?;
    let mails = request.sandbox.look(|world, _| {
        let mails = world.mailbox.mails(&part, after).take(limit);
        mails
            .map(|mail| ReceivedMail {
                number: mail.number,
                at: rfc3339(mail.at),
                to: mail.to.clone(),
                subject: mail.subject.clone(),
                body: mail.body.clone(),
            })
            .collect()
    });
    json(&Mailbox { mails })
}

/// The buyer, if the query is a part of its account, company, e-mail address or an agreement's id.
fn found(world: &World, buyer: u32, query: &str) -> Option<Buyer> {
    let account = world.account(buyer);
    let (company, email) = world.name_and_email(buyer);
    let fits = |text: &str| text.to_lowercase().contains(query);
    let named = query.is_empty() || fits(&account) || fits(&company) || fits(&email);
    let by_agreement = || {
        world
            .of_buyer(buyer)
            .any(|index| world.ids.agreement(index) == query)
    };
    if !(named || query.starts_with("agmt-") && by_agreement()) {
        return None;
    }
    let agreements = world.of_buyer(buyer).map(|index| BuyerAgreement {
        agreement_id: world.ids.agreement(index),
        listing: listing(world.agreement(index).listing).slug.to_owned(),
        status: world.agreement(index).status.name().to_owned(),
    });
    Some(Buyer {
        account,
        company,
        email,
        agreements: agreements.collect(),
    })
}
