//! All connections: kept, added, changed, opened, removed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use app::Access;
use app::error::FieldProblem;
use app::marketplace::{CallerIdentity, ErrorKind, Marketplace, MarketplaceError};
use aws::{AwsMarketplace, MfaCodes};
use store::{AuditKey, DatabaseKey, Store};
use vault::{Secret, SecretKind, SecretName, Vault, VaultError};

use crate::attempt::Attempt;
use crate::draft::{self, CheckedCredentials, CredentialsDraft, Draft};
use crate::keys::AccessKeys;
use crate::open::Own;
use crate::registry::Registry;
use crate::saved::{self, CONNECTIONS_MAX, ConnectionId, SavedConnection, SettingsError};
use crate::seller::{self, Seller};
use crate::{Connection, Folders, OpenError, lock, policies};

mod mail;

/// Where a connection's secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// In the operating system's keyring; the connection stays.
    InKeyring,
    /// In memory; the connection and its data end with this program.
    InMemory,
}

/// All connections of one pair of folders. Calls that use the keyring block while it asks the person.
pub struct Connections {
    folders: Folders,
    vault: Vault,
    registry: Registry,
    memory: Vault,
    /// The way to AWS by which a connection was just identified, by its id: a role's session and the
    /// code it took are not to be asked for again at once.
    identified: Mutex<BTreeMap<String, (AwsMarketplace, MfaCodes)>>,
}

/// What was removed with a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Links that were recorded in its database; `None` when it could not be read any more.
    pub links: Option<usize>,
    /// Files that were removed.
    pub files: Vec<PathBuf>,
    /// Entries of the keyring that were removed.
    pub secrets: Vec<String>,
}

impl Connections {
    /// The connections of these folders, with their secrets in the operating system's keyring.
    #[must_use]
    pub fn new(folders: Folders) -> Self {
        Self::with_vault(folders, Vault::system())
    }

    /// The same with another vault in the keyring's place.
    #[must_use]
    pub fn with_vault(folders: Folders, vault: Vault) -> Self {
        Self {
            registry: Registry::new(folders.config()),
            folders,
            vault,
            memory: Vault::session(),
            identified: Mutex::default(),
        }
    }

    /// Where things are kept.
    #[must_use]
    pub const fn folders(&self) -> &Folders {
        &self.folders
    }

    /// The keyring.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Every connection but the sandbox, with where its secrets are.
    pub fn list(&self) -> Result<Vec<(SavedConnection, Keep)>, SettingsError> {
        self.registry.list()
    }

    /// The connection of this id.
    pub fn find(&self, id: &str) -> Result<(SavedConnection, Keep), OpenError> {
        self.registry.find(id)
    }

    /// Forgets the ways to AWS of connections that were added or mended and not opened since.
    pub fn forget_identified(&self) {
        lock(&self.identified).clear();
    }

    /// Opens a connection's database. Starts nothing.
    pub fn open(&self, id: &str) -> Result<Connection, OpenError> {
        if id == Connection::SANDBOX {
            return Ok(Connection::open_sandbox(&self.folders)?);
        }
        let (saved, keep) = self.find(id)?;
        let store = self.open_store(&saved, keep)?;
        let own = Own {
            policies: Arc::new(policies::in_force(&self.folders)),
            audit_key: self.audit_key(&saved, keep, &store)?,
        };
        let mailer = self.mailer(&saved, keep);
        // Last: what failed before may be mended, and the next attempt still wants it.
        let identified = lock(&self.identified).remove(id);
        let seller = Seller::new(saved, self.vault_of(keep).clone(), mailer, identified);
        Connection::open_seller(seller, store, own)
    }

