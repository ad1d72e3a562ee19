//! The listener, and the life of a sandbox from start to stop.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::clock::{Clock, real_now};
use crate::folder::{self, Folder, Origin, Served};
use crate::journal::JournalError;
use crate::ledger::State;
use crate::sandbox::Sandbox;
use crate::wire::body::Body;
use crate::wire::{HangUp, REQUEST_MAX_BYTES};
use crate::world::World;
use crate::{control, wire};

/// The most agreements a world can begin with.
pub const AGREEMENTS_MAX: u32 = 1_000_000;
/// Of a request that is too large this much is still read, in bytes, so that the answer arrives.
const DRAINED_MAX_BYTES: usize = 16 * REQUEST_MAX_BYTES;

/// How a sandbox is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; must be a loopback address. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// What the world is invented from.
    pub seed: u64,
    /// How many agreements the world begins with, up to [`AGREEMENTS_MAX`].
    pub agreements: u32,
    /// The time at which a new world begins; real time when absent. A world that exists keeps its own.
    pub now: Option<Timestamp>,
    /// Where the state is kept; in memory only when absent.
    pub state_dir: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 1,
            agreements: 300,
            now: None,
            state_dir: None,
        }
    }
}

impl Options {
    /// Options for a state directory: those of the world in it, or the defaults for a new one.
    #[must_use]
    pub fn for_state(state_dir: &Path) -> Self {
        let defaults = Self {
            state_dir: Some(state_dir.to_owned()),
            ..Self::default()
        };
        match folder::known_origin(state_dir) {
            Some(origin) => Self {
                seed: origin.seed,
                agreements: origin.agreements,
                ..defaults
            },
            None => defaults,
        }
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address would be reachable from elsewhere.
    #[error("{0} is not a loopback address; listen on 127.0.0.1")]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// More agreements than a world can have.
    #[error("a world has 1 to {AGREEMENTS_MAX} agreements, not {0}")]
    Agreements(u32),
    /// The state directory cannot be used.
    #[error("{path} cannot be used to keep the sandbox's state")]
    Folder {
        /// The state directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another sandbox runs on the same state.
    #[error("another sandbox is running on {path}; use it, stop it, or choose another directory")]
    InUse {
        /// The state directory.
        path: PathBuf,
    },
    /// The state is of another world than asked for.
    #[error(
        "{path} holds a world of seed {seed} with {agreements} agreements; \
         ask for that one, or choose another directory"
    )]
    OtherWorld {
        /// The file that says so.
        path: PathBuf,
        /// Seed of the world kept there.
        seed: u64,
        /// Number of agreements it began with.
        agreements: u32,
    },
    /// The state was written by another version.
    #[error("{path} has format {found}, which this version does not read")]
    Format {
        /// The file that says so.
        path: PathBuf,
        /// The format found.
        found: u32,
    },
    /// There is a journal, but nothing it could apply to.
    #[error("{path} is missing beside a journal; restore it or remove the state directory")]
    NoWorld {
        /// The missing file.
        path: PathBuf,
    },
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The world could not be made.
    #[error("the world could not be made")]
    World(#[source] tokio::task::JoinError),
}

/// A sandbox that is being served. Dropping it stops serving at once.
#[derive(Debug)]
pub struct Running {
    endpoint: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    folder: Option<Folder>,
}

/// Starts a sandbox; it is served on tasks of the current runtime.
pub async fn serve(options: Options) -> Result<Running, ServeError> {
    if !options.listen.ip().is_loopback() {
        return Err(ServeError::NotLoopback(options.listen));
    }
    if options.agreements == 0 || options.agreements > AGREEMENTS_MAX {
        return Err(ServeError::Agreements(options.agreements));
    }
    let address = options.listen;
    let failed = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let endpoint = format!("http://{}", listener.local_addr().map_err(failed)?);

    let opened = tokio::task::spawn_blocking(move || open(&options));
    let (folder, origin, state) = opened.await.map_err(ServeError::World)??;
    let instance = format!("{:x}-{:x}", real_now(), std::process::id());
    if let Some(folder) = &folder {
        folder.publish(&Served {
            endpoint: endpoint.clone(),
            instance: instance.clone(),
        })?;
    }
    let clock = Clock::started(origin.start, origin.begun_at);
    let sandbox = Arc::new(Sandbox::new(instance, state, clock));
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(accept(listener, sandbox, stopped));
    tracing::info!(%endpoint, "the sandbox is served");
    Ok(Running {
        endpoint,
        stop,
        serving,
        folder,
    })
}

impl Running {
    /// Where the sandbox is reached, as `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Stops serving, closes all connections and gives the state directory free.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        if let Err(error) = (&mut self.serving).await {
            tracing::debug!(%error, "the listener had ended already");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        self.serving.abort();
        if let Some(folder) = &self.folder {
            folder.unpublish();
        }
    }
}

fn open(options: &Options) -> Result<(Option<Folder>, Origin, State), ServeError> {
    let Some(path) = &options.state_dir else {
        let origin = Origin::new(options);
        let world = World::new(origin.seed, origin.agreements, origin.start);
        return Ok((
            None,
            origin,
            State {
                world,
                journal: None,
            },
        ));
    };
    let folder = Folder::lock(path)?;
    let origin = folder.origin(options)?;
    let world = World::new(origin.seed, origin.agreements, origin.start);
    let state = folder.replay(world)?;
    Ok((Some(folder), origin, state))
}

async fn accept(listener: TcpListener, sandbox: Arc<Sandbox>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&sandbox)));
                }
                Err(error) => {
                    // Out of file handles, most likely: wait until one is free.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            },
        }
    }
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, sandbox: Arc<Sandbox>) {
    let _ = stream.set_nodelay(true);
    let answer = hyper::service::service_fn(move |request| {
        let sandbox = Arc::clone(&sandbox);
        async move { respond(&sandbox, request).await }
    });
    let mut http = hyper::server::conn::http1::Builder::new();
    let served = http
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn respond(
    sandbox: &Arc<Sandbox>,
    request: Request<Incoming>,
) -> Result<Response<Body>, HangUp> {
    let (parts, body) = request.into_parts();
    let body = collect(body).await?;
    if parts.uri.path().starts_with(control::PREFIX) {
        return Ok(control::answer(sandbox, &parts, body).await);
    }
    wire::answer(sandbox, &parts, body).await
}

/// The whole body, or nothing when it is larger than a request may be.
async fn collect(mut body: Incoming) -> Result<Option<Bytes>, HangUp> {
    let (mut bytes, mut seen) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| HangUp)?.into_data() else {
            continue;
        };
        seen += data.len();
        if seen > DRAINED_MAX_BYTES {
            return Err(HangUp);
        }
        if seen < REQUEST_MAX_BYTES {
            bytes.extend_from_slice(&data);
        }
    }
    Ok((seen < REQUEST_MAX_BYTES).then(|| bytes.freeze()))
}
