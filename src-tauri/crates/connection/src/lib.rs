//! Opens a connection: its database, its way to AWS, and for the sandbox the server behind it.
//!
//! The one place that knows `store`, `aws`, `mail`, `sandbox` and `vault` at once; the window and the command
//! line both start here. The database opens at once and can be asked without anything else; AWS (or the
//! sandbox) is reached only when somebody wants it.

use std::sync::{Mutex, MutexGuard, PoisonError};

mod attempt;
mod connections;
mod draft;
mod ending;
mod error;
mod folders;
mod importing;
mod keys;
mod linking;
mod mailer;
mod open;
mod policies;
mod registry;
mod saved;
mod seller;
mod world;

pub use aws::{ProfileInfo, ProfileKind, ProfilesError, QUIET_LOGS, REGION, profiles};
pub use connections::{Connections, Keep, Removed};
pub use draft::{CredentialsDraft, Draft, FIELD_BYTES_MAX, MailDraft};
pub use error::OpenError;
pub use folders::Folders;
pub use open::{Connection, parse_time};
pub use policies::{PolicyFile, UnreadablePolicy, own_policies, read_policy};
pub use saved::{
    Base, CONNECTIONS_MAX, ConnectionId, MailSettings, SavedConnection, SettingsError, Source,
};
pub use world::ControlGuard;

/// Takes a lock. A panic elsewhere leaves what is behind this crate's locks whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
