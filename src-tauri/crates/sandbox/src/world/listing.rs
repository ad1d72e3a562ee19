//! The five listings, one per system of the vendor.

use super::ids::Ids;

/// A product on the marketplace. Everything here is the same in every world but the ids.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) slug: &'static str,
    pub(crate) title: &'static str,
    pub(crate) contract: bool,
    /// Published before Concurrent Agreements: customer identifiers, no licenses.
    pub(crate) legacy: bool,
    pub(crate) fulfillment_url: &'static str,
    pub(crate) dimensions: &'static [Dimension],
    pub(crate) visibility: &'static str,
}

/// What is counted and what it costs, in US dollars a unit.
#[derive(Debug)]
pub(crate) struct Dimension {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) price: &'static str,
    pub(crate) metered: bool,
}

const fn metered(
    key: &'static str,
    name: &'static str,
    unit: &'static str,
    price: &'static str,
) -> Dimension {
    Dimension {
        key,
        name,
        unit,
        price,
        metered: true,
    }
}

const fn entitled(
    key: &'static str,
    name: &'static str,
    unit: &'static str,
    price: &'static str,
) -> Dimension {
    Dimension {
        key,
        name,
        unit,
        price,
        metered: false,
    }
}

pub(crate) const LISTINGS: [Listing; 5] = [
    Listing {
        slug: "clickhouse-payg",
        title: "ClickHouse Cloud - Pay As You Go",
        contract: false,
        legacy: false,
        fulfillment_url: "https://console.clickhouse.example/marketplace/aws",
        dimensions: &[metered("chc_units", "ClickHouse Credits", "Units", "0.01")],
        visibility: "Public",
    },
    Listing {
        slug: "clickhouse-committed",
        title: "ClickHouse Cloud - Committed Contract",
        contract: true,
        legacy: false,
        fulfillment_url: "https://console.clickhouse.example/marketplace/aws-committed",
        dimensions: &[
            entitled("committed_spend", "Committed spend", "Units", "1.00"),
            entitled("support_tier", "Support tier", "Units", "500.00"),
            metered(
                "overage_units",
                "Usage beyond the commitment",
                "Units",
                "0.01",
            ),
        ],
        visibility: "Limited",
    },
    Listing {
        slug: "emqx",
        title: "EMQX Cloud (Pay as you go)",
        contract: false,
        legacy: false,
        fulfillment_url: "https://cloud.emqx.example/marketplace/aws",
        dimensions: &[
            metered("session_minutes", "Session minutes", "Units", "0.0002"),
            metered("traffic_gb", "Traffic", "GB", "0.15"),
            metered("rule_actions", "Rule actions", "Requests", "0.000001"),
        ],
        visibility: "Public",
    },
    Listing {
        slug: "guance",
        title: "Guance",
        contract: false,
        legacy: true,
        fulfillment_url: "https://billing.guance.example/marketplace/aws",
        dimensions: &[metered(
            "usage_usd_cents",
            "Usage of all workspaces",
            "Units",
            "0.01",
        )],
        visibility: "Public",
    },
    Listing {
        slug: "pinecone",
        title: "Pinecone - Pay as you go",
        contract: false,
        legacy: false,
        fulfillment_url: "https://app.pinecone.example/marketplace/aws",
        dimensions: &[metered("usage", "Vector database usage", "Units", "0.01")],
        visibility: "Public",
    },
];

pub(crate) const PAYG_CLICKHOUSE: u8 = 0;
pub(crate) const COMMITTED_CLICKHOUSE: u8 = 1;
pub(crate) const EMQX: u8 = 2;
pub(crate) const GUANCE: u8 = 3;
pub(crate) const PINECONE: u8 = 4;

/// The listing at a position.
pub(crate) fn listing(index: u8) -> &'static Listing {
    &LISTINGS[usize::from(index) % LISTINGS.len()]
}

/// Position of the listing with this slug.
pub(crate) fn by_slug(slug: &str) -> Option<u8> {
    positions().find(|index| listing(*index).slug == slug)
}

pub(crate) fn positions() -> impl Iterator<Item = u8> {
    (0u8..).take(LISTINGS.len())
}

impl Ids {
    pub(crate) fn product(self, listing: u8) -> String {
        format!("prod-{}", self.name("product", u32::from(listing), 13))
    }

    pub(crate) fn product_code(self, listing: u8) -> String {
        self.name("code", u32::from(listing), 25)
    }

    pub(crate) fn public_offer(self, listing: u8) -> String {
        format!(
            "offer-{}",
            self.name("public offer", u32::from(listing), 13)
        )
    }

    pub(crate) fn listing_of_product(self, id: &str) -> Option<u8> {
        positions().find(|listing| self.product(*listing) == id)
    }

    pub(crate) fn listing_of_code(self, code: &str) -> Option<u8> {
        positions().find(|listing| self.product_code(*listing) == code)
    }

    pub(crate) fn listing_of_public_offer(self, id: &str) -> Option<u8> {
        positions().find(|listing| self.public_offer(*listing) == id)
    }
}
