//! `GetAgreementTerms`: the accepted terms, as they follow from the agreement.

use super::agreement::{find, foreign_token};
use super::search::page_size;
use crate::chance::mix;
use crate::failure::Failure;
use crate::page::Query;
use crate::value::{Value, list, map};
use crate::world::listing::{Dimension, listing};
use crate::world::record::{Agreement, Renewal};
use crate::world::{DAY, World};

const DEFAULT_PAGE: usize = 50;

pub(super) fn get(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    let index = find(world, input)?;
    let query = Query::of(world, "GetAgreementTerms", input, "nextToken");
    let done = query
        .position()
        .map_err(|_| foreign_token())?
        .map_or(0, |(_, done)| done as usize);
    let page = input
        .get("maxResults")
        .integer()
        .map_or(DEFAULT_PAGE, page_size);
    let all = accepted(world, index);
    let end = (done + page).min(all.len());
    let more = end < all.len();
    let next = more.then(|| query.token_after((0, u32::try_from(end).unwrap_or(u32::MAX))));
    let shown = all.into_iter().skip(done).take(page);
    Ok(map([
        ("acceptedTerms", list(shown)),
        ("nextToken", next.into()),
    ]))
}

fn accepted(world: &World, index: u32) -> Vec<Value> {
    let agreement = world.agreement(index);
    let term = Term {
        world,
        index,
        agreement,
    };
    let mut terms = vec![term.legal(), term.support(), term.pricing()];
    if agreement.has_end() {
        terms.push(term.validity());
    }
    if !matches!(agreement.renewal, Renewal::None | Renewal::NoTerm) {
        terms.push(term.renewal());
    }
    if agreement.has_trial() {
        terms.push(term.free_trial());
    }
    if agreement.upfront {
        terms.push(term.usage());
        if agreement.is_private() {
            terms.push(term.payment_schedule());
        }
    }
    // A few kinds that only some offers have.
    match mix(world.seed, u64::from(agreement.initial)) % 16 {
        0 if agreement.is_private() => terms.push(term.net_payment()),
        1 if agreement.is_private() => terms.push(term.variable_payment()),
        2 if agreement.has_end() => terms.push(term.recurring_payment()),
        3 if agreement.is_private() => terms.push(term.byol()),
        _ => {}
    }
    terms
}

struct Term<'w> {
    world: &'w World,
    index: u32,
    agreement: &'w Agreement,
}

