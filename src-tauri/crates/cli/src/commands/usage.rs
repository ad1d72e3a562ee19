//! Usage that is still to be billed.

use std::path::Path;

use app::metering::{FILE_BYTES_MAX, UsageError, UsageProblem};
use connection::{Connection, OpenError};
use views::{UsageCheckInfo, UsageSentInfo};

use super::files::{named, read_bytes};
use crate::args::UsageCommand;
use crate::output::{Fault, Output, Problem};

pub(crate) async fn run(
    command: UsageCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        UsageCommand::Check { file } => check(&file, connection, output),
        UsageCommand::Send { file } => send(&file, connection, output).await,
    }
}

fn check(file: &Path, connection: &Connection, output: &Output) -> Result<(), Fault> {
    let bytes = read_bytes(file, FILE_BYTES_MAX)?;
    let looked = connection.check_usage(&named(file), &bytes)?;
    if !looked.problems.is_empty() {
        return Err(wrong(file, &looked.problems));
    }
    let view = UsageCheckInfo::from(&looked);
    output.answer(&view, || {
        format!(
            "{} records can be sent, {} were before",
            view.good,
            view.sent_before.len()
        )
    })
}

async fn send(file: &Path, connection: &Connection, output: &Output) -> Result<(), Fault> {
    let bytes = read_bytes(file, FILE_BYTES_MAX)?;
    let sent = connection.send_usage(&named(file), &bytes).await;
    let sent = sent.map_err(|error| match error {
        OpenError::App(app::Error::Usage(UsageError(problems))) if !problems.is_empty() => {
            wrong(file, &problems)
        }
        other => other.into(),
    })?;
    let view = UsageSentInfo::from(&sent);
    output.answer(&view, || {
        let lines = view.records.iter().map(|record| {
            let id = record.record_id.as_deref().unwrap_or_default();
            format!(
                "line {}: {} {} {id}",
                record.line, record.state, record.status
            )
        });
        let before = view
            .sent_before
            .iter()
            .map(|line| format!("line {line}: sent before"));
        lines.chain(before).collect::<Vec<_>>().join("\n")
    })
}

/// Everything that is wrong with a file is told at once.
fn wrong(file: &Path, problems: &[UsageProblem]) -> Fault {
    let problems = problems.iter().map(|problem| Problem {
        file: file.display().to_string(),
        line: problem.line,
        column: None,
        field: problem.field.map(str::to_owned),
        message: problem.reason.clone(),
    });
    Fault::of_file(problems.collect())
}
