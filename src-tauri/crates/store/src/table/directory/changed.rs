//! What we changed of the directory ourselves, and looking things up one by one for a plan.

use domain::{DirectoryId, Email, Entry, EntryKind, Member, TargetKind, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Row, named_params};

use super::rows::{find, of, put_entry};
use super::{Origin, Told};
use crate::{Error, Read, Result, Topic, Write};

/// Something that we changed, or mean to have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The kind of thing, as `organization`.
    pub kind: String,
    /// What tells it from others of its kind.
    pub key: String,
    /// The attribute; absent where the thing was made or deleted.
    pub attribute: Option<String>,
    /// What it was.
    pub before: Option<String>,
    /// What it is since; absent where it was deleted.
    pub after: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The plan that it followed.
    pub plan: Option<String>,
    /// The chain of agreements whose link it belongs to.
    pub chain: Option<String>,
}

impl Write<'_> {
    /// Writes a thing that we changed, and what we changed of it. Its origin stays the vendor's: all
    /// else about it is as old as it was.
    pub fn change_directory(
        &mut self,
        entry: &Entry,
        origin: &Origin,
        changes: &[Change],
    ) -> Result<()> {
        put_entry(&self.tx, entry, origin)?;
        for change in changes {
            self.note_change(change)?;
        }
        // What is kept of searches must be looked up again.
        self.change()?;
        self.touch(Topic::Directory);
        Ok(())
    }

    /// Notes what we changed.
    fn note_change(&mut self, change: &Change) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO directory_change (kind, key, attribute, before, after, at, plan, chain)
                 VALUES (:kind, :key, :attribute, :before, :after, :at, :plan, :chain)",
            )?
            .execute(named_params! {
                ":kind": change.kind,
                ":key": change.key,
                ":attribute": change.attribute,
                ":before": change.before,
                ":after": change.after,
                ":at": change.at.as_millis(),
                ":plan": change.plan,
                ":chain": change.chain,
            })?;
        Ok(())
    }
}

