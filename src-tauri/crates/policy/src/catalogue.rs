//! Every fact that a rule may see, declared once: the loader, the builder of facts, the evaluation
//! and the reference all read this table.

/// What kind of value a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// Text.
    Text,
    /// Text out of these words and no others; a comparison with another word is refused at load.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// An instant. CEL sees milliseconds since 1970; `time('…')` writes one.
    Time,
    /// An exact amount. CEL sees millionths of the currency's unit; `money('…')` writes one.
    Money,
}

impl Kind {
    /// The kind's name in messages and in the reference.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Text => "text",
            Self::Word(_) => "word",
            Self::Texts => "list of text",
            Self::Time => "time",
            Self::Money => "money",
        }
    }
}

/// One thing that may be known: `plan` of `organization`.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in a rule.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// What it says, in one line.
    pub about: &'static str,
    /// Whether it stands in the vendor's directory, so that an effect may set it and a form ask for it.
    pub attribute: bool,
}

/// A record, or a list of records, that facts belong to.
#[derive(Debug, PartialEq, Eq)]
pub struct Scope {
    /// The record's name in a rule; for a list the name of one item, as `where` sees it.
    pub name: &'static str,
    /// For a list its own name, as `deployments`.
    pub list: Option<&'static str>,
    /// What it is, in one line.
    pub about: &'static str,
    /// Its facts.
    pub fields: &'static [Field],
}

impl Scope {
    /// The field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The record with this name.
#[must_use]
pub fn record(name: &str) -> Option<&'static Scope> {
    let mut records = SCOPES.iter().filter(|scope| scope.list.is_none());
    records.find(|scope| scope.name == name)
}

/// The list with this name, as `deployments`.
#[must_use]
pub fn list(name: &str) -> Option<&'static Scope> {
    SCOPES.iter().find(|scope| scope.list == Some(name))
}

/// The list whose items are called this, as `deployment`.
#[must_use]
pub fn item(name: &str) -> Option<&'static Scope> {
    let mut lists = SCOPES.iter().filter(|scope| scope.list.is_some());
    lists.find(|scope| scope.name == name)
}

/// The name of the moment at which rules are evaluated. It belongs to no record and is always known.
pub(crate) const NOW: &str = "now";

const fn fact(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field {
        name,
        kind,
        about,
        attribute: false,
    }
}

const fn attribute(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field {
        name,
        kind,
        about,
        attribute: true,
    }
}

const fn record_of(name: &'static str, about: &'static str, fields: &'static [Field]) -> Scope {
    Scope {
        name,
        list: None,
        about,
        fields,
    }
}

const fn list_of(
    list: &'static str,
    name: &'static str,
    about: &'static str,
    fields: &'static [Field],
) -> Scope {
    Scope {
        name,
        list: Some(list),
        about,
        fields,
    }
}

use Kind::{Bool, Int, Money, Text, Texts, Time, Word};

/// How a person may have shown who the buyer is; also what a policy's `identity` names.
pub(crate) const EVIDENCE: &[&str] = &["token", "agreement", "none"];

