//! The audit.

use app::audit;
use connection::Connection;
use views::{AuditCheckInfo, AuditEntryInfo, AuditFormat};

use super::words::when;
use crate::args::AuditCommand;
use crate::output::{Fault, Output};

pub(crate) fn run(
    command: AuditCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        AuditCommand::List { search, limit } => list(connection, &search.join(" "), limit, output),
        AuditCommand::Verify => verify(connection, output),
        AuditCommand::Export { format } => export(connection, format.into(), output),
    }
}

fn list(connection: &Connection, search: &str, limit: usize, output: &Output) -> Result<(), Fault> {
    let rows = audit::entries(connection.store(), search, limit)?;
    let views: Vec<_> = rows.iter().map(AuditEntryInfo::from).collect();
    output.answer(&views, || {
        let lines = views.iter().map(|it| {
            format!(
                "{:>6}  {}  {:<12} {:<22} {:<7} {:<8} {}",
                it.seq,
                when(it.at),
                it.user,
                it.action,
                it.phase,
                it.outcome.as_deref().unwrap_or("—"),
                it.agreement
                    .as_deref()
                    .or(it.target.as_deref())
                    .unwrap_or_default()
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

/// A broken audit is told as a refusal, so that scripts notice.
fn verify(connection: &Connection, output: &Output) -> Result<(), Fault> {
    let view = AuditCheckInfo::from(&connection.verify_audit()?);
    if let (Some(at), Some(why)) = (view.broken_at, &view.why) {
        let message = format!("the audit is broken at entry {at}: {why}");
        let hint = "Keep the file as it is, and compare it with a backup or an export.".to_owned();
        return Err(views::Failure::new(views::Code::Refused, message, Some(hint)).into());
    }
    output.answer(&view, || {
        format!(
            "{} entries, each follows from the ones before; {} open",
            view.entries, view.open
        )
    })
}

fn export(connection: &Connection, format: AuditFormat, output: &Output) -> Result<(), Fault> {
    let mut outcome = format
        .header()
        .map_or(Ok(()), |header| output.line(&header));
    audit::each(connection.store(), |row| {
        if outcome.is_ok() {
            outcome = output.line(&format.line(row));
        }
    })?;
    outcome
}
