//! macOS: the login keychain.

use apple_native_keyring_store::keychain::Store;
use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi;
use security_framework::base::Error as KeychainError;

use crate::error::VaultError;
use crate::secret::SecretName;

/// What people know this keyring as.
pub(crate) const NAME: &str = "Keychain";

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

/// The framework's bindings have no way to lock a keychain.
pub(crate) fn lock() -> Result<(), VaultError> {
    Err(VaultError::Unsupported)
}

pub(super) fn translate(error: keyring_core::Error) -> VaultError {
    use keyring_core::Error::{NoStorageAccess, PlatformFailure};
    match error {
        PlatformFailure(cause) | NoStorageAccess(cause) => {
            match cause.downcast::<KeychainError>() {
                Ok(error) => classify(*error),
                Err(cause) => VaultError::Other(cause),
            }
        }
        error => VaultError::Other(error.to_string().into()),
    }
}

/// By the codes of Apple's `SecBase.h`.
fn classify(error: KeychainError) -> VaultError {
    match error.code() {
        // errSecUserCanceled, errSecAuthFailed, wrPermErr
        -128 | -25293 | -61 => VaultError::Refused,
        // errSecInteractionNotAllowed, errSecInteractionRequired
        -25308 | -25315 => VaultError::Locked,
        // errSecNoDefaultKeychain, errSecNoSuchKeychain
        -25307 | -25294 => VaultError::NoKeyring,
        // errSecNotAvailable
        -25291 => VaultError::NoService(Box::new(error)),
        _ => VaultError::Other(Box::new(error)),
    }
}
