//! The vendor's directory: listing, showing, and taking a file in.

use std::ops::ControlFlow;
use std::path::Path;

use app::Action;
use app::directory;
use app::directory::correct::{Correction, FieldValue};
use app::directory::import::{self, FILE_BYTES_MAX, ImportError, OnBadRows};
use connection::{Connection, OpenError};
use domain::EntryKind;
use store::table::directory::SortBy;
use views::{
    BillingAccountDetail, BillingAccountsList, ImportReport, Knowable, LinkToTarget,
    OrganizationDetail, OrganizationListItem, OrganizationsList, Provenance, WorkspaceInfo,
};

use super::files::{named, read_bytes};
use super::words::when;
use crate::args::OrganizationsCommand;
use crate::output::{Fault, Output, Problem};

pub(crate) fn run(
    command: OrganizationsCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        OrganizationsCommand::List {
            search,
            billing_accounts,
            limit,
        } => {
            let search = search.join(" ");
            if billing_accounts {
                list_billing_accounts(connection, &search, limit, output)
            } else {
                list(connection, &search, limit, output)
            }
        }
        OrganizationsCommand::Show {
            id,
            billing_account: true,
        } => show_billing_account(connection, &id, output),
        OrganizationsCommand::Show { id, .. } => show(connection, &id, output),
        OrganizationsCommand::Correct {
            kind,
            key,
            fields,
            reason,
        } => {
            let fields = fields
                .into_iter()
                .map(|(name, text)| (name, field_value(text)));
            let correction = Correction {
                kind,
                key,
                fields: fields.collect(),
                reason,
            };
            correct(connection, &correction, output)
        }
        OrganizationsCommand::Import {
            file,
            kind,
            dry_run,
            skip_bad,
        } => {
            let on_bad = OnBadRows::skip(skip_bad);
            if dry_run {
                try_import(connection, &file, kind, on_bad, output)
            } else {
                import(connection, &file, kind, on_bad, output)
            }
        }
    }
}

/// As cells of a file are read.
fn field_value(text: String) -> FieldValue {
    match text.trim() {
        "" => FieldValue::NotTold,
        "-" => FieldValue::None,
        _ => FieldValue::Is(text),
    }
}

