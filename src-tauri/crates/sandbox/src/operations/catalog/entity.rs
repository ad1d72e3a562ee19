//! Entities of the catalog: the five products, their public offers and every private offer.

use jiff::Timestamp;

use crate::value::{Value, list, map};
use crate::world::ids::SELLER_ACCOUNT;
use crate::world::listing::{Listing, listing, positions};
use crate::world::{DAY, World};

pub(super) const PRODUCT_TYPE: &str = "SaaSProduct";
/// How long before it was accepted a private offer was released.
const OFFERED_BEFORE: i64 = 14 * DAY;

/// Something in the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entity {
    Product(u8),
    PublicOffer(u8),
    /// The offer that an agreement was the first to be made from.
    PrivateOffer(u32),
}

impl Entity {
    pub(super) fn find(world: &World, id: &str) -> Option<Self> {
        if let Some(product) = world.ids.listing_of_product(id) {
            return Some(Entity::Product(product));
        }
        if let Some(product) = world.ids.listing_of_public_offer(id) {
            return Some(Entity::PublicOffer(product));
        }
        let founder = world.ids.private_offer_index(id)?;
        is_founder(world, founder).then_some(Entity::PrivateOffer(founder))
    }

    /// All products, or all offers, after a position.
    pub(super) fn all(
        world: &World,
        products: bool,
        after: Option<(i64, u32)>,
    ) -> impl Iterator<Item = Self> {
        let few = positions().map(move |one| {
            if products {
                Entity::Product(one)
            } else {
                Entity::PublicOffer(one)
            }
        });
        let start = match after {
            Some((1, founder)) => founder + 1,
            _ => 0,
        };
        let count = if products {
            0
        } else {
            world.agreements.len().saturating_sub(start as usize)
        };
        let founders = (start..)
            .take(count)
            .filter(|index| is_founder(world, *index));
        let few = few.filter(move |one| after.is_none_or(|after| one.position() > after));
        few.chain(founders.map(Entity::PrivateOffer))
    }

    /// Where it stands in the order of [`Entity::all`].
    pub(super) fn position(self) -> (i64, u32) {
        match self {
            Entity::Product(listing) | Entity::PublicOffer(listing) => (0, u32::from(listing)),
            Entity::PrivateOffer(founder) => (1, founder),
        }
    }

    /// A value by the name that filters and orders call it.
    pub(super) fn value(self, world: &World, name: &str) -> String {
        match name {
            "EntityId" => self.id(world),
            "Name" | "ProductTitle" => self.name(world),
            "ProductId" => world.ids.product(self.listing(world)),
            "Visibility" => listing(self.listing(world)).visibility.to_owned(),
            "ReleaseDate" => date(self.released(world)),
            "LastModifiedDate" => date(self.modified(world)),
            "AvailabilityEndDate" => self.available_until(world).map(date).unwrap_or_default(),
            "BuyerAccounts" => self.buyer(world).unwrap_or_default(),
            "State" => "Released".to_owned(),
            "Targeting" => self.targeting().to_owned(),
            "CreatedBySource" => "Seller".to_owned(),
            "DeliveryOptionTypes" => "SoftwareRegistration".to_owned(),
            _ => String::new(),
        }
    }

    pub(super) fn summary(self, world: &World) -> Value {
        let visibility = listing(self.listing(world)).visibility;
        let own = match self {
            Entity::Product(_) => map([(
                "SaaSProductSummary",
                map([
                    ("ProductTitle", self.name(world).into()),
                    ("Visibility", visibility.into()),
                ]),
            )]),
            Entity::PublicOffer(_) | Entity::PrivateOffer(_) => {
                map([("OfferSummary", self.offer_summary(world))])
            }
        };
        let shown = matches!(self, Entity::Product(_)).then_some(visibility);
        let common = map([
            ("Name", self.name(world).into()),
            ("EntityType", self.kind().into()),
            ("EntityId", self.id(world).into()),
            ("EntityArn", self.arn(world).into()),
            ("LastModifiedDate", date(self.modified(world)).into()),
            ("Visibility", shown.into()),
        ]);
        let (Value::Map(mut members), Value::Map(own)) = (common, own) else {
            return Value::Null;
        };
        members.extend(own);
        Value::Map(members)
    }

    pub(super) fn description(self, world: &World) -> Value {
        let document = match self {
            Entity::Product(position) => self.product_document(world, listing(position)),
            Entity::PublicOffer(_) | Entity::PrivateOffer(_) => self.offer_document(world),
        };
        map([
            ("EntityType", format!("{}@1.0", self.kind()).into()),
            ("EntityIdentifier", format!("{}@1", self.id(world)).into()),
            ("EntityArn", self.arn(world).into()),
            ("LastModifiedDate", date(self.modified(world)).into()),
            ("Details", crate::wire::json::write(&document).into()),
            ("DetailsDocument", document),
        ])
    }

    fn id(self, world: &World) -> String {
        match self {
            Entity::Product(listing) => world.ids.product(listing),
            Entity::PublicOffer(listing) => world.ids.public_offer(listing),
            Entity::PrivateOffer(founder) => world.ids.private_offer(founder),
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Entity::Product(_) => PRODUCT_TYPE,
            Entity::PublicOffer(_) | Entity::PrivateOffer(_) => "Offer",
        }
    }

