//! Secrets: in the operating system's keyring, or in memory for this session. Nowhere else.
//!
//! A [`Vault`] never falls back from one to the other: when the keyring does not answer, the
//! [`VaultError`] says why and what to do, and whoever calls offers the session in words. There is
//! no file, no environment variable and no argument that could hold a secret.
//!
//! All calls block, those to the keyring for as long as the system asks the person something.

mod error;
mod secret;
mod system;
mod vault;

pub use error::VaultError;
pub use secret::{Secret, SecretKind, SecretName, TooLong};
pub use vault::{Place, Vault};
