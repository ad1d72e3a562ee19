//! Linux and other Unixes: the Secret Service, over D-Bus.

use std::collections::HashMap;
use std::env;

use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi;
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use zbus::{DBusError, fdo};
use zbus_secret_service_keyring_store::Store;

use crate::error::{Cause, VaultError};
use crate::secret::SecretName;

/// What people know this keyring as.
pub(crate) const NAME: &str = "Secret Service (GNOME Keyring, KWallet)";

pub(super) fn entry(name: &SecretName) -> Result<Entry, VaultError> {
    // What the entry is called where people look through their keyring.
    let label = format!("Bindery: {name}");
    Store::new()
        .and_then(|store| {
            store.build(
                super::SERVICE,
                &name.to_string(),
                Some(&HashMap::from([("label", label.as_str())])),
            )
        })
        .map_err(translate)
}

pub(crate) fn check() -> Result<(), VaultError> {
    let service = connect()?;
    let keyring = service.get_default_collection().map_err(classify)?;
    keyring.ensure_unlocked().map_err(classify)
}

pub(crate) fn lock() -> Result<(), VaultError> {
    let service = connect()?;
    let keyring = service.get_default_collection().map_err(classify)?;
    // An answer that names nothing as locked now would be taken for a prompt, and waited for.
    if keyring.is_locked().map_err(classify)? {
        return Ok(());
    }
    keyring.lock().map_err(classify)
}

/// To ask about keyrings, not for secrets: nothing needs to be encrypted.
fn connect() -> Result<SecretService<'static>, VaultError> {
    SecretService::connect(EncryptionType::Plain).map_err(classify)
}

pub(super) fn translate(error: keyring_core::Error) -> VaultError {
    use keyring_core::Error::{NoStorageAccess, PlatformFailure};
    match error {
        PlatformFailure(cause) | NoStorageAccess(cause) => match cause.downcast() {
            Ok(error) => classify(*error),
            Err(cause) => VaultError::Other(cause),
        },
        error => VaultError::Other(error.to_string().into()),
    }
}

fn classify(error: secret_service::Error) -> VaultError {
    use secret_service::Error as E;
    let verdict = match &error {
        E::Locked => return VaultError::Locked,
        // A keyring that cannot show its prompt says that it was dismissed.
        E::Prompt if !somebody_can_be_asked() => return VaultError::Locked,
        E::Prompt => return VaultError::Refused,
        E::NoResult => return VaultError::NoKeyring,
        E::Unavailable => VaultError::NoBus,
        E::PromptDisconnected => VaultError::NoService,
        E::Zbus(error) | E::ZbusFdo(fdo::Error::ZBus(error)) => verdict(error),
        E::ZbusFdo(error) => verdict_by_name(error.name().as_str()),
        _ => VaultError::Other,
    };
    verdict(Box::new(error))
}

fn verdict(error: &zbus::Error) -> fn(Cause) -> VaultError {
    match error {
        zbus::Error::MethodError(name, ..) => verdict_by_name(name.as_str()),
        zbus::Error::FDO(error) => verdict_by_name(error.name().as_str()),
        zbus::Error::Address(_)
        | zbus::Error::Connection(..)
        | zbus::Error::Handshake(_)
        | zbus::Error::InputOutput(_) => VaultError::NoBus,
        _ => VaultError::Other,
    }
}

/// By what D-Bus calls its own errors and the Secret Service its.
fn verdict_by_name(name: &str) -> fn(Cause) -> VaultError {
    match name.strip_prefix("org.freedesktop.DBus.Error.") {
        Some("AccessDenied" | "AuthFailed" | "InteractiveAuthorizationRequired") => {
            |_| VaultError::Refused
        }
        Some("ServiceUnknown" | "NameHasNoOwner" | "NoReply" | "TimedOut" | "Timeout") => {
            VaultError::NoService
        }
        Some(name) if name.starts_with("Spawn.") => VaultError::NoService,
        Some("NoServer" | "Disconnected") => VaultError::NoBus,
        _ if name == "org.freedesktop.Secret.Error.IsLocked" => |_| VaultError::Locked,
        _ => VaultError::Other,
    }
}

fn somebody_can_be_asked() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .any(|display| env::var_os(display).is_some_and(|value| !value.is_empty()))
}
