//! The filters and the order a search asks for, and which of them go together.

use crate::failure::Failure;
use crate::operations::agreement::{PURCHASE, SAAS};
use crate::value::Value;
use crate::world::World;
use crate::world::record::{Agreement, Renewal, Status};

const RESOURCE_TYPES: &[&str] = &[
    "AmiProduct",
    "ContainerProduct",
    "SaaSProduct",
    "ProfessionalServicesProduct",
    "MachineLearningProduct",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    End,
    Start,
    Update,
}

impl Key {
    pub(super) fn of(self, agreement: &Agreement) -> i64 {
        match self {
            Key::End => agreement.end,
            Key::Start => agreement.start,
            Key::Update => agreement.updated,
        }
    }
}

/// One filter, as a test of an agreement. Ids that name nothing known pass nothing.
pub(super) enum Test {
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

/// Names and values of the filters, in the order given.
pub(super) fn read_filters(filters: &Value) -> Result<Vec<(&str, &str)>, Failure> {
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
pub(super) fn check_combination(filters: &[(&str, &str)]) -> Result<bool, Failure> {
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

/// The key to sort by, and whether from its end.
pub(super) fn read_sort(sort: &Value, seller: bool) -> Result<(Key, bool), Failure> {
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

/// What a filter asks of an agreement.
pub(super) fn read_test(world: &World, name: &str, value: &str) -> Result<Test, Failure> {
    let time = || read_time(name, value);
    Ok(match name {
        "AgreementType" if value != PURCHASE => Test::Nothing,
        "ResourceIdentifier" => Test::Product(world.ids.listing_of_product(value)),
        "ResourceType" if !RESOURCE_TYPES.contains(&value) => {
            return Err(invalid_value(name, "is not the name of a resource type"));
        }
        "ResourceType" if value != SAAS => Test::Nothing,
        "AcceptorAccountId" => Test::Buyer(world.find_account(value)),
        "OfferId" => read_offer(world, value),
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

fn read_offer(world: &World, id: &str) -> Test {
    if let Some(listing) = world.ids.listing_of_public_offer(id) {
        return Test::PublicOffer(listing);
    }
    let founder = world.ids.private_offer_index(id);
    Test::PrivateOffer(founder.filter(|index| (*index as usize) < world.agreements.len()))
}

fn read_time(name: &str, value: &str) -> Result<i64, Failure> {
    let time: Option<jiff::Timestamp> = value.parse().ok();
    time.map(jiff::Timestamp::as_millisecond)
        .ok_or_else(|| invalid_value(name, "must be a time as 2026-11-20T06:00:00Z"))
}

/// Refuses ranges that are the wrong way round.
pub(super) fn check_ranges(tests: &[Test]) -> Result<(), Failure> {
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
