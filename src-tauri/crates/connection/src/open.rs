//! An open connection.

use std::sync::{Arc, Mutex as SyncMutex, OnceLock};

use app::sync::{Progress, Scope, Summary};
use app::{
    Access, Action, Clock, Console, Failure, FailureKind, Mail, Mailer, Permit, Policies, Preflight,
};
use aws::{AwsMarketplace, ConnectionSettings, Credentials, Quota};
use domain::{AccountId, Timestamp};
use sandbox::Control;
use store::{AuditKey, Store};
use tokio::sync::{Mutex, watch};

use crate::mailer::SandboxMailer;
use crate::policies;
use crate::seller::Seller;
use crate::world::{SandboxDirectory, World};
use crate::{Folders, OpenError, lock};

/// A connection, open: its database at once, the way to AWS (or the sandbox) when it is first wanted.
pub struct Connection {
    to: To,
    pub(crate) policies: Arc<Policies>,
    /// Empty while the keyring has none: looking goes on without it.
    audit_key: OnceLock<AuditKey>,
    store: Arc<Store>,
    clock: Clock,
    progress: watch::Sender<Option<Progress>>,
    mailed: watch::Sender<()>,
    live: Mutex<Option<Live>>,
    /// The console of `live`, for questions that must not wait for it.
    console: SyncMutex<Option<Arc<Console<AwsMarketplace>>>>,
    /// The sync that waits for the person, and why.
    waiting: SyncMutex<Option<(Scope, Failure)>>,
}

/// What a connection works by, besides its database.
pub(crate) struct Own {
    pub(crate) policies: Arc<Policies>,
    /// The one its audit is chained with; `None` when it is lost.
    pub(crate) audit_key: Option<AuditKey>,
}

/// What a connection leads to.
enum To {
    /// The sandbox of these folders.
    Sandbox(Folders),
    /// A seller account at AWS.
    Seller(Box<Seller>),
}

/// The way to AWS and, for the sandbox, to its controls.
struct Live {
    console: Arc<Console<AwsMarketplace>>,
    world: Option<World>,
}

impl Connection {
    /// The sandbox connection's id.
    pub const SANDBOX: &'static str = "sandbox";

    /// Opens the sandbox connection's database, made on first use. Starts nothing.
    pub fn open_sandbox(folders: &Folders) -> Result<Self, store::Error> {
        let store = Store::open(&folders.database(Self::SANDBOX))?;
        let own = Own {
            policies: Arc::new(policies::in_force(folders)),
            audit_key: Some(AuditKey::of_the_sandbox()),
        };
        Self::over(To::Sandbox(folders.clone()), store, own)
    }

    /// The connection to a seller account, over its open database.
    pub(crate) fn open_seller(seller: Seller, store: Store, own: Own) -> Result<Self, OpenError> {
        Ok(Self::over(To::Seller(Box::new(seller)), store, own)?)
    }

    fn over(to: To, store: Store, own: Own) -> Result<Self, store::Error> {
        let offset = store.read(|read| read.sync_state())?.clock_offset;
        Ok(Self {
            to,
            policies: own.policies,
            audit_key: own.audit_key.map(OnceLock::from).unwrap_or_default(),
            store: Arc::new(store),
            clock: Clock::ahead_by(offset),
            progress: watch::Sender::new(None),
            mailed: watch::Sender::new(()),
            live: Mutex::default(),
            console: SyncMutex::default(),
            waiting: SyncMutex::default(),
        })
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match &self.to {
            To::Sandbox(_) => Self::SANDBOX,
            To::Seller(seller) => seller.saved.id.as_str(),
        }
    }

    /// The seller account it is for; `None` for the sandbox, which tells its own.
    #[must_use]
    pub const fn account(&self) -> Option<&AccountId> {
        match &self.to {
            To::Sandbox(_) => None,
            To::Seller(seller) => Some(seller.account()),
        }
    }

    /// What it may be used for.
    #[must_use]
    pub const fn access(&self) -> Access {
        match &self.to {
            To::Sandbox(_) => Access::Full,
            To::Seller(seller) => seller.saved.access,
        }
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The key its audit is chained with, for whatever writes there or verifies it. One that was lost may
    /// have been restored. Blocks while the keyring asks.
    pub(crate) fn audit_key(&self) -> Result<&AuditKey, OpenError> {
        if let Some(key) = self.audit_key.get() {
            return Ok(key);
        }
        let key = match &self.to {
            To::Sandbox(_) => AuditKey::of_the_sandbox(),
            To::Seller(seller) => seller.audit_key()?,
        };
        Ok(self.audit_key.get_or_init(|| key))
    }

    /// The connection's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How far the running sync is; `None` when none runs.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Option<Progress>> {
        self.progress.subscribe()
    }

