//! Every method of the port against the sandbox, which was written from AWS's models and knows
//! nothing of this crate.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use app::marketplace::{
    CancellationRequests, EntitlementsOf, ErrorKind, Marketplace, MarketplaceError, Page, PageToken,
};
use aws::{AwsMarketplace, CallLimits, ConnectionSettings, Credentials, Quota};
use domain::{
    Agreement, AgreementId, AgreementStatus, CancellationStatus, Entitlement, Listing, Pricing,
    ProvisioningStatus, Timestamp,
};
use sandbox::{Control, Fault, Options, Running, Subscribe};

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
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        let options = Options {
            agreements: AGREEMENTS,
            now: Some(now),
            ..Options::default()
        };
        let running = sandbox::serve(options).await.unwrap();
        let aws = AwsMarketplace::connect(ConnectionSettings {
            endpoint: Some(running.endpoint().to_owned()),
            credentials: Credentials::from_keys("AKIASANDBOX", "secret", None),
            quota: Quota::unlimited(),
            limits: CallLimits {
                jitter: || 0.0,
                ..limits
            },
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

#[tokio::test]
async fn the_caller_is_the_seller() {
    let story = Story::begin().await;
    let caller = story.aws.caller_identity().await.unwrap();
    let status = story.control.status().await.unwrap();
    assert_eq!(caller.account, status.seller_account_id);
    assert!(caller.arn.contains(&caller.account), "{}", caller.arn);
}

#[tokio::test]
async fn every_agreement_is_listed_once_oldest_update_first() {
    let story = Story::begin().await;
    let agreements = story.agreements(None).await;
    let status = story.control.status().await.unwrap();
    assert_eq!(agreements.len() as u64, status.agreements);
    assert!(agreements.is_sorted_by_key(|agreement| agreement.updated_at));
    let ids: BTreeSet<_> = agreements.iter().map(|agreement| &agreement.id).collect();
    assert_eq!(ids.len(), agreements.len());
    let active = agreements
        .iter()
        .filter(|it| it.status == AgreementStatus::Active)
        .count();
    assert_eq!(active as u64, status.active_agreements);
    let unknown = |it: &&Agreement| matches!(it.status, AgreementStatus::Unknown(_));
    assert_eq!(agreements.iter().find(unknown), None);
}

#[tokio::test]
async fn only_what_changed_since_is_listed() {
    let story = Story::begin().await;
    let latest = story.agreements(None).await.last().unwrap().updated_at;
    assert!(story.agreements(Some(latest)).await.is_empty());
    let amended = story.control.amend(7).await.unwrap();
    let changed = story.agreements(Some(latest)).await;
    let ids: BTreeSet<_> = changed.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(
        ids,
        amended.agreement_ids.iter().map(String::as_str).collect()
    );
}

#[tokio::test]
async fn products_are_those_of_the_sandbox() {
    let story = Story::begin().await;
    let pricing: BTreeMap<_, _> = story
        .listings()
        .await
        .into_iter()
        .map(|listing| {
            (
                listing.code.unwrap().as_str().to_owned(),
                (listing.title, listing.pricing),
            )
        })
        .collect();
    let status = story.control.status().await.unwrap();
    assert_eq!(pricing.len(), status.listings.len());
    for listing in status.listings {
        let (title, pricing) = &pricing[&listing.product_code];
        assert_eq!(title, &listing.title);
        let contract = matches!(pricing, Pricing::Contract | Pricing::ContractWithUsage);
        assert_eq!(
            contract,
            listing.pricing == "contract",
            "{title}: {pricing:?}"
        );
    }
}

#[tokio::test]
async fn entitlements_belong_to_listed_licenses_or_to_accounts() {
    let story = Story::begin().await;
    let agreements = story.agreements(None).await;
    let licenses: BTreeSet<_> = agreements.iter().flat_map(|it| &it.licenses).collect();
    let mut seen = 0;
    for listing in story.listings().await {
        let entitlements = story.entitlements(&listing).await;
        seen += entitlements.len();
        for entitlement in &entitlements {
            assert_eq!(Some(&entitlement.product_code), listing.code.as_ref());
            match &entitlement.license {
                Some(license) => assert!(licenses.contains(license), "{license}"),
                None => assert!(entitlement.account.is_some(), "{entitlement:?}"),
            }
        }
        let Some(one) = entitlements.first() else {
            continue;
        };
        let only = match (&one.license, &one.account) {
            (Some(license), _) => EntitlementsOf::License(license),
            (None, Some(account)) => EntitlementsOf::Account(account),
            (None, None) => unreachable!("checked above"),
        };
        let narrowed = story
            .aws
            .entitlements(&one.product_code, only, None)
            .await
            .unwrap()
            .items;
        assert!(narrowed.contains(one));
        assert!(
            narrowed
                .iter()
                .all(|it| it.license == one.license && it.account == one.account)
        );
    }
    assert!(seen > 25, "{seen} entitlements do not fill a page");
}

#[tokio::test]
async fn every_agreement_has_readable_details() {
    let story = Story::begin().await;
    let agreements = story.agreements(None).await;
    let (mut contacts, mut trials, mut kinds) = (0, 0, BTreeSet::new());
    for agreement in &agreements {
        let details = story.aws.details(&agreement.id).await.unwrap();
        assert!(!details.terms.is_empty(), "{}", agreement.id);
        for term in details.terms {
            let json: serde_json::Value = serde_json::from_str(&term.json).unwrap();
            assert!(json.is_object(), "{}", term.json);
            kinds.insert(term.kind);
        }
        for provisioning in details.provisioning {
            let status = provisioning.status;
            assert!(
                !matches!(status, ProvisioningStatus::Unknown(_)),
                "{status:?}"
            );
        }
        contacts += usize::from(details.contact.is_some_and(|it| it.email.contains('@')));
        trials += usize::from(details.trial_ends_at.is_some());
    }
    assert!(
        contacts > 0 && contacts < agreements.len(),
        "{contacts} contacts"
    );
    assert!(trials > 0, "no trial");
    assert!(
        kinds.contains("usageBasedPricingTerm") && kinds.contains("legalTerm"),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn one_agreement_reads_as_in_the_listing() {
    let story = Story::begin().await;
    for agreement in story.agreements(None).await.into_iter().step_by(25) {
        let found = story.aws.agreement(&agreement.id).await.unwrap();
        assert_eq!(found, Some(agreement));
    }
    let nobodys = AgreementId::parse("agmt-0000000000000000000000000").unwrap();
    assert_eq!(story.aws.agreement(&nobodys).await.unwrap(), None);
    assert_eq!(
        story.aws.details(&nobodys).await.unwrap_err().kind,
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_new_subscription_is_seen_at_once() {
    let story = Story::begin().await;
    let latest = story.agreements(None).await.last().unwrap().updated_at;
    let purchase = Subscribe {
        listing: story.control.status().await.unwrap().listings[0].id.clone(),
        account: "777788889999".to_owned(),
        company: Some("Acme".to_owned()),
        ..Subscribe::default()
    };
    let bought = story.control.subscribe(&purchase).await.unwrap();
    let changed = story.agreements(Some(latest)).await;
    let new = changed
        .iter()
        .find(|it| it.id.as_str() == bought.agreement_id)
        .unwrap();
    assert_eq!(new.buyer.as_str(), "777788889999");
    let details = story.aws.details(&new.id).await.unwrap();
    assert_eq!(
        details.contact.map(|it| it.company).as_deref(),
        Some("Acme")
    );
}

#[tokio::test]
async fn cancellation_requests_can_be_narrowed() {
    let story = Story::begin().await;
    let list = async |which: CancellationRequests| {
        all(async |next| story.aws.cancellation_requests(&which, next).await).await
    };
    let every = list(CancellationRequests::All).await;
    let pending = list(CancellationRequests::Pending).await;
    let is_pending = |status: &CancellationStatus| *status == CancellationStatus::PendingApproval;
    assert!(!pending.is_empty() && pending.len() < every.len());
    assert!(pending.iter().all(|it| is_pending(&it.status)));
    assert_eq!(
        pending.len(),
        every.iter().filter(|it| is_pending(&it.status)).count()
    );
    let of_one = list(CancellationRequests::Of(pending[0].agreement.clone())).await;
    assert!(of_one.contains(&pending[0]));
    assert!(of_one.iter().all(|it| it.agreement == pending[0].agreement));
}

#[tokio::test]
async fn throttling_faults_and_drops_are_outwaited() {
    let story = Story::begin().await;
    let once = |fault: Fault| Fault {
        times: Some(1),
        ..fault
    };
    let error = |name: &str| Fault {
        error: Some(name.to_owned()),
        ..on("*")
    };
    story.fault(once(error("ThrottlingException"))).await;
    story.fault(once(error("InternalServerException"))).await;
    story
        .fault(once(Fault {
            drop: true,
            ..on("*")
        }))
        .await;
    story
        .fault(once(Fault {
            drop_after_accepting: true,
            ..on("*")
        }))
        .await;
    assert_eq!(
        story.aws.agreements(None, None).await.unwrap().items.len(),
        50
    );
    assert_eq!(story.calls("SearchAgreements").await, 5);
}

#[tokio::test]
async fn a_wrong_clock_is_set_right_by_the_first_refusal() {
    let story = Story::begin().await;
    let skew = Fault {
        clock_skew: Some("15m".to_owned()),
        times: Some(1),
        ..on("*")
    };
    story.fault(skew).await;
    assert!(story.aws.agreements(None, None).await.is_ok());
}

#[tokio::test]
async fn refusals_of_every_service_are_told_apart() {
    let story = Story::begin().await;
    let cases = [
        ("ThrottlingException", ErrorKind::Busy, 6),
        ("AccessDeniedException", ErrorKind::Denied, 1),
        ("DisabledApiException", ErrorKind::Denied, 1),
        ("ExpiredTokenException", ErrorKind::Credentials, 1),
        ("UnrecognizedClientException", ErrorKind::Credentials, 1),
        ("InvalidSignatureException", ErrorKind::Credentials, 2),
        ("ValidationException", ErrorKind::Invalid, 1),
    ];
    let listing = story.listings().await.swap_remove(0);
    let code = listing.code.unwrap();
    for (name, kind, attempts) in cases {
        story
            .fault(Fault {
                error: Some(name.to_owned()),
                ..on("*")
            })
            .await;
        let (error, made) = story.refusal().await;
        assert_eq!(
            (error.kind, error.code.as_deref(), made),
            (kind, Some(name), attempts)
        );
        assert!(error.request_id.is_some());
        let errors = [
            story.aws.caller_identity().await.unwrap_err(),
            story.aws.products(None).await.unwrap_err(),
            story.aws.product(&listing.product).await.unwrap_err(),
            story
                .aws
                .entitlements(&code, EntitlementsOf::Everyone, None)
                .await
                .unwrap_err(),
        ];
        for error in errors {
            assert_eq!(
                (error.kind, error.code.as_deref()),
                (kind, Some(name)),
                "{error}"
            );
        }
        story.control.clear_faults().await.unwrap();
    }
}

#[tokio::test]
async fn answers_that_are_none_are_garbage() {
    let story = Story::begin().await;
    for (body, says) in [
        ("html", "Sign in to the network"),
        ("garbage", "not AWS's"),
        ("huge", "larger than 16777216 bytes"),
    ] {
        story
            .fault(Fault {
                body: Some(body.to_owned()),
                ..on("*")
            })
            .await;
        let (error, attempts) = story.refusal().await;
        assert_eq!(
            (error.kind, attempts),
            (ErrorKind::Garbage, 1),
            "{body}: {error}"
        );
        assert!(error.message.contains(says), "{body}: {error}");
        let error = story.aws.caller_identity().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Garbage, "{body}: {error}");
        let error = story.aws.products(None).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Garbage, "{body}: {error}");
        story.control.clear_faults().await.unwrap();
    }
}

#[tokio::test]
async fn a_slow_answer_and_no_network_are_no_answer() {
    let limits = CallLimits {
        attempt: Duration::from_millis(100),
        attempts_max: 2,
        ..CallLimits::default()
    };
    let story = Story::with(limits).await;
    story
        .fault(Fault {
            delay: Some("60s".to_owned()),
            ..on("*")
        })
        .await;
    let (error, attempts) = story.refusal().await;
    assert_eq!((error.kind, attempts), (ErrorKind::NoAnswer, 2));
    story.control.clear_faults().await.unwrap();
    story.control.set_network(false).await.unwrap();
    assert_eq!(story.refusal().await.0.kind, ErrorKind::NoAnswer);
    story.control.set_network(true).await.unwrap();
    assert!(story.aws.agreements(None, None).await.is_ok());
}

#[tokio::test]
async fn a_foreign_page_token_asks_for_a_new_listing() {
    let story = Story::begin().await;
    let first = story.aws.agreements(None, None).await.unwrap();
    let other = Some(first.items[0].updated_at);
    let error = story
        .aws
        .agreements(other, first.next.as_ref())
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::PageToken, "{error}");
    let stale = PageToken("stale".to_owned());
    let listing = story.listings().await.swap_remove(0);
    let code = listing.code.unwrap();
    let everyone = EntitlementsOf::Everyone;
    let errors = [
        story
            .aws
            .entitlements(&code, everyone, Some(&stale))
            .await
            .unwrap_err(),
        story.aws.products(Some(&stale)).await.unwrap_err(),
        story
            .aws
            .cancellation_requests(&CancellationRequests::All, Some(&stale))
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind, ErrorKind::PageToken, "{error}");
    }
}
