//! How each kind stands in its table. Everything else about the tables is the same for all of them.

use domain::money::Money;
use domain::{
    BillingAccount, Currency, Deployment, DirectoryId, Email, Entry, Invalid, Known, Member,
    Organization, Text, Timestamp, Workspace,
};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::{OF_ONE_MAX, Origin, Ours, Told};
use crate::{Error, Result};

/// A kind of thing that has a table.
pub(super) trait Kept: Sized {
    /// The table.
    const TABLE: &'static str;
    /// Its columns, those of the key first, without the origin's.
    const COLUMNS: &'static [&'static str];
    /// How many of them are the key.
    const KEY: usize = 1;

    /// A value for each column.
    fn values(&self) -> Vec<Value>;

    /// The thing in a row.
    fn read(row: &Row<'_>) -> Result<Self>;
}

/// Writes a thing of any kind in place of what has its key.
pub(super) fn put_entry(connection: &Connection, entry: &Entry, origin: &Origin) -> Result<()> {
    match entry {
        Entry::BillingAccount(it) => put(connection, it, origin),
        Entry::Organization(it) => put(connection, it, origin),
        Entry::Member(it) => put(connection, it, origin),
        Entry::Workspace(it) => put(connection, it, origin),
        Entry::Deployment(it) => put(connection, it, origin),
    }
}

fn put<T: Kept>(connection: &Connection, it: &T, origin: &Origin) -> Result<()> {
    let marks = vec!["?"; T::COLUMNS.len() + 2].join(", ");
    let sql = format!(
        "INSERT OR REPLACE INTO {} ({}, source, as_of) VALUES ({marks})",
        T::TABLE,
        T::COLUMNS.join(", ")
    );
    let mut values = it.values();
    values.push(origin.source.clone().into());
    values.push(origin.as_of.as_millis().into());
    connection
        .prepare_cached(&sql)?
        .execute(params_from_iter(values))?;
    Ok(())
}

/// The thing with this key.
pub(super) fn find<T: Kept>(connection: &Connection, key: &[Value]) -> Result<Option<Told<T>>> {
    let columns = T::COLUMNS.iter().take(T::KEY);
    let matches: Vec<String> = columns.map(|column| format!("{column} = ?")).collect();
    let sql = format!("SELECT * FROM {} WHERE {}", T::TABLE, matches.join(" AND "));
    let mut one = connection.prepare_cached(&sql)?;
    let mut found = one.query(params_from_iter(key))?;
    found.next()?.map(|row| told(connection, row)).transpose()
}

/// Things that a condition is true of, in the order of their keys, up to [`OF_ONE_MAX`].
pub(super) fn of<T: Kept>(
    connection: &Connection,
    condition: &'static str,
    values: &[&str],
) -> Result<Vec<Told<T>>> {
    let (table, key) = (T::TABLE, T::COLUMNS[..T::KEY].join(", "));
    let sql = format!("SELECT * FROM {table} WHERE {condition} ORDER BY {key} LIMIT {OF_ONE_MAX}");
    let mut all = connection.prepare_cached(&sql)?;
    let mut found = all.query(params_from_iter(values))?;
    let mut things = Vec::new();
    while let Some(row) = found.next()? {
        things.push(told(connection, row)?);
    }
    Ok(things)
}

/// The thing in a row, with its origin and what of it is ours.
pub(super) fn told<T: Kept>(connection: &Connection, row: &Row<'_>) -> Result<Told<T>> {
    let origin = Origin {
        source: row.get("source")?,
        as_of: Timestamp::from_millis(row.get("as_of")?),
    };
    let columns = T::COLUMNS.iter().take(T::KEY);
    let key: rusqlite::Result<Vec<String>> = columns.map(|column| row.get(*column)).collect();
    Ok(Told {
        it: T::read(row)?,
        ours: ours(connection, T::TABLE, &key?.join(" "), origin.as_of)?,
        origin,
    })
}

fn ours(connection: &Connection, table: &str, key: &str, as_of: Timestamp) -> Result<Ours> {
    let mut changes = connection.prepare_cached(
        "SELECT attribute, max(at) FROM directory_change
         WHERE kind = ?1 AND key = ?2 AND at >= ?3 GROUP BY attribute ORDER BY 2 DESC",
    )?;
    let kind = table.replace('_', "-");
    let found = changes.query_map((kind, key, as_of.as_millis()), |row| {
        Ok((row.get(0)?, Timestamp::from_millis(row.get(1)?)))
    })?;
    Ok(Ours(found.collect::<rusqlite::Result<_>>()?))
}

impl Kept for BillingAccount {
    const TABLE: &'static str = "billing_account";
    const COLUMNS: &'static [&'static str] =
        &["user_name", "email", "company", "country", "created_at"];

    fn values(&self) -> Vec<Value> {
        vec![
            self.user_name.to_string().into(),
            text(self.email.as_ref()),
            text(self.company.as_ref()),
            text(self.country.as_ref()),
            self.created_at.map(Timestamp::as_millis).into(),
        ]
    }

    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            user_name: one(row, "user_name", DirectoryId::parse)?,
            email: some(row, "email", Email::parse)?,
            company: some(row, "company", Text::parse)?,
            country: some(row, "country", Text::parse)?,
            created_at: time(row, "created_at")?,
        })
    }
}

