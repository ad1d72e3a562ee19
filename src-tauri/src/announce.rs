//! Tells the window what changed: after commits of this process and of others, and while a sync runs.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::sync::Scope;
use connection::Connection;
use tauri::{AppHandle, async_runtime};
use tauri_specta::Event;
use tokio::sync::Notify;
use views::{SyncProgress, Topic};

use crate::ipc::{DataChanged, SyncProgressed};
use crate::session::Session;

/// Changes within this time are told together.
const COALESCED: Duration = Duration::from_millis(120);

/// How often other processes' commits are looked for.
const WATCHED_EVERY: Duration = Duration::from_secs(1);

/// How long the first sync waits for the page's first rows. A view without rows never reports them.
const PAINTED_WITHIN: Duration = Duration::from_secs(3);

/// How often the data is brought up to date without being asked.
const SYNCED_EVERY: Duration = Duration::from_mins(5);

/// Topics that wait to be told.
#[derive(Clone, Default)]
struct Pending {
    topics: Arc<Mutex<BTreeSet<Topic>>>,
    some: Arc<Notify>,
}

impl Pending {
    fn add(&self, topics: impl IntoIterator<Item = Topic>) {
        self.topics
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(topics);
        self.some.notify_one();
    }

    fn take(&self) -> Vec<Topic> {
        let topics =
            std::mem::take(&mut *self.topics.lock().unwrap_or_else(PoisonError::into_inner));
        topics.into_iter().collect()
    }
}

/// Starts telling the window about the session's connection, and syncing it, when it is open.
pub(crate) fn start(app: &AppHandle, session: &Arc<Session>) {
    if let Ok(connection) = session.connection() {
        follow(app, session, &connection);
    }
}

/// Tells the window about this connection from now on.
pub(crate) fn follow(app: &AppHandle, session: &Arc<Session>, connection: &Arc<Connection>) {
    let pending = Pending::default();
    let heard = pending.clone();
    connection
        .store()
        .on_change(move |topics| heard.add(topics.iter().copied().map(Topic::from)));
    async_runtime::spawn(tell(app.clone(), pending.clone()));
    async_runtime::spawn(tell_progress(
        app.clone(),
        Arc::clone(connection),
        pending.clone(),
    ));
    async_runtime::spawn(watch(Arc::clone(connection), pending));
    async_runtime::spawn(keep_synced(Arc::clone(session), Arc::clone(connection)));
}

async fn tell(app: AppHandle, pending: Pending) {
    loop {
        pending.some.notified().await;
        tokio::time::sleep(COALESCED).await;
        let topics = pending.take();
        if !topics.is_empty() {
            emit(&app, &DataChanged { topics });
        }
    }
}

/// Progress is told as it is at most once in [`COALESCED`]; its start and end are never left out.
async fn tell_progress(app: AppHandle, connection: Arc<Connection>, pending: Pending) {
    let mut progress = connection.progress();
    while progress.changed().await.is_ok() {
        let now = progress
            .borrow_and_update()
            .as_ref()
            .map(SyncProgress::from);
        let ended = now.is_none();
        emit(&app, &SyncProgressed { progress: now });
        if ended {
            pending.add([Topic::Status]);
        }
        tokio::time::sleep(COALESCED).await;
    }
}

/// Notices commits of other processes. Its own are seen too, which costs one more look.
async fn watch(connection: Arc<Connection>, pending: Pending) {
    let Ok(mut watch) = connection.store().watch() else {
        return;
    };
    loop {
        tokio::time::sleep(WATCHED_EVERY).await;
        if watch.changed().unwrap_or(false) {
            pending.add(store::Topic::ALL.map(Topic::from));
        }
    }
}

/// Syncs at the start and from time to time. What is here already is painted first.
async fn keep_synced(session: Arc<Session>, connection: Arc<Connection>) {
    let count = connection.store().read(|read| read.agreement_count());
    if count.is_ok_and(|count| count > 0) {
        let _ = tokio::time::timeout(PAINTED_WITHIN, session.painted()).await;
    }
    loop {
        sync(&connection, Scope::Changes).await;
        tokio::time::sleep(SYNCED_EVERY).await;
    }
}

/// Syncs. How it ends is kept in the database and shown by the window; here it is only for the log.
pub(crate) async fn sync(connection: &Connection, scope: Scope) {
    if let Err(error) = connection.sync(scope).await {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "the sync broke off"
        );
    }
}

fn emit(app: &AppHandle, event: &(impl Event + serde::Serialize + Clone)) {
    if let Err(error) = event.emit(app) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "the window does not listen"
        );
    }
}
