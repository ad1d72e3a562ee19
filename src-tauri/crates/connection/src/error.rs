//! Why a connection does not do as asked.

use std::path::PathBuf;

use app::error::FieldProblem;
use app::marketplace::MarketplaceError;
use app::{Failure, FailureKind};
use sandbox::ControlError;
use vault::VaultError;

use crate::saved::SettingsError;

/// Why a connection does not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no connection of this id.
    #[error("there is no connection “{0}”")]
    NoConnection(String),
    /// The settings of the connections cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What was entered is not right.
    #[error("some of what was entered is not right")]
    Draft(Vec<FieldProblem>),
    /// The person no longer wants what was entered; nothing of it is kept.
    #[error("stopped; nothing of it was kept")]
    Cancelled,
    /// AWS did not accept what was entered in this field.
    #[error("AWS does not accept what was entered")]
    AtField(&'static str, #[source] MarketplaceError),
    /// The keyring did not do as asked.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The keyring has no access keys for the connection.
    #[error("the access keys of this connection are not in the keyring any more")]
    KeysLost,
    /// The keyring has no key for the connection's database.
    #[error("the key of this connection's database is not in the keyring any more")]
    KeyLost,
    /// The keyring has no key for the connection's audit, in which there are entries.
    #[error(
        "the key of this connection's audit is not in the keyring any more, so nothing can be added to it"
    )]
    AuditKeyLost,
    /// No key can be made.
    #[error(transparent)]
    Randomness(#[from] store::NoRandomness),
    /// The database did not do as asked.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A file cannot be written, moved or removed.
    #[error("{} cannot be written, moved or removed", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// AWS's shared configuration on this machine cannot be read.
    #[error(transparent)]
    Profiles(#[from] aws::ProfilesError),
    /// AWS cannot be called like this.
    #[error(transparent)]
    Aws(#[from] aws::InvalidSettings),
    /// Only the sandbox has buyers that can be acted for.
    #[error("this connection is not the sandbox")]
    NoSandbox,
    /// The sandbox needs no mail server.
    #[error("the sandbox delivers mail into its own mailbox, so it has no mail server")]
    SandboxMail,
    /// The sandbox does not start.
    #[error("the sandbox does not start: {0}")]
    Sandbox(#[from] sandbox::ServeError),
    /// The sandbox does not answer its controls.
    #[error("{0}")]
    Control(#[from] ControlError),
    /// The sandbox tells a time that is none.
    #[error("the sandbox tells a time that cannot be read")]
    Time(#[from] jiff::Error),
    /// The use case failed.
    #[error(transparent)]
    App(#[from] app::Error),
}

impl OpenError {
    /// What went wrong, for the window and the command line.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let told = |kind| Failure::new(kind, self.to_string());
        match self {
            Self::App(error) => Failure::from(error),
            Self::Store(error) => Failure::from(error),
            Self::NoConnection(_) => told(FailureKind::NotFound)
                .with_hint("`binderyctl connection list` and Settings show the ones there are."),
            Self::Settings(_) => told(FailureKind::Invalid)
                .with_hint("Mend the file, or move it away; the secrets stay in the keyring."),
            Self::Draft(problems) => Failure {
                message: match problems.as_slice() {
                    [one] => one.message.clone(),
                    _ => self.to_string(),
                },
                fields: problems.clone(),
                ..told(FailureKind::Invalid)
            },
            Self::AtField(field, error) => {
                let failure = Failure::from(&app::Error::from(error.clone()));
                let fields = vec![FieldProblem {
                    field: (*field).into(),
                    message: error.message.clone(),
                }];
                Failure { fields, ..failure }
            }
            // The kind's own hint is about syncs.
            Self::Cancelled => Failure {
                hint: None,
                ..told(FailureKind::Stopped)
            },
            Self::Vault(error) => told(FailureKind::Keyring).with_hint(error.hint()),
            Self::KeysLost => told(FailureKind::Credentials)
                .with_hint("Enter the access keys again, under Settings or with `binderyctl connection credentials`."),
            Self::KeyLost => told(FailureKind::DatabaseKey),
            Self::AuditKeyLost => told(FailureKind::Keyring)
                .with_hint("Restore the keyring entry from a backup, then try again. Without it, `binderyctl connection start-over` goes on with a new key: the audit's entries so far cannot be verified with that one."),
            Self::Control(error) => {
                let failure = told(match error.code.as_str() {
                    "not-found" => FailureKind::NotFound,
                    "unreachable" => FailureKind::Offline,
                    _ => FailureKind::Invalid,
                });
                match &error.hint {
                    Some(hint) => failure.with_hint(hint),
                    None => failure,
                }
            }
            Self::SandboxMail => told(FailureKind::Invalid)
                .with_hint("The Sandbox page and `binderyctl sandbox mailbox` show it."),
            Self::Profiles(_) | Self::Aws(_) | Self::NoSandbox => told(FailureKind::Invalid),
            Self::File(..) => told(FailureKind::DatabaseReadOnly),
            Self::Randomness(_) | Self::Sandbox(_) | Self::Time(_) => told(FailureKind::Internal),
        }
    }
}
