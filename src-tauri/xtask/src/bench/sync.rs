//! Syncs: how many calls they make, and how fast, beside a script that makes one after the other.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::bench::goals;
use crate::bench::samples;
use crate::bench::sandbox::{self, Sandbox, Synced};
use crate::bench::table::Table;
use crate::bench::{Bench, SYNCHRONIZED, WORLD, WORLD_FOLDER};
use crate::process::{self, Failure, Outcome};
use crate::setup::{self, Purpose};
use crate::test;
use crate::workspace::Workspace;

/// Agreements that change before the second sync.
const CHANGES: u32 = 100;

/// Agreements that are looked at while every call takes longer.
const LATE_WORLD: u32 = 2_000;

/// How long every call of these takes.
const LATENCY: &str = "30ms";

/// Agreements of the script: each takes it an eighth of a second, and its pace does not change.
const SEQUENTIAL: u32 = 150;

/// Multiples of the published quotas, and how many agreements take about 20 s at each. The slowest
/// operation has 5 calls a second.
const QUOTAS: &[(u32, u32)] = &[(1, 100), (4, 400)];

/// What a sync lists with, as far as it does so every time.
const LISTS: &[&str] = &[
    "SearchAgreements",
    "ListEntities",
    "ListAgreementCancellationRequests",
];

/// What each look at an agreement begins with.
const LOOK: &str = "DescribeAgreement";

pub(crate) fn measure(bench: &mut Bench<'_>) -> Outcome {
    setup::system_packages(&[Purpose::Build, Purpose::Tests])?;
    let binderyctl = sandbox::binderyctl(bench.workspace)?;
    whole_world(bench, &binderyctl)?;
    with_latency(bench, &binderyctl)?;
    within_quotas(bench, &binderyctl)
}

/// Everything, then what changed.
fn whole_world(bench: &mut Bench<'_>, binderyctl: &Path) -> Outcome {
    let folder = bench.fresh_folder(WORLD_FOLDER)?;
    let sandbox = Sandbox::serve(binderyctl, &folder.join("data"), WORLD)?;
    println!("── Synchronizing {WORLD} agreements");
    let full = sandbox.sync()?;
    sandbox.control("POST", "amend", &format!("{{\"count\":{CHANGES}}}"))?;
    let incremental = sandbox.sync()?;
    let title = format!("Sync of {WORLD} agreements, nothing paced");
    let changed = format!("after {CHANGES} changes");
    let mut table = Table::new(title, &["", "everything", &changed]);
    let both = |show: &dyn Fn(&Synced) -> String| [show(&full), show(&incremental)];
    let mut row = |name: &str, [full, incremental]: [String; 2]| {
        table.row([name.to_owned(), full, incremental]);
    };
    row("time", both(&|sync| process::seconds(sync.whole())));
    row(
        "listed a second",
        both(&|sync| {
            // A page has fifty, and only the last may have fewer.
            rate(
                sync.calls_of(&["SearchAgreements"]) * 50,
                sync.phase("Listing agreements"),
            )
        }),
    );
    row(
        "details a second",
        both(&|sync| rate(sync.calls_of(&[LOOK]), sync.phase("Looking at agreements"))),
    );
    row("list calls", both(&|sync| sync.calls_of(LISTS).to_string()));
    let operations = full.calls.keys().chain(incremental.calls.keys());
    for operation in operations.collect::<std::collections::BTreeSet<_>>() {
        row(
            operation,
            both(&|sync| sync.calls_of(&[operation]).to_string()),
        );
    }
    print!("{table}");
    let calls = incremental.calls_of(LISTS);
    bench.summary.measured(goals::LIST_CALLS, calls as f64);
    // The window need not do this again.
    fs::write(folder.join(SYNCHRONIZED), "")
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))
}

