//! Connections to seller accounts.

use app::Access;
use connection::{Connection, Connections, CredentialsDraft, Draft, Keep};
use serde::Serialize;
use views::{CheckView, ConnectionCard, Millis, OperationView, Outcome, RemovedView};

use super::words::when;
use crate::args::{AddArgs, ChangeArgs, ConnectionCommand, CredentialsArgs};
use crate::output::{Fault, Output};
use crate::secrets::{self, Wanted};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Added {
    id: String,
    check: CheckView,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_file: Option<String>,
}

pub(crate) async fn run(
    command: ConnectionCommand,
    connections: &Connections,
    current: &str,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        ConnectionCommand::Add(args) => add(args, connections, output).await,
        ConnectionCommand::List => list(connections, current, output),
        ConnectionCommand::Check { id, last } => check(connections, &id, last, output).await,
        ConnectionCommand::Change(args) => change(&args, connections, output),
        ConnectionCommand::Credentials { id, credentials } => {
            let draft = entered(credentials)?;
            connections.replace_credentials(&id, &draft).await?;
            done(&id, output, "Its credentials are replaced.")
        }
        ConnectionCommand::Mail { id, command } => {
            super::mail::run(&id, command, connections, output).await
        }
        ConnectionCommand::Rekey { id } => {
            connections.rekey(&id)?;
            done(&id, output, "Its database is encrypted with a new key.")
        }
        ConnectionCommand::StartOver { id } => start_over(connections, &id, output),
        ConnectionCommand::Remove { id, confirm } => remove(connections, &id, &confirm, output),
        ConnectionCommand::Policy { read_only } => {
            let policy = app::preflight::full_policy(Access::read_only(read_only));
            output.line(policy.trim_end())
        }
    }
}

async fn add(args: AddArgs, connections: &Connections, output: &Output) -> Result<(), Fault> {
    let draft = Draft {
        name: args.name,
        account: args.account,
        credentials: entered(args.credentials)?,
        region: args.region.unwrap_or_default(),
        endpoint: args.endpoint.unwrap_or_default(),
        sts_endpoint: args.sts_endpoint.unwrap_or_default(),
        read_only: args.read_only,
    };
    let saved = connections.add(&draft, Keep::InKeyring).await?;
    let check = checked(connections, saved.id.as_str()).await?;
    let added = Added {
        id: saved.id.to_string(),
        check,
    };
    output.answer(&added, || {
        format!("Added as {}.\n\n{}", added.id, told(&added.check))
    })
}

/// What was given for credentials, with the secrets from where secrets come from.
fn entered(args: CredentialsArgs) -> Result<CredentialsDraft, Fault> {
    let mut draft = CredentialsDraft {
        profile: args.profile.unwrap_or_default(),
        role_arn: args.role.unwrap_or_default(),
        external_id: args.external_id.unwrap_or_default(),
        mfa_serial: args.mfa_serial.unwrap_or_default(),
        ..CredentialsDraft::default()
    };
    let wanted = Wanted {
        keys: draft.profile.is_empty(),
        code: !draft.mfa_serial.is_empty(),
    };
    secrets::read(wanted, &mut draft)?;
    Ok(draft)
}

