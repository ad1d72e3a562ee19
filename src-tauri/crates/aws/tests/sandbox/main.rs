//! Every method of the port against the sandbox, which was written from AWS's models and knows
//! nothing of this crate.

#![cfg(test)]

mod failing;
mod probing;
mod reading;

use app::marketplace::{EntitlementsOf, Marketplace, MarketplaceError, Page, PageToken};
use aws::{AwsMarketplace, CallLimits, ConnectionSettings, Credentials, Quota};
use domain::{Agreement, Entitlement, Listing, Timestamp};
use sandbox::{Control, Fault, Options, Running};

/// Agreements the sandbox begins with: more than a few pages.
const AGREEMENTS: u32 = 300;

/// Pages after which a listing is taken to be endless.
const PAGES_MAX: usize = 1_000;

struct Story {
    aws: AwsMarketplace,
    control: Control,
    // Serves until the story ends.
    _running: Running,
}

impl Story {
    async fn begin() -> Self {
        Self::with(CallLimits::default()).await
    }

    async fn with(limits: CallLimits) -> Self {
        Self::of(Options::default(), limits).await
    }

    async fn of(options: Options, limits: CallLimits) -> Self {
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        let options = Options {
            agreements: AGREEMENTS,
            now: Some(now),
            ..options
        };
        let running = sandbox::serve(options).await.unwrap();
        let aws = AwsMarketplace::connect(ConnectionSettings {
            endpoint: Some(running.endpoint().to_owned()),
            quota: Quota::unlimited(),
            limits: CallLimits {
                jitter: || 0.0,
                ..limits
            },
            ..ConnectionSettings::new(Credentials::from_keys("AKIASANDBOX", "secret", None))
        });
        let control = Control::at(running.endpoint());
        Self {
            aws: aws.unwrap(),
            control,
            _running: running,
        }
    }

    async fn fault(&self, fault: Fault) {
        self.control.add_fault(&fault).await.unwrap();
    }

    async fn agreements(&self, after: Option<Timestamp>) -> Vec<Agreement> {
        all(async |next| self.aws.agreements(after, next).await).await
    }

    async fn listings(&self) -> Vec<Listing> {
        let mut listings = Vec::new();
        for summary in all(async |next| self.aws.products(next).await).await {
            listings.push(self.aws.product(&summary.id).await.unwrap());
        }
        listings
    }

    async fn entitlements(&self, listing: &Listing) -> Vec<Entitlement> {
        let code = listing.code.as_ref().unwrap();
        let everyone = EntitlementsOf::Everyone;
        all(async |next| self.aws.entitlements(code, everyone, next).await).await
    }

    async fn calls(&self, operation: &str) -> u64 {
        let status = self.control.status().await.unwrap();
        status.calls.get(operation).copied().unwrap_or_default()
    }

    /// The error of one call to `SearchAgreements`, and the attempts it took.
    async fn refusal(&self) -> (MarketplaceError, u64) {
        self.control.reset_counters().await.unwrap();
        let error = self.aws.agreements(None, None).await.unwrap_err();
        (error, self.calls("SearchAgreements").await)
    }
}

/// Every item of a listing, page by page to the end.
async fn all<T>(
    page: impl AsyncFn(Option<&PageToken>) -> Result<Page<T>, MarketplaceError>,
) -> Vec<T> {
    let mut items = Vec::new();
    let mut next = None;
    for _ in 0..PAGES_MAX {
        let page = page(next.as_ref()).await.unwrap();
        items.extend(page.items);
        next = page.next;
        if next.is_none() {
            return items;
        }
    }
    panic!("no end after {PAGES_MAX} pages");
}

fn on(operation: &str) -> Fault {
    Fault {
        operation: operation.to_owned(),
        ..Fault::default()
    }
}
