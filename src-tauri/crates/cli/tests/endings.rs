//! Ending on the command line: killed at any point, nothing is sent or done twice, and nothing stays
//! open. And the audit, taken elsewhere as a file.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

mod shared;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sandbox::{Control, Subscribe};
use serde_json::{Value, json};

use shared::{answer, binderyctl, error, run};

const PHRASE: &str = "EMQX Cloud (Pay as you go)";
const SEND: &str = "SendAgreementCancellationRequest";

/// A data folder, and its sandbox served by a process of its own, which outlives those that are killed.
struct Story {
    folder: tempfile::TempDir,
    sandbox: Child,
    control: Control,
    runtime: tokio::runtime::Runtime,
    dice: u64,
}

impl Story {
    fn with_agreements(agreements: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut sandbox = binderyctl(folder.path())
            .args(["--json", "sandbox", "serve", "--agreements"])
            .arg(agreements.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(sandbox.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let first: Value = serde_json::from_str(&line).unwrap();
        let story = Self {
            folder,
            sandbox,
            control: Control::at(first["endpoint"].as_str().unwrap()),
            runtime: tokio::runtime::Runtime::new().unwrap(),
            dice: 7,
        };
        story.answer(&["sync"]);
        story
    }

    fn answer(&self, arguments: &[&str]) -> Value {
        answer(self.folder.path(), arguments)
    }

    /// A buyer subscribes to EMQX; the agreement.
    fn subscribes(&self) -> String {
        let purchase = Subscribe {
            listing: "emqx".to_owned(),
            account: "222233334444".to_owned(),
            ..Subscribe::default()
        };
        let bought = self.runtime.block_on(self.control.subscribe(&purchase));
        bought.unwrap().agreement_id
    }

    fn calls(&self, operation: &str) -> u64 {
        let status = self.runtime.block_on(self.control.status()).unwrap();
        status.calls.get(operation).copied().unwrap_or(0)
    }

    /// How long a command takes that nobody kills.
    fn time(&self, arguments: &[&str]) -> Duration {
        let began = Instant::now();
        self.answer(arguments);
        began.elapsed()
    }

    /// Runs a command and kills it at some point before `longest` has passed; tells whether it was
    /// faster.
    fn kills(&mut self, arguments: &[&str], longest: Duration) -> bool {
        let mut command: Command = binderyctl(self.folder.path());
        let mut child = command
            .arg("--json")
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + longest.mul_f64(self.chance());
        while Instant::now() < end {
            if child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        false
    }

    /// A number from 0 to 1 (splitmix64).
    fn chance(&mut self) -> f64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.dice;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((it ^ (it >> 31)) >> 32).unwrap()) / f64::from(u32::MAX)
    }

    /// One number that the database is asked for.
    fn number(&self, sql: &str) -> u64 {
        let file = self.folder.path().join("connections/sandbox.sqlite3");
        let database = rusqlite::Connection::open(file).unwrap();
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn texts(&self, sql: &str) -> Vec<String> {
        let file = self.folder.path().join("connections/sandbox.sqlite3");
        let database = rusqlite::Connection::open(file).unwrap();
        let mut some = database.prepare(sql).unwrap();
        let texts = some.query_map([], |row| row.get(0)).unwrap();
        texts.collect::<Result<_, _>>().unwrap()
    }

    fn audit_is_whole(&self) {
        let check = self.answer(&["audit", "verify"]);
        assert_eq!(check["open"], 0, "{check}");
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

#[test]
fn cancel_execute_killed_anywhere_sends_one_request_at_most() {
    const ROUNDS: usize = 12;
    let mut story = Story::with_agreements(20);
    let agreements: Vec<String> = (0..=ROUNDS).map(|_| story.subscribes()).collect();
    story.answer(&["sync"]);
    let plans: Vec<String> = agreements
        .iter()
        .map(|agreement| {
            let reason = "TEST_AGREEMENT";
            let ask = [
                "cancel",
                "plan",
                "--agreement",
                agreement,
                "--reason-code",
                reason,
            ];
            text(&story.answer(&ask), "planId").to_owned()
        })
        .collect();
    let execute = |plan| ["cancel", "execute", plan, "--confirm", PHRASE];
    let longest = story.time(&execute(&plans[0]));
    let mut killed = 0;
    for plan in &plans[1..] {
        killed += usize::from(!story.kills(&execute(plan), longest));
    }
    assert!(killed > 0, "somebody was killed");

    // Whatever was left open is found out by looking.
    story.answer(&["sandbox", "advance", "3m"]);
    story.answer(&["sync"]);
    story.audit_is_whole();
    for plan in &plans {
        let before = story.calls(SEND);
        let again = run(story.folder.path(), &execute(plan));
        let of_plan =
            format!("SELECT count(*) FROM audit WHERE plan = '{plan}' AND outcome = 'failed'");
        match story.number(&of_plan) {
            // It was never taken: the plan is over, and another one may be made.
            1 => assert_eq!((again.status.code(), story.calls(SEND)), (Some(3), before)),
            _ => assert!(again.status.success(), "{again:?}"),
        }
    }
    story.answer(&["sync", "--full"]);
    let asked = story.number(
        "SELECT count(*) FROM cancellation WHERE agreement IN
        (SELECT agreement FROM plan WHERE kind = 'cancel')",
    );
    assert_eq!(story.calls(SEND), asked, "no request was sent twice");
    let most = story.number(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM cancellation
        WHERE agreement IN (SELECT agreement FROM plan WHERE kind = 'cancel') GROUP BY agreement)",
    );
    assert_eq!(most, 1);
    story.audit_is_whole();
}

#[test]
fn unlink_execute_killed_anywhere_takes_a_link_away_once() {
    const ROUNDS: usize = 12;
    let mut story = Story::with_agreements(120);
    let agreements = story.texts(&linked_and_in_force(ROUNDS + 1));
    let plans: Vec<(String, String)> = agreements
        .iter()
        .map(|agreement| {
            let ask = [
                "unlink",
                "plan",
                "--agreement",
                agreement,
                "--reason",
                "a test",
            ];
            let plan = story.answer(&ask);
            (
                text(&plan, "planId").to_owned(),
                text(&plan, "phrase").to_owned(),
            )
        })
        .collect();
    let execute = |at: usize| ["unlink", "execute", &plans[at].0, "--confirm", &plans[at].1];
    let longest = story.time(&execute(0));
    let mut killed = 0;
    for at in 1..plans.len() {
        killed += usize::from(!story.kills(&execute(at), longest));
    }
    assert!(killed > 0, "somebody was killed");
    story.answer(&["sandbox", "advance", "3m"]);
    story.answer(&["sync"]);
    story.audit_is_whole();
    for at in 0..plans.len() {
        let link = story.answer(&execute(at));
        assert!(
            ["ending", "ended"].contains(&text(&link, "state")),
            "{link}"
        );
    }
    everything_was_done_once(&story);
    let unlinked = "SELECT count(*) FROM audit WHERE action = 'unlink' AND outcome = 'done'";
    assert_eq!(story.number(unlinked), plans.len() as u64);
}

#[test]
fn a_sync_killed_anywhere_ends_and_deletes_once() {
    const ENDED: usize = 40;
    let mut story = Story::with_agreements(150);
    let agreements = story.texts(&linked_and_in_force(ENDED));
    for agreement in &agreements {
        let cancelled = story.runtime.block_on(story.control.cancel(agreement));
        cancelled.unwrap();
    }
    kill_until_done(&mut story);
    let ended = "SELECT count(DISTINCT agreement) FROM audit WHERE action = 'end-link'";
    assert_eq!(story.number(ended), ENDED as u64);
    assert!(story.number("SELECT count(*) FROM due_effect WHERE state = 'due'") > 0);

    story.answer(&["sandbox", "advance", "4d"]);
    kill_until_done(&mut story);
    let left = "SELECT count(*) FROM due_effect WHERE state = 'due' AND chain IN
        (SELECT coalesce(initial, id) FROM agreement WHERE status = 'CANCELLED')";
    assert_eq!(story.number(left), 0);
    everything_was_done_once(&story);
}

/// Syncs that are killed, each later than the one before, until one is faster; then one more.
fn kill_until_done(story: &mut Story) {
    let mut longest = Duration::from_millis(20);
    while !story.kills(&["sync"], longest) {
        longest = longest.mul_f64(1.2);
    }
    story.answer(&["sync"]);
    story.audit_is_whole();
}

#[track_caller]
fn everything_was_done_once(story: &Story) {
    story.audit_is_whole();
    let twice = [
        // No thing was changed to the same by two notes.
        "SELECT count(*) FROM (SELECT 1 FROM directory_change WHERE attribute IS NOT NULL
            GROUP BY kind, key, attribute, after HAVING count(*) > 1)",
        // Nothing was put off twice.
        "SELECT count(*) FROM (SELECT 1 FROM due_effect GROUP BY chain, kind, thing
            HAVING count(*) > 1)",
        // No link ended twice.
        "SELECT count(*) FROM (SELECT 1 FROM link WHERE state = 'ending' GROUP BY chain
            HAVING count(*) > 1)",
        "SELECT count(*) FROM (SELECT 1 FROM link WHERE state = 'ended' GROUP BY chain
            HAVING count(*) > 1)",
    ];
    for sql in twice {
        assert_eq!(story.number(sql), 0, "{sql}");
    }
    let told = story.number("SELECT count(*) FROM audit WHERE action = 'due-effect'");
    let settled = "SELECT count(*) FROM due_effect WHERE state IN ('done', 'void')";
    assert_eq!(told, story.number(settled));
}

