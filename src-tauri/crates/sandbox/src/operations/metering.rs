//! `ResolveCustomer` and `BatchMeterUsage`.

mod quantity;

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::quantity::Quantity;
use crate::failure::Failure;
use crate::ledger::Ledger;
use crate::value::{Value, list, map};
use crate::world::action::Action;
use crate::world::listing::listing;
use crate::world::metering::{Holder, Metered, UsageKey};
use crate::world::record::{Agreement, Provision};
use crate::world::token::TokenFault;
use crate::world::{DAY, HOUR, MINUTE, World};

/// Records may be this much ahead of the service's clock.
const AHEAD_MAX: i64 = 5 * MINUTE;
/// After the end of an agreement usage is still taken for this long.
const FINAL_WINDOW: i64 = HOUR;
/// On the first of a month, usage of the month before is taken for this long.
const MONTH_GRACE: i64 = 6 * HOUR;

pub(super) fn resolve(world: &World, now: i64, input: &Value) -> Result<Value, Failure> {
    let token = input.get("RegistrationToken").text().unwrap_or_default();
    let index = world.resolve(token, now).map_err(|fault| match fault {
        TokenFault::Invalid => {
            Failure::new("InvalidTokenException", "Registration token is invalid")
        }
        TokenFault::Expired => Failure::new(
            "ExpiredTokenException",
            "The submitted registration token has expired",
        ),
    })?;
    let agreement = world.agreement(index);
    let metadata = map([("AgreementId", world.ids.agreement(index).into())]);
    Ok(map([
        ("CustomerIdentifier", world.customer(index).into()),
        (
            "ProductCode",
            world.ids.product_code(agreement.listing).into(),
        ),
        (
            "CustomerAWSAccountId",
            world.account(agreement.buyer).into(),
        ),
        ("LicenseArn", world.license(index).into()),
        ("Metadata", metadata),
    ]))
}

pub(super) fn batch(ledger: &mut Ledger<'_>, input: &Value) -> Result<Value, Failure> {
    let code = input
        .get("ProductCode")
        .text()
        .filter(|code| !code.is_empty());
    let product = match code {
        None => None,
        Some(code) => Some(ledger.world.ids.listing_of_code(code).ok_or_else(|| {
            invalid_product("The product code does not match one of this seller's products")
        })?),
    };
    let records = input.get("UsageRecords").items();
    let mut read = Vec::with_capacity(records.len());
    for record in records {
        read.push(Record::read(ledger.world, ledger.now, product, record)?);
    }
    let first = read.first().map(|record| record.listing);
    if read.iter().any(|record| Some(record.listing) != first) {
        return Err(Failure::new(
            "InvalidLicenseException",
            "All records of a request must belong to one product",
        ));
    }
    let (results, accepted) = judge(ledger.world, &read);
    if !accepted.is_empty() {
        ledger
            .commit(&Action::Meter { records: accepted })
            .map_err(|error| Failure::new("InternalServiceErrorException", error.to_string()))?;
    }
    Ok(map([
        ("Results", list(results)),
        ("UnprocessedRecords", list(Vec::<Value>::new())),
    ]))
}

/// Results in the order of the records, and what is to be accepted.
fn judge(world: &World, records: &[Record<'_>]) -> (Vec<Value>, Vec<Metered>) {
    let mut accepted: Vec<Metered> = Vec::new();
    let mut in_batch: HashMap<UsageKey, (u64, u64)> = HashMap::new();
    let results = records.iter().map(|record| {
        let Some(key) = &record.key else {
            return result(record, "CustomerNotSubscribed", None);
        };
        let before = world.usage.get(key).or_else(|| in_batch.get(key).copied());
        let (quantity, number) = before.unwrap_or_else(|| {
            let number = world.usage.next_number() + accepted.len() as u64;
            accepted.push(Metered {
                key: key.clone(),
                quantity: record.quantity,
            });
            in_batch.insert(key.clone(), (record.quantity, number));
            (record.quantity, number)
        });
        if quantity == record.quantity {
            result(
                record,
                "Success",
                Some(world.ids.uuid("metering", number, 0)),
            )
        } else {
            result(record, "DuplicateRecord", None)
        }
    });
    (results.collect(), accepted)
}

fn result(record: &Record<'_>, status: &str, id: Option<String>) -> Value {
    map([
        ("UsageRecord", record.sent.clone()),
        ("MeteringRecordId", id.into()),
        ("Status", status.into()),
    ])
}

/// A usage record that passed everything for which a whole request is refused.
struct Record<'r> {
    sent: &'r Value,
    listing: u8,
    /// Absent when the customer is not subscribed.
    key: Option<UsageKey>,
    /// In millionths.
    quantity: u64,
}

