//! What a person enters for a connection, and what is wrong with it, field by field.
//!
//! No message repeats what was entered: a secret pasted into the wrong field must not be shown.

use app::Access;
use app::error::FieldProblem;
use domain::{AccountId, MfaSerial, RoleArn};
use zeroize::Zeroizing;

use crate::keys::AccessKeys;
use crate::saved::{Base, SavedConnection, Source};

mod mail;

pub use mail::MailDraft;

/// Bytes of any field at most. Session tokens are the longest thing that is meant to be pasted.
pub const FIELD_BYTES_MAX: usize = 8 * 1024;

/// What was entered. Empty texts count as not entered.
#[derive(Clone, Default)]
pub struct Draft {
    /// The connection's name.
    pub name: String,
    /// The seller account.
    pub account: String,
    /// Where the credentials come from.
    pub credentials: CredentialsDraft,
    /// The Region of STS and metering.
    pub region: String,
    /// Instead of AWS's endpoints.
    pub endpoint: String,
    /// Instead of AWS's endpoint for STS.
    pub sts_endpoint: String,
    /// Whether it is for looking only.
    pub read_only: bool,
}

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

/// A draft in which nothing is wrong as far as can be told without AWS.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) account: AccountId,
    pub(crate) credentials: CheckedCredentials,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) sts_endpoint: Option<String>,
    pub(crate) access: Access,
}

pub(crate) struct CheckedCredentials {
    pub(crate) source: Source,
    pub(crate) keys: Option<AccessKeys>,
    pub(crate) code: Option<Zeroizing<String>>,
}

/// Collects what is wrong.
#[derive(Default)]
struct Problems(Vec<FieldProblem>);

impl Problems {
    fn note(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(FieldProblem {
            field: field.into(),
            message: message.into(),
        });
    }

    /// The value, or a note of what is wrong instead.
    fn take<T>(&mut self, field: &'static str, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.note(field, message)).ok()
    }
}

impl Draft {
    pub(crate) fn check(&self) -> Result<Checked, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let name = problems.take("name", name(&self.name));
        let account = problems.take("account", account(&self.account));
        let region = problems.take("region", region(&self.region));
        let sts_endpoint = problems.take("stsEndpoint", endpoint(&self.sts_endpoint));
        let endpoint = problems.take("endpoint", endpoint(&self.endpoint));
        let credentials = match self.credentials.check(account.as_ref()) {
            Ok(credentials) => Some(credentials),
            Err(more) => {
                problems.0.extend(more);
                None
            }
        };
        let access = Access::read_only(self.read_only);
        match (name, account, credentials, region, endpoint, sts_endpoint) {
            (
                Some(name),
                Some(account),
                Some(credentials),
                Some(region),
                Some(endpoint),
                Some(sts_endpoint),
            ) => Ok(Checked {
                name,
                account,
                credentials,
                region,
                endpoint,
                sts_endpoint,
                access,
            }),
            _ => Err(problems.0),
        }
    }
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

/// The name as it is kept.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err("is missing".to_owned()),
        length if length > SavedConnection::NAME_MAX => {
            Err(format!("at most {} characters", SavedConnection::NAME_MAX))
        }
        _ if name.chars().any(char::is_control) => Err("has control characters".to_owned()),
        _ => Ok(name),
    }
}

fn account(text: &str) -> Result<AccountId, String> {
    let digits = squeezed(text).replace('-', "");
    AccountId::parse(&digits).map_err(|_| "an AWS account is 12 digits".to_owned())
}

fn region(text: &str) -> Result<Option<String>, String> {
    let region = squeezed(text).to_lowercase();
    if region.is_empty() {
        return Ok(None);
    }
    match aws::metering_region(&region) {
        Ok(region) => Ok(Some(region.to_owned())),
        Err(error) => Err(format!(
            "AWS Marketplace has no metering there; the nearest name is {}",
            error.nearest
        )),
    }
}

fn endpoint(text: &str) -> Result<Option<String>, String> {
    let endpoint = squeezed(text);
    if endpoint.is_empty() {
        return Ok(None);
    }
    if endpoint.len() > 500 || aws::check_endpoint(&endpoint).is_err() {
        return Err("expected https://… or, on this machine, http://127.0.0.1:PORT".to_owned());
    }
    Ok(Some(endpoint.trim_end_matches('/').to_owned()))
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

/// Without what copying and pasting brings along: white space anywhere, line breaks, invisible
/// characters, quotation marks around it. Longer than any field may be, it is cut: what is that long
/// is refused by whoever looks at it.
fn squeezed(text: &str) -> Zeroizing<String> {
    let kept = |c: &char| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}')
    };
    let mut bounded = Zeroizing::new(String::new());
    for c in text.chars().filter(kept) {
        if bounded.len() > FIELD_BYTES_MAX {
            break;
        }
        bounded.push(c);
    }
    let bare = bounded.trim_matches(['"', '\'', '“', '”']);
    Zeroizing::new(bare.to_owned())
}