    /// Told of every mail into the sandbox's mailbox.
    #[must_use]
    pub fn mailed(&self) -> watch::Receiver<()> {
        self.mailed.subscribe()
    }

    /// Since when AWS has not answered; `None` when it did last time or was not asked yet.
    #[must_use]
    pub fn offline_since(&self) -> Option<Timestamp> {
        self.console_if_live()?.offline_since()
    }

    /// Brings the cache up to date. What only the person can mend (credentials, a code) makes the sync
    /// wait: [`Connection::attention`] tells why, and [`Connection::resume`] goes on.
    pub async fn sync(&self, scope: Scope) -> Result<Summary, OpenError> {
        let outcome = self.try_sync(scope).await;
        let failure = outcome.as_ref().err().map(OpenError::failure);
        *lock(&self.waiting) = match failure {
            Some(failure) if waits_for_the_person(failure.kind) => Some((scope, failure)),
            _ => None,
        };
        self.forget_what_failed(self.attention().as_ref()).await;
        outcome
    }

    async fn try_sync(&self, scope: Scope) -> Result<Summary, OpenError> {
        let console = self.console().await?;
        // On the heap: a sync holds its whole queue of calls.
        Ok(Box::pin(console.sync(scope)).await?)
    }

    /// Why a sync waits for the person; `None` when none does.
    #[must_use]
    pub fn attention(&self) -> Option<Failure> {
        lock(&self.waiting).as_ref().map(|(_, why)| why.clone())
    }

    /// Goes on with the sync that waits for the person, if one does.
    pub async fn resume(&self) -> Result<Option<Summary>, OpenError> {
        let waiting = lock(&self.waiting).as_ref().map(|(scope, _)| *scope);
        match waiting {
            Some(scope) => Ok(Some(self.sync(scope).await?)),
            None => Ok(None),
        }
    }

    /// Takes the code that the person's MFA device shows, for the role's next session.
    pub fn provide_code(&self, code: &str) -> Result<(), OpenError> {
        match &self.to {
            To::Sandbox(_) => Ok(()),
            To::Seller(seller) => seller
                .codes
                .provide(code)
                .map_err(|error| crate::connections::problem("mfaCode", error.to_string())),
        }
    }

    /// Finds out what the credentials may do, and keeps it.
    pub async fn check(&self) -> Result<Preflight, OpenError> {
        let console = self.console().await?;
        let check = Box::pin(console.preflight()).await?;
        self.forget_what_failed(check.identity.as_ref().err()).await;
        Ok(check)
    }

    /// What the last check found.
    pub fn last_check(&self) -> Result<Option<Preflight>, OpenError> {
        Ok(self.store.read(Preflight::last)?)
    }

    /// The right to act, as far as the connection and the last check of its credentials give it.
    pub fn permit(&self, action: Action) -> Result<Permit, OpenError> {
        let known = self.last_check()?;
        Ok(self.access().permit(action, known.as_ref())?)
    }

    /// After credentials failed, lets the next call to AWS begin with those that are there then. A role
    /// that wants a code keeps what it has: a session is good until it ends.
    async fn forget_what_failed(&self, why: Option<&Failure>) {
        let failed = why.is_some_and(|why| {
            waits_for_the_person(why.kind) && why.kind != FailureKind::CodeNeeded
        });
        if failed && matches!(self.to, To::Seller(_)) {
            let mut live = self.live.lock().await;
            *live = None;
            *lock(&self.console) = None;
        }
    }

    /// Sends a mail to a buyer. AWS is not asked for anything.
    pub async fn send_mail(&self, mail: &Mail) -> Result<(), OpenError> {
        let sent = match &self.to {
            To::Seller(seller) => seller.mailer.send(mail).await,
            To::Sandbox(_) => {
                let control = self.control().await?;
                let mailer = SandboxMailer::new(control, self.mailed.clone());
                mailer.send(mail).await
            }
        };
        sent.map_err(|error| app::Error::from(error).into())
    }

    /// Stops the running sync, if any.
    pub fn stop_sync(&self) {
        if let Some(console) = self.console_if_live() {
            console.stop_sync();
        }
    }

    /// The sandbox's controls; starts the sandbox when nobody else serves it.
    pub async fn control(&self) -> Result<Control, OpenError> {
        let mut live = self.live.lock().await;
        let world = self.ensure(&mut live).await?.world.as_ref();
        world
            .map(|world| world.control().clone())
            .ok_or(OpenError::NoSandbox)
    }

