//! The mail of connections: set, removed, tried.

use app::Mail;
use domain::Email;
use vault::{Secret, SecretKind, SecretName, VaultError};

use super::{Connections, Keep, problem};
use crate::draft::MailDraft;
use crate::mailer::SellerMailer;
use crate::saved::{MailSettings, SavedConnection};
use crate::{Connection, OpenError};

impl Connections {
    /// How a connection's mail is sent; `None` when it has no server.
    pub fn mail(&self, id: &str) -> Result<Option<MailSettings>, OpenError> {
        Ok(self.seller(id)?.0.mail)
    }

    /// Has a connection's mail sent like this from now on. Asks the server nothing:
    /// [`Self::try_mail`] does.
    pub fn set_mail(&self, id: &str, draft: &MailDraft) -> Result<(), OpenError> {
        let (saved, keep) = self.seller(id)?;
        let checked = draft.check(saved.mail.as_ref()).map_err(OpenError::Draft)?;
        let (name, vault) = (password_name(&saved), self.vault_of(keep));
        let secret = match (&checked.password, &checked.settings.user) {
            (Some(password), _) => {
                Some(Secret::new(password.to_string()).map_err(VaultError::from)?)
            }
            (None, Some(_)) if vault.get(&name)?.is_none() => {
                let message = "enter it again: it is not in the keyring any more";
                return Err(problem("password", message));
            }
            (None, _) => None,
        };
        // The old password goes before the settings change, and the new one comes after them: neither
        // is ever beside settings that it was not entered for, wherever this is cut off. One that
        // nobody signs in with is no longer kept.
        if secret.is_some() || checked.settings.user.is_none() {
            vault.remove(&name)?;
        }
        self.registry.change(id, |all, at| {
            all[at].mail = Some(checked.settings);
            Ok(())
        })?;
        if let Some(secret) = secret {
            vault.put(&name, &secret)?;
        }
        Ok(())
    }

    /// Forgets how a connection's mail is sent, and the password. `false`: there was nothing to forget.
    pub fn remove_mail(&self, id: &str) -> Result<bool, OpenError> {
        let (saved, keep) = self.seller(id)?;
        let had_password = self.vault_of(keep).remove(&password_name(&saved))?;
        self.registry.change(id, |all, at| {
            all[at].mail = None;
            Ok(())
        })?;
        Ok(had_password || saved.mail.is_some())
    }

    /// Sends a trial mail by a connection to an address that somebody reads.
    pub async fn try_mail(&self, id: &str, to: &str) -> Result<(), OpenError> {
        let expected = |_| problem("to", "an e-mail address, such as you@example.com");
        let to = Email::parse(to).map_err(expected)?;
        if id == Connection::SANDBOX {
            let sandbox = self.open(id)?;
            let sent = sandbox.send_mail(&trial(to, "Sandbox")).await;
            sandbox.close().await;
            return sent;
        }
        let (saved, keep) = self.seller(id)?;
        let mailer = self.mailer(&saved, keep);
        let sent = app::Mailer::send(&mailer, &trial(to, &saved.name)).await;
        sent.map_err(|error| app::Error::from(error).into())
    }

    /// What sends the mail of a connection, as it is set at the time of each mail.
    pub(super) fn mailer(&self, saved: &SavedConnection, keep: Keep) -> SellerMailer {
        SellerMailer::new(
            saved.id.clone(),
            self.registry.clone(),
            self.vault_of(keep).clone(),
        )
    }

    fn seller(&self, id: &str) -> Result<(SavedConnection, Keep), OpenError> {
        if id == Connection::SANDBOX {
            return Err(OpenError::SandboxMail);
        }
        self.find(id)
    }
}

fn password_name(saved: &SavedConnection) -> SecretName {
    SecretName::new(&saved.vault, SecretKind::SmtpPassword)
}

fn trial(to: Email, connection: &str) -> Mail {
    Mail {
        to,
        subject: "Trial mail from Bindery".to_owned(),
        body: format!(
            "This is a trial mail of the connection “{connection}”.\n\n\
             Mail to buyers, such as verification codes, will come to them from this address. \
             There is nothing else to do.\n"
        ),
    }
}