impl<'r> Record<'r> {
    fn read(
        world: &World,
        now: i64,
        product: Option<u8>,
        sent: &'r Value,
    ) -> Result<Self, Failure> {
        let time = sent.get("Timestamp").time().unwrap_or_default();
        if !in_time(time, now) {
            return Err(Failure::new(
                "TimestampOutOfBoundsException",
                "The timestamp of a usage record is out of the allowed range",
            ));
        }
        let quantity = Quantity::read(sent)?.checked(sent)?;
        let (listing_position, holder) = customer(world, time, now, product, sent)?;
        let dimension = sent.get("Dimension").text().unwrap_or_default();
        let known = listing(listing_position)
            .dimensions
            .iter()
            .any(|one| one.key == dimension && one.metered);
        if !known {
            return Err(Failure::new(
                "InvalidUsageDimensionException",
                "The usage dimension is not one of the product's",
            ));
        }
        let key = holder.map(|holder| UsageKey {
            holder,
            hour: time.div_euclid(HOUR),
            dimension: dimension.to_owned(),
        });
        Ok(Self {
            sent,
            listing: listing_position,
            key,
            quantity,
        })
    }
}

/// Whether usage of this moment is still (or already) taken.
fn in_time(time: i64, now: i64) -> bool {
    let month_over =
        month_start(now).is_some_and(|month| time < month && now >= month + MONTH_GRACE);
    time > now - DAY && time <= now + AHEAD_MAX && !month_over
}

/// Midnight UTC of the first day of the month.
fn month_start(now: i64) -> Option<i64> {
    let date = Timestamp::from_millisecond(now)
        .ok()?
        .to_zoned(TimeZone::UTC)
        .date();
    let first = date.first_of_month().to_zoned(TimeZone::UTC).ok()?;
    Some(first.timestamp().as_millisecond())
}

/// The product and who used it; nobody when the customer is not subscribed.
fn customer(
    world: &World,
    time: i64,
    now: i64,
    product: Option<u8>,
    sent: &Value,
) -> Result<(u8, Option<Holder>), Failure> {
    let text = |member: &str| sent.get(member).text().filter(|text| !text.is_empty());
    let (account, identifier) = (text("CustomerAWSAccountId"), text("CustomerIdentifier"));
    match (text("LicenseArn"), product) {
        (Some(_), Some(_)) => Err(invalid_product(
            "ProductCode must be left out when a record has a LicenseArn",
        )),
        (None, None) => Err(invalid_product(
            "ProductCode is required without a LicenseArn",
        )),
        (Some(arn), None) => licensed(world, time, now, arn, account, identifier),
        (None, Some(product)) => {
            let holder = by_product(world, now, product, account, identifier)?;
            Ok((product, holder))
        }
    }
}

fn licensed(
    world: &World,
    time: i64,
    now: i64,
    arn: &str,
    account: Option<&str>,
    identifier: Option<&str>,
) -> Result<(u8, Option<Holder>), Failure> {
    if identifier.is_some() {
        return Err(invalid_customer(
            "CustomerIdentifier cannot be used with a LicenseArn",
        ));
    }
    let Some(account) = account else {
        return Err(invalid_customer(
            "CustomerAWSAccountId is required with a LicenseArn",
        ));
    };
    let invalid = |message: &str| Failure::new("InvalidLicenseException", message);
    let index = world
        .find_license(arn)
        .ok_or_else(|| invalid("The license does not exist"))?;
    let agreement = world.agreement(index);
    if world.account(agreement.buyer) != account {
        return Err(invalid("The license does not belong to this customer"));
    }
    let ended = !agreement.is_active();
    if time < agreement.start.div_euclid(HOUR) * HOUR || (ended && time > agreement.end) {
        return Err(invalid(
            "The usage is outside the license's activation period",
        ));
    }
    let holder = can_use(agreement, now).then_some(Holder::License(index));
    Ok((agreement.listing, holder))
}

fn by_product(
    world: &World,
    now: i64,
    product: u8,
    account: Option<&str>,
    identifier: Option<&str>,
) -> Result<Option<Holder>, Failure> {
    if !listing(product).legacy {
        return Err(invalid_product(
            "This product is metered by LicenseArn, without ProductCode",
        ));
    }
    let buyer = match (account, identifier) {
        (Some(_), Some(_)) => {
            let message = "CustomerIdentifier and CustomerAWSAccountId exclude each other";
            return Err(invalid_customer(message));
        }
        (None, None) => {
            return Err(invalid_customer("A record needs a customer"));
        }
        (Some(account), None) => world.find_account(account),
        (None, Some(identifier)) => {
            let known = world.ids.customer_index(identifier, product);
            let known = known.filter(|buyer| (*buyer as usize) < world.buyers.len());
            Some(known.ok_or_else(|| invalid_customer("The CustomerIdentifier does not exist"))?)
        }
    };
    let Some(buyer) = buyer else { return Ok(None) };
    let subscribed = world.of_buyer(buyer).any(|index| {
        let agreement = world.agreement(index);
        agreement.listing == product && can_use(agreement, now)
    });
    Ok(subscribed.then_some(Holder::Customer {
        listing: product,
        buyer,
    }))
}

/// Provisioned now, or ended less than the final window ago.
fn can_use(agreement: &Agreement, now: i64) -> bool {
    match agreement.provision {
        Provision::Done => true,
        Provision::Ended => now < agreement.end.saturating_add(FINAL_WINDOW),
        _ => false,
    }
}

fn invalid_product(message: &str) -> Failure {
    Failure::new("InvalidProductCodeException", message)
}

fn invalid_customer(message: &str) -> Failure {
    Failure::new("InvalidCustomerIdentifierException", message)
}