    /// Notes that the sandbox was acted on: its clock may have moved.
    pub async fn acted(&self) -> Result<(), OpenError> {
        let live = self.live.lock().await;
        match live.as_ref() {
            Some(live) => self.set_clock(live).await,
            None => Ok(()),
        }
    }

    /// Stops the sandbox, if this process serves it.
    pub async fn close(&self) {
        self.stop_sync();
        let live = self.live.lock().await.take();
        if let Some(world) = live.and_then(|live| live.world) {
            world.stop().await;
        }
    }

    fn console_if_live(&self) -> Option<Arc<Console<AwsMarketplace>>> {
        lock(&self.console).clone()
    }

    pub(crate) async fn console(&self) -> Result<Arc<Console<AwsMarketplace>>, OpenError> {
        let mut live = self.live.lock().await;
        Ok(Arc::clone(&self.ensure(&mut live).await?.console))
    }

    /// The live side, made when there is none or its sandbox is gone.
    async fn ensure<'a>(&self, live: &'a mut Option<Live>) -> Result<&'a Live, OpenError> {
        let gone = match live.as_ref().map(|live| &live.world) {
            Some(Some(world)) => !world.answers().await,
            Some(None) => false,
            None => true,
        };
        if gone {
            *live = None;
            *live = Some(self.go_live().await?);
        }
        live.as_ref()
            .ok_or_else(|| OpenError::App(app::Error::Stopped))
    }

    async fn go_live(&self) -> Result<Live, OpenError> {
        let live = match &self.to {
            To::Sandbox(folders) => self.go_live_in_the_sandbox(folders).await?,
            To::Seller(seller) => {
                let (marketplace, audit_key) = tokio::task::block_in_place(|| {
                    // First: a way to AWS that is ready is there once.
                    let audit_key = self.audit_key()?;
                    Ok::<_, OpenError>((seller.connect()?, audit_key))
                })?;
                let console = self
                    .console_over(marketplace, audit_key)
                    .with_mailer(seller.mailer.clone())
                    .with_access(self.access())
                    .for_account(seller.account().clone());
                Live {
                    console: Arc::new(console),
                    world: None,
                }
            }
        };
        self.set_clock(&live).await?;
        *lock(&self.console) = Some(Arc::clone(&live.console));
        Ok(live)
    }

    async fn go_live_in_the_sandbox(&self, folders: &Folders) -> Result<Live, OpenError> {
        let world = World::find_or_serve(&folders.sandbox()).await?;
        let marketplace = AwsMarketplace::connect(ConnectionSettings {
            endpoint: Some(world.control().endpoint().to_owned()),
            quota: Quota::unlimited(),
            // The sandbox takes any key; these are recognizably none of AWS's.
            ..ConnectionSettings::new(Credentials::from_keys("SANDBOX", "sandbox", None))
        })?;
        let directory = SandboxDirectory(world.control().clone());
        let mailer = SandboxMailer::new(world.control().clone(), self.mailed.clone());
        let console = self
            .console_over(marketplace, self.audit_key()?)
            .with_directory(directory)
            .with_mailer(mailer);
        Ok(Live {
            console: Arc::new(console),
            world: Some(world),
        })
    }

    fn console_over(
        &self,
        marketplace: AwsMarketplace,
        audit_key: &AuditKey,
    ) -> Console<AwsMarketplace> {
        let store = Arc::clone(&self.store);
        let (clock, progress) = (self.clock.clone(), self.progress.clone());
        Console::new(store, marketplace, clock, progress)
            .with_policies(Arc::clone(&self.policies))
            .with_audit_key(audit_key.clone())
    }

    async fn set_clock(&self, live: &Live) -> Result<(), OpenError> {
        let Some(world) = &live.world else {
            return Ok(());
        };
        let now = parse_time(&world.control().status().await?.now)?;
        // Asking takes a few milliseconds: a smaller difference is not worth a write.
        if (now.as_millis() - self.clock.now().as_millis()).abs() > Self::CLOCK_SLACK_MS {
            live.console.set_clock(now)?;
        }
        Ok(())
    }

    /// A difference between two clocks that is not corrected, in milliseconds.
    const CLOCK_SLACK_MS: i64 = 1_000;
}

/// The instant that the sandbox wrote, as RFC 3339.
pub fn parse_time(text: &str) -> Result<Timestamp, OpenError> {
    let at: jiff::Timestamp = text.parse()?;
    Ok(Timestamp::from_millis(at.as_millisecond()))
}

/// Whether only the person can mend it.
const fn waits_for_the_person(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Credentials | FailureKind::CodeNeeded | FailureKind::Keyring
    )
}
