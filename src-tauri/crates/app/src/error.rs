//! Why a use case did not do as asked, and how that is kept and told.

use std::borrow::Cow;

use domain::filter::FilterError;
use domain::{AccountId, AgreementId};
use store::table::details::Failure as StoredFailure;

use crate::act::NotPermitted;
use crate::directory::DirectoryError;
use crate::directory::correct::CorrectionError;
use crate::directory::import::ImportError;
use crate::ending::EndingError;
use crate::link::LinkError;
use crate::mail::{MailError, MailErrorKind};
use crate::marketplace::{ErrorKind, MarketplaceError};
use crate::metering::UsageError;
use crate::plan::Difference;

/// Why a use case did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The filter is none.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// What was asked about is not there.
    #[error("there is no {kind} “{id}” in the data of this connection")]
    NotFound {
        /// What kind of thing.
        kind: &'static str,
        /// The id asked for.
        id: String,
    },
    /// A text is not the identifier it should be.
    #[error(transparent)]
    Invalid(#[from] domain::Invalid),
    /// AWS did not do as asked.
    #[error(transparent)]
    Marketplace(#[from] MarketplaceError),
    /// The vendor's system of record did not do as asked.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A file of the directory cannot be taken in.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Something of the directory cannot be corrected so.
    #[error(transparent)]
    Correction(#[from] CorrectionError),
    /// A mail was not sent, or may not have been.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// A buyer cannot be linked as asked.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Usage cannot be sent.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// Something cannot be ended as asked.
    #[error(transparent)]
    Ending(#[from] EndingError),
    /// The connection may not be used for this.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// The credentials are those of another seller account: its data must not mix with this one's.
    #[error(
        "these credentials belong to the AWS account {found}, and this connection is for {expected}"
    )]
    OtherAccount {
        /// The connection's seller account.
        expected: AccountId,
        /// The account that AWS names.
        found: String,
    },
    /// The database did not do as asked.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The person stopped it. What was done until then stays.
    #[error("stopped; the next sync goes on from here")]
    Stopped,
    /// The person stopped an import. What was taken in until then stays.
    #[error("stopped after {taken_in} of {total} rows, which stay")]
    ImportStopped {
        /// Rows that are in.
        taken_in: usize,
        /// Rows that there are.
        total: usize,
    },
    /// A sync is running already.
    #[error("a sync is running already")]
    AlreadyRunning,
    /// The operating system gives no random numbers.
    #[error(
        "the operating system gives no random numbers, without which nothing can be kept secret"
    )]
    NoRandomness,
    /// Something kept in the ledger cannot be read by this program.
    #[error("the ledger holds something that this program cannot read: {0}")]
    Kept(#[from] serde_json::Error),
}

impl Error {
    /// AWS told this connection of no such agreement.
    pub(crate) fn no_agreement(id: &AgreementId) -> Self {
        Self::NotFound {
            kind: "agreement",
            id: id.to_string(),
        }
    }

    /// Whether what was asked about is gone or was never known here: agreement, listing, policy, target.
    pub(crate) const fn is_gone(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::Link(_))
    }
}

/// What went wrong, in terms the window and the command line act on. Can be kept in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How callers behave.
    pub kind: FailureKind,
    /// What happened, as a sentence without its full stop. Never holds a secret.
    pub message: String,
    /// AWS's request id.
    pub request: Option<String>,
    /// What to do next, where the kind's own words are not the right ones. Not kept.
    pub hint: Option<String>,
    /// What is wrong with which field of a form. Not kept.
    pub fields: Vec<FieldProblem>,
    /// For a plan that is no longer what it was made on: what changed. Not kept.
    pub changes: Vec<Difference>,
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's key.
    pub field: Cow<'static, str>,
    /// What is wrong with it. Never repeats what was entered, which may be a secret.
    pub message: String,
}

/// Declares the kinds with their words.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal => $hint:expr,)+) => {
        /// One variant per way the window and the command line behave differently.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FailureKind { $($(#[$doc])* $kind,)+ }

        impl FailureKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The kind's word in the database and JSON.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$kind => $word,)+ }
            }

            /// What to do next, as a sentence.
            #[must_use]
            pub const fn hint(self) -> Option<&'static str> {
                match self { $(Self::$kind => $hint,)+ }
            }
        }
    };
}

