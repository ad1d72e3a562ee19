//! An access key pair, as the keyring holds it.

use serde::{Deserialize, Serialize};
use vault::{Secret, TooLong};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// An access key pair, with the session token of temporary ones. Its one text form is for the
/// keyring; nothing else serializes or shows it.
pub(crate) struct AccessKeys(Secret, Parts);

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parts {
    access_key_id: String,
    secret_access_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_token: Option<String>,
}

impl AccessKeys {
    pub(crate) fn new(id: &str, secret: &str, token: Option<&str>) -> Result<Self, TooLong> {
        let parts = Parts {
            access_key_id: id.to_owned(),
            secret_access_key: secret.to_owned(),
            session_token: token.map(str::to_owned),
        };
        // Three texts always serialize.
        let text = serde_json::to_string(&parts).unwrap_or_default();
        Ok(Self(Secret::new(text)?, parts))
    }

    /// The keys that the keyring holds; `None` when it holds something else.
    pub(crate) fn from_vault(secret: Secret) -> Option<Self> {
        let parts = serde_json::from_str(secret.expose()).ok()?;
        Some(Self(secret, parts))
    }

    /// The form for the keyring.
    pub(crate) const fn for_vault(&self) -> &Secret {
        &self.0
    }

    pub(crate) fn id(&self) -> &str {
        &self.1.access_key_id
    }

    pub(crate) fn secret(&self) -> &str {
        &self.1.secret_access_key
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.1.session_token.as_deref()
    }
}
