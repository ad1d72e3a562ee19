//! Windows: Credential Manager.

use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi;
use windows_native_keyring_store::Store;

use crate::error::VaultError;
use crate::secret::SecretName;

/// What people know this keyring as.
pub(crate) const NAME: &str = "Credential Manager";

pub(super) fn entry(name: &SecretName) -> Result<Entry, VaultError> {
    Store::new()
        .and_then(|store| store.build(super::SERVICE, &name.to_string(), None))
        .map_err(translate)
}

pub(crate) fn check() -> Result<(), VaultError> {
    // Looks for what nobody writes.
    let entry = Store::new().and_then(|store| store.build(super::SERVICE, "check", None));
    match entry.and_then(|entry| entry.get_secret()) {
        Ok(_) | Err(keyring_core::Error::NoEntry) => Ok(()),
        Err(error) => Err(translate(error)),
    }
}

/// Credential Manager is open for as long as its owner is logged in.
pub(crate) fn lock() -> Result<(), VaultError> {
    Err(VaultError::Unsupported)
}

pub(super) fn translate(error: keyring_core::Error) -> VaultError {
    match error {
        // The store's only reason for this is a logon session without credentials.
        keyring_core::Error::NoStorageAccess(cause) => VaultError::NoService(cause),
        keyring_core::Error::PlatformFailure(cause) => VaultError::Other(cause),
        error => VaultError::Other(error.to_string().into()),
    }
}
