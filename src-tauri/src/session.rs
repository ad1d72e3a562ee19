//! What the window has open: connections, the one it shows, or why it shows none.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use connection::{Connection, Connections, Folders, Keep, OpenError};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use views::{Code, ConnectionInfo, Failure};

/// What the window has open. Managed by Tauri; every command begins here.
pub(crate) struct Session {
    connections: Connections,
    state: Mutex<State>,
    /// Tells that the state changed, to whoever waits for a connection to open.
    changed: watch::Sender<()>,
    painted: Notify,
    /// Since when nobody touched the window, in milliseconds after `started`.
    touched: AtomicI64,
    started: Instant,
    /// Where the person wants to go, from outside the window.
    address: Mutex<Option<String>>,
    /// Stops asking AWS whose the credentials are that are being entered.
    identification: Mutex<CancellationToken>,
    /// Stops the import that was begun last.
    import: Mutex<CancellationToken>,
}

struct State {
    /// The connection that is shown, or is to be as soon as it opens.
    current: ConnectionInfo,
    /// Why that one is not open.
    closed: Option<Closed>,
    open: BTreeMap<String, Open>,
    /// Open for a question alone, such as a check: nothing runs for them in the background. Kept for
    /// the next one, and for when it is shown: a role's session may have cost the person a code.
    asked: BTreeMap<String, Arc<Connection>>,
}

/// Why a connection is not open.
#[derive(Clone, Debug)]
enum Closed {
    /// It is being opened; the keyring may be asking the person.
    Opening,
    /// The window is locked.
    Locked,
    /// It does not open.
    Failed(Failure),
}

/// An open connection.
#[derive(Clone)]
pub(crate) struct Open {
    /// The connection.
    pub(crate) connection: Arc<Connection>,
    /// Ends what runs for it in the background.
    pub(crate) closing: CancellationToken,
}

/// Whether the shown connection can be asked.
#[derive(Clone)]
pub(crate) enum Shown {
    /// It is open.
    Open(Arc<Connection>),
    /// It is being opened.
    Opening,
    /// The window is locked.
    Locked,
    /// It does not open.
    Failed(Failure),
}

impl Session {
    /// A session in which nothing is open yet and `current` is to be shown.
    pub(crate) fn new(folders: Folders) -> Self {
        let connections = Connections::new(folders);
        connections.clear_leftovers();
        Self {
            connections,
            state: Mutex::new(State {
                current: ConnectionInfo::sandbox(),
                closed: Some(Closed::Opening),
                open: BTreeMap::new(),
                asked: BTreeMap::new(),
            }),
            changed: watch::Sender::new(()),
            painted: Notify::new(),
            touched: AtomicI64::new(0),
            started: Instant::now(),
            address: Mutex::default(),
            identification: Mutex::default(),
            import: Mutex::default(),
        }
    }

    /// All connections, open or not.
    pub(crate) const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Where things are kept.
    pub(crate) const fn folders(&self) -> &Folders {
        self.connections.folders()
    }

    /// The connection that is shown, or is to be.
    pub(crate) fn current(&self) -> ConnectionInfo {
        self.state().current.clone()
    }

    /// The connection that is shown, or why there is none. Waits while it is being opened, which may
    /// take as long as the keyring asks the person.
    pub(crate) async fn connection(&self) -> Result<Arc<Connection>, Failure> {
        let mut changed = self.changed.subscribe();
        loop {
            match self.shown() {
                Shown::Open(connection) => return Ok(connection),
                Shown::Opening => {}
                Shown::Locked => return Err(locked()),
                Shown::Failed(failure) => return Err(failure),
            }
            // The sender lives as long as the session does.
            let _ = changed.changed().await;
        }
    }

    /// Whether the shown connection can be asked.
    pub(crate) fn shown(&self) -> Shown {
        let state = self.state();
        match (&state.closed, state.open.get(&state.current.id)) {
            (None, Some(open)) => Shown::Open(Arc::clone(&open.connection)),
            (None | Some(Closed::Opening), _) => Shown::Opening,
            (Some(Closed::Locked), _) => Shown::Locked,
            (Some(Closed::Failed(failure)), _) => Shown::Failed(failure.clone()),
        }
    }

