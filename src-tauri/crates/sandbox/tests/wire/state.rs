//! What outlives a run: the world, its journal, the lock and the record of the endpoint.

use std::fs;
use std::path::Path;

use sandbox::{Control, Mail, Options, Running, ServeError, Subscribe, serve};
use tempfile::TempDir;

use crate::client;

fn options(state: &Path) -> Options {
    Options {
        state_dir: Some(state.to_owned()),
        ..client::options(60)
    }
}

async fn start(state: &Path) -> (Running, Control) {
    let running = serve(options(state)).await.unwrap();
    let control = Control::at(running.endpoint());
    (running, control)
}

fn purchase(account: &str) -> Subscribe {
    Subscribe {
        listing: "emqx".to_owned(),
        account: account.to_owned(),
        ..Subscribe::default()
    }
}

/// Everything that can be seen of the world and does not move with time by itself.
async fn seen(control: &Control) -> String {
    let buyers = control.buyers("", 1000).await.unwrap();
    let directory = control.directory().await.unwrap();
    let mailbox = control.mailbox("", 0).await.unwrap();
    format!("{buyers:?} {directory:?} {mailbox:?}")
}

#[tokio::test]
async fn a_restart_finds_the_same_world() {
    let state = TempDir::new().unwrap();
    let (running, control) = start(state.path()).await;
    let made = control.subscribe(&purchase("777766665555")).await.unwrap();
    control.advance("40d").await.unwrap();
    control.amend(10).await.unwrap();
    let mail = Mail {
        to: "ann@quill.example".to_owned(),
        subject: "Code".to_owned(),
        body: "123456".to_owned(),
    };
    control.mail(&mail).await.unwrap();
    control.cancel(&made.agreement_id).await.unwrap();
    let (before, then) = (seen(&control).await, control.status().await.unwrap().now);
    running.stop().await;

    let (running, control) = start(state.path()).await;
    assert_eq!(seen(&control).await, before);
    let now: jiff::Timestamp = control.status().await.unwrap().now.parse().unwrap();
    assert!(now >= then.parse().unwrap());
    running.stop().await;
}

#[tokio::test]
async fn a_torn_last_line_is_dropped_and_the_journal_goes_on() {
    let state = TempDir::new().unwrap();
    let (running, control) = start(state.path()).await;
    control.subscribe(&purchase("777766665555")).await.unwrap();
    let before = seen(&control).await;
    running.stop().await;
    let journal = state.path().join("journal.jsonl");
    let whole = fs::read(&journal).unwrap();
    for torn in [&whole[..whole.len() / 2], b"{"] {
        fs::write(&journal, [whole.as_slice(), torn].concat()).unwrap();
        let (running, control) = start(state.path()).await;
        assert_eq!(seen(&control).await, before);
        running.stop().await;
        assert_eq!(fs::read(&journal).unwrap(), whole);
    }
    let (running, control) = start(state.path()).await;
    control.subscribe(&purchase("777766665556")).await.unwrap();
    running.stop().await;
    let (running, control) = start(state.path()).await;
    assert_eq!(control.status().await.unwrap().agreements, 62);
    running.stop().await;
}

#[tokio::test]
async fn a_damaged_line_is_an_error_that_names_it() {
    let state = TempDir::new().unwrap();
    let (running, control) = start(state.path()).await;
    for account in ["777766665551", "777766665552", "777766665553"] {
        control.subscribe(&purchase(account)).await.unwrap();
    }
    running.stop().await;
    let journal = state.path().join("journal.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let damages = [
        (
            format!("{}\n{}\n{}\n", lines[0], &lines[1][..20], lines[2]),
            "line 2",
        ),
        (whole.replace("777766665552", "777766665559"), "line 2"),
        (format!("{}\n{}\n", lines[0], lines[2]), "line 2"),
        (format!("{whole}not an entry\n"), "line 4"),
    ];
    for (damaged, place) in damages {
        fs::write(&journal, damaged).unwrap();
        let error = serve(options(state.path())).await.unwrap_err();
        assert!(matches!(error, ServeError::Journal(_)), "{error}");
        assert!(error.to_string().contains(place), "{error}");
    }
    fs::write(&journal, whole).unwrap();
    start(state.path()).await.0.stop().await;
}

#[tokio::test]
async fn two_cannot_run_on_one_state() {
    let state = TempDir::new().unwrap();
    let (running, _) = start(state.path()).await;
    let error = serve(options(state.path())).await.unwrap_err();
    assert!(matches!(error, ServeError::InUse { .. }));
    assert!(error.to_string().contains("choose another directory"));
    running.stop().await;
    start(state.path()).await.0.stop().await;
}

#[tokio::test]
async fn the_endpoint_is_found_while_it_is_served_and_not_afterwards() {
    let state = TempDir::new().unwrap();
    assert!(Control::find(state.path()).await.is_none());
    let (running, control) = start(state.path()).await;
    let found = Control::find(state.path()).await.unwrap();
    assert_eq!(found.endpoint(), control.endpoint());
    // A record left behind by a killed process, whose port another sandbox has now.
    let left_behind = TempDir::new().unwrap();
    let record = format!(
        r#"{{"endpoint":"{}","instance":"another"}}"#,
        control.endpoint()
    );
    fs::write(left_behind.path().join("endpoint.json"), record).unwrap();
    assert!(Control::find(left_behind.path()).await.is_none());
    let record = fs::read(state.path().join("endpoint.json")).unwrap();
    running.stop().await;
    assert!(Control::find(state.path()).await.is_none());
    fs::write(state.path().join("endpoint.json"), record).unwrap();
    assert!(Control::find(state.path()).await.is_none());
}

#[tokio::test]
async fn a_state_is_of_one_world() {
    let state = TempDir::new().unwrap();
    start(state.path()).await.0.stop().await;
    let other = Options {
        seed: 2,
        ..options(state.path())
    };
    let error = serve(other).await.unwrap_err();
    assert!(matches!(
        error,
        ServeError::OtherWorld {
            seed: 1,
            agreements: 60,
            ..
        }
    ));
    let known = Options::for_state(state.path());
    assert_eq!((known.seed, known.agreements), (1, 60));
    let newer = state.path().join("world.json");
    let text = fs::read_to_string(&newer)
        .unwrap()
        .replace("\"format\":1", "\"format\":9");
    fs::write(&newer, text).unwrap();
    assert!(matches!(
        serve(options(state.path())).await.unwrap_err(),
        ServeError::Format { found: 9, .. }
    ));
    fs::remove_file(&newer).unwrap();
    assert!(matches!(
        serve(options(state.path())).await.unwrap_err(),
        ServeError::NoWorld { .. }
    ));
}

#[tokio::test]
async fn only_loopback_and_sensible_sizes_are_served() {
    let open = Options {
        listen: ([0, 0, 0, 0], 0).into(),
        ..Options::default()
    };
    assert!(matches!(
        serve(open).await.unwrap_err(),
        ServeError::NotLoopback(_)
    ));
    for agreements in [0, 1_000_001] {
        let wrong = Options {
            agreements,
            ..Options::default()
        };
        assert!(matches!(
            serve(wrong).await.unwrap_err(),
            ServeError::Agreements(_)
        ));
    }
}
