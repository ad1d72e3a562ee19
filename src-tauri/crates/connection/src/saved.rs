//! The connections that are kept: one TOML file in the configuration folder, without any secret.

use app::Access;
use domain::{AccountId, MfaSerial, RoleArn};

mod file;
mod id;
mod mail;

pub use file::SettingsError;
pub use id::ConnectionId;
pub use mail::MailSettings;

pub(crate) use file::{change, read};

/// Connections that are kept.
pub const CONNECTIONS_MAX: usize = 50;

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
}
