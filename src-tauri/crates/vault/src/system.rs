//! The operating system's keyring.
//!
//! Through the stores of the crate `keyring` rather than through that crate: it sets up its store
//! once per process and keeps the outcome, so a keyring that starts later is never found, and one
//! that was restarted (with a new login, say) refuses the session it does not know. Here every call
//! connects anew, which costs milliseconds and happens a few times a day.

use keyring_core::Error;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::secret::{Secret, SecretName, TooLong};

#[cfg_attr(target_os = "macos", path = "system/keychain.rs")]
#[cfg_attr(windows, path = "system/credential_manager.rs")]
#[cfg_attr(all(unix, not(target_os = "macos")), path = "system/secret_service.rs")]
mod platform;

pub(crate) use platform::{NAME, check, lock};

/// What all our entries have in common, and how a person finds them.
const SERVICE: &str = "io.github.bindery.Bindery";

pub(crate) fn get(name: &SecretName) -> Result<Option<Secret>, VaultError> {
    let bytes = match platform::entry(name)?.get_secret() {
        Ok(bytes) => bytes,
        Err(Error::NoEntry) => return Ok(None),
        Err(error) => return Err(translate(name, error)),
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        VaultError::Damaged(name.to_string())
    })?;
    match Secret::new(text) {
        Ok(secret) => Ok(Some(secret)),
        Err(TooLong { .. }) => Err(VaultError::Damaged(name.to_string())),
    }
}

pub(crate) fn put(name: &SecretName, secret: &Secret) -> Result<(), VaultError> {
    platform::entry(name)?
        .set_secret(secret.expose().as_bytes())
        .map_err(|error| translate(name, error))
}

pub(crate) fn remove(name: &SecretName) -> Result<bool, VaultError> {
    match platform::entry(name)?.delete_credential() {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        // Only here can the person be rid of them: what has two values has none.
        Err(Error::Ambiguous(entries)) => {
            for entry in entries {
                entry
                    .delete_credential()
                    .map_err(|error| translate(name, error))?;
            }
            Ok(true)
        }
        Err(error) => Err(translate(name, error)),
    }
}

fn translate(name: &SecretName, error: Error) -> VaultError {
    match error {
        Error::TooLong(what, max) if what == "secret" => {
            VaultError::TooLong(TooLong { max: max as usize })
        }
        // Those about its bytes hold the bytes, which must go no further.
        Error::BadEncoding(bytes) | Error::BadDataFormat(bytes, _) => {
            drop(Zeroizing::new(bytes));
            VaultError::Damaged(name.to_string())
        }
        Error::Ambiguous(_) => VaultError::Damaged(name.to_string()),
        error => platform::translate(error),
    }
}