impl Read<'_> {
    /// What we changed of a thing since the vendor last told of it, newest first.
    pub fn directory_changes(&self, kind: &str, key: &str) -> Result<Vec<Change>> {
        let mut of = self.tx.prepare_cached(
            "SELECT kind, key, attribute, before, after, at, plan, chain FROM directory_change
             WHERE kind = ?1 AND key = ?2 ORDER BY id DESC",
        )?;
        let mut found = of.query((kind, key))?;
        let mut changes = Vec::new();
        while let Some(row) = found.next()? {
            changes.push(change(row)?);
        }
        Ok(changes)
    }

    /// Everybody with this address, by organization.
    pub fn members_with(&self, email: &Email) -> Result<Vec<Told<Member>>> {
        of(self.tx, "email = ?1", &[email.as_str()])
    }

    /// Targets of this kind that an address of the domain belongs to: a member's, or a billing
    /// account's. Id, name and address.
    pub fn targets_with_domain(
        &self,
        kind: TargetKind,
        domain: &str,
        limit: usize,
    ) -> Result<Vec<(DirectoryId, String, String)>> {
        let sql = match kind {
            TargetKind::Organization => {
                "SELECT o.id, o.name, m.email FROM member AS m
                    JOIN organization AS o ON o.id = m.organization
                 WHERE lower(substr(m.email, instr(m.email, '@') + 1)) = ?1 ORDER BY m.role = 'owner' DESC, o.name LIMIT ?2"
            }
            TargetKind::BillingAccount => {
                "SELECT user_name, coalesce(company, user_name), email FROM billing_account
                 WHERE lower(substr(email, instr(email, '@') + 1)) = ?1 ORDER BY user_name LIMIT ?2"
            }
        };
        let mut some = self.tx.prepare_cached(sql)?;
        let mut found = some.query((domain.to_lowercase(), limit))?;
        let mut targets = Vec::new();
        while let Some(row) = found.next()? {
            targets.push((directory_id(row)?, row.get(1)?, row.get(2)?));
        }
        Ok(targets)
    }

    /// Targets of this kind whose name (a billing account's company) has the text in it.
    pub fn targets_named(
        &self,
        kind: TargetKind,
        text: &str,
        limit: usize,
    ) -> Result<Vec<(DirectoryId, String)>> {
        let sql = match kind {
            TargetKind::Organization => {
                "SELECT id, name FROM organization
                 WHERE name LIKE ?1 ESCAPE '\\' ORDER BY length(name), name LIMIT ?2"
            }
            TargetKind::BillingAccount => {
                "SELECT user_name, coalesce(company, user_name) FROM billing_account
                 WHERE company LIKE ?1 ESCAPE '\\' OR user_name LIKE ?1 ESCAPE '\\'
                 ORDER BY length(company), company LIMIT ?2"
            }
        };
        let mut some = self.tx.prepare_cached(sql)?;
        let mut found = some.query((super::containing(text), limit))?;
        let mut targets = Vec::new();
        while let Some(row) = found.next()? {
            targets.push((directory_id(row)?, row.get(1)?));
        }
        Ok(targets)
    }

    /// Targets of this kind that have the text in their id, name or an address of theirs, by name: id,
    /// name, and something that tells them apart.
    pub fn targets(
        &self,
        kind: TargetKind,
        text: &str,
        limit: usize,
    ) -> Result<Vec<(DirectoryId, String, String)>> {
        let sql = match kind {
            TargetKind::Organization => {
                "SELECT o.id, o.name, coalesce(o.plan, '') FROM organization AS o
                 WHERE ?1 = '%%' OR o.id LIKE ?1 ESCAPE '\\' OR o.name LIKE ?1 ESCAPE '\\'
                    OR EXISTS (SELECT 1 FROM member AS m
                        WHERE m.organization = o.id AND m.email LIKE ?1 ESCAPE '\\')
                 ORDER BY o.name COLLATE NOCASE, o.id LIMIT ?2"
            }
            TargetKind::BillingAccount => {
                "SELECT user_name, coalesce(company, user_name), coalesce(email, '')
                 FROM billing_account
                 WHERE ?1 = '%%' OR user_name LIKE ?1 ESCAPE '\\' OR company LIKE ?1 ESCAPE '\\'
                    OR email LIKE ?1 ESCAPE '\\'
                 ORDER BY coalesce(company, user_name) COLLATE NOCASE, user_name LIMIT ?2"
            }
        };
        let mut some = self.tx.prepare_cached(sql)?;
        let mut found = some.query((super::containing(text), limit))?;
        let mut targets = Vec::new();
        while let Some(row) = found.next()? {
            targets.push((directory_id(row)?, row.get(1)?, row.get(2)?));
        }
        Ok(targets)
    }

    /// One thing with its origin. A member's key is the organization's id, a space, and the address; an
    /// address alone is nobody's key.
    pub fn entry(&self, kind: EntryKind, key: &str) -> Result<Option<(Entry, Origin)>> {
        fn with<T>(told: Option<Told<T>>, entry: fn(T) -> Entry) -> Option<(Entry, Origin)> {
            told.map(|told| (entry(told.it), told.origin))
        }
        let parts: Vec<Value> = match kind {
            EntryKind::Member => {
                let Some((organization, email)) = key.split_once(' ') else {
                    return Ok(None);
                };
                vec![organization.to_owned().into(), email.to_owned().into()]
            }
            _ => vec![key.to_owned().into()],
        };
        Ok(match kind {
            EntryKind::BillingAccount => with(find(self.tx, &parts)?, Entry::BillingAccount),
            EntryKind::Organization => with(find(self.tx, &parts)?, Entry::Organization),
            EntryKind::Member => with(find(self.tx, &parts)?, Entry::Member),
            EntryKind::Workspace => with(find(self.tx, &parts)?, Entry::Workspace),
            EntryKind::Deployment => with(find(self.tx, &parts)?, Entry::Deployment),
        })
    }
}

fn directory_id(row: &Row<'_>) -> Result<DirectoryId> {
    let id: String = row.get(0)?;
    DirectoryId::parse(&id).map_err(|_| Error::Invalid("id in the directory"))
}

fn change(row: &Row<'_>) -> Result<Change> {
    Ok(Change {
        kind: row.get(0)?,
        key: row.get(1)?,
        attribute: row.get(2)?,
        before: row.get(3)?,
        after: row.get(4)?,
        at: Timestamp::from_millis(row.get(5)?),
        plan: row.get(6)?,
        chain: row.get(7)?,
    })
}
