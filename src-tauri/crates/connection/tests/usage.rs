//! The last usage of a license, from a file to the bill, against the sandbox over the wire.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use std::sync::mpsc;
use std::time::{Duration, Instant};

use app::metering::UsageFile;
use connection::{Connection, Folders};
use domain::{Quantity, Timestamp, UsageRecord};
use sandbox::{Control, Fault, Subscribe};
use serde_json::json;
use store::AuditKey;
use store::table::audit::{Entry, Phase};
use store::table::usage::UsageState;

/// A buyer of EMQX Cloud, whose license AWS has granted.
struct Story {
    connection: Connection,
    control: Control,
    agreement: String,
    license: String,
    folders: Folders,
    _folder: tempfile::TempDir,
}

const ACCOUNT: &str = "111122224444";

impl Story {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::under(folder.path());
        let connection = Connection::open_sandbox(&folders).unwrap();
        let control = connection.control().await.unwrap();
        let bought = control
            .subscribe(&Subscribe {
                listing: "emqx".to_owned(),
                account: ACCOUNT.to_owned(),
                ..Subscribe::default()
            })
            .await
            .unwrap();
        // Until AWS has granted the license; usage from before then is not metered.
        control.advance("2h").await.unwrap();
        let story = Self {
            agreement: bought.agreement_id,
            license: bought.license_arn.unwrap(),
            connection,
            control,
            folders,
            _folder: folder,
        };
        story.sync().await;
        story
    }

    async fn sync(&self) {
        self.connection.acted().await.unwrap();
        let scope = app::sync::Scope::Changes;
        Box::pin(self.connection.sync(scope)).await.unwrap();
    }

    fn now(&self) -> Timestamp {
        self.connection.clock().now()
    }

    /// A file with one record a line: dimension, quantity, and minutes ago.
    fn file(&self, records: &[(&str, &str, i64)]) -> Vec<u8> {
        let header = "license,account,dimension,quantity,timestamp\n".to_owned();
        let lines = records.iter().map(|(dimension, quantity, minutes)| {
            let at = self.now().plus_millis(-minutes * 60_000);
            format!("{},{ACCOUNT},{dimension},{quantity},{at}\n", self.license)
        });
        let text: String = std::iter::once(header).chain(lines).collect();
        text.into_bytes()
    }

    fn check(&self, bytes: &[u8]) -> UsageFile {
        self.connection.check_usage("usage.csv", bytes).unwrap()
    }

    async fn send(&self, bytes: &[u8]) -> Vec<(usize, UsageState, String)> {
        let sent = self
            .connection
            .send_usage("usage.csv", bytes)
            .await
            .unwrap();
        let records = sent.records.into_iter();
        records.map(|it| (it.line, it.state, it.status)).collect()
    }
}

