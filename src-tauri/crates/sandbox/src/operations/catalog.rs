//! `ListEntities` and `DescribeEntity` for products and offers.

use super::search::page_size;
use crate::failure::Failure;
use crate::page::Query;
use crate::value::{Value, list, map};
use crate::world::World;

mod entity;

use self::entity::{Entity, PRODUCT_TYPE};

const CATALOG: &str = "AWSMarketplace";
const DEFAULT_PAGE: usize = 20;

pub(super) fn list_entities(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    check_catalog(input)?;
    let kind = input.get("EntityType").text().unwrap_or_default();
    let served = ["SaaSProduct", "Offer"].contains(&kind);
    if !served && !OTHER_TYPES.contains(&kind) {
        return Err(invalid("EntityType", "is not the name of an entity type"));
    }
    // This seller has nothing of the other types, and nobody shares anything with it.
    if !served || input.get("OwnershipType").text() == Some("SHARED") {
        return Ok(map([("EntitySummaryList", list(Vec::<Value>::new()))]));
    }
    let wanted = Wanted::read(kind, input)?;
    let query = Query::of(world, "ListEntities", input, "NextToken");
    let done = query
        .position()
        .map_err(|_| invalid("NextToken", "belongs to another request"))?;
    let page = input
        .get("MaxResults")
        .integer()
        .map_or(DEFAULT_PAGE, page_size);

    let (found, next) = if wanted.sort.is_empty() {
        wanted.in_order(world, done, page)
    } else {
        wanted.sorted(world, done, page)
    };
    let token = next.map(|position| query.token_after(position));
    let rows = found.into_iter().map(|entity| entity.summary(world));
    Ok(map([
        ("EntitySummaryList", list(rows)),
        ("NextToken", token.into()),
    ]))
}

pub(super) fn describe(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    check_catalog(input)?;
    let id = input.get("EntityId").text().unwrap_or_default();
    let entity = Entity::find(world, id)
        .ok_or_else(|| Failure::new("ResourceNotFoundException", "The entity was not found"))?;
    Ok(entity.description(world))
}

const OTHER_TYPES: &[&str] = &[
    "AmiProduct",
    "ContainerProduct",
    "DataProduct",
    "MachineLearningProduct",
    "ProfessionalServicesProduct",
    "ServerProduct",
    "ResaleAuthorization",
    "OfferSet",
    "ExpressPrivateOfferConfiguration",
    "SubsidiaryAuthorization",
];

/// What a listing asks for: filters on the summary's own values, and an order.
struct Wanted<'q> {
    products: bool,
    /// Names and conditions, from both ways of filtering.
    filters: Vec<(&'q str, Condition<'q>)>,
    sort: &'q str,
    descending: bool,
}

