//! The file of connections: read, and changed as one step.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use app::Access;
use domain::{AccountId, MfaSerial, RoleArn};
use serde::{Deserialize, Serialize};

use super::mail::MailForm;
use super::{Base, ConnectionId, MailSettings, SavedConnection, Source};
use crate::Connection;

/// The file's name in the configuration folder.
const FILE: &str = "connections.toml";

/// A larger file is not one of ours.
const FILE_BYTES_MAX: u64 = 256 * 1024;

const HEADER: &str = "\
# Bindery's connections to seller accounts. No secrets are in here: they are in the keyring.
# Bindery writes this file anew when a connection changes; comments are not kept.

";

/// Why the file of connections cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It is no TOML, or not what belongs in it.
    #[error("{file}: {reason}")]
    Nonsense {
        /// The file, with the line where one is to blame.
        file: String,
        /// What is wrong there.
        reason: String,
    },
    /// It cannot be read or written.
    #[error("{} cannot be read or written", file.display())]
    Unreachable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    #[serde(default, rename = "connection", skip_serializing_if = "Vec::is_empty")]
    connections: Vec<Form>,
}

/// A connection as the file has it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Form {
    id: String,
    name: String,
    account: String,
    vault: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sts_endpoint: Option<String>,
    /// A profile of the shared configuration; the keyring's access keys when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<MailForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RoleForm {
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mfa: Option<String>,
}

/// The file's connections; none when there is no file yet.
pub(crate) fn read(folder: &Path) -> Result<Vec<SavedConnection>, SettingsError> {
    let file = folder.join(FILE);
    let unreachable = |source| SettingsError::Unreachable {
        file: file.clone(),
        source,
    };
    let text = match File::open(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreachable(error)),
        Ok(opened) => {
            let mut text = String::new();
            let mut bounded = opened.take(FILE_BYTES_MAX + 1);
            match bounded.read_to_string(&mut text) {
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    return Err(nonsense(&file, None, "it is not text"));
                }
                Err(error) => return Err(unreachable(error)),
                Ok(_) => text,
            }
        }
    };
    if text.len() as u64 > FILE_BYTES_MAX {
        let reason = format!("it is larger than {} KiB", FILE_BYTES_MAX / 1024);
        return Err(nonsense(&file, None, &reason));
    }
    let form: FileForm = toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        nonsense(&file, line, error.message())
    })?;
    let mut connections = Vec::new();
    for form in form.connections {
        let name = form.name.clone();
        let connection = SavedConnection::try_from(form)
            .map_err(|reason| nonsense(&file, None, &format!("connection “{name}”: {reason}")))?;
        let twice = |known: &SavedConnection| known.id == connection.id;
        if connections.iter().any(twice) {
            let reason = format!("the id “{}” is there twice", connection.id);
            return Err(nonsense(&file, None, &reason));
        }
        connections.push(connection);
    }
    Ok(connections)
}

fn nonsense(file: &Path, line: Option<usize>, reason: &str) -> SettingsError {
    let place = line.map_or_else(String::new, |line| format!(", line {line}"));
    SettingsError::Nonsense {
        file: format!("{}{place}", file.display()),
        reason: reason.trim().replace('\n', " "),
    }
}

/// Changes the file as one step that other processes wait for: read, `change`, written to a new file
/// that takes the old one's place.
pub(crate) fn change<T, E: From<SettingsError>>(
    folder: &Path,
    change: impl FnOnce(&mut Vec<SavedConnection>) -> Result<T, E>,
) -> Result<T, E> {
    let file = folder.join(FILE);
    let unreachable = |source| SettingsError::Unreachable {
        file: file.clone(),
        source,
    };
    fs::create_dir_all(folder).map_err(unreachable)?;
    let lock = File::create(folder.join("connections.lock")).map_err(unreachable)?;
    lock.lock().map_err(unreachable)?;
    let mut connections = read(folder)?;
    let value = change(&mut connections)?;
    let form = FileForm {
        connections: connections.iter().map(Form::from).collect(),
    };
    let text =
        toml::to_string_pretty(&form).map_err(|error| nonsense(&file, None, &error.to_string()))?;
    let written = file.with_extension("toml.new");
    let write = || {
        let mut new = File::create(&written)?;
        new.write_all(HEADER.as_bytes())?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        fs::rename(&written, &file)
    };
    write().map_err(unreachable)?;
    Ok(value)
}