    /// Adds a connection, once AWS has said that its credentials belong to the account entered. When
    /// anything goes wrong nothing of it is kept; nor when the future is dropped, since the last thing it
    /// waits for is what AWS says.
    pub async fn add(&self, draft: &Draft, keep: Keep) -> Result<SavedConnection, OpenError> {
        let checked = draft.check().map_err(OpenError::Draft)?;
        self.vault_of(keep).check()?;
        if let Err(error) = self.clear_attempts() {
            tracing::warn!(error = &error as &dyn std::error::Error, "an attempt stays");
        }
        let taken = self.list()?;
        if taken.len() >= CONNECTIONS_MAX {
            return Err(problem(
                "name",
                format!("there are {CONNECTIONS_MAX} connections already"),
            ));
        }
        if taken.iter().any(|(known, _)| known.name == checked.name) {
            return Err(name_taken());
        }
        let ids: Vec<_> = taken.iter().map(|(known, _)| known.id.as_str()).collect();
        let id = ConnectionId::for_name(&checked.name, &ids);
        let saved = SavedConnection {
            vault: format!("{id}-{}", random_suffix()?),
            id,
            name: checked.name,
            account: checked.account,
            source: checked.credentials.source.clone(),
            region: checked.region,
            endpoint: checked.endpoint,
            sts_endpoint: checked.sts_endpoint,
            access: checked.access,
            mail: None,
        };
        let identified = identify(&saved, &checked.credentials).await?;
        tokio::task::block_in_place(|| self.keep(&saved, &checked.credentials, keep))?;
        lock(&self.identified).insert(saved.id.to_string(), identified);
        Ok(saved)
    }

    /// Renames a connection, or changes what it may be used for.
    pub fn change(&self, id: &str, name: &str, access: Access) -> Result<(), OpenError> {
        let name = draft::name(name).map_err(|message| problem("name", message))?;
        // Those in memory and those of the file are changed apart, and share their names all the same.
        let taken = |known: &SavedConnection| known.id.as_str() != id && known.name == name;
        if self.list()?.iter().any(|(known, _)| taken(known)) {
            return Err(name_taken());
        }
        self.registry.change(id, |all, at| {
            let twice =
                |(other, known): (usize, &SavedConnection)| other != at && known.name == name;
            if all.iter().enumerate().any(twice) {
                return Err(name_taken());
            }
            all[at].name = name;
            all[at].access = access;
            Ok(())
        })
    }

    /// Puts other credentials in the place of a connection's, once AWS has said that they belong to
    /// its account.
    pub async fn replace_credentials(
        &self,
        id: &str,
        credentials: &CredentialsDraft,
    ) -> Result<(), OpenError> {
        let (mut saved, keep) = self.find(id)?;
        let checked = credentials
            .check(Some(&saved.account))
            .map_err(OpenError::Draft)?;
        saved.source = checked.source.clone();
        let identified = identify(&saved, &checked).await?;
        tokio::task::block_in_place(|| {
            self.keep_keys(&saved, checked.keys.as_ref(), keep)?;
            self.registry.change(id, |all, at| {
                all[at].source = saved.source;
                Ok(())
            })
        })?;
        lock(&self.identified).insert(id.to_owned(), identified);
        Ok(())
    }

    /// Encrypts a connection's database anew. Nobody may have it open.
    pub fn rekey(&self, id: &str) -> Result<(), OpenError> {
        let (saved, keep) = self.find(id)?;
        // First to its end, should an earlier attempt have been cut off: then one key remains.
        drop(self.open_store(&saved, keep)?);
        let path = self.database(&saved, keep);
        let old = match self.database_keys(&saved, keep)?.as_slice() {
            [key] => key.clone(),
            _ => return Err(OpenError::KeyLost),
        };
        let new = DatabaseKey::random()?;
        // Both, until one of them is known to be of no use: killed in between, neither is lost.
        self.keep_database_keys(&saved, keep, &[&new, &old])?;
        match Store::rekey(&path, &old, &new) {
            Ok(()) => self.keep_database_keys(&saved, keep, &[&new]),
            Err(error) => {
                self.keep_database_keys(&saved, keep, &[&old])?;
                Err(error.into())
            }
        }
    }

