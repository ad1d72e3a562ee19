//! Lost keys, new keys, and the end of a connection.

use std::fs;
use std::ops::ControlFlow;

use app::directory::import::{self, OnBadRows};
use app::sync::Scope;
use app::{Failure, FailureKind};
use connection::{Connection, OpenError};
use store::table::directory::SortBy;
use vault::{Secret, SecretKind, SecretName};

use super::{Story, kind, matched};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_key_is_told_and_the_old_file_is_kept() {
    let story = Story::new().await;
    let connection = story.added().await;
    connection.sync(Scope::Changes).await.unwrap();
    drop(connection);
    let (saved, _) = story.connections.find("acme").unwrap();
    let name = SecretName::new(&saved.vault, SecretKind::DatabaseKey);
    let key = story.vault.get(&name).unwrap().unwrap();
    story.vault.remove(&name).unwrap();
    let lost = |story: &Story| {
        story
            .connections
            .open("acme")
            .err()
            .map(|error| kind(&error))
    };
    assert_eq!(lost(&story), Some(FailureKind::DatabaseKey));

    let another = Secret::new("0".repeat(64)).unwrap();
    story.vault.put(&name, &another).unwrap();
    assert_eq!(lost(&story), Some(FailureKind::DatabaseKey));

    let aside = story.connections.start_over("acme").unwrap().unwrap();
    assert!(aside.exists());
    let connection = story.connections.open("acme").unwrap();
    assert_eq!(matched(&connection, ""), 0);
    drop(connection);
    // Should the key be found again, so is what the old file holds.
    let key = store::DatabaseKey::from_hex(key.expose().trim()).unwrap();
    let old = store::Store::open_encrypted(&aside, &key).unwrap();
    assert_eq!(old.read(|read| read.agreement_count()).unwrap(), 60);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_audit_key_is_told_and_never_replaced_in_silence() {
    let story = Story::new().await;
    let connection = story.added().await;
    let plan = import::plan(connection.store(), "crm.csv", ORGANIZATION, None).unwrap();
    let import = |connection: &Connection| {
        connection.import(&plan, OnBadRows::Refuse, |_, _| ControlFlow::Continue(()))
    };
    import(&connection).unwrap();
    let entries = connection.verify_audit().unwrap().entries;
    assert!(entries > 0);
    drop(connection);
    let (saved, _) = story.connections.find("acme").unwrap();
    let name = SecretName::new(&saved.vault, SecretKind::AuditKey);
    let key = story.vault.get(&name).unwrap().unwrap();
    story.vault.remove(&name).unwrap();

    // One can look, and do nothing that the audit must tell of.
    let connection = story.connections.open("acme").unwrap();
    assert_eq!(directory(&connection), 1);
    let check = connection.verify_audit().unwrap_err();
    assert_eq!(kind(&check), FailureKind::Keyring);
    assert_eq!(
        kind(&import(&connection).unwrap_err()),
        FailureKind::Keyring
    );
    let sync = connection.sync(Scope::Changes).await.unwrap_err();
    assert!(sync.failure().hint().unwrap().contains("start-over"));
    assert!(connection.attention().is_some());
    assert!(story.secret(&saved.vault, SecretKind::AuditKey).is_none());

    // Restored, the open connection goes on.
    story.vault.put(&name, &key).unwrap();
    connection.resume().await.unwrap().unwrap();
    let check = connection.verify_audit().unwrap();
    assert_eq!((check.entries, check.broken), (entries, None));
    drop(connection);

    // Lost for good: a new key is made when somebody wants it, and nothing but the proof is lost.
    story.vault.remove(&name).unwrap();
    assert_eq!(story.connections.start_over("acme").unwrap(), None);
    let connection = story.connections.open("acme").unwrap();
    assert_eq!(directory(&connection), 1);
    assert!(connection.verify_audit().unwrap().broken.is_some());
    import(&connection).unwrap();
    story.end().await;
}

const ORGANIZATION: &[u8] = b"kind,id,name\norganization,org-1,Acme\n";

/// How many organizations there are.
fn directory(connection: &Connection) -> usize {
    let sort = SortBy::default();
    let page = app::directory::organizations(connection.store(), "", sort, 0, 10);
    page.unwrap().total
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_encrypted_anew_and_an_attempt_cut_off_loses_nothing() {
    let story = Story::new().await;
    let connection = story.added().await;
    connection.sync(Scope::Changes).await.unwrap();
    assert_eq!(
        kind(&story.connections.rekey("acme").unwrap_err()),
        FailureKind::DatabaseLocked
    );
    drop(connection);
    let (saved, _) = story.connections.find("acme").unwrap();
    let name = SecretName::new(&saved.vault, SecretKind::DatabaseKey);
    let keys = || {
        let text = story.vault.get(&name).unwrap().unwrap();
        let keys = text.expose().split_whitespace().map(str::to_owned);
        keys.collect::<Vec<_>>()
    };
    let before = keys();
    assert_eq!(before.len(), 1, "a failed attempt leaves one key");
    story.connections.rekey("acme").unwrap();
    let after = keys();
    assert_ne!(before, after);
    assert_eq!(matched(&story.connections.open("acme").unwrap(), ""), 60);

    // Killed after the new key was kept and before the file was encrypted with it.
    let both = format!("{} {}", "1".repeat(64), after[0]);
    story.vault.put(&name, &Secret::new(both).unwrap()).unwrap();
    assert_eq!(matched(&story.connections.open("acme").unwrap(), ""), 60);
    assert_eq!(keys(), after);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_removed_with_everything_when_its_name_is_typed() {
    let story = Story::new().await;
    drop(story.added().await);
    for almost in ["", "acme", "Acme!", "Acme 2"] {
        let refused = story.connections.remove("acme", almost).unwrap_err();
        assert_eq!(refused.failure().fields[0].field, "confirm");
    }
    assert_eq!(story.secrets(), 3);
    let removed = story.connections.remove("acme", "Acme").unwrap();
    assert_eq!(removed.links, Some(0));
    assert_eq!(removed.secrets.len(), 3);
    assert!(
        removed
            .files
            .iter()
            .any(|file| file.ends_with("acme.sqlite3"))
    );
    assert_eq!(story.secrets(), 0);
    assert!(story.connections.list().unwrap().is_empty());
    let left = story.files();
    assert!(
        left.iter()
            .all(|file| file.starts_with(story.folder.path().join("config"))),
        "{left:?}"
    );
    assert_eq!(
        kind(&story.connections.open("acme").err().unwrap()),
        FailureKind::NotFound
    );
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_deleted_behind_our_back_and_a_file_of_nonsense_are_told() {
    let story = Story::new().await;
    drop(story.added().await);
    let (saved, _) = story.connections.find("acme").unwrap();
    let name = SecretName::new(&saved.vault, SecretKind::AccessKeys);
    story.vault.remove(&name).unwrap();
    let connection = story.connections.open("acme").unwrap();
    let error = connection.sync(Scope::Changes).await.unwrap_err();
    assert_eq!(kind(&error), FailureKind::Credentials);
    assert!(connection.attention().is_some());
    let damaged = Secret::new("{ nonsense".to_owned()).unwrap();
    story.vault.put(&name, &damaged).unwrap();
    let error = connection.sync(Scope::Changes).await.unwrap_err();
    assert_eq!(kind(&error), FailureKind::Keyring);
    drop(connection);

    let file = story.folder.path().join("config/connections.toml");
    fs::write(&file, "[[connection\n").unwrap();
    let failure: Failure = OpenError::from(story.connections.list().unwrap_err()).failure();
    assert!(failure.message.contains("line 1"), "{}", failure.message);
    // The sandbox opens nevertheless.
    story.connections.open(Connection::SANDBOX).unwrap();
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "[[connection\n",
        "it is left alone"
    );
    story.end().await;
}
