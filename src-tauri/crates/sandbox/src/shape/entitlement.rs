//! Input of the Entitlement Service, from its model of 2017-01-11.

use super::{Member, Shape};

const ANY_TEXT: Shape = Shape::Text {
    min: 0,
    max: usize::MAX,
    pattern: "",
};

pub(crate) const GET_ENTITLEMENTS: Shape = Shape::Structure(&[
    Member::required(
        "ProductCode",
        &Shape::Text {
            min: 1,
            max: 255,
            pattern: "",
        },
    ),
    Member::optional(
        "Filter",
        &Shape::Map {
            keys: &[
                "CUSTOMER_IDENTIFIER",
                "DIMENSION",
                "CUSTOMER_AWS_ACCOUNT_ID",
                "LICENSE_ARN",
            ],
            of: &Shape::List {
                min: 1,
                max: usize::MAX,
                of: &ANY_TEXT,
            },
        },
    ),
    Member::optional(
        "NextToken",
        &Shape::Text {
            min: 1,
            max: usize::MAX,
            pattern: r"\S+",
        },
    ),
    Member::optional("MaxResults", &Shape::Integer { min: 1, max: 25 }),
]);
