//! `GetEntitlements`: what contracts of a product grant.

use super::search::page_size;
use super::terms::grants;
use crate::failure::Failure;
use crate::page::Query;
use crate::value::{Value, list, map};
use crate::world::World;
use crate::world::record::Provision;

const DEFAULT_PAGE: usize = 25;
/// Agreements looked at for one page; a page may be empty and still have a token.
const LOOKED_AT_MAX: usize = 20_000;

pub(super) fn get(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    let code = input.get("ProductCode").text().unwrap_or_default();
    let Some(listing) = world.ids.listing_of_code(code) else {
        return Err(invalid("ProductCode names no product of this seller"));
    };
    let filter = Filter::read(input.get("Filter"))?;
    let query = Query::of(world, "GetEntitlements", input, "NextToken");
    let after = query
        .position()
        .map_err(|_| invalid("NextToken belongs to another request"))?;
    let page = input
        .get("MaxResults")
        .integer()
        .map_or(DEFAULT_PAGE, page_size);

    let from = after.map_or((0, 0), |(index, grant)| (index, grant));
    let candidates = filter.candidates(world, listing, from.0);
    let mut found: Vec<((i64, u32), Value)> = Vec::with_capacity(page);
    let mut next = None;
    for (looked_at, index) in candidates.enumerate() {
        if looked_at == LOOKED_AT_MAX {
            next = Some((i64::from(index), 0));
            break;
        }
        for (number, (dimension, quantity)) in granted(world, listing, index) {
            let position = (i64::from(index), number);
            if position < from || !filter.dimension(dimension) {
                continue;
            }
            if found.len() == page {
                next = Some(position);
                break;
            }
            found.push((
                position,
                entitlement(world, code, index, dimension, quantity),
            ));
        }
        if next.is_some() {
            break;
        }
    }
    let token = next.map(|position| query.token_after(position));
    let entitlements = found.into_iter().map(|(_, one)| one);
    Ok(map([
        ("Entitlements", list(entitlements)),
        ("NextToken", token.into()),
    ]))
}

/// What an agreement grants now, numbered; nothing unless it is active and provisioned.
fn granted(world: &World, listing: u8, index: u32) -> Vec<(u32, (&'static str, i64))> {
    let agreement = world.agreement(index);
    let provisioned = agreement.is_active() && agreement.provision == Provision::Done;
    if agreement.listing != listing || !provisioned {
        return Vec::new();
    }
    (0..).zip(grants(agreement)).collect()
}

fn entitlement(world: &World, code: &str, index: u32, dimension: &str, quantity: i64) -> Value {
    let agreement = world.agreement(index);
    let expires = agreement.has_end().then_some(Value::Time(agreement.end));
    map([
        ("ProductCode", code.into()),
        ("Dimension", dimension.into()),
        ("CustomerIdentifier", world.customer(index).into()),
        (
            "CustomerAWSAccountId",
            world.account(agreement.buyer).into(),
        ),
        ("Value", map([("IntegerValue", quantity.into())])),
        ("ExpirationDate", expires.into()),
        ("LicenseArn", world.license(index).into()),
    ])
}

/// Values are united within a key, keys are intersected.
struct Filter<'a> {
    customers: Option<&'a [Value]>,
    accounts: Option<&'a [Value]>,
    dimensions: Option<&'a [Value]>,
    licenses: Option<&'a [Value]>,
}

impl<'a> Filter<'a> {
    fn read(filter: &'a Value) -> Result<Self, Failure> {
        let values = |key: &str| Some(filter.get(key).items()).filter(|values| !values.is_empty());
        let read = Self {
            customers: values("CUSTOMER_IDENTIFIER"),
            accounts: values("CUSTOMER_AWS_ACCOUNT_ID"),
            dimensions: values("DIMENSION"),
            licenses: values("LICENSE_ARN"),
        };
        if read.customers.is_some() && read.accounts.is_some() {
            let message = "CUSTOMER_IDENTIFIER and CUSTOMER_AWS_ACCOUNT_ID exclude each other";
            return Err(invalid(message));
        }
        Ok(read)
    }

    fn dimension(&self, dimension: &str) -> bool {
        let Some(wanted) = self.dimensions else {
            return true;
        };
        wanted.iter().any(|value| value.text() == Some(dimension))
    }

    /// The agreements that can have something, from an index on.
    fn candidates<'w>(
        &self,
        world: &'w World,
        listing: u8,
        from: i64,
    ) -> Box<dyn Iterator<Item = u32> + 'w> {
        let texts = |values: &[Value]| -> Vec<String> {
            values
                .iter()
                .filter_map(Value::text)
                .map(ToOwned::to_owned)
                .collect()
        };
        let buyers: Option<Vec<u32>> = match (self.accounts, self.customers) {
            (Some(accounts), _) => Some(
                texts(accounts)
                    .iter()
                    .filter_map(|one| world.find_account(one))
                    .collect(),
            ),
            (None, Some(customers)) => {
                let buyer = |one: &String| world.ids.customer_index(one, listing);
                Some(texts(customers).iter().filter_map(buyer).collect())
            }
            (None, None) => None,
        };
        let licenses: Option<Vec<u32>> = self.licenses.map(|licenses| {
            texts(licenses)
                .iter()
                .filter_map(|arn| world.find_license(arn))
                .collect()
        });
        let mut few: Vec<u32> = match (&buyers, licenses) {
            (None, None) => {
                let start = u32::try_from(from).unwrap_or(0);
                return Box::new(
                    (start..).take(world.agreements.len().saturating_sub(start as usize)),
                );
            }
            (Some(buyers), None) => buyers
                .iter()
                .flat_map(|buyer| world.of_buyer(*buyer))
                .collect(),
            (None, Some(licenses)) => licenses,
            (Some(buyers), Some(licenses)) => licenses
                .into_iter()
                .filter(|index| buyers.contains(&world.agreement(*index).buyer))
                .collect(),
        };
        few.sort_unstable();
        few.dedup();
        Box::new(
            few.into_iter()
                .filter(move |index| i64::from(*index) >= from),
        )
    }
}

fn invalid(message: &str) -> Failure {
    Failure::new("InvalidParameterException", message)
}