fn reasons(file: &UsageFile) -> String {
    let said = file
        .problems
        .iter()
        .map(|it| format!("{}: {}", it.line, it.reason));
    said.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_is_billed_once_and_never_again() {
    let story = Story::begin().await;
    let bytes = story.file(&[("session_minutes", "1200", 30), ("traffic_gb", "12.5", 30)]);
    assert_eq!(story.check(&bytes).good.len(), 2);
    let sent = story.send(&bytes).await;
    let success = |line| (line, UsageState::Sent, "Success".to_owned());
    assert_eq!(sent, [success(2), success(3)]);

    // The same file again sends nothing; another quantity for the hour is told before AWS would.
    let again = story
        .connection
        .send_usage("usage.csv", &bytes)
        .await
        .unwrap();
    assert_eq!((again.records.len(), again.sent_before), (0, vec![2, 3]));
    let other = story.check(&story.file(&[("session_minutes", "1300", 30)]));
    assert!(
        reasons(&other).contains("1200 was sent for this hour before"),
        "{}",
        reasons(&other)
    );
    let calls = story.control.status().await.unwrap().calls;
    assert_eq!(calls.get("BatchMeterUsage"), Some(&1));
    let audit = story.connection.verify_audit().unwrap();
    assert_eq!((audit.broken, audit.open), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_would_refuse_is_told_line_by_line() {
    let story = Story::begin().await;
    let mut bytes = story.file(&[
        ("traffic_gb", "1", 60 * 25),
        ("traffic_gb", "1", -10),
        ("traffic_gb", "1.0000001", 5),
        ("rule_actions", "1", 5),
        ("rule_actions", "2", 6),
    ]);
    bytes.extend(b"l-1,1,,,\n");
    let file = story.check(&bytes);
    let reasons = reasons(&file);
    for expected in [
        "2: this is more than 24 hours ago",
        "3: this has not happened yet",
        "4: “1.0000001” is not a quantity",
        "7: “l-1” is not a license ARN",
        "7: “1” is not an AWS account id",
        "7: the dimension is missing",
    ] {
        assert!(reasons.contains(expected), "{expected}\nin\n{reasons}");
    }
    let refused = story.connection.send_usage("usage.csv", &bytes).await;
    assert_eq!(
        refused.unwrap_err().failure().kind,
        app::FailureKind::Invalid
    );
    let calls = story.control.status().await.unwrap().calls;
    assert_eq!(
        calls.get("BatchMeterUsage"),
        None,
        "nothing of a wrong file is sent"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_hour_is_counted_down_and_then_over() {
    let story = Story::begin().await;
    story.control.cancel(&story.agreement).await.unwrap();
    story.sync().await;
    let endings = story.connection.endings().unwrap();
    let mut last = endings.last_usage.iter();
    let last = last.find(|it| it.agreement == story.agreement).unwrap();
    assert!(last.until > story.now(), "an hour remains");
    let bytes = story.file(&[("session_minutes", "7", 5)]);
    assert_eq!(story.send(&bytes).await[0].1, UsageState::Sent);

    story.control.advance("61m").await.unwrap();
    story.sync().await;
    let endings = story.connection.endings().unwrap();
    let of = endings
        .last_usage
        .iter()
        .filter(|it| it.agreement == story.agreement);
    assert_eq!(of.count(), 0);
    let file = story.check(&story.file(&[("session_minutes", "7", 70)]));
    assert!(
        reasons(&file).contains("its last hour ended"),
        "{}",
        reasons(&file)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_of_aws_itself_leaves_open_whether_it_was_billed() {
    let story = Story::begin().await;
    let bytes = story.file(&[("session_minutes", "1200", 30)]);
    let failing = Fault {
        operation: "BatchMeterUsage".to_owned(),
        error: Some("InternalServiceErrorException".to_owned()),
        ..Fault::default()
    };
    story.control.add_fault(&failing).await.unwrap();
    assert_eq!(story.send(&bytes).await[0].1, UsageState::Unknown);

    // AWS may have billed it: another quantity would be refused, the same one is asked for again.
    let other = story.check(&story.file(&[("session_minutes", "1300", 30)]));
    assert!(
        reasons(&other).contains("1200 was sent for this hour before"),
        "{}",
        reasons(&other)
    );
    story.control.clear_faults().await.unwrap();
    assert_eq!(story.send(&bytes).await[0].1, UsageState::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_that_another_program_sends_meanwhile_is_not_sent_again() {
    let story = Story::begin().await;
    let bytes = story.file(&[("session_minutes", "1200", 30)]);
    let line = story.check(&bytes).good.swap_remove(0);
    let sent = UsageRecord {
        quantity: Quantity::parse("1100").unwrap(),
        ..line.record
    };
    let now = story.now();
    let second = Connection::open_sandbox(&story.folders).unwrap();
    let (tell, told) = mpsc::channel();
    let record = sent.clone();
    let other = std::thread::spawn(move || {
        let keep = |write: &mut store::Write<'_>| {
            write.put_usage(&record, UsageState::Sent, Some("r-1"), None, now)?;
            tell.send(()).unwrap();
            // So long that the first has looked and waits for its turn to write.
            std::thread::sleep(Duration::from_millis(700));
            Ok::<_, store::Error>(())
        };
        second.store().write(keep).unwrap();
    });
    told.recv().unwrap();
    let refused = story.connection.send_usage("usage.csv", &bytes).await;
    other.join().unwrap();
    assert_eq!(
        refused.unwrap_err().failure().message,
        "line 2: this hour was sent meanwhile"
    );
    let calls = story.control.status().await.unwrap().calls;
    assert_eq!(calls.get("BatchMeterUsage"), None);
    let kept = story.connection.store().read(|read| read.sent_usage(&sent));
    assert_eq!(kept.unwrap().unwrap().quantity, sent.quantity);
    assert_eq!(story.connection.verify_audit().unwrap().open, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_as_unknown_is_told_when_aws_has_answered() {
    let story = Story::begin().await;
    let slow = Fault {
        operation: "BatchMeterUsage".to_owned(),
        delay: Some("1s".to_owned()),
        ..Fault::default()
    };
    story.control.add_fault(&slow).await.unwrap();
    let bytes = story.file(&[("session_minutes", "1200", 30)]);
    let second = Connection::open_sandbox(&story.folders).unwrap();
    let other = std::thread::spawn(move || {
        let open = || second.store().read(|read| read.open_audit()).unwrap().pop();
        let until = Instant::now() + Duration::from_secs(20);
        let row = loop {
            if let Some(row) = open() {
                break row;
            }
            assert!(Instant::now() < until, "nothing was opened");
            std::thread::sleep(Duration::from_millis(20));
        };
        let closing = Entry {
            phase: Phase::Closed,
            opened: Some(row.seq),
            outcome: Some("unknown".to_owned()),
            ..row.entry
        };
        let key = AuditKey::of_the_sandbox();
        let close = |write: &mut store::Write<'_>| write.close_audit(&key, &closing);
        assert!(second.store().write(close).unwrap());
    });
    assert_eq!(story.send(&bytes).await[0].1, UsageState::Sent);
    other.join().unwrap();
    let rows = story
        .connection
        .store()
        .read(|read| read.audit_after(0, 100));
    let last = rows.unwrap().pop().unwrap().entry;
    assert_eq!(
        (last.action.as_str(), last.phase, last.outcome.as_deref()),
        ("send-usage", Phase::Noted, Some("done"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn allocations_that_no_number_holds_are_told() {
    let story = Story::begin().await;
    let shares = (0..2_000).map(|number| {
        let tags = json!({ "team": format!("t{number}") });
        json!({ "quantity": "9999999999", "tags": tags })
    });
    let record = json!([{
        "license": story.license,
        "account": ACCOUNT,
        "dimension": "session_minutes",
        "quantity": "5.5",
        "timestamp": story.now().plus_millis(-60_000).to_string(),
        "allocations": shares.collect::<Vec<_>>(),
    }]);
    let bytes = record.to_string().into_bytes();
    let file = story.connection.check_usage("usage.json", &bytes).unwrap();
    assert_eq!(
        reasons(&file),
        "1: they come to too much, and the quantity is 5.5"
    );
}
