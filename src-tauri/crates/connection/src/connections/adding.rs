//! Adding a connection: all of it is kept, or nothing is.

use std::path::Path;

use app::marketplace::{CallerIdentity, ErrorKind, Marketplace, MarketplaceError};
use aws::{AwsMarketplace, MfaCodes};
use store::DatabaseKey;
use vault::{SecretKind, SecretName, Vault};

use super::keeping::{remove_database, set_aside};
use super::{Connections, Keep, name_taken, problem};
use crate::attempt::Attempt;
use crate::draft::{CheckedCredentials, CredentialsDraft, Draft};
use crate::saved::{self, CONNECTIONS_MAX, ConnectionId, SavedConnection};
use crate::{OpenError, lock, seller};

impl Connections {
    /// Adds a connection, once AWS has said that its credentials belong to the account entered. When
    /// anything goes wrong nothing of it is kept; nor when the future is dropped, since the last thing it
    /// waits for is what AWS says.
    pub async fn add(&self, draft: &Draft, keep: Keep) -> Result<SavedConnection, OpenError> {
        let checked = draft.check().map_err(OpenError::Draft)?;
        self.vault_of(keep).check()?;
        if let Err(error) = self.clear_attempts() {
            tracing::warn!(error = &error as &dyn std::error::Error, "an attempt stays");
        }
        let taken = self.list()?;
        if taken.len() >= CONNECTIONS_MAX {
            return Err(problem(
                "name",
                format!("there are {CONNECTIONS_MAX} connections already"),
            ));
        }
        if taken.iter().any(|(known, _)| known.name == checked.name) {
            return Err(name_taken());
        }
        let ids: Vec<_> = taken.iter().map(|(known, _)| known.id.as_str()).collect();
        let id = ConnectionId::for_name(&checked.name, &ids);
        let saved = SavedConnection {
            vault: format!("{id}-{}", random_suffix()?),
            id,
            name: checked.name,
            account: checked.account,
            source: checked.credentials.source.clone(),
            region: checked.region,
            endpoint: checked.endpoint,
            sts_endpoint: checked.sts_endpoint,
            access: checked.access,
            mail: None,
        };
        let identified = identify(&saved, &checked.credentials).await?;
        tokio::task::block_in_place(|| self.keep(&saved, &checked.credentials, keep))?;
        lock(&self.identified).insert(saved.id.to_string(), identified);
        Ok(saved)
    }

    /// Puts other credentials in the place of a connection's, once AWS has said that they belong to
    /// its account.
    pub async fn replace_credentials(
        &self,
        id: &str,
        credentials: &CredentialsDraft,
    ) -> Result<(), OpenError> {
        let (mut saved, keep) = self.find(id)?;
        let checked = credentials
            .check(Some(&saved.account))
            .map_err(OpenError::Draft)?;
        saved.source = checked.source.clone();
        let identified = identify(&saved, &checked).await?;
        tokio::task::block_in_place(|| {
            self.keep_keys(&saved, checked.keys.as_ref(), keep)?;
            self.registry.change(id, |all, at| {
                all[at].source = saved.source;
                Ok(())
            })
        })?;
        lock(&self.identified).insert(id.to_owned(), identified);
        Ok(())
    }

    /// Takes away what attempts to add a connection left that were killed: secrets that no connection
    /// knows of, and a database that nobody can open.
    pub fn clear_attempts(&self) -> Result<(), OpenError> {
        for attempt in Attempt::left(&self.folders.adding()) {
            let database = self.folders.database(&attempt.id);
            self.undo(&attempt.id, &attempt.vault, &self.vault, &database)?;
            attempt.end();
        }
        Ok(())
    }