fn too_long() -> String {
    format!("at most {} KiB", FIELD_BYTES_MAX / 1024)
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

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn keys(id: &str, secret: &str, token: &str) -> CredentialsDraft {
        CredentialsDraft {
            access_key_id: Zeroizing::new(id.into()),
            secret_access_key: Zeroizing::new(secret.into()),
            session_token: Zeroizing::new(token.into()),
            ..CredentialsDraft::default()
        }
    }

    fn draft(credentials: CredentialsDraft) -> Draft {
        Draft {
            name: "Acme".into(),
            account: "1111-2222-3333".into(),
            credentials,
            ..Draft::default()
        }
    }

    /// The fields that are wrong.
    fn wrong(draft: &Draft) -> Vec<String> {
        let problems = draft.check().err().unwrap_or_default();
        for problem in &problems {
            assert!(!problem.message.contains(SECRET), "{}", problem.message);
        }
        problems
            .iter()
            .map(|problem| problem.field.to_string())
            .collect()
    }

    #[test]
    fn what_pasting_brings_along_is_taken_away() {
        let pasted = keys(
            &format!(" {ID}\r\n"),
            &format!("\u{feff}\"{SECRET}\"\n"),
            " ",
        );
        let checked = draft(pasted).check().unwrap_or_else(|_| panic!("refused"));
        let keys = checked.credentials.keys.unwrap();
        assert_eq!((keys.id(), keys.secret()), (ID, SECRET));
        assert_eq!(checked.account.as_str(), "111122223333");
    }

    #[test]
    fn each_field_is_told_what_is_wrong_with_it() {
        assert_eq!(wrong(&draft(keys(ID, SECRET, ""))), [""; 0]);
        assert_eq!(
            wrong(&draft(keys(SECRET, ID, ""))),
            ["accessKeyId", "secretAccessKey"]
        );
        assert_eq!(
            wrong(&draft(keys("", "", ""))),
            ["accessKeyId", "secretAccessKey"]
        );
        assert_eq!(
            wrong(&draft(keys("ASIAIOSFODNN7EXAMPLE", SECRET, ""))),
            ["sessionToken"]
        );
        assert_eq!(wrong(&draft(keys(ID, SECRET, "token"))), ["sessionToken"]);
        let huge = "x".repeat(1024 * 1024);
        assert_eq!(
            wrong(&draft(keys(&huge, &huge, ""))),
            ["accessKeyId", "secretAccessKey"]
        );
        assert_eq!(
            wrong(&draft(keys("ASIAIOSFODNN7EXAMPLE", SECRET, &huge))),
            ["sessionToken"]
        );

        let good = draft(keys(ID, SECRET, ""));
        for (field, broken) in [
            (
                "name",
                Draft {
                    name: " \n".into(),
                    ..good.clone()
                },
            ),
            (
                "name",
                Draft {
                    name: huge.clone(),
                    ..good.clone()
                },
            ),
            (
                "account",
                Draft {
                    account: SECRET.into(),
                    ..good.clone()
                },
            ),
            (
                "endpoint",
                Draft {
                    endpoint: "http://example.com".into(),
                    ..good.clone()
                },
            ),
            (
                "endpoint",
                Draft {
                    endpoint: SECRET.into(),
                    ..good.clone()
                },
            ),
            (
                "stsEndpoint",
                Draft {
                    sts_endpoint: huge,
                    ..good.clone()
                },
            ),
            (
                "region",
                Draft {
                    region: "us-east-11".into(),
                    ..good.clone()
                },
            ),
        ] {
            assert_eq!(wrong(&broken), [field]);
        }
    }

    #[test]
    fn a_role_belongs_to_the_seller_account_and_its_extras_to_a_role() {
        let role = |arn: &str, serial: &str, external: &str| {
            draft(CredentialsDraft {
                profile: "acme".into(),
                role_arn: arn.into(),
                mfa_serial: serial.into(),
                external_id: external.into(),
                ..CredentialsDraft::default()
            })
        };
        let arn = "arn:aws:iam::111122223333:role/Bindery";
        assert_eq!(
            wrong(&role(arn, "arn:aws:iam::111122223333:mfa/sales", "42")),
            [""; 0]
        );
        assert_eq!(
            wrong(&role("arn:aws:iam::role/Bindery", "", "")),
            ["roleArn"]
        );
        assert_eq!(
            wrong(&role("arn:aws:iam::444455556666:role/Bindery", "", "")),
            ["roleArn"]
        );
        assert_eq!(
            wrong(&role("", "GAHT12345678", "42")),
            ["externalId", "mfaSerial"]
        );
        assert_eq!(wrong(&role(arn, "1", "")), ["mfaSerial"]);
        assert_eq!(wrong(&role(arn, "", "x")), ["externalId"]);
        let mut wrong_code = role(arn, "GAHT12345678", "");
        wrong_code.credentials.mfa_code = Zeroizing::new("12345".into());
        assert_eq!(wrong(&wrong_code), ["mfaCode"]);
    }
}
