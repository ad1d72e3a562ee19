//! The audit: its entries, and whether it is whole.

use app::audit::AuditCheck;
use serde::{Deserialize, Serialize};
use specta::Type;
use store::table::audit::{AuditActions, AuditRow};

use crate::{Millis, millis, sequence};

/// An entry of the audit.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntryInfo {
    /// Its number, from 1.
    pub seq: u32,
    /// When.
    pub at: Millis,
    /// The operating system's user.
    pub user: String,
    /// ARN of the AWS credentials.
    pub identity: Option<String>,
    /// What was done.
    pub action: String,
    /// `opened`, `closed` or `noted`.
    pub phase: String,
    /// The entry that this one closes.
    pub opened: Option<u32>,
    /// `done`, `failed`, `unknown`, `refused` or another word; absent while open.
    pub outcome: Option<String>,
    /// The plan.
    pub plan: Option<String>,
    /// The agreement.
    pub agreement: Option<String>,
    /// The organization or billing account, as `organization:acme`.
    pub target: Option<String>,
    /// AWS's request id.
    pub request_id: Option<String>,
    /// Everything else, as JSON text.
    pub detail: String,
}

impl From<&AuditRow> for AuditEntryInfo {
    fn from(row: &AuditRow) -> Self {
        let it = &row.entry;
        Self {
            seq: sequence(row.seq),
            at: millis(it.at),
            user: it.user.clone(),
            identity: it.identity.clone(),
            action: it.action.clone(),
            phase: it.phase.word().to_owned(),
            opened: it.opened.map(sequence),
            outcome: it.outcome.clone(),
            plan: it.plan.clone(),
            agreement: it.agreement.clone(),
            target: it.target.clone(),
            request_id: it.request.clone(),
            detail: it.detail.clone(),
        }
    }
}

/// Something that was done, or begun: an entry of the audit with the one that closes it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AuditActionInfo {
    /// What was begun, or noted.
    pub entry: AuditEntryInfo,
    /// What came of it.
    pub closing: Option<AuditEntryInfo>,
    /// `open` while nothing is known to have come of it, else the outcome's word.
    pub state: String,
}

impl From<&(AuditRow, Option<AuditRow>)> for AuditActionInfo {
    fn from((entry, closing): &(AuditRow, Option<AuditRow>)) -> Self {
        let last = closing.as_ref().unwrap_or(entry);
        let outcome = last.entry.outcome.clone();
        Self {
            entry: entry.into(),
            closing: closing.as_ref().map(AuditEntryInfo::from),
            state: outcome.unwrap_or_else(|| "open".to_owned()),
        }
    }
}

/// A part of what was done, newest first.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AuditWindow {
    /// The actions.
    pub rows: Vec<AuditActionInfo>,
    /// How many match.
    pub matched: u32,
    /// How many there are.
    pub total: u32,
}

impl From<&AuditActions> for AuditWindow {
    fn from(it: &AuditActions) -> Self {
        Self {
            rows: it.actions.iter().map(AuditActionInfo::from).collect(),
            matched: crate::number(it.matched),
            total: crate::number(it.total),
        }
    }
}

/// What a look through the whole audit found.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AuditCheckInfo {
    /// Whether every entry follows from the ones before.
    pub whole: bool,
    /// How many entries there are.
    pub entries: u32,
    /// Entries that were opened and not closed.
    pub open: u32,
    /// The first entry that does not follow.
    pub broken_at: Option<u32>,
    /// What is wrong with it.
    pub why: Option<String>,
}

impl From<&AuditCheck> for AuditCheckInfo {
    fn from(it: &AuditCheck) -> Self {
        let broken = it.broken.as_ref();
        Self {
            whole: broken.is_none(),
            entries: crate::number(it.entries),
            open: crate::number(it.open),
            broken_at: broken.map(|it| sequence(it.seq)),
            why: broken.map(|it| it.why.to_owned()),
        }
    }
}

/// A file that the audit was taken into.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AuditExported {
    /// Where it is.
    pub path: String,
    /// Entries in it.
    pub entries: u32,
}

/// A format that the audit is taken elsewhere in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum AuditFormat {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values (RFC 4180), with a header.
    Csv,
}

/// Columns of the export, in order.
const COLUMNS: [&str; 13] = [
    "seq",
    "at",
    "user",
    "identity",
    "action",
    "phase",
    "opened",
    "outcome",
    "plan",
    "agreement",
    "target",
    "requestId",
    "detail",
];

impl AuditFormat {
    /// What its files' names end in.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// The line before all entries, if there is one.
    #[must_use]
    pub fn header(self) -> Option<String> {
        (self == Self::Csv).then(|| COLUMNS.join(","))
    }

    /// An entry as a line, without its end.
    #[must_use]
    pub fn line(self, row: &AuditRow) -> String {
        let view = AuditEntryInfo::from(row);
        match self {
            Self::Jsonl => serde_json::to_string(&view).unwrap_or_default(),
            Self::Csv => csv(&view),
        }
    }
}

fn csv(view: &AuditEntryInfo) -> String {
    let value = serde_json::to_value(view).unwrap_or_default();
    let fields = COLUMNS.map(|column| match &value[column] {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => quoted(text),
        other => other.to_string(),
    });
    fields.join(",")
}

/// A field of CSV (RFC 4180). What a spreadsheet would take for a formula is taken for text.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_are_quoted_where_they_must_be_and_are_never_formulas() {
        for (text, field) in [
            ("", ""),
            ("plain", "plain"),
            ("한국어", "한국어"),
            ("a,b", "\"a,b\""),
            ("say \"so\"", "\"say \"\"so\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@sum(A1,B1)", "\"'@sum(A1,B1)\""),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("1=1", "1=1"),
        ] {
            assert_eq!(quoted(text), field);
        }
    }
}
