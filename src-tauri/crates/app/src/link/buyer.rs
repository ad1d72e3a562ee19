//! Who the buyer is, as AWS tells it.

use domain::{
    AgreementId, LicenseArn, OfferId, ProductId, Registration, RegistrationToken, Timestamp,
};
use policy::{Facts, HintMoment, hints};
use sha2::{Digest, Sha256};
use store::table::agreement::AgreementRow;
use store::table::registration::{Resolved, TokenHash};

use super::asked::{Buyer, Evidence};
use super::{LinkError, case};
use crate::marketplace::{self, ErrorKind};
use crate::{Console, Error, Marketplace, query, sync};

/// What shows who the buyer is.
#[derive(Clone, Debug)]
pub enum Brought {
    /// What he brought.
    Now(Registration),
    /// A registration token that AWS resolved before, by its hash.
    Resolved(TokenHash),
}

/// A buyer, found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Who it is.
    pub buyer: Buyer,
    /// Set when AWS could not be asked: all this was so at that instant.
    pub offline: Option<Timestamp>,
}

impl<M: Marketplace> Console<M> {
    /// Finds out who the buyer is, and brings what is known of his agreement up to date.
    pub async fn buyer(&self, brought: &Brought) -> Result<Found, Error> {
        let registration = match brought {
            Brought::Now(registration) => registration,
            Brought::Resolved(hash) => {
                let kept = self.store().read(|read| read.registration(hash))?;
                let kept = kept.ok_or(LinkError::Forgotten)?;
                return self.by_answer(kept, None).await;
            }
        };
        match registration {
            Registration::Token(token) => self.by_token(token).await,
            Registration::Agreement(id) => self.by_agreement(id, None).await,
            Registration::License(arn) => {
                let id = self.agreement_of(arn)?;
                self.by_agreement(&id, Some(arn)).await
            }
            Registration::Account(_) => Err(LinkError::TypedAccount.into()),
        }
    }

