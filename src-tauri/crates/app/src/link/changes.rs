//! What is changed of things that are there already: by answers, by a policy, and the note of it.

use domain::{Entry, EntryKind, Known, Timestamp};
use store::Write;
use store::table::directory::{Change, Origin, Told};

use super::asked::Asked;
use super::case::{AttributeChange, MemberFound, TargetFound};
use crate::Error;

/// Every attribute of a thing that is there and that an answer differs from. Answers about workspaces
/// are about the chosen ones, unless they describe a new one.
pub(crate) fn of_answers(
    asked: &Asked,
    target: &TargetFound,
    member: &MemberFound,
    workspaces: &[Told<domain::Workspace>],
) -> Vec<AttributeChange> {
    let mut changes = Vec::new();
    for (path, answer) in &asked.wish.answers {
        let Some((scope, name)) = path.split_once('.') else {
            continue;
        };
        for entry in things(scope, asked, target, member, workspaces) {
            let before = attribute(&entry, name);
            if before.as_deref() != Some(answer.as_str()) {
                let mut answered = entry.clone();
                let possible = set_attribute(&mut answered, name, answer).unwrap_or(false);
                changes.push(AttributeChange {
                    possible,
                    attribute: path.clone(),
                    name: called(&entry),
                    key: key(&entry),
                    before,
                    after: answer.clone(),
                });
            }
        }
    }
    changes
}

