//! AWS's rules for usage (Metering API reference, `BatchMeterUsage` and `UsageRecord`; User Guide,
//! “Metering for usage”), and what the data at hand says besides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{LicenseArn, ProvisioningStatus, Quantity, Timestamp, UsageHolder, UsageRecord};
use jiff::tz::TimeZone;
use store::Read;
use store::table::agreement::AgreementRow;
use store::table::usage::UsageState;

use super::{FINAL_WINDOW_MS, Line, UsageProblem};
use crate::query;

/// Usage is taken for so long after it happened, in milliseconds.
const LATE_MAX_MS: i64 = 24 * domain::usage::HOUR_MS;
/// How far ahead of AWS's clock usage may be, in milliseconds.
const AHEAD_MAX_MS: i64 = 5 * 60_000;
/// On the first of a month, usage of the month before is taken for so long, in milliseconds.
const MONTH_GRACE_MS: i64 = 6 * domain::usage::HOUR_MS;
/// Longest dimension, in characters.
const DIMENSION_CHARS_MAX: usize = 255;
const ALLOCATIONS_MAX: usize = 2_500;
const TAGS_MAX: usize = 5;
const TAG_KEY_CHARS_MAX: usize = 100;
const TAG_VALUE_CHARS_MAX: usize = 256;

/// What is known while the records of a file are looked at one after the other.
pub(super) struct Known {
    now: Timestamp,
    /// Hours that the file itself has had: holder, account, dimension, hour.
    seen: BTreeMap<(String, String, String, i64), usize>,
    /// Agreements by their licenses: a file is of a few, hour by hour.
    agreements: HashMap<LicenseArn, Option<AgreementRow>>,
}

impl Known {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            seen: BTreeMap::new(),
            agreements: HashMap::new(),
        }
    }

    /// Everything that is wrong with a record; notes what its license is for.
    pub(super) fn problems(
        &mut self,
        read: &Read<'_>,
        line: &mut Line,
    ) -> store::Result<Vec<UsageProblem>> {
        let record = &line.record;
        let mut problems = Vec::new();
        let mut note = |field, reason: String| {
            problems.push(UsageProblem {
                line: line.line,
                field: Some(field),
                reason,
            });
        };
        if let Some(reason) = out_of_time(record.at, self.now) {
            note("timestamp", reason);
        }
        if record.dimension.chars().count() > DIMENSION_CHARS_MAX {
            note(
                "dimension",
                format!("at most {DIMENSION_CHARS_MAX} characters"),
            );
        }
        for reason in wrong_allocations(record) {
            note("allocations", reason);
        }
        let key = (
            record.holder.key().to_owned(),
            record.account.to_string(),
            record.dimension.clone(),
            record.hour().as_millis(),
        );
        if let Some(first) = self.seen.insert(key, line.line) {
            note(
                "timestamp",
                format!("line {first} is of the same hour, which AWS bills once"),
            );
        }
        if let Some(sent) = read.sent_usage(record)? {
            let taken = sent.state != UsageState::Refused;
            if taken && sent.quantity != record.quantity {
                let reason = format!(
                    "{} was sent for this hour before; AWS never changes what it has billed",
                    sent.quantity
                );
                note("quantity", reason);
            }
        }
        if let UsageHolder::License(arn) = &record.holder {
            let row = self.agreement_with(read, arn)?;
            if let Some((field, reason)) = wrong_license(row.as_ref(), record, self.now) {
                note(field, reason);
            }
            line.product = row.and_then(|row| row.product);
        }
        Ok(problems)
    }

    fn agreement_with(
        &mut self,
        read: &Read<'_>,
        arn: &LicenseArn,
    ) -> store::Result<Option<AgreementRow>> {
        if let Some(known) = self.agreements.get(arn) {
            return Ok(known.clone());
        }
        let row = query::agreement_with(read, arn, self.now)?;
        self.agreements.insert(arn.clone(), row.clone());
        Ok(row)
    }
}