/// Agreements in force whose link ends by doing something.
fn linked_and_in_force(limit: usize) -> String {
    format!(
        "SELECT a.id FROM agreement AS a JOIN link AS l ON l.chain = coalesce(a.initial, a.id)
         WHERE a.status = 'ACTIVE' AND l.current = 1 AND l.state = 'active'
         ORDER BY NOT EXISTS (SELECT 1 FROM deployment AS d WHERE d.organization = l.target_id), a.id
         LIMIT {limit}"
    )
}

#[test]
fn the_audit_is_exported_whole() {
    let story = Story::with_agreements(20);
    let folder = story.folder.path();
    let file = folder.join("=cmd, \"가져오기\".csv");
    std::fs::write(&file, "id,name\nacme,Acme\n").unwrap();
    let import = [
        "organizations",
        "import",
        file.to_str().unwrap(),
        "--kind",
        "organization",
    ];
    story.answer(&import);
    let agreement = story.subscribes();
    story.answer(&["sync"]);
    let words = "=1+1, \"인용\"\nand a second line";
    let plan = story.answer(&[
        "cancel",
        "plan",
        "--agreement",
        &agreement,
        "--reason-code",
        "OTHER",
        "--description",
        words,
    ]);
    let plan = text(&plan, "planId");
    story.answer(&["cancel", "execute", plan, "--confirm", PHRASE]);

    let lines = exported(folder, "jsonl");
    let rows: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let actions: Vec<_> = rows
        .iter()
        .map(|row| format!("{} {}", text(row, "action"), text(row, "phase")))
        .collect();
    assert_eq!(
        actions,
        [
            "import opened",
            "import closed",
            "cancel opened",
            "cancel closed"
        ]
    );
    assert!(rows[0].to_string().contains("가져오기"), "{}", rows[0]);
    assert!(rows[2].to_string().contains("인용"), "{}", rows[2]);

    let table = parsed(&exported(folder, "csv"));
    assert_eq!(table.len(), 1 + rows.len());
    let header = &table[0];
    for (fields, row) in table[1..].iter().zip(&rows) {
        assert_eq!(fields.len(), header.len());
        for (name, field) in header.iter().zip(fields) {
            let told = match &row[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(*field, told, "{name}");
        }
    }
    let list = answer(folder, &["audit", "list", "인용"]);
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[test]
fn an_altered_audit_is_refused_with_its_entry() {
    let story = Story::with_agreements(20);
    let folder = story.folder.path();
    for name in ["one", "two", "three"] {
        let file = folder.join(format!("{name}.csv"));
        std::fs::write(&file, format!("id,name\n{name},{name}\n")).unwrap();
        let file = file.to_str().unwrap();
        story.answer(&["organizations", "import", file, "--kind", "organization"]);
    }
    assert_eq!(story.answer(&["audit", "verify"])["entries"], 6);
    let file = folder.join("connections/sandbox.sqlite3");
    let database = rusqlite::Connection::open(file).unwrap();
    let meddle = "UPDATE audit SET user = 'eve' WHERE seq = 3";
    assert_eq!(database.execute(meddle, []).unwrap(), 1);
    let (code, told) = error(folder, &["audit", "verify"]);
    assert_eq!(code, 3);
    assert_eq!(
        text(&told, "message"),
        "the audit is broken at entry 3: it is not as it was written"
    );
}

fn exported(folder: &Path, format: &str) -> String {
    let output = binderyctl(folder)
        .args(["audit", "export", "--format", format])
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Rows and fields of a CSV file (RFC 4180).
fn parsed(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let row = rows.last_mut().unwrap();
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            other => row.last_mut().unwrap().push(other),
        }
    }
    rows.pop();
    rows
}

#[test]
fn every_import_is_told_with_what_came_and_what_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("vendor.csv");
    std::fs::write(&file, "id,name\nacme,Acme\nno-name,\n").unwrap();
    let import = [
        "organizations",
        "import",
        file.to_str().unwrap(),
        "--kind",
        "organization",
    ];
    let (code, _) = error(folder, &import);
    assert_eq!(code, 2);
    answer(
        folder,
        &[&import[..], &["--dry-run", "--skip-bad"]].concat(),
    );
    answer(folder, &[&import[..], &["--skip-bad"]].concat());
    let told = answer(folder, &["audit", "list", "vendor.csv"]);
    let told = told.as_array().unwrap().iter().map(|row| {
        assert!(!text(row, "user").is_empty());
        let detail = match &row["detail"] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            other => other.clone(),
        };
        json!([row["phase"], row["outcome"], detail])
    });
    let asked = json!({ "file": "vendor.csv", "rows": 1, "badRows": 1 });
    let came = json!({ "organization": { "added": 1, "changed": 0, "unchanged": 0 } });
    let done = json!({ "file": "vendor.csv", "badRows": 1, "came": came });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            json!(["closed", "done", done]),
            json!(["opened", null, asked]),
            json!(["noted", "refused", asked]),
        ]
    );
}
