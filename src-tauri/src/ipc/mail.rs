//! Mail to buyers: how a connection sends it, and what came into the sandbox's mailbox.

use std::sync::Arc;

use connection::{MailDraft, OpenError};
use serde::{Deserialize, Serialize};
use specta::Type;
use views::{Failure, Millis};
use zeroize::Zeroizing;

use super::{Opened, failed, joined, waiting};

/// What was entered for a connection's mail. Not shown by `Debug`.
#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MailForm {
    host: String,
    port: String,
    security: String,
    user: String,
    /// The one that is kept, when empty.
    password: String,
    from: String,
    from_name: String,
}

/// A mail in the sandbox's mailbox.
#[derive(Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SandboxMail {
    /// Running number.
    pub number: u32,
    /// When it came, by the sandbox's clock.
    pub at: Millis,
    /// The buyer's address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
}

/// Has a connection's mail sent like this from now on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_mail(
    session: Opened<'_>,
    id: String,
    form: MailForm,
) -> Result<(), Failure> {
    let session = Arc::clone(&session);
    let draft = MailDraft::from(form);
    waiting(move || session.connections().set_mail(&id, &draft)).await
}

/// Forgets how a connection's mail is sent, and the password.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_mail(session: Opened<'_>, id: String) -> Result<(), Failure> {
    let session = Arc::clone(&session);
    waiting(move || session.connections().remove_mail(&id).map(drop)).await
}

/// Sends a trial mail by a connection.
#[tauri::command]
#[specta::specta]
pub(crate) async fn try_mail(session: Opened<'_>, id: String, to: String) -> Result<(), Failure> {
    let session = Arc::clone(&session);
    let sent = async move { session.connections().try_mail(&id, &to).await };
    joined(tauri::async_runtime::spawn(sent).await)
}

/// The newest mails to buyers of the sandbox whose address has this in it, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_mailbox(
    session: Opened<'_>,
    address: String,
) -> Result<Vec<SandboxMail>, Failure> {
    let control = session.connection().await?.control().await;
    let mailbox = control.map_err(failed)?.mailbox(&address, 0).await;
    let mails = mailbox.map_err(OpenError::from).map_err(failed)?.mails;
    mails.into_iter().map(SandboxMail::read).collect()
}

impl SandboxMail {
    fn read(mail: sandbox::ReceivedMail) -> Result<Self, Failure> {
        let at = connection::parse_time(&mail.at).map_err(failed)?;
        Ok(Self {
            number: u32::try_from(mail.number).unwrap_or(u32::MAX),
            at: views::millis(at),
            to: mail.to,
            subject: mail.subject,
            body: mail.body,
        })
    }
}

impl From<MailForm> for MailDraft {
    fn from(form: MailForm) -> Self {
        Self {
            host: form.host,
            port: form.port,
            security: form.security,
            user: form.user,
            password: Zeroizing::new(form.password),
            from: form.from,
            from_name: form.from_name,
        }
    }
}
