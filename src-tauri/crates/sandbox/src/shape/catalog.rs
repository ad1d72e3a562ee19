//! Inputs of the Catalog Service, from its model of 2018-09-17, for the two entity types served.

use super::{Member, Shape};

const CATALOG: Shape = Shape::Text {
    min: 1,
    max: 64,
    pattern: "[a-zA-Z]+",
};
const WORD: Shape = Shape::Text {
    min: 1,
    max: 255,
    pattern: "[a-zA-Z]+",
};
const LINE: Shape = Shape::Text {
    min: 1,
    max: 255,
    pattern: "(.)+",
};
const OFFER_NAME: Shape = Shape::Text {
    min: 1,
    max: 150,
    pattern: "(.)+",
};
const ENTITY_ID: Shape = Shape::Text {
    min: 1,
    max: 255,
    pattern: "[a-zA-Z0-9][.a-zA-Z0-9/-]+[a-zA-Z0-9]",
};
const OFFER_SET_ID: Shape = Shape::Text {
    min: 1,
    max: 50,
    pattern: "offerset-[a-zA-Z0-9][.a-zA-Z0-9/-]+[a-zA-Z0-9]",
};
const AGREEMENT_ID: Shape = Shape::Text {
    min: 1,
    max: 64,
    pattern: "(.)+",
};
/// Filters and orders of entity types this seller has none of: known by name only, so that they
/// are told apart from names that do not exist.
const OTHER: Shape = Shape::Structure(&[]);
const DATE: Shape = Shape::Text {
    min: 20,
    max: 20,
    pattern: concat!(
        r"([\d]{4})\-(1[0-2]|0[1-9])\-(3[01]|0[1-9]|[12][\d])T",
        r"(2[0-3]|[01][\d]):([0-5][\d]):([0-5][\d])Z"
    ),
};
const DATE_RANGE: Shape = Shape::Structure(&[Member::optional(
    "DateRange",
    &Shape::Structure(&[
        Member::optional("AfterValue", &DATE),
        Member::optional("BeforeValue", &DATE),
    ]),
)]);
const SORT_ORDER: Shape = Shape::OneOf(&["ASCENDING", "DESCENDING"]);

macro_rules! any_of {
    ($max:expr, $of:expr) => {
        &Shape::Structure(&[Member::optional(
            "ValueList",
            &Shape::List {
                min: 1,
                max: $max,
                of: $of,
            },
        )])
    };
}
macro_rules! any_of_or_like {
    ($max:expr, $of:expr) => {
        &Shape::Structure(&[
            Member::optional(
                "ValueList",
                &Shape::List {
                    min: 1,
                    max: $max,
                    of: $of,
                },
            ),
            Member::optional("WildCardValue", $of),
        ])
    };
}

const PRODUCT_FILTERS: Shape = Shape::Structure(&[
    Member::optional("EntityId", any_of!(10, &ENTITY_ID)),
    Member::optional("ProductTitle", any_of_or_like!(10, &LINE)),
    Member::optional(
        "Visibility",
        any_of!(
            10,
            &Shape::OneOf(&["Limited", "Public", "Restricted", "Draft"])
        ),
    ),
    Member::optional("LastModifiedDate", &DATE_RANGE),
]);
const OFFER_FILTERS: Shape = Shape::Structure(&[
    Member::optional("EntityId", any_of!(10, &ENTITY_ID)),
    Member::optional("Name", any_of_or_like!(10, &OFFER_NAME)),
    Member::optional("ProductId", any_of!(10, &LINE)),
    Member::optional("ReleaseDate", &DATE_RANGE),
    Member::optional("AvailabilityEndDate", &DATE_RANGE),
    Member::optional(
        "BuyerAccounts",
        &Shape::Structure(&[Member::optional("WildCardValue", &LINE)]),
    ),
    Member::optional("State", any_of!(2, &Shape::OneOf(&["Draft", "Released"]))),
    Member::optional(
        "Targeting",
        any_of!(
            4,
            &Shape::OneOf(&[
                "BuyerAccounts",
                "ParticipatingPrograms",
                "CountryCodes",
                "None"
            ])
        ),
    ),
    Member::optional("LastModifiedDate", &DATE_RANGE),
    Member::optional("ResaleAuthorizationId", any_of!(10, &ENTITY_ID)),
    Member::optional("OfferSetId", any_of!(10, &OFFER_SET_ID)),
    Member::optional("TargetAgreementId", any_of!(10, &AGREEMENT_ID)),
    Member::optional(
        "TargetAgreementIntent",
        any_of!(2, &Shape::OneOf(&["Renew"])),
    ),
    Member::optional(
        "CreatedBySource",
        any_of!(2, &Shape::OneOf(&["Seller", "AwsMarketplace"])),
    ),
]);
const PRODUCT_SORT: Shape = Shape::Structure(&[
    Member::optional(
        "SortBy",
        &Shape::OneOf(&[
            "EntityId",
            "ProductTitle",
            "Visibility",
            "LastModifiedDate",
            "DeliveryOptionTypes",
        ]),
    ),
    Member::optional("SortOrder", &SORT_ORDER),
]);
const OFFER_SORT: Shape = Shape::Structure(&[
    Member::optional(
        "SortBy",
        &Shape::OneOf(&[
            "EntityId",
            "Name",
            "ProductId",
            "ResaleAuthorizationId",
            "ReleaseDate",
            "AvailabilityEndDate",
            "BuyerAccounts",
            "State",
            "Targeting",
            "LastModifiedDate",
            "OfferSetId",
            "TargetAgreementId",
            "TargetAgreementIntent",
            "CreatedBySource",
        ]),
    ),
    Member::optional("SortOrder", &SORT_ORDER),
]);

