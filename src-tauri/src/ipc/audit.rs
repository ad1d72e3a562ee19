//! The audit: searched, verified, and taken elsewhere.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use app::audit;
use connection::OpenError;
use serde::Deserialize;
use specta::Type;
use views::{AuditCheckInfo, AuditExported, AuditFormat, AuditWindow, Failure};

use super::{Opened, blocking, waiting};

/// Which part of the audit.
#[derive(Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditQuery {
    /// What is to stand somewhere in it; everything when empty.
    pub search: String,
    /// Only what this entry belongs to.
    pub entry: Option<u32>,
    /// Place of the first one.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}

/// What was done, newest first: what was begun, with what came of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_audit(
    session: Opened<'_>,
    query: AuditQuery,
) -> Result<AuditWindow, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let entry = query.entry.map(i64::from);
        let limit = query.limit.min(AUDIT_PAGE_MAX) as usize;
        let offset = query.offset as usize;
        let found = audit::actions(connection.store(), &query.search, entry, offset, limit)?;
        Ok(AuditWindow::from(&found))
    })
    .await
}

/// Entries of the audit that one answer holds at most.
const AUDIT_PAGE_MAX: u32 = 1_000;

/// Takes the whole audit into a file of its own, which never takes another one's place.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_audit(
    session: Opened<'_>,
    format: AuditFormat,
) -> Result<AuditExported, Failure> {
    let connection = session.connection().await?;
    let folder = session.folders().exports().to_owned();
    waiting(move || {
        let name = format!("bindery-audit-{}", connection.id());
        let (path, file) = new_file(&folder, &name, format.ending())?;
        let mut file = BufWriter::new(file);
        let mut written = format
            .header()
            .map_or(Ok(()), |header| writeln!(file, "{header}"));
        let mut entries = 0;
        audit::each(connection.store(), |row| {
            if written.is_ok() {
                written = writeln!(file, "{}", format.line(row));
                entries += 1;
            }
        })?;
        written = written.and_then(|()| file.flush());
        written.map_err(|error| OpenError::File(path.clone(), error))?;
        Ok(AuditExported {
            path: path.display().to_string(),
            entries,
        })
    })
    .await
}

/// A file of this name, or of the first one like it that is free.
fn new_file(folder: &Path, name: &str, ending: &str) -> Result<(PathBuf, File), OpenError> {
    fs::create_dir_all(folder).map_err(|error| OpenError::File(folder.to_owned(), error))?;
    let numbers = std::iter::once(String::new()).chain((2..).map(|number| format!("-{number}")));
    for number in numbers {
        let path = folder.join(format!("{name}{number}.{ending}"));
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(OpenError::File(path, error)),
        }
    }
    Err(OpenError::File(
        folder.to_owned(),
        io::ErrorKind::AlreadyExists.into(),
    ))
}

/// Goes through the whole audit.
#[tauri::command]
#[specta::specta]
pub(crate) async fn verify_audit(session: Opened<'_>) -> Result<AuditCheckInfo, Failure> {
    let connection = session.connection().await?;
    waiting(move || Ok((&connection.verify_audit()?).into())).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_exported_before_stays() {
        let folder = tempfile::tempdir().unwrap();
        let exports = folder.path().join("exports");
        let export = |_| new_file(&exports, "bindery-audit-acme", "csv").unwrap().0;
        let names: Vec<_> = (0..3).map(export).collect();
        let expected = [
            "bindery-audit-acme.csv",
            "bindery-audit-acme-2.csv",
            "bindery-audit-acme-3.csv",
        ];
        assert_eq!(names, expected.map(|name| exports.join(name)));
    }
}
