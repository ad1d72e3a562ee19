//! Tells the window what changed: after commits of this process and of others, and while a sync runs.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::sync::Scope;
use connection::{Connection, OpenError};
use tauri::{AppHandle, async_runtime};
use tauri_specta::Event;
use tokio::sync::Notify;
use views::{Code, Failure, SyncProgress, Topic};

use crate::ipc::{DataChanged, SessionChanged, SyncProgressed};
use crate::preferences;
use crate::session::{Open, Session, Shown};

/// Changes within this time are told together.
const COALESCED: Duration = Duration::from_millis(120);

/// How often other processes' commits are looked for.
const WATCHED_EVERY: Duration = Duration::from_secs(1);

/// How long the first sync waits for the page's first rows. A view without rows never reports them.
const PAINTED_WITHIN: Duration = Duration::from_secs(3);

/// How often the data is brought up to date without being asked.
const SYNCED_EVERY: Duration = Duration::from_mins(5);

/// How often the window is found to be left alone.
const IDLE_LOOKED_AT_EVERY: Duration = Duration::from_secs(5);

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

/// Shows a connection: opens it when it is not open yet, tells the page, and begins to tell about it.
/// A failure is kept as what the page shows instead.
pub(crate) async fn show(
    app: &AppHandle,
    session: &Arc<Session>,
    id: String,
) -> Result<(), Failure> {
    let turned = {
        let (session, id) = (Arc::clone(session), id.clone());
        blocking(move || session.turn_to(&id)).await
    };
    emit(app, &SessionChanged {});
    if !turned? {
        return Ok(());
    }
    let owned = Arc::clone(session);
    let opened = blocking(move || owned.open(&id)).await;
    if let Ok(open) = &opened {
        follow(app, session, open);
    }
    emit(app, &SessionChanged {});
    opened.map(drop)
}

/// Shows a connection, or the sandbox when there is none of this id any more, or the file of
/// connections cannot be read: there is always something to show.
pub(crate) async fn show_or_sandbox(
    app: &AppHandle,
    session: &Arc<Session>,
    id: String,
) -> Result<(), Failure> {
    match show(app, session, id).await {
        Err(why) if shows_nothing(session, &why) => {
            show(app, session, Connection::SANDBOX.to_owned()).await
        }
        shown => shown,
    }
}

/// Whether nothing is shown, not even why. A window that was locked while the connection was being opened
/// stays locked.
fn shows_nothing(session: &Session, why: &Failure) -> bool {
    why.code != Code::Locked && matches!(session.shown(), Shown::Opening | Shown::Locked)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    async_runtime::spawn_blocking(work)
        .await
        .map_err(|error| Failure::new(Code::Internal, error.to_string(), None))
        .flatten()
}

/// Takes the data off the screen and out of memory.
pub(crate) async fn lock(app: &AppHandle, session: &Arc<Session>) {
    session.lock().await;
    emit(app, &SessionChanged {});
    if preferences::read(session.folders().config()).lock_keyring {
        let owned = Arc::clone(session);
        let locked =
            async_runtime::spawn_blocking(move || owned.connections().vault().lock()).await;
        // The window is locked all the same.
        if let Ok(Err(error)) = locked {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the keyring stays unlocked"
            );
        }
    }
}

/// Takes away what was left when the program was killed while a connection was added.
pub(crate) async fn clear_attempts(session: &Arc<Session>) {
    let owned = Arc::clone(session);
    let cleared = async_runtime::spawn_blocking(move || owned.connections().clear_attempts()).await;
    if let Ok(Err(error)) = cleared {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "what an attempt left stays"
        );
    }
}

/// Locks the window after it was left alone for as long as the person wants.
pub(crate) async fn lock_when_idle(app: AppHandle, session: Arc<Session>) {
    loop {
        tokio::time::sleep(IDLE_LOOKED_AT_EVERY).await;
        // Before the file is read: most of the time there is nothing to lock.
        if session.is_locked() || !session.guards_something() {
            continue;
        }
        let after = preferences::read(session.folders().config()).lock_after_minutes;
        if is_left_alone(after, session.idle_ms()) {
            lock(&app, &session).await;
        }
    }
}

/// Whether nobody was at the window for as many minutes as the person wants; never for 0.
fn is_left_alone(after_minutes: f64, idle_ms: i64) -> bool {
    after_minutes > 0.0 && idle_ms as f64 >= after_minutes * 60_000.0
}

