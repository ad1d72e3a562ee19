//! A data folder that is put back before each kill, so that each run meets the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use connection::{Connection, Folders};
use sandbox::Fault;
use store::table::plan::PlanState;
use store::{AuditKey, Store};

use crate::killer::{Killer, Run};
use crate::served::Served;
use crate::shared::binderyctl;

pub(crate) const SEND: &str = "SendAgreementCancellationRequest";

/// So many runs may go another way: SQLite may split a page for one agreement and not for the next, and on a
/// busy machine the sandbox may be asked for the time again.
pub(crate) const STRAYS_MAX: usize = 20;

pub(crate) struct World {
    pub(crate) served: Served,
    killer: Killer,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            killer: Killer::built(),
            served: Served::with_agreements(20),
        }
    }

    fn folder(&self) -> &Path {
        self.served.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binderyctl(self.folder());
        command.arg("--json").args(arguments);
        command
    }

    /// Runs a command with the library, and kills it at this point.
    pub(crate) fn run(&self, arguments: &[&str], at: Option<usize>) -> Run {
        self.killer.run(self.command(arguments), at)
    }

    /// The console of this folder, in this process. It must be closed before the folder is copied.
    pub(crate) fn connection(&self) -> Connection {
        Connection::open_sandbox(&Folders::under(self.folder())).unwrap()
    }

    pub(crate) fn advance(&self, by: &str) {
        let Served {
            runtime, control, ..
        } = &self.served;
        runtime.block_on(control.advance(by)).unwrap();
    }

    pub(crate) fn set_fault(&self, fault: &Fault) {
        let Served {
            runtime, control, ..
        } = &self.served;
        runtime.block_on(control.add_fault(fault)).unwrap();
    }

    /// How often the sandbox was asked to do something.
    pub(crate) fn calls(&self, operation: &str) -> u64 {
        let Served {
            runtime, control, ..
        } = &self.served;
        let status = runtime.block_on(control.status()).unwrap();
        status.calls.get(operation).copied().unwrap_or(0)
    }

    /// How often the sandbox did something that names this text: its journal has every action.
    pub(crate) fn journaled(&self, text: &str) -> u64 {
        let journal = self.folder().join("sandbox/journal.jsonl");
        let journal = std::fs::read_to_string(journal).unwrap();
        journal.lines().filter(|line| line.contains(text)).count() as u64
    }

    /// The database as it is now. The sandbox's clock goes on a little, since it will when it is put back:
    /// every run finds out that its own is behind.
    pub(crate) fn kept(&self) -> tempfile::TempDir {
        let kept = tempfile::tempdir().unwrap();
        copy(&self.databases(), kept.path());
        self.advance("1m");
        kept
    }

    /// Puts the database back. The sandbox goes on: its world is not what is killed.
    pub(crate) fn put_back(&self, kept: &tempfile::TempDir) {
        for file in std::fs::read_dir(self.databases()).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        copy(kept.path(), &self.databases());
    }

    fn databases(&self) -> PathBuf {
        self.folder().join("connections")
    }

    /// Carries plans out and kills each execution one point later than the one before, up to one that ends
    /// by itself; `settled` looks at what each left. Tells how many points there were.
    ///
    /// An execution that nobody kills shows the way. One that goes another way is looked at, too; then the
    /// way is shown anew, and followed from where it parts from the one before: no point of it is passed by.
    pub(crate) fn kill_at_every_point(
        &self,
        kept: &tempfile::TempDir,
        planned: impl Fn() -> String,
        execute: impl Fn(&str, Option<usize>) -> Run,
        settled: impl Fn(&str, &Run),
    ) -> usize {
        let show = || {
            self.put_back(kept);
            rough(&execute(&planned(), None).points)
        };
        let mut way = show();
        let (mut at, mut strays) = (1, 0);
        while at <= way.len() + 1 {
            self.put_back(kept);
            let plan = planned();
            let run = execute(&plan, Some(at));
            settled(&plan, &run);
            let went = rough(&run.points);
            if way.iter().take(at).eq(&went) {
                assert_eq!(run.was_killed(), at <= way.len(), "{:?}", run.output);
                at += 1;
                continue;
            }
            strays += 1;
            assert!(strays <= STRAYS_MAX, "at {at}: {went:?} instead of {way:?}");
            let anew = show();
            let same = way
                .iter()
                .zip(&anew)
                .take_while(|(one, other)| one == other);
            at = at.min(same.count() + 1);
            way = anew;
        }
        self.served.audit_is_whole();
        way.len()
    }

    /// What another process does when it finds what the killed one left: an entry that is open is left to
    /// whoever may still be at it, and closed when that is too long ago. Whether there was one.
    pub(crate) fn settle(&self) -> bool {
        let open = || self.store().read(|read| read.open_audit()).unwrap().len();
        // The first to open the database since: it recovers the write-ahead log.
        self.served.answer(&["outbox", "send"]);
        let cut_off = open() > 0;
        if cut_off {
            self.advance("3m");
            self.served.answer(&["outbox", "send"]);
        }
        assert_eq!(open(), 0);
        cut_off
    }

    pub(crate) fn state(&self, plan: &str) -> PlanState {
        let plan = domain::PlanId::parse(plan).unwrap();
        let store = self.store();
        store.read(|read| read.plan(&plan)).unwrap().unwrap().state
    }

    /// The same as `binderyctl audit verify`, without another process.
    #[track_caller]
    pub(crate) fn audit_is_whole(&self) {
        let store = self.store();
        let key = AuditKey::of_the_sandbox();
        assert_eq!(store.read(|read| read.verify_audit(&key)).unwrap(), None);
        assert_eq!(store.read(|read| read.open_audit()).unwrap(), []);
    }

    fn store(&self) -> Store {
        Store::open(&self.databases().join("sandbox.sqlite3")).unwrap()
    }
}

/// Points without what differs from run to run: some requests are sent side by side.
fn rough(points: &[String]) -> Vec<String> {
    let rough = points.iter().map(|point| match point.split_once(' ') {
        Some((call, said)) if said.contains(" HTTP/") && !said.contains(SEND) => call.to_owned(),
        _ => point.clone(),
    });
    rough.collect()
}

fn copy(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}