pub(crate) const LIST_ENTITIES: Shape = Shape::Structure(&[
    Member::required("Catalog", &CATALOG),
    Member::required("EntityType", &WORD),
    Member::optional(
        "FilterList",
        &Shape::List {
            min: 1,
            max: 8,
            of: &Shape::Structure(&[
                Member::optional("Name", &WORD),
                Member::optional(
                    "ValueList",
                    &Shape::List {
                        min: 1,
                        max: 10,
                        of: &LINE,
                    },
                ),
            ]),
        },
    ),
    Member::optional(
        "Sort",
        &Shape::Structure(&[
            Member::optional("SortBy", &WORD),
            Member::optional("SortOrder", &SORT_ORDER),
        ]),
    ),
    Member::optional(
        "NextToken",
        &Shape::Text {
            min: 1,
            max: 4096,
            pattern: r"[\w+=.:@\-\/]+",
        },
    ),
    Member::optional("MaxResults", &Shape::Integer { min: 1, max: 50 }),
    Member::optional("OwnershipType", &Shape::OneOf(&["SELF", "SHARED"])),
    Member::optional(
        "EntityTypeFilters",
        &Shape::Structure(&[
            Member::optional("SaaSProductFilters", &PRODUCT_FILTERS),
            Member::optional("OfferFilters", &OFFER_FILTERS),
            Member::optional("DataProductFilters", &OTHER),
            Member::optional("AmiProductFilters", &OTHER),
            Member::optional("ContainerProductFilters", &OTHER),
            Member::optional("ResaleAuthorizationFilters", &OTHER),
            Member::optional("MachineLearningProductFilters", &OTHER),
            Member::optional("OfferSetFilters", &OTHER),
            Member::optional("ExpressPrivateOfferConfigurationFilters", &OTHER),
            Member::optional("SubsidiaryAuthorizationFilters", &OTHER),
        ]),
    ),
    Member::optional(
        "EntityTypeSort",
        &Shape::Structure(&[
            Member::optional("SaaSProductSort", &PRODUCT_SORT),
            Member::optional("OfferSort", &OFFER_SORT),
            Member::optional("DataProductSort", &OTHER),
            Member::optional("AmiProductSort", &OTHER),
            Member::optional("ContainerProductSort", &OTHER),
            Member::optional("ResaleAuthorizationSort", &OTHER),
            Member::optional("MachineLearningProductSort", &OTHER),
            Member::optional("OfferSetSort", &OTHER),
            Member::optional("ExpressPrivateOfferConfigurationSort", &OTHER),
            Member::optional("SubsidiaryAuthorizationSort", &OTHER),
        ]),
    ),
]);
pub(crate) const DESCRIBE_ENTITY: Shape = Shape::Structure(&[
    Member::required("Catalog", &CATALOG),
    Member::required(
        "EntityId",
        &Shape::Text {
            min: 1,
            max: 255,
            pattern: r"[\w\-]+",
        },
    ),
]);
