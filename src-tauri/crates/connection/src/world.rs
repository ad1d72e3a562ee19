//! The sandbox behind the sandbox connection: found where it is served, else served here.

use std::path::Path;
use std::time::Duration;

use app::Directory;
use app::directory::{DirectoryError, Page};
use domain::{AgreementId, DirectoryId, LicenseArn, Link, LinkState, Target, TargetKind};
use futures_util::future::BoxFuture;
use sandbox::{Control, Options, Running, ServeError};

use crate::OpenError;
use crate::open::parse_time;

mod directory;

use self::directory::entries;

/// What the sandbox's directory is called as an origin.
const NAME: &str = "sandbox directory";

/// How often another process's sandbox is looked for while it starts, and how long in between.
const LOOKS_MAX: usize = 40;
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A sandbox that can be reached.
pub(crate) struct World {
    control: Control,
    /// Set when this process serves it.
    running: Option<Running>,
}

impl World {
    /// The sandbox of a state directory, served here unless another process does.
    pub(crate) async fn find_or_serve(state_dir: &Path) -> Result<Self, ServeError> {
        let mut looks = 0;
        loop {
            if let Some(control) = Control::find(state_dir).await {
                return Ok(Self {
                    control,
                    running: None,
                });
            }
            match sandbox::serve(Options::for_state(state_dir)).await {
                Ok(running) => {
                    let control = Control::at(running.endpoint());
                    return Ok(Self {
                        control,
                        running: Some(running),
                    });
                }
                // Another process holds the state but does not answer yet: it is starting.
                Err(ServeError::InUse { .. }) if looks < LOOKS_MAX => {
                    looks += 1;
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn control(&self) -> &Control {
        &self.control
    }

    pub(crate) async fn answers(&self) -> bool {
        self.running.is_some() || self.control.status().await.is_ok()
    }

    pub(crate) async fn stop(self) {
        if let Some(running) = self.running {
            running.stop().await;
        }
    }
}

/// A data folder's sandbox for one command: found where it is served, else served until
/// [`ControlGuard::finish`].
pub struct ControlGuard(World);

impl ControlGuard {
    /// The sandbox of a state directory.
    pub async fn open(state_dir: &Path) -> Result<Self, OpenError> {
        Ok(Self(World::find_or_serve(state_dir).await?))
    }

    /// Its controls.
    #[must_use]
    pub fn control(&self) -> &Control {
        self.0.control()
    }

    /// Gives the sandbox back.
    pub async fn finish(self) {
        self.0.stop().await;
    }
}

/// The sandbox's directory, in the place of the vendor's own.
pub(crate) struct SandboxDirectory(pub(crate) Control);

impl Directory for SandboxDirectory {
    fn page(&self, after: Option<String>) -> BoxFuture<'_, Result<Page, DirectoryError>> {
        Box::pin(async move {
            let page = self.0.directory_page(after.as_deref(), None).await;
            let page = page.map_err(|error| DirectoryError(error.to_string()))?;
            let links: Result<_, _> = page.links.iter().map(link).collect();
            let entries = entries(&page);
            Ok(Page {
                links: links.map_err(|error| DirectoryError(error.to_string()))?,
                entries: entries.map_err(|error| DirectoryError(error.to_string()))?,
                next: page.next,
            })
        })
    }

    fn name(&self) -> &'static str {
        NAME
    }
}

fn link(link: &sandbox::Link) -> Result<Link, OpenError> {
    let invalid = |error: domain::Invalid| OpenError::App(app::Error::Invalid(error));
    let kind = TargetKind::from_word(&link.target.kind);
    Ok(Link {
        agreement: AgreementId::parse(&link.agreement_id).map_err(invalid)?,
        license: link
            .license_arn
            .as_deref()
            .map(LicenseArn::parse)
            .transpose()
            .map_err(invalid)?,
        target: Target {
            kind: kind.unwrap_or(TargetKind::Organization),
            id: link.target.id.clone(),
            name: link.target.name.clone(),
        },
        state: LinkState::Active,
        since: parse_time(&link.since)?,
        source: NAME.to_owned(),
        workspaces: link
            .workspaces
            .iter()
            .map(|id| DirectoryId::parse(id))
            .collect::<Result<_, _>>()
            .map_err(invalid)?,
    })
}
