//! A private D-Bus session with an unlocked keyring, for tests.
//!
//! The bus and gnome-keyring run in a folder of their own and end with the [`KeyringSession`]. What
//! is to use that keyring must be a process of its own, since the way to it is in the environment:
//! see [`KeyringSession::apply`].

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "only tests use this, and there what goes wrong fails the test"
)]

mod daemon;

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use zbus::blocking::Connection;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use daemon::Daemon;

const PASSWORD: &str = "the password of a test's keyring";
const SERVICE: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
/// The collection that gnome-keyring makes when it is first unlocked.
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// How long the daemons may take for what they do in milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A D-Bus session bus of its own, usually with a keyring on it. Both end when it is dropped.
#[derive(Debug)]
pub struct KeyringSession {
    // In the order in which they must end.
    keyring: Option<Daemon>,
    bus: Daemon,
    address: String,
    folder: TempDir,
}

impl KeyringSession {
    /// Starts a bus and on it a keyring that is unlocked and empty.
    ///
    /// # Panics
    /// If the daemons are not installed or do not start.
    #[must_use]
    pub fn start() -> Self {
        let mut session = Self::without_keyring();
        session.restart_keyring();
        session
    }

    /// Starts a bus on which no keyring answers.
    ///
    /// # Panics
    /// If the daemon is not installed or does not start.
    #[must_use]
    pub fn without_keyring() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("keyring-")
            .tempdir()
            .unwrap();
        let (bus, address) = Daemon::bus(folder.path());
        Self {
            keyring: None,
            bus,
            address,
            folder,
        }
    }

    /// Starts a bus and on it a keyring service that was never unlocked: it has no collection.
    ///
    /// # Panics
    /// If the daemons are not installed or do not start.
    #[must_use]
    pub fn without_collection() -> Self {
        let mut session = Self::without_keyring();
        session.keyring = Some(Daemon::keyring(session.folder(), &session.address, None));
        let bus = session.connect();
        let bus = zbus::blocking::fdo::DBusProxy::new(&bus).unwrap();
        session.wait("the keyring to answer", || {
            bus.name_has_owner(SERVICE.try_into().unwrap()).unwrap()
        });
        session
    }

    /// Ends the keyring's daemon, if there is one, and starts another on the same entries, unlocked:
    /// as a new login does.
    ///
    /// # Panics
    /// If it does not start.
    pub fn restart_keyring(&mut self) {
        self.keyring = None;
        self.keyring = Some(Daemon::keyring(
            self.folder(),
            &self.address,
            Some(PASSWORD),
        ));
        let bus = self.connect();
        self.wait("the keyring to be unlocked", || locked(&bus) == Some(false));
    }

    /// What a process must have in its environment to use this keyring and no other.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![("DBUS_SESSION_BUS_ADDRESS", self.address.clone())]
    }

    /// Lets `command` use this keyring and no other.
    pub fn apply(&self, command: &mut Command) {
        command.envs(self.env());
    }

    /// Locks the keyring.
    ///
    /// # Panics
    /// If the keyring does not do so.
    pub fn lock(&self) {
        let login = vec![ObjectPath::try_from(LOGIN).unwrap()];
        self.connect()
            .call_method(
                Some(SERVICE),
                SERVICE_PATH,
                Some("org.freedesktop.Secret.Service"),
                "Lock",
                &(login,),
            )
            .unwrap();
        assert!(self.is_locked());
    }

    /// Unlocks the keyring, as its password does.
    ///
    /// # Panics
    /// If the keyring does not do so.
    pub fn unlock(&self) {
        let bus = self.connect();
        let opened = bus
            .call_method(
                Some(SERVICE),
                SERVICE_PATH,
                Some("org.freedesktop.Secret.Service"),
                "OpenSession",
                &("plain", Value::from("")),
            )
            .unwrap();
        let (_, session): (OwnedValue, OwnedObjectPath) = opened.body().deserialize().unwrap();
        // A prompt is the only public way in, and nobody is there to answer one.
        bus.call_method(
            Some(SERVICE),
            SERVICE_PATH,
            Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"),
            "UnlockWithMasterPassword",
            &(
                ObjectPath::try_from(LOGIN).unwrap(),
                (session, Vec::<u8>::new(), PASSWORD.as_bytes(), "text/plain"),
            ),
        )
        .unwrap();
        assert!(!self.is_locked());
    }

    /// Whether the keyring is locked.
    ///
    /// # Panics
    /// If the keyring does not answer.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        locked(&self.connect()).unwrap()
    }

    /// What its entries are called, in order.
    ///
    /// # Panics
    /// If the keyring does not answer.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        let bus = self.connect();
        let mut labels: Vec<_> = items(&bus).into_iter().map(|(_, label)| label).collect();
        labels.sort_unstable();
        labels
    }

    /// Deletes the entries whose name has this in it, behind the back of whoever made them. How many.
    ///
    /// # Panics
    /// If the keyring does not do so.
    #[must_use]
    pub fn delete(&self, part: &str) -> usize {
        let bus = self.connect();
        let meant = items(&bus)
            .into_iter()
            .filter(|(_, label)| label.contains(part));
        let deleted = meant.map(|(item, _)| {
            let interface = Some("org.freedesktop.Secret.Item");
            bus.call_method(Some(SERVICE), &item, interface, "Delete", &())
                .unwrap();
        });
        deleted.count()
    }

    /// The daemons that run for it, and end with it.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        let daemons = self.keyring.iter().chain([&self.bus]);
        daemons.map(Daemon::pid).collect()
    }

    fn connect(&self) -> Connection {
        zbus::blocking::connection::Builder::address(self.address.as_str())
            .and_then(|builder| builder.build())
            .unwrap()
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn wait(&self, what: &str, mut happened: impl FnMut() -> bool) {
        let start = Instant::now();
        while !happened() {
            assert!(
                start.elapsed() < PATIENCE,
                "waited in vain for {what}; the daemons said: {}",
                daemon::said(self.folder())
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// The entries of the keyring, and what they are called.
fn items(bus: &Connection) -> Vec<(OwnedObjectPath, String)> {
    let collection = property(bus, LOGIN, "org.freedesktop.Secret.Collection", "Items");
    let items: Vec<OwnedObjectPath> = collection.try_into().unwrap();
    let labeled = items.into_iter().map(|item| {
        let label = property(bus, item.as_str(), "org.freedesktop.Secret.Item", "Label");
        (item, String::try_from(label).unwrap())
    });
    labeled.collect()
}

fn property(bus: &Connection, path: &str, interface: &str, name: &str) -> OwnedValue {
    bus.call_method(
        Some(SERVICE),
        path,
        Some("org.freedesktop.DBus.Properties"),
        "Get",
        &(interface, name),
    )
    .unwrap()
    .body()
    .deserialize()
    .unwrap()
}

/// `None` while there is no keyring.
fn locked(bus: &Connection) -> Option<bool> {
    let properties = bus
        .call_method(
            Some(SERVICE),
            LOGIN,
            Some("org.freedesktop.DBus.Properties"),
            "GetAll",
            &"org.freedesktop.Secret.Collection",
        )
        .ok()?;
    let properties: HashMap<String, OwnedValue> = properties.body().deserialize().unwrap();
    properties["Locked"].downcast_ref().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_it() {
        let session = KeyringSession::start();
        let folder = session.folder().to_owned();
        let daemons = session
            .pids()
            .into_iter()
            .map(|pid| Path::new("/proc").join(pid.to_string()));
        let daemons: Vec<_> = daemons.collect();
        assert_eq!(daemons.iter().filter(|daemon| daemon.exists()).count(), 2);
        drop(session);
        assert_eq!(daemons.iter().filter(|daemon| daemon.exists()).count(), 0);
        assert!(!folder.exists());
    }

    #[test]
    fn it_is_locked_and_unlocked() {
        let session = KeyringSession::start();
        assert!(!session.is_locked());
        session.lock();
        assert!(session.is_locked());
        session.unlock();
        assert!(!session.is_locked());
    }
}
