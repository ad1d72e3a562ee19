//! Connections to seller accounts: the SDK over the wire to the sandbox in AWS's place, real files,
//! and a vault in memory in the keyring's place. The keyring itself is used by the tests of `vault`
//! and of `binderyctl`.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use app::sync::Scope;
use app::{Access, Action, Failure, FailureKind, Operation, Permission, query};
use connection::{Connection, Connections, CredentialsDraft, Draft, Folders, Keep, OpenError};
use moto::Moto;
use sandbox::{Control, Fault, Keys, Options, Running, Subscribe};
use vault::{Secret, SecretKind, SecretName, Vault};
use zeroize::Zeroizing;

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
/// The account that moto answers for.
const MOTO_ACCOUNT: &str = "123456789012";
const OTHER_ACCOUNT: &str = "999988887777";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A sandbox in AWS's place, and the connections of a fresh folder.
struct Story {
    aws: Running,
    control: Control,
    account: String,
    vault: Vault,
    connections: Connections,
    folder: tempfile::TempDir,
}

impl Story {
    async fn new() -> Self {
        Self::with(1, 60).await
    }

    async fn with(seed: u64, agreements: u32) -> Self {
        let options = Options {
            seed,
            agreements,
            ..Options::default()
        };
        let aws = sandbox::serve(options).await.unwrap();
        let control = Control::at(aws.endpoint());
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::session();
        let folders = Folders::under(folder.path());
        Self {
            account: control.status().await.unwrap().seller_account_id,
            connections: Connections::with_vault(folders, vault.clone()),
            aws,
            control,
            vault,
            folder,
        }
    }

    fn draft(&self) -> Draft {
        Draft {
            name: "Acme".to_owned(),
            account: self.account.clone(),
            credentials: keys(KEY_ID),
            endpoint: self.aws.endpoint().to_owned(),
            ..Draft::default()
        }
    }

    async fn added(&self) -> Connection {
        let saved = self.connections.add(&self.draft(), Keep::InKeyring).await;
        self.connections.open(saved.unwrap().id.as_str()).unwrap()
    }

    /// Adds what must be refused; tells the field and that nothing of it was kept.
    async fn refused(&self, draft: &Draft) -> (FailureKind, String) {
        let error = self.connections.add(draft, Keep::InKeyring).await;
        let failure = error.unwrap_err().failure();
        assert!(!format!("{failure:?}").contains(SECRET));
        assert!(self.connections.list().unwrap().is_empty());
        assert_eq!(self.secrets(), 0, "secrets are left");
        let databases = fs::read_dir(self.folder.path().join("connections"));
        assert_eq!(databases.map_or(0, Iterator::count), 0, "a file is left");
        (
            failure.kind,
            failure
                .fields
                .first()
                .map_or_else(String::new, |it| it.field.to_string()),
        )
    }

    /// How many secrets there are of the one connection this folder may have.
    fn secrets(&self) -> usize {
        let saved = self.connections.list().unwrap();
        let vaults = saved.iter().map(|(saved, _)| saved.vault.clone());
        let names = vaults.chain(["acme-00000000".to_owned()]);
        names
            .flat_map(|name| {
                SecretKind::ALL
                    .iter()
                    .map(move |kind| (name.clone(), *kind))
            })
            .filter(|(name, kind)| self.secret(name, *kind).is_some())
            .count()
    }

    fn secret(&self, name: &str, kind: SecretKind) -> Option<Secret> {
        self.vault.get(&SecretName::new(name, kind)).unwrap()
    }

    /// Every file below the folder.
    fn files(&self) -> Vec<PathBuf> {
        files_below(self.folder.path())
    }

    async fn end(self) {
        self.aws.stop().await;
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files_below(&path));
        } else {
            all.push(path);
        }
    }
    all
}

