//! Where secrets are kept: one interface to the two places.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::VaultError;
use crate::secret::{Secret, SecretName};
use crate::system;

/// Keeps secrets. Cheap to clone: clones keep them in the same place.
#[derive(Clone)]
pub struct Vault(Inner);

#[derive(Clone)]
enum Inner {
    System,
    Session(Arc<Mutex<HashMap<SecretName, Secret>>>),
}

/// Where a vault keeps secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the operating system's keyring, called as people know it.
    Keyring(&'static str),
    /// In memory, until this process ends.
    Memory,
}

impl Vault {
    /// The operating system's keyring. It is first asked when the vault is used, and every time
    /// anew: one that was not there may be there the next time.
    #[must_use]
    pub const fn system() -> Self {
        Self(Inner::System)
    }

    /// An empty vault in memory. Its secrets end with its last clone.
    #[must_use]
    pub fn session() -> Self {
        Self(Inner::Session(Arc::default()))
    }

    /// The secret, or `None` where there is none of this name, or none any more. Where the keyring
    /// is locked, the system asks the person to unlock it, here as in [`Self::put`] and
    /// [`Self::remove`].
    pub fn get(&self, name: &SecretName) -> Result<Option<Secret>, VaultError> {
        match &self.0 {
            Inner::System => system::get(name),
            Inner::Session(secrets) => Ok(open(secrets).get(name).cloned()),
        }
    }

    /// Keeps the secret under this name, in place of one that is there.
    pub fn put(&self, name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
        match &self.0 {
            Inner::System => system::put(name, secret),
            Inner::Session(secrets) => {
                open(secrets).insert(name.clone(), secret.clone());
                Ok(())
            }
        }
    }

    /// Removes the secret, and whatever else is found under its name. `false`: there was none.
    pub fn remove(&self, name: &SecretName) -> Result<bool, VaultError> {
        match &self.0 {
            Inner::System => system::remove(name),
            Inner::Session(secrets) => Ok(open(secrets).remove(name).is_some()),
        }
    }

    /// Whether secrets can be kept and read here now. Asks nobody to unlock anything, and leaves
    /// nothing behind. A keychain of macOS that is locked is only found out by using it.
    pub fn check(&self) -> Result<(), VaultError> {
        match &self.0 {
            Inner::System => system::check(),
            Inner::Session(_) => Ok(()),
        }
    }

    /// Locks the keyring, so that its next use needs the person. Only a Secret Service can do so,
    /// and it locks the whole default keyring: other programs are asked, too.
    /// [`VaultError::Unsupported`] elsewhere.
    pub fn lock(&self) -> Result<(), VaultError> {
        match &self.0 {
            Inner::System => system::lock(),
            Inner::Session(_) => Err(VaultError::Unsupported),
        }
    }

    /// Where the secrets are.
    #[must_use]
    pub const fn place(&self) -> Place {
        match &self.0 {
            Inner::System => Place::Keyring(system::NAME),
            Inner::Session(_) => Place::Memory,
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Vault").field(&self.place()).finish()
    }
}

/// A panic elsewhere leaves the map whole: every change to it is a single call.
fn open(
    secrets: &Mutex<HashMap<SecretName, Secret>>,
) -> MutexGuard<'_, HashMap<SecretName, Secret>> {
    secrets.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretKind;

    fn name(connection: &str) -> SecretName {
        SecretName::new(connection, SecretKind::AccessKeys)
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned()).unwrap()
    }

    fn read(vault: &Vault, connection: &str) -> Option<String> {
        let secret = vault.get(&name(connection)).unwrap()?;
        Some(secret.expose().to_owned())
    }

    #[test]
    fn a_session_keeps_secrets_for_all_its_clones() {
        let vault = Vault::session();
        let clone = vault.clone();
        vault.put(&name("shop"), &secret("one")).unwrap();
        clone.put(&name("shop"), &secret("two")).unwrap();
        vault.put(&name("mall"), &secret("other")).unwrap();
        assert_eq!(read(&vault, "shop").as_deref(), Some("two"));
        assert!(vault.remove(&name("shop")).unwrap());
        assert!(!clone.remove(&name("shop")).unwrap());
        assert_eq!(read(&clone, "shop"), None);
        assert_eq!(read(&clone, "mall").as_deref(), Some("other"));
        assert_eq!(read(&Vault::session(), "mall"), None);
    }

    #[test]
    fn a_session_says_what_it_is() {
        let vault = Vault::session();
        vault.put(&name("shop"), &secret("hunter2")).unwrap();
        assert_eq!(vault.place(), Place::Memory);
        assert_eq!(format!("{vault:?}"), "Vault(Memory)");
        assert!(vault.check().is_ok());
        assert!(matches!(vault.lock(), Err(VaultError::Unsupported)));
    }
}