    /// Begins anew what cannot be gone on with because its key is lost. Is it the audit's alone, then the
    /// audit goes on with a new key, and what was written before cannot be verified any more. Else the
    /// database begins anew; the old file is kept beside it, and where is returned.
    pub fn start_over(&self, id: &str) -> Result<Option<PathBuf>, OpenError> {
        let (saved, keep) = self.find(id)?;
        if self.database(&saved, keep).exists()
            && let Ok(store) = self.open_store(&saved, keep)
            && self.audit_key(&saved, keep, &store)?.is_none()
        {
            self.keep_new_audit_key(&saved, keep)?;
            return Ok(None);
        }
        let aside = set_aside(&self.database(&saved, keep))?;
        self.keep_database_keys(&saved, keep, &[&DatabaseKey::random()?])?;
        Ok(aside)
    }

    /// Removes a connection with its secrets and its data, when `typed` is its name. Nobody may have
    /// it open.
    pub fn remove(&self, id: &str, typed: &str) -> Result<Removed, OpenError> {
        let (saved, keep) = self.find(id)?;
        if typed.trim() != saved.name {
            let message = format!("type the connection's name, “{}”, to remove it", saved.name);
            return Err(problem("confirm", message));
        }
        let links = self.open_store(&saved, keep);
        let links = links
            .ok()
            .and_then(|store| store.read(|read| read.link_count()).ok());
        let mut removed = Removed {
            links,
            ..Removed::default()
        };
        // Secrets first: what is left after a failure can still be seen, and removed again.
        for kind in SecretKind::ALL {
            let name = SecretName::new(&saved.vault, *kind);
            if self.vault_of(keep).remove(&name)? {
                removed.secrets.push(name.to_string());
            }
        }
        removed.files = remove_database(&self.database(&saved, keep))?;
        self.registry.remove(&saved, keep)?;
        Ok(removed)
    }

    /// Removes the databases of connections that ended with an earlier run: their keys are gone.
    pub fn clear_leftovers(&self) {
        let Ok(files) = fs::read_dir(self.folders.passing()) else {
            return;
        };
        for file in files.flatten() {
            if let Err(error) = fs::remove_file(file.path()) {
                tracing::warn!(%error, file = %file.path().display(), "a leftover stays");
            }
        }
    }

    fn keep(
        &self,
        saved: &SavedConnection,
        credentials: &CheckedCredentials,
        keep: Keep,
    ) -> Result<(), OpenError> {
        // AWS may have taken its time, and another process may have been faster.
        if self.list()?.iter().any(|(known, _)| known.id == saved.id) {
            return Err(name_taken());
        }
        // Then a file of this name belongs to nobody: its connection was taken out of the settings. Its
        // key is unknown here, so it must not be in the way.
        set_aside(&self.database(saved, keep))?;
        let attempt = match keep {
            Keep::InKeyring => {
                let folder = self.folders.adding();
                let begun = Attempt::begin(&folder, saved.id.as_str(), &saved.vault);
                Some(begun.map_err(|source| OpenError::File(folder, source))?)
            }
            Keep::InMemory => None,
        };
        let done = self.keep_all(saved, credentials, keep);
        if done.is_err() {
            let database = self.database(saved, keep);
            let undone = self.undo(
                saved.id.as_str(),
                &saved.vault,
                self.vault_of(keep),
                &database,
            );
            if let Err(error) = undone {
                tracing::warn!(error = &error as &dyn std::error::Error, "a secret stays");
                return done;
            }
        }
        attempt.into_iter().for_each(Attempt::end);
        done
    }

    /// Takes away what attempts to add a connection left that were killed: secrets that no connection
    /// knows of, and a database that nobody can open.
    pub fn clear_attempts(&self) -> Result<(), OpenError> {
        for attempt in Attempt::left(&self.folders.adding()) {
            let database = self.folders.database(&attempt.id);
            self.undo(&attempt.id, &attempt.vault, &self.vault, &database)?;
            attempt.end();
        }
        Ok(())
    }

    /// Takes away what an attempt kept, unless it had come to its end.
    fn undo(&self, id: &str, name: &str, vault: &Vault, database: &Path) -> Result<(), OpenError> {
        let all = self.list()?;
        if all.iter().any(|(known, _)| known.vault == name) {
            return Ok(());
        }
        for kind in SecretKind::ALL {
            vault.remove(&SecretName::new(name, *kind))?;
        }
        // Another process may have added one of the same name in the meantime.
        if id.is_empty() || all.iter().any(|(known, _)| known.id.as_str() == id) {
            return Ok(());
        }
        remove_database(database).map(drop)
    }