    /// Turns to a connection: it is the one shown from now on, though it may have to be opened first.
    /// Whether it has.
    pub(crate) fn turn_to(&self, id: &str) -> Result<bool, Failure> {
        let info = self.info(id).map_err(|error| told(&error, id))?;
        let mut state = self.state();
        let open = state.open.contains_key(id);
        state.current = info;
        state.closed = (!open).then_some(Closed::Opening);
        self.changed.send_replace(());
        Ok(!open)
    }

    /// Opens the connection that was turned to. Blocks while the keyring asks the person. A failure is
    /// kept as the reason why there is nothing to show.
    pub(crate) fn open(&self, id: &str) -> Result<Open, Failure> {
        let asked = self.state().asked.remove(id);
        let opened = match asked {
            Some(connection) => Ok(connection),
            None => self.connections.open(id).map(Arc::new),
        };
        let mut state = self.state();
        if matches!(state.closed, Some(Closed::Locked)) {
            // Locked while the keyring was asking: what it gave goes again.
            return Err(locked());
        }
        let (closed, outcome) = match opened {
            Ok(connection) => {
                let open = Open {
                    connection,
                    closing: CancellationToken::new(),
                };
                state.open.insert(id.to_owned(), open.clone());
                (None, Ok(open))
            }
            Err(error) => {
                let failure = self.told_with_file(&error, id);
                (Some(Closed::Failed(failure.clone())), Err(failure))
            }
        };
        // The person may have turned to another in the meantime.
        if state.current.id == id {
            state.closed = closed;
        }
        self.changed.send_replace(());
        outcome
    }

    /// Whether this connection's changes are of interest to the page.
    pub(crate) fn shows(&self, id: &str) -> bool {
        let state = self.state();
        state.closed.is_none() && state.current.id == id
    }

    /// A connection that is open.
    pub(crate) fn opened(&self, id: &str) -> Option<Arc<Connection>> {
        let state = self.state();
        state.open.get(id).map(|open| Arc::clone(&open.connection))
    }

    /// A connection to ask something: one that is open, or opened for that. Blocks while the keyring
    /// asks the person.
    pub(crate) fn ask(&self, id: &str) -> Result<Arc<Connection>, OpenError> {
        let asked = self.state().asked.get(id).map(Arc::clone);
        if let Some(connection) = self.opened(id).or(asked) {
            return Ok(connection);
        }
        let connection = Arc::new(self.connections.open(id)?);
        let mut state = self.state();
        // Locked, or shown, in the meantime: then it is for this question alone.
        if !matches!(state.closed, Some(Closed::Locked)) && !state.open.contains_key(id) {
            let kept = state.asked.entry(id.to_owned());
            return Ok(Arc::clone(kept.or_insert(connection)));
        }
        Ok(connection)
    }

    /// Closes one connection, so that somebody else may have its file.
    pub(crate) async fn close(&self, id: &str) {
        let (open, asked) = {
            let mut state = self.state();
            if state.current.id == id {
                state.closed = Some(Closed::Opening);
            }
            (state.open.remove(id), state.asked.remove(id))
        };
        if let Some(open) = open {
            end(open).await;
        }
        if let Some(asked) = asked {
            asked.close().await;
        }
    }

    /// Begins to ask AWS whose the credentials are that are being entered. One dialog at a time does:
    /// what an earlier one still asks is wanted no more.
    pub(crate) fn begin_identification(&self) -> CancellationToken {
        let begun = CancellationToken::new();
        std::mem::replace(&mut *lock(&self.identification), begun.clone()).cancel();
        begun
    }

    /// Stops asking AWS whose the credentials are that are being entered.
    pub(crate) fn cancel_identification(&self) {
        lock(&self.identification).cancel();
    }

