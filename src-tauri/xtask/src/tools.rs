//! Programs the tests need that Cargo itself can install: into the target folder, not the home.

use std::path::PathBuf;

use crate::process::{self, Failure, Outcome};
use crate::setup;
use crate::workspace::Workspace;

const TAURI_DRIVER_VERSION: &str = "2.1.0";

/// Where `tauri-driver` is, once installed. The end-to-end tests look at the same place first.
pub(crate) fn tauri_driver_path(workspace: &Workspace) -> PathBuf {
    workspace
        .target
        .join("tools/bin/tauri-driver")
        .with_extension(std::env::consts::EXE_EXTENSION)
}

pub(crate) fn tauri_driver(workspace: &Workspace) -> Outcome {
    if tauri_driver_path(workspace).is_file() || setup::find_program("tauri-driver").is_some() {
        process::nothing_to_do("tauri-driver");
        return Ok(());
    }
    if cfg!(target_os = "macos") {
        return Err(Failure::new(
            "macOS has no WebDriver for its web view, so the end-to-end tests cannot run here. \
             The others can: cargo xtask test rust ui wire",
        ));
    }
    let mut install = workspace.cargo();
    install
        .args([
            "install",
            "tauri-driver",
            "--version",
            TAURI_DRIVER_VERSION,
            "--locked",
            "--root",
        ])
        .arg(workspace.target.join("tools"));
    process::quiet(
        "Installing tauri-driver",
        &mut install,
        "Can this machine reach crates.io?",
    )
}
