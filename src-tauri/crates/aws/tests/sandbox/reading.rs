//! What the sandbox's world looks like through the port.

use std::collections::{BTreeMap, BTreeSet};

use app::marketplace::{CancellationRequests, EntitlementsOf, ErrorKind, Marketplace};
use domain::{
    Agreement, AgreementId, AgreementStatus, CancellationStatus, Pricing, ProvisioningStatus,
};
use sandbox::Subscribe;

use crate::{Story, all};

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
        let details = story.aws.details(&agreement.id).await.unwrap().details;
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
    let details = story.aws.details(&new.id).await.unwrap().details;
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
