//! What matches a search in the directory, in an order.
//!
//! To search is to look at every row. So the keys of the last few results are kept, for as long as
//! nothing is written, and rows are read by key: whoever scrolls asks for no search.

use std::cmp::Ordering;
use std::sync::Arc;

use domain::EntryKind;
use rusqlite::types::ValueRef;
use rusqlite::{Row, named_params};

use super::list::{OrganizationSort, SortBy};
use super::{PAGE_MAX, containing};
use crate::store::lock;
use crate::{Read, Result};

/// Results whose keys are kept: of the list, of the one before it, and the palette's two.
const LISTED_MAX: usize = 4;

/// A result that is kept.
pub(crate) struct Listed {
    question: Question,
    /// The write that it stands for.
    change: i64,
    found: Arc<Found>,
}

#[derive(Clone, PartialEq, Eq)]
struct Question {
    kind: EntryKind,
    search: String,
    sort: SortBy,
}

/// The keys that match.
pub(super) struct Found {
    /// In order.
    pub(super) keys: Vec<Box<str>>,
    /// How many there are without the search.
    pub(super) total: usize,
}

impl Found {
    /// The keys of a window.
    pub(super) fn window(&self, offset: usize, limit: usize) -> &[Box<str>] {
        let from = offset.min(self.keys.len());
        let to = from.saturating_add(limit.min(PAGE_MAX));
        &self.keys[from..to.min(self.keys.len())]
    }
}

impl Read<'_> {
    /// The result for a search, from the last few when nothing was written since.
    pub(super) fn listed(&self, kind: EntryKind, search: &str, sort: SortBy) -> Result<Arc<Found>> {
        let change = self.change()?;
        let question = Question {
            kind,
            search: search.trim().to_ascii_lowercase(),
            sort,
        };
        let kept = |listed: &Listed| listed.change == change && listed.question == question;
        if let Some(listed) = lock(&self.store.listed).iter().find(|listed| kept(listed)) {
            return Ok(Arc::clone(&listed.found));
        }
        let found = Arc::new(self.search(&question)?);
        let mut listed = lock(&self.store.listed);
        listed.retain(|known| known.change == change && known.question != question);
        listed.truncate(LISTED_MAX - 1);
        let first = Listed {
            question,
            change,
            found: Arc::clone(&found),
        };
        listed.insert(0, first);
        Ok(found)
    }

    fn search(&self, question: &Question) -> Result<Found> {
        // Every member is looked at once, which takes half as long as each organization's own.
        let (table, key, name, rank, matches) = match question.kind {
            EntryKind::BillingAccount => (
                "billing_account",
                "user_name",
                "user_name",
                "NULL",
                "user_name LIKE :like ESCAPE '\\' OR email LIKE :like ESCAPE '\\'
                    OR company LIKE :like ESCAPE '\\'",
            ),
            _ => (
                "organization",
                "id",
                "name",
                rank_of(question.sort.key),
                "id LIKE :like ESCAPE '\\' OR name LIKE :like ESCAPE '\\'
                    OR billing_account LIKE :like ESCAPE '\\'
                    OR id IN (SELECT organization FROM member WHERE email LIKE :like ESCAPE '\\')",
            ),
        };
        let total = self
            .tx
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get(0)
            })?;
        let all = question.search.is_empty();
        let mut matching = self.tx.prepare_cached(&format!(
            "SELECT {key}, {name}, {rank} FROM {table} WHERE :all OR {matches}"
        ))?;
        let like = containing(&question.search);
        let mut rows = matching.query(named_params! {":all": all, ":like": like})?;
        let mut ranked = Vec::with_capacity(if all { total } else { 0 });
        while let Some(row) = rows.next()? {
            ranked.push(Ranked::read(row)?);
        }
        // SQLite's own sorting would take twice as long as all of this.
        ranked.sort_unstable_by(|one, other| one.compare(other, question.sort));
        let keys = ranked.into_iter().map(|ranked| ranked.key).collect();
        Ok(Found { keys, total })
    }
}

/// A key with what it is sorted by.
struct Ranked {
    key: Box<str>,
    /// In small letters, as far as they are ASCII.
    name: Box<[u8]>,
    /// What comes before the name; absent when it was not told, or when the name is all there is.
    rank: Option<Rank>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Number(i64),
    Text(Box<[u8]>),
}

impl Ranked {
    fn read(row: &Row<'_>) -> Result<Self> {
        let small = |text: &[u8]| text.to_ascii_lowercase().into_boxed_slice();
        Ok(Self {
            key: row.get(0)?,
            name: small(row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?),
            rank: match row.get_ref(2)? {
                ValueRef::Integer(number) => Some(Rank::Number(number)),
                ValueRef::Text(text) => Some(Rank::Text(small(text))),
                _ => None,
            },
        })
    }

    fn compare(&self, other: &Self, sort: SortBy) -> Ordering {
        let directed = |ordering: Ordering| {
            if sort.descending {
                ordering.reverse()
            } else {
                ordering
            }
        };
        let by_rank = match (&self.rank, &other.rank) {
            (Some(one), Some(other)) => directed(one.cmp(other)),
            (one, other) => one.is_none().cmp(&other.is_none()),
        };
        let by_name = || match sort.key {
            OrganizationSort::Name => directed(self.name.cmp(&other.name)),
            _ => self.name.cmp(&other.name),
        };
        by_rank
            .then_with(by_name)
            .then_with(|| self.key.cmp(&other.key))
    }
}

/// The column that comes before the name.
const fn rank_of(key: OrganizationSort) -> &'static str {
    match key {
        OrganizationSort::Name => "NULL",
        OrganizationSort::Plan => "plan",
        OrganizationSort::PaymentMethod => "payment_method",
        OrganizationSort::OpenInvoices => "open_invoices",
        OrganizationSort::Told => "as_of",
    }
}
