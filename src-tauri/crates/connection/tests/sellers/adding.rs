//! Adding: what is kept when all of it works, and that nothing is when it does not.

use std::fs;
use std::future::poll_fn;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::pin::pin;
use std::task::Poll;

use app::sync::Scope;
use app::{Access, Action, FailureKind, Operation, Permission};
use connection::{Connections, CredentialsDraft, Draft, Folders, Keep};
use sandbox::{Control, Keys};
use vault::{Secret, SecretKind, SecretName};

use super::{KEY_ID, OTHER_ACCOUNT, SECRET, Story, kind, matched};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_added_checked_and_found_again_and_its_secrets_are_in_no_file() {
    let story = Story::new().await;
    let connection = story.added().await;
    let check = connection.check().await.unwrap();
    assert_eq!(check.identity.as_ref().unwrap().account, story.account);
    let allowed = |(_, permission): &(Operation, Permission)| *permission == Permission::Allowed;
    assert!(check.permissions.iter().all(allowed), "{check:?}");
    assert_eq!(check.missing_policy(), None);
    connection.sync(Scope::Changes).await.unwrap();
    assert_eq!(matched(&connection, ""), 60);
    drop(connection);

    // Another start of the program.
    let folders = Folders::under(story.folder.path());
    let again = Connections::with_vault(folders, story.vault.clone());
    let connection = again.open("acme").unwrap();
    assert_eq!(matched(&connection, ""), 60);
    let last = connection.last_check().unwrap().unwrap();
    assert_eq!(last.permissions, check.permissions);
    drop(connection);

    let files = story.files();
    assert!(files.iter().any(|file| file.ends_with("acme.sqlite3")));
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for secret in [SECRET, KEY_ID] {
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "{}", file.display());
        }
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_does_not_accept_is_told_at_its_field_and_nothing_is_kept() {
    let story = Story::new().await;
    let known = Keys {
        access_key_id: Some("AKIAOTHER0000EXAMPLE".to_owned()),
        expired: false,
    };
    story.control.set_credentials(&known).await.unwrap();
    let refused = story.refused(&story.draft()).await;
    assert_eq!(
        refused,
        (FailureKind::Credentials, "accessKeyId".to_owned())
    );
    story
        .control
        .set_credentials(&Keys::default())
        .await
        .unwrap();

    let other_account = Draft {
        account: OTHER_ACCOUNT.to_owned(),
        ..story.draft()
    };
    assert_eq!(
        story.refused(&other_account).await,
        (FailureKind::Invalid, "account".to_owned())
    );

    let html = Draft {
        endpoint: a_web_page(),
        ..story.draft()
    };
    assert_eq!(
        story.refused(&html).await,
        (FailureKind::Garbage, "endpoint".to_owned())
    );

    let profile = Draft {
        credentials: CredentialsDraft {
            profile: "there is no such profile".to_owned(),
            ..CredentialsDraft::default()
        },
        ..story.draft()
    };
    assert_eq!(
        story.refused(&profile).await,
        (FailureKind::Credentials, "profile".to_owned())
    );
    story.end().await;
}

/// A server that is not AWS.
fn a_web_page() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let page = "<html><body>Welcome</body></html>";
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n{page}", page.len());
        }
    });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_taken_once_and_a_change_is_seen_the_next_time() {
    let story = Story::new().await;
    let connection = story.added().await;
    let twice = story.connections.add(&story.draft(), Keep::InKeyring).await;
    assert_eq!(twice.unwrap_err().failure().fields[0].field, "name");

    story
        .connections
        .change("acme", "  Acme  Europe ", Access::ReadOnly)
        .unwrap();
    // What is open stays what it is until it is opened again.
    assert_eq!(connection.access(), Access::Full);
    drop(connection);
    let connection = story.connections.open("acme").unwrap();
    assert_eq!(connection.access(), Access::ReadOnly);
    for action in Action::ALL {
        let refused = connection.permit(*action).unwrap_err();
        assert_eq!(kind(&refused), FailureKind::Refused, "{action:?}");
    }
    let calls_before = acting_calls(&story.control).await;
    let check = connection.check().await.unwrap();
    let unwanted = check.permission(Operation::SendAgreementCancellationRequest);
    assert_eq!(unwanted, Some(&Permission::NotWanted));
    assert_eq!(acting_calls(&story.control).await, calls_before);
    story.end().await;
}

