//! The way to AWS of a seller account's connection.

use std::sync::Mutex;

use app::Clock;
use aws::{
    AssumedRole, AwsMarketplace, CallLimits, ConnectionSettings, Credentials, MfaCodes, Quota,
};
use domain::AccountId;
use store::AuditKey;
use vault::{SecretKind, SecretName, Vault, VaultError};

use crate::keys::AccessKeys;
use crate::mailer::SellerMailer;
use crate::saved::{Base, SavedConnection, Source};
use crate::{OpenError, lock};

/// What a seller account's connection is made of, besides its database.
pub(crate) struct Seller {
    pub(crate) saved: SavedConnection,
    vault: Vault,
    /// What sends its mail to buyers.
    pub(crate) mailer: SellerMailer,
    /// Where a person's MFA codes wait for the role that wants them.
    pub(crate) codes: MfaCodes,
    /// A way to AWS that is set up already, for the first who wants one.
    ready: Mutex<Option<AwsMarketplace>>,
}

impl Seller {
    pub(crate) fn new(
        saved: SavedConnection,
        vault: Vault,
        mailer: SellerMailer,
        ready: Option<(AwsMarketplace, MfaCodes)>,
    ) -> Self {
        let (ready, codes) = ready.unzip();
        Self {
            saved,
            vault,
            mailer,
            codes: codes.unwrap_or_default(),
            ready: Mutex::new(ready),
        }
    }

    pub(crate) const fn account(&self) -> &AccountId {
        &self.saved.account
    }

    /// Sets the way to AWS up, with the keys that the keyring has now. Blocks while it asks.
    pub(crate) fn connect(&self) -> Result<AwsMarketplace, OpenError> {
        let ready = lock(&self.ready).take();
        if let Some(ready) = ready {
            return Ok(ready);
        }
        let keys = match self.saved.source.base() {
            Base::Profile(_) => None,
            Base::Keys => Some(self.keys()?),
        };
        connect(&self.saved, keys.as_ref(), &self.codes)
    }

    /// The key of its audit, as the keyring has it now. Blocks while it asks.
    pub(crate) fn audit_key(&self) -> Result<AuditKey, OpenError> {
        audit_key(&self.saved.vault, &self.vault)?.ok_or(OpenError::AuditKeyLost)
    }

    fn keys(&self) -> Result<AccessKeys, OpenError> {
        let name = SecretName::new(&self.saved.vault, SecretKind::AccessKeys);
        let secret = self.vault.get(&name)?.ok_or(OpenError::KeysLost)?;
        let damaged = || VaultError::Damaged(name.to_string());
        Ok(AccessKeys::from_vault(secret).ok_or_else(damaged)?)
    }
}

/// The audit key among these secrets; `None` when there is none.
pub(crate) fn audit_key(secrets: &str, vault: &Vault) -> Result<Option<AuditKey>, OpenError> {
    let name = SecretName::new(secrets, SecretKind::AuditKey);
    let Some(kept) = vault.get(&name)? else {
        return Ok(None);
    };
    let damaged = || VaultError::Damaged(name.to_string());
    let key = AuditKey::from_hex(kept.expose()).ok_or_else(damaged)?;
    Ok(Some(key))
}

/// The way to AWS for a connection, with these keys where it has keys.
pub(crate) fn connect(
    saved: &SavedConnection,
    keys: Option<&AccessKeys>,
    codes: &MfaCodes,
) -> Result<AwsMarketplace, OpenError> {
    let credentials = |base: &Base| match (base, keys) {
        (Base::Profile(name), _) => Ok(Credentials::from_profile(name)),
        (Base::Keys, Some(keys)) => Ok(Credentials::from_keys(
            keys.id(),
            keys.secret(),
            keys.token().map(str::to_owned),
        )),
        (Base::Keys, None) => Err(OpenError::KeysLost),
    };
    let credentials = match &saved.source {
        Source::Base(base) => credentials(base)?,
        Source::Role {
            arn,
            external_id,
            mfa,
            base,
        } => credentials(base)?.assuming(
            AssumedRole {
                external_id: external_id.clone(),
                mfa_serial: mfa.clone(),
                ..AssumedRole::new(arn.clone())
            },
            codes.clone(),
        ),
    };
    let quota = match saved.endpoint {
        // A test server has no quotas that anybody published.
        Some(_) => Quota::unlimited(),
        None => Quota::published(),
    };
    Ok(AwsMarketplace::connect(ConnectionSettings {
        endpoint: saved.endpoint.clone(),
        sts_endpoint: saved.sts_endpoint.clone(),
        region: saved.region.clone(),
        credentials,
        clock: Clock::default(),
        quota,
        limits: CallLimits::default(),
    })?)
}
