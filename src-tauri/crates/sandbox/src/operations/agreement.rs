//! What one agreement is: its description, entitlements and contact.

use crate::failure::Failure;
use crate::page::Query;
use crate::value::{Value, list, map};
use crate::world::World;
use crate::world::ids::SELLER_ACCOUNT;
use crate::world::record::Agreement;

/// The model's type of every agreement of a marketplace purchase.
pub(super) const PURCHASE: &str = "PurchaseAgreement";
pub(super) const CATALOG: &str = "AWSMarketplace";
pub(super) const SAAS: &str = "SaaSProduct";

pub(super) fn describe(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    let index = find(world, input)?;
    let agreement = world.agreement(index);
    let trial = agreement
        .has_trial()
        .then(|| map([("trialEndTime", Value::Time(agreement.trial_end))]));
    let behavior = agreement.renewal.behavior().map(|behavior| {
        let next = match behavior {
            "RENEW" => Some(world.offer(index)),
            "REPLACE" => Some(world.ids.public_offer(agreement.listing)),
            _ => None,
        };
        map([
            ("type", behavior.into()),
            ("reasonCode", agreement.renewal.reason().into()),
            (
                "renewalSummary",
                next.map(|offer| map([("offerId", offer.into())])).into(),
            ),
        ])
    });
    Ok(map([
        ("agreementId", world.ids.agreement(index).into()),
        ("acceptor", acceptor(world, agreement)),
        ("proposer", map([("accountId", SELLER_ACCOUNT.into())])),
        ("startTime", Value::Time(agreement.start)),
        ("endTime", end_time(agreement)),
        ("acceptanceTime", Value::Time(agreement.accepted)),
        ("agreementType", PURCHASE.into()),
        (
            "estimatedCharges",
            map([
                ("currencyCode", agreement.currency.name().into()),
                (
                    "agreementValue",
                    agreement.currency.amount(agreement.value).into(),
                ),
            ]),
        ),
        ("proposalSummary", proposal(world, index)),
        ("status", agreement.status.name().into()),
        (
            "initialAgreementId",
            world.ids.agreement(agreement.initial).into(),
        ),
        ("endTimeBehavior", behavior.into()),
        ("freeTrialSummary", trial.into()),
    ]))
}

/// The row of an agreement in a search.
pub(super) fn summary(world: &World, index: u32) -> Value {
    let agreement = world.agreement(index);
    let license = world
        .license(index)
        .map(|arn| list([map([("licenseArn", arn.into())])]));
    let trial = agreement
        .has_trial()
        .then_some(Value::Time(agreement.trial_end));
    map([
        ("agreementId", world.ids.agreement(index).into()),
        ("acceptanceTime", Value::Time(agreement.accepted)),
        ("startTime", Value::Time(agreement.start)),
        ("endTime", end_time(agreement)),
        ("lastUpdateTime", Value::Time(agreement.updated)),
        ("agreementType", PURCHASE.into()),
        ("acceptor", acceptor(world, agreement)),
        ("proposer", map([("accountId", SELLER_ACCOUNT.into())])),
        ("proposalSummary", proposal(world, index)),
        ("status", agreement.status.name().into()),
        ("entitlements", license.into()),
        (
            "initialAgreementId",
            world.ids.agreement(agreement.initial).into(),
        ),
        ("endTimeBehaviorType", agreement.renewal.behavior().into()),
        (
            "endTimeBehaviorReasonCode",
            agreement.renewal.reason().into(),
        ),
        ("freeTrialEndTime", trial.into()),
        (
            "includesContactOfType",
            has_contact(agreement).then(|| list(["ACCEPTOR"])).into(),
        ),
    ])
}

pub(super) fn entitlements(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    let index = find(world, input)?;
    // An agreement here has one entitlement, so there is no second page and no token for one.
    if Query::of(world, "GetAgreementEntitlements", input, "nextToken")
        .position()
        .is_err()
    {
        return Err(foreign_token());
    }
    let agreement = world.agreement(index);
    let entitlement = map([
        ("resource", resource(world, agreement)),
        ("type", "AWS::Marketplace::Software".into()),
        ("status", agreement.provision.status().into()),
        ("statusReasonCode", agreement.provision.name().into()),
        ("licenseArn", world.license(index).into()),
    ]);
    Ok(map([("agreementEntitlements", list([entitlement]))]))
}

pub(super) fn contacts(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    let index = find(world, input)?;
    let agreement = world.agreement(index);
    if !has_contact(agreement) {
        return Ok(map([]));
    }
    let company = world.company(agreement.buyer);
    let (name, email) = world.name_and_email(agreement.buyer);
    let contact = map([
        ("firstName", company.first.into()),
        ("lastName", company.last.into()),
        ("emailAddress", email.into()),
        ("companyName", name.into()),
        ("countryCode", company.country.into()),
    ]);
    Ok(map([("acceptorContact", contact)]))
}

/// The agreement the input names; one of somebody else is answered like one that does not exist.
pub(super) fn find(world: &World, input: &Value) -> Result<u32, Failure> {
    let id = input.get("agreementId").text().unwrap_or_default();
    world
        .find(id)
        .ok_or_else(|| Failure::not_found(id, "Agreement"))
}

pub(super) fn foreign_token() -> Failure {
    Failure::validation(
        "INVALID_NEXT_TOKEN",
        "nextToken",
        "The token is malformed, has expired or belongs to other parameters",
    )
}

pub(super) fn has_contact(agreement: &Agreement) -> bool {
    agreement.is_active() && agreement.contact
}

fn end_time(agreement: &Agreement) -> Value {
    agreement
        .has_end()
        .then_some(Value::Time(agreement.end))
        .into()
}

fn acceptor(world: &World, agreement: &Agreement) -> Value {
    map([("accountId", world.account(agreement.buyer).into())])
}

fn resource(world: &World, agreement: &Agreement) -> Value {
    map([
        ("id", world.ids.product(agreement.listing).into()),
        ("type", SAAS.into()),
    ])
}

fn proposal(world: &World, index: u32) -> Value {
    let resources = list([resource(world, world.agreement(index))]);
    map([
        ("resources", resources),
        ("offerId", world.offer(index).into()),
    ])
}
