//! What AWS told of the buyer's side: listing, agreement, offer, license, entitlements.

use domain::{AgreementId, EntitlementValue, OfferId, Pricing, Timestamp};
use policy::{Facts, Provenance};
use store::Read;
use store::table::agreement::AgreementRow;
use store::table::details::FetchedDetails;
use store::table::listing::FetchedListing;

use super::telling::Telling;
use crate::link::asked::{Buyer, Evidence};
use crate::{Error, query};

/// What one snapshot knows of an agreement.
pub(crate) struct AwsSide {
    pub(crate) row: AgreementRow,
    pub(crate) details: FetchedDetails,
    pub(crate) listing: FetchedListing,
    /// The first agreement of its chain of renewals.
    pub(crate) chain: String,
}

impl AwsSide {
    /// Looks it up; an error when this connection has no such agreement or listing.
    pub(super) fn look_up(read: &Read<'_>, id: &AgreementId) -> Result<Self, Error> {
        let (row, details) = super::agreement(read, id)?;
        Ok(Self {
            listing: super::listing_of(read, &row)?,
            chain: read.chain_of(id)?,
            row,
            details,
        })
    }

    /// Tells all of it, and who the buyer is.
    pub(super) fn tell(
        &self,
        facts: &mut Facts,
        read: &Read<'_>,
        buyer: &Buyer,
    ) -> Result<(), Telling> {
        self.tell_listing(facts)?;
        self.tell_agreement(facts, buyer)?;
        self.tell_offer(facts, read)?;
        self.tell_license(facts, buyer)?;
        self.tell_entitlements(facts, read)
    }

    fn tell_listing(&self, facts: &mut Facts) -> Result<(), Telling> {
        let from = Provenance::new("AWS DescribeEntity", self.listing.synced_at);
        let listing = &self.listing.listing;
        let code = listing.code.as_ref().map(|code| code.as_str());
        let pricing = match listing.pricing {
            Pricing::Usage => "usage",
            Pricing::Contract => "contract",
            Pricing::ContractWithUsage => "contract-with-usage",
            Pricing::Unknown => "unknown",
        };
        facts.tell("listing.product", listing.product.as_str(), &from)?;
        facts.tell("listing.code", code, &from)?;
        facts.tell("listing.title", listing.title.as_str(), &from)?;
        facts.tell("listing.pricing", pricing, &from)?;
        Ok(())
    }

    fn tell_agreement(&self, facts: &mut Facts, buyer: &Buyer) -> Result<(), Telling> {
        let row = &self.row;
        let listed = Provenance::new("AWS SearchAgreements", row.synced_at);
        facts.tell("agreement.id", row.id.as_str(), &listed)?;
        facts.tell("agreement.status", row.status.as_wire(), &listed)?;
        facts.tell("agreement.accepted_at", row.accepted_at, &listed)?;
        facts.tell("agreement.starts_at", row.starts_at, &listed)?;
        facts.tell("agreement.ends_at", row.ends_at, &listed)?;
        facts.tell("agreement.initial", self.chain.as_str(), &listed)?;
        if let Some((at, value)) = self.details.at.zip(self.details.details.value) {
            let described = Provenance::new("AWS DescribeAgreement", at);
            facts.tell("agreement.value", value, &described)?;
            facts.tell("agreement.currency", value.currency.as_str(), &described)?;
        }
        let source = match buyer.evidence {
            Evidence::Token => "AWS ResolveCustomer",
            Evidence::Agreement => "AWS SearchAgreements",
        };
        let from = Provenance::new(source, Timestamp::from_millis(buyer.as_of));
        facts.tell("account.id", buyer.account.as_str(), &from)?;
        facts.tell("account.evidence", buyer.evidence.word(), &from)?;
        Ok(())
    }

    fn tell_offer(&self, facts: &mut Facts, read: &Read<'_>) -> Result<(), Telling> {
        let listed = Provenance::new("AWS SearchAgreements", self.row.synced_at);
        if let Some(id) = &self.row.offer {
            facts.tell("offer.id", id.as_str(), &listed)?;
            let known = OfferId::parse(id)
                .ok()
                .map(|id| read.offer(&id))
                .transpose()?;
            if let Some(known) = known.flatten() {
                let from = Provenance::new("AWS DescribeEntity", known.synced_at);
                facts.tell("offer.private", known.offer.private, &from)?;
            }
        }
        let terms = &self.details.details.terms;
        // Every offer has terms: none were told.
        if let Some(at) = self.details.at.filter(|_| !terms.is_empty()) {
            let from = Provenance::new("AWS GetAgreementTerms", at);
            let has = |kinds: &[&str]| terms.iter().any(|term| kinds.contains(&term.kind.as_str()));
            facts.tell("offer.contract", has(&CONTRACT_TERMS), &from)?;
            facts.tell("offer.free_trial", has(&["freeTrialPricingTerm"]), &from)?;
        }
        Ok(())
    }

    fn tell_license(&self, facts: &mut Facts, buyer: &Buyer) -> Result<(), Telling> {
        let listed = Provenance::new("AWS SearchAgreements", self.row.synced_at);
        let license = buyer.license.as_ref();
        facts.tell("license.arn", license.map(|arn| arn.as_str()), &listed)?;
        let Some(at) = self.details.at else {
            return Ok(());
        };
        let from = Provenance::new("AWS GetAgreementEntitlements", at);
        let mut of = self.details.details.provisioning.iter();
        let granted = of.find(|it| match (&it.license, license) {
            (Some(a), Some(b)) => a.short() == b.short(),
            // Before the license exists, and on products that predate them.
            (None, _) => true,
            (Some(_), None) => false,
        });
        // A license that AWS tells nothing of is not known to be anything.
        if let Some(granted) = granted {
            facts.tell("license.status", granted.status.as_wire(), &from)?;
            facts.tell("license.reason", granted.reason.as_deref(), &from)?;
        }
        Ok(())
    }

    fn tell_entitlements(&self, facts: &mut Facts, read: &Read<'_>) -> Result<(), Telling> {
        let Some(at) = self.details.at else {
            return Ok(());
        };
        let from = Provenance::new("AWS GetEntitlements", at);
        facts.tell_list("entitlements", &from)?;
        for holder in query::holders(&self.row) {
            for row in read.entitlements_of(holder)? {
                let from = Provenance::new("AWS GetEntitlements", row.synced_at);
                let units = match row.value {
                    EntitlementValue::Integer(units) => Some(units),
                    _ => None,
                };
                let fields = [
                    ("dimension", row.dimension.into()),
                    ("units", units.into()),
                    ("expires_at", row.expires_at.into()),
                ];
                facts.add("entitlements", fields, &from)?;
            }
        }
        Ok(())
    }
}

/// Terms by which a buyer commits to more than usage (Agreement API, `AcceptedTerm`).
const CONTRACT_TERMS: [&str; 3] = [
    "configurableUpfrontPricingTerm",
    "fixedUpfrontPricingTerm",
    "recurringPaymentTerm",
];