    fn keep_all(
        &self,
        saved: &SavedConnection,
        credentials: &CheckedCredentials,
        keep: Keep,
    ) -> Result<(), OpenError> {
        self.keep_keys(saved, credentials.keys.as_ref(), keep)?;
        drop(self.open_store(saved, keep)?);
        // Before anybody can open it: two who did at once would each make a key.
        self.keep_new_audit_key(saved, keep)?;
        self.registry.add(saved, keep, name_taken)
    }

    fn keep_keys(
        &self,
        saved: &SavedConnection,
        keys: Option<&AccessKeys>,
        keep: Keep,
    ) -> Result<(), OpenError> {
        let name = SecretName::new(&saved.vault, SecretKind::AccessKeys);
        match keys {
            Some(keys) => self.vault_of(keep).put(&name, keys.for_vault())?,
            // Keys that no profile needs any more are no longer kept.
            None => drop(self.vault_of(keep).remove(&name)?),
        }
        Ok(())
    }

    /// Opens the database with the first of its keys that does. There are two only after a re-keying
    /// was cut off.
    fn open_store(&self, saved: &SavedConnection, keep: Keep) -> Result<Store, OpenError> {
        let path = self.database(saved, keep);
        let mut keys = self.database_keys(saved, keep)?;
        if keys.is_empty() {
            if path.exists() {
                return Err(OpenError::KeyLost);
            }
            let key = DatabaseKey::random()?;
            // Before there is a file that needs it.
            self.keep_database_keys(saved, keep, &[&key])?;
            keys.push(key);
        }
        let mut refused = OpenError::KeyLost;
        for key in &keys {
            match Store::open_encrypted(&path, key) {
                Ok(store) => {
                    if keys.len() > 1 {
                        self.keep_database_keys(saved, keep, &[key])?;
                    }
                    return Ok(store);
                }
                Err(error @ store::Error::WrongKey(_)) => refused = error.into(),
                Err(error) => return Err(error.into()),
            }
        }
        Err(refused)
    }

    fn database_keys(
        &self,
        saved: &SavedConnection,
        keep: Keep,
    ) -> Result<Vec<DatabaseKey>, OpenError> {
        let name = SecretName::new(&saved.vault, SecretKind::DatabaseKey);
        let Some(secret) = self.vault_of(keep).get(&name)? else {
            return Ok(Vec::new());
        };
        let keys = secret.expose().split_ascii_whitespace();
        let keys: Option<Vec<_>> = keys.map(DatabaseKey::from_hex).collect();
        keys.ok_or_else(|| VaultError::Damaged(name.to_string()).into())
    }

    /// The key that a connection's audit is chained with. `None` when it is lost: another one is not
    /// made in silence, since the entries that there are could not be verified with it.
    fn audit_key(
        &self,
        saved: &SavedConnection,
        keep: Keep,
        store: &Store,
    ) -> Result<Option<AuditKey>, OpenError> {
        let kept = seller::audit_key(&saved.vault, self.vault_of(keep))?;
        if kept.is_some() {
            return Ok(kept);
        }
        if store.read(|read| read.audit_count())? == 0 {
            return self.keep_new_audit_key(saved, keep).map(Some);
        }
        tracing::warn!(connection = %saved.id, "the key of the audit is lost");
        Ok(None)
    }

    fn keep_new_audit_key(
        &self,
        saved: &SavedConnection,
        keep: Keep,
    ) -> Result<AuditKey, OpenError> {
        let key = AuditKey::random()?;
        let secret = Secret::new(key.to_hex().to_string()).map_err(VaultError::from)?;
        let name = SecretName::new(&saved.vault, SecretKind::AuditKey);
        self.vault_of(keep).put(&name, &secret)?;
        Ok(key)
    }