impl TryFrom<Form> for SavedConnection {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        let base = form.profile.map_or(Base::Keys, Base::Profile);
        let said = |error: domain::Invalid| error.to_string();
        let source = match form.role {
            None => Source::Base(base),
            Some(role) => Source::Role {
                arn: RoleArn::parse(&role.arn).map_err(said)?,
                external_id: role.external_id,
                mfa: role
                    .mfa
                    .as_deref()
                    .map(MfaSerial::parse)
                    .transpose()
                    .map_err(said)?,
                base,
            },
        };
        let id = ConnectionId::parse(&form.id).filter(|id| id.as_str() != Connection::SANDBOX);
        let id =
            id.ok_or("its id is not lower-case letters, digits and hyphens, or is “sandbox”")?;
        if form.name.trim().is_empty() || form.name.chars().count() > Self::NAME_MAX {
            return Err(format!(
                "its name is not 1 to {} characters",
                Self::NAME_MAX
            ));
        }
        if form.vault.is_empty() {
            return Err("its vault is empty".to_owned());
        }
        Ok(Self {
            id,
            name: form.name,
            account: AccountId::parse(&form.account).map_err(said)?,
            source,
            region: form.region,
            endpoint: form.endpoint,
            sts_endpoint: form.sts_endpoint,
            access: Access::read_only(form.read_only),
            mail: form.mail.map(MailSettings::try_from).transpose()?,
            vault: form.vault,
        })
    }
}

impl From<&SavedConnection> for Form {
    fn from(saved: &SavedConnection) -> Self {
        let profile = match saved.source.base() {
            Base::Keys => None,
            Base::Profile(name) => Some(name.clone()),
        };
        let role = match &saved.source {
            Source::Base(_) => None,
            Source::Role {
                arn,
                external_id,
                mfa,
                ..
            } => Some(RoleForm {
                arn: arn.to_string(),
                external_id: external_id.clone(),
                mfa: mfa.as_ref().map(MfaSerial::to_string),
            }),
        };
        Self {
            id: saved.id.to_string(),
            name: saved.name.clone(),
            account: saved.account.to_string(),
            vault: saved.vault.clone(),
            read_only: saved.access == Access::ReadOnly,
            region: saved.region.clone(),
            endpoint: saved.endpoint.clone(),
            sts_endpoint: saved.sts_endpoint.clone(),
            profile,
            role,
            mail: saved.mail.as_ref().map(MailForm::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::tests::connection;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap().is_empty());
        let keys = SavedConnection {
            source: Source::Base(Base::Keys),
            access: Access::Full,
            mail: None,
            ..connection("second")
        };
        let both = [connection("first"), keys];
        for connection in &both {
            let add = |all: &mut Vec<_>| {
                all.push(connection.clone());
                Ok::<_, SettingsError>(())
            };
            change(folder.path(), add).unwrap();
        }
        assert_eq!(read(folder.path()).unwrap(), both);
    }

    #[test]
    fn a_change_that_fails_leaves_the_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let add = |all: &mut Vec<_>| {
            all.push(connection("first"));
            Ok::<_, SettingsError>(())
        };
        change(folder.path(), add).unwrap();
        let before = fs::read(folder.path().join(FILE)).unwrap();
        let fail = |all: &mut Vec<SavedConnection>| {
            all.clear();
            Err::<(), _>(nonsense(Path::new("x"), None, "no"))
        };
        change(folder.path(), fail).unwrap_err();
        assert_eq!(fs::read(folder.path().join(FILE)).unwrap(), before);
    }

    #[test]
    fn nonsense_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let good = "[[connection]]\nid = \"a\"\nname = \"A\"\naccount = \"111122223333\"\nvault = \"a-1\"\n";
        let told = |text: &str| {
            fs::write(folder.path().join(FILE), text).unwrap();
            let error = read(folder.path()).unwrap_err().to_string();
            error.split_once(FILE).unwrap().1.to_owned()
        };
        for (text, expected) in [
            ("[[connection]\n".to_owned(), ", line 1: "),
            (
                format!("{good}secret = \"x\"\n"),
                ", line 6: unknown field `secret`",
            ),
            (
                good.replace("111122223333", "12"),
                "connection “A”: “12” is not",
            ),
            (
                good.replace("\"a\"", "\"../a\""),
                "connection “A”: its id is not",
            ),
            (good.replace("\"a\"", "\"sandbox\""), "or is “sandbox”"),
            (format!("{good}{good}"), "the id “a” is there twice"),
            ("x".repeat(300_000), "larger than 256 KiB"),
        ] {
            let told = told(&text);
            assert!(told.contains(expected), "{told}");
        }
        fs::write(folder.path().join(FILE), [0xff, 0xfe]).unwrap();
        assert!(
            read(folder.path())
                .unwrap_err()
                .to_string()
                .contains("not text")
        );
    }
}
