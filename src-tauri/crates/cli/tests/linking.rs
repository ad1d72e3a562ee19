//! Killed at any point, carrying a plan out leaves a whole link or none; never two, and no entry of
//! the audit that stays open.

#![cfg(test)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::{AgreementId, PlanId};
use serde_json::Value;
use store::table::plan::PlanState;
use store::{AuditKey, Store};

/// How often an execution is killed: so many points of it, from its start to its end.
const KILLS: u32 = 12;

fn binderyctl(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_binderyctl"));
    command
        .arg("--data-dir")
        .arg(folder)
        .arg("--json")
        .stdin(Stdio::null());
    command
}

/// The answer of a command that works.
#[track_caller]
fn answer(folder: &Path, arguments: &[&str]) -> Value {
    let output = binderyctl(folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A sandbox served by a process of its own, which outlives those that are killed.
struct Served(Child);

impl Served {
    fn on(folder: &Path) -> Self {
        let mut serve = binderyctl(folder);
        serve
            .args(["sandbox", "serve", "--agreements", "20"])
            .stdout(Stdio::piped());
        let mut child = serve.spawn().unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        Self(child)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A buyer, and a plan to link him to an organization that it makes.
struct Planned {
    agreement: AgreementId,
    plan: PlanId,
    organization: String,
}

fn planned(folder: &Path, number: u32) -> Planned {
    let account = format!("{:012}", 222_233_330_000_u64 + u64::from(number));
    let subscribe = [
        "sandbox",
        "subscribe",
        "--listing",
        "emqx",
        "--account",
        &account,
    ];
    let bought = answer(folder, &subscribe);
    let organization = format!("Round {number}");
    let target = format!("new-organization:{organization}");
    let token = bought["registrationToken"].as_str().unwrap();
    let plan = answer(folder, &["link", "plan", "--token", token, "--to", &target]);
    assert_eq!(plan["outcome"], "ready", "{plan}");
    Planned {
        agreement: AgreementId::parse(bought["agreementId"].as_str().unwrap()).unwrap(),
        plan: PlanId::parse(plan["planId"].as_str().unwrap()).unwrap(),
        organization,
    }
}

/// What became of it: whether it is linked, which all that belongs to a link agrees on.
fn is_linked(store: &Store, it: &Planned) -> bool {
    store
        .read(|read| {
            let chain = read.chain_of(&it.agreement)?;
            let link = read.current_link(&chain)?.filter(|link| link.is_held());
            let made = read
                .organizations(
                    &it.organization,
                    store::table::directory::SortBy::default(),
                    0,
                    10,
                )?
                .rows;
            let made = made
                .iter()
                .filter(|row| row.organization.it.name.as_str() == it.organization);
            let state = read.plan(&it.plan)?.unwrap().state;
            let audit = read.audit_of(&[it.agreement.to_string()])?;
            let done = audit.iter().filter(|row| {
                row.entry.opened.is_some() && row.entry.outcome.as_deref() == Some("done")
            });
            let linked = link.is_some();
            assert_eq!(
                made.count(),
                usize::from(linked),
                "an organization for each link"
            );
            assert_eq!(
                done.count(),
                usize::from(linked),
                "an entry closed for each link"
            );
            assert_eq!(
                state,
                if linked {
                    PlanState::Done
                } else {
                    PlanState::Open
                }
            );
            Ok(linked)
        })
        .unwrap()
}

/// Carries the plan out and kills it as soon as it is time, unless it is done by then. Tells whether it
/// was killed.
fn kill(folder: &Path, it: &Planned, is_time: impl Fn(Duration) -> bool) -> bool {
    let mut execute = binderyctl(folder);
    execute
        .args(["link", "execute", it.plan.as_str()])
        .stdout(Stdio::null());
    let started = Instant::now();
    let mut execution = execute.spawn().unwrap();
    while !is_time(started.elapsed()) {
        if execution.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    execution.kill().unwrap();
    execution.wait().unwrap();
    true
}

#[test]
fn killed_at_any_point_it_is_linked_or_not_and_settles() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let _served = Served::on(folder);
    answer(folder, &["sync"]);
    let store = Store::open(&folder.join("connections/sandbox.sqlite3")).unwrap();

    // How long one takes that nobody kills.
    let whole = planned(folder, 0);
    let started = Instant::now();
    answer(folder, &["link", "execute", whole.plan.as_str()]);
    let takes = started.elapsed();
    assert!(is_linked(&store, &whole));

    let (mut kills, mut left_open) = (0, 0);
    for number in 1..=KILLS {
        let it = planned(folder, number);
        let opened = || !store.read(|read| read.open_audit()).unwrap().is_empty();
        // At every point of the whole, and again and again where it is about to write.
        let killed = kill(folder, &it, |since| match number % 2 {
            0 => since >= takes * number / KILLS,
            _ => opened(),
        });
        kills += u32::from(killed);
        left_open += u32::from(opened());

        // An entry may be somebody's who is still at it; after some minutes it is nobody's.
        answer(folder, &["sandbox", "advance", "5m"]);
        answer(folder, &["sync"]);
        let open = store.read(|read| read.open_audit()).unwrap();
        assert!(open.is_empty(), "{open:?}");
        if !is_linked(&store, &it) {
            // Nothing was bound, and the plan still stands.
            let linked = answer(folder, &["link", "execute", it.plan.as_str()]);
            assert_eq!(linked["state"], "active", "{linked}");
            assert!(is_linked(&store, &it));
        }
        // Once more is still once.
        answer(folder, &["link", "execute", it.plan.as_str()]);
        assert!(is_linked(&store, &it));
    }
    assert!(kills > 0, "too fast to be killed at any point");
    println!("{kills} kills, {left_open} of them between opening and closing");

    // A kill that leaves an entry open, whatever the machine's speed.
    let it = planned(folder, KILLS + 1);
    let entry = store
        .read(|read| read.audit_of(&[whole.agreement.to_string()]))
        .unwrap();
    let mut entry = entry
        .into_iter()
        .find(|row| row.entry.outcome.is_none())
        .unwrap()
        .entry;
    entry.plan = Some(it.plan.to_string());
    entry.agreement = Some(it.agreement.to_string());
    let key = AuditKey::of_the_sandbox();
    let now = store
        .read(|read| Ok(read.plan(&it.plan)?.unwrap().made_at))
        .unwrap();
    entry.at = now;
    store
        .write(|write| write.append_audit(&key, &entry))
        .unwrap();
    answer(folder, &["sync"]);
    assert_eq!(
        store.read(|read| read.open_audit()).unwrap().len(),
        1,
        "it may be another program's"
    );
    answer(folder, &["sandbox", "advance", "5m"]);
    answer(folder, &["sync"]);
    assert!(store.read(|read| read.open_audit()).unwrap().is_empty());
    answer(folder, &["link", "execute", it.plan.as_str()]);
    assert!(is_linked(&store, &it));
    assert_eq!(store.read(|read| read.verify_audit(&key)).unwrap(), None);
}
