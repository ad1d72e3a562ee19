//! How a connection's mail is sent.

use connection::MailSettings;
use serde::Serialize;
use specta::Type;

/// How a connection's mail is sent. Nothing in here is secret.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MailView {
    /// The mail server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `tls`, `starttls` or `none`.
    pub security: &'static str,
    /// Who signs in; absent when nobody does.
    pub user: Option<String>,
    /// The address that mail comes from.
    pub from: String,
    /// The name shown with it.
    pub from_name: Option<String>,
}

impl From<&MailSettings> for MailView {
    fn from(settings: &MailSettings) -> Self {
        Self {
            host: settings.server.host.to_string(),
            port: settings.server.port,
            security: settings.server.security.word(),
            user: settings.user.clone(),
            from: settings.sender.address.to_string(),
            from_name: settings.sender.name.clone(),
        }
    }
}
