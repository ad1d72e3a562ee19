//! Connections to seller accounts: adding, checking, changing, removing, locking.

use std::sync::Arc;

use app::Access;
use connection::{Connection, CredentialsDraft, Draft, Keep, OpenError};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tokio_util::sync::CancellationToken;
use vault::Place;
use views::{CheckView, ConnectionCard, Failure, ProfileView, RemovedView};
use zeroize::Zeroizing;

use super::{Opened, SessionChanged, failed, joined, waiting};
use crate::announce;
use crate::session::Session;

/// Every connection, and the keyring their secrets are in.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionList {
    /// The connections, the sandbox first.
    pub connections: Vec<ConnectionCard>,
    /// Why the file of connections cannot be used.
    pub failure: Option<Failure>,
    /// The keyring, as people know it.
    pub keyring: String,
    /// Why the keyring cannot be used now.
    pub keyring_failure: Option<Failure>,
}

/// What was entered for a connection. Not shown by `Debug`.
#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionForm {
    name: String,
    account: String,
    credentials: CredentialsForm,
    region: String,
    endpoint: String,
    sts_endpoint: String,
    read_only: bool,
    /// Keep the secrets in memory alone.
    memory_only: bool,
}

/// What was entered for credentials. Not shown by `Debug`.
#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CredentialsForm {
    profile: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    role_arn: String,
    external_id: String,
    mfa_serial: String,
    mfa_code: String,
}

/// Every connection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_connections(session: Opened<'_>) -> Result<ConnectionList, Failure> {
    let session = Arc::clone(&session);
    waiting(move || {
        let current = session.current().id;
        let (saved, failure) = match session.connections().list() {
            Ok(saved) => (saved, None),
            Err(error) => (Vec::new(), Some(failed(error.into()))),
        };
        let vault = session.connections().vault();
        let cards = saved
            .iter()
            .map(|(saved, keep)| ConnectionCard::of(saved, *keep, &current));
        Ok(ConnectionList {
            connections: std::iter::once(ConnectionCard::sandbox(&current))
                .chain(cards)
                .collect(),
            failure,
            keyring: match vault.place() {
                Place::Keyring(name) => name.to_owned(),
                Place::Memory => String::new(),
            },
            keyring_failure: vault.check().err().map(|error| failed(error.into())),
        })
    })
    .await
}

/// The profiles of AWS's shared configuration on this machine.
#[tauri::command]
#[specta::specta]
pub(crate) async fn aws_profiles() -> Result<Vec<ProfileView>, Failure> {
    let profiles = connection::profiles()
        .await
        .map_err(|error| failed(error.into()))?;
    Ok(profiles.iter().map(ProfileView::from).collect())
}

/// The IAM policy that a connection needs.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the page treats every command's answer alike"
)]
pub(crate) fn full_policy(read_only: bool) -> Result<String, Failure> {
    Ok(app::preflight::full_policy(access(read_only)))
}

/// Adds a connection and gives its id, once AWS has said whose the credentials are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_connection(
    session: Opened<'_>,
    form: ConnectionForm,
) -> Result<String, Failure> {
    let session = Arc::clone(&session);
    let keep = if form.memory_only {
        Keep::InMemory
    } else {
        Keep::InKeyring
    };
    let draft = Draft::from(form);
    let wanted = session.begin_identification();
    let added = tauri::async_runtime::spawn(async move {
        let adding = session.connections().add(&draft, keep);
        until_cancelled(&wanted, adding).await
    });
    Ok(joined(added.await)?.id.to_string())
}

/// Stops asking AWS whose the credentials are that are being entered: `add_connection` or
/// `replace_credentials` then answers `stopped`, and nothing was kept. What was kept a moment before
/// stays, and is answered as usual.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the page treats every command's answer alike"
)]
pub(crate) fn cancel_identification(session: Opened<'_>) -> Result<(), Failure> {
    session.cancel_identification();
    Ok(())
}

/// Shows a connection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn select_connection(
    app: AppHandle,
    session: Opened<'_>,
    id: String,
) -> Result<(), Failure> {
    announce::show(&app, &session, id).await
}

/// Renames a connection, or changes what it may be used for.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_connection(
    app: AppHandle,
    session: Opened<'_>,
    id: String,
    name: String,
    read_only: bool,
) -> Result<(), Failure> {
    let changed = Arc::clone(&session);
    let of = id.clone();
    waiting(move || changed.connections().change(&of, &name, access(read_only))).await?;
    reopen(&app, &session, &id).await
}

/// Puts other credentials in the place of a connection's, and goes on with what waited for them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn replace_credentials(
    app: AppHandle,
    session: Opened<'_>,
    id: String,
    credentials: CredentialsForm,
) -> Result<(), Failure> {
    let draft = CredentialsDraft::from(credentials);
    let owned = Arc::clone(&session);
    let of = id.clone();
    let wanted = session.begin_identification();
    let replaced = tauri::async_runtime::spawn(async move {
        let replacing = owned.connections().replace_credentials(&of, &draft);
        until_cancelled(&wanted, replacing).await
    });
    joined(replaced.await)?;
    reopen(&app, &session, &id).await
}

/// Takes the code of the person's MFA device, and goes on with what waited for it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn provide_code(
    session: Opened<'_>,
    id: String,
    code: String,
) -> Result<(), Failure> {
    let connection = opened(&session, &id)?;
    connection
        .provide_code(&Zeroizing::new(code))
        .map_err(failed)?;
    tauri::async_runtime::spawn(async move { announce::resume(&connection).await });
    Ok(())
}

