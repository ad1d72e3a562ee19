//! The vendor's own side, as its system of record tells it: organizations, the people in them,
//! billing accounts, workspaces and deployments.
//!
//! Plans, roles, methods and states are the vendor's own words, kept as written. `None` means that
//! the vendor has not told, so no rule may rely on it. Where having none is something to rely on,
//! [`Known`] tells the two apart; elsewhere a word does (`none` as a payment method) or another
//! field (a deployment that is no trial has no end of one).

use crate::ids::identifier;
use crate::{Invalid, Money, Timestamp};

/// Longest id, in characters.
pub const ID_CHARS_MAX: usize = 128;
/// Longest e-mail address, in characters (RFC 5321).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Longest name or word, in characters.
pub const TEXT_CHARS_MAX: usize = 256;

identifier!(
    /// What the vendor tells one thing from another by: an id, or a billing account's user name.
    DirectoryId, "an id (1 to 128 characters without white space)",
    |text| fits(text, ID_CHARS_MAX) && !text.contains(char::is_whitespace)
);
identifier!(
    /// An e-mail address, as far as its shape can tell.
    Email, "an e-mail address",
    |text| fits(text, EMAIL_CHARS_MAX) && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
);
identifier!(
    /// A name, or a word of the vendor's, on one line.
    Text, "a text of one line with 1 to 256 characters",
    |text| fits(text, TEXT_CHARS_MAX)
);

fn fits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.chars().count()) && !text.contains(char::is_control)
}

/// What is known of something that there may be none of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Known<T> {
    /// The vendor has not told.
    #[default]
    Unknown,
    /// The vendor says that there is none.
    Absent,
    /// The vendor says that it is this.
    Is(T),
}

impl<T> Known<T> {
    /// What it is, if it is known to be something.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Unknown | Self::Absent => None,
        }
    }

    /// Whether the vendor has told.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

/// A customer of the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// The vendor's id for it.
    pub id: DirectoryId,
    /// Its name.
    pub name: Text,
    /// Such as `starter`.
    pub plan: Option<Text>,
    /// `none`, `card`, `invoice`, `aws-marketplace` or another word.
    pub payment_method: Option<Text>,
    /// What its billing page shows beside the payment method.
    pub payment_reference: Known<Text>,
    /// Prepaid or promotional credits left.
    pub credit_balance: Option<Money>,
    /// How its people sign in, such as `google`.
    pub authentication_method: Option<Text>,
    /// Invoices not paid yet.
    pub open_invoices: Option<u32>,
    /// User name of the billing account that pays for it.
    pub billing_account: Known<DirectoryId>,
    /// Since when it exists.
    pub created_at: Option<Timestamp>,
}

/// A person in an organization. The address names the person, in either case of its letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Id of the organization.
    pub organization: DirectoryId,
    /// Names the person.
    pub email: Email,
    /// Given and family name.
    pub name: Option<Text>,
    /// `owner`, `admin`, `member` or another word.
    pub role: Option<Text>,
    /// Whether the address was proven to be theirs.
    pub verified: Option<bool>,
    /// How the person signs in.
    pub authentication_method: Option<Text>,
    /// Company, as entered at registration.
    pub company: Option<Text>,
    /// Country of the company.
    pub country: Option<Text>,
    /// What the person wants to use the product for.
    pub usage: Option<Text>,
    /// Telephone number.
    pub phone: Known<Text>,
}

/// Who pays for workspaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingAccount {
    /// Names the account; there is no other id.
    pub user_name: DirectoryId,
    /// Where codes are sent.
    pub email: Option<Email>,
    /// Company name.
    pub company: Option<Text>,
    /// Country of the company.
    pub country: Option<Text>,
    /// Since when it exists.
    pub created_at: Option<Timestamp>,
}

/// A workspace of an organization, of a billing account, or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The vendor's id for it.
    pub id: DirectoryId,
    /// Id of the organization.
    pub organization: Option<DirectoryId>,
    /// User name of the billing account.
    pub billing_account: Option<DirectoryId>,
    /// Its name.
    pub name: Option<Text>,
    /// Where it runs, such as `us-oregon`.
    pub site: Option<Text>,
    /// Language of its event, alert and SMS templates.
    pub language: Option<Text>,
    /// `active`, `locked` or another word.
    pub state: Option<Text>,
    /// Who its fees are settled from.
    pub settlement: Option<Text>,
}

