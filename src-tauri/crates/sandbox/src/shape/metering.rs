//! Inputs of the Metering Service, from its model of 2016-01-14.

use super::{Member, Shape};

const WHOLE: Shape = Shape::Integer {
    min: 0,
    max: 2_147_483_647,
};
const DECIMAL: Shape = Shape::Text {
    min: 1,
    max: 17,
    pattern: r"(0|[1-9][0-9]{0,9})(\.[0-9]{1,6})?",
};
const TAG_TEXT: &str = r"[a-zA-Z0-9+ -=._:\\/@]+";
const TAG: Shape = Shape::Structure(&[
    Member::required(
        "Key",
        &Shape::Text {
            min: 1,
            max: 100,
            pattern: TAG_TEXT,
        },
    ),
    Member::required(
        "Value",
        &Shape::Text {
            min: 1,
            max: 256,
            pattern: TAG_TEXT,
        },
    ),
]);
const ALLOCATION: Shape = Shape::Structure(&[
    Member::optional("AllocatedUsageQuantity", &WHOLE),
    Member::optional("AllocatedUsageQuantityAsDecimal", &DECIMAL),
    Member::optional(
        "Tags",
        &Shape::List {
            min: 1,
            max: 5,
            of: &TAG,
        },
    ),
]);
const LICENSE_ARN: &str = concat!(
    "arn:aws[a-zA-Z-]*:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:",
    "[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}"
);

pub(crate) const RECORD: Shape = Shape::Structure(&[
    Member::required("Timestamp", &Shape::Timestamp),
    Member::optional(
        "CustomerIdentifier",
        &Shape::Text {
            min: 0,
            max: 255,
            pattern: "",
        },
    ),
    Member::required(
        "Dimension",
        &Shape::Text {
            min: 1,
            max: 255,
            pattern: "",
        },
    ),
    Member::optional("Quantity", &WHOLE),
    Member::optional("QuantityAsDecimal", &DECIMAL),
    Member::optional(
        "UsageAllocations",
        &Shape::List {
            min: 1,
            max: 2500,
            of: &ALLOCATION,
        },
    ),
    Member::optional(
        "CustomerAWSAccountId",
        &Shape::Text {
            min: 1,
            max: 255,
            pattern: "[0-9]+",
        },
    ),
    Member::optional(
        "LicenseArn",
        &Shape::Text {
            min: 0,
            max: 2048,
            pattern: LICENSE_ARN,
        },
    ),
]);
pub(crate) const BATCH: Shape = Shape::Structure(&[
    Member::required(
        "UsageRecords",
        &Shape::List {
            min: 0,
            max: 25,
            of: &RECORD,
        },
    ),
    Member::optional(
        "ProductCode",
        &Shape::Text {
            min: 0,
            max: 255,
            pattern: "[-a-zA-Z0-9/=:_.@]*",
        },
    ),
]);
pub(crate) const RESOLVE: Shape = Shape::Structure(&[Member::required(
    "RegistrationToken",
    &Shape::Text {
        min: 1,
        max: usize::MAX,
        pattern: "",
    },
)]);
