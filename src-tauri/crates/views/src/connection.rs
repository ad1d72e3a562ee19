//! Connections to seller accounts, and what their credentials may do.

use app::{Access, Action, Operation, Permission, preflight};
use connection::{Base, Keep, ProfileInfo, ProfileKind, Removed, SavedConnection, Source};
use domain::{AccountId, MfaSerial};
use serde::Serialize;
use specta::Type;

use crate::{ConnectionInfo, Failure, MailView, Millis, millis, number};

/// A connection, as the list of connections shows it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a badge of its own, in any combination"
)]
pub struct ConnectionCard {
    /// Its id on the command line.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is the built-in sandbox.
    pub sandbox: bool,
    /// Whether the window shows this one.
    pub current: bool,
    /// Seller account; absent for the sandbox.
    pub account: Option<String>,
    /// Where its credentials come from; absent for the sandbox.
    pub credentials: Option<CredentialsInfo>,
    /// The Region of STS and metering.
    pub region: String,
    /// Instead of AWS's endpoints.
    pub endpoint: Option<String>,
    /// Instead of AWS's endpoint for STS.
    pub sts_endpoint: Option<String>,
    /// How its mail to buyers is sent; absent when it sends none.
    pub mail: Option<MailView>,
    /// Whether it is for looking only.
    pub read_only: bool,
    /// Whether its secrets are kept in memory, and it ends with the window.
    pub memory_only: bool,
}

/// Where credentials come from. Nothing in here is secret.
#[derive(Clone, Debug, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CredentialsInfo {
    /// The profile of the shared configuration; access keys in the keyring when absent.
    pub profile: Option<String>,
    /// The role that is assumed with them.
    pub role_arn: Option<String>,
    /// The role's external id.
    pub external_id: Option<String>,
    /// The MFA device whose code the role wants.
    pub mfa_serial: Option<String>,
}

/// What a check of the credentials found.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    /// When it was made.
    pub at: Millis,
    /// The account of the credentials.
    pub account: Option<String>,
    /// The user or role of the credentials.
    pub arn: Option<String>,
    /// Why AWS did not say whose the credentials are.
    pub identity_failure: Option<Failure>,
    /// The seller account of the connection; absent for the sandbox.
    pub expected_account: Option<String>,
    /// Whether the credentials belong to another account than that.
    pub other_account: bool,
    /// How far this machine's clock is behind AWS's, in milliseconds.
    pub clock_behind: Option<Millis>,
    /// Whether that is too far for AWS to accept signatures.
    pub clock_is_off: bool,
    /// Each operation.
    pub operations: Vec<OperationView>,
    /// Each thing that can be done from here.
    pub actions: Vec<ActionView>,
    /// The IAM policy that grants exactly what is denied.
    pub missing_policy: Option<String>,
    /// The IAM policy that such a connection needs, whole.
    pub full_policy: String,
}

/// Whether an operation may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// AWS let the call through.
    Allowed,
    /// AWS refused it.
    Denied,
    /// The answer leaves it open.
    Unknown,
    /// A read-only connection has no use for it.
    NotWanted,
}

/// An operation at AWS.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OperationView {
    /// The name in the service model.
    pub name: &'static str,
    /// The service, as people know it.
    pub service: &'static str,
    /// The IAM action that allows it.
    pub action: Option<&'static str>,
    /// Whether it changes something at AWS.
    pub acts: bool,
    /// What is so without it, as the end of “Without it, …”.
    pub without_it: &'static str,
    /// What was found.
    pub outcome: Outcome,
    /// Why it is denied or unknown.
    pub failure: Option<Failure>,
}

/// Names something that can be done from here, by the word it has in the audit too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the meanings stand at app::Action")]
pub enum ActionKey {
    LinkByToken,
    LinkByAgreement,
    Unlink,
    RequestCancellation,
    WithdrawCancellation,
    EditDirectory,
    SendUsage,
}

impl From<Action> for ActionKey {
    fn from(action: Action) -> Self {
        match action {
            Action::LinkByToken => Self::LinkByToken,
            Action::LinkByAgreement => Self::LinkByAgreement,
            Action::Unlink => Self::Unlink,
            Action::RequestCancellation => Self::RequestCancellation,
            Action::WithdrawCancellation => Self::WithdrawCancellation,
            Action::EditDirectory => Self::EditDirectory,
            Action::SendUsage => Self::SendUsage,
        }
    }
}

/// Something that can be done from here.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActionView {
    /// Its word.
    pub key: ActionKey,
    /// What it does, to put after “to”.
    pub what: &'static str,
    /// Why this connection cannot be used for it.
    pub refusal: Option<String>,
}

/// What AWS denied, as far as it is missed.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeniedView {
    /// The operation.
    pub operation: String,
    /// What is so without it, as the end of “Without it, …”.
    pub without_it: &'static str,
}

impl CheckView {
    /// The check of a connection for `expected` with this access.
    #[must_use]
    pub fn of(check: &app::Preflight, expected: Option<&AccountId>, access: Access) -> Self {
        let identity = check.identity.as_ref();
        let other_account = expected.is_some_and(|it| check.other_account(it).is_some());
        Self {
            at: millis(check.at),
            account: identity.ok().map(|it| it.account.clone()),
            arn: identity.ok().map(|it| it.arn.clone()),
            identity_failure: identity.err().cloned().map(Failure::from),
            expected_account: expected.map(AccountId::to_string),
            other_account,
            clock_behind: check.clock_behind_ms.map(Millis),
            clock_is_off: check.clock_is_off(),
            operations: check
                .permissions
                .iter()
                .map(|(operation, permission)| OperationView::of(*operation, permission))
                .collect(),
            actions: ActionView::all(access, Some(check)),
            missing_policy: check.missing_policy(),
            full_policy: preflight::full_policy(access),
        }
    }
}

