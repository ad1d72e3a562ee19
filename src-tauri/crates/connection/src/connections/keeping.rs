//! What is kept of a connection: its database, and its secrets in the vault.

use std::fs;
use std::path::{Path, PathBuf};

use store::{AuditKey, DatabaseKey, Store};
use vault::{Secret, SecretKind, SecretName, VaultError};

use super::{Connections, Keep};
use crate::keys::AccessKeys;
use crate::saved::SavedConnection;
use crate::{OpenError, seller};

impl Connections {
    pub(super) fn keep_keys(
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
    pub(super) fn open_store(
        &self,
        saved: &SavedConnection,
        keep: Keep,
    ) -> Result<Store, OpenError> {
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

    pub(super) fn database_keys(
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
    pub(super) fn audit_key(
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

    pub(super) fn keep_new_audit_key(
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

    pub(super) fn keep_database_keys(
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

    pub(super) fn database(&self, saved: &SavedConnection, keep: Keep) -> PathBuf {
        match keep {
            Keep::InKeyring => self.folders.database(saved.id.as_str()),
            Keep::InMemory => self.folders.passing_database(&saved.vault),
        }
    }
}

/// Moves a database whose key is lost out of the way; returns where it is then.
pub(super) fn set_aside(path: &Path) -> Result<Option<PathBuf>, OpenError> {
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
pub(super) fn remove_database(path: &Path) -> Result<Vec<PathBuf>, OpenError> {
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
