//! `cargo xtask test`: every test there is, and what they need.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::{self, Failure, Outcome};
use crate::setup::{self, Purpose};
use crate::tools;
use crate::ui;
use crate::workspace::Workspace;

/// A part of the tests that can be run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// Unit and integration tests of the workspace.
    Rust,
    /// The page: types and components.
    Ui,
    /// The sandbox, spoken to by AWS's own client for Python.
    Wire,
    /// The real window.
    E2e,
}

/// Tells the tests which Python has moto, their stand-in for STS.
const MOTO: &str = "BINDERY_MOTO";

/// Tells the tests which Python has aiosmtpd, their mail server.
const SMTP: &str = "BINDERY_SMTP";

const SUITES: &[(&str, Suite)] = &[
    ("rust", Suite::Rust),
    ("ui", Suite::Ui),
    ("wire", Suite::Wire),
    ("e2e", Suite::E2e),
];

/// The suites named, or all of them.
pub(crate) fn suites(names: &[String]) -> Result<Vec<Suite>, Failure> {
    if names.is_empty() {
        return Ok(SUITES.iter().map(|(_, suite)| *suite).collect());
    }
    names.iter().map(|name| suite(name)).collect()
}

fn suite(name: &str) -> Result<Suite, Failure> {
    let known = SUITES.iter().find(|(known, _)| *known == name);
    known.map(|(_, suite)| *suite).ok_or_else(|| {
        let names: Vec<_> = SUITES.iter().map(|(name, _)| *name).collect();
        Failure::new(format!(
            "there are no tests called `{name}`, only {}",
            names.join(", ")
        ))
    })
}

pub(crate) fn test(workspace: &Workspace, suites: &[Suite]) -> Outcome {
    setup::system_packages(&[Purpose::Build, Purpose::Display, Purpose::Tests])?;
    // First, because it is compiled into the app: built later, the app would be built twice.
    ui::build(workspace)?;
    for suite in suites {
        match suite {
            Suite::Rust => rust(workspace)?,
            Suite::Ui => page(workspace)?,
            Suite::Wire => wire(workspace)?,
            Suite::E2e => e2e(workspace)?,
        }
    }
    Ok(())
}

fn rust(workspace: &Workspace) -> Outcome {
    let remedy = "The tests above say what they expected.";
    let servers = servers(workspace)?;
    if !has_nextest(workspace) {
        let mut tests = workspace.cargo();
        tests.args(["test", "--workspace"]).envs(servers);
        return process::show("Rust tests", &mut tests, remedy);
    }
    let mut tests = workspace.cargo();
    tests.args(["nextest", "run", "--workspace"]).envs(servers);
    process::show("Rust tests", &mut tests, remedy)?;
    // The one kind of test that nextest leaves out.
    let mut examples = workspace.cargo();
    examples.args(["test", "--workspace", "--doc", "--quiet"]);
    process::show("Rust examples in comments", &mut examples, remedy)
}

fn page(workspace: &Workspace) -> Outcome {
    check_page(workspace)?;
    ui::script(
        workspace,
        "Page tests",
        "test",
        "The tests above say what they expected.",
    )
}

/// The page's types, which a lint and a test both want to know about.
pub(crate) fn check_page(workspace: &Workspace) -> Outcome {
    ui::script(
        workspace,
        "Page types",
        "check",
        "svelte-check says above what does not fit.",
    )
}

fn e2e(workspace: &Workspace) -> Outcome {
    tools::tauri_driver(workspace)?;
    let servers = servers(workspace)?;
    let remedy = "Screenshots of failed windows are in target/e2e.";
    let mut tests = workspace.cargo();
    if has_nextest(workspace) {
        tests.args(["nextest", "run", "--workspace", "--test", "e2e"]);
    } else {
        tests.args(["test", "--workspace", "--test", "e2e"]);
    }
    tests.envs(servers);
    process::show("End-to-end tests", &mut tests, remedy)
}

fn wire(workspace: &Workspace) -> Outcome {
    let python = wire_python(workspace)?;
    process::show(
        "Building binderyctl",
        &mut workspace.cargo_build("binderyctl"),
        "The compiler says above what is wrong.",
    )?;
    // The suite changes the sandbox's world, so each run gets a new one.
    let data = workspace.target.join("wire-data");
    if data.exists() {
        fs::remove_dir_all(&data).map_err(|error| {
            Failure::new(format!("{} could not be removed: {error}", data.display()))
        })?;
    }
    let mut tests = Command::new(python);
    tests
        .current_dir(&workspace.root)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg("tests/wire/conformance.py")
        .arg(workspace.binary("debug", "binderyctl"))
        .arg("--data-dir")
        .arg(data)
        .args(["sandbox", "serve"]);
    process::show(
        "Wire conformance",
        &mut tests,
        "The tests above say what they expected.",
    )
}

/// The Python that speaks to the sandbox.
pub(crate) fn wire_python(workspace: &Workspace) -> Result<PathBuf, Failure> {
    python_with(workspace, "wire-venv", "tests/wire/requirements.txt")
}

/// The Pythons that have the servers which tests start, by the variables that name them. The crates
/// `moto` and `smtp` look at the same places.
pub(crate) fn servers(workspace: &Workspace) -> Result<[(&'static str, PathBuf); 2], Failure> {
    let python = |venv, requirements| python_with(workspace, venv, requirements);
    Ok([
        (
            MOTO,
            python("moto-venv", "src-tauri/crates/moto/requirements.txt")?,
        ),
        (
            SMTP,
            python("smtp-venv", "src-tauri/crates/smtp/requirements.txt")?,
        ),
    ])
}

/// The Python of a virtual environment that has exactly what `requirements` pins.
fn python_with(workspace: &Workspace, venv: &str, requirements: &str) -> Result<PathBuf, Failure> {
    let requirements = workspace.root.join(requirements);
    let wanted = fs::read_to_string(&requirements).map_err(|error| {
        Failure::new(format!(
            "{} could not be read: {error}",
            requirements.display()
        ))
    })?;
    let venv = workspace.target.join(venv);
    let bin = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let stamp = venv.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        process::nothing_to_do("Python packages");
        return Ok(venv.join(bin));
    }
    let python = setup::python().ok_or_else(|| {
        Failure::new("Python 3 with its venv module is needed for some of the tests")
    })?;
    process::quiet(
        "Making a Python environment",
        Command::new(python)
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
        "Is the disk full?",
    )?;
    process::quiet(
        "Installing Python packages",
        Command::new(venv.join(bin))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(&requirements),
        "Can this machine reach PyPI?",
    )?;
    // Last, so that an installation cut short is done again.
    fs::copy(&requirements, &stamp).map_err(|error| {
        Failure::new(format!("{} could not be written: {error}", stamp.display()))
    })?;
    Ok(venv.join(bin))
}

fn has_nextest(workspace: &Workspace) -> bool {
    process::succeeds(workspace.cargo().args(["nextest", "--version"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn without_a_name_all_suites_run() {
        let all = suites(&[]).unwrap();
        assert_eq!(all, [Suite::Rust, Suite::Ui, Suite::Wire, Suite::E2e]);
        assert_eq!(
            suites(&names(&["e2e", "ui"])).unwrap(),
            [Suite::E2e, Suite::Ui]
        );
        let refusal = suites(&names(&["unit"])).unwrap_err().to_string();
        assert_eq!(
            refusal,
            "there are no tests called `unit`, only rust, ui, wire, e2e"
        );
    }
}
