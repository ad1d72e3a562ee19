//! `SearchAgreements`: filters, three orders, and pages that cost the same wherever they are.

mod filter;

use std::ops::Bound::{Excluded, Unbounded};

use self::filter::{
    Key, Test, check_combination, check_ranges, read_filters, read_sort, read_test,
};
use super::agreement::{CATALOG, foreign_token, has_contact, summary};
use crate::failure::Failure;
use crate::page::Query;
use crate::value::{Value, list, map};
use crate::world::record::Status;
use crate::world::{Position, World};

const DEFAULT_PAGE: usize = 50;
/// Up to so many candidates are gathered and sorted instead of walking a whole order.
const FEW: usize = 4096;

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
        let (mut low, mut high) = self.range(world, self.key);
        match after {
            Some(after) if self.descending => {
                high = Some(high.map_or(after, |high| high.min(after)));
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
            Key::End => &world.orders.end,
            Key::Start => &world.orders.start,
            Key::Update => &world.orders.update,
        }
    }

    /// The positions around those the filters on a key let through.
    fn range(&self, world: &World, key: Key) -> (Option<Position>, Option<Position>) {
        let (mut low, mut high): (Option<Position>, _) = (None, None);
        let mut raise = |time: i64| low = low.max(Some((time, u32::MAX)));
        for test in &self.tests {
            match test {
                Test::After(other, time) if *other == key => raise(*time),
                Test::Before(other, time) if *other == key => high = Some((*time, 0)),
                // What is active has not ended yet, so all that has need not be walked over.
                Test::Status(Status::Active) | Test::Contact if key == Key::End => {
                    raise(world.settled);
                }
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
        let (low, high) = self.range(world, Key::Update);
        if self.key == Key::Update || low.is_none() {
            return None;
        }
        let recent: Vec<u32> = between(&world.orders.update, low, high)
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