/// What many calls side by side gain when each takes a while.
fn with_latency(bench: &mut Bench<'_>, binderyctl: &Path) -> Outcome {
    let python = test::wire_python(bench.workspace)?;
    let data = bench.fresh_folder("late-world")?;
    let sandbox = Sandbox::serve(binderyctl, &data, LATE_WORLD)?;
    sandbox.delay(LATENCY)?;
    println!("── Synchronizing {LATE_WORLD} agreements, every call {LATENCY} late");
    let sync = sandbox.sync()?;
    let looks = sync.calls_of(&[LOOK]);
    println!("── Synchronizing {SEQUENTIAL} of them one call after the other");
    let mut script = Command::new(python);
    script
        .arg(bench.workspace.root.join("tests/bench/sequential_sync.py"))
        .args([sandbox.endpoint(), SEQUENTIAL.to_string()]);
    let told = process::output(&mut script, "It says above why.")?;
    let (Some(agreements), Some(calls), Some(seconds)) = (
        sandbox::number(&told, "agreements"),
        sandbox::number(&told, "calls"),
        sandbox::number(&told, "seconds"),
    ) else {
        return Err(Failure::new(format!(
            "the script does not say how it went: {told}"
        )));
    };
    let details = sync
        .phase("Looking at agreements")
        .unwrap_or(sync.whole())
        .as_secs_f64();
    let whole = sync.whole().as_secs_f64();
    let sequential = agreements / seconds;
    let title = format!("Details, every call {LATENCY} late, nothing paced");
    let columns = [
        "",
        "agreements",
        "time",
        "agreements a second",
        "calls a second",
        "ratio",
    ];
    let mut table = Table::new(title, &columns);
    let mut row = |name: &str, agreements: f64, seconds: f64, calls: Option<f64>| {
        table.row([
            name.to_owned(),
            format!("{agreements:.0}"),
            samples::show(Some(Duration::from_secs_f64(seconds))),
            format!("{:.1}", agreements / seconds),
            calls.map_or_else(|| "—".to_owned(), |calls| format!("{:.0}", calls / seconds)),
            format!("{:.1} ×", agreements / seconds / sequential),
        ]);
    };
    row(
        "botocore, one after the other",
        agreements,
        seconds,
        Some(calls),
    );
    row("Bindery, details", looks as f64, details, None);
    let all: u64 = sync.calls.values().sum();
    row(
        "Bindery, the whole sync",
        looks as f64,
        whole,
        Some(all as f64),
    );
    print!("{table}");
    let ratio = looks as f64 / details / sequential;
    bench.summary.measured(goals::PARALLEL, ratio);
    Ok(())
}

/// How much of AWS's quotas the details use.
fn within_quotas(bench: &mut Bench<'_>, binderyctl: &Path) -> Outcome {
    let paced = paced(bench.workspace)?;
    let mut least: Option<f64> = None;
    for (factor, agreements) in QUOTAS {
        let data = bench.fresh_folder("paced-world")?;
        let sandbox = Sandbox::serve(binderyctl, &data, *agreements)?;
        sandbox.delay(LATENCY)?;
        println!("── Synchronizing {agreements} agreements at {factor} × the published quotas");
        let mut sync = Command::new(&paced);
        sync.arg(sandbox.endpoint())
            .arg(data.join("paced.sqlite3"))
            .arg(factor.to_string());
        let told = process::output(&mut sync, "It says above why.")?;
        let title =
            format!("Details of {agreements} agreements at {factor} × the published quotas");
        let mut table = Table::new(title, &["", "calls a second", "quota", "used"]);
        let mut most: f64 = 0.0;
        for line in told.lines() {
            let unfit = || Failure::new(format!("this is no rate: {line}"));
            let (name, achieved, quota) = rates(line).ok_or_else(unfit)?;
            // Operations with more calls to spare than others never use all of them.
            most = most.max(achieved / quota);
            table.row([
                name.to_owned(),
                format!("{achieved:.2}"),
                format!("{quota:.0}"),
                format!("{:.1} %", 100.0 * achieved / quota),
            ]);
        }
        print!("{table}");
        least = Some(least.map_or(most, |least| least.min(most)));
    }
    if let Some(share) = least {
        bench.summary.measured(goals::QUOTA, 100.0 * share);
    }
    Ok(())
}

/// The program that keeps to the quotas. Built for development, as the tests are: it mostly waits,
/// and a release build would compile the AWS SDK once more, with the tests' features.
fn paced(workspace: &Workspace) -> Result<std::path::PathBuf, Failure> {
    let mut build = workspace.cargo();
    build.args(["build", "--workspace", "--example", "paced"]);
    process::show(
        "Building the paced sync",
        &mut build,
        "The compiler says above why.",
    )?;
    Ok(workspace.binary("debug/examples", "paced"))
}

fn rates(line: &str) -> Option<(&str, f64, f64)> {
    let mut cells = line.split('\t');
    let name = cells.next()?;
    Some((
        name,
        cells.next()?.parse().ok()?,
        cells.next()?.parse().ok()?,
    ))
}

fn rate(count: u64, duration: Option<Duration>) -> String {
    duration.map_or_else(
        || "—".to_owned(),
        |duration| format!("{:.0}", count as f64 / duration.as_secs_f64()),
    )
}