    fn keep_database_keys(
        &self,
        saved: &SavedConnection,
        keep: Keep,
        keys: &[&DatabaseKey],
    ) -> Result<(), OpenError> {
        let mut text = String::with_capacity(keys.len() * (DatabaseKey::BYTES * 2 + 1));
        for key in keys {
            text.push_str(&key.to_hex());
            text.push(' ');
        }
        let secret = Secret::new(text).map_err(VaultError::from)?;
        let name = SecretName::new(&saved.vault, SecretKind::DatabaseKey);
        Ok(self.vault_of(keep).put(&name, &secret)?)
    }

    fn database(&self, saved: &SavedConnection, keep: Keep) -> PathBuf {
        match keep {
            Keep::InKeyring => self.folders.database(saved.id.as_str()),
            Keep::InMemory => self.folders.passing_database(&saved.vault),
        }
    }

    const fn vault_of(&self, keep: Keep) -> &Vault {
        match keep {
            Keep::InKeyring => &self.vault,
            Keep::InMemory => &self.memory,
        }
    }
}

/// Makes sure that the credentials are those of the connection's account, before they are kept.
async fn identify(
    saved: &SavedConnection,
    credentials: &CheckedCredentials,
) -> Result<(AwsMarketplace, MfaCodes), OpenError> {
    let codes = MfaCodes::default();
    if let Some(code) = &credentials.code {
        // Checked before to be six digits.
        let _ = codes.provide(code);
    }
    let keys = credentials.keys.as_ref();
    let marketplace = seller::connect(saved, keys, &codes)?;
    let CallerIdentity { account, .. } = marketplace
        .caller_identity()
        .await
        .map_err(|error| at_its_field(saved, error))?;
    if account != saved.account.as_str() {
        let message = format!("these credentials belong to the account {account}");
        return Err(problem("account", message));
    }
    Ok((marketplace, codes))
}

/// What AWS said about the credentials, at the field that it is about.
fn at_its_field(saved: &SavedConnection, error: MarketplaceError) -> OpenError {
    let field = match error.kind {
        // It is not the keys that AWS refuses, but the role to them.
        ErrorKind::Credentials | ErrorKind::Denied if error.operation == "AssumeRole" => "roleArn",
        ErrorKind::Credentials => match saved.source.base() {
            saved::Base::Profile(_) => "profile",
            saved::Base::Keys => "accessKeyId",
        },
        ErrorKind::CodeNeeded => "mfaCode",
        ErrorKind::Garbage | ErrorKind::NoAnswer if saved.endpoint.is_some() => "endpoint",
        _ => return app::Error::from(error).into(),
    };
    OpenError::AtField(field, error)
}

fn name_taken() -> OpenError {
    problem("name", "there is a connection of this name already")
}

pub(crate) fn problem(field: &'static str, message: impl Into<String>) -> OpenError {
    OpenError::Draft(vec![FieldProblem {
        field: field.into(),
        message: message.into(),
    }])
}

/// Eight random hexadecimal digits.
fn random_suffix() -> Result<String, OpenError> {
    let key = DatabaseKey::random()?;
    Ok(key.to_hex()[..8].to_owned())
}

/// Moves a database whose key is lost out of the way; returns where it is then.
fn set_aside(path: &Path) -> Result<Option<PathBuf>, OpenError> {
    let mut aside = None;
    if path.exists() {
        let to = (1..=u16::MAX)
            .map(|number| path.with_extension(format!("lost-{number}.sqlite3")))
            .find(|to| !to.exists());
        if let Some(to) = to {
            fs::rename(path, &to).map_err(|source| OpenError::File(path.to_owned(), source))?;
            aside = Some(to);
        }
    }
    for beside in [beside(path, "-wal"), beside(path, "-shm")] {
        // What the log holds can be read with the lost key only.
        let _ = fs::remove_file(beside);
    }
    Ok(aside)
}

/// Removes a database with what SQLite has beside it; tells what there was.
fn remove_database(path: &Path) -> Result<Vec<PathBuf>, OpenError> {
    let mut removed = Vec::new();
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        match fs::remove_file(&file) {
            Ok(()) => removed.push(file),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(OpenError::File(file, error)),
        }
    }
    Ok(removed)
}

/// A file beside another, as SQLite names them.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
