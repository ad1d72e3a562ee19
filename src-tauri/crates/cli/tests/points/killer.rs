//! Kills a command just before its Nth call that changes anything outside of it.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/points/killer.c");

/// The library that does it, built.
pub(crate) struct Killer {
    folder: tempfile::TempDir,
}

/// What a command did that ran with it.
pub(crate) struct Run {
    /// The calls, in order: what was called, and the file's name or the first line sent. The last one of a
    /// command that was killed was not made any more.
    pub(crate) points: Vec<String>,
    pub(crate) output: Output,
}

impl Run {
    pub(crate) fn was_killed(&self) -> bool {
        self.output.status.signal() == Some(9)
    }

    /// Where it ended.
    pub(crate) fn end(&self) -> &str {
        self.points.last().map_or("its start", String::as_str)
    }
}

impl Killer {
    pub(crate) fn built() -> Self {
        let killer = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let mut compile = Command::new(&compiler);
        compile.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]);
        compile.arg(killer.library()).args([SOURCE, "-ldl"]);
        let built = compile.output().unwrap_or_else(|error| {
            panic!(
                "this test needs the C compiler that SQLite is built with, and “{compiler}” does not \
                 start: {error}; install it (Debian: apt install gcc) or name it in CC"
            )
        });
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{compiler} {SOURCE}: {said}");
        killer
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("killer.so")
    }

    /// Runs a command, and kills it just before its call of this number.
    pub(crate) fn run(&self, mut command: Command, at: Option<usize>) -> Run {
        let told = self.folder.path().join("told");
        std::fs::write(&told, "").unwrap();
        command.env("LD_PRELOAD", self.library());
        command.env("KILL_TOLD", &told).env_remove("KILL_AT");
        if let Some(at) = at {
            command.env("KILL_AT", at.to_string());
        }
        let output = command.output().unwrap();
        let points: Vec<String> = std::fs::read_to_string(&told)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        assert!(
            !points.is_empty(),
            "nothing was counted: is binderyctl linked with this system's C library?"
        );
        let run = Run { points, output };
        if let Some(at) = at.filter(|_| run.was_killed()) {
            assert_eq!(
                run.points.len(),
                at,
                "it was killed there, and by nobody else"
            );
        }
        run
    }
}
