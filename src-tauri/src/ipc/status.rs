//! How the connection is, and syncing it.

use app::sync::Scope;
use tauri::AppHandle;
use views::{ActionView, Failure, Millis, Status, SyncProgress, millis};

use super::{Opened, blocking};
use crate::announce;
use crate::session::Shown;

/// How the connection is. Answers with the reason also when its database does not open.
#[tauri::command]
#[specta::specta]
pub(crate) async fn status(session: Opened<'_>) -> Result<Status, Failure> {
    let info = session.current();
    let connection = match session.shown() {
        Shown::Open(connection) => connection,
        Shown::Failed(failure) => return Ok(Status::without_data(info, Some(failure))),
        Shown::Opening => {
            return Ok(Status {
                opening: true,
                ..Status::without_data(info, None)
            });
        }
        Shown::Locked => {
            return Ok(Status {
                locked: true,
                ..Status::without_data(info, None)
            });
        }
    };
    blocking(move || {
        let status = app::query::status(connection.store(), connection.clock())?;
        let known = connection.store().read(app::Preflight::last)?;
        Ok(Status {
            sync: connection
                .progress()
                .borrow()
                .as_ref()
                .map(SyncProgress::from),
            offline_since: connection.offline_since().map(millis),
            clock_offset: Millis(connection.clock().offset_ms()),
            attention: connection.attention().map(Failure::from),
            actions: ActionView::all(connection.access(), known.as_ref()),
            ..Status::of(info, &status)
        })
    })
    .await
}

/// Starts a sync; does nothing when one runs. How it ends is told by events and the status.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_sync(session: Opened<'_>, full: bool) -> Result<(), Failure> {
    let connection = session.connection().await?;
    let scope = Scope::full(full);
    tauri::async_runtime::spawn(async move { announce::sync(&connection, scope).await });
    Ok(())
}

/// Stops the running sync, if any. What it got stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_sync(session: Opened<'_>) -> Result<(), Failure> {
    session.connection().await?.stop_sync();
    Ok(())
}

/// Opens the database again after it did not open at the start.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_open(app: AppHandle, session: Opened<'_>) -> Result<(), Failure> {
    announce::show(&app, &session, session.current().id).await
}

/// The place in the page that somebody opened from outside; once.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the page treats every command's answer alike"
)]
pub(crate) fn opened_address(session: Opened<'_>) -> Result<Option<String>, Failure> {
    Ok(session.take_address())
}

/// The page has painted its first rows. Writes the file named by `BINDERY_READY_FILE`, for whoever
/// started the program and waits for that.
#[tauri::command]
#[specta::specta]
pub(crate) async fn report_ready(session: Opened<'_>) -> Result<(), Failure> {
    session.note_painted();
    if let Some(file) = std::env::var_os("BINDERY_READY_FILE")
        && let Err(error) = std::fs::write(&file, "ready\n")
    {
        tracing::warn!(%error, "the ready file cannot be written");
    }
    Ok(())
}
