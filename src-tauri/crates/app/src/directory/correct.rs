//! Correcting what is mirrored of one thing, by hand.
//!
//! What a person enters is held against the same rules as a row of a file ([`import`]). The thing's
//! origin stays the vendor's, since all else about it is as old as it was; what was corrected is noted
//! as ours, until the vendor tells of the thing anew and has the last word.

use std::collections::BTreeMap;

use domain::{Entry, EntryKind, Known, Money, Timestamp};
use serde_json::json;
use store::table::audit;
use store::table::directory::Change;
use store::{AuditKey, Read, Store};

use super::import::{self, Raw};
use crate::error::FieldProblem;
use crate::{Action, Error, Permit};

/// The action in the audit.
const KIND: &str = "correct";

/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// What is known of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// The vendor has not told.
    NotTold,
    /// There is none.
    None,
    /// This, as a file would have it.
    Is(String),
}

/// One field of a thing, as it is mirrored now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, as files have it.
    pub name: &'static str,
    /// What is known of it.
    pub value: FieldValue,
    /// What may be said of it.
    pub kind: FieldKind,
}

/// What may be said of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// It tells the thing from all others, and stays.
    Key,
    /// It must be told.
    Needed,
    /// It is told, or not.
    Told,
    /// There may also be none.
    Known,
    /// It is `true` or `false`, or not told.
    Truth,
}

/// What a person says instead of what is mirrored.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The kind of thing.
    pub kind: EntryKind,
    /// Its id, user name, or organization and e-mail address with a space between.
    pub key: String,
    /// Fields by the names that files have for them; all others stay as they are.
    pub fields: BTreeMap<String, FieldValue>,
    /// Why.
    pub reason: String,
}

/// A correction that was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|it| format!("{} {}", it.field, it.message)).collect::<Vec<_>>().join("; "))]
pub struct CorrectionError(pub Vec<FieldProblem>);

/// Every field of a thing.
pub fn fields(store: &Store, kind: EntryKind, key: &str) -> Result<Vec<Field>, Error> {
    let found = store.read(|read| read.entry(kind, key))?;
    let (entry, _) = found.ok_or_else(|| not_found(kind, key))?;
    Ok(fields_of(&entry))
}

/// Corrects a thing and notes it, in one transaction. Tells what was changed; nothing, when all was so.
pub fn correct(
    store: &Store,
    key: &AuditKey,
    permit: &Permit,
    correction: &Correction,
    now: Timestamp,
) -> Result<Vec<Change>, Error> {
    debug_assert_eq!(permit.action(), Action::EditDirectory);
    let reason = reason(&correction.reason)?;
    let base = audit::Entry {
        target: Some(format!("{}:{}", correction.kind.word(), correction.key)),
        ..crate::audit::entry(store, now, KIND)?
    };
    store.write(|write| {
        let found = write.reading().entry(correction.kind, &correction.key)?;
        let (before, origin) = found.ok_or_else(|| not_found(correction.kind, &correction.key))?;
        let after = corrected(&write.reading(), &before, &correction.fields)?;
        let changes = changes(&before, &after, &correction.key, now);
        if changes.is_empty() {
            return Ok(changes);
        }
        write.change_directory(&after, &origin, &changes)?;
        let told = changes
            .iter()
            .map(|it| json!({ "attribute": it.attribute, "before": it.before, "after": it.after }));
        let told: Vec<_> = told.collect();
        let entry = audit::Entry {
            detail: json!({ "reason": reason, "changes": told }).to_string(),
            ..base.clone()
        };
        write.append_audit(key, &entry)?;
        Ok(changes)
    })
}

fn reason(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    let problem = match text.chars().count() {
        0 => "is missing: say why, for whoever reads the audit".to_owned(),
        many if many > REASON_CHARS_MAX => format!("is longer than {REASON_CHARS_MAX} characters"),
        _ => return Ok(text),
    };
    Err(CorrectionError(vec![FieldProblem {
        field: "reason".into(),
        message: problem,
    }])
    .into())
}