fn list(connections: &Connections, current: &str, output: &Output) -> Result<(), Fault> {
    let saved = connections.list().map_err(connection::OpenError::from)?;
    let cards = saved
        .iter()
        .map(|(saved, keep)| ConnectionCard::of(saved, *keep, current));
    let cards: Vec<_> = std::iter::once(ConnectionCard::sandbox(current))
        .chain(cards)
        .collect();
    output.answer(&cards, || {
        let lines = cards.iter().map(|card| {
            let account = card.account.as_deref().unwrap_or("");
            let access = if card.read_only { "read-only" } else { "" };
            format!(
                "{:<24} {:<14} {:<10} {}",
                card.id, account, access, card.name
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

async fn check(
    connections: &Connections,
    id: &str,
    last: bool,
    output: &Output,
) -> Result<(), Fault> {
    let view = if last {
        let connection = connections.open(id)?;
        let known = connection.last_check()?;
        known.map(|check| CheckView::of(&check, connection.account(), connection.access()))
    } else {
        Some(checked(connections, id).await?)
    };
    output.answer(&view, || {
        view.as_ref()
            .map_or_else(|| "It was never checked.".to_owned(), told)
    })
}

async fn checked(connections: &Connections, id: &str) -> Result<CheckView, Fault> {
    let connection = connections.open(id)?;
    let checked = check_open(&connection).await;
    connection.close().await;
    checked
}

/// Checks; asks for the code when the role wants one and somebody is there.
async fn check_open(connection: &Connection) -> Result<CheckView, Fault> {
    let mut check = Box::pin(connection.check()).await?;
    let wants_code =
        matches!(&check.identity, Err(failure) if failure.kind == app::FailureKind::CodeNeeded);
    if wants_code && secrets::can_ask() {
        connection.provide_code(&secrets::code()?)?;
        check = Box::pin(connection.check()).await?;
    }
    Ok(CheckView::of(
        &check,
        connection.account(),
        connection.access(),
    ))
}

fn change(args: &ChangeArgs, connections: &Connections, output: &Output) -> Result<(), Fault> {
    let (saved, _) = connections.find(&args.id)?;
    let name = args.name.as_deref().unwrap_or(&saved.name);
    let chosen = match (args.read_only, args.full) {
        (true, _) => Access::ReadOnly,
        (_, true) => Access::Full,
        _ => saved.access,
    };
    connections.change(&args.id, name, chosen)?;
    done(&args.id, output, "Changed.")
}

fn start_over(connections: &Connections, id: &str, output: &Output) -> Result<(), Fault> {
    let old_file = connections
        .start_over(id)?
        .map(|file| file.display().to_string());
    let answer = Done { id, old_file };
    output.answer(&answer, || match &answer.old_file {
        Some(file) => format!("It begins anew; the old file is kept as {file}."),
        None => "It goes on with a new key.".to_owned(),
    })
}

fn remove(
    connections: &Connections,
    id: &str,
    confirm: &str,
    output: &Output,
) -> Result<(), Fault> {
    let removed = RemovedView::from(&connections.remove(id, confirm)?);
    output.answer(&removed, || {
        let mut lines = vec![match removed.links {
            Some(links) => format!("Removed {id} with {links} recorded links."),
            None => format!("Removed {id}; its database could not be read."),
        }];
        lines.extend(removed.files.iter().map(|file| format!("  file    {file}")));
        lines.extend(
            removed
                .secrets
                .iter()
                .map(|name| format!("  keyring {name}")),
        );
        lines.join("\n")
    })
}

fn done(id: &str, output: &Output, text: &str) -> Result<(), Fault> {
    let done = Done { id, old_file: None };
    output.answer(&done, || text.to_owned())
}

fn told(check: &CheckView) -> String {
    let mut lines = Vec::new();
    match (&check.arn, &check.identity_failure) {
        (Some(arn), _) => lines.push(format!("Identity     {arn}")),
        (None, Some(failure)) => lines.push(format!("Identity     unknown: {}", failure.message)),
        (None, None) => {}
    }
    if let (true, Some(account), Some(expected)) =
        (check.other_account, &check.account, &check.expected_account)
    {
        lines.push(format!(
            "WRONG ACCOUNT: these belong to {account}, this connection is for {expected}"
        ));
    }
    if let Some(Millis(behind)) = check.clock_behind {
        let off = if check.clock_is_off {
            ", TOO FAR: set this machine's clock"
        } else {
            ""
        };
        lines.push(format!("Clock        {} s behind AWS{off}", behind / 1_000));
    }
    lines.push(format!("As of        {}", when(check.at)));
    lines.extend(check.operations.iter().map(line));
    if let Some(policy) = &check.missing_policy {
        lines.push(format!(
            "\nTo allow what is denied, attach this policy:\n{policy}"
        ));
    }
    lines.join("\n")
}

fn line(operation: &OperationView) -> String {
    let outcome = match operation.outcome {
        Outcome::Allowed => "allowed",
        Outcome::Denied => "DENIED",
        Outcome::Unknown => "unknown",
        Outcome::NotWanted => "not wanted",
    };
    let why = match (&operation.failure, operation.outcome) {
        (Some(_), Outcome::Denied) => format!("  without it, {}", operation.without_it),
        (Some(failure), _) => format!("  {}", failure.message),
        (None, _) => String::new(),
    };
    format!("{:<36} {outcome}{why}", operation.name)
}
