//! `SearchAgreements`: filters, three orders, and pages that cost the same wherever they are.

use std::ops::Bound::{Excluded, Unbounded};

use super::agreement::{CATALOG, PURCHASE, SAAS, foreign_token, has_contact, summary};
use crate::failure::Failure;
use crate::page::Query;
use crate::value::{Value, list, map};
use crate::world::record::{Agreement, Renewal, Status};
use crate::world::{Position, World};

const DEFAULT_PAGE: usize = 50;
/// Up to so many candidates are gathered and sorted instead of walking a whole order.
const FEW: usize = 4096;
const RESOURCE_TYPES: &[&str] = &[
    "AmiProduct",
    "ContainerProduct",
    "SaaSProduct",
    "ProfessionalServicesProduct",
    "MachineLearningProduct",
];

pub(super) fn search(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    let wanted = Wanted::read(world, input)?;
    let query = Query::of(world, "SearchAgreements", input, "nextToken");
    let after = query.position().map_err(|_| foreign_token())?;
    let page = input
        .get("maxResults")
        .integer()
        .map_or(DEFAULT_PAGE, page_size);
    let mut found = wanted.positions(world, after, page + 1);
    let more = found.len() > page;
    found.truncate(page);
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| query.token_after(*last));
    let rows = found.iter().map(|(_, index)| summary(world, *index));
    Ok(map([
        ("agreementViewSummaries", list(rows)),
        ("nextToken", next.into()),
    ]))
}

pub(super) fn page_size(max_results: i64) -> usize {
    usize::try_from(max_results).unwrap_or(1)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    End,
    Start,
    Update,
}

impl Key {
    fn of(self, agreement: &Agreement) -> i64 {
        match self {
            Key::End => agreement.end,
            Key::Start => agreement.start,
            Key::Update => agreement.updated,
        }
    }
}

/// One filter, as a test of an agreement. Ids that name nothing known pass nothing.
enum Test {
    Nothing,
    Everything,
    Product(Option<u8>),
    Buyer(Option<u32>),
    PublicOffer(u8),
    PrivateOffer(Option<u32>),
    Status(Status),
    Before(Key, i64),
    After(Key, i64),
    Behavior(String),
    Reason(Renewal),
    Chain(Option<u32>),
    License(Option<u32>),
    Contact,
}

struct Wanted {
    tests: Vec<Test>,
    key: Key,
    descending: bool,
}

impl Wanted {
    fn read(world: &World, input: &Value) -> Result<Self, Failure> {
        if input
            .get("catalog")
            .text()
            .is_some_and(|catalog| catalog != CATALOG)
        {
            return Err(Failure::validation(
                "INVALID_CATALOG",
                "catalog",
                "Unknown catalog",
            ));
        }
        let filters = read_filters(input.get("filters"))?;
        let seller = check_combination(&filters)?;
        let (key, descending) = read_sort(input.get("sort"), seller)?;
        let mut tests = Vec::with_capacity(filters.len());
        for (name, value) in &filters {
            tests.push(read_test(world, name, value)?);
        }
        check_ranges(&tests)?;
        // The seller is nobody's acceptor.
        if !seller {
            tests.push(Test::Nothing);
        }
        Ok(Self {
            tests,
            key,
            descending,
        })
    }

    fn passes(&self, world: &World, index: u32) -> bool {
        let agreement = world.agreement(index);
        self.tests.iter().all(|test| match test {
            Test::Nothing => false,
            Test::Everything => true,
            Test::Product(listing) => Some(agreement.listing) == *listing,
            Test::Buyer(buyer) => Some(agreement.buyer) == *buyer,
            Test::PublicOffer(listing) => !agreement.is_private() && agreement.listing == *listing,
            Test::PrivateOffer(founder) => {
                agreement.is_private() && Some(agreement.offer) == *founder
            }
            Test::Status(status) => agreement.status == *status,
            Test::Before(key, time) => key.of(agreement) < *time,
            Test::After(key, time) => key.of(agreement) > *time,
            Test::Behavior(behavior) => agreement.renewal.behavior() == Some(behavior),
            Test::Reason(reason) => agreement.renewal == *reason,
            Test::Chain(initial) => Some(agreement.initial) == *initial,
            Test::License(license) => Some(index) == *license,
            Test::Contact => has_contact(agreement),
        })
    }