impl Term<'_> {
    /// A term of a kind: `legalTerm` holds a term of type `LegalTerm`.
    fn of<const N: usize>(&self, kind: &'static str, members: [(&'static str, Value); N]) -> Value {
        let mut name = kind.to_owned();
        name[..1].make_ascii_uppercase();
        let id = self.world.ids.name(kind, self.index, 32);
        let Value::Map(rest) = map(members) else {
            return Value::Null;
        };
        let mut all = vec![
            ("type".into(), name.into()),
            ("id".into(), format!("term-{id}").into()),
        ];
        all.extend(rest);
        Value::Map(vec![(kind.into(), Value::Map(all))])
    }

    fn currency(&self) -> Value {
        self.agreement.currency.name().into()
    }

    fn amount(&self, value: i64) -> Value {
        self.agreement.currency.amount(value).into()
    }

    fn dimensions(&self, metered: bool) -> impl Iterator<Item = &'static Dimension> {
        let all = listing(self.agreement.listing).dimensions;
        let any = all.iter().any(|dimension| dimension.metered == metered);
        all.iter()
            .filter(move |dimension| dimension.metered == metered || !any)
    }

    fn duration(&self) -> String {
        let days = (self.agreement.end - self.agreement.start) / DAY;
        format!("P{}D", days.max(1))
    }

    fn legal(&self) -> Value {
        let document = map([
            ("type", "StandardEula".into()),
            (
                "url",
                "https://legal.vendor.example/standard-contract".into(),
            ),
            ("version", "2024-07-01".into()),
        ]);
        self.of("legalTerm", [("documents", list([document]))])
    }

    fn support(&self) -> Value {
        self.of(
            "supportTerm",
            [("refundPolicy", "Refunds are made within 48 hours.".into())],
        )
    }

    fn validity(&self) -> Value {
        self.of(
            "validityTerm",
            [
                ("agreementDuration", self.duration().into()),
                ("agreementStartDate", Value::Time(self.agreement.start)),
                ("agreementEndDate", Value::Time(self.agreement.end)),
            ],
        )
    }

    fn renewal(&self) -> Value {
        let wish = map([("enableAutoRenew", self.agreement.auto_renew.into())]);
        let limit = (self.agreement.renewal == Renewal::Exhausted).then_some(3i64);
        self.of(
            "renewalTerm",
            [
                ("configuration", wish),
                ("lockoutPeriod", "P30D".into()),
                ("maxRenewals", limit.into()),
            ],
        )
    }

    fn pricing(&self) -> Value {
        match (self.agreement.upfront, self.agreement.is_private()) {
            (false, _) => self.usage(),
            (true, false) => self.configurable_upfront(),
            (true, true) => self.fixed_upfront(),
        }
    }

    fn usage(&self) -> Value {
        let cards = self.dimensions(true).map(|dimension| {
            map([
                ("dimensionKey", dimension.key.into()),
                ("price", dimension.price.into()),
            ])
        });
        let card = map([("rateCard", list(cards))]);
        let members = [
            ("currencyCode", self.currency()),
            ("rateCards", list([card])),
        ];
        self.of("usageBasedPricingTerm", members)
    }

    fn configurable_upfront(&self) -> Value {
        let cards = self.dimensions(false).map(|dimension| {
            map([
                ("dimensionKey", dimension.key.into()),
                ("price", dimension.price.into()),
            ])
        });
        let selector = map([
            ("type", "Duration".into()),
            ("value", self.duration().into()),
        ]);
        let constraints = map([
            ("multipleDimensionSelection", "Allowed".into()),
            ("quantityConfiguration", "Allowed".into()),
        ]);
        let card = map([
            ("selector", selector),
            ("constraints", constraints),
            ("rateCard", list(cards)),
        ]);
        let chosen = grants(self.agreement)
            .into_iter()
            .map(|(dimension, quantity)| {
                map([
                    ("dimensionKey", dimension.into()),
                    ("dimensionValue", quantity.into()),
                ])
            });
        let configuration = map([
            ("selectorValue", self.duration().into()),
            ("dimensions", list(chosen)),
        ]);
        self.of(
            "configurableUpfrontPricingTerm",
            [
                ("currencyCode", self.currency()),
                ("rateCards", list([card])),
                ("configuration", configuration),
            ],
        )
    }

    fn fixed_upfront(&self) -> Value {
        let granted = grants(self.agreement)
            .into_iter()
            .map(|(dimension, quantity)| {
                map([
                    ("dimensionKey", dimension.into()),
                    ("maxQuantity", quantity.into()),
                ])
            });
        self.of(
            "fixedUpfrontPricingTerm",
            [
                ("currencyCode", self.currency()),
                ("duration", self.duration().into()),
                ("price", self.amount(self.agreement.value)),
                ("grants", list(granted)),
            ],
        )
    }

    /// The value in two halves: at the start, and in the middle of the term.
    fn payment_schedule(&self) -> Value {
        let first = self.agreement.value / 2;
        let middle = self.agreement.start + (self.agreement.end - self.agreement.start) / 2;
        let charge = |date, amount| {
            map([
                ("chargeDate", Value::Time(date)),
                ("chargeAmount", self.amount(amount)),
            ])
        };
        let charges = [
            charge(self.agreement.start, first),
            charge(middle, self.agreement.value - first),
        ];
        self.of(
            "paymentScheduleTerm",
            [
                ("currencyCode", self.currency()),
                ("schedule", list(charges)),
            ],
        )
    }

    fn free_trial(&self) -> Value {
        let days = (self.agreement.trial_end - self.agreement.start) / DAY;
        let granted = self.dimensions(true).map(|dimension| {
            map([
                ("dimensionKey", dimension.key.into()),
                ("maxQuantity", 30_000i64.into()),
            ])
        });
        self.of(
            "freeTrialPricingTerm",
            [
                ("duration", format!("P{}D", days.max(7)).into()),
                ("grants", list(granted)),
            ],
        )
    }

    fn net_payment(&self) -> Value {
        self.of("netPaymentTerm", [("paymentDuePeriod", "P45D".into())])
    }

    fn variable_payment(&self) -> Value {
        let strategy = map([
            (
                "paymentRequestApprovalStrategy",
                "AUTO_APPROVE_ON_EXPIRATION".into(),
            ),
            ("expirationDuration", "P10D".into()),
        ]);
        self.of(
            "variablePaymentTerm",
            [
                ("currencyCode", self.currency()),
                ("maxTotalChargeAmount", self.amount(5_000_000)),
                ("configuration", strategy),
            ],
        )
    }

    fn recurring_payment(&self) -> Value {
        self.of(
            "recurringPaymentTerm",
            [
                ("currencyCode", self.currency()),
                ("billingPeriod", "Monthly".into()),
                ("price", self.amount(25_000)),
            ],
        )
    }

    fn byol(&self) -> Value {
        self.of("byolPricingTerm", [])
    }
}

/// Dimensions and quantities an agreement that pays up front was granted.
pub(super) fn grants(agreement: &Agreement) -> Vec<(&'static str, i64)> {
    if !agreement.upfront {
        return Vec::new();
    }
    // The models' integers have 32 bits, which a commitment in won exceeds.
    let committed = agreement.value / 10i64.pow(agreement.currency.places());
    let committed = committed.clamp(1, i64::from(i32::MAX));
    let all = listing(agreement.listing).dimensions;
    let entitled: Vec<&Dimension> = all.iter().filter(|dimension| !dimension.metered).collect();
    match entitled.as_slice() {
        // A usage listing sold by private offer: the commitment counts in its first dimension.
        [] => all
            .iter()
            .take(1)
            .map(|dimension| (dimension.key, committed))
            .collect(),
        [spend, rest @ ..] => {
            let spend = (spend.key, committed);
            std::iter::once(spend)
                .chain(rest.iter().map(|one| (one.key, 1)))
                .collect()
        }
    }
}