/// Every record and list, in the order of the reference.
pub static SCOPES: &[Scope] = &[
    record_of(
        "request",
        "What the person at the console chose and entered.",
        &[
            fact(
                "target",
                Word(&["existing", "new"]),
                "Whether the target is there already or this plan creates it.",
            ),
            fact(
                "member",
                Word(&["existing", "new"]),
                "Whether the member is there already or this plan invites them.",
            ),
            fact(
                "verified",
                Bool,
                "Whether the code sent by e-mail was entered correctly.",
            ),
            fact(
                "terms_accepted",
                Bool,
                "Whether the buyer agreed to the vendor's terms.",
            ),
        ],
    ),
    record_of(
        "policy",
        "This policy itself.",
        &[
            fact("id", Text, "Its id."),
            fact("name", Text, "Its name in English."),
            fact(
                "identity",
                Texts,
                "The kinds of evidence it takes for who the buyer is.",
            ),
        ],
    ),
    record_of(
        "listing",
        "The product on AWS Marketplace.",
        &[
            fact("product", Text, "Product id, as prod-…."),
            fact(
                "code",
                Text,
                "Product code; null while the product is a draft.",
            ),
            fact("title", Text, "Public title."),
            fact(
                "pricing",
                Word(&["usage", "contract", "contract-with-usage", "unknown"]),
                "How it charges.",
            ),
        ],
    ),
    record_of(
        "agreement",
        "What the buyer accepted.",
        &[
            fact("id", Text, "Agreement id."),
            fact("status", Text, "Its status in AWS's word, such as ACTIVE."),
            fact("accepted_at", Time, "When the buyer accepted."),
            fact("starts_at", Time, "When it takes effect."),
            fact(
                "ends_at",
                Time,
                "When it ends; null for one that runs until it is cancelled.",
            ),
            fact(
                "value",
                Money,
                "What the buyer commits to pay in all; zero for pure usage.",
            ),
            fact("currency", Text, "Currency of the value, such as USD."),
            fact(
                "initial",
                Text,
                "The first agreement of its chain of renewals.",
            ),
        ],
    ),
    record_of(
        "offer",
        "The offer that was accepted.",
        &[
            fact("id", Text, "Offer id."),
            fact("private", Bool, "Whether it was made to this buyer alone."),
            fact(
                "contract",
                Bool,
                "Whether it commits the buyer to a contract, rather than to usage alone.",
            ),
            fact("free_trial", Bool, "Whether it is a free trial."),
        ],
    ),
    record_of(
        "license",
        "The license that AWS issued for the agreement.",
        &[
            fact(
                "arn",
                Text,
                "Its ARN; null on products that predate licenses.",
            ),
            fact(
                "status",
                Text,
                "How far AWS is with granting it, in AWS's word, such as PROVISIONED.",
            ),
            fact(
                "reason",
                Text,
                "Why it is not granted, in AWS's word; null when AWS gives no reason.",
            ),
        ],
    ),
    list_of(
        "entitlements",
        "entitlement",
        "What the license grants.",
        &[
            fact("dimension", Text, "The dimension's key."),
            fact("units", Int, "How many; null when it is no whole number."),
            fact("expires_at", Time, "When it lapses."),
        ],
    ),
    record_of(
        "account",
        "The AWS account of the buyer.",
        &[
            fact(
                "id",
                Text,
                "Twelve digits, as AWS reported them; never as somebody typed them.",
            ),
            fact(
                "evidence",
                Word(EVIDENCE),
                "How it is known to be this buyer's: AWS resolved a registration token, or AWS lists the agreement for the account.",
            ),
        ],
    ),
    record_of(
        "organization",
        "The organization in the vendor's directory that is to be linked.",
        &[
            fact("id", Text, "The vendor's id for it."),
            attribute("name", Text, "Its name."),
            attribute(
                "plan",
                Text,
                "The vendor's word for its plan, such as starter.",
            ),
            attribute(
                "payment_method",
                Text,
                "How it pays: none, card, invoice, aws-marketplace or another word of the vendor's.",
            ),
            attribute(
                "payment_reference",
                Text,
                "What its billing page shows beside the payment method.",
            ),
            fact(
                "credit_balance",
                Money,
                "Prepaid or promotional credits left.",
            ),
            fact("credit_currency", Text, "Currency of the credits."),
            attribute(
                "authentication_method",
                Text,
                "How its people sign in, such as google.",
            ),
            fact("open_invoices", Int, "Invoices not paid yet."),
            attribute(
                "billing_account",
                Text,
                "The billing account that pays for it; null when it has none.",
            ),
            fact("created_at", Time, "Since when it exists."),
            fact("owners", Texts, "E-mail addresses of its owners."),
        ],
    ),
    record_of(
        "member",
        "The person on the vendor's side for whom the link is made.",
        &[
            attribute("email", Text, "E-mail address."),
            attribute("name", Text, "Given and family name."),
            attribute(
                "role",
                Text,
                "Role in the organization, such as owner, admin or member; null when the person is not in it.",
            ),
            fact(
                "email_verified",
                Bool,
                "Whether the address was proven to be theirs.",
            ),
            attribute("authentication_method", Text, "How the person signs in."),
            attribute("company", Text, "Company, as entered at registration."),
            attribute("country", Text, "Country of the company."),
            attribute("use", Text, "What the person wants to use the product for."),
            attribute("phone", Text, "Telephone number; null when none was given."),
        ],
    ),
    record_of(
        "billing_account",
        "The billing account in the vendor's directory that is to be linked.",
        &[
            attribute("user_name", Text, "The name that identifies it."),
            attribute("email", Text, "Where codes are sent."),
            attribute("company", Text, "Company name."),
            attribute("country", Text, "Country of the company."),
            fact("created_at", Time, "Since when it exists."),
        ],
    ),
    list_of(
        "workspaces",
        "workspace",
        "Workspaces of the billing account.",
        &[
            fact("id", Text, "The vendor's id for it."),
            attribute("name", Text, "Its name."),
            attribute("site", Text, "Where it runs, such as us-oregon."),
            attribute(
                "language",
                Text,
                "Language of its event, alert and SMS templates.",
            ),
            attribute(
                "state",
                Text,
                "The vendor's word, such as active or locked.",
            ),
            attribute(
                "settlement",
                Text,
                "Who its fees are settled from: aws-marketplace, or the vendor's own word.",
            ),
            fact(
                "bound",
                Bool,
                "Whether it belongs to this link, or will with this plan.",
            ),
        ],
    ),
    list_of(
        "deployments",
        "deployment",
        "Deployments of the organization.",
        &[
            fact("id", Text, "The vendor's id for it."),
            attribute("name", Text, "Its name."),
            attribute(
                "state",
                Text,
                "The vendor's word, such as running or stopped.",
            ),
            fact("trial", Bool, "Whether it is the free trial."),
            fact(
                "trial_ends_at",
                Time,
                "When the trial ends; null when it is none.",
            ),
        ],
    ),
    list_of(
        "links",
        "link",
        "Live links that share something with this one: the account, the target or the license.",
        &[
            fact(
                "same_account",
                Bool,
                "Whether it is of the same AWS account.",
            ),
            fact(
                "same_target",
                Bool,
                "Whether it is to the same organization or billing account.",
            ),
            fact(
                "same_license",
                Bool,
                "Whether it is of the same license, or of another one in the same chain of renewals.",
            ),
            fact(
                "same_group",
                Bool,
                "Whether its listing is counted together with this one (`link.counted.group`).",
            ),
            fact("account", Text, "Its AWS account."),
            fact("agreement", Text, "Its agreement."),
            fact("listing", Text, "Title of its listing."),
            fact("target_id", Text, "The vendor's id of its target."),
            fact("target_name", Text, "Name of its target."),
            fact("owners", Texts, "E-mail addresses of the target's owners."),
            fact("state", Text, "Where it stands, such as active."),
        ],
    ),
    list_of(
        "changes",
        "change",
        "Attributes of things already there that the plan would change.",
        &[
            fact("attribute", Text, "The attribute, such as workspace.site."),
            fact("target", Text, "Name of the thing."),
            fact("before", Text, "What it is."),
            fact("after", Text, "What it would be."),
        ],
    ),
];