    /// Up to `limit` positions after `after`, in the order asked for.
    fn positions(&self, world: &World, after: Option<Position>, limit: usize) -> Vec<Position> {
        if let Some(few) = self.few(world) {
            let mut all: Vec<Position> = few
                .into_iter()
                .filter(|index| self.passes(world, *index))
                .map(|index| (self.key.of(world.agreement(index)), index))
                .filter(|position| match after {
                    None => true,
                    Some(after) if self.descending => *position < after,
                    Some(after) => *position > after,
                })
                .collect();
            all.sort_unstable();
            if self.descending {
                all.reverse();
            }
            all.truncate(limit);
            return all;
        }
        let (mut low, mut high) = self.range(self.key);
        match after {
            Some(after) if self.descending => {
                high = Some(high.map_or(after, |high| high.min(after)))
            }
            Some(after) => low = Some(low.map_or(after, |low| low.max(after))),
            None => {}
        }
        let passes = |position: &&Position| self.passes(world, position.1);
        let range = between(self.order(world), low, high);
        if self.descending {
            range.rev().filter(passes).take(limit).copied().collect()
        } else {
            range.filter(passes).take(limit).copied().collect()
        }
    }

    fn order<'w>(&self, world: &'w World) -> &'w std::collections::BTreeSet<Position> {
        match self.key {
            Key::End => &world.orders.by_end,
            Key::Start => &world.orders.by_start,
            Key::Update => &world.orders.by_update,
        }
    }

    /// The positions around those the time filters on a key let through.
    fn range(&self, key: Key) -> (Option<Position>, Option<Position>) {
        let (mut low, mut high) = (None, None);
        for test in &self.tests {
            match test {
                Test::After(other, time) if *other == key => low = Some((*time, u32::MAX)),
                Test::Before(other, time) if *other == key => high = Some((*time, 0)),
                _ => {}
            }
        }
        (low, high)
    }

    /// The candidates, when a filter leaves only a few.
    fn few(&self, world: &World) -> Option<Vec<u32>> {
        for test in &self.tests {
            match test {
                Test::Nothing => return Some(Vec::new()),
                Test::License(license) => return Some(license.iter().copied().collect()),
                Test::Chain(initial) | Test::PrivateOffer(initial) => {
                    let known = initial.map(|index| world.agreement(index).initial);
                    return Some(known.into_iter().flat_map(|one| world.chain(one)).collect());
                }
                Test::Buyer(buyer) => {
                    return Some(buyer.iter().flat_map(|one| world.of_buyer(*one)).collect());
                }
                _ => {}
            }
        }
        let (low, high) = self.range(Key::Update);
        if self.key == Key::Update || low.is_none() {
            return None;
        }
        let recent: Vec<u32> = between(&world.orders.by_update, low, high)
            .take(FEW + 1)
            .map(|(_, index)| *index)
            .collect();
        (recent.len() <= FEW).then_some(recent)
    }
}

/// The positions strictly between two; nothing when they are the wrong way round.
fn between(
    order: &std::collections::BTreeSet<Position>,
    low: Option<Position>,
    high: Option<Position>,
) -> std::collections::btree_set::Range<'_, Position> {
    if let (Some(low), Some(high)) = (low, high)
        && low >= high
    {
        return order.range(high..high);
    }
    order.range((
        low.map_or(Unbounded, Excluded),
        high.map_or(Unbounded, Excluded),
    ))
}

