//! The seller's products, from the Catalog API.

use app::marketplace::{ErrorKind, Page, PageToken, ProductSummary, Result};
use aws_smithy_types::Document;
use domain::{Listing, Offer, OfferId, Pricing, ProductCode, ProductId};

use crate::connection::{AwsMarketplace, CATALOG};
use crate::failure::{self, Position};
use crate::record::{Record, page, position};
use app::Operation;

/// Products on one page: the most the model allows.
const PAGE_SIZE: i32 = 50;

/// The one kind of product that buyers bind to an account of the vendor's.
pub(crate) const ENTITY_TYPE: &str = "SaaSProduct";

impl AwsMarketplace {
    pub(crate) async fn products_page(
        &self,
        next: Option<&PageToken>,
    ) -> Result<Page<ProductSummary>> {
        let operation = Operation::ListEntities;
        let attempt = || {
            self.catalog
                .list_entities()
                .catalog(CATALOG)
                .entity_type(ENTITY_TYPE)
                .max_results(PAGE_SIZE)
                .set_next_token(next.map(|token| token.0.clone()))
                .send()
        };
        let answer = self.calls.run(operation, position(next), attempt).await?;
        page(
            operation,
            next,
            answer.next_token,
            answer.entity_summary_list.unwrap_or_default(),
            |entity| {
                let record = Record::new(operation, entity.entity_id());
                let id = record.parsed("EntityId", entity.entity_id(), ProductId::parse)?;
                let id = record.required("EntityId", id)?;
                Ok(ProductSummary {
                    id,
                    modified: entity.last_modified_date,
                })
            },
        )
    }

    pub(crate) async fn listing(&self, id: &ProductId) -> Result<Listing> {
        listing(id, &self.entity(id.as_str()).await?)
    }

    pub(crate) async fn described_offer(&self, id: &OfferId) -> Result<Offer> {
        Ok(offer(id, &self.entity(id.as_str()).await?))
    }

    async fn entity(&self, id: &str) -> Result<Document> {
        let operation = Operation::DescribeEntity;
        let attempt = || {
            self.catalog
                .describe_entity()
                .catalog(CATALOG)
                .entity_id(id)
                .send()
        };
        let answer = self.calls.run(operation, Position::Start, attempt).await?;
        answer.details_document.ok_or_else(|| {
            let message = "an entity without DetailsDocument";
            failure::error(operation, ErrorKind::Garbage, message)
        })
    }
}

/// An offer is private when it is targeted at buyer accounts (AWS Marketplace Catalog API Reference,
/// “Work with private offers”; the rule stands in `Rules` of entity type `Offer@1.0`).
fn offer(id: &OfferId, details: &Document) -> Offer {
    let rules = member(details, "Rules").and_then(Document::as_array);
    let targeted = |rule: &Document| {
        let accounts = member(rule, "PositiveTargeting")
            .and_then(|targeting| member(targeting, "BuyerAccounts")?.as_array());
        accounts.is_some_and(|accounts| !accounts.is_empty())
    };
    Offer {
        id: id.clone(),
        name: member(details, "Name")
            .and_then(Document::as_string)
            .map(str::to_owned),
        private: rules.into_iter().flatten().any(targeted),
    }
}

fn listing(id: &ProductId, details: &Document) -> Result<Listing> {
    let record = Record::new(Operation::DescribeEntity, Some(id.as_str()));
    let text = |name| member(details, "Description").and_then(|of| member(of, name)?.as_string());
    Ok(Listing {
        product: id.clone(),
        code: record.parsed(
            "Description.ProductCode",
            text("ProductCode"),
            ProductCode::parse,
        )?,
        // A draft may have none yet.
        title: text("ProductTitle").unwrap_or_default().to_owned(),
        visibility: text("Visibility").map(str::to_owned),
        pricing: pricing(details),
    })
}

fn pricing(details: &Document) -> Pricing {
    let dimensions = member(details, "Dimensions").and_then(Document::as_array);
    let has = |kind: &str| {
        let types = |dimension| member(dimension, "Types").and_then(Document::as_array);
        let mut types = dimensions.into_iter().flatten().filter_map(types).flatten();
        types.any(|of| of.as_string() == Some(kind))
    };
    match (has("ExternallyMetered"), has("Entitled")) {
        (true, false) => Pricing::Usage,
        (false, true) => Pricing::Contract,
        (true, true) => Pricing::ContractWithUsage,
        (false, false) => Pricing::Unknown,
    }
}

fn member<'a>(document: &'a Document, name: &str) -> Option<&'a Document> {
    document.as_object()?.get(name)
}