    fn arn(self, world: &World) -> String {
        let (kind, id) = (self.kind(), self.id(world));
        format!("arn:aws:aws-marketplace:us-east-1:{SELLER_ACCOUNT}:AWSMarketplace/{kind}/{id}")
    }

    fn listing(self, world: &World) -> u8 {
        match self {
            Entity::Product(listing) | Entity::PublicOffer(listing) => listing,
            Entity::PrivateOffer(founder) => world.agreement(founder).listing,
        }
    }

    fn name(self, world: &World) -> String {
        let title = listing(self.listing(world)).title;
        match self {
            Entity::Product(_) => title.to_owned(),
            Entity::PublicOffer(_) => format!("Public offer: {title}"),
            Entity::PrivateOffer(founder) => {
                let (company, _) = world.name_and_email(world.agreement(founder).buyer);
                let name = format!("{title} for {company}");
                name.chars().take(150).collect()
            }
        }
    }

    fn released(self, world: &World) -> i64 {
        match self {
            Entity::Product(listing) | Entity::PublicOffer(listing) => {
                world.start - (1500 + i64::from(listing) * 40) * DAY
            }
            Entity::PrivateOffer(founder) => world.agreement(founder).accepted - OFFERED_BEFORE,
        }
    }

    fn modified(self, world: &World) -> i64 {
        match self {
            Entity::Product(listing) => world.start - (20 + i64::from(listing) * 11) * DAY,
            Entity::PublicOffer(_) | Entity::PrivateOffer(_) => self.released(world) + DAY / 24,
        }
    }

    fn available_until(self, world: &World) -> Option<i64> {
        match self {
            Entity::Product(_) | Entity::PublicOffer(_) => None,
            Entity::PrivateOffer(founder) => {
                Some(world.agreement(founder).accepted + OFFERED_BEFORE)
            }
        }
    }

    fn buyer(self, world: &World) -> Option<String> {
        match self {
            Entity::Product(_) | Entity::PublicOffer(_) => None,
            Entity::PrivateOffer(founder) => Some(world.account(world.agreement(founder).buyer)),
        }
    }

    fn targeting(self) -> &'static str {
        match self {
            Entity::PrivateOffer(_) => "BuyerAccounts",
            Entity::Product(_) | Entity::PublicOffer(_) => "None",
        }
    }

    fn offer_summary(self, world: &World) -> Value {
        let accounts = self.buyer(world).map(|buyer| list([buyer]));
        map([
            ("Name", self.name(world).into()),
            ("ProductId", world.ids.product(self.listing(world)).into()),
            ("ReleaseDate", date(self.released(world)).into()),
            (
                "AvailabilityEndDate",
                self.available_until(world).map(date).into(),
            ),
            ("BuyerAccounts", accounts.into()),
            ("State", "Released".into()),
            ("Targeting", list([self.targeting()])),
            ("CreatedBySource", "Seller".into()),
        ])
    }

    fn product_document(self, world: &World, listing: &Listing) -> Value {
        let position = self.listing(world);
        let dimensions = listing.dimensions.iter().map(|one| {
            let kind = if one.metered {
                "ExternallyMetered"
            } else {
                "Entitled"
            };
            map([
                ("Name", one.name.into()),
                ("Key", one.key.into()),
                ("Unit", one.unit.into()),
                ("Description", one.name.into()),
                ("Types", list([kind])),
            ])
        });
        let option = map([
            (
                "Id",
                format!("do-{}", world.ids.name("option", position.into(), 13)).into(),
            ),
            ("Type", "SoftwareRegistration".into()),
            ("FulfillmentUrl", listing.fulfillment_url.into()),
        ]);
        let version = map([
            (
                "Id",
                format!("version-{}", world.ids.name("version", position.into(), 13)).into(),
            ),
            ("DeliveryOptions", list([option])),
        ]);
        let description = map([
            ("ProductTitle", listing.title.into()),
            ("ProductCode", world.ids.product_code(position).into()),
            ("Visibility", listing.visibility.into()),
            ("ProductState", "Active".into()),
        ]);
        map([
            ("Description", description),
            ("Dimensions", list(dimensions)),
            ("Versions", list([version])),
        ])
    }

    fn offer_document(self, world: &World) -> Value {
        let targeting = self
            .buyer(world)
            .map(|buyer| map([("PositiveTargeting", map([("BuyerAccounts", list([buyer]))]))]));
        map([
            ("Id", self.id(world).into()),
            ("Name", self.name(world).into()),
            ("ProductId", world.ids.product(self.listing(world)).into()),
            ("State", "Released".into()),
            ("ReleaseDate", date(self.released(world)).into()),
            (
                "AvailabilityEndDate",
                self.available_until(world).map(date).into(),
            ),
            ("Rules", targeting.map(|rule| list([rule])).into()),
        ])
    }
}

fn is_founder(world: &World, index: u32) -> bool {
    world
        .agreements
        .get(index as usize)
        .is_some_and(|one| one.offer == index)
}

/// A moment to the second, as the catalog writes dates.
fn date(millis: i64) -> String {
    Timestamp::from_second(millis.div_euclid(1000))
        .map_or_else(|_| String::new(), |at| at.to_string())
}
