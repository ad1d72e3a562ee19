//! An open connection.

use std::sync::{Arc, Mutex as SyncMutex, PoisonError};

use app::sync::{Progress, Scope, Summary};
use app::{Clock, Console};
use aws::{AwsMarketplace, CallLimits, ConnectionSettings, Credentials, Quota};
use domain::Timestamp;
use sandbox::{Control, ControlError};
use store::Store;
use tokio::sync::{Mutex, watch};

use crate::Folders;
use crate::world::{SandboxDirectory, World};

/// Why AWS, or the sandbox in its place, cannot be reached at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The sandbox does not start.
    #[error("the sandbox does not start: {0}")]
    Sandbox(#[from] sandbox::ServeError),
    /// The sandbox does not answer its controls.
    #[error("{0}")]
    Control(#[from] ControlError),
    /// The endpoint is none.
    #[error(transparent)]
    Endpoint(#[from] aws::InvalidEndpoint),
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
    pub fn failure(&self) -> app::Failure {
        let kind = match self {
            Self::App(error) => return app::Failure::from(error),
            Self::Control(error) => match error.code.as_str() {
                "not-found" => app::FailureKind::NotFound,
                "unreachable" => app::FailureKind::Offline,
                _ => app::FailureKind::Invalid,
            },
            Self::Sandbox(_) | Self::Endpoint(_) | Self::Time(_) => app::FailureKind::Internal,
        };
        let hint = match self {
            Self::Control(ControlError {
                hint: Some(hint), ..
            }) => format!(" ({hint})"),
            _ => String::new(),
        };
        app::Failure {
            kind,
            message: format!("{self}{hint}"),
            request: None,
        }
    }
}

/// The sandbox connection, open: its database at once, its server when it is first wanted.
pub struct Connection {
    folders: Folders,
    store: Arc<Store>,
    clock: Clock,
    progress: watch::Sender<Option<Progress>>,
    live: Mutex<Option<Live>>,
    /// The console of `live`, for questions that must not wait for it.
    console: SyncMutex<Option<Arc<Console<AwsMarketplace>>>>,
}

/// The way to AWS and, since it is the sandbox, to its controls.
struct Live {
    console: Arc<Console<AwsMarketplace>>,
    world: World,
}

impl Connection {
    /// The sandbox connection's id.
    pub const SANDBOX: &'static str = "sandbox";

    /// Opens the sandbox connection's database, made on first use. Starts nothing.
    pub fn open_sandbox(folders: &Folders) -> Result<Self, store::Error> {
        let store = Store::open(&folders.database(Self::SANDBOX))?;
        let offset = store.read(|read| read.sync_state())?.clock_offset;
        Ok(Self {
            folders: folders.clone(),
            store: Arc::new(store),
            clock: Clock::ahead_by(offset),
            progress: watch::Sender::new(None),
            live: Mutex::default(),
            console: SyncMutex::default(),
        })
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
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

    /// Since when AWS has not answered; `None` when it did last time or was not asked yet.
    #[must_use]
    pub fn offline_since(&self) -> Option<Timestamp> {
        self.console_if_live()?.offline_since()
    }

    /// Brings the cache up to date, and takes in the vendor's directory when it never was.
    pub async fn sync(&self, scope: Scope) -> Result<Summary, OpenError> {
        let console = {
            let mut live = self.live.lock().await;
            Arc::clone(&self.ensure(&mut live).await?.console)
        };
        // On the heap: a sync holds its whole queue of calls.
        Ok(Box::pin(console.sync(scope)).await?)
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
        Ok(self.ensure(&mut live).await?.world.control().clone())
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
        if let Some(live) = live {
            live.world.stop().await;
        }
    }

    fn console_if_live(&self) -> Option<Arc<Console<AwsMarketplace>>> {
        self.console
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The live side, made when there is none or its sandbox is gone.
    async fn ensure<'a>(&self, live: &'a mut Option<Live>) -> Result<&'a Live, OpenError> {
        let gone = match live.as_ref() {
            Some(live) => !live.world.answers().await,
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
        let world = World::find_or_serve(&self.folders.sandbox()).await?;
        let marketplace = AwsMarketplace::connect(ConnectionSettings {
            endpoint: Some(world.control().endpoint().to_owned()),
            // The sandbox takes any key; these are recognizably none of AWS's.
            credentials: Credentials::from_keys("SANDBOX", "sandbox", None),
            quota: Quota::unlimited(),
            limits: CallLimits::default(),
        })?;
        let store = Arc::clone(&self.store);
        let console = Console::new(
            store,
            marketplace,
            self.clock.clone(),
            self.progress.clone(),
        )
        .with_directory(SandboxDirectory(world.control().clone()));
        let console = Arc::new(console);
        let live = Live {
            console: Arc::clone(&console),
            world,
        };
        self.set_clock(&live).await?;
        *self.console.lock().unwrap_or_else(PoisonError::into_inner) = Some(console);
        Ok(live)
    }

    async fn set_clock(&self, live: &Live) -> Result<(), OpenError> {
        let now = parse_time(&live.world.control().status().await?.now)?;
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