impl Kept for Organization {
    const TABLE: &'static str = "organization";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "plan",
        "payment_method",
        "payment_reference",
        "credit_micros",
        "credit_currency",
        "authentication_method",
        "open_invoices",
        "billing_account",
        "created_at",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.to_string().into(),
            self.name.to_string().into(),
            text(self.plan.as_ref()),
            text(self.payment_method.as_ref()),
            known_text(&self.payment_reference),
            self.credit_balance.map(|credit| credit.micros).into(),
            text(self.credit_balance.map(|credit| credit.currency).as_ref()),
            text(self.authentication_method.as_ref()),
            self.open_invoices.map(i64::from).into(),
            known_text(&self.billing_account),
            self.created_at.map(Timestamp::as_millis).into(),
        ]
    }

    fn read(row: &Row<'_>) -> Result<Self> {
        let currency = some(row, "credit_currency", Currency::parse)?;
        let micros: Option<i64> = row.get("credit_micros")?;
        Ok(Self {
            id: one(row, "id", DirectoryId::parse)?,
            name: one(row, "name", Text::parse)?,
            plan: some(row, "plan", Text::parse)?,
            payment_method: some(row, "payment_method", Text::parse)?,
            payment_reference: known(row, "payment_reference", Text::parse)?,
            credit_balance: micros
                .zip(currency)
                .map(|(micros, currency)| Money { micros, currency }),
            authentication_method: some(row, "authentication_method", Text::parse)?,
            open_invoices: row.get("open_invoices")?,
            billing_account: known(row, "billing_account", DirectoryId::parse)?,
            created_at: time(row, "created_at")?,
        })
    }
}

impl Kept for Member {
    const TABLE: &'static str = "member";
    const COLUMNS: &'static [&'static str] = &[
        "organization",
        "email",
        "name",
        "role",
        "verified",
        "authentication_method",
        "company",
        "country",
        "usage",
        "phone",
    ];
    const KEY: usize = 2;

    fn values(&self) -> Vec<Value> {
        vec![
            self.organization.to_string().into(),
            self.email.to_string().into(),
            text(self.name.as_ref()),
            text(self.role.as_ref()),
            self.verified.into(),
            text(self.authentication_method.as_ref()),
            text(self.company.as_ref()),
            text(self.country.as_ref()),
            text(self.usage.as_ref()),
            known_text(&self.phone),
        ]
    }

    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            organization: one(row, "organization", DirectoryId::parse)?,
            email: one(row, "email", Email::parse)?,
            name: some(row, "name", Text::parse)?,
            role: some(row, "role", Text::parse)?,
            verified: row.get("verified")?,
            authentication_method: some(row, "authentication_method", Text::parse)?,
            company: some(row, "company", Text::parse)?,
            country: some(row, "country", Text::parse)?,
            usage: some(row, "usage", Text::parse)?,
            phone: known(row, "phone", Text::parse)?,
        })
    }
}

impl Kept for Workspace {
    const TABLE: &'static str = "workspace";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "organization",
        "billing_account",
        "name",
        "site",
        "language",
        "state",
        "settlement",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.to_string().into(),
            text(self.organization.as_ref()),
            text(self.billing_account.as_ref()),
            text(self.name.as_ref()),
            text(self.site.as_ref()),
            text(self.language.as_ref()),
            text(self.state.as_ref()),
            text(self.settlement.as_ref()),
        ]
    }

    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: one(row, "id", DirectoryId::parse)?,
            organization: some(row, "organization", DirectoryId::parse)?,
            billing_account: some(row, "billing_account", DirectoryId::parse)?,
            name: some(row, "name", Text::parse)?,
            site: some(row, "site", Text::parse)?,
            language: some(row, "language", Text::parse)?,
            state: some(row, "state", Text::parse)?,
            settlement: some(row, "settlement", Text::parse)?,
        })
    }
}

impl Kept for Deployment {
    const TABLE: &'static str = "deployment";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "organization",
        "name",
        "state",
        "trial",
        "trial_ends_at",
    ];

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.to_string().into(),
            self.organization.to_string().into(),
            text(self.name.as_ref()),
            text(self.state.as_ref()),
            self.trial.into(),
            self.trial_ends_at.map(Timestamp::as_millis).into(),
        ]
    }

    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: one(row, "id", DirectoryId::parse)?,
            organization: one(row, "organization", DirectoryId::parse)?,
            name: some(row, "name", Text::parse)?,
            state: some(row, "state", Text::parse)?,
            trial: row.get("trial")?,
            trial_ends_at: time(row, "trial_ends_at")?,
        })
    }
}

fn text(value: Option<&impl ToString>) -> Value {
    value.map(ToString::to_string).into()
}

/// None is an empty text, which no value is.
fn known_text(value: &Known<impl ToString>) -> Value {
    match value {
        Known::Unknown => Value::Null,
        Known::Absent => Value::Text(String::new()),
        Known::Is(value) => Value::Text(value.to_string()),
    }
}

type Parse<T> = fn(&str) -> std::result::Result<T, Invalid>;

fn some<T>(row: &Row<'_>, column: &'static str, parse: Parse<T>) -> Result<Option<T>> {
    let written: Option<String> = row.get(column)?;
    let parsed = written.map(|text| parse(&text)).transpose();
    parsed.map_err(|_| Error::Invalid(column))
}

fn one<T>(row: &Row<'_>, column: &'static str, parse: Parse<T>) -> Result<T> {
    some(row, column, parse)?.ok_or(Error::Invalid(column))
}

fn known<T>(row: &Row<'_>, column: &'static str, parse: Parse<T>) -> Result<Known<T>> {
    let written: Option<String> = row.get(column)?;
    Ok(match written.as_deref() {
        None => Known::Unknown,
        Some("") => Known::Absent,
        Some(text) => Known::Is(parse(text).map_err(|_| Error::Invalid(column))?),
    })
}

fn time(row: &Row<'_>, column: &'static str) -> Result<Option<Timestamp>> {
    let millis: Option<i64> = row.get(column)?;
    Ok(millis.map(Timestamp::from_millis))
}
