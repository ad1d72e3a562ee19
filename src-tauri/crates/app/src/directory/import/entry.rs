//! From a raw row to an entry, with everything that is wrong with the row.

use domain::{
    BillingAccount, Deployment, DirectoryId, Email, Entry, EntryKind, Invalid, Known, Member,
    Money, Organization, Text, Timestamp, Workspace,
};

use super::BadRow;
use super::raw::{Raw, RawRow, fields, meant, plain};

/// Fields that a row may have. No kind has as many; more would be a problem each.
const FIELDS_MAX: usize = 64;

/// The entry that a row tells of, or what is wrong with each of its fields.
pub(super) fn entry(row: &RawRow) -> Result<Entry, Vec<BadRow>> {
    if row.cells.len() > FIELDS_MAX {
        let reason = format!("more than {FIELDS_MAX} fields");
        return Err(vec![BadRow::of_file(row.line, reason)]);
    }
    let mut fields = Fields {
        row,
        bad: Vec::new(),
    };
    fields.refuse_strangers();
    let entry = match row.kind {
        EntryKind::BillingAccount => fields.billing_account().map(Entry::BillingAccount),
        EntryKind::Organization => fields.organization().map(Entry::Organization),
        EntryKind::Member => fields.member().map(Entry::Member),
        EntryKind::Workspace => fields.workspace().map(Entry::Workspace),
        EntryKind::Deployment => fields.deployment().map(Entry::Deployment),
    };
    match entry {
        Some(entry) if fields.bad.is_empty() => Ok(entry),
        _ => Err(fields.bad),
    }
}

struct Fields<'r> {
    row: &'r RawRow,
    bad: Vec<BadRow>,
}

