//! Usage that is still to be billed.

use std::path::Path;

use app::metering::FILE_BYTES_MAX;
use connection::Connection;
use views::{UsageCheckInfo, UsageSentInfo};

use super::files::{named, read_bytes};
use crate::args::UsageCommand;
use crate::output::{Fault, Output, Problem};

pub(crate) async fn run(
    command: UsageCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    let outcome = match command {
        UsageCommand::Check { file } => check(&file, connection, output),
        UsageCommand::Send { file } => send(&file, connection, output).await,
    };
    connection.close().await;
    outcome
}

fn check(file: &Path, connection: &Connection, output: &Output) -> Result<(), Fault> {
    let view = look(file, connection)?;
    output.answer(&view, || {
        format!(
            "{} records can be sent, {} were before",
            view.good,
            view.sent_before.len()
        )
    })
}

async fn send(file: &Path, connection: &Connection, output: &Output) -> Result<(), Fault> {
    look(file, connection)?;
    let sent = connection
        .send_usage(&named(file), &read_bytes(file, FILE_BYTES_MAX)?)
        .await?;
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
fn look(file: &Path, connection: &Connection) -> Result<UsageCheckInfo, Fault> {
    let bytes = read_bytes(file, FILE_BYTES_MAX)?;
    let looked = connection.check_usage(&named(file), &bytes)?;
    let view = UsageCheckInfo::from(&looked);
    if view.problems.is_empty() {
        return Ok(view);
    }
    let problems = view.problems.iter().map(|problem| Problem {
        file: file.display().to_string(),
        line: problem.line as usize,
        column: None,
        field: problem.field.clone(),
        message: problem.reason.clone(),
    });
    Err(Fault::of_file(problems.collect()))
}
