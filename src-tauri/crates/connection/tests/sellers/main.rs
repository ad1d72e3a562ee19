//! Connections to seller accounts: the SDK over the wire to the sandbox in AWS's place, real files,
//! and a vault in memory in the keyring's place. The keyring itself is used by the tests of `vault`
//! and of `binderyctl`.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

mod adding;
mod checking;
mod losing;
mod waiting;

use std::fs;
use std::path::{Path, PathBuf};

use app::{FailureKind, query};
use connection::{Connection, Connections, CredentialsDraft, Draft, Folders, Keep, OpenError};
use sandbox::{Control, Fault, Options, Running};
use vault::{Secret, SecretKind, SecretName, Vault};
use zeroize::Zeroizing;

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
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
