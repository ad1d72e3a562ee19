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

use ::connection::{Connections, Folders};
use views::{Code, Failure};

use crate::args::{Args, Command};
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
        Command::Sync { full } => sync::run(&connections.open(&id)?, full, output).await,
        Command::Status => sync::status(&connections, &id, output),
        Command::Agreements(command) => agreements::run(command, &connections.open(&id)?, output),
        Command::Link(command) => link::run(*command, &connections.open(&id)?, output).await,
        Command::Cancel(command) => ending::cancel(command, &connections.open(&id)?, output).await,
        Command::Unlink(command) => ending::unlink(command, &connections.open(&id)?, output).await,
        Command::Endings(command) => ending::endings(&command, &connections.open(&id)?, output),
        Command::Outbox(command) => ending::outbox(command, &connections.open(&id)?, output).await,
        Command::Usage(command) => usage::run(command, &connections.open(&id)?, output).await,
        Command::Audit(command) => audit::run(command, &connections.open(&id)?, output),
        Command::Organizations(command) => {
            organizations::run(command, &connections.open(&id)?, output)
        }
    }
}
