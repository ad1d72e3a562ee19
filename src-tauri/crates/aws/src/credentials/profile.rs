//! Profiles of AWS's shared configuration files.

use std::error::Error;
use std::path::PathBuf;

use aws_config::profile::{self, ProfileFileCredentialsProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::os_shim_internal::{Env, Fs};

use super::Surroundings;
use super::identity::Refused;
use super::role::said_by_sts;
use crate::failure::{causes, root_cause};
use crate::words;

/// Profiles named in a message, when one is not among them.
const NAMED_MAX: usize = 8;

/// Where profiles are looked for: in these files, or where AWS's own tools look, which
/// `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` may move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileFiles {
    /// Instead of `~/.aws/config`.
    pub config: Option<PathBuf>,
    /// Instead of `~/.aws/credentials`.
    pub credentials: Option<PathBuf>,
}

/// A profile, for choosing one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileInfo {
    /// What it is called.
    pub name: String,
    /// Where its credentials come from.
    pub kind: ProfileKind,
}

/// Where the credentials of a profile come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileKind {
    /// Keys in the files.
    Keys,
    /// IAM Identity Center, after `aws sso login`.
    Sso,
    /// A program that prints them (`credential_process`).
    Process,
    /// A role, assumed from another profile.
    Role,
}

/// Why there are no profiles to choose from. Holds no line of the files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("AWS's configuration files cannot be read: {0}")]
pub struct ProfilesError(String);

/// The profiles there are, by name; those without credentials Bindery can use are left out. Files
/// that are missing have none.
pub async fn profiles() -> Result<Vec<ProfileInfo>, ProfilesError> {
    profiles_in(&ProfileFiles::default()).await
}

/// The profiles of these files.
pub async fn profiles_in(files: &ProfileFiles) -> Result<Vec<ProfileInfo>, ProfilesError> {
    let set = read(&files.to_sdk()).await?;
    Ok(usable(&set))
}

fn usable(set: &ProfileSet) -> Vec<ProfileInfo> {
    let usable = |name: &str| {
        let kind = kind(set.get_profile(name)?)?;
        let name = name.to_owned();
        Some(ProfileInfo { name, kind })
    };
    let mut profiles: Vec<_> = set.profiles().filter_map(usable).collect();
    profiles.sort_by(|one, other| one.name.cmp(&other.name));
    profiles
}

/// In the order in which `aws-config` looks, which is that of AWS's other SDKs.
fn kind(profile: &profile::Profile) -> Option<ProfileKind> {
    let has = |name| profile.get(name).is_some();
    if has("role_arn") {
        Some(ProfileKind::Role)
    } else if has("sso_account_id") && has("sso_role_name") {
        Some(ProfileKind::Sso)
    } else if has("credential_process") {
        Some(ProfileKind::Process)
    } else {
        has("aws_access_key_id").then_some(ProfileKind::Keys)
    }
}

async fn read(files: &EnvConfigFiles) -> Result<ProfileSet, ProfilesError> {
    let read = profile::load(&Fs::real(), &Env::real(), files, None).await;
    read.map_err(|error| {
        // The parser names file, line and what it expected there, on two lines; never the line.
        let told: Vec<_> = causes(&error).map(ToString::to_string).collect();
        ProfilesError(words::message(&words::in_one_line(&told.join(": "))))
    })
}

impl ProfileFiles {
    fn to_sdk(&self) -> EnvConfigFiles {
        use EnvConfigFileKind::{Config, Credentials};
        // The SDK reads them in this order, and a later one wins.
        let builder = EnvConfigFiles::builder()
            .include_default_config_file(self.config.is_none())
            .include_default_credentials_file(self.credentials.is_none());
        let given = [(Config, &self.config), (Credentials, &self.credentials)];
        let given = given
            .into_iter()
            // One that is not there has no profiles, as where AWS's own tools look.
            .filter_map(|(kind, file)| Some((kind, file.as_ref().filter(|file| file.exists())?)));
        let builder = given.fold(builder, |builder, (kind, file)| {
            builder.with_file(kind, file)
        });
        // The SDK panics when it is given no file at all.
        builder.with_contents(Config, "").build()
    }
}

