//! `cargo xtask`: everything a developer or a CI machine does with this repository.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks by printing"
)]

mod bench;
mod display;
mod launch;
mod lint;
mod process;
mod run;
mod setup;
mod test;
mod tools;
mod ui;
mod workspace;

use std::env;
use std::process::{Command, ExitCode};
use std::time::Instant;

use process::{Failure, Outcome};
use setup::Purpose;
use workspace::Workspace;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  run [--release] [-- ARGUMENTS]  install what is missing, build, and open the window on the sandbox
  test [rust|ui|wire|e2e]…        install what the tests need and run them; all four without a name
  lint                            formatting, clippy with warnings denied, the page's types, licenses
  bindings                        write ui/src/ipc/bindings.ts from the Rust commands
  setup                           install what `run` and `test` need, and no more
  bench [questions|planning|sync|window]…  measure Bindery beside its peers; everything without a name";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let started = Instant::now();
    match command(&arguments) {
        Ok(()) => {
            println!("Done in {}.", process::seconds(started.elapsed()));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("\nError: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> Outcome {
    let workspace = Workspace::find()?;
    let (name, rest) = match arguments {
        [] => return Err(Failure::new(format!("say what to do.\n\n{USAGE}"))),
        [name, rest @ ..] => (name.as_str(), rest),
    };
    match name {
        "run" => run::run(&workspace, &run::Options::parse(rest)?),
        "test" => test::test(&workspace, &test::suites(rest)?),
        "lint" => without_arguments(name, rest).and_then(|()| lint::lint(&workspace)),
        "bindings" => without_arguments(name, rest).and_then(|()| bindings(&workspace)),
        "setup" => without_arguments(name, rest).and_then(|()| setup_all(&workspace)),
        "bench" => bench::bench(&workspace, rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::new(format!(
            "there is no command `{name}`.\n\n{USAGE}"
        ))),
    }
}

fn without_arguments(name: &str, rest: &[String]) -> Outcome {
    match rest {
        [] => Ok(()),
        [first, ..] => Err(Failure::new(format!(
            "`cargo xtask {name}` takes no `{first}`.\n\n{USAGE}"
        ))),
    }
}

fn setup_all(workspace: &Workspace) -> Outcome {
    setup::system_packages(&[Purpose::Build, Purpose::Display, Purpose::Tests])?;
    ui::install(workspace)?;
    tools::tauri_driver(workspace)?;
    test::wire_python(workspace)?;
    test::servers(workspace)?;
    Ok(())
}

/// The test that compares the bindings with the commands writes them instead when asked to.
fn bindings(workspace: &Workspace) -> Outcome {
    setup::system_packages(&[Purpose::Build])?;
    let mut command: Command = workspace.cargo();
    command.args(["test", "--workspace", "--quiet", "--test", "bindings"]);
    command.env("BINDERY_WRITE_BINDINGS", "1");
    process::show(
        "Writing ui/src/ipc/bindings.ts",
        &mut command,
        "The compiler or the test says above what is wrong with the commands.",
    )
}