fn keys(id: &str) -> CredentialsDraft {
    CredentialsDraft {
        access_key_id: Zeroizing::new(id.to_owned()),
        secret_access_key: Zeroizing::new(SECRET.to_owned()),
        ..CredentialsDraft::default()
    }
}

fn matched(connection: &Connection, filter: &str) -> usize {
    let (store, clock) = (connection.store(), connection.clock());
    let window = query::agreements(store, clock, filter, query::SORT_DEFAULT, 0, 0);
    window.unwrap().matched
}

fn fault(operation: &str, error: &str) -> Fault {
    Fault {
        operation: operation.to_owned(),
        error: Some(error.to_owned()),
        ..Fault::default()
    }
}

fn kind(error: &OpenError) -> FailureKind {
    error.failure().kind
}

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
async fn what_aws_denies_is_told_and_refuses_what_needs_it() {
    let story = Story::new().await;
    let connection = story.added().await;
    for operation in ["ResolveCustomer", "GetAgreementContacts"] {
        let denied = fault(operation, "AccessDeniedException");
        story.control.add_fault(&denied).await.unwrap();
    }
    let check = connection.check().await.unwrap();
    let policy = check.missing_policy().unwrap();
    assert!(policy.contains("aws-marketplace:ResolveCustomer"));
    assert!(policy.contains("aws-marketplace:GetAgreementContacts"));
    assert!(!policy.contains("SearchAgreements"), "{policy}");
    let refused = connection.permit(Action::LinkByToken).unwrap_err();
    assert_eq!(kind(&refused), FailureKind::Refused);
    connection.permit(Action::RequestCancellation).unwrap();

    // Looking goes on without it.
    connection.sync(Scope::Changes).await.unwrap();
    assert_eq!(matched(&connection, ""), 60);
    let status = query::status(connection.store(), connection.clock()).unwrap();
    let denied: Vec<_> = status
        .denied
        .iter()
        .map(|(operation, _)| *operation)
        .collect();
    assert_eq!(
        denied,
        [Operation::GetAgreementContacts, Operation::ResolveCustomer]
    );
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_told_with_how_much() {
    let story = Story::new().await;
    let connection = story.added().await;
    let skewed = Fault {
        operation: "*".to_owned(),
        clock_skew: Some("20m".to_owned()),
        ..Fault::default()
    };
    story.control.add_fault(&skewed).await.unwrap();
    let check = connection.check().await.unwrap();
    assert!(check.identity.is_err());
    assert!(check.clock_is_off(), "{:?}", check.clock_behind_ms);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_expire_make_the_sync_wait_and_it_goes_on_where_it_stood() {
    let story = Story::with(1, 400).await;
    let connection = story.added().await;
    // The listing comes through; then the looks at single agreements meet expired credentials.
    let expired = Fault {
        times: None,
        ..fault("GetAgreementTerms", "ExpiredTokenException")
    };
    story.control.add_fault(&expired).await.unwrap();
    let error = connection.sync(Scope::Changes).await.unwrap_err();
    assert_eq!(kind(&error), FailureKind::Credentials);
    assert_eq!(
        connection.attention().unwrap().kind,
        FailureKind::Credentials
    );
    let without = matched(&connection, "is:without-details");
    assert!(without > 0);

    story.control.clear_faults().await.unwrap();
    story.control.reset_counters().await.unwrap();
    let others = keys("AKIAANOTHER00EXAMPLE");
    let replaced = story.connections.replace_credentials("acme", &others);
    replaced.await.unwrap();
    connection.resume().await.unwrap().unwrap();
    assert_eq!(connection.attention(), None);
    assert_eq!(matched(&connection, "is:without-details"), 0);
    let calls = story.control.status().await.unwrap().calls;
    // One page of what changed since: the listing was not begun anew.
    assert_eq!(calls.get("SearchAgreements"), Some(&1));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_another_account_bring_nothing_in() {
    let story = Story::new().await;
    let connection = story.added().await;
    connection.sync(Scope::Changes).await.unwrap();
    drop(connection);
    story
        .control
        .subscribe(&Subscribe {
            listing: "emqx".to_owned(),
            account: "444455556666".to_owned(),
            ..Subscribe::default()
        })
        .await
        .unwrap();
    // Somebody edits the file: what is in the keyring is another account's now.
    let file = story.folder.path().join("config/connections.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace(&story.account, OTHER_ACCOUNT)).unwrap();
    let connection = story.connections.open("acme").unwrap();
    for scope in [Scope::Changes, Scope::Everything] {
        let error = connection.sync(scope).await.unwrap_err();
        assert_eq!(kind(&error), FailureKind::Credentials);
    }
    assert_eq!(matched(&connection, ""), 60);
    let check = connection.check().await.unwrap();
    let expected = connection.account().unwrap();
    assert_eq!(check.other_account(expected), Some(story.account.as_str()));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_wants_a_code_once_a_session_and_a_sync_waits_for_it() {
    let story = Story::new().await;
    let sts = Moto::start().unwrap();
    let with_code = |code: &str| Draft {
        account: MOTO_ACCOUNT.to_owned(),
        sts_endpoint: sts.endpoint().to_owned(),
        credentials: CredentialsDraft {
            role_arn: format!("arn:aws:iam::{MOTO_ACCOUNT}:role/Bindery"),
            external_id: "42".to_owned(),
            mfa_serial: format!("arn:aws:iam::{MOTO_ACCOUNT}:mfa/sales"),
            mfa_code: Zeroizing::new(code.to_owned()),
            ..keys(KEY_ID)
        },
        ..story.draft()
    };
    let refused = story.refused(&with_code("")).await;
    assert_eq!(refused, (FailureKind::CodeNeeded, "mfaCode".to_owned()));

    let saved = story
        .connections
        .add(&with_code("123456"), Keep::InKeyring)
        .await
        .unwrap();
    let connection = story.connections.open(saved.id.as_str()).unwrap();
    // The session that the code was for serves the check and the sync.
    let check = connection.check().await.unwrap();
    let arn = check.identity.unwrap().arn;
    assert!(arn.contains("assumed-role/Bindery/"), "{arn}");
    connection.sync(Scope::Changes).await.unwrap();
    drop(connection);

    // Another start has no session; it says what it needs, and goes on with it.
    let connection = story.connections.open(saved.id.as_str()).unwrap();
    let error = connection.sync(Scope::Changes).await.unwrap_err();
    assert_eq!(kind(&error), FailureKind::CodeNeeded);
    assert_eq!(
        connection.attention().unwrap().kind,
        FailureKind::CodeNeeded
    );
    assert!(connection.provide_code("12345").is_err());
    connection.provide_code(" 654 321 ").unwrap();
    connection.resume().await.unwrap().unwrap();
    assert_eq!(connection.attention(), None);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_connections_sync_at_once_and_keep_to_themselves() {
    let one = Story::with(1, 200).await;
    let two = Story::with(2, 100).await;
    let first = one.added().await;
    let draft = Draft {
        name: "Second".to_owned(),
        ..two.draft()
    };
    let saved = one.connections.add(&draft, Keep::InKeyring).await.unwrap();
    let second = one.connections.open(saved.id.as_str()).unwrap();
    let (first_done, second_done) =
        tokio::join!(first.sync(Scope::Changes), second.sync(Scope::Changes));
    assert_eq!(first_done.unwrap().agreements, 200);
    assert_eq!(second_done.unwrap().agreements, 100);
    assert_eq!((matched(&first, ""), matched(&second, "")), (200, 100));
    one.end().await;
    two.end().await;
}

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
    assert_eq!(story.secrets(), 2);
    let removed = story.connections.remove("acme", "Acme").unwrap();
    assert_eq!(removed.links, Some(0));
    assert_eq!(removed.secrets.len(), 2);
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
