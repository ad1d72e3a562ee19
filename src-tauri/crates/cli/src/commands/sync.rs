//! Bringing the data up to date, and telling how it is.

use app::sync::{Phase, Progress, Scope, Summary};
use connection::{Connection, Folders};
use serde::Serialize;
use views::{ConnectionInfo, Status};

use crate::output::{Fault, Output};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Synced {
    full: bool,
    agreements: usize,
    dropped: usize,
    entitlements: usize,
    details: usize,
    failed: usize,
}

pub(crate) async fn run(folders: &Folders, full: bool, output: &Output) -> Result<(), Fault> {
    let connection = Connection::open_sandbox(folders)?;
    let scope = if full {
        Scope::Everything
    } else {
        Scope::Changes
    };
    let outcome = {
        let sync = connection.sync(scope);
        let mut sync = std::pin::pin!(sync);
        let mut progress = connection.progress();
        let mut told = String::new();
        loop {
            tokio::select! {
                outcome = &mut sync => break outcome,
                _ = tokio::signal::ctrl_c() => connection.stop_sync(),
                Ok(()) = progress.changed() => {
                    let line = progress.borrow_and_update().as_ref().map(line).unwrap_or_default();
                    if !line.is_empty() && line != told {
                        output.progress(&line);
                        told = line;
                    }
                }
            }
        }
    };
    connection.close().await;
    let Summary {
        full,
        agreements,
        dropped,
        entitlements,
        details,
        failed,
    } = outcome?;
    let synced = Synced {
        full,
        agreements,
        dropped,
        entitlements,
        details,
        failed,
    };
    output.answer(&synced, || {
        let kind = if full { "Listed everything" } else { "Listed what changed" };
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        format!(
            "{kind}: {agreements} agreements, {entitlements} entitlements, {details} looked at{failed}, \
             {dropped} dropped"
        )
    })
}

/// A line for each phase, and one for every ten thousand within it: more goes by too fast.
fn line(progress: &Progress) -> String {
    let what = match progress.phase {
        Phase::Products => "Listing products",
        Phase::Agreements => "Listing agreements",
        Phase::Directory => "Taking the directory in",
        Phase::Cancellations => "Listing cancellation requests",
        Phase::Entitlements => "Listing entitlements",
        Phase::Details => "Looking at agreements",
    };
    let done = progress.done / 10_000 * 10_000;
    match (done, progress.total) {
        (0, None) => what.to_owned(),
        (done, None) => format!("{what}: {done}"),
        (done, Some(total)) => format!("{what}: {done} of {total}"),
    }
}

pub(crate) fn status(folders: &Folders, output: &Output) -> Result<(), Fault> {
    let connection = Connection::open_sandbox(folders)?;
    let status = app::query::status(connection.store(), connection.clock())?;
    let mut status = Status::of(ConnectionInfo::sandbox(), &status);
    status.clock_offset = views::Millis(connection.clock().offset_ms());
    output.answer(&status, || {
        let synced = status.synced_at.map_or_else(|| "never".to_owned(), when);
        let mut text = format!(
            "Connection   {}\nAgreements   {}\nEntitlements {}\nNeeds set-up {}\nListing      {:?}\nAs of        {synced}\nWithout details {} ({} failed)",
            status.connection.name,
            status.agreements,
            status.entitlements,
            status.needs_setup,
            status.listing,
            status.details_missing,
            status.details_failed,
        );
        if let Some(failure) = &status.listing_failure {
            text = format!("{text}\nBroke off: {}", failure.message);
        }
        text
    })
}

/// An instant in this machine's zone.
pub(super) fn when(at: views::Millis) -> String {
    match jiff::Timestamp::from_millisecond(at.0) {
        Ok(at) => at
            .to_zoned(jiff::tz::TimeZone::system())
            .strftime("%Y-%m-%d %H:%M %Z")
            .to_string(),
        Err(_) => "—".to_owned(),
    }
}