impl Fields<'_> {
    fn billing_account(&mut self) -> Option<BillingAccount> {
        let user_name = self.needed("userName", DirectoryId::parse);
        let account = BillingAccount {
            email: self.text("email", Email::parse),
            company: self.text("company", Text::parse),
            country: self.text("country", Text::parse),
            created_at: self.time("createdAt"),
            user_name: user_name?,
        };
        Some(account)
    }

    fn organization(&mut self) -> Option<Organization> {
        let id = self.needed("id", DirectoryId::parse);
        let name = self.needed("name", Text::parse);
        let organization = Organization {
            plan: self.text("plan", Text::parse),
            payment_method: self.text("paymentMethod", Text::parse),
            payment_reference: self.known("paymentReference", Text::parse),
            credit_balance: self.credit(),
            authentication_method: self.text("authenticationMethod", Text::parse),
            open_invoices: self.count("openInvoices"),
            billing_account: self.known("billingAccount", DirectoryId::parse),
            created_at: self.time("createdAt"),
            id: id?,
            name: name?,
        };
        Some(organization)
    }

    fn member(&mut self) -> Option<Member> {
        let organization = self.needed("organization", DirectoryId::parse);
        let email = self.needed("email", Email::parse);
        let member = Member {
            name: self.text("name", Text::parse),
            role: self.text("role", Text::parse),
            verified: self.truth("verified"),
            authentication_method: self.text("authenticationMethod", Text::parse),
            company: self.text("company", Text::parse),
            country: self.text("country", Text::parse),
            usage: self.text("use", Text::parse),
            phone: self.known("phone", Text::parse),
            organization: organization?,
            email: email?,
        };
        Some(member)
    }

    fn workspace(&mut self) -> Option<Workspace> {
        let id = self.needed("id", DirectoryId::parse);
        if self.cell("organization").is_none() && self.cell("billingAccount").is_none() {
            self.refuse("organization", "or a billingAccount is needed");
        }
        let workspace = Workspace {
            organization: self.text("organization", DirectoryId::parse),
            billing_account: self.text("billingAccount", DirectoryId::parse),
            name: self.text("name", Text::parse),
            site: self.text("site", Text::parse),
            language: self.text("language", Text::parse),
            state: self.text("state", Text::parse),
            settlement: self.text("settlement", Text::parse),
            id: id?,
        };
        Some(workspace)
    }

    fn deployment(&mut self) -> Option<Deployment> {
        let id = self.needed("id", DirectoryId::parse);
        let organization = self.needed("organization", DirectoryId::parse);
        let trial = self.truth("trial");
        let trial_ends_at = self.time("trialEndsAt");
        if trial == Some(false) && trial_ends_at.is_some() {
            self.refuse("trialEndsAt", "must be left out, since this is no trial");
        }
        let deployment = Deployment {
            name: self.text("name", Text::parse),
            state: self.text("state", Text::parse),
            trial,
            trial_ends_at,
            id: id?,
            organization: organization?,
        };
        Some(deployment)
    }

    /// Fields that the kind does not have, and fields that are there twice.
    fn refuse_strangers(&mut self) {
        let known = fields(self.row.kind);
        for (position, (name, _)) in self.row.cells.iter().enumerate() {
            let same = |other: &str| plain(other) == plain(name);
            if !known.iter().any(|field| same(field)) {
                let kind = self.row.kind.word();
                let meant = meant(name, known.iter().copied());
                self.refuse(name, &format!("is no field of the kind {kind}{meant}"));
            } else if self.row.cells[..position]
                .iter()
                .any(|(other, _)| same(other))
            {
                self.refuse(name, "is there twice");
            }
        }
    }

    fn cell(&self, name: &str) -> Option<&Raw> {
        let mut cells = self.row.cells.iter();
        let found = cells.find(|(written, _)| plain(written) == plain(name));
        found.map(|(_, value)| value)
    }

    fn refuse(&mut self, field: &str, reason: &str) {
        self.bad
            .push(BadRow::of_field(self.row.line, field, reason));
    }

    /// A value that `take` makes of what is there, which says what it wants otherwise.
    fn value<T>(&mut self, name: &str, take: impl Fn(&Raw) -> Result<T, String>) -> Option<T> {
        let taken = match self.cell(name)? {
            Raw::None => Err("cannot be none; leave it out while it is not known".to_owned()),
            raw => take(raw),
        };
        taken.map_err(|reason| self.refuse(name, &reason)).ok()
    }

    fn text<T>(&mut self, name: &str, parse: fn(&str) -> Result<T, Invalid>) -> Option<T> {
        self.value(name, |raw| match raw {
            Raw::Text(text) => parse(text).map_err(|invalid| invalid.to_string()),
            _ => Err("must be a text".to_owned()),
        })
    }

    fn needed<T>(&mut self, name: &str, parse: fn(&str) -> Result<T, Invalid>) -> Option<T> {
        if self.cell(name).is_none() {
            self.refuse(name, "is needed");
        }
        self.text(name, parse)
    }

    fn known<T>(&mut self, name: &str, parse: fn(&str) -> Result<T, Invalid>) -> Known<T> {
        if matches!(self.cell(name), Some(Raw::None)) {
            return Known::Absent;
        }
        self.text(name, parse).map_or(Known::Unknown, Known::Is)
    }

    fn truth(&mut self, name: &str) -> Option<bool> {
        self.value(name, |raw| match raw {
            Raw::Bool(truth) => Ok(*truth),
            Raw::Text(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Raw::Text(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err("must be true or false".to_owned()),
        })
    }

    fn count(&mut self, name: &str) -> Option<u32> {
        self.value(name, |raw| {
            match raw {
                Raw::Number(text) | Raw::Text(text) => text.parse().map_err(|_| ()),
                _ => Err(()),
            }
            .map_err(|()| "must be a whole number from 0 on".to_owned())
        })
    }

    fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.value(name, |raw| {
            let Raw::Text(text) = raw else {
                return Err("must be a time such as 2026-08-20T14:43:11Z".to_owned());
            };
            let at: Result<jiff::Timestamp, _> = text.parse();
            at.map(|at| Timestamp::from_millis(at.as_millisecond()))
                .map_err(|_| format!("“{text}” is not a time such as 2026-08-20T14:43:11Z"))
        })
    }

    /// The amount is a text: a number of JSON would have lost digits before anybody sees it.
    fn credit(&mut self) -> Option<Money> {
        let amount = self.value("creditBalance", |raw| match raw {
            Raw::Text(text) => Ok(text.clone()),
            _ => Err("must be a decimal text such as \"12.50\"".to_owned()),
        });
        let currency = self.text("creditCurrency", domain::Currency::parse);
        match (self.cell("creditBalance"), self.cell("creditCurrency")) {
            (Some(_), None) => self.refuse("creditCurrency", "is needed with a creditBalance"),
            (None, Some(_)) => self.refuse("creditBalance", "is needed with a creditCurrency"),
            _ => {}
        }
        let money = Money::parse(&amount?, currency?.as_str());
        money
            .map_err(|invalid| self.refuse("creditBalance", &invalid.to_string()))
            .ok()
    }
}