/// A field with its record, found by a path such as `organization.plan` or `deployment.state`.
pub(crate) fn field(path: &str) -> Option<(&'static Scope, &'static Field)> {
    let (scope, name) = path.split_once('.')?;
    let scope = record(scope).or_else(|| item(scope))?;
    Some((scope, scope.field(name)?))
}

/// Every path of a field, as forms, effects and messages write them.
pub(crate) fn paths() -> impl Iterator<Item = String> {
    let fields = SCOPES
        .iter()
        .flat_map(|scope| scope.fields.iter().map(move |field| (scope, field)));
    fields.map(|(scope, field)| format!("{}.{}", scope.name, field.name))
}

/// The candidate most like `word`, when it is like enough to be what was meant.
pub(crate) fn nearest(word: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    let distances = candidates
        .into_iter()
        .map(|candidate| (distance(word, &candidate), candidate));
    let (distance, candidate) = distances.min()?;
    (distance <= 1 + word.len() / 4).then_some(candidate)
}

/// How many letters must be put in, taken out or replaced to get from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_said_in_one_line() {
        let mut seen = BTreeSet::from([NOW.to_owned(), "settings".to_owned()]);
        for scope in SCOPES {
            assert!(seen.insert(scope.name.to_owned()), "{}", scope.name);
            assert!(scope.list.is_none_or(|list| seen.insert(list.to_owned())));
            for field in scope.fields {
                let path = format!("{}.{}", scope.name, field.name);
                assert!(
                    field.about.ends_with('.') && !field.about.contains('\n'),
                    "{path}"
                );
                assert!(seen.insert(path), "{} twice", field.name);
            }
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_recognized_and_another_word_is_not() {
        let known = || paths();
        let meant = nearest("organization.payment_metod", known());
        assert_eq!(meant.as_deref(), Some("organization.payment_method"));
        assert_eq!(nearest("weather", known()), None);
    }
}