fn correct(connection: &Connection, correction: &Correction, output: &Output) -> Result<(), Fault> {
    let changes = connection.correct(correction)?;
    let views = changes.iter().map(|change| {
        serde_json::json!({
            "attribute": change.attribute,
            "before": change.before,
            "after": change.after,
        })
    });
    let views: Vec<_> = views.collect();
    output.answer(&views, || {
        let word = |text: &Option<String>| match text.as_deref() {
            None => "not known".to_owned(),
            Some("") => "none".to_owned(),
            Some(text) => text.to_owned(),
        };
        let lines = changes.iter().map(|change| {
            let attribute = change.attribute.as_deref().unwrap_or_default();
            format!(
                "{attribute}: {} -> {}",
                word(&change.before),
                word(&change.after)
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn list(connection: &Connection, search: &str, limit: usize, output: &Output) -> Result<(), Fault> {
    let page = directory::organizations(connection.store(), search, SortBy::default(), 0, limit)?;
    let list = OrganizationsList::of(&page);
    output.answer(&list, || {
        let lines = list.rows.iter().map(line);
        let shown = format!("{} of {} organizations match", list.matched, list.total);
        lines.chain([shown]).collect::<Vec<_>>().join("\n")
    })
}

fn list_billing_accounts(
    connection: &Connection,
    search: &str,
    limit: usize,
    output: &Output,
) -> Result<(), Fault> {
    let page = directory::billing_accounts(connection.store(), search, 0, limit)?;
    let list = BillingAccountsList::of(&page);
    output.answer(&list, || {
        let lines = list.rows.iter().map(|row| {
            let it = &row.billing_account;
            format!(
                "{:<32} {:<32} {:>3} organizations  {:>3} workspaces  {:>2} links  {} · {}",
                it.user_name,
                told(it.email.as_deref()),
                row.organizations,
                row.workspaces,
                row.links,
                told(it.company.as_deref()),
                origin(&it.from)
            )
        });
        let shown = format!("{} of {} billing accounts match", list.matched, list.total);
        lines.chain([shown]).collect::<Vec<_>>().join("\n")
    })
}

fn line(row: &OrganizationListItem) -> String {
    let it = &row.organization;
    format!(
        "{:<32} {:<12} {:<16} {:>3} members  {:>2} links  {} · {}",
        it.id,
        told(it.plan.as_deref()),
        told(it.payment_method.as_deref()),
        row.members,
        row.links,
        it.name,
        origin(&it.from)
    )
}

fn show(connection: &Connection, id: &str, output: &Output) -> Result<(), Fault> {
    let record = directory::organization(connection.store(), id)?;
    let detail = OrganizationDetail::of(&record);
    output.answer(&detail, || text(&detail))
}

fn show_billing_account(
    connection: &Connection,
    user_name: &str,
    output: &Output,
) -> Result<(), Fault> {
    let record = directory::billing_account(connection.store(), user_name)?;
    let detail = BillingAccountDetail::of(&record);
    output.answer(&detail, || {
        let it = &detail.billing_account;
        let mut lines = vec![
            it.user_name.clone(),
            format!("E-mail           {}", told(it.email.as_deref())),
            format!("Company          {}", told(it.company.as_deref())),
            format!("Country          {}", told(it.country.as_deref())),
            format!("Told by          {}", origin(&it.from)),
        ];
        for organization in &detail.organizations {
            lines.push(format!(
                "Pays for   {}  {}",
                organization.id, organization.name
            ));
        }
        lines.extend(detail.workspaces.iter().map(workspace_line));
        lines.extend(detail.links.iter().map(link_line));
        lines.join("\n")
    })
}

fn workspace_line(workspace: &WorkspaceInfo) -> String {
    let state = told(workspace.state.as_deref());
    let site = told(workspace.site.as_deref());
    format!("Workspace  {}  {state}, {site}", workspace.id)
}

fn link_line(link: &LinkToTarget) -> String {
    let since = when(link.link.since);
    format!(
        "Link       {}  {} since {since}",
        link.agreement, link.link.state
    )
}

fn text(detail: &OrganizationDetail) -> String {
    let it = &detail.organization;
    let credit = it.credit_balance.as_ref();
    let credit = credit.map(|credit| format!("{} {}", credit.currency, credit.amount));
    let invoices = it.open_invoices.map(|count| count.to_string());
    let mut lines = vec![
        format!("{}  {}", it.id, it.name),
        format!("Plan             {}", told(it.plan.as_deref())),
        format!("Payment method   {}", told(it.payment_method.as_deref())),
        format!("Payment shown as {}", knowable(&it.payment_reference)),
        format!("Credits          {}", told(credit.as_deref())),
        format!(
            "Signs in by      {}",
            told(it.authentication_method.as_deref())
        ),
        format!("Open invoices    {}", told(invoices.as_deref())),
        format!("Billing account  {}", knowable(&it.billing_account)),
        format!("Told by          {}", origin(&it.from)),
    ];
    for member in &detail.members {
        let verified = match member.verified {
            Some(true) => "verified",
            Some(false) => "not verified",
            None => "not known whether verified",
        };
        let role = told(member.role.as_deref());
        lines.push(format!("Member     {}  {role}, {verified}", member.email));
    }
    lines.extend(detail.workspaces.iter().map(workspace_line));
    for deployment in &detail.deployments {
        let state = told(deployment.state.as_deref());
        let trial = match (deployment.trial, deployment.trial_ends_at) {
            (Some(true), Some(at)) => format!(", trial until {}", when(at)),
            (Some(true), None) => ", trial".to_owned(),
            _ => String::new(),
        };
        lines.push(format!("Deployment {}  {state}{trial}", deployment.id));
    }
    lines.extend(detail.links.iter().map(link_line));
    lines.join("\n")
}

/// What the import would do. It fails as the import would.
fn try_import(
    connection: &Connection,
    path: &Path,
    kind: Option<EntryKind>,
    on_bad: OnBadRows,
    output: &Output,
) -> Result<(), Fault> {
    let plan = plan(connection, path, kind)?;
    plan.check(on_bad).map_err(|error| bad_file(path, &error))?;
    report(&ImportReport::of_plan(&plan), path, output)
}

fn import(
    connection: &Connection,
    path: &Path,
    kind: Option<EntryKind>,
    on_bad: OnBadRows,
    output: &Output,
) -> Result<(), Fault> {
    connection.permit(Action::EditDirectory)?;
    let plan = plan(connection, path, kind)?;
    let done = connection
        .import(&plan, on_bad, |_, _| ControlFlow::Continue(()))
        .map_err(|error| match error {
            OpenError::App(error) => fault(path, &error),
            other => other.into(),
        })?;
    report(&ImportReport::of_done(&plan, &done), path, output)
}

fn plan(
    connection: &Connection,
    path: &Path,
    kind: Option<EntryKind>,
) -> Result<import::Plan, Fault> {
    let bytes = read_bytes(path, FILE_BYTES_MAX)?;
    import::plan(connection.store(), &named(path), &bytes, kind)
        .map_err(|error| fault(path, &error))
}

fn fault(path: &Path, error: &app::Error) -> Fault {
    match error {
        app::Error::Import(error) => bad_file(path, error),
        other => views::Failure::from(other).into(),
    }
}

fn bad_file(path: &Path, error: &ImportError) -> Fault {
    let problems = error.bad.iter().map(|bad| Problem {
        file: path.display().to_string(),
        line: bad.line,
        column: None,
        field: bad.field.clone(),
        message: bad.reason.clone(),
    });
    let skip = "Nothing was imported. Mend the rows, or leave them out with --skip-bad.";
    Fault::of_file(problems.collect()).with_hint(error.skippable.then(|| skip.to_owned()))
}

fn report(report: &ImportReport, path: &Path, output: &Output) -> Result<(), Fault> {
    output.answer(report, || {
        let skipped = report.skipped.iter().map(|bad| {
            let problem = Problem {
                file: path.display().to_string(),
                line: bad.line as usize,
                column: None,
                field: bad.field.clone(),
                message: bad.reason.clone(),
            };
            problem.to_string()
        });
        let kinds = report.kinds.iter().map(|kind| {
            format!(
                "{:<16} {} added, {} changed, {} unchanged",
                EntryKind::from(kind.kind).word(),
                kind.added,
                kind.changed,
                kind.unchanged
            )
        });
        let end = if report.dry_run {
            "Nothing was changed: a dry run"
        } else {
            "Imported"
        };
        let lines = skipped.chain(kinds).chain([end.to_owned()]);
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn told(value: Option<&str>) -> &str {
    value.unwrap_or("not known")
}

fn knowable(value: &Knowable) -> &str {
    match (&value.value, value.known) {
        (Some(value), _) => value,
        (None, true) => "none",
        (None, false) => "not known",
    }
}

fn origin(from: &Provenance) -> String {
    format!("{}, {}", from.source, when(from.at))
}
