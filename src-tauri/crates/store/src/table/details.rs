//! What only a look at one agreement tells. Cache.

use domain::{AgreementDetails, AgreementId, Contact, ProvisioningStatus, Term, Timestamp};
use rusqlite::{OptionalExtension, named_params};

use crate::{Read, Result, Topic, Write};

/// An agreement whose details are older than itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Undetailed {
    /// Its place in the queue: newest update first, then highest row.
    pub place: Place,
    /// Which agreement.
    pub agreement: AgreementId,
    /// The product, to know whether it carries entitlements.
    pub product: Option<String>,
    /// The buyer account.
    pub buyer: String,
    /// License ARNs.
    pub licenses: Vec<String>,
}

/// A place in the queue of agreements without details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// When AWS last changed the agreement.
    pub updated_at: i64,
    /// The agreement's row.
    pub row: i64,
}

impl Place {
    /// Before everything else.
    pub const START: Self = Self {
        updated_at: i64::MAX,
        row: i64::MAX,
    };
}

/// Why something from AWS is missing, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind's word; the use cases give it its meaning.
    pub kind: String,
    /// What AWS said.
    pub message: String,
    /// AWS's request id.
    pub request: Option<String>,
}

/// Details as they were last fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchedDetails {
    /// The details.
    pub details: AgreementDetails,
    /// When they were fetched; absent while they never were.
    pub at: Option<Timestamp>,
    /// Why the last attempt failed, if it did.
    pub failure: Option<Failure>,
}

impl Write<'_> {
    /// Takes in the details of one agreement, which belong to its state at `place`.
    pub fn put_details(
        &mut self,
        place: Place,
        details: &AgreementDetails,
        at: Timestamp,
    ) -> Result<()> {
        let change = self.change()?;
        self.touch(Topic::Details);
        let known = self
            .tx
            .prepare_cached(
                "UPDATE agreement SET details_at = :at, details_of = :of, value_micros = :micros,
                currency = :currency, trial_ends_at = :trial, failure_kind = NULL,
                failure_message = NULL, failure_request = NULL, change = :change
             WHERE row = :row",
            )?
            .execute(named_params! {
                ":at": at.as_millis(),
                ":of": place.updated_at,
                ":micros": details.value.map(|value| value.micros),
                ":currency": details.value.map(|value| value.currency.to_string()),
                ":trial": details.trial_ends_at.map(Timestamp::as_millis),
                ":change": change,
                ":row": place.row,
            })?;
        if known == 0 {
            // A full listing dropped the agreement while its details were on their way.
            return Ok(());
        }
        self.put_contact(place.row, details.contact.as_ref())?;
        self.put_parts(place.row, details)
    }

    /// AWS tells of the contact only while the agreement is active (GetAgreementContacts): of one that is
    /// over, the last that it told is kept. A contact that is gone from an active one was removed.
    fn put_contact(&self, row: i64, contact: Option<&Contact>) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE agreement SET first_name = :first, last_name = :last, email = :email,
                    company = :company, country = :country
                 WHERE row = :row AND (:told OR status = 'ACTIVE')",
            )?
            .execute(named_params! {
                ":first": contact.map(|contact| &contact.first_name),
                ":last": contact.map(|contact| &contact.last_name),
                ":email": contact.map(|contact| &contact.email),
                ":company": contact.map(|contact| &contact.company),
                ":country": contact.map(|contact| &contact.country),
                ":told": contact.is_some(),
                ":row": row,
            })?;
        Ok(())
    }

    fn put_parts(&mut self, row: i64, details: &AgreementDetails) -> Result<()> {
        let tx = &self.tx;
        tx.prepare_cached("DELETE FROM term WHERE agreement = ?1")?
            .execute([row])?;
        tx.prepare_cached("DELETE FROM provisioning WHERE agreement = ?1")?
            .execute([row])?;
        let mut put_term = tx.prepare_cached("INSERT INTO term VALUES (?1, ?2, ?3, ?4)")?;
        for (position, term) in details.terms.iter().enumerate() {
            put_term.execute((row, position, &term.kind, &term.json))?;
        }
        let mut put_license =
            tx.prepare_cached("INSERT INTO provisioning VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (position, license) in details.provisioning.iter().enumerate() {
            let arn = license.license.as_ref().map(domain::LicenseArn::as_str);
            put_license.execute((
                row,
                position,
                arn,
                license.status.as_wire(),
                &license.reason,
            ))?;
        }
        Ok(())
    }

    /// Notes why the details of one agreement could not be fetched.
    pub fn put_details_failure(&mut self, place: Place, failure: &Failure) -> Result<()> {
        self.touch(Topic::Details);
        self.tx
            .prepare_cached(
                "UPDATE agreement SET failure_kind = ?2, failure_message = ?3, failure_request = ?4
                 WHERE row = ?1",
            )?
            .execute((place.row, &failure.kind, &failure.message, &failure.request))?;
        Ok(())
    }
}

