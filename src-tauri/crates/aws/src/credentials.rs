//! Who calls: keys, a profile of the shared configuration files, or a role assumed from either.

mod codes;
mod identity;
mod profile;
mod role;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use app::Clock;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use domain::{MfaSerial, RoleArn};

use crate::dated::Dated;
use crate::secrets::Secrets;

pub use codes::{InvalidCode, MfaCodes};
pub(crate) use identity::{Identity, Refused};
pub use profile::{ProfileFiles, ProfileInfo, ProfileKind, ProfilesError, profiles, profiles_in};

/// Who calls, without showing how it is proven: `Debug` is redacted, and nothing serializes it.
///
/// It only says where credentials come from. They are got when the first call needs them, kept in
/// memory, and got anew before they end.
#[derive(Clone)]
pub struct Credentials(Source);

#[derive(Clone)]
enum Source {
    Keys(aws_credential_types::Credentials),
    Profile(String, ProfileFiles),
    Role(Box<Source>, AssumedRole, MfaCodes),
}

/// A role to take on.
#[derive(Clone, Debug)]
pub struct AssumedRole {
    /// Which one.
    pub arn: RoleArn,
    /// What the role's trust policy may ask for (`sts:ExternalId`). AWS does not hold it secret.
    pub external_id: Option<String>,
    /// The device whose codes the role's trust policy may ask for.
    pub mfa_serial: Option<MfaSerial>,
    /// What the session is called in the role's ARN and in CloudTrail: 2 to 64 characters.
    pub session_name: String,
    /// How long a session lasts: from 15 minutes to the role's own maximum, and at most an hour when
    /// the credentials below are a role's themselves.
    pub duration: Duration,
}

impl AssumedRole {
    /// The usual name of a session.
    pub const SESSION_NAME: &str = "bindery";
    /// The usual length of a session: what every role allows, also from another role.
    pub const DURATION: Duration = Duration::from_hours(1);

    /// The role, without conditions, for an hour.
    #[must_use]
    pub fn new(arn: RoleArn) -> Self {
        Self {
            arn,
            external_id: None,
            mfa_serial: None,
            session_name: Self::SESSION_NAME.to_owned(),
            duration: Self::DURATION,
        }
    }
}

impl Credentials {
    /// A fixed key pair, with the session token of temporary credentials. White space around them,
    /// which copying brings along, is ignored.
    #[must_use]
    pub fn from_keys(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        let trimmed = |text: String| zeroize::Zeroizing::new(text).trim().to_owned();
        let session_token = session_token.map(trimmed).filter(|token| !token.is_empty());
        Self(Source::Keys(aws_credential_types::Credentials::new(
            access_key_id.into().trim(),
            trimmed(secret_access_key.into()),
            session_token,
            None,
            "BinderyStatic",
        )))
    }

    /// A profile of the shared configuration files, which are where AWS's own tools look for them.
    #[must_use]
    pub fn from_profile(name: impl Into<String>) -> Self {
        Self::from_profile_in(ProfileFiles::default(), name)
    }

    /// A profile of these files.
    #[must_use]
    pub fn from_profile_in(files: ProfileFiles, name: impl Into<String>) -> Self {
        Self(Source::Profile(name.into(), files))
    }

    /// The role, assumed with these credentials. `codes` is asked for a code when the role has an
    /// MFA device.
    #[must_use]
    pub fn assuming(self, role: AssumedRole, codes: MfaCodes) -> Self {
        Self(Source::Role(Box::new(self.0), role, codes))
    }

    pub(crate) fn identity(self, surroundings: &Surroundings) -> Arc<Identity> {
        self.0.identity(surroundings)
    }
}

impl Source {
    fn identity(self, surroundings: &Surroundings) -> Arc<Identity> {
        let got_from = match self {
            Self::Keys(keys) => identity::Origin::Keys(keys),
            Self::Profile(name, files) => {
                identity::Origin::Profile(profile::Profile::new(name, files, surroundings))
            }
            Self::Role(base, role, codes) => {
                let base = base.identity(surroundings);
                identity::Origin::Role(role::Role::new(base, role, codes, surroundings))
            }
        };
        Arc::new(Identity::new(
            got_from,
            surroundings.secrets.clone(),
            surroundings.clock.clone(),
        ))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}

/// What a connection lends to those who get its credentials.
pub(crate) struct Surroundings {
    /// How STS is called, but for who calls it.
    pub(crate) sts: SdkConfig,
    pub(crate) http: SharedHttpClient,
    pub(crate) connect: Duration,
    pub(crate) attempt: Duration,
    pub(crate) clock: Clock,
    pub(crate) secrets: Secrets,
    pub(crate) dated: Dated,
}

impl Surroundings {
    /// The client of STS for calls in this name.
    pub(crate) fn sts_of(&self, identity: &Arc<Identity>) -> aws_sdk_sts::Client {
        let config = self
            .sts
            .to_builder()
            .credentials_provider(identity.provider())
            .build();
        let config = aws_sdk_sts::config::Builder::from(&config).interceptor(self.dated.clone());
        aws_sdk_sts::Client::from_conf(config.build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_do_not_show() {
        let credentials =
            Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", "secret", Some("token".into()));
        assert_eq!(format!("{credentials:?}"), "Credentials(redacted)");
    }

    #[test]
    fn what_copying_brought_along_is_dropped() {
        let Credentials(Source::Keys(keys)) =
            Credentials::from_keys(" AKIA\r\n", "\tsecret \n", Some(" \n".into()))
        else {
            panic!("keys are keys")
        };
        assert_eq!(
            (
                keys.access_key_id(),
                keys.secret_access_key(),
                keys.session_token()
            ),
            ("AKIA", "secret", None)
        );
    }
}