/// The things there that an answer about `scope` is about.
fn things(
    scope: &str,
    asked: &Asked,
    target: &TargetFound,
    member: &MemberFound,
    workspaces: &[Told<domain::Workspace>],
) -> Vec<Entry> {
    match (scope, target, member) {
        ("organization", TargetFound::Organization(record), _) => {
            vec![Entry::Organization(record.organization.it.clone())]
        }
        ("billing_account", TargetFound::BillingAccount(record), _) => {
            vec![Entry::BillingAccount(record.account.it.clone())]
        }
        ("member", _, MemberFound::There(told)) => vec![Entry::Member(told.it.clone())],
        ("workspace", ..) if asked.wish.new_workspaces.is_empty() => {
            let chosen = workspaces
                .iter()
                .filter(|told| asked.wish.workspaces.contains(&told.it.id));
            chosen
                .map(|told| Entry::Workspace(told.it.clone()))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The key that the directory keeps changes of a thing by.
pub(crate) fn key(entry: &Entry) -> String {
    match entry {
        Entry::Member(member) => format!("{} {}", member.organization, member.email),
        other => other.key(),
    }
}

fn called(entry: &Entry) -> String {
    match entry {
        Entry::Organization(it) => it.name.to_string(),
        Entry::BillingAccount(it) => it.user_name.to_string(),
        Entry::Member(it) => it.email.to_string(),
        Entry::Workspace(it) => it
            .name
            .as_ref()
            .map_or_else(|| it.id.to_string(), ToString::to_string),
        Entry::Deployment(it) => it
            .name
            .as_ref()
            .map_or_else(|| it.id.to_string(), ToString::to_string),
    }
}

/// An attribute's value, by the name that policies call it; `None` when there is none or it is not known.
pub(crate) fn attribute(entry: &Entry, name: &str) -> Option<String> {
    let known = |value: &Known<domain::Text>| value.value().map(ToString::to_string);
    let text = |value: &Option<domain::Text>| value.as_ref().map(ToString::to_string);
    match (entry, name) {
        (Entry::Organization(it), "name") => Some(it.name.to_string()),
        (Entry::Organization(it), "plan") => text(&it.plan),
        (Entry::Organization(it), "payment_method") => text(&it.payment_method),
        (Entry::Organization(it), "payment_reference") => known(&it.payment_reference),
        (Entry::Organization(it), "authentication_method") => text(&it.authentication_method),
        (Entry::Organization(it), "billing_account") => {
            it.billing_account.value().map(ToString::to_string)
        }
        (Entry::BillingAccount(it), "user_name") => Some(it.user_name.to_string()),
        (Entry::BillingAccount(it), "email") => it.email.as_ref().map(ToString::to_string),
        (Entry::BillingAccount(it), "company") => text(&it.company),
        (Entry::BillingAccount(it), "country") => text(&it.country),
        (Entry::Member(it), "email") => Some(it.email.to_string()),
        (Entry::Member(it), "name") => text(&it.name),
        (Entry::Member(it), "role") => text(&it.role),
        (Entry::Member(it), "authentication_method") => text(&it.authentication_method),
        (Entry::Member(it), "company") => text(&it.company),
        (Entry::Member(it), "country") => text(&it.country),
        (Entry::Member(it), "use") => text(&it.usage),
        (Entry::Member(it), "phone") => known(&it.phone),
        (Entry::Workspace(it), "name") => text(&it.name),
        (Entry::Workspace(it), "site") => text(&it.site),
        (Entry::Workspace(it), "language") => text(&it.language),
        (Entry::Workspace(it), "state") => text(&it.state),
        (Entry::Workspace(it), "settlement") => text(&it.settlement),
        (Entry::Deployment(it), "name") => text(&it.name),
        (Entry::Deployment(it), "state") => text(&it.state),
        _ => None,
    }
}

/// Gives an attribute a value, by the name that policies call it; an empty one clears it. Tells whether
/// there is such an attribute that can be set.
pub(crate) fn set_attribute(
    entry: &mut Entry,
    name: &str,
    value: &str,
) -> Result<bool, domain::Invalid> {
    let text = if value.is_empty() {
        None
    } else {
        Some(domain::Text::parse(value)?)
    };
    let known = text.clone().map_or(Known::Absent, Known::Is);
    let place = match (entry, name) {
        (Entry::Organization(it), "payment_reference") => {
            it.payment_reference = known;
            return Ok(true);
        }
        (Entry::Member(it), "phone") => {
            it.phone = known;
            return Ok(true);
        }
        (Entry::Organization(it), "plan") => &mut it.plan,
        (Entry::Organization(it), "payment_method") => &mut it.payment_method,
        (Entry::Organization(it), "authentication_method") => &mut it.authentication_method,
        (Entry::BillingAccount(it), "company") => &mut it.company,
        (Entry::BillingAccount(it), "country") => &mut it.country,
        (Entry::Member(it), "name") => &mut it.name,
        (Entry::Member(it), "role") => &mut it.role,
        (Entry::Member(it), "authentication_method") => &mut it.authentication_method,
        (Entry::Member(it), "company") => &mut it.company,
        (Entry::Member(it), "country") => &mut it.country,
        (Entry::Member(it), "use") => &mut it.usage,
        (Entry::Workspace(it), "name") => &mut it.name,
        (Entry::Workspace(it), "site") => &mut it.site,
        (Entry::Workspace(it), "language") => &mut it.language,
        (Entry::Workspace(it), "state") => &mut it.state,
        (Entry::Workspace(it), "settlement") => &mut it.settlement,
        (Entry::Deployment(it), "state") => &mut it.state,
        _ => return Ok(false),
    };
    *place = text;
    Ok(true)
}

/// The origin of what a plan makes.
pub(crate) fn origin(plan: &domain::PlanId, at: domain::Timestamp) -> Origin {
    Origin {
        source: format!("Bindery, {plan}"),
        as_of: at,
    }
}

/// Who changes something, because of what, and when.
#[derive(Clone, Copy)]
pub(crate) struct Because<'a> {
    /// The plan that it follows.
    pub(crate) plan: Option<&'a str>,
    /// The chain whose link it belongs to.
    pub(crate) chain: &'a str,
    pub(crate) now: Timestamp,
}

/// Gives an attribute a value, and notes that it was us. Tells what was changed; nothing where the thing
/// is gone, or has no such attribute.
pub(crate) fn change(
    write: &mut Write<'_>,
    kind: EntryKind,
    key: &str,
    path: &str,
    value: &str,
    because: &Because<'_>,
) -> Result<Option<String>, Error> {
    let Some((mut entry, origin)) = write.reading().entry(kind, key)? else {
        return Ok(None);
    };
    let name = path.rsplit_once('.').map_or(path, |(_, name)| name);
    let before = attribute(&entry, name);
    if !set_attribute(&mut entry, name, value)? {
        return Ok(None);
    }
    let note = Change {
        kind: kind.word().to_owned(),
        key: key.to_owned(),
        attribute: Some(name.to_owned()),
        before,
        after: Some(value.to_owned()),
        at: because.now,
        plan: because.plan.map(str::to_owned),
        chain: Some(because.chain.to_owned()),
    };
    write.change_directory(&entry, &origin, &[note])?;
    Ok(Some(format!("{path} of {key}")))
}
