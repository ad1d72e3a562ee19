//! The page: its packages and its build, each redone only when what it is made from changed.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::UNIX_EPOCH;

use crate::process::{self, Failure, Outcome};
use crate::workspace::Workspace;

/// Oldest Node that Vite runs on.
const NODE_MIN: (u32, u32) = (20, 19);

/// What in `ui/` the page is not built from: what tools make there, and the tests. A name missing
/// here costs a build too many; one left out of a list of inputs would cost a build too few.
const NO_INPUTS: &[&str] = &[
    "README.md",
    "cache",
    "dist",
    "dist-preview",
    "generated",
    "node_modules",
    "tests",
];

/// `npm ci`, if the lock file is not the one that was installed last.
pub(crate) fn install(workspace: &Workspace) -> Outcome {
    let ui = workspace.ui();
    let lock = read(&ui.join("package-lock.json"))?;
    let stamp = ui.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        process::nothing_to_do("npm packages");
        return Ok(());
    }
    node_is_there()?;
    process::quiet(
        "Installing npm packages",
        npm(workspace).args(["ci", "--no-audit", "--no-fund"]),
        "Can this machine reach the npm registry, and does package-lock.json fit package.json?",
    )?;
    write(&stamp, &lock)
}

/// Builds `ui/dist`, unless it was built from exactly these files.
pub(crate) fn build(workspace: &Workspace) -> Outcome {
    install(workspace)?;
    let ui = workspace.ui();
    // Listed before the build: what is edited meanwhile is built next time.
    let mut inputs = String::new();
    list_inputs(&ui, &mut inputs)
        .map_err(|error| Failure::new(format!("ui/ could not be read: {error}")))?;
    let stamp = workspace.target.join("xtask/ui-built-from.txt");
    let built = ui.join("dist/index.html").is_file()
        && fs::read_to_string(&stamp).is_ok_and(|before| before == inputs);
    if built {
        process::nothing_to_do("Page");
        return Ok(());
    }
    let remedy = "The page's build says above what is wrong in ui/.";
    process::quiet(
        "Building the page",
        npm(workspace).args(["run", "build"]),
        remedy,
    )?;
    write(&stamp, &inputs)
}

/// Runs a script of `ui/package.json`, its output in view.
pub(crate) fn script(workspace: &Workspace, what: &str, name: &str, remedy: &str) -> Outcome {
    process::show(what, npm(workspace).args(["run", "--silent", name]), remedy)
}

fn npm(workspace: &Workspace) -> Command {
    // On Windows npm is a script, which only its full name starts.
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(workspace.ui());
    command
}

fn node_is_there() -> Outcome {
    let (major, minor) = NODE_MIN;
    let wanted = format!("Node {major}.{minor} or newer, with npm, is needed (https://nodejs.org)");
    let Some(version) = process::answer(Command::new("node").arg("--version")) else {
        return Err(Failure::new(format!(
            "{wanted}, and there is none on the PATH."
        )));
    };
    if parse_version(&version).is_some_and(|found| found < NODE_MIN) {
        return Err(Failure::new(format!("{wanted}; this is {version}.")));
    }
    Ok(())
}

/// Major and minor of `v20.19.1`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim_start_matches('v').split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// One line per file: path, size and time. Unlike the newest time alone it also changes when a file
/// is deleted, or replaced by an older one.
fn list_inputs(folder: &Path, list: &mut String) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        // Hidden files are the tools' own settings and notes.
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        if is_hidden || NO_INPUTS.iter().any(|other| name == *other) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            list_inputs(&entry.path(), list)?;
            continue;
        }
        let about = entry.metadata()?;
        let changed = about
            .modified()?
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let path = entry.path();
        writeln!(
            list,
            "{} {} {}",
            path.display(),
            about.len(),
            changed.as_nanos()
        )
        .map_err(io::Error::other)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("{} could not be read: {error}", path.display())))
}

fn write(path: &Path, text: &str) -> Outcome {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| Failure::new(format!("{} could not be written: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_nodes_are_told_from_new_ones() {
        assert_eq!(parse_version("v20.19.1"), Some((20, 19)));
        assert!(parse_version("v18.20.4").is_some_and(|version| version < NODE_MIN));
        assert!(parse_version("v22.0.0").is_some_and(|version| NODE_MIN < version));
        assert_eq!(parse_version("nightly"), None);
    }
}