fn read_filters(filters: &Value) -> Result<Vec<(&str, &str)>, Failure> {
    let mut read: Vec<(&str, &str)> = Vec::new();
    for (position, filter) in filters.items().iter().enumerate() {
        let at = |member: &str| format!("filters[{position}].{member}");
        let name = filter.get("name").text().ok_or_else(|| {
            Failure::validation("MISSING_FILTER_NAME", &at("name"), "A filter needs a name")
        })?;
        let value = filter
            .get("values")
            .items()
            .first()
            .and_then(Value::text)
            .ok_or_else(|| {
                Failure::validation(
                    "MISSING_FILTER_VALUES",
                    &at("values"),
                    "A filter needs a value",
                )
            })?;
        if read.iter().any(|(known, _)| *known == name) {
            let message = format!("The filter {name} is given twice");
            return Err(Failure::validation(
                "INVALID_FILTER_NAME",
                &at("name"),
                message,
            ));
        }
        read.push((name, value));
    }
    Ok(read)
}

/// Whether the caller asks as the seller, and whether it may combine these filters.
fn check_combination(filters: &[(&str, &str)]) -> Result<bool, Failure> {
    let value = |name: &str| {
        filters
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    };
    for (name, _) in filters {
        if !NAMES.contains(name) {
            let message = format!("{name} is not the name of a filter");
            return Err(Failure::validation(
                "INVALID_FILTER_NAME",
                "filters",
                message,
            ));
        }
    }
    if value("AgreementType").is_none() {
        let message = "The filter AgreementType is required";
        return Err(Failure::validation(
            "UNSUPPORTED_FILTERS",
            "filters",
            message,
        ));
    }
    let seller = match value("PartyType") {
        Some("Proposer") => true,
        Some("Acceptor") => false,
        Some(_) => return Err(invalid_value("PartyType", "must be Proposer or Acceptor")),
        None => {
            let message = "The filter PartyType is required";
            return Err(Failure::validation(
                "MISSING_PARTY_TYPE",
                "filters",
                message,
            ));
        }
    };
    if !seller && !acceptor_may(filters) {
        let message = "An acceptor cannot combine these filters";
        return Err(Failure::validation(
            "UNSUPPORTED_FILTERS",
            "filters",
            message,
        ));
    }
    Ok(seller)
}

const NAMES: &[&str] = &[
    "PartyType",
    "AgreementType",
    "ResourceIdentifier",
    "ResourceType",
    "AcceptorAccountId",
    "OfferId",
    "OfferSetId",
    "Status",
    "BeforeEndTime",
    "AfterEndTime",
    "BeforeStartTime",
    "AfterStartTime",
    "BeforeLastUpdateTime",
    "AfterLastUpdateTime",
    "EndTimeBehaviorType",
    "EndTimeBehaviorReasonCode",
    "InitialAgreementId",
    "LicenseArn",
    "IncludesContactOfType",
];

/// An acceptor may add one of product, offer or offer set, and status and end time to that; a
/// resource type goes with an end time only.
fn acceptor_may(filters: &[(&str, &str)]) -> bool {
    let has = |name: &str| filters.iter().any(|(known, _)| *known == name);
    let common = [
        "PartyType",
        "AgreementType",
        "BeforeEndTime",
        "AfterEndTime",
        "Status",
    ];
    let subjects = [
        "ResourceIdentifier",
        "OfferId",
        "OfferSetId",
        "ResourceType",
    ];
    let known = |name: &str| common.contains(&name) || subjects.contains(&name);
    let subject_count = subjects.iter().filter(|name| has(name)).count();
    filters.iter().all(|(name, _)| known(name))
        && subject_count <= 1
        && !(has("ResourceType") && has("Status"))
}

