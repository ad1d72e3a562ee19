//! Reading agreements.

use std::sync::Arc;
use std::time::Instant;

use app::query;
use serde::Deserialize;
use specta::Type;
use store::query::Sort;
use views::{
    AgreementCounts, AgreementDetail, AgreementsWindow, Completions, Failure, FilterReading,
    JumpTarget, Overview, SortKey, byte_offset, number,
};

use super::{Opened, blocking};

/// Which agreements, in which order, from where to where.
#[derive(Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AgreementsQuery {
    /// Filter text.
    pub filter: String,
    /// Sorted by.
    pub sort: SortKey,
    /// Greatest first.
    pub descending: bool,
    /// Place of the first row.
    pub offset: u32,
    /// Rows at most.
    pub limit: u32,
}

/// A window over the agreements that match, in the chosen order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_agreements(
    session: Opened<'_>,
    query: AgreementsQuery,
) -> Result<AgreementsWindow, Failure> {
    let connection = session.connection().await?;
    check_filter(&query.filter)?;
    blocking(move || {
        let started = Instant::now();
        let AgreementsQuery {
            filter,
            sort,
            descending,
            offset,
            limit,
        } = query;
        let sort = Sort {
            key: sort.into(),
            descending,
        };
        let (offset, limit) = (offset as usize, limit as usize);
        let clock = connection.clock();
        let window = query::agreements(connection.store(), clock, &filter, sort, offset, limit)?;
        Ok(AgreementsWindow::of(
            &window,
            offset,
            clock.now(),
            micros_since(started),
        ))
    })
    .await
}

/// Exact counts beside the grid; each facet leaves out the filter's own terms on it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn count_agreements(
    session: Opened<'_>,
    filter: String,
) -> Result<AgreementCounts, Failure> {
    let connection = session.connection().await?;
    check_filter(&filter)?;
    blocking(move || {
        let started = Instant::now();
        let counts = query::counts(connection.store(), connection.clock(), &filter)?;
        Ok(AgreementCounts::of(&counts, micros_since(started)))
    })
    .await
}

/// The filter's terms, for chips. A broken filter is an answer too: its `error` is set.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the page treats every command's answer alike"
)]
pub(crate) fn read_filter(filter: &str) -> Result<FilterReading, Failure> {
    Ok(FilterReading::of(filter, &query::read_filter(filter)))
}

/// What may be typed at the caret, a UTF-16 offset.
#[tauri::command]
#[specta::specta]
pub(crate) async fn complete_filter(
    session: Opened<'_>,
    filter: String,
    caret: u32,
) -> Result<Completions, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let caret = byte_offset(&filter, caret);
        let completions = query::complete(connection.store(), &filter, caret)?;
        Ok(Completions::of(&filter, completions))
    })
    .await
}

/// Everything known about one agreement.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_agreement(
    session: Opened<'_>,
    id: String,
) -> Result<AgreementDetail, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let view = query::show(connection.store(), connection.clock(), &id)?;
        Ok(AgreementDetail::of(&view, connection.clock().now()))
    })
    .await
}

/// What a pasted or typed text may mean.
#[tauri::command]
#[specta::specta]
pub(crate) async fn jump(session: Opened<'_>, text: String) -> Result<Vec<JumpTarget>, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let targets = query::jump(connection.store(), connection.clock(), &text)?;
        Ok(targets.into_iter().map(JumpTarget::from).collect())
    })
    .await
}

/// The overview's numbers.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(session: Opened<'_>) -> Result<Overview, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let now = connection.clock().now();
        let store = Arc::clone(connection.store());
        Ok(Overview::of(&store.read(|read| read.totals(now))?, now))
    })
    .await
}

/// Refuses a broken filter with its place.
fn check_filter(filter: &str) -> Result<(), Failure> {
    query::read_filter(filter)
        .map(drop)
        .map_err(|error| Failure::of_filter(&error, filter))
}

fn micros_since(started: Instant) -> u32 {
    number(usize::try_from(started.elapsed().as_micros()).unwrap_or(usize::MAX))
}