    fn keep(
        &self,
        saved: &SavedConnection,
        credentials: &CheckedCredentials,
        keep: Keep,
    ) -> Result<(), OpenError> {
        // AWS may have taken its time, and another process may have been faster.
        if self.list()?.iter().any(|(known, _)| known.id == saved.id) {
            return Err(name_taken());
        }
        // Then a file of this name belongs to nobody: its connection was taken out of the settings. Its
        // key is unknown here, so it must not be in the way.
        set_aside(&self.database(saved, keep))?;
        let attempt = match keep {
            Keep::InKeyring => {
                let folder = self.folders.adding();
                let begun = Attempt::begin(&folder, saved.id.as_str(), &saved.vault);
                Some(begun.map_err(|source| OpenError::File(folder, source))?)
            }
            Keep::InMemory => None,
        };
        let done = self.keep_all(saved, credentials, keep);
        if done.is_err() {
            let database = self.database(saved, keep);
            let undone = self.undo(
                saved.id.as_str(),
                &saved.vault,
                self.vault_of(keep),
                &database,
            );
            if let Err(error) = undone {
                tracing::warn!(error = &error as &dyn std::error::Error, "a secret stays");
                return done;
            }
        }
        attempt.into_iter().for_each(Attempt::end);
        done
    }

    /// Takes away what an attempt kept, unless it had come to its end.
    fn undo(&self, id: &str, name: &str, vault: &Vault, database: &Path) -> Result<(), OpenError> {
        let all = self.list()?;
        if all.iter().any(|(known, _)| known.vault == name) {
            return Ok(());
        }
        for kind in SecretKind::ALL {
            vault.remove(&SecretName::new(name, *kind))?;
        }
        // Another process may have added one of the same name in the meantime.
        if id.is_empty() || all.iter().any(|(known, _)| known.id.as_str() == id) {
            return Ok(());
        }
        remove_database(database).map(drop)
    }

    fn keep_all(
        &self,
        saved: &SavedConnection,
        credentials: &CheckedCredentials,
        keep: Keep,
    ) -> Result<(), OpenError> {
        self.keep_keys(saved, credentials.keys.as_ref(), keep)?;
        drop(self.open_store(saved, keep)?);
        // Before anybody can open it: two who did at once would each make a key.
        self.keep_new_audit_key(saved, keep)?;
        self.registry.add(saved, keep, name_taken)
    }
}

/// Makes sure that the credentials are those of the connection's account, before they are kept.
async fn identify(
    saved: &SavedConnection,
    credentials: &CheckedCredentials,
) -> Result<(AwsMarketplace, MfaCodes), OpenError> {
    let codes = MfaCodes::default();
    if let Some(code) = &credentials.code {
        // Checked before to be six digits.
        let _ = codes.provide(code);
    }
    let keys = credentials.keys.as_ref();
    let marketplace = seller::connect(saved, keys, &codes)?;
    let CallerIdentity { account, .. } = marketplace
        .caller_identity()
        .await
        .map_err(|error| at_its_field(saved, error))?;
    if account != saved.account.as_str() {
        let message = format!("these credentials belong to the account {account}");
        return Err(problem("account", message));
    }
    Ok((marketplace, codes))
}

/// What AWS said about the credentials, at the field that it is about.
fn at_its_field(saved: &SavedConnection, error: MarketplaceError) -> OpenError {
    let field = match error.kind {
        // It is not the keys that AWS refuses, but the role to them.
        ErrorKind::Credentials | ErrorKind::Denied if error.operation == "AssumeRole" => "roleArn",
        ErrorKind::Credentials => match saved.source.base() {
            saved::Base::Profile(_) => "profile",
            saved::Base::Keys => "accessKeyId",
        },
        ErrorKind::CodeNeeded => "mfaCode",
        ErrorKind::Garbage | ErrorKind::NoAnswer if saved.endpoint.is_some() => "endpoint",
        _ => return app::Error::from(error).into(),
    };
    OpenError::AtField(field, error)
}

/// Eight random hexadecimal digits.
fn random_suffix() -> Result<String, OpenError> {
    let key = DatabaseKey::random()?;
    Ok(key.to_hex()[..8].to_owned())
}
