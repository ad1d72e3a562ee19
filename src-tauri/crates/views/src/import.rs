//! Taking a file of the directory in.

use app::directory::import::{BadRow, Plan};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::table::directory::Tallies;

use crate::number;

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// The file's name.
    pub file: String,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// What became of the good rows, kind by kind.
    pub kinds: Vec<ImportedKind>,
    /// How many rows were left out.
    pub left_out: u32,
    /// What is wrong with the rows that were left out.
    pub skipped: Vec<BadRowInfo>,
}

/// What a row of a file is of. As JSON, the kind's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the meanings stand at domain::EntryKind")]
pub enum EntryKind {
    BillingAccount,
    Organization,
    Member,
    Workspace,
    Deployment,
}

/// What became of the rows of one kind.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportedKind {
    /// The kind.
    pub kind: EntryKind,
    /// Not there before.
    pub added: u32,
    /// There, and not like this.
    pub changed: u32,
    /// There, and just like this.
    pub unchanged: u32,
}

/// Something that is wrong with a row of a file.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BadRowInfo {
    /// The line that the row starts on.
    pub line: u32,
    /// The field to blame.
    pub field: Option<String>,
    /// What is wrong.
    pub reason: String,
}

impl ImportReport {
    /// What taking a file in would do.
    #[must_use]
    pub fn of_plan(plan: &Plan) -> Self {
        Self::new(plan, &plan.tallies, true)
    }

    /// What taking a file in did.
    #[must_use]
    pub fn of_done(plan: &Plan, done: &Tallies) -> Self {
        Self::new(plan, done, false)
    }

    fn new(plan: &Plan, tallies: &Tallies, dry_run: bool) -> Self {
        let kinds = tallies.0.iter().map(|(kind, tally)| ImportedKind {
            kind: (*kind).into(),
            added: number(tally.added),
            changed: number(tally.changed),
            unchanged: number(tally.unchanged),
        });
        Self {
            file: plan.file.clone(),
            dry_run,
            kinds: kinds.collect(),
            left_out: number(plan.bad_rows),
            skipped: plan.bad.iter().map(BadRowInfo::from).collect(),
        }
    }
}

impl From<&BadRow> for BadRowInfo {
    fn from(bad: &BadRow) -> Self {
        Self {
            line: number(bad.line),
            field: bad.field.clone(),
            reason: bad.reason.clone(),
        }
    }
}

impl From<domain::EntryKind> for EntryKind {
    fn from(kind: domain::EntryKind) -> Self {
        match kind {
            domain::EntryKind::BillingAccount => Self::BillingAccount,
            domain::EntryKind::Organization => Self::Organization,
            domain::EntryKind::Member => Self::Member,
            domain::EntryKind::Workspace => Self::Workspace,
            domain::EntryKind::Deployment => Self::Deployment,
        }
    }
}

impl From<EntryKind> for domain::EntryKind {
    fn from(kind: EntryKind) -> Self {
        match kind {
            EntryKind::BillingAccount => Self::BillingAccount,
            EntryKind::Organization => Self::Organization,
            EntryKind::Member => Self::Member,
            EntryKind::Workspace => Self::Workspace,
            EntryKind::Deployment => Self::Deployment,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_the_same_word_on_every_surface() {
        for kind in domain::EntryKind::ALL {
            let json = serde_json::to_value(EntryKind::from(kind)).unwrap();
            assert_eq!(json, kind.word());
        }
    }
}
