//! The vendor's directory, mirrored from its system of record. Ledger.

mod changed;
mod list;
mod rows;
mod search;

use std::collections::BTreeMap;

use domain::{
    BillingAccount, Deployment, DirectoryId, Entry, EntryKind, Link, Member, Organization,
    TargetKind, Timestamp, Workspace,
};
use rusqlite::Connection;

pub use self::changed::Change;
pub use self::list::{
    BillingAccountPage, BillingAccountRow, LinkedAgreement, OrganizationPage, OrganizationRow,
    OrganizationSort, SortBy,
};
use self::rows::{Kept, find, of, put_entry};
pub(crate) use self::search::Listed;
use crate::{Error, Read, Result, Topic, Write};

/// Entries that one change set may hold, which is what DynamoDB takes in one transaction.
pub const CHANGE_SET_MAX: usize = 100;

/// Rows that one page of a list holds at most.
pub const PAGE_MAX: usize = 1_000;

/// Members, workspaces, deployments or links of one organization that are read at most.
pub const OF_ONE_MAX: usize = 1_000;

/// Who told something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The vendor's system of record, or the import of a file.
    pub source: String,
    /// When.
    pub as_of: Timestamp,
}

/// A thing with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<T> {
    /// The thing.
    pub it: T,
    /// Who told it.
    pub origin: Origin,
    /// What of it is ours, and so must not pass for theirs.
    pub ours: Ours,
}

/// What we changed of one thing since the vendor last told of it: attributes, by the names that policies
/// have for them, with when that was, newest first. One without a name is that we made the thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ours(pub(super) Vec<(Option<String>, Timestamp)>);

impl Ours {
    /// Since when an attribute is ours.
    #[must_use]
    pub fn since(&self, attribute: &str) -> Option<Timestamp> {
        let mut attributes = self.attributes();
        attributes.find_map(|(name, at)| (name == attribute).then_some(at))
    }

    /// Since when anything of it is ours.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.0.first().map(|(_, at)| *at)
    }

    /// The attributes that are ours, and since when, newest first.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        let named = self.0.iter();
        named.filter_map(|(name, at)| Some((name.as_deref()?, *at)))
    }
}

/// How entries of one kind compare with what was there before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Not there before.
    pub added: usize,
    /// There, and not like this.
    pub changed: usize,
    /// There, and just like this; only its origin is new.
    pub unchanged: usize,
}

/// The comparison, kind by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tallies(pub BTreeMap<EntryKind, Tally>);

/// An organization with all that belongs to it, each list up to [`OF_ONE_MAX`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationRecord {
    /// The organization.
    pub organization: Told<Organization>,
    /// The billing account that it names, when that one is in the directory.
    pub billing_account: Option<Told<BillingAccount>>,
    /// People, by address.
    pub members: Vec<Told<Member>>,
    /// Workspaces of it or of its billing account, by id.
    pub workspaces: Vec<Told<Workspace>>,
    /// Deployments, by id.
    pub deployments: Vec<Told<Deployment>>,
    /// Links to it, the current ones first.
    pub links: Vec<Link>,
}

/// A billing account with all that belongs to it, each list up to [`OF_ONE_MAX`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingAccountRecord {
    /// The billing account.
    pub account: Told<BillingAccount>,
    /// Organizations that it pays for, by id.
    pub organizations: Vec<Told<Organization>>,
    /// Workspaces that it pays for, by id.
    pub workspaces: Vec<Told<Workspace>>,
    /// Links to it, the current ones first.
    pub links: Vec<Link>,
}

impl Tallies {
    /// Adds what another change set did.
    pub fn add(&mut self, other: &Self) {
        for (kind, tally) in &other.0 {
            let sum = self.0.entry(*kind).or_default();
            sum.added += tally.added;
            sum.changed += tally.changed;
            sum.unchanged += tally.unchanged;
        }
    }

    fn note(&mut self, entry: &Entry, before: Option<&Entry>) {
        let tally = self.0.entry(entry.kind()).or_default();
        match before {
            None => tally.added += 1,
            Some(before) if before == entry => tally.unchanged += 1,
            Some(_) => tally.changed += 1,
        }
    }
}

