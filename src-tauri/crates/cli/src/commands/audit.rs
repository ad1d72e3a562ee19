//! The audit.

use app::audit;
use connection::Connection;
use views::{AuditCheckInfo, AuditEntryInfo};

use super::words::when;
use crate::args::{AuditCommand, AuditFormat};
use crate::output::{Fault, Output};

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

pub(crate) fn run(
    command: AuditCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        AuditCommand::List { search, limit } => list(connection, &search.join(" "), limit, output),
        AuditCommand::Verify => verify(connection, output),
        AuditCommand::Export { format } => export(connection, format, output),
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
    let mut outcome = Ok(());
    if format == AuditFormat::Csv {
        output.line(&COLUMNS.join(","))?;
    }
    audit::each(connection.store(), |row| {
        let view = AuditEntryInfo::from(row);
        let line = match format {
            AuditFormat::Jsonl => serde_json::to_string(&view).unwrap_or_default(),
            AuditFormat::Csv => csv(&view),
        };
        if outcome.is_ok() {
            outcome = output.line(&line);
        }
    })?;
    outcome
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