/// Tells the window about this connection until it is closed, while it is the one shown.
fn follow(app: &AppHandle, session: &Arc<Session>, open: &Open) {
    let Open {
        connection,
        closing,
    } = open;
    let pending = Pending::default();
    let heard = pending.clone();
    connection
        .store()
        .on_change(move |topics| heard.add(topics.iter().copied().map(Topic::from)));
    let told = Told {
        app: app.clone(),
        session: Arc::clone(session),
        connection: Arc::clone(connection),
        pending,
    };
    for task in [
        Box::pin(tell(told.clone())) as Pin<Box<dyn Future<Output = ()> + Send>>,
        Box::pin(tell_progress(told.clone())),
        Box::pin(tell_mail(told.clone())),
        Box::pin(watch(told.clone())),
        Box::pin(keep_synced(told)),
    ] {
        let closing = closing.clone();
        async_runtime::spawn(async move { closing.run_until_cancelled(task).await });
    }
}

/// Whom a connection's changes are told.
#[derive(Clone)]
struct Told {
    app: AppHandle,
    session: Arc<Session>,
    connection: Arc<Connection>,
    pending: Pending,
}

impl Told {
    /// Emits, unless the window shows another connection: its page asks anew when it comes back.
    fn emit(&self, event: &(impl Event + serde::Serialize + Clone)) {
        if self.session.shows(self.connection.id()) {
            emit(&self.app, event);
        }
    }
}

async fn tell(told: Told) {
    loop {
        told.pending.some.notified().await;
        tokio::time::sleep(COALESCED).await;
        let topics = told.pending.take();
        if !topics.is_empty() {
            told.emit(&DataChanged { topics });
        }
    }
}

/// Progress is told as it is at most once in [`COALESCED`]; its start and end are never left out.
async fn tell_progress(told: Told) {
    let mut progress = told.connection.progress();
    while progress.changed().await.is_ok() {
        let now = progress
            .borrow_and_update()
            .as_ref()
            .map(SyncProgress::from);
        let ended = now.is_none();
        told.emit(&SyncProgressed { progress: now });
        if ended {
            told.pending.add([Topic::Status]);
        }
        tokio::time::sleep(COALESCED).await;
    }
}

/// Mail into the sandbox's mailbox is no commit of the database's.
async fn tell_mail(told: Told) {
    let mut mailed = told.connection.mailed();
    while mailed.changed().await.is_ok() {
        told.pending.add([Topic::Sandbox]);
    }
}

/// Notices commits of other processes. Its own are seen too, which costs one more look.
async fn watch(told: Told) {
    let Ok(mut watch) = told.connection.store().watch() else {
        return;
    };
    loop {
        tokio::time::sleep(WATCHED_EVERY).await;
        if watch.changed().unwrap_or(false) {
            told.pending.add(store::Topic::ALL.map(Topic::from));
        }
    }
}

/// Syncs at the start and from time to time. What is here already is painted first. A sync that waits
/// for the person is not asked for again: it would only fail again, and lock accounts.
async fn keep_synced(told: Told) {
    let connection = &told.connection;
    let count = connection.store().read(|read| read.agreement_count());
    if count.is_ok_and(|count| count > 0) {
        let _ = tokio::time::timeout(PAINTED_WITHIN, told.session.painted()).await;
    }
    loop {
        if connection.attention().is_none() {
            sync(connection, Scope::Changes).await;
            told.pending.add([Topic::Status]);
        }
        tokio::time::sleep(SYNCED_EVERY).await;
    }
}

/// Syncs. How it ends is kept in the database and shown by the window; here it is only for the log.
pub(crate) async fn sync(connection: &Connection, scope: Scope) {
    log(connection.sync(scope).await.map(drop));
}

/// Goes on with the sync that waits for the person.
pub(crate) async fn resume(connection: &Connection) {
    log(connection.resume().await.map(drop));
}

fn log(outcome: Result<(), OpenError>) {
    if let Err(error) = outcome {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "the sync broke off"
        );
    }
}

/// Tells the page.
pub(crate) fn emit(app: &AppHandle, event: &(impl Event + serde::Serialize + Clone)) {
    if let Err(error) = event.emit(app) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "the window does not listen"
        );
    }
}

#[cfg(test)]
mod tests {
    use connection::Folders;

    use super::*;

    #[tokio::test]
    async fn a_lock_during_opening_is_not_undone_and_a_connection_that_is_gone_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let session = Session::new(Folders::under(folder.path()));
        assert!(session.turn_to(Connection::SANDBOX).unwrap());
        session.lock().await;
        let why = session.open(Connection::SANDBOX).err().unwrap();
        assert!(!shows_nothing(&session, &why), "{why:?}");

        // The person unlocks, and the connection was removed meanwhile.
        let why = session.turn_to("gone").unwrap_err();
        assert!(shows_nothing(&session, &why), "{why:?}");
    }

    #[test]
    fn a_window_is_left_alone_after_the_minutes_chosen_and_never_for_none() {
        assert!(!is_left_alone(5.0, 5 * 60_000 - 1));
        assert!(is_left_alone(5.0, 5 * 60_000));
        assert!(is_left_alone(0.5, 30_000));
        assert!(!is_left_alone(0.0, i64::MAX));
        assert!(!is_left_alone(f64::NAN, i64::MAX));
    }
}