impl Write<'_> {
    /// Takes in one change set. Each entry replaces all that was told of the same thing before, so
    /// that nothing is held for newer than it is.
    pub fn put_directory(&mut self, entries: &[Entry], origin: &Origin) -> Result<Tallies> {
        if entries.len() > CHANGE_SET_MAX {
            return Err(Error::Invalid("size of a change set"));
        }
        let mut tallies = Tallies::default();
        for entry in entries {
            // What was listed before this write is not what there is now.
            self.change()?;
            let before = before(&self.tx, entry)?;
            tallies.note(entry, before.as_ref());
            put_entry(&self.tx, entry, origin)?;
            self.touch(Topic::Directory);
        }
        Ok(tallies)
    }
}

/// What is there in place of an entry.
fn before(connection: &Connection, entry: &Entry) -> Result<Option<Entry>> {
    Ok(match entry {
        Entry::BillingAccount(it) => again(connection, it)?.map(Entry::BillingAccount),
        Entry::Organization(it) => again(connection, it)?.map(Entry::Organization),
        Entry::Member(it) => again(connection, it)?.map(Entry::Member),
        Entry::Workspace(it) => again(connection, it)?.map(Entry::Workspace),
        Entry::Deployment(it) => again(connection, it)?.map(Entry::Deployment),
    })
}

fn again<T: Kept>(connection: &Connection, it: &T) -> Result<Option<T>> {
    let mut key = it.values();
    key.truncate(T::KEY);
    Ok(find::<T>(connection, &key)?.map(|told| told.it))
}

impl Read<'_> {
    /// How these entries compare with what is there. Changes nothing.
    pub fn compare_directory<'e>(
        &self,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> Result<Tallies> {
        let mut tallies = Tallies::default();
        for entry in entries {
            tallies.note(entry, before(self.tx, entry)?.as_ref());
        }
        Ok(tallies)
    }

    /// Whether there is an organization or a billing account with this id. Nothing else is referred to.
    pub fn directory_has(&self, kind: EntryKind, id: &DirectoryId) -> Result<bool> {
        let key = [id.as_str().to_owned().into()];
        Ok(match kind {
            EntryKind::Organization => find::<Organization>(self.tx, &key)?.is_some(),
            EntryKind::BillingAccount => find::<BillingAccount>(self.tx, &key)?.is_some(),
            EntryKind::Member | EntryKind::Workspace | EntryKind::Deployment => false,
        })
    }

    /// How many organizations there are.
    pub fn organization_count(&self) -> Result<usize> {
        let mut count = self
            .tx
            .prepare_cached("SELECT count(*) FROM organization")?;
        Ok(count.query_row([], |row| row.get(0))?)
    }

    /// How many entries of each kind there are.
    pub fn directory_counts(&self) -> Result<BTreeMap<EntryKind, usize>> {
        let mut counts = BTreeMap::new();
        for kind in EntryKind::ALL {
            let sql = format!("SELECT count(*) FROM {}", kind.word().replace('-', "_"));
            let count = self.tx.query_row(&sql, [], |row| row.get(0))?;
            counts.insert(kind, count);
        }
        Ok(counts)
    }

    /// One organization with all that belongs to it.
    pub fn organization(&self, id: &DirectoryId) -> Result<Option<OrganizationRecord>> {
        let id = id.as_str();
        let key = [id.to_owned().into()];
        let Some(organization) = find::<Organization>(self.tx, &key)? else {
            return Ok(None);
        };
        let payer = organization.it.billing_account.value();
        let payer = payer.map(DirectoryId::as_str).unwrap_or_default();
        Ok(Some(OrganizationRecord {
            billing_account: find(self.tx, &[payer.to_owned().into()])?,
            members: of(self.tx, "organization = ?1", &[id])?,
            workspaces: of(
                self.tx,
                "organization = ?1 OR billing_account = ?2",
                &[id, payer],
            )?,
            deployments: of(self.tx, "organization = ?1", &[id])?,
            links: self.links_to(TargetKind::Organization, id, OF_ONE_MAX)?,
            organization,
        }))
    }

    /// One billing account with all that belongs to it.
    pub fn billing_account(&self, user_name: &DirectoryId) -> Result<Option<BillingAccountRecord>> {
        let name = user_name.as_str();
        let key = [name.to_owned().into()];
        let Some(account) = find::<BillingAccount>(self.tx, &key)? else {
            return Ok(None);
        };
        Ok(Some(BillingAccountRecord {
            organizations: of(self.tx, "billing_account = ?1", &[name])?,
            workspaces: of(self.tx, "billing_account = ?1", &[name])?,
            links: self.links_to(TargetKind::BillingAccount, name, OF_ONE_MAX)?,
            account,
        }))
    }
}

/// The pattern of LIKE for a text that stands anywhere, with nothing in it meaning more than itself.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + "%"
}
