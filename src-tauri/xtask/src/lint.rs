//! `cargo xtask lint`: what a reviewer should never have to say.

use crate::process::{self, Outcome};
use crate::setup::{self, Purpose};
use crate::test;
use crate::ui;
use crate::workspace::Workspace;

pub(crate) fn lint(workspace: &Workspace) -> Outcome {
    let mut format = workspace.cargo();
    format.args(["fmt", "--all", "--check"]);
    process::show("Formatting", &mut format, "`cargo fmt --all` mends it.")?;

    setup::system_packages(&[Purpose::Build])?;
    ui::build(workspace)?;
    test::check_page(workspace)?;

    clippy(workspace, "Clippy", &["--all-targets"])?;
    // Not a target that `cargo test` runs by itself, and so none of "all".
    clippy(workspace, "Clippy, end-to-end tests", &["--test", "e2e"])?;
    licenses(workspace)
}

fn clippy(workspace: &Workspace, what: &str, targets: &[&str]) -> Outcome {
    let mut clippy = workspace.cargo();
    clippy
        .args(["clippy", "--workspace"])
        .args(targets)
        .args(["--", "--deny", "warnings"]);
    process::show(what, &mut clippy, "Each warning above is an error here.")
}

fn licenses(workspace: &Workspace) -> Outcome {
    if !process::succeeds(workspace.cargo().args(["deny", "--version"])) {
        println!("── Licenses and sources: not checked, cargo-deny is not installed");
        return Ok(());
    }
    let mut deny = workspace.cargo();
    // Not the advisories, which need the network: `cargo deny check` has them too.
    deny.args(["deny", "check", "bans", "licenses", "sources"]);
    process::show(
        "Licenses and sources",
        &mut deny,
        ".cargo/deny.toml says what is allowed, and why.",
    )
}
