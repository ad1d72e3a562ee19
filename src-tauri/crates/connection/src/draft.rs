//! What a person enters for a connection, and what is wrong with it, field by field.
//!
//! No message repeats what was entered: a secret pasted into the wrong field must not be shown.

use app::Access;
use app::error::FieldProblem;
use domain::AccountId;
use zeroize::Zeroizing;

use crate::saved::SavedConnection;

mod credentials;
mod mail;

pub use credentials::CredentialsDraft;
pub use mail::MailDraft;

pub(crate) use credentials::CheckedCredentials;

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
