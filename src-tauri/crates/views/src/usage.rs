//! Usage that is still to be billed: a file of it, and what became of its records.

use app::metering::{Line, Sent, UsageFile};
use serde::Serialize;
use specta::Type;

use crate::{Millis, millis};

/// A file of usage, looked at.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageCheckInfo {
    /// Whether it can be sent.
    pub ready: bool,
    /// Records that would be sent.
    pub good: u32,
    /// Lines that were sent before, just like this.
    pub sent_before: Vec<u32>,
    /// Every record that could be read and is right, in the order of the file.
    pub lines: Vec<UsageLineInfo>,
    /// Everything that is wrong.
    pub problems: Vec<UsageProblemInfo>,
}

/// A usage record that AWS would take.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageLineInfo {
    /// The line in the file.
    pub line: u32,
    /// The license, or the code of a product that predates them.
    pub holder: String,
    /// The buyer's account.
    pub account: String,
    /// The dimension's key.
    pub dimension: String,
    /// How much, in the dimension's unit.
    pub quantity: String,
    /// The beginning of the hour that AWS bills it for.
    pub hour: Millis,
    /// Into how many allocations it is divided.
    pub allocations: u32,
}

impl From<&Line> for UsageLineInfo {
    fn from(it: &Line) -> Self {
        Self {
            line: crate::number(it.line),
            holder: it.record.holder.key().to_owned(),
            account: it.record.account.to_string(),
            dimension: it.record.dimension.clone(),
            quantity: it.record.quantity.to_string(),
            hour: millis(it.record.hour()),
            allocations: crate::number(it.record.allocations.len()),
        }
    }
}

/// Something that is wrong with a usage record.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageProblemInfo {
    /// The line in the file.
    pub line: u32,
    /// The field that is to blame.
    pub field: Option<String>,
    /// What is wrong.
    pub reason: String,
}

impl From<&UsageFile> for UsageCheckInfo {
    fn from(it: &UsageFile) -> Self {
        let problems = it.problems.iter().map(|problem| UsageProblemInfo {
            line: crate::number(problem.line),
            field: problem.field.map(str::to_owned),
            reason: problem.reason.clone(),
        });
        let mut lines: Vec<_> = it.good.iter().chain(&it.sent_before).collect();
        lines.sort_by_key(|line| line.line);
        Self {
            ready: it.problems.is_empty() && !it.good.is_empty(),
            lines: lines.into_iter().map(UsageLineInfo::from).collect(),
            good: crate::number(it.good.len()),
            sent_before: it
                .sent_before
                .iter()
                .map(|line| crate::number(line.line))
                .collect(),
            problems: problems.collect(),
        }
    }
}

/// What sending usage came to.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageSentInfo {
    /// Record by record.
    pub records: Vec<UsageRecordInfo>,
    /// Lines that had been sent before, just like this, and were left out.
    pub sent_before: Vec<u32>,
}

/// What became of a usage record.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageRecordInfo {
    /// The line in the file.
    pub line: u32,
    /// `sent`, `refused` or `unknown`.
    pub state: String,
    /// AWS's word, or ours where AWS said none.
    pub status: String,
    /// AWS's id of the record.
    pub record_id: Option<String>,
}

impl From<&Sent> for UsageSentInfo {
    fn from(it: &Sent) -> Self {
        let records = it.records.iter().map(|record| UsageRecordInfo {
            line: crate::number(record.line),
            state: record.state.word().to_owned(),
            status: record.status.clone(),
            record_id: record.record_id.clone(),
        });
        Self {
            records: records.collect(),
            sent_before: it
                .sent_before
                .iter()
                .map(|line| crate::number(*line))
                .collect(),
        }
    }
}
