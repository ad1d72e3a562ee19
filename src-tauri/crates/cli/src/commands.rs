//! What each command does: parse, call one use case, print.

mod agreements;
mod sandbox;
mod sync;

use connection::{Connection, Folders};
use views::{Code, Failure};

use crate::args::{Args, Command};
use crate::output::{Fault, Output};

/// Runs a command to its end.
pub(crate) async fn run(args: Args, output: &Output) -> Result<(), Fault> {
    let folders = Folders::locate(args.data_dir).ok_or_else(|| {
        let hint = Some("Give a folder with --data-dir.".to_owned());
        Fault(Failure::new(
            Code::Invalid,
            "this user has no home folder".to_owned(),
            hint,
        ))
    })?;
    if args.connection != Connection::SANDBOX {
        let message = format!("there is no connection “{}”", args.connection);
        let hint = Some("The built-in one is called “sandbox”.".to_owned());
        return Err(Fault(Failure::new(Code::NotFound, message, hint)));
    }
    match args.command {
        Command::Sandbox(args) => sandbox::run(args, &folders, output).await,
        Command::Sync { full } => sync::run(&folders, full, output).await,
        Command::Status => sync::status(&folders, output),
        Command::Agreements(command) => agreements::run(command, &folders, output),
    }
}
