//! Listing entitlements: per product with a full listing, per license when one agreement changed.

use domain::{AccountId, Entitlement, LicenseArn, Pricing, ProductCode};
use store::table::details::Undetailed;
use store::table::entitlement::EntitlementListing;

use super::{Phase, Sync};
use crate::marketplace::{EntitlementsOf, ErrorKind, MarketplaceError, PageToken};
use crate::{Error, Marketplace};

/// Pages of one license's entitlements: 25 dimensions each, of at most 200 a product.
const PAGES_PER_HOLDER_MAX: usize = 40;

/// How often a product's listing is begun anew because AWS no longer knew the page token.
const RESTARTS_MAX: usize = 3;

/// Entitlements that take the place of whatever a holder had.
pub(super) struct Held {
    pub(super) code: ProductCode,
    /// The license's `l-…` part, or the account.
    pub(super) holder: String,
    pub(super) entitlements: Vec<Entitlement>,
}

impl<M: Marketplace> Sync<'_, M> {
    /// Lists the entitlements of every product that has some, going on where an earlier try of the
    /// same full listing broke off.
    pub(super) async fn list_entitlements(&mut self, run: i64) -> Result<(), Error> {
        self.report(Phase::Entitlements, 0, None, 0);
        for code in self.contract_products()? {
            let mut restarts = 0;
            loop {
                let listing = self
                    .store
                    .read(|read| read.entitlement_listing(&code, run))?;
                let next = match listing {
                    EntitlementListing::Done => break,
                    EntitlementListing::Start => None,
                    EntitlementListing::Next(token) => Some(PageToken(token)),
                };
                let everyone = EntitlementsOf::Everyone;
                let page = self
                    .call(
                        self.marketplace
                            .entitlements(&code, everyone, next.as_ref()),
                    )
                    .await?;
                let (items, next) = match page {
                    Ok(page) => (page.items, page.next),
                    Err(error) if error.kind == ErrorKind::PageToken && restarts < RESTARTS_MAX => {
                        restarts += 1;
                        let anew = EntitlementListing::Start;
                        self.write(|write| write.set_entitlement_listing(&code, run, &anew))?;
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                };
                let listing = next.map_or(EntitlementListing::Done, |token| {
                    EntitlementListing::Next(token.0)
                });
                let now = self.clock.now();
                self.write(|write| {
                    write.put_entitlements(&items, run, now)?;
                    write.set_entitlement_listing(&code, run, &listing)
                })?;
                self.summary.entitlements += items.len();
                self.report(Phase::Entitlements, self.summary.entitlements, None, 0);
            }
        }
        Ok(())
    }

    /// Codes of the products whose licenses carry entitlements. Usage-only products have none.
    fn contract_products(&self) -> Result<Vec<ProductCode>, Error> {
        let listings = self.store.read(|read| read.listings())?;
        let with_contract = listings
            .into_iter()
            .filter(|known| known.listing.pricing != Pricing::Usage);
        Ok(with_contract
            .filter_map(|known| known.listing.code)
            .collect())
    }

    /// What the licenses of one agreement hold now; its account where there are no licenses.
    pub(super) async fn entitlements_of(
        &self,
        code: &ProductCode,
        item: &Undetailed,
    ) -> Result<Vec<Held>, MarketplaceError> {
        let mut held = Vec::new();
        let licenses: Vec<LicenseArn> = item
            .licenses
            .iter()
            .filter_map(|arn| LicenseArn::parse(arn).ok())
            .collect();
        for license in &licenses {
            let entitlements = self
                .pages_of(code, EntitlementsOf::License(license))
                .await?;
            held.push(Held {
                code: code.clone(),
                holder: license.short().to_owned(),
                entitlements,
            });
        }
        if licenses.is_empty()
            && let Ok(account) = AccountId::parse(&item.buyer)
        {
            let entitlements = self
                .pages_of(code, EntitlementsOf::Account(&account))
                .await?;
            held.push(Held {
                code: code.clone(),
                holder: account.to_string(),
                entitlements,
            });
        }
        Ok(held)
    }

    async fn pages_of(
        &self,
        code: &ProductCode,
        whose: EntitlementsOf<'_>,
    ) -> Result<Vec<Entitlement>, MarketplaceError> {
        let mut all = Vec::new();
        let mut next = None;
        for _ in 0..PAGES_PER_HOLDER_MAX {
            let page = self
                .marketplace
                .entitlements(code, whose, next.as_ref())
                .await?;
            all.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        Ok(all)
    }
}
