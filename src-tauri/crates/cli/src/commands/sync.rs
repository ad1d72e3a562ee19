//! Bringing the data up to date, and telling how it is.

use std::future::Future;

use app::FailureKind;
use app::sync::{Phase, Progress, Scope, Summary};
use connection::{Connection, Connections, OpenError};
use serde::Serialize;
use views::{ConnectionInfo, Status};

use super::words::when;
use crate::output::{Fault, Output};
use crate::secrets;

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

pub(crate) async fn run(connection: &Connection, full: bool, output: &Output) -> Result<(), Fault> {
    let scope = Scope::full(full);
    let mut outcome = follow(connection, connection.sync(scope), output).await;
    while waits_for_code(connection) && secrets::can_ask() {
        connection.provide_code(&secrets::code()?)?;
        outcome = follow(connection, connection.sync(scope), output).await;
    }
    tell(&outcome?, output)
}

/// Whether the sync waits for a code that only a person has.
fn waits_for_code(connection: &Connection) -> bool {
    connection
        .attention()
        .is_some_and(|why| why.kind == FailureKind::CodeNeeded)
}

/// Waits for a sync, shows how far it is, and stops it when asked to.
async fn follow(
    connection: &Connection,
    sync: impl Future<Output = Result<Summary, OpenError>>,
    output: &Output,
) -> Result<Summary, OpenError> {
    let mut sync = std::pin::pin!(sync);
    let mut progress = connection.progress();
    let mut told = String::new();
    loop {
        tokio::select! {
            outcome = &mut sync => return outcome,
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
}

fn tell(summary: &Summary, output: &Output) -> Result<(), Fault> {
    let Summary {
        full,
        agreements,
        dropped,
        entitlements,
        details,
        failed,
    } = *summary;
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

pub(crate) fn status(
    connections: &Connections,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    let info = match connections.find(connection.id()) {
        Ok((saved, keep)) => ConnectionInfo::of(&saved, keep),
        Err(_) => ConnectionInfo::sandbox(),
    };
    let status = app::query::status(connection.store(), connection.clock())?;
    let mut status = Status::of(info, &status);
    status.clock_offset = views::Millis(connection.clock().offset_ms());
    output.answer(&status, || {
        let synced = status.synced_at.map_or_else(|| "never".to_owned(), when);
        let mut text = format!(
            "Connection   {}\nAgreements   {}\nEntitlements {}\nNeeds set-up {}\nOrganizations {}\nListing      {:?}\nAs of        {synced}\nWithout details {} ({} failed)",
            status.connection.name,
            status.agreements,
            status.entitlements,
            status.needs_setup,
            status.organizations,
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