/// One profile as a source of credentials.
pub(super) struct Profile {
    name: String,
    files: ProfileFiles,
    config: ProviderConfig,
}

impl Profile {
    pub(super) fn new(name: String, files: ProfileFiles, surroundings: &Surroundings) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(surroundings.connect)
            .operation_attempt_timeout(surroundings.attempt);
        let config = ProviderConfig::default()
            .with_region(surroundings.sts.region().cloned())
            .with_http_client(surroundings.http.clone())
            .with_timeout_config(timeouts.build());
        Self {
            name,
            files,
            config,
        }
    }

    /// Credentials as the files say now: a person who was told to sign in or to mend them should not
    /// have to start anew.
    pub(super) async fn get(&self) -> Result<Credentials, Refused> {
        let files = self.files.to_sdk();
        let unreadable = |error: ProfilesError| Refused::bad(&error.to_string());
        let set = read(&files).await.map_err(unreadable)?;
        let name = &self.name;
        let Some(profile) = set.get_profile(name) else {
            return Err(missing(name, &set));
        };
        let has = |property| profile.get(property).is_some();
        if has("login_session") {
            let message = format!(
                "the profile “{name}” signs in with `aws login`, which Bindery cannot use; \
                 choose one with keys, SSO, a credential_process or a role"
            );
            return Err(Refused::bad(&message));
        }
        if has("role_arn") && has("mfa_serial") {
            let message = format!(
                "the profile “{name}” asks for codes of an MFA device; choose its source_profile \
                 here, and give its role_arn and mfa_serial as the role to assume"
            );
            return Err(Refused::bad(&message));
        }
        let Some(kind) = kind(profile) else {
            let message = format!("the profile “{name}” has no credentials in it");
            return Err(Refused::bad(&message));
        };
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&self.config)
            .profile_name(name)
            .profile_files(files)
            .build();
        let got = provider.provide_credentials().await;
        got.map_err(|error| self.refusal(kind, &error))
    }

    fn refusal(&self, kind: ProfileKind, error: &CredentialsError) -> Refused {
        let name = &self.name;
        let detail = words::in_one_line(&root_cause(error));
        if let Some((code, message)) = causes(error).find_map(said_by_sts) {
            return Refused::bad(&format!(
                "the role of the profile “{name}” could not be assumed: {code}: {message}"
            ));
        }
        if causes(error).any(no_connection) {
            let message = format!("no connection for the profile “{name}”: {detail}");
            return Refused::no_answer(&message);
        }
        let asked = matches!(
            error,
            CredentialsError::ProviderError(_) | CredentialsError::Unhandled(_)
        );
        let message = match kind {
            ProfileKind::Sso if asked && detail.contains("ForbiddenException") => format!(
                "IAM Identity Center does not give you the account and role of the profile \
                 “{name}”: check its sso_account_id and sso_role_name"
            ),
            ProfileKind::Sso if asked => format!(
                "you are not signed in for the profile “{name}”, or no longer: \
                 run `aws sso login --profile {name}`, then try again ({detail})"
            ),
            ProfileKind::Process if asked => {
                format!("the credential_process of the profile “{name}” failed: {detail}")
            }
            _ => format!("the profile “{name}” gives no credentials: {detail}"),
        };
        Refused::bad(&message)
    }
}

fn missing(name: &str, set: &ProfileSet) -> Refused {
    let known = usable(set);
    let mut names: Vec<_> = known
        .iter()
        .take(NAMED_MAX)
        .map(|one| one.name.as_str())
        .collect();
    if known.len() > NAMED_MAX {
        names.push("…");
    }
    let known = match names.as_slice() {
        [] => "there are none".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    let message = format!("there is no profile “{name}” in AWS's configuration files; {known}");
    Refused::bad(&message)
}

fn no_connection(error: &(dyn Error + 'static)) -> bool {
    error
        .downcast_ref::<ConnectorError>()
        .is_some_and(|error| error.is_io() || error.is_timeout())
}
