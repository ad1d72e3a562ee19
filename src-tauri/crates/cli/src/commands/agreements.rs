//! Listing and showing agreements.

use std::time::Instant;

use app::query;
use connection::Connection;
use store::query::Sort;
use views::{AgreementDetail, AgreementRow, AgreementsWindow, Failure};

use super::words::when;
use crate::args::{AgreementsCommand, SortBy};
use crate::output::{Fault, Output};

pub(crate) fn run(
    command: AgreementsCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        AgreementsCommand::List {
            filter,
            sort,
            limit,
        } => list(connection, &filter.join(" "), sort, limit, output),
        AgreementsCommand::Show { agreement } => show(connection, &agreement, output),
    }
}

fn list(
    connection: &Connection,
    filter: &str,
    sort: SortBy,
    limit: usize,
    output: &Output,
) -> Result<(), Fault> {
    let started = Instant::now();
    let clock = connection.clock();
    let sort = Sort {
        key: sort.key.into(),
        descending: sort.descending,
    };
    let window =
        query::agreements(connection.store(), clock, filter, sort, 0, limit).map_err(|error| {
            match &error {
                app::Error::Filter(error) => {
                    Fault::of_filter(Failure::of_filter(error, filter), filter)
                }
                _ => error.into(),
            }
        })?;
    let micros = views::number(
        started
            .elapsed()
            .as_micros()
            .try_into()
            .unwrap_or(usize::MAX),
    );
    let window = AgreementsWindow::of(&window, 0, clock.now(), micros);
    output.answer(&window, || {
        let lines = window.rows.iter().map(line);
        let shown = format!("{} of {} agreements match", window.matched, window.total);
        lines.chain([shown]).collect::<Vec<_>>().join("\n")
    })
}

fn line(row: &AgreementRow) -> String {
    let company = row.company.as_deref().unwrap_or("—");
    let ends = row
        .ends_at
        .map_or_else(|| "open-ended".to_owned(), |at| when(at)[..10].to_owned());
    let value = row.value.as_ref().map_or_else(
        || "—".to_owned(),
        |value| format!("{} {}", value.currency, value.amount),
    );
    let link = row.linked_to.as_deref().unwrap_or("no link");
    format!(
        "{}  {}  {:<10} {ends:<10} {value:>18}  {company} · {} · {link}",
        row.id, row.account, row.status, row.listing
    )
}

fn show(connection: &Connection, id: &str, output: &Output) -> Result<(), Fault> {
    let view = query::show(connection.store(), connection.clock(), id)?;
    let detail = AgreementDetail::of(&view, connection.clock().now());
    output.answer(&detail, || {
        let row = &detail.row;
        let mut lines = vec![line(row)];
        for license in &detail.licenses {
            let status = license.status.as_deref().unwrap_or("not fetched");
            let reason = license
                .reason
                .as_deref()
                .map(|reason| format!(" ({reason})"))
                .unwrap_or_default();
            let arn = license.arn.as_deref().unwrap_or("no license");
            lines.push(format!("License      {arn} {status}{reason}"));
        }
        for entitlement in &detail.entitlements {
            lines.push(format!(
                "Entitlement  {} = {}",
                entitlement.dimension, entitlement.value
            ));
        }
        for link in &detail.chain {
            let mark = if link.current { "→" } else { " " };
            lines.push(format!("Chain      {mark} {} {}", link.id, link.status));
        }
        lines.push(format!(
            "Listed       {} ({})",
            when(detail.listed.at),
            detail.listed.source
        ));
        let detailed = detail
            .detailed
            .as_ref()
            .map_or_else(|| "never".to_owned(), |from| when(from.at));
        lines.push(format!("Details      {detailed}"));
        lines.join("\n")
    })
}