enum Condition<'q> {
    OneOf(&'q [Value]),
    Like(&'q str),
    Dates {
        after: Option<&'q str>,
        before: Option<&'q str>,
    },
}

impl<'q> Wanted<'q> {
    fn read(kind: &'q str, input: &'q Value) -> Result<Self, Failure> {
        let products = kind == PRODUCT_TYPE;
        let (filters_name, sort_name) = if products {
            ("SaaSProductFilters", "SaaSProductSort")
        } else {
            ("OfferFilters", "OfferSort")
        };
        let typed = input.get("EntityTypeFilters");
        if typed.members().iter().any(|(name, _)| name != filters_name) {
            return Err(invalid(
                "EntityTypeFilters",
                "belong to another entity type",
            ));
        }
        let mut filters = Vec::new();
        for (name, filter) in typed.get(filters_name).members() {
            filters.extend(conditions(filter).map(|condition| (name.as_ref(), condition)));
        }
        for filter in input.get("FilterList").items() {
            let name = filter.get("Name").text().unwrap_or_default();
            if ![
                "EntityId",
                "Name",
                "ProductId",
                "Visibility",
                "ProductTitle",
            ]
            .contains(&name)
            {
                return Err(invalid("FilterList", "has a filter of an unknown name"));
            }
            filters.push((name, Condition::OneOf(filter.get("ValueList").items())));
        }
        let typed_sort = input.get("EntityTypeSort");
        if typed_sort
            .members()
            .iter()
            .any(|(name, _)| name != sort_name)
        {
            return Err(invalid("EntityTypeSort", "belongs to another entity type"));
        }
        let typed_sort = typed_sort.get(sort_name);
        let sort = if typed_sort.is_absent() {
            input.get("Sort")
        } else {
            typed_sort
        };
        Ok(Self {
            products,
            filters,
            sort: sort.get("SortBy").text().unwrap_or_default(),
            descending: sort.get("SortOrder").text() == Some("DESCENDING"),
        })
    }

    fn passes(&self, world: &World, entity: Entity) -> bool {
        self.filters.iter().all(|(name, condition)| {
            let value = entity.value(world, name);
            match condition {
                Condition::OneOf(any) => any.iter().any(|one| one.text() == Some(&value)),
                Condition::Like(part) => value.to_lowercase().contains(&part.to_lowercase()),
                // The dates are all written the same way, so their texts are in order.
                Condition::Dates { after, before } => {
                    after.is_none_or(|after| value.as_str() > after)
                        && before.is_none_or(|before| value.as_str() < before)
                }
            }
        })
    }

    fn in_order(
        &self,
        world: &World,
        after: Option<(i64, u32)>,
        page: usize,
    ) -> (Vec<Entity>, Option<(i64, u32)>) {
        let all = Entity::all(world, self.products, after);
        let passing = all.filter(|entity| self.passes(world, *entity));
        let mut found: Vec<Entity> = passing.take(page + 1).collect();
        let more = found.len() > page;
        found.truncate(page);
        let next = found.last().filter(|_| more).map(|last| last.position());
        (found, next)
    }

    fn sorted(
        &self,
        world: &World,
        done: Option<(i64, u32)>,
        page: usize,
    ) -> (Vec<Entity>, Option<(i64, u32)>) {
        let all = Entity::all(world, self.products, None);
        let mut keyed: Vec<(String, Entity)> = all
            .filter(|entity| self.passes(world, *entity))
            .map(|entity| (entity.value(world, self.sort), entity))
            .collect();
        keyed.sort();
        if self.descending {
            keyed.reverse();
        }
        let done = done.map_or(0, |(_, done)| done as usize);
        let end = (done + page).min(keyed.len());
        let next = (end < keyed.len()).then(|| (0, u32::try_from(end).unwrap_or(u32::MAX)));
        (
            keyed
                .into_iter()
                .skip(done)
                .take(page)
                .map(|(_, entity)| entity)
                .collect(),
            next,
        )
    }
}

fn conditions(filter: &Value) -> impl Iterator<Item = Condition<'_>> {
    let any = filter.get("ValueList");
    let range = filter.get("DateRange");
    [
        (!any.is_absent()).then(|| Condition::OneOf(any.items())),
        filter.get("WildCardValue").text().map(Condition::Like),
        (!range.is_absent()).then(|| Condition::Dates {
            after: range.get("AfterValue").text(),
            before: range.get("BeforeValue").text(),
        }),
    ]
    .into_iter()
    .flatten()
}

fn check_catalog(input: &Value) -> Result<(), Failure> {
    let known = input.get("Catalog").text() == Some(CATALOG);
    if known {
        Ok(())
    } else {
        Err(invalid("Catalog", "must be AWSMarketplace"))
    }
}

fn invalid(field: &str, message: &str) -> Failure {
    let reason = map([
        ("Reason", "FieldValidationFailed".into()),
        ("Field", field.into()),
        ("Message", message.into()),
    ]);
    Failure::new("ValidationException", format!("{field} {message}"))
        .with("ValidationExceptionFieldList", list([reason]))
}
