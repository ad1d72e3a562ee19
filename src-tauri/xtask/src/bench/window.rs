//! From starting the app to its first painted rows, beside a Tauri window with nothing in it.

use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::bench::goals;
use crate::bench::memory;
use crate::bench::samples::{self, Samples};
use crate::bench::sandbox::{self, Sandbox};
use crate::bench::table::Table;
use crate::bench::{Bench, SYNCHRONIZED, WORLD, WORLD_FOLDER};
use crate::display::VirtualDisplay;
use crate::launch::{self, Launch};
use crate::process::{self, Failure, Outcome};
use crate::setup::{self, Purpose};
use crate::ui;
use crate::workspace::Workspace;

/// Starts that are measured, after one that warms the file cache.
const ROUNDS: usize = 10;

/// What a window may still load after its first paint, before its memory is taken.
const SETTLING: Duration = Duration::from_secs(1);

/// An app that can say when it has painted.
struct Contender {
    name: &'static str,
    program: PathBuf,
    folder: PathBuf,
    measured: Vec<Start>,
}

/// One start. Memory is in KiB.
struct Start {
    painted: Duration,
    process: Option<u64>,
    tree: Option<u64>,
}

pub(crate) fn measure(bench: &mut Bench<'_>) -> Outcome {
    setup::system_packages(&[Purpose::Build, Purpose::Display])?;
    ui::build(bench.workspace)?;
    let folder = synchronized(bench)?;
    let mut contenders = [bindery(bench.workspace, folder)?, minimal(bench.workspace)?];
    let display = launch::virtual_display()?;
    println!("── Starting both windows in turn, {ROUNDS} times");
    for round in 0..=ROUNDS {
        // In turn, so that whatever else the machine does hits both.
        for contender in &mut contenders {
            let start = contender.start(&display)?;
            if 0 < round {
                contender.measured.push(start);
            }
        }
    }
    let title = format!("Start to first painted rows, {WORLD} agreements");
    let columns = ["", "p50", "p95", "process", "with web view"];
    let mut table = Table::new(title, &columns);
    for contender in &contenders {
        table.row(contender.row());
    }
    print!("{table}");
    let [ours, minimal] = contenders.map(|contender| contender.times().percentile(50));
    if let (Some(ours), Some(minimal)) = (ours, minimal) {
        let ratio = ours.as_secs_f64() / minimal.as_secs_f64();
        bench.summary.measured(goals::WINDOW, ratio);
    }
    Ok(())
}

/// A folder with the data of everything in it: the one that the last sync has left, else one made
/// for this. What an older Bindery has written, this one must be able to read anyway.
fn synchronized(bench: &Bench<'_>) -> Result<PathBuf, Failure> {
    let left = bench.workspace.target.join("bench").join(WORLD_FOLDER);
    if left.join(SYNCHRONIZED).exists() {
        return Ok(left);
    }
    let binderyctl = sandbox::binderyctl(bench.workspace)?;
    let folder = bench.fresh_folder(WORLD_FOLDER)?;
    println!("── Synchronizing {WORLD} agreements for the window to show");
    Sandbox::serve(&binderyctl, &folder.join("data"), WORLD)?.sync()?;
    Ok(folder)
}

impl Contender {
    fn start(&self, display: &VirtualDisplay) -> Result<Start, Failure> {
        let mut launch = Launch::start(Command::new(&self.program), &self.folder, display)?;
        let painted = launch.wait_until_ready()?;
        thread::sleep(SETTLING);
        let id = launch.id();
        Ok(Start {
            painted,
            process: memory::of_process(id),
            tree: memory::of_tree(id),
        })
    }

    fn times(&self) -> Samples {
        Samples::new(self.measured.iter().map(|start| start.painted).collect())
    }

    fn row(&self) -> [String; 5] {
        let times = self.times();
        // The most it took: a window that sometimes needs more needs more.
        let process = self.measured.iter().filter_map(|start| start.process).max();
        let tree = self.measured.iter().filter_map(|start| start.tree).max();
        [
            self.name.to_owned(),
            samples::show(times.percentile(50)),
            samples::show(times.percentile(95)),
            memory::show(process),
            memory::show(tree),
        ]
    }
}

fn bindery(workspace: &Workspace, folder: PathBuf) -> Result<Contender, Failure> {
    process::show(
        "Building Bindery",
        &mut workspace.cargo_build_release("bindery"),
        "The compiler says above what is wrong.",
    )?;
    Ok(Contender {
        name: "Bindery",
        program: workspace.binary("release", "bindery"),
        folder,
        measured: Vec::new(),
    })
}

fn minimal(workspace: &Workspace) -> Result<Contender, Failure> {
    let target = workspace.target.join("minimal-window");
    let mut build = workspace.cargo();
    build
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(workspace.root.join("tests/bench/minimal-window/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target);
    process::show(
        "Building the minimal window",
        &mut build,
        "The compiler says above why.",
    )?;
    Ok(Contender {
        name: "Minimal Tauri window",
        program: target.join("release/minimal-window"),
        folder: workspace.target.join("bench/minimal-window"),
        measured: Vec::new(),
    })
}