fn read_sort(sort: &Value, seller: bool) -> Result<(Key, bool), Failure> {
    if sort.is_absent() {
        return Ok((Key::End, false));
    }
    let invalid = |message: &str| Failure::validation("INVALID_SORT_BY", "sort.sortBy", message);
    let key = match sort.get("sortBy").text() {
        None | Some("EndTime") => Key::End,
        Some("StartTime") if seller => Key::Start,
        Some("LastUpdateTime") if seller => Key::Update,
        Some("StartTime" | "LastUpdateTime") => {
            return Err(invalid("An acceptor can sort by EndTime only"));
        }
        Some(_) => return Err(invalid("must be EndTime, StartTime or LastUpdateTime")),
    };
    Ok((key, sort.get("sortOrder").text() == Some("DESCENDING")))
}

fn read_test(world: &World, name: &str, value: &str) -> Result<Test, Failure> {
    let time = || read_time(name, value);
    Ok(match name {
        "AgreementType" if value != PURCHASE => Test::Nothing,
        "ResourceIdentifier" => Test::Product(world.ids.listing_of_product(value)),
        "ResourceType" if !RESOURCE_TYPES.contains(&value) => {
            return Err(invalid_value(name, "is not the name of a resource type"));
        }
        "ResourceType" if value != SAAS => Test::Nothing,
        "AcceptorAccountId" => Test::Buyer(world.find_account(value)),
        "OfferId" => match world.ids.listing_of_public_offer(value) {
            Some(listing) => Test::PublicOffer(listing),
            None => {
                let founder = world.ids.private_offer_index(value);
                let count = world.agreements.len();
                Test::PrivateOffer(founder.filter(|index| (*index as usize) < count))
            }
        },
        "OfferSetId" => Test::Nothing,
        "Status" => Test::Status(
            Status::parse(value).ok_or_else(|| invalid_value(name, "is not a status"))?,
        ),
        "BeforeEndTime" => Test::Before(Key::End, time()?),
        "AfterEndTime" => Test::After(Key::End, time()?),
        "BeforeStartTime" => Test::Before(Key::Start, time()?),
        "AfterStartTime" => Test::After(Key::Start, time()?),
        "BeforeLastUpdateTime" => Test::Before(Key::Update, time()?),
        "AfterLastUpdateTime" => Test::After(Key::Update, time()?),
        "EndTimeBehaviorType" if !["RENEW", "REPLACE", "EXPIRE"].contains(&value) => {
            return Err(invalid_value(name, "must be RENEW, REPLACE or EXPIRE"));
        }
        "EndTimeBehaviorType" => Test::Behavior(value.to_owned()),
        "EndTimeBehaviorReasonCode" => Test::Reason(
            Renewal::parse(value)
                .filter(|renewal| renewal.reason().is_some())
                .ok_or_else(|| invalid_value(name, "is not a reason code"))?,
        ),
        "InitialAgreementId" => Test::Chain(world.find(value)),
        "LicenseArn" => Test::License(world.find_license(value)),
        "IncludesContactOfType" if value != "ACCEPTOR" => {
            return Err(invalid_value(name, "must be ACCEPTOR"));
        }
        "IncludesContactOfType" => Test::Contact,
        _ => Test::Everything,
    })
}

fn read_time(name: &str, value: &str) -> Result<i64, Failure> {
    let time: Option<jiff::Timestamp> = value.parse().ok();
    time.map(jiff::Timestamp::as_millisecond)
        .ok_or_else(|| invalid_value(name, "must be a time as 2026-11-20T06:00:00Z"))
}

fn check_ranges(tests: &[Test]) -> Result<(), Failure> {
    for test in tests {
        let Test::After(key, after) = test else {
            continue;
        };
        let reversed = tests.iter().any(
            |other| matches!(other, Test::Before(other, before) if other == key && before < after),
        );
        if reversed {
            return Err(invalid_value(
                "a Before filter",
                "is earlier than its After filter",
            ));
        }
    }
    Ok(())
}

fn invalid_value(name: &str, message: &str) -> Failure {
    Failure::validation(
        "INVALID_FILTER_VALUES",
        "filters",
        format!("The value of {name} {message}"),
    )
}
