//! `cargo xtask bench`: what Bindery takes, beside what its peers take. Measured and shown, never
//! asserted: how fast this machine is today is no reason for a test to fail.

mod goals;
mod memory;
mod planning;
mod questions;
mod samples;
mod sandbox;
mod sync;
mod table;
mod window;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use crate::process::{Failure, Outcome};
use crate::workspace::Workspace;
use goals::Summary;

/// Agreements of the world that is synchronized, and that the window then opens on.
const WORLD: u32 = 100_000;

/// The folder with the data of that world, and the file in it that says that everything is there.
const WORLD_FOLDER: &str = "world";
const SYNCHRONIZED: &str = "synchronized";

/// Something to measure, and how it is called on the command line.
type Subject = (&'static str, fn(&mut Bench<'_>) -> Outcome);

/// In this order: the window opens on what the sync has left.
const SUBJECTS: &[Subject] = &[
    ("questions", questions::measure),
    ("planning", planning::measure),
    ("sync", sync::measure),
    ("window", window::measure),
];

/// One run.
struct Bench<'a> {
    workspace: &'a Workspace,
    summary: Summary,
}

/// Measures the subjects named, or all of them.
pub(crate) fn bench(workspace: &Workspace, names: &[String]) -> Outcome {
    let known: Vec<_> = SUBJECTS.iter().map(|(name, _)| *name).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Failure::new(format!(
            "there is nothing called `{name}` to measure, only {}",
            known.join(", ")
        )));
    }
    let mut bench = Bench {
        workspace,
        summary: Summary::default(),
    };
    for (name, measure) in SUBJECTS {
        if names.is_empty() || names.iter().any(|named| named == name) {
            println!("── Measuring: {name}. {}", load());
            measure(&mut bench)?;
        }
    }
    print!("{}", bench.summary);
    Ok(())
}

/// What else this machine has to do, for whoever reads the numbers later.
fn load() -> String {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    // Where the system does not tell, there is nothing to say.
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("{processors} processors, load in the last minute: {load}")
}

impl Bench<'_> {
    /// An empty folder of this name for what a subject writes.
    fn fresh_folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.workspace.target.join("bench").join(name);
        empty(&folder)
            .map(|()| folder.clone())
            .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))
    }
}

fn empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(folder)
}
