//! The connections that are kept: one TOML file in the configuration folder, without any secret.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use app::Access;
use domain::{AccountId, MfaSerial, RoleArn};
use serde::{Deserialize, Serialize};

use crate::Connection;

mod mail;

pub use mail::MailSettings;

use mail::MailForm;

/// The file's name in the configuration folder.
const FILE: &str = "connections.toml";

/// A larger file is not one of ours.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// Connections that are kept.
pub const CONNECTIONS_MAX: usize = 50;

const HEADER: &str = "\
# Bindery's connections to seller accounts. No secrets are in here: they are in the keyring.
# Bindery writes this file anew when a connection changes; comments are not kept.

";

/// A connection's id: on the command line, in addresses and in the name of its database file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// Characters of an id at most.
    pub const LENGTH_MAX: usize = 40;

    /// Lower-case letters, digits and hyphens; `None` for anything else. Safe as a file's name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::LENGTH_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-');
        fits.then(|| Self(text.to_owned()))
    }

    /// An id made of a name, other than those taken.
    pub(crate) fn for_name(name: &str, taken: &[&str]) -> Self {
        let mut slug = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(Self::LENGTH_MAX - 4);
        let slug = slug.trim_end_matches('-');
        // A name in another script leaves nothing: then it is numbered.
        let slug = if slug.is_empty() { "connection" } else { slug };
        let mut id = slug.to_owned();
        let mut number = 2;
        while id == Connection::SANDBOX || taken.contains(&id.as_str()) {
            id = format!("{slug}-{number}");
            number += 1;
        }
        Self(id)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A connection to a seller account, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedConnection {
    /// Its id, which stays when the name changes.
    pub id: ConnectionId,
    /// Its name, 1 to [`SavedConnection::NAME_MAX`] characters.
    pub name: String,
    /// The seller account whose data this is.
    pub account: AccountId,
    /// Where its credentials come from.
    pub source: Source,
    /// The Region of the STS and metering endpoints; us-east-1 when absent.
    pub region: Option<String>,
    /// Instead of AWS's endpoints for Marketplace, and for STS: test servers.
    pub endpoint: Option<String>,
    /// Instead of AWS's endpoint for STS, when it is not `endpoint`.
    pub sts_endpoint: Option<String>,
    /// Whether it may be used to act.
    pub access: Access,
    /// How its mail to buyers is sent; `None` when it sends none.
    pub mail: Option<MailSettings>,
    /// What its secrets are filed under in the keyring: its id with something random, so that another
    /// data folder's connection of the same id has secrets of its own.
    pub vault: String,
}

impl SavedConnection {
    /// Characters of a name at most.
    pub const NAME_MAX: usize = 60;
}

/// Where credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An access key pair in the keyring, or a profile of the shared configuration.
    Base(Base),
    /// A role, assumed with one of these.
    Role {
        /// The role.
        arn: RoleArn,
        /// The external id that the role's trust policy asks for.
        external_id: Option<String>,
        /// The MFA device whose code the role's trust policy asks for.
        mfa: Option<MfaSerial>,
        /// Who assumes it.
        base: Base,
    },
}

/// Credentials that somebody has, not assumed ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// An access key pair, in the keyring.
    Keys,
    /// A profile of AWS's shared configuration: keys, SSO, a process.
    Profile(String),
}

impl Source {
    /// The credentials at the bottom.
    #[must_use]
    pub const fn base(&self) -> &Base {
        match self {
            Self::Base(base) | Self::Role { base, .. } => base,
        }
    }
}

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
            access: if form.read_only {
                Access::ReadOnly
            } else {
                Access::Full
            },
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
pub(crate) mod tests {
    use ::mail::{Host, Security, Sender, Server};
    use domain::Email;

    use super::*;

    pub(crate) fn connection(id: &str) -> SavedConnection {
        SavedConnection {
            id: ConnectionId::parse(id).unwrap(),
            name: "Acme, production".into(),
            account: AccountId::parse("111122223333").unwrap(),
            source: Source::Role {
                arn: RoleArn::parse("arn:aws:iam::111122223333:role/Bindery").unwrap(),
                external_id: Some("42".into()),
                mfa: Some(MfaSerial::parse("arn:aws:iam::111122223333:mfa/sales").unwrap()),
                base: Base::Profile("acme".into()),
            },
            region: Some("eu-west-1".into()),
            endpoint: None,
            sts_endpoint: None,
            access: Access::ReadOnly,
            mail: Some(MailSettings {
                server: Server {
                    host: Host::parse("mail.example.com").unwrap(),
                    port: 587,
                    security: Security::StartTls,
                },
                user: Some("sales".into()),
                sender: Sender {
                    address: Email::parse("sales@example.com").unwrap(),
                    name: Some("관측 센터".into()),
                },
            }),
            vault: format!("{id}-0f0f0f0f"),
        }
    }

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

    #[test]
    fn ids_come_from_names_and_differ() {
        let id = |name: &str, taken: &[&str]| ConnectionId::for_name(name, taken).to_string();
        assert_eq!(id("Acme, Production!", &[]), "acme-production");
        assert_eq!(id("Sandbox", &[]), "sandbox-2");
        assert_eq!(id("Acme", &["acme", "acme-2"]), "acme-3");
        assert_eq!(id("주식회사", &[]), "connection");
        let long = id(&"x".repeat(100), &[]);
        assert_eq!(ConnectionId::parse(&long).unwrap().to_string(), long);
        for wrong in ["", "A", "a/b", "../a", "-a", "a.b", &"a".repeat(41)] {
            assert_eq!(ConnectionId::parse(wrong), None, "{wrong}");
        }
    }
}
