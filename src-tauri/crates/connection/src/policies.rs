//! A vendor's own policies: the files of the folder `policies` beside the connections' file.

use std::io;
use std::path::{Path, PathBuf};

use policy::{FILE_BYTES_MAX, LoadError, Policy};

use crate::Folders;

/// A policy file of the vendor's, read.
#[derive(Debug)]
pub struct PolicyFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// The policy, or everything that is wrong with it.
    pub policy: Result<Policy, Vec<LoadError>>,
}

/// Why a policy file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", .path.display())]
pub struct UnreadablePolicy {
    /// The file, or the folder.
    pub path: PathBuf,
    /// What happened.
    pub why: String,
}

/// The vendor's own policies, by file name; none where there is no folder.
pub fn own_policies(folders: &Folders) -> Result<Vec<PolicyFile>, UnreadablePolicy> {
    let mut paths = files(&folders.config().join("policies"))?;
    paths.sort();
    let files = paths.into_iter().map(|path| {
        let text = read_policy(&path)?;
        let policy = Policy::parse(&path.display().to_string(), &text);
        Ok(PolicyFile { path, text, policy })
    });
    files.collect()
}

/// The text of a policy file, as long as it is no longer than a policy may be.
pub fn read_policy(path: &Path) -> Result<String, UnreadablePolicy> {
    let unreadable = |error: io::Error| UnreadablePolicy {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > FILE_BYTES_MAX as u64 {
        let why = format!("a policy has at most {FILE_BYTES_MAX} bytes");
        let path = path.to_owned();
        return Err(UnreadablePolicy { path, why });
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, UnreadablePolicy> {
    let unreadable = |error: &io::Error| UnreadablePolicy {
        path: folder.to_owned(),
        why: error.to_string(),
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(&error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(&error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    Ok(files)
}

/// The policies in force: the vendor's own that are right, before the built-in ones. What is wrong with
/// the others is for `policy check` to say; nothing is linked by a policy that is not understood.
pub(crate) fn in_force(folders: &Folders) -> app::Policies {
    let own = match own_policies(folders) {
        Ok(files) => files,
        Err(error) => {
            tracing::warn!(%error, "the vendor's own policies cannot be read");
            Vec::new()
        }
    };
    let right = own.into_iter().filter_map(|file| match file.policy {
        Ok(policy) => Some(policy),
        Err(problems) => {
            for problem in problems {
                tracing::warn!(%problem, "a policy is left out");
            }
            None
        }
    });
    app::Policies::with(right.collect())
}
