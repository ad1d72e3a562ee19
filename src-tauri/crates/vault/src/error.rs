//! Why a vault did not do as asked, and what to do about it.

use crate::secret::TooLong;

/// What a library said. Never its error about an entry's content, which would hold the content.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What unlocks gnome-keyring, or creates its first keyring, where nobody can be asked by a window.
/// It takes its whole input for the password, hence no `echo`, whose line break would be part of it.
macro_rules! in_a_shell {
    () => {
        "`read -rs p; printf %s \"$p\" | gnome-keyring-daemon --replace --unlock; unset p` \
         and type its password, then Enter"
    };
}

/// Why a vault did not do as asked: one variant per thing that a person can do about it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is no way to the keyring: no D-Bus session.
    #[error("there is no D-Bus session, through which the keyring is reached")]
    NoBus(#[source] Cause),
    /// Nothing on this system keeps secrets.
    #[error("no keyring service answers")]
    NoService(#[source] Cause),
    /// The service is there and has no keyring to put anything into.
    #[error("the keyring service has no default keyring yet")]
    NoKeyring,
    /// The keyring is locked, and nobody could be asked to unlock it.
    #[error("the keyring is locked")]
    Locked,
    /// The person, or a rule of the system, said no.
    #[error("access to the keyring was refused")]
    Refused,
    /// More than the keyring takes.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The entry is not what we wrote: no text, too long, or there are several of its name.
    #[error("the keyring's entry “{0}” is not as Bindery wrote it")]
    Damaged(String),
    /// This vault has no way to do that.
    #[error("this keyring cannot be locked from here")]
    Unsupported,
    /// Anything else; the cause is its source.
    #[error("the keyring failed")]
    Other(#[source] Cause),
}

impl VaultError {
    /// What to do next, as sentences, in terms of this operating system.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NoBus(_) => concat!(
                "Start Bindery from a desktop session. Over ssh or in a container, run \
                 `dbus-run-session -- bash`. In there, to unlock a keyring, run ",
                in_a_shell!(),
                "; then start Bindery."
            ),
            Self::NoService(_) => NO_SERVICE,
            Self::NoKeyring => NO_KEYRING,
            Self::Locked => LOCKED,
            Self::Refused => REFUSED,
            Self::TooLong(_) => TOO_LONG,
            Self::Damaged(_) => "Remove the entry, then enter the secret again.",
            Self::Unsupported => "Lock the computer's screen instead.",
            Self::Other(_) => {
                "Try again. If it happens again, restart the keyring or log in anew, then report \
                 it with the log."
            }
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod words {
    pub(super) const NO_SERVICE: &str = "Install and start gnome-keyring or KWallet, then try \
        again. KeePassXC does as well, with its Secret Service integration switched on.";
    pub(super) const NO_KEYRING: &str = concat!(
        "Create a keyring and make it the default, in Passwords and Keys or KWalletManager, then \
         try again. Without a desktop, run ",
        in_a_shell!(),
        "."
    );
    pub(super) const LOCKED: &str = concat!(
        "Unlock the login keyring, in Passwords and Keys or KWalletManager, then try again. \
         Without a desktop, run ",
        in_a_shell!(),
        "."
    );
    pub(super) const REFUSED: &str =
        "Try again, and unlock the keyring when the system asks for its password.";
    pub(super) const TOO_LONG: &str = "Check what was pasted: keys and passwords are much shorter.";
}

#[cfg(target_os = "macos")]
mod words {
    pub(super) const NO_SERVICE: &str =
        "Log in to this Mac's desktop, not only through ssh, then try again.";
    pub(super) const NO_KEYRING: &str =
        "Create a login keychain in Keychain Access and make it the default, then try again.";
    pub(super) const LOCKED: &str = "Unlock the login keychain, in Keychain Access or with \
        `security unlock-keychain`, then try again.";
    pub(super) const REFUSED: &str =
        "Try again, and allow Bindery to use the keychain when the system asks.";
    pub(super) const TOO_LONG: &str = "Check what was pasted: keys and passwords are much shorter.";
}

#[cfg(windows)]
mod words {
    pub(super) const NO_SERVICE: &str = "Log in to Windows with your password or PIN, and start \
        Bindery there: services and network logons have no credentials of their own.";
    pub(super) const NO_KEYRING: &str = NO_SERVICE;
    pub(super) const LOCKED: &str = NO_SERVICE;
    pub(super) const REFUSED: &str =
        "Ask your administrator to allow Credential Manager to keep passwords, then try again.";
    pub(super) const TOO_LONG: &str = "Check what was pasted. Credential Manager takes 2560 bytes: \
        instead of access keys with a long session token, use a profile or a role.";
}

use words::{LOCKED, NO_KEYRING, NO_SERVICE, REFUSED, TOO_LONG};
