//! What the grid asks: search, filter, counts and jump, beside SQLite on the same rows.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::bench::goals::{self, Goal, Summary};
use crate::bench::samples::{self, Samples};
use crate::bench::table::Table;
use crate::bench::{Bench, load};
use crate::process::{self, Failure, Outcome};
use crate::setup;
use crate::workspace::Workspace;

/// Agreements, and how often the peers answer each question. At a million a LIKE takes half a
/// second, and twenty rounds of all questions would take a quarter of an hour.
const SIZES: &[(u32, u32)] = &[(10_000, 20), (100_000, 20), (LARGEST, 5)];

/// The size that the goals are about.
const LARGEST: u32 = 1_000_000;

/// The other size with a goal, for memory.
const SMALLEST: u32 = 10_000;

const OURS: &str = "bindery";
const COUNTS: &str = "bindery, counts";

/// What SQLite does without an index made for the question, and with one.
const PLAIN: &[&str] = &["SQLite, LIKE", "SQLite, not indexed", "SQLite, OFFSET"];
const INDEXED: &[&str] = &["SQLite, FTS5 trigram", "SQLite, indexed"];

/// Questions that one line of the table sums up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    SearchOne,
    SearchTwo,
    SearchMore,
    FilterOne,
    FilterMany,
    Jump,
}

/// How long each approach took for a question, and how many rows it found.
#[derive(Default)]
struct Answers {
    took: BTreeMap<String, Vec<Duration>>,
    matched: BTreeMap<String, u64>,
}

/// Everything measured at one size.
#[derive(Default)]
struct Measured {
    questions: BTreeMap<String, Answers>,
    facts: Vec<(String, f64)>,
}

pub(crate) fn measure(bench: &mut Bench<'_>) -> Outcome {
    setup::system_packages(&[setup::Purpose::Build])?;
    for (count, rounds) in SIZES {
        let folder = bench.fresh_folder(&count.to_string())?;
        let mut measured = Measured::default();
        println!("── Asking Bindery about {count} agreements. {}", load());
        measured.read(&ours(bench.workspace, *count, &folder)?)?;
        println!("── Asking SQLite about {count} agreements. {}", load());
        measured.read(&peers(bench.workspace, *rounds, &folder)?)?;
        print!("{}", measured.table(*count, *rounds));
        print!("{}", measured.facts(*count));
        measured.differences();
        measured.judge(*count, &mut bench.summary);
    }
    Ok(())
}

/// Through Cargo, which knows where it puts a benchmark; what it says about building is shown.
fn ours(workspace: &Workspace, count: u32, folder: &Path) -> Result<String, Failure> {
    let mut command = workspace.cargo();
    command
        .args(["bench", "--quiet", "-p", "store", "--bench", "questions"])
        .args(["--", &count.to_string()])
        .arg(folder);
    process::output(&mut command, "It says above why.")
}

fn peers(workspace: &Workspace, rounds: u32, folder: &Path) -> Result<String, Failure> {
    let python =
        setup::python().ok_or_else(|| Failure::new("Python 3 is needed to ask the peers"))?;
    let mut command = Command::new(python);
    command
        .arg(workspace.root.join("tests/bench/sqlite_peers.py"))
        .args([folder.join("rows.tsv"), folder.join("questions.tsv")])
        .arg(rounds.to_string());
    process::output(&mut command, "Does its SQLite have FTS5?")
}

impl Measured {
    /// Takes in lines: approach, question, nanoseconds, rows found; or `fact`, name, number.
    fn read(&mut self, lines: &str) -> Outcome {
        for line in lines.lines() {
            self.read_line(line)
                .ok_or_else(|| Failure::new(format!("this is no measurement: {line}")))?;
        }
        Ok(())
    }

    fn read_line(&mut self, line: &str) -> Option<()> {
        let cells: Vec<_> = line.split('\t').collect();
        match cells.as_slice() {
            ["fact", name, number] => {
                self.facts.push(((*name).to_owned(), number.parse().ok()?));
            }
            [approach, question, nanoseconds, matched] => {
                let answers = self.questions.entry((*question).to_owned()).or_default();
                let took = answers.took.entry((*approach).to_owned()).or_default();
                took.push(Duration::from_nanos(nanoseconds.parse().ok()?));
                let matched = matched.parse().ok()?;
                answers.matched.insert((*approach).to_owned(), matched);
            }
            _ => return None,
        }
        Some(())
    }

    fn table(&self, count: u32, rounds: u32) -> Table {
        let title = format!(
            "{count} agreements: first 50 rows and exact count. SQLite asked {rounds} times. p50 is \
             the median and p95 the worst of a line's questions"
        );
        let columns = [
            "",
            "Bindery p50",
            "p95",
            "SQLite plain p50",
            "p95",
            "SQLite indexed p50",
            "p95",
            "goal at 1,000,000",
        ];
        let mut table = Table::new(title, &columns);
        for (group, name, goal) in LINES {
            let mut row = vec![(*name).to_owned()];
            for approaches in [&[OURS][..], PLAIN, INDEXED] {
                row.extend(self.percentiles(*group, approaches).map(samples::show));
            }
            row.push(goal.limit());
            table.row(row);
        }
        let filters = [Group::FilterOne, Group::FilterMany];
        let mut row = vec!["filter with counts".to_owned()];
        row.extend(self.with_counts(&filters).map(samples::show));
        row.extend(std::iter::repeat_n("—".to_owned(), 4));
        row.push(goals::COUNTS.limit());
        table.row(row);
        table
    }

    fn facts(&self, count: u32) -> Table {
        let mut table = Table::new(format!("{count} agreements: facts"), &["", "measured"]);
        for (name, value) in &self.facts {
            table.row([name.clone(), format!("{value:.1}")]);
        }
        table
    }