/// Goes on with the sync that waits for the person, after a sign-in elsewhere.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_sync(session: Opened<'_>, id: String) -> Result<(), Failure> {
    let connection = opened(&session, &id)?;
    tauri::async_runtime::spawn(async move { announce::resume(&connection).await });
    Ok(())
}

/// Finds out what the credentials of a connection may do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_connection(
    session: Opened<'_>,
    id: String,
) -> Result<CheckView, Failure> {
    let connection = opened_or_open(&session, &id).await?;
    let checked = tauri::async_runtime::spawn(async move {
        let check = connection.check().await?;
        Ok(CheckView::of(
            &check,
            connection.account(),
            connection.access(),
        ))
    });
    joined(checked.await)
}

/// What the last check found.
#[tauri::command]
#[specta::specta]
pub(crate) async fn last_check(
    session: Opened<'_>,
    id: String,
) -> Result<Option<CheckView>, Failure> {
    let connection = opened_or_open(&session, &id).await?;
    waiting(move || {
        let check = connection.last_check()?;
        let view = |check| CheckView::of(&check, connection.account(), connection.access());
        Ok(check.map(view))
    })
    .await
}

/// Encrypts a connection's database anew.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rekey_connection(
    app: AppHandle,
    session: Opened<'_>,
    id: String,
) -> Result<(), Failure> {
    session.close(&id).await;
    let owned = Arc::clone(&session);
    let of = id.clone();
    let rekeyed = waiting(move || owned.connections().rekey(&of)).await;
    reopen(&app, &session, &id).await?;
    rekeyed
}

/// Begins a connection's database anew, when its key is lost. Tells where the old file is kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_over(
    app: AppHandle,
    session: Opened<'_>,
    id: String,
) -> Result<Option<String>, Failure> {
    session.close(&id).await;
    let owned = Arc::clone(&session);
    let of = id.clone();
    let aside = waiting(move || owned.connections().start_over(&of)).await;
    reopen(&app, &session, &id).await?;
    Ok(aside?.map(|file| file.display().to_string()))
}

/// Removes a connection with its secrets and its data, when its name was typed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_connection(
    app: AppHandle,
    session: Opened<'_>,
    id: String,
    typed: String,
) -> Result<RemovedView, Failure> {
    let (saved, _) = session.connections().find(&id).map_err(failed)?;
    // Refused before anything is closed for it.
    if saved.name == typed.trim() {
        session.close(&id).await;
    }
    let owned = Arc::clone(&session);
    let of = id.clone();
    let removed = waiting(move || owned.connections().remove(&of, &typed)).await;
    let next = match &removed {
        Ok(_) if session.current().id == id => Connection::SANDBOX.to_owned(),
        _ => session.current().id,
    };
    announce::show(&app, &session, next).await?;
    Ok(RemovedView::from(&removed?))
}

/// Takes the data off the screen and out of memory.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(app: AppHandle, session: Opened<'_>) -> Result<(), Failure> {
    announce::lock(&app, &session).await;
    Ok(())
}

/// Opens what was shown before the lock; the operating system asks whoever it must.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock(app: AppHandle, session: Opened<'_>) -> Result<(), Failure> {
    session.note_touched();
    announce::show_or_sandbox(&app, &session, session.current().id).await
}

/// Somebody is at the window.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the page treats every command's answer alike"
)]
pub(crate) fn report_activity(session: Opened<'_>) -> Result<(), Failure> {
    session.note_touched();
    Ok(())
}

/// Opens a connection anew when it is the one shown, with what changed about it.
async fn reopen(app: &AppHandle, session: &Arc<Session>, id: &str) -> Result<(), Failure> {
    session.close(id).await;
    if session.current().id == id {
        return announce::show(app, session, id.to_owned()).await;
    }
    announce::emit(app, &SessionChanged {});
    Ok(())
}

/// Drops the work once it is wanted no more, while it waits for AWS.
async fn until_cancelled<T>(
    wanted: &CancellationToken,
    work: impl Future<Output = Result<T, OpenError>>,
) -> Result<T, OpenError> {
    let done = wanted.run_until_cancelled(work).await;
    done.unwrap_or(Err(OpenError::Cancelled))
}

fn opened(session: &Session, id: &str) -> Result<Arc<Connection>, Failure> {
    let none = || failed(OpenError::NoConnection(id.to_owned()));
    session.opened(id).ok_or_else(none)
}

/// The connection, opened for this when the window has it not open.
async fn opened_or_open(session: &Arc<Session>, id: &str) -> Result<Arc<Connection>, Failure> {
    if session.is_locked() {
        return session.connection().await;
    }
    let owned = Arc::clone(session);
    let of = id.to_owned();
    waiting(move || owned.ask(&of)).await
}

const fn access(read_only: bool) -> Access {
    if read_only {
        Access::ReadOnly
    } else {
        Access::Full
    }
}

impl From<ConnectionForm> for Draft {
    fn from(form: ConnectionForm) -> Self {
        Self {
            name: form.name,
            account: form.account,
            credentials: form.credentials.into(),
            region: form.region,
            endpoint: form.endpoint,
            sts_endpoint: form.sts_endpoint,
            read_only: form.read_only,
        }
    }
}

impl From<CredentialsForm> for CredentialsDraft {
    fn from(form: CredentialsForm) -> Self {
        Self {
            profile: form.profile,
            access_key_id: Zeroizing::new(form.access_key_id),
            secret_access_key: Zeroizing::new(form.secret_access_key),
            session_token: Zeroizing::new(form.session_token),
            role_arn: form.role_arn,
            external_id: form.external_id,
            mfa_serial: form.mfa_serial,
            mfa_code: Zeroizing::new(form.mfa_code),
        }
    }
}