/// The thing with its corrected fields, or everything that is wrong with them.
fn corrected(
    read: &Read<'_>,
    before: &Entry,
    fields: &BTreeMap<String, FieldValue>,
) -> Result<Entry, Error> {
    let mut problems = Vec::new();
    let there = fields_of(before);
    let mut cells: Vec<_> = there.iter().filter_map(Field::cell).collect();
    for (name, value) in fields {
        let known = there.iter().find(|it| it.name == name);
        let (known, message) = match known {
            None => (None, "is no field of this kind"),
            Some(field) if field.kind == FieldKind::Key && field.value != *value => {
                (None, "tells this one from all others, and stays")
            }
            Some(field) if field.kind == FieldKind::Needed && *value == FieldValue::NotTold => {
                (None, "is needed")
            }
            Some(field) => (Some(field), ""),
        };
        let Some(field) = known else {
            problems.push(FieldProblem {
                field: name.clone().into(),
                message: message.to_owned(),
            });
            continue;
        };
        cells.retain(|(other, _)| other != field.name);
        let said = Field {
            value: value.clone(),
            ..field.clone()
        };
        cells.extend(said.cell());
    }
    match import::of_cells(before.kind(), cells) {
        Ok(after) => {
            problems.extend(dangling(read, before, &after)?);
            if problems.is_empty() {
                return Ok(after);
            }
        }
        Err(bad) => problems.extend(bad.into_iter().map(|row| FieldProblem {
            field: row.field.unwrap_or_default().into(),
            message: row.reason,
        })),
    }
    // A field that is needed and was left out is told by both.
    problems.sort_by(|one, other| (&one.field, &one.message).cmp(&(&other.field, &other.message)));
    problems.dedup();
    Err(CorrectionError(problems).into())
}

/// What it refers to since it was corrected, and is not there. What it referred to before may be missing:
/// the vendor said so.
fn dangling(read: &Read<'_>, before: &Entry, after: &Entry) -> store::Result<Vec<FieldProblem>> {
    let known = before.references();
    let mut problems = Vec::new();
    for reference in after.references() {
        let (kind, id, field) = reference;
        if !known.contains(&reference) && !read.directory_has(kind, id)? {
            problems.push(FieldProblem {
                field: field.into(),
                message: import::no_such(kind, id),
            });
        }
    }
    Ok(problems)
}

/// What is no longer as it was, field by field, by the names that policies have for them.
fn changes(before: &Entry, after: &Entry, key: &str, now: Timestamp) -> Vec<Change> {
    let said = |value: FieldValue| match value {
        FieldValue::NotTold => None,
        FieldValue::None => Some(String::new()),
        FieldValue::Is(text) => Some(text),
    };
    let pairs = fields_of(before).into_iter().zip(fields_of(after));
    let differing = pairs.filter(|(before, after)| before.value != after.value);
    let kind = after.kind().word();
    let changes = differing.map(|(before, after)| Change {
        kind: kind.to_owned(),
        key: key.to_owned(),
        attribute: Some(in_policies(after.name)),
        before: said(before.value),
        after: said(after.value),
        at: now,
        plan: None,
        chain: None,
    });
    changes.collect()
}

/// `paymentMethod` as policies write it: `payment_method`.
fn in_policies(name: &str) -> String {
    let mut written = String::with_capacity(name.len() + 2);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            written.push('_');
        }
        written.push(letter.to_ascii_lowercase());
    }
    written
}

impl Field {
    fn of(kind: FieldKind, name: &'static str, value: Option<impl ToString>) -> Self {
        let value = value.map_or(FieldValue::NotTold, |it| FieldValue::Is(it.to_string()));
        Self { name, value, kind }
    }

    fn key(name: &'static str, value: impl ToString) -> Self {
        Self::of(FieldKind::Key, name, Some(value))
    }

    fn needed(name: &'static str, value: impl ToString) -> Self {
        Self::of(FieldKind::Needed, name, Some(value))
    }

    fn told(name: &'static str, value: Option<impl ToString>) -> Self {
        Self::of(FieldKind::Told, name, value)
    }

    fn truth(name: &'static str, value: Option<bool>) -> Self {
        Self::of(FieldKind::Truth, name, value)
    }

    fn known(name: &'static str, value: &Known<impl ToString>) -> Self {
        let value = match value {
            Known::Unknown => FieldValue::NotTold,
            Known::Absent => FieldValue::None,
            Known::Is(it) => FieldValue::Is(it.to_string()),
        };
        let kind = FieldKind::Known;
        Self { name, value, kind }
    }

