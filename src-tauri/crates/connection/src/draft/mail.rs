//! What a person enters for a connection's mail.

use app::error::FieldProblem;
use domain::Email;
use mail::{Host, Security, Sender, Server};
use zeroize::Zeroizing;

use super::{Problems, squeezed};
use crate::saved::MailSettings;

/// Characters of a user's name at most.
const USER_MAX: usize = 254;

/// Bytes of a password at most.
const PASSWORD_MAX: usize = 1024;

/// What was entered for a connection's mail. Empty texts count as not entered.
#[derive(Clone, Default)]
pub struct MailDraft {
    /// The mail server's name or address.
    pub host: String,
    /// Its port; the usual one of the security when empty.
    pub port: String,
    /// `tls`, `starttls` or `none`; `tls` when empty.
    pub security: String,
    /// Who signs in; nobody when empty.
    pub user: String,
    /// The user's password; the one that is kept, when empty.
    pub password: Zeroizing<String>,
    /// The address that mail comes from.
    pub from: String,
    /// The name shown with it.
    pub from_name: String,
}

/// A draft in which nothing is wrong as far as can be told without the server.
pub(crate) struct CheckedMail {
    pub(crate) settings: MailSettings,
    /// The password, where one was entered.
    pub(crate) password: Option<Zeroizing<String>>,
}

impl MailDraft {
    /// `known` is what the password that is kept is for, where there is one.
    pub(crate) fn check(
        &self,
        known: Option<&MailSettings>,
    ) -> Result<CheckedMail, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let host = problems.take("host", host(&self.host));
        let security = problems.take("security", security(&self.security));
        let port = problems.take("port", port(&self.port, security.unwrap_or_default()));
        let user = problems.take("user", user(&self.user));
        let from = problems.take("from", from(&self.from));
        let name = problems.take("fromName", from_name(&self.from_name));
        let password = problems.take("password", password(&self.password));
        if let (Some(host), Some(Security::None)) = (&host, security)
            && !host.is_loopback()
        {
            let message = "a server on another machine wants TLS or STARTTLS";
            problems.note("security", message);
        }
        let (Some(host), Some(user), Some(password)) = (&host, &user, &password) else {
            return Err(problems.0);
        };
        match (user, password) {
            (Some(user), None) => {
                if let Err(message) = keeps_password(known, host, user) {
                    problems.note("password", message);
                }
            }
            (None, Some(_)) => problems.note("user", "is missing: there is a password"),
            _ => {}
        }
        match (security, port, from, name) {
            (Some(security), Some(port), Some(address), Some(name)) if problems.0.is_empty() => {
                Ok(CheckedMail {
                    settings: MailSettings {
                        server: Server {
                            host: host.clone(),
                            port,
                            security,
                        },
                        user: user.clone(),
                        sender: Sender { address, name },
                    },
                    password: password.clone(),
                })
            }
            _ => Err(problems.0),
        }
    }
}

/// Whether the password that is kept is for this user of this server: it is given to nobody else.
fn keeps_password(
    known: Option<&MailSettings>,
    host: &Host,
    user: &str,
) -> Result<(), &'static str> {
    match known.map(|known| (&known.server.host, known.user.as_deref())) {
        Some((at, Some(by))) if at == host && by == user => Ok(()),
        Some((_, Some(_))) => {
            Err("enter it again: the one that is kept is for another host or user")
        }
        _ => Err("is missing"),
    }
}

fn host(text: &str) -> Result<Host, String> {
    let host = squeezed(text);
    if host.is_empty() {
        return Err("is missing".to_owned());
    }
    Host::parse(&host).map_err(|error| error.to_string())
}

fn security(text: &str) -> Result<Security, String> {
    match squeezed(text).to_lowercase().as_str() {
        "" => Ok(Security::default()),
        word => Security::from_word(word).ok_or_else(|| "tls, starttls or none".to_owned()),
    }
}

fn port(text: &str, security: Security) -> Result<u16, String> {
    let port = squeezed(text);
    if port.is_empty() {
        return Ok(security.usual_port());
    }
    let number = port.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "a port is a number from 1 to 65535".to_owned())
}

fn user(text: &str) -> Result<Option<String>, String> {
    let user = text.trim();
    if user.chars().count() > USER_MAX || user.chars().any(char::is_control) {
        return Err(format!("at most {USER_MAX} characters on one line"));
    }
    Ok((!user.is_empty()).then(|| user.to_owned()))
}

/// The password as it is: spaces may belong to it, a line break that copying brought along does not.
fn password(text: &str) -> Result<Option<Zeroizing<String>>, String> {
    let password = text.trim_matches(['\r', '\n']);
    if password.len() > PASSWORD_MAX || password.chars().any(char::is_control) {
        return Err(format!("at most {PASSWORD_MAX} characters on one line"));
    }
    Ok((!password.is_empty()).then(|| Zeroizing::new(password.to_owned())))
}

