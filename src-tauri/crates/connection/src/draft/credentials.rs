//! What a person enters for credentials.

use app::error::FieldProblem;
use domain::{AccountId, MfaSerial, RoleArn};
use zeroize::Zeroizing;

use super::{FIELD_BYTES_MAX, Problems, squeezed, too_long};
use crate::keys::AccessKeys;
use crate::saved::{Base, Source};

/// What was entered for credentials.
#[derive(Clone, Default)]
pub struct CredentialsDraft {
    /// A profile of the shared configuration; the three keys count when it is empty.
    pub profile: String,
    /// Access key id.
    pub access_key_id: Zeroizing<String>,
    /// Secret access key.
    pub secret_access_key: Zeroizing<String>,
    /// Session token of temporary keys.
    pub session_token: Zeroizing<String>,
    /// A role to assume with these.
    pub role_arn: String,
    /// The role's external id.
    pub external_id: String,
    /// The MFA device.
    pub mfa_serial: String,
    /// The code that the device shows now.
    pub mfa_code: Zeroizing<String>,
}

pub(crate) struct CheckedCredentials {
    pub(crate) source: Source,
    pub(crate) keys: Option<AccessKeys>,
    pub(crate) code: Option<Zeroizing<String>>,
}

impl CredentialsDraft {
    /// `account`, when known, is the one that a role must belong to.
    pub(crate) fn check(
        &self,
        account: Option<&AccountId>,
    ) -> Result<CheckedCredentials, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let (base, keys) = if self.profile.trim().is_empty() {
            (Some(Base::Keys), self.keys(&mut problems))
        } else {
            let profile = problems.take("profile", profile(&self.profile));
            (profile.map(Base::Profile), None)
        };
        let source = self.source(base, account, &mut problems);
        let code = problems.take("mfaCode", code(&self.mfa_code));
        match (source, code) {
            (Some(source), Some(code)) if problems.0.is_empty() => {
                Ok(CheckedCredentials { source, keys, code })
            }
            _ => Err(problems.0),
        }
    }

    fn keys(&self, problems: &mut Problems) -> Option<AccessKeys> {
        let id = squeezed(&self.access_key_id);
        let secret = squeezed(&self.secret_access_key);
        let token = squeezed(&self.session_token);
        if looks_like_key_id(&secret) && !looks_like_key_id(&id) {
            problems.note(
                "accessKeyId",
                "this looks like the secret: key id and secret seem to be swapped",
            );
            problems.note("secretAccessKey", "this looks like the access key id");
            return None;
        }
        let before = problems.0.len();
        if id.is_empty() {
            problems.note("accessKeyId", "is missing");
        } else if !(16..=128).contains(&id.len()) || !id.bytes().all(is_of_key_id) {
            problems.note(
                "accessKeyId",
                "an access key id is 16 to 128 capital letters and digits, such as AKIA…",
            );
        }
        if secret.is_empty() {
            problems.note("secretAccessKey", "is missing");
        } else if !(16..=256).contains(&secret.len())
            || !secret.bytes().all(|b| b.is_ascii_graphic())
        {
            problems.note(
                "secretAccessKey",
                "a secret access key is 40 letters, digits and signs",
            );
        }
        if id.starts_with("ASIA") && token.is_empty() {
            problems.note(
                "sessionToken",
                "keys that begin with ASIA are temporary, and come with a session token",
            );
        } else if id.starts_with("AKIA") && !token.is_empty() {
            problems.note(
                "sessionToken",
                "keys that begin with AKIA are long-term ones, which have no session token",
            );
        } else if token.len() > FIELD_BYTES_MAX - 512 {
            problems.note("sessionToken", too_long());
        }
        if problems.0.len() > before {
            return None;
        }
        let token = (!token.is_empty()).then_some(&token);
        let keys = AccessKeys::new(&id, &secret, token.map(|token| token.as_str()));
        keys.map_err(|error| problems.note("sessionToken", error.to_string()))
            .ok()
    }

    fn source(
        &self,
        base: Option<Base>,
        account: Option<&AccountId>,
        problems: &mut Problems,
    ) -> Option<Source> {
        let arn = squeezed(&self.role_arn);
        if arn.is_empty() {
            let without_role = [
                ("externalId", self.external_id.trim().is_empty()),
                ("mfaSerial", self.mfa_serial.trim().is_empty()),
            ];
            for (field, empty) in without_role {
                if !empty {
                    problems.note(field, "belongs to a role, and there is no role ARN");
                }
            }
            return base.map(Source::Base);
        }
        let parsed = RoleArn::parse(&arn)
            .map_err(|_| "a role's ARN looks like arn:aws:iam::111122223333:role/NAME".to_owned());
        let arn = problems.take("roleArn", parsed);
        let of_role = arn.as_ref().map(RoleArn::account);
        if let (Some(of_role), Some(account)) = (of_role, account)
            && account.as_str() != of_role
        {
            let message = format!(
                "this role belongs to the account {of_role}, and the seller account is {account}"
            );
            problems.note("roleArn", message);
        }
        let external_id = problems.take("externalId", external_id(&self.external_id));
        let serial = squeezed(&self.mfa_serial);
        let mfa = (!serial.is_empty()).then(|| {
            MfaSerial::parse(&serial).map_err(|_| {
                "an MFA device is arn:aws:iam::111122223333:mfa/NAME, or a serial number".to_owned()
            })
        });
        let mfa = problems.take("mfaSerial", mfa.transpose());
        Some(Source::Role {
            arn: arn?,
            external_id: external_id?,
            mfa: mfa?,
            base: base?,
        })
    }
}

fn profile(text: &str) -> Result<String, String> {
    let profile = text.trim();
    if profile.chars().count() > 128 || profile.chars().any(char::is_control) {
        return Err("a profile's name is at most 128 characters on one line".to_owned());
    }
    Ok(profile.to_owned())
}

/// STS `AssumeRole`, `ExternalId`: 2 to 1224 of these characters.
fn external_id(text: &str) -> Result<Option<String>, String> {
    let id = text.trim();
    let of_an_id = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b);
    match id.len() {
        0 => Ok(None),
        2..=1224 if id.bytes().all(of_an_id) => Ok(Some(id.to_owned())),
        _ => Err("an external id is 2 to 1224 letters, digits and any of _+=,.@:/-".to_owned()),
    }
}

fn code(text: &str) -> Result<Option<Zeroizing<String>>, String> {
    let code = squeezed(text);
    match code.len() {
        0 => Ok(None),
        6 if code.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(code)),
        _ => Err("a code is six digits".to_owned()),
    }
}

/// IAM User Guide, “IAM identifiers”: long-term key ids begin with AKIA, temporary ones with ASIA.
fn looks_like_key_id(text: &str) -> bool {
    (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text.len() <= 32
        && text.bytes().all(is_of_key_id)
}

const fn is_of_key_id(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit()
}
