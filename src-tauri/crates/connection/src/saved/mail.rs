//! How a connection's mail is sent, as the file has it. The password is in the keyring.

use domain::Email;
use mail::{Host, Security, Sender, Server};
use serde::{Deserialize, Serialize};

/// The mail server of a connection, who signs in there, and whom mail comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// The server.
    pub server: Server,
    /// Who signs in; nobody where the server wants none.
    pub user: Option<String>,
    /// Whom mail comes from.
    pub sender: Sender,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MailForm {
    host: String,
    port: u16,
    security: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_name: Option<String>,
}

impl TryFrom<MailForm> for MailSettings {
    type Error = String;

    fn try_from(form: MailForm) -> Result<Self, String> {
        let host = Host::parse(&form.host).map_err(|error| error.to_string())?;
        let security = Security::from_word(&form.security)
            .ok_or("its mail security is none of tls, starttls and none")?;
        if security == Security::None && !host.is_loopback() {
            return Err("its mail goes without security to another machine".to_owned());
        }
        let address = Email::parse(&form.from).map_err(|error| error.to_string())?;
        Ok(Self {
            server: Server {
                host,
                port: form.port,
                security,
            },
            user: form.user,
            sender: Sender {
                address,
                name: form.from_name,
            },
        })
    }
}

impl From<&MailSettings> for MailForm {
    fn from(settings: &MailSettings) -> Self {
        Self {
            host: settings.server.host.to_string(),
            port: settings.server.port,
            security: settings.server.security.word().to_owned(),
            user: settings.user.clone(),
            from: settings.sender.address.to_string(),
            from_name: settings.sender.name.clone(),
        }
    }
}
