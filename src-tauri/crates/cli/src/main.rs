//! `binderyctl`: the use cases for scripts and headless machines. Whatever the window can do, this
//! can, with the same words.

mod args;
mod commands;
mod output;
mod secrets;

use std::process::ExitCode;

use clap::Parser;
use connection::QUIET_LOGS;
use tracing_subscriber::EnvFilter;

use args::Args;
use output::{Fault, Output};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return output::usage(&error),
    };
    // Logs go to standard error when asked for; standard output carries the answer alone. What may
    // hold requests and secrets stays off whatever is asked for.
    let wanted = std::env::var("BINDERY_LOG").unwrap_or_else(|_| "off".to_owned());
    let filter = EnvFilter::try_new(format!("{wanted},{QUIET_LOGS}"));
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| EnvFilter::new("off")))
        .with_writer(std::io::stderr)
        .init();
    let output = Output::new(args.json);
    let outcome = match tokio::runtime::Runtime::new() {
        Ok(runtime) => {
            let outcome = runtime.block_on(Box::pin(commands::run(args, &output)));
            // Whatever still blocks (a stopped sync's last call) does not hold the answer up.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Fault::internal(&error)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => output.fail(&fault),
    }
}