async fn acting_calls(control: &Control) -> u64 {
    let calls = control.status().await.unwrap().calls;
    let acting = [
        "SendAgreementCancellationRequest",
        "CancelAgreementCancellationRequest",
        "BatchMeterUsage",
    ];
    acting
        .iter()
        .map(|name| calls.get(*name).copied().unwrap_or(0))
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_in_memory_leaves_nothing_behind() {
    let story = Story::new().await;
    let saved = story
        .connections
        .add(&story.draft(), Keep::InMemory)
        .await
        .unwrap();
    let connection = story.connections.open(saved.id.as_str()).unwrap();
    connection.sync(Scope::Changes).await.unwrap();
    assert_eq!(story.secrets(), 0);
    drop(connection);

    let folders = Folders::under(story.folder.path());
    let again = Connections::with_vault(folders, story.vault.clone());
    assert!(again.list().unwrap().is_empty());
    again.clear_leftovers();
    let left = story.files();
    assert!(
        left.iter()
            .all(|file| !file.to_string_lossy().contains("sqlite3")),
        "{left:?}"
    );
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_added_has_all_its_keys_before_anybody_opens_it() {
    let story = Story::new().await;
    let added = story.connections.add(&story.draft(), Keep::InKeyring).await;
    let saved = added.unwrap();
    assert_eq!(story.secrets(), 3, "access keys, database key, audit key");
    let key = || {
        let key = story.secret(&saved.vault, SecretKind::AuditKey).unwrap();
        key.expose().to_owned()
    };
    let before = key();
    story.connections.open("acme").unwrap();
    assert_eq!(key(), before);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_to_open_keeps_the_way_to_aws_for_the_next_attempt() {
    let story = Story::new().await;
    let added = story.connections.add(&story.draft(), Keep::InKeyring).await;
    let saved = added.unwrap();
    let audit_key = SecretName::new(&saved.vault, SecretKind::AuditKey);
    let kept = story.vault.get(&audit_key).unwrap().unwrap();
    let damaged = Secret::new("no key".to_owned()).unwrap();
    story.vault.put(&audit_key, &damaged).unwrap();
    let refused = story.connections.open("acme").err().unwrap();
    assert_eq!(kind(&refused), FailureKind::Keyring);

    story.vault.put(&audit_key, &kept).unwrap();
    // Only the way by which it was identified still has them.
    let access_keys = SecretName::new(&saved.vault, SecretKind::AccessKeys);
    story.vault.remove(&access_keys).unwrap();
    let connection = story.connections.open("acme").unwrap();
    connection.sync(Scope::Changes).await.unwrap();
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_taken_wherever_its_connection_is_kept() {
    let story = Story::new().await;
    story.added().await;
    let passing = Draft {
        name: "Passing".to_owned(),
        ..story.draft()
    };
    let added = story.connections.add(&passing, Keep::InMemory).await;
    let passing = added.unwrap().id.to_string();
    for (id, others) in [("acme", "Passing"), (passing.as_str(), "Acme")] {
        let refused = story.connections.change(id, others, Access::Full);
        let failure = refused.unwrap_err().failure();
        assert_eq!(failure.fields[0].field, "name", "{id} as {others}");
    }
    // Its own name is free, whatever else changes.
    let kept = story.connections.change("acme", "Acme", Access::ReadOnly);
    kept.unwrap();
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_while_aws_is_asked_leaves_nothing_behind() {
    let story = Story::new().await;
    // Takes the question, and never answers.
    let silence = TcpListener::bind("127.0.0.1:0").unwrap();
    let draft = Draft {
        endpoint: format!("http://{}", silence.local_addr().unwrap()),
        ..story.draft()
    };
    let asked = tokio::task::spawn_blocking(move || silence.accept().unwrap());
    {
        let mut adding = pin!(story.connections.add(&draft, Keep::InKeyring));
        let mut asked = pin!(asked);
        poll_fn(|context| match adding.as_mut().poll(context) {
            Poll::Ready(added) => panic!("nobody answered, and yet: {added:?}"),
            Poll::Pending => asked.as_mut().poll(context).map(drop),
        })
        .await;
    }
    assert!(story.connections.list().unwrap().is_empty());
    assert_eq!(story.secrets(), 0, "a secret is left");
    assert!(story.files().is_empty(), "a file is left");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_attempt_left_is_taken_away_and_what_is_under_way_is_not() {
    let story = Story::new().await;
    let notes = story.folder.path().join("adding");
    let databases = story.folder.path().join("connections");
    for folder in [&notes, &databases] {
        fs::create_dir_all(folder).unwrap();
    }
    let kept = |id: &str, vault: &str| {
        fs::write(notes.join(vault), id).unwrap();
        fs::write(databases.join(format!("{id}.sqlite3")), "encrypted").unwrap();
        for kind in SecretKind::ALL {
            let secret = Secret::new(SECRET.to_owned()).unwrap();
            let name = SecretName::new(vault, *kind);
            story.vault.put(&name, &secret).unwrap();
        }
    };
    let left = |vault: &str| {
        let kinds = SecretKind::ALL.iter();
        kinds
            .filter(|kind| story.secret(vault, **kind).is_some())
            .count()
    };
    // Killed in the middle; still at it in another process; and killed when all of it was kept.
    kept("globex", "globex-00000001");
    kept("initech", "initech-00000002");
    let under_way = fs::File::open(notes.join("initech-00000002")).unwrap();
    under_way.lock().unwrap();
    drop(story.added().await);
    let (acme, _) = story.connections.find("acme").unwrap();
    fs::write(notes.join(&acme.vault), "acme").unwrap();

    story.connections.clear_attempts().unwrap();
    assert_eq!(left("globex-00000001"), 0);
    assert!(!databases.join("globex.sqlite3").exists());
    assert_eq!(left("initech-00000002"), SecretKind::ALL.len());
    assert!(databases.join("initech.sqlite3").exists());
    assert_eq!(left(&acme.vault), 3);
    story.connections.open("acme").unwrap();
    let notes: Vec<_> = fs::read_dir(&notes).unwrap().flatten().collect();
    assert_eq!(notes.len(), 1, "the one that is under way");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_belongs_to_no_connection_is_kept_aside() {
    let story = Story::new().await;
    // Its connection was taken out of the settings by hand.
    let folder = story.folder.path().join("connections");
    fs::create_dir_all(&folder).unwrap();
    let key = store::DatabaseKey::random().unwrap();
    drop(store::Store::open_encrypted(&folder.join("acme.sqlite3"), &key).unwrap());

    let connection = story.added().await;
    connection.sync(Scope::Changes).await.unwrap();
    assert_eq!(matched(&connection, ""), 60);
    let aside = folder.join("acme.lost-1.sqlite3");
    store::Store::open_encrypted(&aside, &key).unwrap();
    story.end().await;
}