    async fn by_token(&self, token: &RegistrationToken) -> Result<Found, Error> {
        let hash = hash(token);
        let answer = match self.identify().await {
            Ok(()) => self.marketplace.resolve(token).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        let (resolved, offline) = match answer {
            Ok(resolved) => {
                let kept = resolved_at(resolved, self.clock().now());
                self.write(|write| write.put_registration(&hash, &kept))?;
                (kept, None)
            }
            // Whoever resolved it before knows what AWS said.
            Err(Error::Marketplace(error)) if error.kind == ErrorKind::NoAnswer => {
                let kept = self.store().read(|read| read.registration(&hash))?;
                let kept = kept.ok_or(error)?;
                let at = kept.at;
                (kept, Some(at))
            }
            Err(error) => return Err(error),
        };
        self.by_answer(resolved, offline).await
    }

    /// By what AWS answered to a token.
    async fn by_answer(
        &self,
        resolved: Resolved,
        offline: Option<Timestamp>,
    ) -> Result<Found, Error> {
        let agreement = match &resolved.agreement {
            Some(id) => id.clone(),
            None => self.only_agreement_of(&resolved)?,
        };
        let refreshed = self.refresh(&agreement).await?;
        let row = self.row(&agreement)?;
        self.check_product(&row, &resolved)?;
        Ok(Found {
            buyer: Buyer {
                license: resolved.license.or_else(|| only_license(&row)),
                agreement,
                account: resolved.account,
                evidence: Evidence::Token,
                as_of: resolved.at.as_millis(),
            },
            offline: offline.or(refreshed),
        })
    }

    async fn by_agreement(
        &self,
        id: &AgreementId,
        license: Option<&LicenseArn>,
    ) -> Result<Found, Error> {
        let offline = self.refresh(id).await?;
        let row = self.row(id)?;
        Ok(Found {
            buyer: Buyer {
                license: license.cloned().or_else(|| only_license(&row)),
                agreement: id.clone(),
                account: domain::AccountId::parse(&row.buyer)?,
                evidence: Evidence::Agreement,
                as_of: row.synced_at.as_millis(),
            },
            offline,
        })
    }

    /// Asks AWS about one agreement and its offer, and keeps the answer. Without a network what is
    /// known stays, and from when it is is told.
    pub(crate) async fn refresh(&self, id: &AgreementId) -> Result<Option<Timestamp>, Error> {
        // Whose credentials these are is asked over the same network.
        let asked = match self.identify().await {
            Ok(()) => sync::one(&self.marketplace, self.store(), self.clock(), id).await,
            Err(error) => Err(error),
        };
        match asked {
            Ok(()) => {
                self.refresh_offer(id).await?;
                Ok(None)
            }
            Err(Error::Marketplace(error)) if error.kind == ErrorKind::NoAnswer => {
                let known = self.store().read(|read| read.agreement(id))?;
                let row = known.ok_or(error)?;
                Ok(Some(row.synced_at))
            }
            Err(error) => Err(error),
        }
    }

    /// What an offer is never changes for those who accepted it, so it is asked about once.
    async fn refresh_offer(&self, id: &AgreementId) -> Result<(), Error> {
        let row = self.row(id)?;
        let offer = row.offer.as_deref().and_then(|id| OfferId::parse(id).ok());
        let Some(offer) = offer else { return Ok(()) };
        if self.store().read(|read| read.offer(&offer))?.is_none() {
            match self.marketplace.offer(&offer).await {
                Ok(found) => {
                    let now = self.clock().now();
                    self.write(|write| write.put_offer(&found, now))?;
                }
                // Then it is not known whether it is private, and rules that ask say so.
                Err(error) => tracing::info!(%error, "an offer is not known"),
            }
        }
        let product = row
            .product
            .as_deref()
            .and_then(|id| ProductId::parse(id).ok());
        let Some(product) = product else {
            return Ok(());
        };
        let known = self.store().read(|read| read.listing(product.as_str()))?;
        if known.is_none() {
            let listing = self.marketplace.product(&product).await?;
            let now = self.clock().now();
            self.write(|write| write.put_listing(&listing, None, now))?;
        }
        Ok(())
    }

    fn row(&self, id: &AgreementId) -> Result<AgreementRow, Error> {
        let row = self.store().read(|read| read.agreement(id))?;
        row.ok_or_else(|| Error::no_agreement(id))
    }

    /// On products that predate concurrent agreements a token names none; there is one at most.
    fn only_agreement_of(&self, resolved: &Resolved) -> Result<AgreementId, Error> {
        let account = resolved.account.as_str();
        let moment = query::moment(self.clock());
        let filter = query::of_account(account);
        let (rows, listings) = self.store().read(|read| {
            let rows = read
                .agreements(&filter, &moment, query::SORT_DEFAULT, 0, 100)?
                .rows;
            Ok((rows, read.listings()?))
        })?;
        let mut known = listings.iter().map(|known| &known.listing);
        let listing = known.find(|listing| listing.code.as_ref() == Some(&resolved.code));
        let of_listing = rows.iter().filter(|row| {
            row.product.as_deref() == listing.map(|listing| listing.product.as_str())
        });
        let mut active: Vec<&AgreementRow> = of_listing
            .filter(|row| row.status == domain::AgreementStatus::Active)
            .collect();
        match (active.len(), active.pop()) {
            (1, Some(row)) => Ok(AgreementId::parse(&row.id)?),
            (_, None) => {
                let policy = listing.and_then(|listing| self.policies.of_listing(listing));
                let facts = Facts::at(self.clock().now());
                let advice = policy.map(|policy| hints(policy, HintMoment::NoAgreement, &facts));
                Err(LinkError::NoAgreement {
                    account: account.to_owned(),
                    listing: listing.map(|listing| listing.title.clone()),
                    advice: advice.as_deref().and_then(said),
                }
                .into())
            }
            (_, Some(last)) => {
                active.push(last);
                let ids = active
                    .iter()
                    .filter_map(|row| AgreementId::parse(&row.id).ok());
                Err(LinkError::Ambiguous(ids.collect()).into())
            }
        }
    }

    fn check_product(&self, row: &AgreementRow, resolved: &Resolved) -> Result<(), Error> {
        let listing = self
            .store()
            .read(|read| Ok(case::listing_of(read, row)))??;
        let code = listing.listing.code.as_ref();
        if code.is_some_and(|code| *code != resolved.code) || row.buyer != resolved.account.as_str()
        {
            let agreement = row.id.clone();
            let code = resolved.code.to_string();
            return Err(LinkError::OtherProduct { code, agreement }.into());
        }
        Ok(())
    }

    fn agreement_of(&self, license: &LicenseArn) -> Result<AgreementId, Error> {
        let now = self.clock().now();
        let row = self
            .store()
            .read(|read| query::agreement_with(read, license, now))?;
        let row = row.ok_or_else(|| Error::NotFound {
            kind: "license",
            id: license.to_string(),
        })?;
        Ok(AgreementId::parse(&row.id)?)
    }

    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&mut store::Write<'_>) -> Result<T, store::Error>,
    ) -> Result<T, store::Error> {
        tokio::task::block_in_place(|| self.store().write(work))
    }
}

/// What a policy says where there is no agreement, with the exact names that belong to it.
fn said(advice: &[policy::Advice]) -> Option<String> {
    let said = advice.iter().map(|it| {
        let items = it.items.join(", ");
        format!("{} {items}", it.text.en).trim().to_owned()
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join("\n"))
}

/// A token is never kept, but whether it is the same one can be told.
pub(super) fn hash(token: &RegistrationToken) -> TokenHash {
    Sha256::digest(token.expose().as_bytes()).into()
}

fn resolved_at(it: marketplace::Resolved, at: Timestamp) -> Resolved {
    Resolved {
        account: it.account,
        code: it.code,
        agreement: it.agreement,
        license: it.license,
        customer: it.customer,
        at,
    }
}

/// The license of an agreement; `None` on products that predate them.
pub(super) fn only_license(row: &AgreementRow) -> Option<LicenseArn> {
    LicenseArn::parse(row.licenses.first()?).ok()
}
