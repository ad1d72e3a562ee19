//! Reading usage from CSV, JSON and JSON Lines.
//!
//! Fields: `license` or `productCode`, `account`, `dimension`, `quantity`, `timestamp`; in JSON also
//! `allocations`, each with `quantity` and `tags`.

use domain::{
    AccountId, Allocation, LicenseArn, ProductCode, Quantity, Timestamp, UsageHolder, UsageRecord,
};
use serde::Deserialize;

use super::{FILE_BYTES_MAX, Line, RECORDS_MAX, UsageProblem};

/// A record as a file has it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Raw {
    license: Option<String>,
    product_code: Option<String>,
    account: Option<String>,
    dimension: Option<String>,
    quantity: Option<Number>,
    timestamp: Option<String>,
    allocations: Vec<RawAllocation>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawAllocation {
    quantity: Number,
    #[serde(default)]
    tags: std::collections::BTreeMap<String, String>,
}

/// A number as a number or as text: JSON numbers lose nothing below 2^53, and longer ones are texts.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Number(serde_json::Number),
}

impl Number {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The records of a file, and what is wrong with those that are none.
pub(super) fn read(name: &str, bytes: &[u8]) -> (Vec<Line>, Vec<UsageProblem>) {
    let whole = |reason: String| (Vec::new(), vec![problem(1, None, reason)]);
    if bytes.len() > FILE_BYTES_MAX {
        return whole(format!("the file is longer than {FILE_BYTES_MAX} bytes"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return whole("the file is no text in UTF-8".to_owned());
    };
    let text = text.trim_start_matches('\u{feff}');
    let ending = name
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_lowercase();
    let rows = match ending.as_str() {
        "csv" => csv_rows(text),
        "json" => json_rows(text),
        "jsonl" | "ndjson" => Ok(jsonl_rows(text)),
        _ => Err("usage is read from .csv, .json or .jsonl".to_owned()),
    };
    match rows {
        Err(reason) => whole(reason),
        Ok(rows) if rows.len() > RECORDS_MAX => {
            whole(format!("the file has more than {RECORDS_MAX} records"))
        }
        Ok(rows) => {
            let (mut lines, mut problems) = (Vec::new(), Vec::new());
            for (line, raw) in rows {
                match raw.and_then(|raw| record(line, &raw)) {
                    Ok(record) => lines.push(Line {
                        line,
                        record,
                        product: None,
                    }),
                    Err(mut wrong) => {
                        for it in &mut wrong {
                            it.line = line;
                        }
                        problems.extend(wrong);
                    }
                }
            }
            (lines, problems)
        }
    }
}

type Rows = Vec<(usize, Result<Raw, Vec<UsageProblem>>)>;

fn csv_rows(text: &str) -> Result<Rows, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut rows = Vec::new();
    for result in reader.records() {
        let record = result.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        let raw: Result<Raw, csv::Error> = record.deserialize(Some(&headers));
        let raw = raw.map_err(|error| vec![problem(line, None, error.to_string())]);
        rows.push((line, raw));
    }
    Ok(rows)
}

fn json_rows(text: &str) -> Result<Rows, String> {
    let values: Vec<serde_json::Value> = serde_json::from_str(text)
        .map_err(|error| format!("a list of records is wanted: {error}"))?;
    let rows = values
        .into_iter()
        .enumerate()
        .map(|(at, value)| (at + 1, of_json(at + 1, value)));
    Ok(rows.collect())
}

fn jsonl_rows(text: &str) -> Rows {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let rows = lines.map(|(at, line)| {
        let value = serde_json::from_str(line);
        let value = value.map_err(|error| vec![problem(at + 1, None, error.to_string())]);
        (at + 1, value.and_then(|value| of_json(at + 1, value)))
    });
    rows.collect()
}

fn of_json(line: usize, value: serde_json::Value) -> Result<Raw, Vec<UsageProblem>> {
    serde_json::from_value(value).map_err(|error| vec![problem(line, None, error.to_string())])
}

fn problem(line: usize, field: Option<&'static str>, reason: String) -> UsageProblem {
    UsageProblem {
        line,
        field,
        reason,
    }
}

/// The record, or everything that is wrong with it.
fn record(line: usize, raw: &Raw) -> Result<UsageRecord, Vec<UsageProblem>> {
    let mut problems = Vec::new();
    let mut note = |field, reason: String| problems.push(problem(line, Some(field), reason));
    let given = |text: &Option<String>| {
        let text = text
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let holder = match (given(&raw.license), given(&raw.product_code)) {
        (Some(_), Some(_)) => {
            note(
                "license",
                "a license or a product code, not both".to_owned(),
            );
            None
        }
        (None, None) => {
            note(
                "license",
                "a license, or the code of a product that predates licenses".to_owned(),
            );
            None
        }
        (Some(arn), None) => match LicenseArn::parse(&arn) {
            Ok(arn) => Some(UsageHolder::License(arn)),
            Err(error) => {
                note("license", error.to_string());
                None
            }
        },
        (None, Some(code)) => match ProductCode::parse(&code) {
            Ok(code) => Some(UsageHolder::Product(code)),
            Err(error) => {
                note("productCode", error.to_string());
                None
            }
        },
    };
    let account = given(&raw.account).unwrap_or_default();
    let account = AccountId::parse(&account).map_err(|error| note("account", error.to_string()));
    let dimension = given(&raw.dimension);
    if dimension.is_none() {
        note("dimension", "the dimension is missing".to_owned());
    }
    let quantity = raw.quantity.as_ref().map(Number::text).unwrap_or_default();
    let quantity = Quantity::parse(&quantity).map_err(|error| note("quantity", error.to_string()));
    let at = given(&raw.timestamp).unwrap_or_default();
    let at = at.parse::<jiff::Timestamp>();
    let at = at.map_err(|_| {
        note(
            "timestamp",
            "not an instant: write it such as 2026-11-20T13:00:00Z".to_owned(),
        );
    });
    let mut allocations = Vec::new();
    for raw in &raw.allocations {
        match Quantity::parse(&raw.quantity.text()) {
            Ok(quantity) => allocations.push(Allocation {
                quantity,
                tags: raw.tags.clone().into_iter().collect(),
            }),
            Err(error) => note("allocations", error.to_string()),
        }
    }
    match (holder, account, dimension, quantity, at) {
        (Some(holder), Ok(account), Some(dimension), Ok(quantity), Ok(at))
            if problems.is_empty() =>
        {
            Ok(UsageRecord {
                holder,
                account,
                dimension,
                quantity,
                at: Timestamp::from_millis(at.as_millisecond()),
                allocations,
            })
        }
        _ => Err(problems),
    }
}