impl Read<'_> {
    /// Agreements whose details are missing or older than themselves, newest first, behind `after`.
    pub fn undetailed(&self, after: Place, limit: usize) -> Result<Vec<Undetailed>> {
        let mut queue = self.tx.prepare_cached(
            "SELECT updated_at, row, id, product, buyer, licenses FROM agreement
             WHERE (details_of IS NULL OR details_of < updated_at) AND (updated_at, row) < (?1, ?2)
             ORDER BY updated_at DESC, row DESC LIMIT ?3",
        )?;
        items(queue.query((after.updated_at, after.row, limit))?)
    }

    /// An agreement as the queue has it, whether or not its details are up to date.
    pub fn in_queue(&self, id: &AgreementId) -> Result<Option<Undetailed>> {
        let mut one = self.tx.prepare_cached(
            "SELECT updated_at, row, id, product, buyer, licenses FROM agreement WHERE id = ?1",
        )?;
        Ok(items(one.query([id.as_str()])?)?.into_iter().next())
    }

    /// Active agreements whose details are up to date except that a license should be granted by
    /// `now`: AWS grants it without changing the agreement.
    pub fn unsettled(&self, now: Timestamp, limit: usize) -> Result<Vec<Undetailed>> {
        let mut queue = self.tx.prepare_cached(
            "SELECT a.updated_at, a.row, a.id, a.product, a.buyer, a.licenses
             FROM (SELECT DISTINCT agreement FROM provisioning WHERE status IN ('PENDING', 'SCHEDULED')) p
             JOIN agreement a ON a.row = p.agreement
             WHERE a.status = 'ACTIVE' AND a.details_of >= a.updated_at
                AND (a.starts_at IS NULL OR a.starts_at <= ?1)
             ORDER BY a.updated_at DESC LIMIT ?2",
        )?;
        items(queue.query((now.as_millis(), limit))?)
    }

    /// How many agreements lack details, and how many of them because an attempt failed.
    pub fn undetailed_count(&self) -> Result<(usize, usize)> {
        let mut count = self.tx.prepare_cached(
            "SELECT count(*), count(failure_kind) FROM agreement
             WHERE details_of IS NULL OR details_of < updated_at",
        )?;
        Ok(count.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// The details of one agreement; `None` when there is no such agreement.
    pub fn details(&self, id: &AgreementId) -> Result<Option<FetchedDetails>> {
        let mut one = self.tx.prepare_cached(
            "SELECT row, details_at, value_micros, currency, trial_ends_at, first_name, last_name, email,
                company, country, failure_kind, failure_message, failure_request
             FROM agreement WHERE id = ?1",
        )?;
        let found = one.query_row([id.as_str()], |row| {
            let contact = match row.get::<_, Option<String>>(7)? {
                None => None,
                Some(email) => Some(Contact {
                    first_name: row.get(5)?,
                    last_name: row.get(6)?,
                    email,
                    company: row.get(8)?,
                    country: row.get(9)?,
                }),
            };
            let failure = match row.get::<_, Option<String>>(10)? {
                None => None,
                Some(kind) => Some(Failure {
                    kind,
                    message: row.get(11)?,
                    request: row.get(12)?,
                }),
            };
            let money: (Option<i64>, Option<String>) = (row.get(2)?, row.get(3)?);
            let trial: Option<i64> = row.get(4)?;
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Option<i64>>(1)?,
                money,
                trial,
                contact,
                failure,
            ))
        });
        let Some((row, at, money, trial, contact, failure)) = found.optional()? else {
            return Ok(None);
        };
        let details = AgreementDetails {
            value: super::agreement::money(money.0, money.1)?,
            trial_ends_at: trial.map(Timestamp::from_millis),
            terms: self.terms(row)?,
            provisioning: self.provisioning(row)?,
            contact,
        };
        Ok(Some(FetchedDetails {
            details,
            at: at.map(Timestamp::from_millis),
            failure,
        }))
    }

    fn terms(&self, agreement: i64) -> Result<Vec<Term>> {
        let mut terms = self
            .tx
            .prepare_cached("SELECT kind, json FROM term WHERE agreement = ?1 ORDER BY position")?;
        let found = terms.query_map([agreement], |row| {
            Ok(Term {
                kind: row.get(0)?,
                json: row.get(1)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    fn provisioning(&self, agreement: i64) -> Result<Vec<domain::Provisioning>> {
        let mut licenses = self.tx.prepare_cached(
            "SELECT license, status, reason FROM provisioning WHERE agreement = ?1 ORDER BY position",
        )?;
        let mut found = licenses.query([agreement])?;
        let mut items = Vec::new();
        while let Some(row) = found.next()? {
            let license: Option<String> = row.get(0)?;
            let license = license
                .map(|arn| domain::LicenseArn::parse(&arn))
                .transpose();
            items.push(domain::Provisioning {
                license: license.map_err(|_| crate::Error::Invalid("license"))?,
                status: ProvisioningStatus::from_wire(&row.get::<_, String>(1)?),
                reason: row.get(2)?,
            });
        }
        Ok(items)
    }
}

fn items(mut found: rusqlite::Rows<'_>) -> Result<Vec<Undetailed>> {
    let mut items = Vec::new();
    while let Some(row) = found.next()? {
        let id: String = row.get(2)?;
        let licenses: String = row.get(5)?;
        items.push(Undetailed {
            place: Place {
                updated_at: row.get(0)?,
                row: row.get(1)?,
            },
            agreement: AgreementId::parse(&id)
                .map_err(|_| crate::Error::Invalid("agreement id"))?,
            product: row.get(3)?,
            buyer: row.get(4)?,
            licenses: licenses.split_whitespace().map(str::to_owned).collect(),
        });
    }
    Ok(items)
}