kinds! {
    /// The input is malformed.
    Invalid = "invalid" => None,
    /// What was asked about is not there.
    NotFound = "notFound" => Some("Check the id, or sync first: it may be newer than the data here."),
    /// The credentials may not do this.
    Denied = "denied" => Some("Ask an administrator of the seller account to allow the operation named above."),
    /// The credentials are wrong or have expired.
    Credentials = "credentials" => Some("Sign in again or replace the credentials, then sync; nothing here is lost."),
    /// The role wants an MFA code.
    CodeNeeded = "codeNeeded" => Some("Enter the code that the MFA device shows; then it goes on where it stopped."),
    /// No answer from AWS.
    Offline = "offline" => Some("Check the network, then sync again. Everything already here stays searchable."),
    /// AWS is busy.
    Busy = "busy" => Some("Wait a minute, then sync again; it goes on where it stopped."),
    /// A mail was not sent.
    NotSent = "notSent" => Some("Try the connection's mail settings, then send it again."),
    /// A mail server was given a mail, and did not say whether it took it.
    MaybeSent = "maybeSent" => Some("Ask whether the mail came before you send it again."),
    /// AWS was asked to change something, and did not say whether it did.
    Unsettled = "unsettled" => Some("Sync in a minute: AWS is looked at, and nothing is sent again."),
    /// The answer made no sense.
    Garbage = "garbage" => Some("Something other than AWS answered: check proxy, VPN and endpoint, then sync again."),
    /// A newer version wrote the database.
    DatabaseNewer = "databaseNewer" => Some("Install the newest version of Bindery, or choose another data folder."),
    /// The database is damaged or not ours.
    DatabaseDamaged = "databaseDamaged" => Some("Close Bindery, move the file away and keep it: links and audit are in it. Restore it from a backup, or start with a new one and sync."),
    /// The key that would open the database is missing or another's.
    DatabaseKey = "databaseKey" => Some("Restore the keyring entry from a backup. Without its key nobody can read the file: you can start with a new database, and the old file is kept."),
    /// The operating system's keyring does not give or take a secret.
    Keyring = "keyring" => Some("Unlock the keyring, then try again."),
    /// A rule of the connection, or of the policy, forbids it.
    Refused = "refused" => None,
    /// What it was planned on has changed.
    Stale = "stale" => Some("Look at what changed, and plan again."),
    /// Somebody else holds the database.
    DatabaseLocked = "databaseLocked" => Some("Close the other program that uses the file, then try again."),
    /// The database may not be written.
    DatabaseReadOnly = "databaseReadOnly" => Some("Make the file and its folder writable for you, or choose another data folder."),
    /// No space left.
    DiskFull = "diskFull" => Some("Free some space, then try again. What was saved before is intact."),
    /// It was stopped.
    Stopped = "stopped" => Some("Sync again to go on where it stopped."),
    /// A fault of this program.
    Internal = "internal" => Some("Try again. If it happens again, report it with the log."),
}

impl Failure {
    /// A failure that has a kind and words alone.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            request: None,
            hint: None,
            fields: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// The same, with its own words for what to do next.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// What to do next, as sentences.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref().or(self.kind.hint())
    }

    /// The failure as the database keeps it.
    pub(crate) fn stored(&self) -> StoredFailure {
        StoredFailure {
            kind: self.kind.word().to_owned(),
            message: self.message.clone(),
            request: self.request.clone(),
        }
    }

    /// A failure that the database kept.
    #[must_use]
    pub fn from_stored(stored: &StoredFailure) -> Self {
        let kind = FailureKind::ALL
            .iter()
            .find(|kind| kind.word() == stored.kind);
        Self {
            request: stored.request.clone(),
            ..Self::new(
                kind.copied().unwrap_or(FailureKind::Internal),
                &stored.message,
            )
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let kind = match error {
            Error::Filter(_)
            | Error::Invalid(_)
            | Error::Import(_)
            | Error::Correction(_)
            | Error::Usage(_) => FailureKind::Invalid,
            Error::NotFound { .. } => FailureKind::NotFound,
            Error::Marketplace(error) => kind_of_marketplace(error.kind),
            Error::Directory(_) => FailureKind::Offline,
            Error::Mail(error) => kind_of_mail(error.kind),
            Error::NotPermitted(_) => FailureKind::Refused,
            Error::Link(error) => error.kind(),
            Error::Ending(error) => error.kind(),
            Error::NoRandomness | Error::Kept(_) => FailureKind::Internal,
            Error::OtherAccount { .. } => FailureKind::Credentials,
            Error::Store(error) => kind_of_store(error),
            Error::Stopped | Error::ImportStopped { .. } => FailureKind::Stopped,
            Error::AlreadyRunning => FailureKind::Busy,
        };
        let request = match error {
            Error::Marketplace(error) => error.request_id.clone(),
            _ => None,
        };
        let hint = match error {
            Error::Mail(error) => Some(error.kind.hint().to_owned()),
            Error::Link(error) => error.hint(),
            Error::Ending(error) => error.hint(),
            Error::Marketplace(error) => token_hint(error.kind).map(str::to_owned),
            Error::ImportStopped { .. } => {
                Some("Import the same file again to take in the rest.".to_owned())
            }
            _ => None,
        };
        let fields = match error {
            Error::Link(error) => error.fields(),
            Error::Ending(error) => error.fields(),
            Error::Correction(error) => error.0.clone(),
            _ => Vec::new(),
        };
        let changes = match error {
            Error::Link(LinkError::Stale(differences))
            | Error::Ending(EndingError::Stale(differences)) => differences.clone(),
            _ => Vec::new(),
        };
        Self {
            request,
            hint,
            fields,
            changes,
            ..Self::new(kind, error.to_string())
        }
    }
}

