//! Which connections there are, without their secrets: those of the file, and those that end with this
//! program.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::saved::{self, SavedConnection, SettingsError};
use crate::{Keep, OpenError, lock};

/// The connections that there are. Clones are about the same ones.
#[derive(Clone)]
pub(crate) struct Registry {
    config: PathBuf,
    /// Connections that end with this program.
    passing: Arc<Mutex<Vec<SavedConnection>>>,
}

impl Registry {
    pub(crate) fn new(config: &Path) -> Self {
        Self {
            config: config.to_owned(),
            passing: Arc::default(),
        }
    }

    /// Every one, with where its secrets are.
    pub(crate) fn list(&self) -> Result<Vec<(SavedConnection, Keep)>, SettingsError> {
        let kept = saved::read(&self.config)?;
        let kept = kept.into_iter().map(|saved| (saved, Keep::InKeyring));
        let passing = self.passing().clone();
        Ok(kept
            .chain(passing.into_iter().map(|saved| (saved, Keep::InMemory)))
            .collect())
    }

    /// The one of this id.
    pub(crate) fn find(&self, id: &str) -> Result<(SavedConnection, Keep), OpenError> {
        // One in memory is found also while the file is broken.
        let passing = self
            .passing()
            .iter()
            .find(|saved| saved.id.as_str() == id)
            .cloned();
        if let Some(saved) = passing {
            return Ok((saved, Keep::InMemory));
        }
        let mut kept = saved::read(&self.config)?.into_iter();
        kept.find(|saved| saved.id.as_str() == id)
            .map(|saved| (saved, Keep::InKeyring))
            .ok_or_else(|| OpenError::NoConnection(id.to_owned()))
    }

    /// Adds one whose secrets are kept there. `taken` is why not, when another process was faster.
    pub(crate) fn add(
        &self,
        saved: &SavedConnection,
        keep: Keep,
        taken: impl FnOnce() -> OpenError,
    ) -> Result<(), OpenError> {
        if keep == Keep::InMemory {
            self.passing().push(saved.clone());
            return Ok(());
        }
        saved::change(&self.config, |all| {
            let same = |known: &SavedConnection| known.id == saved.id || known.name == saved.name;
            if all.iter().any(same) {
                return Err(taken());
            }
            all.push(saved.clone());
            Ok(())
        })
    }

    /// Changes the one of this id, which `change` is given as its place among the others.
    pub(crate) fn change(
        &self,
        id: &str,
        change: impl FnOnce(&mut [SavedConnection], usize) -> Result<(), OpenError>,
    ) -> Result<(), OpenError> {
        let place = |all: &[SavedConnection]| all.iter().position(|it| it.id.as_str() == id);
        let mut passing = self.passing();
        if let Some(at) = place(&passing) {
            return change(&mut passing, at);
        }
        drop(passing);
        saved::change(&self.config, |all| {
            let at = place(all).ok_or_else(|| OpenError::NoConnection(id.to_owned()))?;
            change(all, at)
        })
    }

    /// Forgets one.
    pub(crate) fn remove(&self, gone: &SavedConnection, keep: Keep) -> Result<(), OpenError> {
        self.passing().retain(|known| known.id != gone.id);
        if keep == Keep::InKeyring {
            saved::change(&self.config, |all| {
                all.retain(|known| known.id != gone.id);
                Ok::<_, OpenError>(())
            })?;
        }
        Ok(())
    }

    fn passing(&self) -> MutexGuard<'_, Vec<SavedConnection>> {
        lock(&self.passing)
    }
}