    /// The field as a file would have it; `None` where it is not told.
    fn cell(&self) -> Option<(String, Raw)> {
        let raw = match &self.value {
            FieldValue::NotTold => return None,
            FieldValue::None => Raw::None,
            FieldValue::Is(text) => Raw::Text(text.trim().to_owned()),
        };
        Some((self.name.to_owned(), raw))
    }
}

/// Every field that files have for the kind, in their order.
fn fields_of(entry: &Entry) -> Vec<Field> {
    match entry {
        Entry::BillingAccount(it) => vec![
            Field::key("userName", &it.user_name),
            Field::told("email", it.email.as_ref()),
            Field::told("company", it.company.as_ref()),
            Field::told("country", it.country.as_ref()),
            Field::told("createdAt", it.created_at),
        ],
        Entry::Organization(it) => vec![
            Field::key("id", &it.id),
            Field::needed("name", &it.name),
            Field::told("plan", it.plan.as_ref()),
            Field::told("paymentMethod", it.payment_method.as_ref()),
            Field::known("paymentReference", &it.payment_reference),
            Field::told(
                "creditBalance",
                it.credit_balance.as_ref().map(Money::amount),
            ),
            Field::told(
                "creditCurrency",
                it.credit_balance.as_ref().map(|it| it.currency.as_str()),
            ),
            Field::told("authenticationMethod", it.authentication_method.as_ref()),
            Field::told("openInvoices", it.open_invoices),
            Field::known("billingAccount", &it.billing_account),
            Field::told("createdAt", it.created_at),
        ],
        Entry::Member(it) => vec![
            Field::key("organization", &it.organization),
            Field::key("email", &it.email),
            Field::told("name", it.name.as_ref()),
            Field::told("role", it.role.as_ref()),
            Field::truth("verified", it.verified),
            Field::told("authenticationMethod", it.authentication_method.as_ref()),
            Field::told("company", it.company.as_ref()),
            Field::told("country", it.country.as_ref()),
            Field::told("use", it.usage.as_ref()),
            Field::known("phone", &it.phone),
        ],
        Entry::Workspace(it) => vec![
            Field::key("id", &it.id),
            Field::told("organization", it.organization.as_ref()),
            Field::told("billingAccount", it.billing_account.as_ref()),
            Field::told("name", it.name.as_ref()),
            Field::told("site", it.site.as_ref()),
            Field::told("language", it.language.as_ref()),
            Field::told("state", it.state.as_ref()),
            Field::told("settlement", it.settlement.as_ref()),
        ],
        Entry::Deployment(it) => vec![
            Field::key("id", &it.id),
            Field::key("organization", &it.organization),
            Field::told("name", it.name.as_ref()),
            Field::told("state", it.state.as_ref()),
            Field::truth("trial", it.trial),
            Field::told("trialEndsAt", it.trial_ends_at),
        ],
    }
}

fn not_found(kind: EntryKind, key: &str) -> Error {
    Error::NotFound {
        kind: match kind {
            EntryKind::BillingAccount => "billing account",
            EntryKind::Organization => "organization",
            EntryKind::Member => "member",
            EntryKind::Workspace => "workspace",
            EntryKind::Deployment => "deployment",
        },
        id: key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thing_is_made_of_makes_it_again() {
        let file = include_str!("correct/things.json");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
        let plan = import::plan(&store, "things.json", file.as_bytes(), None).unwrap();
        assert!(plan.bad.is_empty(), "{:?}", plan.bad);
        let kinds: std::collections::BTreeSet<_> = plan.entries.iter().map(Entry::kind).collect();
        assert_eq!(kinds.len(), EntryKind::ALL.len());
        for entry in &plan.entries {
            let fields = fields_of(entry);
            let names: Vec<_> = fields.iter().map(|field| field.name).collect();
            assert_eq!(names, import::fields(entry.kind()));
            let cells = fields.iter().filter_map(Field::cell).collect();
            assert_eq!(import::of_cells(entry.kind(), cells).as_ref(), Ok(entry));
        }
    }
}
