//! A marketplace in AWS's place, which does at which call what the test wants.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app::marketplace::{
    CallerIdentity, CancellationRequests, EntitlementsOf, ErrorKind, Look, MarketplaceError,
    Metered, NewCancellation, Page, PageToken, ProductSummary, Resolved,
};
use app::{Marketplace, Operation};
use domain::{
    AccountId, Agreement, AgreementId, AgreementStatus, CancellationRequest, CancellationRequestId,
    EndBehavior, Entitlement, Listing, Offer, OfferId, ProductCode, ProductId, RegistrationToken,
    Timestamp, UsageRecord,
};

type Answer<T> = Result<T, MarketplaceError>;

/// Agreements a page of the fake holds.
const PAGE: usize = 2;

/// What AWS holds, what it was asked, and what it does at which call of the agreements' listing.
#[derive(Default)]
pub(crate) struct World {
    /// Update time by agreement number.
    pub(crate) agreements: BTreeMap<u32, i64>,
    pub(crate) asked: Vec<String>,
    pub(crate) listing_calls: usize,
    /// At this call of the listing, this happens instead of an answer.
    pub(crate) trouble: Option<(usize, ErrorKind)>,
    /// Agreements whose details fail.
    pub(crate) undescribable: Vec<u32>,
    /// Operations that the credentials may not call.
    pub(crate) denied: Vec<&'static str>,
}

#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<World>>);

impl Fake {
    pub(crate) fn with(&self, work: impl FnOnce(&mut World)) {
        work(&mut self.0.lock().unwrap());
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> String {
        let asked = std::mem::take(&mut self.0.lock().unwrap().asked);
        asked.join("\n")
    }
}

fn error(kind: ErrorKind, operation: &'static str) -> MarketplaceError {
    let message = format!("{kind:?}");
    MarketplaceError {
        kind,
        operation,
        code: None,
        message,
        request_id: Some("r-1".to_owned()),
        undone: false,
    }
}

fn agreement(number: u32, updated: i64) -> Agreement {
    Agreement {
        id: AgreementId::parse(&format!("agmt-{number}")).unwrap(),
        status: AgreementStatus::Active,
        buyer: AccountId::parse("111122223333").unwrap(),
        product: None,
        offer: None,
        initial: None,
        accepted_at: None,
        starts_at: None,
        ends_at: None,
        updated_at: Timestamp::from_millis(updated),
        end_behavior: EndBehavior::default(),
        licenses: Vec::new(),
    }
}

fn empty<T>() -> Page<T> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

impl Marketplace for Fake {
    async fn caller_identity(&self) -> Answer<CallerIdentity> {
        Err(error(ErrorKind::Denied, "GetCallerIdentity"))
    }

    async fn time(&self) -> Answer<Timestamp> {
        Ok(Timestamp::from_millis(0))
    }

    async fn probe(&self, operation: Operation) -> Answer<()> {
        let mut world = self.0.lock().unwrap();
        world.asked.push(format!("probe {operation}"));
        if world.denied.contains(&operation.name()) {
            return Err(error(ErrorKind::Denied, operation.name()));
        }
        Ok(())
    }

    async fn products(&self, _: Option<&PageToken>) -> Answer<Page<ProductSummary>> {
        // Lets whatever else runs have its turn, as a real answer would.
        tokio::task::yield_now().await;
        if self.0.lock().unwrap().denied.contains(&"ListEntities") {
            return Err(error(ErrorKind::Denied, "ListEntities"));
        }
        Ok(empty())
    }

    async fn product(&self, _: &ProductId) -> Answer<Listing> {
        Err(error(ErrorKind::NotFound, "DescribeEntity"))
    }

    async fn offer(&self, _: &OfferId) -> Answer<Offer> {
        Err(error(ErrorKind::NotFound, "DescribeEntity"))
    }

    async fn resolve(&self, _: &RegistrationToken) -> Answer<Resolved> {
        Err(error(ErrorKind::TokenInvalid, "ResolveCustomer"))
    }

    async fn send_cancellation(&self, _: &NewCancellation) -> Answer<CancellationRequest> {
        Err(error(ErrorKind::Denied, "SendAgreementCancellationRequest"))
    }

    async fn meter(&self, _: Option<&ProductCode>, _: &[UsageRecord]) -> Answer<Vec<Metered>> {
        Err(error(ErrorKind::Denied, "BatchMeterUsage"))
    }

    async fn withdraw_cancellation(
        &self,
        _: &AgreementId,
        _: &CancellationRequestId,
        _: &str,
    ) -> Answer<()> {
        Err(error(
            ErrorKind::Denied,
            "CancelAgreementCancellationRequest",
        ))
    }

    async fn agreements(
        &self,
        after: Option<Timestamp>,
        next: Option<&PageToken>,
    ) -> Answer<Page<Agreement>> {
        let mut world = self.0.lock().unwrap();
        let after = after.map_or(0, Timestamp::as_millis);
        let from: usize = next.map_or(0, |token| token.0.parse().unwrap());
        world.listing_calls += 1;
        let asked = format!("list after {after} from {from}");
        world.asked.push(asked);
        if let Some((call, kind)) = world.trouble
            && world.listing_calls == call
        {
            return Err(error(kind, "SearchAgreements"));
        }
        let mut listed: Vec<(u32, i64)> = world
            .agreements
            .iter()
            .map(|(number, updated)| (*number, *updated))
            .collect();
        listed.retain(|(_, updated)| *updated > after);
        listed.sort_by_key(|(number, updated)| (*updated, *number));
        let next = (from + PAGE < listed.len()).then(|| PageToken((from + PAGE).to_string()));
        let items = listed.into_iter().skip(from).take(PAGE);
        Ok(Page {
            items: items
                .map(|(number, updated)| agreement(number, updated))
                .collect(),
            next,
        })
    }

    async fn details(&self, id: &AgreementId) -> Answer<Look> {
        let mut world = self.0.lock().unwrap();
        world.asked.push(format!("describe {id}"));
        let number: u32 = id.as_str()[5..].parse().unwrap();
        if world.undescribable.contains(&number) {
            return Err(error(ErrorKind::Denied, "GetAgreementTerms"));
        }
        let contacts = "GetAgreementContacts";
        let mut look = Look::default();
        if world.denied.contains(&contacts) {
            look.denied.push(error(ErrorKind::Denied, contacts));
        }
        Ok(look)
    }

    async fn agreement(&self, _: &AgreementId) -> Answer<Option<Agreement>> {
        Ok(None)
    }

    async fn entitlements(
        &self,
        _: &ProductCode,
        _: EntitlementsOf<'_>,
        _: Option<&PageToken>,
    ) -> Answer<Page<Entitlement>> {
        Ok(empty())
    }

    async fn cancellation_requests(
        &self,
        _: &CancellationRequests,
        _: Option<&PageToken>,
    ) -> Answer<Page<CancellationRequest>> {
        Ok(empty())
    }
}
