//! Rows as a file has them, before anything in them is believed.

use domain::EntryKind;
use domain::filter::nearest;

use super::NAME_CHARS_MAX;

/// One row: of which kind, where, and what it says under which name.
#[derive(Debug)]
pub(super) struct RawRow {
    pub(super) kind: EntryKind,
    /// The line it starts on, from 1.
    pub(super) line: usize,
    pub(super) cells: Vec<(String, Raw)>,
}

/// What stands under a name.
#[derive(Debug)]
pub(in crate::directory) enum Raw {
    Text(String),
    Number(String),
    Bool(bool),
    /// Said to be none.
    None,
    /// A list or an object.
    Nested,
}

/// A name without what people write differently: `payment_method`, `Payment Method` and
/// `paymentMethod` are one.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    letters.flat_map(char::to_lowercase).collect()
}

/// The fields of a kind, by the names that JSON has for them.
pub(in crate::directory) const fn fields(kind: EntryKind) -> &'static [&'static str] {
    match kind {
        EntryKind::BillingAccount => &["userName", "email", "company", "country", "createdAt"],
        EntryKind::Organization => &[
            "id",
            "name",
            "plan",
            "paymentMethod",
            "paymentReference",
            "creditBalance",
            "creditCurrency",
            "authenticationMethod",
            "openInvoices",
            "billingAccount",
            "createdAt",
        ],
        EntryKind::Member => &[
            "organization",
            "email",
            "name",
            "role",
            "verified",
            "authenticationMethod",
            "company",
            "country",
            "use",
            "phone",
        ],
        EntryKind::Workspace => &[
            "id",
            "organization",
            "billingAccount",
            "name",
            "site",
            "language",
            "state",
            "settlement",
        ],
        EntryKind::Deployment => &[
            "id",
            "organization",
            "name",
            "state",
            "trial",
            "trialEndsAt",
        ],
    }
}

/// The name that an unknown one was probably meant to be, as the end of a sentence.
pub(super) fn meant<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let plainly: Vec<String> = known.iter().map(|name| plain(name)).collect();
    let short = name.chars().count() <= NAME_CHARS_MAX;
    let near = short.then(|| nearest(&plain(name), plainly.iter().map(String::as_str)));
    let near = near
        .flatten()
        .and_then(|near| plainly.iter().position(|name| name == near));
    match near {
        Some(near) => format!("; was “{}” meant?", known[near]),
        None => format!("; there are {}", known.join(", ")),
    }
}
