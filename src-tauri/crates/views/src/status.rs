//! How the connection is.

use app::{Access, sync};
use connection::{Keep, SavedConnection};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{ActionView, DeniedView, Failure, Millis, millis, number};

/// Which connection.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionInfo {
    /// Its id on the command line.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is the built-in sandbox.
    pub sandbox: bool,
    /// AWS region.
    pub region: String,
    /// Seller account; absent for the sandbox.
    pub account: Option<String>,
    /// Whether it is for looking only.
    pub read_only: bool,
    /// Whether its secrets are kept in memory, and it ends with the window.
    pub memory_only: bool,
}

impl ConnectionInfo {
    /// A connection to a seller account.
    #[must_use]
    pub fn of(saved: &SavedConnection, keep: Keep) -> Self {
        let region = saved.region.as_deref().unwrap_or(connection::REGION);
        Self {
            id: saved.id.to_string(),
            name: saved.name.clone(),
            sandbox: false,
            region: region.to_owned(),
            account: Some(saved.account.to_string()),
            read_only: saved.access == Access::ReadOnly,
            memory_only: keep == Keep::InMemory,
        }
    }

    /// The built-in sandbox.
    #[must_use]
    pub fn sandbox() -> Self {
        Self {
            id: "sandbox".to_owned(),
            name: "Sandbox".to_owned(),
            sandbox: true,
            region: "us-east-1".to_owned(),
            account: None,
            read_only: false,
            memory_only: false,
        }
    }
}

/// Whether the data is all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Listing {
    /// Never listed to the end.
    Never,
    /// All there was at `syncedAt`.
    Complete,
    /// The newest listing broke off.
    Incomplete,
}

/// How the connection is.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Which connection.
    pub connection: ConnectionInfo,
    /// Agreements here.
    pub agreements: u32,
    /// Entitlements here.
    pub entitlements: u32,
    /// Active agreements without a live link.
    pub needs_setup: u32,
    /// Organizations of the vendor's directory here.
    pub organizations: u32,
    /// Whether that is all.
    pub listing: Listing,
    /// Why the newest listing broke off.
    pub listing_failure: Option<Failure>,
    /// When the newest complete listing ended.
    pub synced_at: Option<Millis>,
    /// Agreements whose details are missing or older than themselves.
    pub details_missing: u32,
    /// Those of them whose last attempt failed.
    pub details_failed: u32,
    /// The running sync.
    pub sync: Option<SyncProgress>,
    /// Since when AWS has not answered.
    pub offline_since: Option<Millis>,
    /// The connection's clock minus this machine's, in milliseconds.
    pub clock_offset: Millis,
    /// Why the database could not be opened.
    pub failure: Option<Failure>,
    /// Why syncing waits for the person: credentials that are wrong or have expired, a code that is
    /// needed. It goes on by itself once that is mended.
    pub attention: Option<Failure>,
    /// What AWS denies and is missed.
    pub denied: Vec<DeniedView>,
    /// Everything that can be done with the connection, and why not; nothing while there is no data.
    pub actions: Vec<ActionView>,
    /// Whether the connection is being opened; the system may be asking for the keyring's password.
    pub opening: bool,
    /// Whether the window is locked; then nothing else is told.
    pub locked: bool,
}

impl Status {
    /// A connection that has no data, for `failure` or because nothing was asked yet.
    #[must_use]
    pub fn without_data(connection: ConnectionInfo, failure: Option<Failure>) -> Self {
        Self {
            connection,
            agreements: 0,
            entitlements: 0,
            needs_setup: 0,
            organizations: 0,
            listing: Listing::Never,
            listing_failure: None,
            synced_at: None,
            details_missing: 0,
            details_failed: 0,
            sync: None,
            offline_since: None,
            clock_offset: Millis(0),
            failure,
            attention: None,
            denied: Vec::new(),
            actions: Vec::new(),
            opening: false,
            locked: false,
        }
    }

    /// The connection with this data.
    #[must_use]
    pub fn of(connection: ConnectionInfo, status: &app::query::Status) -> Self {
        let (listing, listing_failure) = match &status.listing {
            app::query::Listing::Never => (Listing::Never, None),
            app::query::Listing::Complete => (Listing::Complete, None),
            app::query::Listing::Incomplete(failure) => {
                (Listing::Incomplete, Some(failure.clone().into()))
            }
        };
        Self {
            agreements: number(status.agreements),
            entitlements: number(status.entitlements),
            needs_setup: number(status.needs_setup),
            organizations: number(status.organizations),
            listing,
            listing_failure,
            synced_at: status.synced_at.map(millis),
            details_missing: number(status.details_missing),
            details_failed: number(status.details_failed),
            denied: status.denied.iter().map(DeniedView::from).collect(),
            ..Self::without_data(connection, None)
        }
    }
}

/// What a sync is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the meanings stand at app::sync::Phase")]
pub enum SyncPhase {
    Products,
    Agreements,
    Directory,
    Cancellations,
    Entitlements,
    Details,
}

/// How far a sync is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SyncProgress {
    /// What it is doing.
    pub phase: SyncPhase,
    /// Whether everything is listed.
    pub full: bool,
    /// How many of the phase's things are done.
    pub done: u32,
    /// How many there are, where that is known.
    pub total: Option<u32>,
    /// How many failed.
    pub failed: u32,
    /// When the sync started.
    pub started_at: Millis,
}

impl From<&sync::Progress> for SyncProgress {
    fn from(progress: &sync::Progress) -> Self {
        let phase = match progress.phase {
            sync::Phase::Products => SyncPhase::Products,
            sync::Phase::Agreements => SyncPhase::Agreements,
            sync::Phase::Directory => SyncPhase::Directory,
            sync::Phase::Cancellations => SyncPhase::Cancellations,
            sync::Phase::Entitlements => SyncPhase::Entitlements,
            sync::Phase::Details => SyncPhase::Details,
        };
        Self {
            phase,
            full: progress.full,
            done: number(progress.done),
            total: progress.total.map(number),
            failed: number(progress.failed),
            started_at: millis(progress.started_at),
        }
    }
}

/// A part of the data that views show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    /// Agreements as AWS lists them.
    Agreements,
    /// Values, contacts, terms and provisioning.
    Details,
    /// Entitlements.
    Entitlements,
    /// Products.
    Listings,
    /// Cancellation requests.
    Cancellations,
    /// Organizations and what belongs to them.
    Directory,
    /// Links to the vendor's directory.
    Links,
    /// Plans, and the codes sent for them.
    Plans,
    /// What ending does later.
    Endings,
    /// What was done.
    Audit,
    /// What the credentials may do.
    Permissions,
    /// How the connection is.
    Status,
    /// The sandbox's state.
    Sandbox,
    /// The person's preferences.
    Preferences,
}

impl From<store::Topic> for Topic {
    fn from(topic: store::Topic) -> Self {
        match topic {
            store::Topic::Agreements => Self::Agreements,
            store::Topic::Details => Self::Details,
            store::Topic::Entitlements => Self::Entitlements,
            store::Topic::Listings => Self::Listings,
            store::Topic::Cancellations => Self::Cancellations,
            store::Topic::Directory => Self::Directory,
            store::Topic::Links => Self::Links,
            store::Topic::Plans => Self::Plans,
            store::Topic::Endings => Self::Endings,
            store::Topic::Audit => Self::Audit,
            store::Topic::Permissions => Self::Permissions,
            store::Topic::Sync => Self::Status,
        }
    }
}