    /// What stops the import that begins now. One that is still running is stopped: its dialog is gone.
    pub(crate) fn begin_import(&self) -> CancellationToken {
        let stop = CancellationToken::new();
        std::mem::replace(&mut *lock(&self.import), stop.clone()).cancel();
        stop
    }

    /// Stops the running import, if any.
    pub(crate) fn stop_import(&self) {
        lock(&self.import).cancel();
    }

    /// Takes the data off the screen and out of memory, keys included.
    pub(crate) async fn lock(&self) {
        self.stop_import();
        // What is being entered is in memory too, and what was entered just now.
        self.cancel_identification();
        self.connections.forget_identified();
        {
            self.state().closed = Some(Closed::Locked);
            self.changed.send_replace(());
        }
        self.end_all().await;
    }

    /// Whether the window is locked.
    pub(crate) fn is_locked(&self) -> bool {
        matches!(self.state().closed, Some(Closed::Locked))
    }

    /// Whether anything is open that a lock protects: the sandbox is nobody's secret.
    pub(crate) fn guards_something(&self) -> bool {
        let state = self.state();
        let mut open = state.open.keys().chain(state.asked.keys());
        open.any(|id| id != Connection::SANDBOX)
    }

    /// Notes that somebody is at the window.
    pub(crate) fn note_touched(&self) {
        self.touched.store(self.elapsed_ms(), Ordering::Relaxed);
    }

    /// For how long nobody was at the window, in milliseconds.
    pub(crate) fn idle_ms(&self) -> i64 {
        self.elapsed_ms() - self.touched.load(Ordering::Relaxed)
    }

    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Notes where the person wants to go.
    pub(crate) fn set_address(&self, address: String) {
        *lock(&self.address) = Some(address);
    }

    /// Where the person wants to go; once.
    pub(crate) fn take_address(&self) -> Option<String> {
        lock(&self.address).take()
    }

    /// Notes that the page has painted its first rows.
    pub(crate) fn note_painted(&self) {
        self.painted.notify_one();
    }

    /// Waits until the page has painted its first rows.
    pub(crate) async fn painted(&self) {
        self.painted.notified().await;
    }

    /// Stops what runs, before the program ends. What is kept in memory alone ends here.
    pub(crate) async fn end(&self) {
        self.stop_import();
        self.end_all().await;
        let passing = self.connections.list().unwrap_or_default();
        if passing.iter().any(|(_, keep)| *keep == Keep::InMemory) {
            self.connections.clear_leftovers();
        }
    }

    async fn end_all(&self) {
        let (open, asked) = {
            let mut state = self.state();
            let open = std::mem::take(&mut state.open);
            (open, std::mem::take(&mut state.asked))
        };
        for open in open.into_values() {
            end(open).await;
        }
        for asked in asked.into_values() {
            asked.close().await;
        }
    }

    fn info(&self, id: &str) -> Result<ConnectionInfo, OpenError> {
        if id == Connection::SANDBOX {
            return Ok(ConnectionInfo::sandbox());
        }
        let (saved, keep) = self.connections.find(id)?;
        Ok(ConnectionInfo::of(&saved, keep))
    }

    fn told_with_file(&self, error: &OpenError, id: &str) -> Failure {
        let mut failure = told(error, id);
        if matches!(error, OpenError::Store(_)) {
            let file = self.folders().database(id);
            failure.message = format!("{} ({})", failure.message, file.display());
        }
        failure
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// The background tasks let go of it first; whoever holds it then is in the middle of a question.
async fn end(open: Open) {
    open.closing.cancel();
    open.connection.close().await;
}

fn told(error: &OpenError, id: &str) -> Failure {
    tracing::error!(
        error = error as &dyn std::error::Error,
        id,
        "the connection does not open"
    );
    error.failure().into()
}

fn locked() -> Failure {
    Failure::new(Code::Locked, "Bindery is locked".to_owned(), None)
}

/// A panic elsewhere leaves what is behind these locks whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