/// A deployment of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The vendor's id for it.
    pub id: DirectoryId,
    /// Id of the organization.
    pub organization: DirectoryId,
    /// Its name.
    pub name: Option<Text>,
    /// `running`, `stopped` or another word.
    pub state: Option<Text>,
    /// Whether it is the free trial. One that is none has no end of it, and that is known.
    pub trial: Option<bool>,
    /// When the trial ends.
    pub trial_ends_at: Option<Timestamp>,
}

/// What kinds of things the directory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A billing account.
    BillingAccount,
    /// An organization.
    Organization,
    /// A member of an organization.
    Member,
    /// A workspace.
    Workspace,
    /// A deployment.
    Deployment,
}

impl EntryKind {
    /// Every kind; what others refer to comes before them.
    pub const ALL: [Self; 5] = [
        Self::BillingAccount,
        Self::Organization,
        Self::Member,
        Self::Workspace,
        Self::Deployment,
    ];

    /// The kind's word on the command line and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BillingAccount => "billing-account",
            Self::Organization => "organization",
            Self::Member => "member",
            Self::Workspace => "workspace",
            Self::Deployment => "deployment",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The kind that policies call by this name, such as `billing_account`.
    #[must_use]
    pub fn of_scope(name: &str) -> Option<Self> {
        Self::from_word(&name.replace('_', "-"))
    }
}

/// One thing in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the types")]
pub enum Entry {
    BillingAccount(BillingAccount),
    Organization(Organization),
    Member(Member),
    Workspace(Workspace),
    Deployment(Deployment),
}

impl Entry {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::BillingAccount(_) => EntryKind::BillingAccount,
            Self::Organization(_) => EntryKind::Organization,
            Self::Member(_) => EntryKind::Member,
            Self::Workspace(_) => EntryKind::Workspace,
            Self::Deployment(_) => EntryKind::Deployment,
        }
    }

    /// What tells it from every other entry of its kind.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::BillingAccount(account) => account.user_name.to_string(),
            Self::Organization(organization) => organization.id.to_string(),
            Self::Member(member) => {
                let email = member.email.as_str().to_ascii_lowercase();
                format!("{email} of {}", member.organization)
            }
            Self::Workspace(workspace) => workspace.id.to_string(),
            Self::Deployment(deployment) => deployment.id.to_string(),
        }
    }

    /// What it refers to: kind, id, and the field that does.
    #[must_use]
    pub fn references(&self) -> Vec<(EntryKind, &DirectoryId, &'static str)> {
        let organization = |id| (EntryKind::Organization, id, "organization");
        let billing = |id| (EntryKind::BillingAccount, id, "billingAccount");
        match self {
            Self::BillingAccount(_) => Vec::new(),
            Self::Organization(it) => it
                .billing_account
                .value()
                .map(billing)
                .into_iter()
                .collect(),
            Self::Member(it) => vec![organization(&it.organization)],
            Self::Workspace(it) => {
                let organization = it.organization.as_ref().map(organization);
                let billing = it.billing_account.as_ref().map(billing);
                organization.into_iter().chain(billing).collect()
            }
            Self::Deployment(it) => vec![organization(&it.organization)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(Text::parse("  Größe 크기 ").unwrap().as_str(), "Größe 크기");
        assert!(Text::parse(&"가".repeat(TEXT_CHARS_MAX)).is_ok());
        assert!(Text::parse(&"가".repeat(TEXT_CHARS_MAX + 1)).is_err());
        for text in ["", "  ", "two\nlines", "a\u{0}b"] {
            assert!(Text::parse(text).is_err(), "{text:?}");
        }
        assert!(DirectoryId::parse("org 1").is_err());
        assert!(DirectoryId::parse(&"a".repeat(ID_CHARS_MAX + 1)).is_err());
        for text in ["anna", "@b", "a@", "a@b@c", "a b@c", ""] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(
            Email::parse(" Anna@x.test").unwrap().as_str(),
            "Anna@x.test"
        );
    }

    #[test]
    fn words_and_kinds_correspond() {
        for kind in EntryKind::ALL {
            assert_eq!(EntryKind::from_word(kind.word()), Some(kind));
        }
    }
}