impl From<&store::Error> for Failure {
    fn from(error: &store::Error) -> Self {
        Self::new(kind_of_store(error), error.to_string())
    }
}

fn kind_of_marketplace(kind: ErrorKind) -> FailureKind {
    match kind {
        ErrorKind::Busy => FailureKind::Busy,
        ErrorKind::NoAnswer => FailureKind::Offline,
        ErrorKind::Denied => FailureKind::Denied,
        ErrorKind::Credentials => FailureKind::Credentials,
        ErrorKind::CodeNeeded => FailureKind::CodeNeeded,
        ErrorKind::NotFound => FailureKind::NotFound,
        ErrorKind::TokenInvalid | ErrorKind::TokenExpired => FailureKind::Refused,
        ErrorKind::Garbage => FailureKind::Garbage,
        ErrorKind::PageToken | ErrorKind::Invalid => FailureKind::Internal,
    }
}

/// What to do about a registration token that AWS does not take.
fn token_hint(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::TokenInvalid => Some(
            "Ask the buyer to open the subscription in the AWS console, choose “Set up your account” again, and send the new link. Check, too, that the product belongs to this connection's seller account.",
        ),
        ErrorKind::TokenExpired => Some(
            "Ask the buyer to open the subscription in the AWS console and choose “Set up your account” again: the link is good for some hours at most.",
        ),
        _ => None,
    }
}

fn kind_of_mail(kind: MailErrorKind) -> FailureKind {
    match kind {
        MailErrorKind::Unknown => FailureKind::MaybeSent,
        _ => FailureKind::NotSent,
    }
}

fn kind_of_store(error: &store::Error) -> FailureKind {
    match error {
        store::Error::Newer { .. } => FailureKind::DatabaseNewer,
        store::Error::Foreign | store::Error::Damaged(_) => FailureKind::DatabaseDamaged,
        store::Error::WrongKey(_) => FailureKind::DatabaseKey,
        store::Error::Locked(_) | store::Error::InUse => FailureKind::DatabaseLocked,
        store::Error::ReadOnly | store::Error::Unreachable(_) => FailureKind::DatabaseReadOnly,
        store::Error::Full(_) => FailureKind::DiskFull,
        store::Error::Sqlite(_) | store::Error::Invalid(_) => FailureKind::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_failure_is_told_as_it_was() {
        for kind in FailureKind::ALL {
            let failure = Failure {
                request: Some("r-1".into()),
                ..Failure::new(*kind, "why")
            };
            assert_eq!(Failure::from_stored(&failure.stored()), failure);
        }
    }

    #[test]
    fn a_mail_that_was_not_sent_says_what_to_do_about_mail() {
        for kind in MailErrorKind::ALL {
            let failure = Failure::from(&Error::from(MailError::new(*kind, "why")));
            assert_eq!(
                (failure.message.as_str(), failure.hint()),
                ("why", Some(kind.hint()))
            );
        }
    }
}
