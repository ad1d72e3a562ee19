//! What the window has open: one connection, or why there is none.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};

use connection::{Connection, Folders};
use tokio::sync::Notify;
use views::Failure;

/// What the window has open. Managed by Tauri; every command begins here.
pub(crate) struct Session {
    folders: Folders,
    connection: RwLock<Result<Arc<Connection>, Failure>>,
    painted: Notify,
}

impl Session {
    /// Opens the sandbox connection. A database that does not open is kept as the reason why, for
    /// the window to show.
    pub(crate) fn open(folders: Folders) -> Self {
        let connection = RwLock::new(open(&folders));
        Self {
            folders,
            connection,
            painted: Notify::new(),
        }
    }

    /// The open connection, or why there is none.
    pub(crate) fn connection(&self) -> Result<Arc<Connection>, Failure> {
        self.connection
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Opens the connection again, if it is not open.
    pub(crate) fn retry(&self) -> Result<Arc<Connection>, Failure> {
        let mut connection = self
            .connection
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if connection.is_err() {
            *connection = open(&self.folders);
        }
        connection.clone()
    }

    /// Notes that the page has painted its first rows.
    pub(crate) fn note_painted(&self) {
        self.painted.notify_one();
    }

    /// Waits until the page has painted its first rows.
    pub(crate) async fn painted(&self) {
        self.painted.notified().await;
    }

    /// Where things are kept.
    pub(crate) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// Stops what runs, before the program ends.
    pub(crate) fn close(&self) -> impl Future<Output = ()> + use<> {
        let connection = self.connection();
        async move {
            if let Ok(connection) = connection {
                connection.close().await;
            }
        }
    }
}

fn open(folders: &Folders) -> Result<Arc<Connection>, Failure> {
    let opened = Connection::open_sandbox(folders);
    opened.map(Arc::new).map_err(|error| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the database does not open"
        );
        let mut failure = Failure::from(app::Failure::from(&error));
        let file = folders.database(Connection::SANDBOX);
        failure.message = format!("{} ({})", failure.message, file.display());
        failure
    })
}
