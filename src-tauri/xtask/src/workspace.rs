//! Where things are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Failure;

/// The repository and the folder everything built goes to.
pub(crate) struct Workspace {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// Cargo's target folder: the one place `xtask` writes to, apart from `ui/`'s own.
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self, Failure> {
        // Cargo says where the package is when it runs it; the path compiled in may have moved.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.ancestors().nth(2).map(Path::to_owned);
        // target/debug/xtask: right for every way of naming the target folder.
        let target = env::current_exe()
            .ok()
            .and_then(|path| path.ancestors().nth(2).map(Path::to_owned));
        match (root, target) {
            (Some(root), Some(target)) => Ok(Self { root, target }),
            _ => Err(Failure::new(
                "start this as `cargo xtask` inside the repository",
            )),
        }
    }

    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A binary of this workspace, once built.
    pub(crate) fn binary(&self, profile: &str, name: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(name)
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// The Cargo that started us, without what it told us about ourselves: build scripts watch some
    /// of those variables and would run again on every change between `cargo` and `cargo xtask`.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            let of_this_package = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            });
            if of_this_package {
                command.env_remove(name);
            }
        }
        command
    }

    /// Builds binaries for development, with the features that the tests need of dependencies: else
    /// Tauri and the AWS SDK would be compiled once to run and once more to test. One small test is
    /// enough to make Cargo count the tests' features in.
    pub(crate) fn cargo_build(&self, binary: &str) -> Command {
        let mut command = self.cargo();
        command.args([
            "build",
            "--workspace",
            "--bin",
            binary,
            "--test",
            "bindings",
        ]);
        command
    }

    /// Builds a binary as it is shipped.
    pub(crate) fn cargo_build_release(&self, binary: &str) -> Command {
        let mut command = self.cargo();
        command.args(["build", "--workspace", "--bin", binary, "--release"]);
        command
    }
}
