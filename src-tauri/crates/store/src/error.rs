//! Why the database did not do as asked.

use rusqlite::ErrorCode;

/// What a call to the store comes to.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the database did not do as asked. One variant per thing the person can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A newer version of the program wrote the file.
    #[error("the database has format {found}, and this program knows formats up to {known}")]
    Newer {
        /// The file's format.
        found: usize,
        /// The newest format this program knows.
        known: usize,
    },
    /// The file is not a Bindery database.
    #[error("the file is not a Bindery database")]
    Foreign,
    /// The file is damaged, or encrypted and no key was given.
    #[error("the database file is damaged")]
    Damaged(#[source] rusqlite::Error),
    /// The key does not open the file: it is another's, or the file is damaged.
    #[error("the key does not open the database")]
    WrongKey(#[source] rusqlite::Error),
    /// The file cannot be encrypted anew while somebody has it open.
    #[error("another program has the database open")]
    InUse,
    /// Another program holds the file for longer than [`crate::Store::BUSY_TIMEOUT`].
    #[error("another program keeps the database locked")]
    Locked(#[source] rusqlite::Error),
    /// The file or its folder may not be written.
    #[error("the database may not be written")]
    ReadOnly,
    /// No space is left where the file lies.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// The file cannot be opened or its folder not be made.
    #[error("the database file cannot be opened")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of this program.
    #[error("the database refused a request")]
    Sqlite(#[source] rusqlite::Error),
    /// A row holds what no write of this program puts there.
    #[error("the database holds an invalid {0}")]
    Invalid(&'static str),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(error),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DiskFull) => Self::Full(error),
            Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure) => {
                Self::Unreachable(Box::new(error))
            }
            _ => Self::Sqlite(error),
        }
    }
}
