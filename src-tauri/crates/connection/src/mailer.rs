//! What sends the mail of a connection.

use app::{Mail, MailError, MailErrorKind, Mailer};
use futures_util::future::BoxFuture;
use mail::{Password, Smtp};
use sandbox::Control;
use tokio::sync::watch;
use vault::{SecretKind, SecretName, Vault};
use zeroize::Zeroizing;

use crate::OpenError;
use crate::registry::Registry;
use crate::saved::{ConnectionId, MailSettings};

/// Mail of a seller account's connection, over its mail server. Settings and password are looked up for
/// each mail: they can change while the connection is open, and the password is held for no longer.
#[derive(Clone)]
pub(crate) struct SellerMailer {
    id: ConnectionId,
    registry: Registry,
    vault: Vault,
}

impl SellerMailer {
    pub(crate) fn new(id: ConnectionId, registry: Registry, vault: Vault) -> Self {
        Self {
            id,
            registry,
            vault,
        }
    }

    /// The way to the server as it is set now. Blocks while the keyring asks.
    fn smtp(&self) -> Result<Smtp, MailError> {
        self.smtp_with(|vault| self.password(vault))
    }

    /// The same with what gives the password.
    fn smtp_with(
        &self,
        password: impl FnOnce(&str) -> Result<Password, MailError>,
    ) -> Result<Smtp, MailError> {
        let (vault, settings) = self.settings()?;
        let user = match &settings.user {
            Some(user) => Some((user.clone(), password(&vault)?)),
            None => None,
        };
        // The keyring may have taken its time, and the password may be another server's by now.
        if self.settings()?.1 != settings {
            let message = "the connection's mail settings were just changed";
            return Err(MailError::new(MailErrorKind::NotConfigured, message));
        }
        Ok(Smtp::new(settings.server, user, settings.sender))
    }

    /// Where the secrets are, and how mail is sent.
    fn settings(&self) -> Result<(String, MailSettings), MailError> {
        let unusable =
            |error: OpenError| MailError::new(MailErrorKind::NotConfigured, &error.to_string());
        let (saved, _) = self.registry.find(self.id.as_str()).map_err(unusable)?;
        let settings = saved.mail.ok_or_else(MailError::not_configured)?;
        Ok((saved.vault, settings))
    }

    fn password(&self, vault: &str) -> Result<Password, MailError> {
        let lost = |why: &str| MailError::new(MailErrorKind::Credentials, why);
        let name = SecretName::new(vault, SecretKind::SmtpPassword);
        let secret = self.vault.get(&name).map_err(|error| {
            lost(&format!(
                "the keyring does not give the password of the mail server: {error}"
            ))
        })?;
        let secret = secret.ok_or_else(|| {
            lost("the password of the mail server is not in the keyring any more")
        })?;
        Ok(Password::new(Zeroizing::new(secret.expose().to_owned())))
    }
}

impl Mailer for SellerMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let smtp = tokio::task::block_in_place(|| self.smtp())?;
            smtp.send(mail).await
        })
    }

    fn name(&self) -> &'static str {
        "the mail server"
    }
}

/// Mail of the sandbox, which goes nowhere but into its buyers' mailbox.
pub(crate) struct SandboxMailer {
    control: Control,
    /// Told of every mail.
    sent: watch::Sender<()>,
}

impl SandboxMailer {
    pub(crate) fn new(control: Control, sent: watch::Sender<()>) -> Self {
        Self { control, sent }
    }
}

impl Mailer for SandboxMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let mail = sandbox::Mail {
                to: mail.to.to_string(),
                subject: mail.subject.clone(),
                body: mail.body.clone(),
            };
            let sent = self.control.mail(&mail).await;
            sent.map_err(|error| refused(&mail.to, &error))?;
            self.sent.send_replace(());
            Ok(())
        })
    }

    fn name(&self) -> &'static str {
        "the sandbox's mailbox"
    }
}

fn refused(to: &str, error: &sandbox::ControlError) -> MailError {
    let (kind, message) = match error.code.as_str() {
        "offline" => {
            let message = "the sandbox's network is down, so no mail leaves";
            (MailErrorKind::NoAnswer, message.to_owned())
        }
        "unreachable" => (MailErrorKind::NoAnswer, error.to_string()),
        "no-mailbox" => {
            let message = format!("the sandbox does not deliver to {to}");
            (MailErrorKind::RefusedRecipient, message)
        }
        "invalid" => (MailErrorKind::RefusedMail, error.to_string()),
        _ => (MailErrorKind::Garbage, error.to_string()),
    };
    MailError::new(kind, &message)
}

#[cfg(test)]
mod tests {
    use mail::Host;

    use super::*;
    use crate::Keep;
    use crate::saved::tests::connection;

    #[test]
    fn a_password_read_while_the_settings_change_goes_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::new(folder.path());
        let saved = connection("acme");
        let taken = || OpenError::Cancelled;
        registry.add(&saved, Keep::InKeyring, taken).unwrap();
        let mailer = SellerMailer::new(saved.id, registry.clone(), Vault::session());
        let password = || Ok(Password::new(Zeroizing::new("hunter2".to_owned())));
        mailer.smtp_with(|_| password()).unwrap();

        let refused = mailer.smtp_with(|_| {
            let changed = registry.change("acme", |all, at| {
                let mail = all[at].mail.as_mut().unwrap();
                mail.server.host = Host::parse("mail.example.org").unwrap();
                Ok(())
            });
            changed.unwrap();
            password()
        });
        assert_eq!(refused.unwrap_err().kind, MailErrorKind::NotConfigured);
    }
}
