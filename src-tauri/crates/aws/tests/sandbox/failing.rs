//! What the sandbox's faults come to.

use std::time::Duration;

use app::marketplace::{CancellationRequests, EntitlementsOf, ErrorKind, Marketplace, PageToken};
use aws::CallLimits;
use domain::ProductCode;
use sandbox::Fault;

use crate::{Story, on};

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
        let code = ProductCode::parse("code").unwrap();
        let entitlements = story
            .aws
            .entitlements(&code, EntitlementsOf::Everyone, None);
        let error = entitlements.await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Garbage, "{body}: {error}");
        story.control.clear_faults().await.unwrap();
    }
}

#[tokio::test]
async fn a_slow_answer_and_no_network_are_no_answer() {
    let limits = CallLimits {
        // Long enough for a busy machine to get its request out and a prompt answer in.
        attempt: Duration::from_secs(1),
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
