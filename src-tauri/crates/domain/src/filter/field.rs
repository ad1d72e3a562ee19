//! The fields a filter may name: one table that feeds parser, completion and help.

/// A field of the filter language.
#[derive(Debug)]
pub struct Field {
    /// The word before the colon.
    pub key: &'static str,
    /// What values it takes.
    pub kind: FieldKind,
    /// What it means, for completion and help.
    pub help: &'static str,
    /// Values offered while typing; other ones may be allowed.
    pub values: &'static [(&'static str, &'static str)],
}

/// What kind of values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// An agreement status.
    Status,
    /// A link state, `none` or `any`.
    Link,
    /// Part of a product's title, id or code.
    Product,
    /// Words in one text field.
    Text(TextField),
    /// A time range.
    Time(TimeField),
    /// An amount range.
    Value,
    /// A currency code.
    Currency,
    /// A named property.
    Is,
}

/// The searchable text fields, in the order in which the index keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextField {
    /// The contact's company.
    Company,
    /// The contact's e-mail address.
    Email,
    /// The agreement id, and the first one of its chain.
    Agreement,
    /// The buyer's AWS account.
    Account,
    /// The offer id.
    Offer,
    /// The license, by its `l-…` part.
    License,
    /// The name of what it is linked to.
    Target,
}

/// The instants a filter can ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeField {
    /// When the term ends.
    Ends,
    /// When the term starts.
    Starts,
    /// When the buyer accepted.
    Accepted,
    /// When AWS last changed the agreement.
    Updated,
}

impl TimeField {
    /// Whether a bare duration such as `30d` looks ahead from now; otherwise it looks back.
    #[must_use]
    pub const fn looks_ahead(self) -> bool {
        matches!(self, Self::Ends | Self::Starts)
    }
}

const AHEAD: &[(&str, &str)] = &[
    ("<30d", "within the next 30 days"),
    ("<60d", "within the next 60 days"),
    ("<90d", "within the next 90 days"),
    ("past", "before now"),
    ("none", "not set"),
];
const BACK: &[(&str, &str)] = &[
    ("<1d", "within the last day"),
    ("<7d", "within the last 7 days"),
    (">90d", "more than 90 days ago"),
];

/// Every field, in the order in which help lists them.
pub const FIELDS: &[Field] = &[
    Field {
        key: "status",
        kind: FieldKind::Status,
        help: "where the agreement stands at AWS",
        values: &[
            ("active", "in force"),
            ("cancelled", "ended early by the buyer"),
            ("expired", "reached its end"),
            ("renewed", "a renewal took its place"),
            ("replaced", "another offer took its place"),
            ("terminated", "ended by AWS"),
            ("superseded", "an amendment took its place"),
            ("archived", "ended"),
            ("rolled-back", "its creation was undone"),
        ],
    },
    Field {
        key: "link",
        kind: FieldKind::Link,
        help: "what the buyer is bound to",
        values: &[
            ("none", "not linked"),
            ("any", "linked, in whatever state"),
            ("active", "bound and in force"),
            ("awaiting-verification", "a code was sent by e-mail"),
            ("awaiting-aws", "AWS is still provisioning"),
            ("ending", "a grace period runs"),
            ("ended", "over"),
            ("refused", "a rule refused it"),
        ],
    },
    Field {
        key: "product",
        kind: FieldKind::Product,
        help: "part of the product's title, id or code",
        values: &[],
    },
    Field {
        key: "is",
        kind: FieldKind::Is,
        help: "a named property",
        values: &[
            ("needs-setup", "active and not linked"),
            ("open-ended", "has no end date"),
            ("renewing", "renews at its end"),
            ("future", "starts later"),
            (
                "without-details",
                "company, value and terms were never fetched",
            ),
        ],
    },
    Field {
        key: "ends",
        kind: FieldKind::Time(TimeField::Ends),
        help: "end of the term",
        values: AHEAD,
    },
    Field {
        key: "starts",
        kind: FieldKind::Time(TimeField::Starts),
        help: "start of the term",
        values: AHEAD,
    },
    Field {
        key: "accepted",
        kind: FieldKind::Time(TimeField::Accepted),
        help: "when the buyer accepted",
        values: BACK,
    },
    Field {
        key: "updated",
        kind: FieldKind::Time(TimeField::Updated),
        help: "when AWS last changed it",
        values: BACK,
    },
    Field {
        key: "value",
        kind: FieldKind::Value,
        help: "what the buyer commits to pay, in its own currency",
        values: &[
            (">10k", "more than ten thousand"),
            ("100k..1m", "from a hundred thousand to a million"),
            ("0", "pure usage"),
            ("none", "not known"),
        ],
    },
    Field {
        key: "currency",
        kind: FieldKind::Currency,
        help: "currency of the value",
        values: &[
            ("usd", "US dollar"),
            ("eur", "euro"),
            ("jpy", "yen"),
            ("krw", "won"),
        ],
    },
    Field {
        key: "company",
        kind: FieldKind::Text(TextField::Company),
        help: "company of the contact",
        values: &[],
    },
    Field {
        key: "email",
        kind: FieldKind::Text(TextField::Email),
        help: "e-mail of the contact",
        values: &[],
    },
    Field {
        key: "account",
        kind: FieldKind::Text(TextField::Account),
        help: "the buyer's AWS account",
        values: &[],
    },
    Field {
        key: "agreement",
        kind: FieldKind::Text(TextField::Agreement),
        help: "agreement id, or the first of its chain",
        values: &[],
    },
    Field {
        key: "offer",
        kind: FieldKind::Text(TextField::Offer),
        help: "offer id",
        values: &[],
    },
    Field {
        key: "license",
        kind: FieldKind::Text(TextField::License),
        help: "license ARN or its l-… part",
        values: &[],
    },
    Field {
        key: "target",
        kind: FieldKind::Text(TextField::Target),
        help: "name of what it is linked to",
        values: &[],
    },
];

/// The field with this key, if there is one.
#[must_use]
pub fn field(key: &str) -> Option<&'static Field> {
    FIELDS
        .iter()
        .find(|field| field.key.eq_ignore_ascii_case(key))
}
