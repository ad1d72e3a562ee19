//! Inputs of the Agreement Service, from its model of 2020-03-01.

use super::{Member, Shape};

const AGREEMENT_ID: Shape = Shape::Text {
    min: 1,
    max: 64,
    pattern: "[A-Za-z0-9_/-]+",
};
const CATALOG: Shape = Shape::Text {
    min: 1,
    max: 64,
    pattern: "[a-zA-Z0-9.-]+",
};
const MAX_RESULTS: Shape = Shape::Integer { min: 1, max: 50 };
const NEXT_TOKEN: Shape = Shape::Text {
    min: 0,
    max: 8192,
    pattern: "[a-zA-Z0-9+/=_-]+",
};
const PROSE: Shape = Shape::Text {
    min: 1,
    max: 2000,
    pattern: "",
};
const REQUEST_ID: Shape = Shape::Text {
    min: 1,
    max: 64,
    pattern: "acr-[a-zA-Z0-9]+",
};

const FILTER_NAME: Shape = Shape::Text {
    min: 1,
    max: 32,
    pattern: "[A-Za-z_]+",
};
const FILTER_VALUE: Shape = Shape::Text {
    min: 1,
    max: 256,
    pattern: "[A-Za-z0-9.,+:/_-]+",
};
const FILTER_VALUES: Shape = Shape::List {
    min: 1,
    max: 1,
    of: &FILTER_VALUE,
};
const FILTER: Shape = Shape::Structure(&[
    Member::optional("name", &FILTER_NAME).because("MISSING_FILTER_NAME", "INVALID_FILTER_NAME"),
    Member::optional("values", &FILTER_VALUES)
        .because("MISSING_FILTER_VALUES", "INVALID_FILTER_VALUES"),
]);
const FILTERS: Shape = Shape::List {
    min: 1,
    max: 10,
    of: &FILTER,
};
const SORT_BY: Shape = Shape::Text {
    min: 1,
    max: 255,
    pattern: "[A-Za-z_]+",
};
const SORT_ORDER: Shape = Shape::OneOf(&["ASCENDING", "DESCENDING"]);
const SORT: Shape = Shape::Structure(&[
    Member::optional("sortBy", &SORT_BY).because("MISSING_SORT_BY", "INVALID_SORT_BY"),
    Member::optional("sortOrder", &SORT_ORDER).because("OTHER", "INVALID_SORT_ORDER"),
]);

/// Reasons for which a seller may ask to cancel.
pub(crate) const REASON_CODES: &[&str] = &[
    "INCORRECT_TERMS_ACCEPTED",
    "REPLACING_AGREEMENT",
    "TEST_AGREEMENT",
    "ALTERNATIVE_PROCUREMENT_CHANNEL",
    "PRODUCT_DISCONTINUED",
    "UNINTENDED_RENEWAL",
    "BUYER_DISSATISFACTION",
    "OTHER",
];
const REASON_CODE: Shape = Shape::OneOf(REASON_CODES);
const CLIENT_TOKEN: Shape = Shape::Text {
    min: 1,
    max: 64,
    pattern: "[a-zA-Z0-9-]+",
};
const REQUEST_STATUS: Shape = Shape::OneOf(&[
    "PENDING_APPROVAL",
    "APPROVED",
    "REJECTED",
    "CANCELLED",
    "VALIDATION_FAILED",
]);
const PARTY_TYPE: Shape = Shape::Text {
    min: 1,
    max: 32,
    pattern: "[A-Za-z]+",
};
const AGREEMENT_TYPE: Shape = Shape::Text {
    min: 1,
    max: 64,
    pattern: "[A-Za-z]+",
};

const fn agreement_id() -> Member {
    Member::required("agreementId", &AGREEMENT_ID)
        .because("MISSING_AGREEMENT_ID", "INVALID_AGREEMENT_ID")
}

const fn request_id() -> Member {
    Member::required("agreementCancellationRequestId", &REQUEST_ID).because(
        "MISSING_AGREEMENT_CANCELLATION_REQUEST_ID",
        "INVALID_AGREEMENT_CANCELLATION_REQUEST_ID",
    )
}

const fn max_results() -> Member {
    Member::optional("maxResults", &MAX_RESULTS).because("OTHER", "INVALID_MAX_RESULTS")
}

const fn next_token() -> Member {
    Member::optional("nextToken", &NEXT_TOKEN).because("OTHER", "INVALID_NEXT_TOKEN")
}

const fn catalog() -> Member {
    Member::optional("catalog", &CATALOG).because("OTHER", "INVALID_CATALOG")
}

pub(crate) const SEARCH: Shape = Shape::Structure(&[
    catalog(),
    Member::optional("filters", &FILTERS).because("OTHER", "INVALID_FILTERS"),
    Member::optional("sort", &SORT).because("OTHER", "INVALID_SORT_BY"),
    max_results(),
    next_token(),
]);
/// `DescribeAgreement` and `GetAgreementContacts`.
pub(crate) const ONE_AGREEMENT: Shape = Shape::Structure(&[agreement_id()]);
/// `GetAgreementTerms` and `GetAgreementEntitlements`.
pub(crate) const PAGES_OF_ONE: Shape =
    Shape::Structure(&[agreement_id(), max_results(), next_token()]);
pub(crate) const SEND_REQUEST: Shape = Shape::Structure(&[
    agreement_id(),
    Member::required("reasonCode", &REASON_CODE)
        .because("MISSING_REASON_CODE", "INVALID_REASON_CODE"),
    Member::optional("clientToken", &CLIENT_TOKEN).because("OTHER", "INVALID_CLIENT_TOKEN"),
    Member::optional("description", &PROSE).because("OTHER", "INVALID_DESCRIPTION"),
]);
/// `GetAgreementCancellationRequest` and the buyer's accept.
pub(crate) const ONE_REQUEST: Shape = Shape::Structure(&[request_id(), agreement_id()]);
pub(crate) const LIST_REQUESTS: Shape = Shape::Structure(&[
    Member::required("partyType", &PARTY_TYPE).because("MISSING_PARTY_TYPE", "INVALID_PARTY_TYPE"),
    Member::optional("agreementId", &AGREEMENT_ID).because("OTHER", "INVALID_AGREEMENT_ID"),
    Member::optional("status", &REQUEST_STATUS).because("OTHER", "INVALID_STATUS"),
    Member::optional("agreementType", &AGREEMENT_TYPE).because("OTHER", "INVALID_AGREEMENT_TYPE"),
    catalog(),
    max_results(),
    next_token(),
]);
pub(crate) const WITHDRAW_REQUEST: Shape = Shape::Structure(&[
    agreement_id(),
    request_id(),
    Member::required("cancellationReason", &PROSE).because("MISSING_REASON", "INVALID_REASON"),
]);
pub(crate) const REJECT_REQUEST: Shape = Shape::Structure(&[
    agreement_id(),
    request_id(),
    Member::required("rejectionReason", &PROSE)
        .because("MISSING_REASON", "INVALID_REJECTION_REASON"),
]);
