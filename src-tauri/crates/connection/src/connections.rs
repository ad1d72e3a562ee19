//! All connections: kept, added, changed, opened, removed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use app::Access;
use app::error::FieldProblem;
use aws::{AwsMarketplace, MfaCodes};
use store::{DatabaseKey, Store};
use vault::{SecretKind, SecretName, Vault};

use crate::open::Own;
use crate::registry::Registry;
use crate::saved::{SavedConnection, SettingsError};
use crate::seller::Seller;
use crate::{Connection, Folders, OpenError, draft, lock, policies};

mod adding;
mod keeping;
mod mail;

use keeping::{remove_database, set_aside};

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

    const fn vault_of(&self, keep: Keep) -> &Vault {
        match keep {
            Keep::InKeyring => &self.vault,
            Keep::InMemory => &self.memory,
        }
    }
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
