//! What each command does: parse, call one use case, print.

mod agreements;
mod audit;
mod connection;
mod ending;
mod files;
mod link;
mod mail;
mod organizations;
mod policy;
mod sandbox;
mod sync;
mod usage;
mod words;

use ::connection::{Connection, Connections, Folders};
use views::{Code, Failure};

use crate::args::{Args, Command, OpenCommand};
use crate::output::{Fault, Output};

/// Runs a command to its end.
pub(crate) async fn run(args: Args, output: &Output) -> Result<(), Fault> {
    let folders = Folders::locate(args.data_dir).ok_or_else(|| {
        let hint = Some("Give a folder with --data-dir.".to_owned());
        Failure::new(
            Code::Invalid,
            "this user has no home folder".to_owned(),
            hint,
        )
    })?;
    let connections = Connections::new(folders);
    let id = args.connection;
    match args.command {
        Command::Sandbox(args) => sandbox::run(args, connections.folders(), output).await,
        Command::Connection(command) => connection::run(command, &connections, &id, output).await,
        Command::Policy(command) => policy::run(command, connections.folders(), output),
        Command::Open(command) => {
            let connection = connections.open(&id)?;
            let outcome = on_open(command, &connections, &connection, output).await;
            // Whatever came of it: this process may be the one that serves the sandbox.
            connection.close().await;
            outcome
        }
    }
}

async fn on_open(
    command: OpenCommand,
    connections: &Connections,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        OpenCommand::Sync { full } => sync::run(connection, full, output).await,
        OpenCommand::Status => sync::status(connections, connection, output),
        OpenCommand::Agreements(command) => agreements::run(command, connection, output),
        OpenCommand::Organizations(command) => organizations::run(command, connection, output),
        OpenCommand::Link(command) => link::run(*command, connection, output).await,
        OpenCommand::Cancel(command) => ending::cancel(command, connection, output).await,
        OpenCommand::Unlink(command) => ending::unlink(command, connection, output).await,
        OpenCommand::Endings(command) => ending::endings(&command, connection, output),
        OpenCommand::Usage(command) => usage::run(command, connection, output).await,
        OpenCommand::Outbox(command) => ending::outbox(command, connection, output).await,
        OpenCommand::Audit(command) => audit::run(command, connection, output),
    }
}
