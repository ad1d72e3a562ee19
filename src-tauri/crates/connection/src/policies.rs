//! A vendor's own policies: the files of the folder `policies` beside the connections' file.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
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

/// A policy file, or the folder of all, cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read", .path.display())]
pub struct UnreadablePolicy {
    /// The file, or the folder.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// The vendor's own policies, by file name; none where there is no folder. Each fails for itself. Of two
/// with one id the second is wrong.
pub fn own_policies(
    folders: &Folders,
) -> Result<Vec<Result<PolicyFile, UnreadablePolicy>>, UnreadablePolicy> {
    let mut paths = files(&folders.config().join("policies"))?;
    paths.sort();
    let mut known: Vec<(String, PathBuf)> = Vec::new();
    let files = paths.into_iter().map(|path| {
        let mut file = read_policy(&path)?;
        if let Ok(policy) = &file.policy {
            match known.iter().find(|(id, _)| *id == policy.id) {
                Some((id, first)) => file.policy = Err(vec![taken(&file, id, first)]),
                None => known.push((policy.id.clone(), path)),
            }
        }
        Ok(file)
    });
    Ok(files.collect())
}

fn taken(file: &PolicyFile, id: &str, first: &Path) -> LoadError {
    let line = file.text.lines().position(|line| line.starts_with("id"));
    LoadError {
        file: file.path.display().to_string(),
        line: line.map_or(1, |before| before + 1),
        column: 1,
        reason: format!("the id “{id}” is in {} already", first.display()),
    }
}

/// Reads a policy file, no further than a policy may be long; one byte more shows that it is longer.
pub fn read_policy(path: &Path) -> Result<PolicyFile, UnreadablePolicy> {
    let unreadable = |source| UnreadablePolicy {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let mut bounded = file.take(FILE_BYTES_MAX as u64 + 1);
    bounded.read_to_end(&mut bytes).map_err(unreadable)?;
    let text = if bytes.len() > FILE_BYTES_MAX {
        // It may be cut in the middle of a letter; the loader says that it is too long.
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        String::from_utf8(bytes).map_err(|_| {
            let why = "it is no text in UTF-8";
            unreadable(io::Error::new(io::ErrorKind::InvalidData, why))
        })?
    };
    let policy = Policy::parse(&path.display().to_string(), &text);
    let path = path.to_owned();
    Ok(PolicyFile { path, text, policy })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, UnreadablePolicy> {
    let unreadable = |source| UnreadablePolicy {
        path: folder.to_owned(),
        source,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
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
/// the others is for `policy list` to say; nothing is linked by a policy that is not understood.
pub(crate) fn in_force(folders: &Folders) -> app::Policies {
    let own = own_policies(folders).unwrap_or_else(|error| {
        let error = &error as &dyn Error;
        tracing::warn!(error, "the vendor's own policies cannot be read");
        Vec::new()
    });
    let right = own.into_iter().filter_map(|file| match file {
        Ok(file) => right(file),
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "a policy is left out");
            None
        }
    });
    app::Policies::with(right.collect())
}

fn right(file: PolicyFile) -> Option<Policy> {
    let problems = match file.policy {
        Ok(policy) => return Some(policy),
        Err(problems) => problems,
    };
    for problem in problems {
        tracing::warn!(%problem, "a policy is left out");
    }
    None
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn each_file_fails_for_itself_and_an_id_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::under(folder.path());
        let policies = folders.config().join("policies");
        assert!(own_policies(&folders).unwrap().is_empty());
        fs::create_dir_all(policies.join("a folder.toml")).unwrap();
        let text = policy::builtin_text("emqx").unwrap();
        let of_id = |id: &str| text.replace("id = \"emqx\"", &format!("id = \"{id}\""));
        for (file, text) in [
            ("first.toml", of_id("queues").as_bytes()),
            ("latin.toml", b"name = \"\xc4rger\"\n"),
            ("long.toml", "ö".repeat(FILE_BYTES_MAX).as_bytes()),
            ("second.toml", of_id("queues").as_bytes()),
            ("third.toml", of_id("others").as_bytes()),
            ("notes.txt", b"no policy"),
        ] {
            fs::write(policies.join(file), text).unwrap();
        }
        let told = own_policies(&folders).unwrap().into_iter().map(|file| {
            let told = file.map(|file| match file.policy {
                Ok(policy) => policy.id,
                Err(problems) => problems[0].reason.clone(),
            });
            told.unwrap_or_else(|error| format!("{error}: {}", error.source))
        });
        let told: Vec<_> = told.collect();
        let at = |file: &str| policies.join(file).display().to_string();
        assert!(told[0].starts_with(&format!("{} cannot be read: ", at("a folder.toml"))));
        assert_eq!(
            told[1..],
            [
                "queues".to_owned(),
                format!(
                    "{} cannot be read: it is no text in UTF-8",
                    at("latin.toml")
                ),
                format!("larger than {FILE_BYTES_MAX} bytes"),
                format!("the id “queues” is in {} already", at("first.toml")),
                "others".to_owned(),
            ]
        );

        let in_force = in_force(&folders);
        let mut ids = in_force.all().map(|policy| policy.id.as_str());
        assert_eq!((ids.next(), ids.next()), (Some("queues"), Some("others")));
        assert!(!ids.any(|id| id == "queues"), "the second one counts, too");
    }
}