fn from(text: &str) -> Result<Email, String> {
    let address = squeezed(text);
    if address.is_empty() {
        return Err("is missing".to_owned());
    }
    let email = Email::parse(&address).ok().filter(Sender::can_send);
    email.ok_or_else(|| "an e-mail address, such as marketplace@example.com".to_owned())
}

fn from_name(text: &str) -> Result<Option<String>, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > Sender::NAME_MAX || name.chars().any(char::is_control) {
        return Err(format!("at most {} characters", Sender::NAME_MAX));
    }
    Ok((!name.is_empty()).then_some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> MailDraft {
        MailDraft {
            host: " mail.example.com ".into(),
            user: "sales".into(),
            password: Zeroizing::new(" hunter2\r\n".into()),
            from: "marketplace@example.com".into(),
            from_name: "Example \n Sales".into(),
            ..MailDraft::default()
        }
    }

    #[track_caller]
    fn wrong(draft: &MailDraft, known: Option<&MailSettings>) -> Vec<String> {
        let problems = draft.check(known).err().unwrap_or_default();
        for problem in &problems {
            assert!(!problem.message.contains("hunter2"), "{}", problem.message);
        }
        problems
            .iter()
            .map(|problem| problem.field.to_string())
            .collect()
    }

    #[test]
    fn what_is_left_out_is_what_servers_usually_have() {
        let checked = draft().check(None).unwrap_or_else(|_| panic!("refused"));
        assert_eq!(checked.settings.server.to_string(), "mail.example.com:465");
        assert_eq!(checked.settings.server.security, Security::Tls);
        assert_eq!(
            checked.settings.sender.name.as_deref(),
            Some("Example Sales")
        );
        // A space may belong to a password.
        assert_eq!(checked.password.unwrap().as_str(), " hunter2");
        let starttls = MailDraft {
            security: "STARTTLS".into(),
            ..draft()
        };
        let checked = starttls.check(None).unwrap_or_else(|_| panic!("refused"));
        assert_eq!(checked.settings.server.port, 587);
    }

    #[test]
    fn each_field_is_told_what_is_wrong_with_it() {
        assert_eq!(wrong(&draft(), None), [""; 0]);
        let missing = MailDraft::default();
        assert_eq!(wrong(&missing, None), ["host", "from"]);
        let secret = "hunter2 hunter2";
        for (fields, broken) in [
            (
                &["host"][..],
                MailDraft {
                    host: secret.to_owned() + ":25",
                    ..draft()
                },
            ),
            (
                &["port"],
                MailDraft {
                    port: "0".into(),
                    ..draft()
                },
            ),
            (
                &["port"],
                MailDraft {
                    port: secret.into(),
                    ..draft()
                },
            ),
            (
                &["security"],
                MailDraft {
                    security: secret.into(),
                    ..draft()
                },
            ),
            (
                &["security"],
                MailDraft {
                    security: "none".into(),
                    ..draft()
                },
            ),
            (
                &["user"],
                MailDraft {
                    user: String::new(),
                    ..draft()
                },
            ),
            (
                &["user"],
                MailDraft {
                    user: "x".repeat(255),
                    ..draft()
                },
            ),
            (
                &["password"],
                MailDraft {
                    password: Zeroizing::new("x\ny".into()),
                    ..draft()
                },
            ),
            (
                &["password"],
                MailDraft {
                    password: Zeroizing::default(),
                    ..draft()
                },
            ),
            (
                &["from"],
                MailDraft {
                    from: secret.into(),
                    ..draft()
                },
            ),
            (
                &["from"],
                MailDraft {
                    from: "a b@example.com\r\nBcc: c".into(),
                    ..draft()
                },
            ),
            (
                &["fromName"],
                MailDraft {
                    from_name: "x".repeat(101),
                    ..draft()
                },
            ),
        ] {
            assert_eq!(wrong(&broken, None), fields);
        }
    }

    #[test]
    fn a_kept_password_goes_to_no_other_server_and_no_other_user() {
        let known = draft()
            .check(None)
            .unwrap_or_else(|_| panic!("refused"))
            .settings;
        let again = MailDraft {
            password: Zeroizing::default(),
            ..draft()
        };
        assert_eq!(wrong(&again, Some(&known)), [""; 0]);
        let elsewhere = MailDraft {
            host: "mail.example.org".into(),
            ..again.clone()
        };
        assert_eq!(wrong(&elsewhere, Some(&known)), ["password"]);
        let another = MailDraft {
            user: "support".into(),
            ..again
        };
        assert_eq!(wrong(&another, Some(&known)), ["password"]);
    }
}