    /// The median of the questions' medians, and the worst of their 95th percentiles.
    fn percentiles(&self, group: Group, approaches: &[&str]) -> [Option<Duration>; 2] {
        let of_approach = |answers: &Answers| {
            let took = |approach: &&str| answers.took.get(*approach).cloned();
            approaches.iter().find_map(took).map(Samples::new)
        };
        summed_up(self.of(&[group]).filter_map(of_approach))
    }

    /// The list and the counts beside it, as the window asks for them: one after the other.
    fn with_counts(&self, groups: &[Group]) -> [Option<Duration>; 2] {
        let both = |answers: &Answers| {
            let (list, counts) = (answers.took.get(OURS)?, answers.took.get(COUNTS)?);
            let sums = list
                .iter()
                .zip(counts)
                .map(|(list, counts)| *list + *counts);
            Some(Samples::new(sums.collect()))
        };
        summed_up(self.of(groups).filter_map(both))
    }

    fn of(&self, groups: &[Group]) -> impl Iterator<Item = &Answers> {
        let asked = self.questions.iter();
        asked
            .filter(|(question, _)| group(question).is_some_and(|group| groups.contains(&group)))
            .map(|(_, answers)| answers)
    }

    /// Says where two approaches did not find the same number of rows: then they were not asked
    /// the same.
    fn differences(&self) {
        for (question, answers) in &self.questions {
            let found: Vec<_> = answers
                .matched
                .iter()
                .filter(|(approach, _)| *approach != COUNTS)
                .collect();
            if found.windows(2).any(|pair| pair[0].1 != pair[1].1) {
                println!("  Not the same rows for `{question}`: {found:?}");
            }
        }
    }

    fn judge(&self, count: u32, summary: &mut Summary) {
        let fact = |wanted: &str| {
            let found = self.facts.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| *value)
        };
        let memory = match count {
            SMALLEST => Some(goals::MEMORY_SMALL),
            LARGEST => Some(goals::MEMORY_LARGE),
            _ => None,
        };
        if let (Some(goal), Some(mebibytes)) = (memory, fact("process, MiB")) {
            summary.measured(goal, mebibytes);
        }
        if count != LARGEST {
            return;
        }
        let worst = |of: Goal| {
            let lines = LINES.iter().filter(|(.., goal)| goal.is(of));
            lines
                .filter_map(|(group, ..)| self.percentiles(*group, &[OURS])[1])
                .max()
        };
        for goal in [goals::SEARCH, goals::FILTER, goals::JUMP] {
            summary.took(goal, worst(goal));
        }
        let filters = [Group::FilterOne, Group::FilterMany];
        summary.took(goals::COUNTS, self.with_counts(&filters)[1]);
        if let Some(rate) = fact("agreements written a second") {
            summary.measured(goals::WRITING, rate);
        }
    }
}

/// The lines of the table.
const LINES: &[(Group, &str, Goal)] = &[
    (Group::SearchOne, "search, 1 character", goals::SEARCH),
    (Group::SearchTwo, "search, 2 characters", goals::SEARCH),
    (Group::SearchMore, "search, 3 or more", goals::SEARCH),
    (Group::FilterOne, "filter, one field", goals::FILTER),
    (Group::FilterMany, "filter, several or none", goals::FILTER),
    (Group::Jump, "jump", goals::JUMP),
];

/// Which line a question belongs to. Only filters that the peers are asked too have a `=`.
fn group(question: &str) -> Option<Group> {
    let (kind, argument) = question.split_once([' ', ',']).unwrap_or((question, ""));
    match kind {
        "search" => Some(match argument.chars().count() {
            1 => Group::SearchOne,
            2 => Group::SearchTwo,
            _ => Group::SearchMore,
        }),
        "filter" if argument.contains('=') => Some(Group::FilterOne),
        "filter" => Some(Group::FilterMany),
        "jump" => Some(Group::Jump),
        _ => None,
    }
}

fn summed_up(questions: impl Iterator<Item = Samples>) -> [Option<Duration>; 2] {
    let (medians, tails): (Vec<_>, Vec<_>) = questions
        .filter_map(|samples| Some((samples.percentile(50)?, samples.percentile(95)?)))
        .unzip();
    [
        Samples::new(medians).percentile(50),
        tails.into_iter().max(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_belongs_to_one_line() {
        let groups = [
            "search 가",
            "search q7",
            "search 松果 bank",
            "filter status=ACTIVE",
            "filter is:needs-setup value:>10k",
            "jump, filtered",
            "jump 4711",
        ]
        .map(|question| group(question).unwrap());
        assert_eq!(
            groups,
            [
                Group::SearchOne,
                Group::SearchTwo,
                Group::SearchMore,
                Group::FilterOne,
                Group::FilterMany,
                Group::Jump,
                Group::Jump,
            ]
        );
    }

    #[test]
    fn a_line_shows_the_median_and_the_worst_of_its_questions() {
        let mut measured = Measured::default();
        let lines = "bindery\tsearch a\t1000000\t7\nbindery\tsearch b\t3000000\t7\n\
                     bindery\tsearch c\t9000000\t7\nfact\tprocess, MiB\t12.5";
        measured.read(lines).unwrap();
        let millis = |milliseconds| Some(Duration::from_millis(milliseconds));
        assert_eq!(
            measured.percentiles(Group::SearchOne, &[OURS]),
            [millis(3), millis(9)]
        );
        assert_eq!(measured.percentiles(Group::Jump, &[OURS]), [None, None]);
        assert!(measured.read("warning: no measurement").is_err());
    }
}
