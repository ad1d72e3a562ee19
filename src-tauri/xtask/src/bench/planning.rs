//! Planning a link among a million agreements and a hundred thousand organizations.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::bench::goals;
use crate::bench::samples::{self, Samples};
use crate::bench::table::Table;
use crate::bench::{Bench, load};
use crate::process::{self, Failure, Outcome};
use crate::setup;

const AGREEMENTS: u32 = 1_000_000;
const ORGANIZATIONS: u32 = 100_000;

pub(crate) fn measure(bench: &mut Bench<'_>) -> Outcome {
    setup::system_packages(&[setup::Purpose::Build])?;
    let folder = bench.fresh_folder("planning")?;
    println!(
        "── Planning links among {AGREEMENTS} agreements and {ORGANIZATIONS} organizations. {}",
        load()
    );
    let mut command = bench.workspace.cargo();
    command
        .args(["bench", "--quiet", "-p", "app", "--bench", "planning", "--"])
        .args([AGREEMENTS.to_string(), ORGANIZATIONS.to_string()])
        .arg(&folder);
    let answer = process::output(&mut command, "It says above why.")?;
    let mut took: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for line in answer.lines() {
        let (what, nanoseconds) = line
            .split_once('\t')
            .and_then(|(what, number)| Some((what, number.parse().ok()?)))
            .ok_or_else(|| Failure::new(format!("the bench printed `{line}`")))?;
        took.entry(what)
            .or_default()
            .push(Duration::from_nanos(nanoseconds));
    }
    let mut table = Table::new("Planning", &["", "median", "p95"]);
    for (what, durations) in took {
        let samples = Samples::new(durations);
        table.row([
            what.to_owned(),
            samples::show(samples.percentile(50)),
            samples::show(samples.percentile(95)),
        ]);
        if what == "plan" {
            bench.summary.took(goals::PLANNING, samples.percentile(95));
        }
    }
    print!("{table}");
    Ok(())
}
