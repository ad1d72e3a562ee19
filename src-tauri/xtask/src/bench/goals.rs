//! What the design wants (DESIGN, section 9), and what was measured of it.

use std::fmt;
use std::time::Duration;

use crate::bench::table::Table;

/// How a number is to be compared and read.
#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

/// One line of the design. The unit is what stands behind the number.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    what: &'static str,
    bound: Bound,
    unit: &'static str,
}

const fn at_most(what: &'static str, limit: f64, unit: &'static str) -> Goal {
    let bound = Bound::AtMost(limit);
    Goal { what, bound, unit }
}

const fn at_least(what: &'static str, limit: f64, unit: &'static str) -> Goal {
    let bound = Bound::AtLeast(limit);
    Goal { what, bound, unit }
}

pub(crate) const SEARCH: Goal = at_most("Search at 1,000,000, worst term, p95", 16.0, "ms");
pub(crate) const FILTER: Goal = at_most("Filter at 1,000,000, worst one, p95", 5.0, "ms");
pub(crate) const COUNTS: Goal = at_most("The same with exact counts, p95", 16.0, "ms");
pub(crate) const JUMP: Goal = at_most("Jump at 1,000,000, p95", 1.0, "ms");
pub(crate) const PLANNING: Goal = at_most(
    "Planning a link at 1,000,000 and 100,000 organizations, p95",
    50.0,
    "ms",
);
pub(crate) const MEMORY_SMALL: Goal = at_most("Memory of the core at 10,000", 60.0, "MiB");
pub(crate) const MEMORY_LARGE: Goal = at_most("Memory of the core at 1,000,000", 300.0, "MiB");
pub(crate) const WRITING: Goal = at_least("Agreements written at 1,000,000", 30_000.0, "a second");
pub(crate) const LIST_CALLS: Goal =
    at_most("List calls after 100 changes in 100,000", 5.0, "calls");
pub(crate) const QUOTA: Goal = at_least("Details, share of the quota in force", 95.0, "%");
pub(crate) const PARALLEL: Goal = at_least(
    "Details with 30 ms of latency, beside one after the other",
    20.0,
    "×",
);
pub(crate) const WINDOW: Goal = at_most(
    "First rows at 100,000, beside a minimal Tauri window",
    1.25,
    "×",
);

/// What was measured of the goals, in the order it was.
#[derive(Default)]
pub(crate) struct Summary(Vec<(Goal, f64)>);

impl Summary {
    pub(crate) fn measured(&mut self, goal: Goal, value: f64) {
        self.0.push((goal, value));
    }

    /// A duration for a goal in milliseconds; nothing when there was nothing to measure.
    pub(crate) fn took(&mut self, goal: Goal, duration: Option<Duration>) {
        if let Some(duration) = duration {
            self.measured(goal, duration.as_secs_f64() * 1e3);
        }
    }
}

impl Goal {
    /// The limit in words, for the tables.
    pub(crate) fn limit(self) -> String {
        match self.bound {
            Bound::AtMost(limit) => format!("≤ {}", self.show(limit)),
            Bound::AtLeast(limit) => format!("≥ {}", self.show(limit)),
        }
    }

    pub(crate) fn is(self, other: Self) -> bool {
        self.what == other.what
    }

    fn is_met(self, value: f64) -> bool {
        match self.bound {
            Bound::AtMost(limit) => value <= limit,
            Bound::AtLeast(limit) => limit <= value,
        }
    }

    fn show(self, value: f64) -> String {
        // Three digits tell enough, and a limit is written as the design writes it.
        let decimals = match value {
            _ if value.fract() == 0.0 || 100.0 <= value => 0,
            _ if 10.0 <= value => 1,
            _ => 2,
        };
        format!("{value:.decimals$} {}", self.unit)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = "DESIGN section 9: the goals that were measured";
        let mut table = Table::new(title, &["", "measured", "goal", "met"]);
        for (goal, value) in &self.0 {
            let met = if goal.is_met(*value) { "yes" } else { "NO" };
            table.row([
                goal.what.to_owned(),
                goal.show(*value),
                goal.limit(),
                met.to_owned(),
            ]);
        }
        table.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_up_to_its_limit() {
        let mut summary = Summary::default();
        summary.took(JUMP, Some(Duration::from_millis(1)));
        summary.took(FILTER, Some(Duration::from_micros(5_010)));
        summary.took(SEARCH, None);
        summary.measured(WRITING, 48_000.4);
        let shown: Vec<_> = summary
            .to_string()
            .lines()
            .skip(3)
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            shown,
            [
                "Jump at 1,000,000, p95 1 ms ≤ 1 ms yes",
                "Filter at 1,000,000, worst one, p95 5.01 ms ≤ 5 ms NO",
                "Agreements written at 1,000,000 48000 a second ≥ 30000 a second yes",
            ]
        );
    }
}