/// What the agreement of a record's license says against it.
fn wrong_license(
    row: Option<&AgreementRow>,
    record: &UsageRecord,
    now: Timestamp,
) -> Option<(&'static str, String)> {
    let Some(row) = row else {
        let reason = "no agreement of this connection has this license".to_owned();
        return Some(("license", reason));
    };
    if row.buyer != record.account.as_str() {
        let reason = format!("the license is of account {}", row.buyer);
        return Some(("account", reason));
    }
    let taken_back = matches!(
        &row.provisioning,
        Some((ProvisioningStatus::Deprovisioned, _))
    );
    let until = row.updated_at.plus_millis(FINAL_WINDOW_MS);
    if taken_back && now > until {
        let reason = format!("the license was taken back, and its last hour ended at {until}");
        return Some(("license", reason));
    }
    let starts = row.starts_at.map(hour_of);
    starts
        .is_some_and(|starts| record.hour() < starts)
        .then(|| ("timestamp", "the license did not hold yet".to_owned()))
}

/// Whether the hour was sent with this quantity. One whose fate is not known counts as not sent: the
/// same quantity again changes nothing at AWS.
pub(super) fn was_sent(read: &Read<'_>, record: &UsageRecord) -> store::Result<bool> {
    let sent = read.sent_usage(record)?;
    Ok(sent.is_some_and(|sent| sent.state == UsageState::Sent && sent.quantity == record.quantity))
}

const fn hour_of(at: Timestamp) -> Timestamp {
    let millis = at.as_millis();
    Timestamp::from_millis(millis - millis.rem_euclid(domain::usage::HOUR_MS))
}

/// Why usage of this instant is not taken any more, or not yet.
fn out_of_time(at: Timestamp, now: Timestamp) -> Option<String> {
    if at > now.plus_millis(AHEAD_MAX_MS) {
        return Some("this has not happened yet".to_owned());
    }
    if at.plus_millis(LATE_MAX_MS) <= now {
        return Some(
            "this is more than 24 hours ago, and AWS refuses a whole request for it".to_owned(),
        );
    }
    let month = month_start(now)?;
    (at < month && now >= month.plus_millis(MONTH_GRACE_MS))
        .then(|| "usage of the month before was taken until 06:00 UTC on the first".to_owned())
}

/// Midnight UTC of the first day of the month.
fn month_start(now: Timestamp) -> Option<Timestamp> {
    let instant = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?;
    let first = instant.to_zoned(TimeZone::UTC).date().first_of_month();
    let midnight = first.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp::from_millis(midnight.as_millisecond()))
}

fn wrong_allocations(record: &UsageRecord) -> Vec<String> {
    let all = &record.allocations;
    let mut reasons = Vec::new();
    if all.is_empty() {
        return reasons;
    }
    if all.len() > ALLOCATIONS_MAX {
        reasons.push(format!("at most {ALLOCATIONS_MAX}"));
    }
    // So many of the largest quantities are more than 64 bits hold.
    let sum: i128 = all.iter().map(|it| i128::from(it.quantity.micros())).sum();
    if sum != i128::from(record.quantity.micros()) {
        let sum = i64::try_from(sum).ok().and_then(Quantity::from_micros);
        let sum = sum.map_or_else(|| "too much".to_owned(), |sum| sum.to_string());
        reasons.push(format!(
            "they come to {sum}, and the quantity is {}",
            record.quantity
        ));
    }
    let whole = record.quantity.whole().is_some();
    if all.iter().any(|it| it.quantity.whole().is_some() != whole) {
        reasons.push("whole numbers or decimals like the quantity".to_owned());
    }
    let mut sets = BTreeSet::new();
    for allocation in all {
        let mut tags = allocation.tags.clone();
        tags.sort();
        if !sets.insert(tags) {
            reasons.push("two have the same tags".to_owned());
        }
        if allocation.tags.len() > TAGS_MAX {
            reasons.push(format!("at most {TAGS_MAX} tags each"));
        }
        let fits = |text: &str, most| {
            (1..=most).contains(&text.chars().count()) && text.chars().all(is_of_tag)
        };
        let right = |(key, value): &(String, String)| {
            fits(key, TAG_KEY_CHARS_MAX) && fits(value, TAG_VALUE_CHARS_MAX)
        };
        if !allocation.tags.iter().all(right) {
            reasons.push("tags have letters, digits, spaces and + - = . _ : \\ / @".to_owned());
        }
    }
    reasons
}

fn is_of_tag(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "+ -=._:\\/@".contains(letter)
}