impl ActionView {
    /// Everything that can be done, and why not, as far as the connection and the last check of its
    /// credentials tell. What the check left open is found out by acting.
    #[must_use]
    pub fn all(access: Access, known: Option<&app::Preflight>) -> Vec<Self> {
        let view = |action: &Action| Self {
            key: ActionKey::from(*action),
            what: action.what(),
            refusal: access.refusal(*action, known).map(|it| it.to_string()),
        };
        Action::ALL.iter().map(view).collect()
    }
}

impl OperationView {
    fn of(operation: Operation, permission: &Permission) -> Self {
        let (outcome, failure) = match permission {
            Permission::Allowed => (Outcome::Allowed, None),
            Permission::Denied(failure) => (Outcome::Denied, Some(failure)),
            Permission::Unknown(failure) => (Outcome::Unknown, Some(failure)),
            Permission::NotWanted => (Outcome::NotWanted, None),
        };
        Self {
            name: operation.name(),
            service: operation.service().name(),
            action: operation.iam_action(),
            acts: operation.effect() == app::operation::Effect::Acts,
            without_it: operation.without_it(),
            outcome,
            failure: failure.cloned().map(Failure::from),
        }
    }
}

impl From<&(Operation, app::Failure)> for DeniedView {
    fn from((operation, _): &(Operation, app::Failure)) -> Self {
        Self {
            operation: operation.name().to_owned(),
            without_it: operation.without_it(),
        }
    }
}

/// A profile of AWS's shared configuration.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// Its name.
    pub name: String,
    /// Where its credentials come from: `keys`, `sso`, `process` or `role`.
    pub kind: &'static str,
}

/// What was removed with a connection.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RemovedView {
    /// Links that were recorded in its database; absent when it could not be read.
    pub links: Option<u32>,
    /// Files.
    pub files: Vec<String>,
    /// Entries of the keyring.
    pub secrets: Vec<String>,
}

impl ConnectionCard {
    /// The built-in sandbox.
    #[must_use]
    pub fn sandbox(current: &str) -> Self {
        let info = ConnectionInfo::sandbox();
        Self {
            current: info.id == current,
            id: info.id,
            name: info.name,
            sandbox: true,
            account: None,
            credentials: None,
            region: info.region,
            endpoint: None,
            sts_endpoint: None,
            mail: None,
            read_only: false,
            memory_only: false,
        }
    }

    /// A connection to a seller account.
    #[must_use]
    pub fn of(saved: &SavedConnection, keep: Keep, current: &str) -> Self {
        let info = ConnectionInfo::of(saved, keep);
        Self {
            current: info.id == current,
            id: info.id,
            name: info.name,
            sandbox: false,
            account: info.account,
            credentials: Some(CredentialsInfo::from(&saved.source)),
            region: info.region,
            endpoint: saved.endpoint.clone(),
            sts_endpoint: saved.sts_endpoint.clone(),
            mail: saved.mail.as_ref().map(MailView::from),
            read_only: info.read_only,
            memory_only: info.memory_only,
        }
    }
}

impl From<&Source> for CredentialsInfo {
    fn from(source: &Source) -> Self {
        let profile = match source.base() {
            Base::Keys => None,
            Base::Profile(name) => Some(name.clone()),
        };
        match source {
            Source::Base(_) => Self {
                profile,
                ..Self::default()
            },
            Source::Role {
                arn,
                external_id,
                mfa,
                ..
            } => Self {
                profile,
                role_arn: Some(arn.to_string()),
                external_id: external_id.clone(),
                mfa_serial: mfa.as_ref().map(MfaSerial::to_string),
            },
        }
    }
}

impl From<&ProfileInfo> for ProfileView {
    fn from(profile: &ProfileInfo) -> Self {
        Self {
            name: profile.name.clone(),
            kind: match profile.kind {
                ProfileKind::Keys => "keys",
                ProfileKind::Sso => "sso",
                ProfileKind::Process => "process",
                ProfileKind::Role => "role",
            },
        }
    }
}

impl From<&Removed> for RemovedView {
    fn from(removed: &Removed) -> Self {
        let files = removed.files.iter().map(|file| file.display().to_string());
        Self {
            links: removed.links.map(number),
            files: files.collect(),
            secrets: removed.secrets.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_the_same_word_here_as_in_the_audit() {
        for action in Action::ALL {
            let key = serde_json::to_value(ActionKey::from(*action)).unwrap();
            assert_eq!(key, action.word());
        }
    }

    #[test]
    fn a_read_only_connection_tells_for_every_action_why_not() {
        let refused = ActionView::all(Access::ReadOnly, None);
        assert_eq!(refused.len(), Action::ALL.len());
        for action in refused {
            let refusal = action.refusal.unwrap();
            assert!(refusal.contains("read-only"), "{:?}: {refusal}", action.key);
        }
        let free = ActionView::all(Access::Full, None);
        assert!(free.iter().all(|action| action.refusal.is_none()));
    }
}
