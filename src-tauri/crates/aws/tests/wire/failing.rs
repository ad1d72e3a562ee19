//! Answers that are none: what the caller is told, and how often it is tried.

use std::time::Duration;

use app::marketplace::{EntitlementsOf, ErrorKind, Marketplace, MarketplaceError, PageToken};
use aws::CallLimits;
use ciborium::{Value, cbor};
use domain::ProductCode;

use crate::canned::{Answer, Canned, Request, error, ok};
use crate::{connect, entry, listing, to};

/// Lists agreements from a server that always gives the same answer; the error and the attempts.
async fn refused(answer: impl Fn() -> Answer + Send + Sync + 'static) -> (MarketplaceError, usize) {
    let server = Canned::serve(move |_: &Request| answer()).await;
    let error = connect(&server).agreements(None, None).await.unwrap_err();
    (error, server.requests().len())
}

#[tokio::test]
async fn throttling_and_server_faults_are_outwaited() {
    let server = Canned::serve(|request| match request.earlier {
        0 => error(429, "ThrottlingException", "Rate exceeded"),
        1 => error(500, "InternalServerException", "oops"),
        2 => Answer::Drop,
        3 => Answer::Reply(503, "text/html", b"<h1>503</h1>".to_vec()),
        _ => ok(listing(vec![entry(&[])])),
    })
    .await;
    let page = connect(&server).agreements(None, None).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn lasting_throttling_is_busy_and_keeps_the_request_id() {
    let (error, attempts) = refused(|| error(429, "ThrottlingException", "Rate exceeded")).await;
    assert_eq!(error.kind, ErrorKind::Busy);
    assert_eq!(error.code.as_deref(), Some("ThrottlingException"));
    assert_eq!(error.request_id.as_deref(), Some("canned-5"));
    assert_eq!(attempts, 6);
}

#[tokio::test]
async fn refusals_are_told_apart_by_code_and_not_repeated() {
    let cases = [
        (403, "AccessDeniedException", ErrorKind::Denied),
        (400, "DisabledApiException", ErrorKind::Denied),
        (400, "UnrecognizedClientException", ErrorKind::Credentials),
        (400, "InvalidSignatureException", ErrorKind::Credentials),
        (400, "ExpiredTokenException", ErrorKind::Credentials),
        (404, "ResourceNotFoundException", ErrorKind::NotFound),
        (400, "ValidationException", ErrorKind::Invalid),
        (418, "BrandNewException", ErrorKind::Invalid),
    ];
    for (http, code, kind) in cases {
        let (error, attempts) = refused(move || error(http, code, "Because.")).await;
        assert_eq!((error.kind, error.code.as_deref()), (kind, Some(code)));
        assert!(error.message.ends_with("Because."), "{error}");
        let resigned = code == "InvalidSignatureException";
        assert_eq!(attempts, if resigned { 2 } else { 1 }, "{code}");
    }
}

#[tokio::test]
async fn a_refused_signature_does_not_show_what_was_signed() {
    let long = "The request signature we calculated does not match.\n\n\
                The Canonical String for this request should have been\nx-amz-security-token:token";
    let (error, _) = refused(move || error(400, "InvalidSignatureException", long)).await;
    assert_eq!(
        error.message,
        "AWS does not accept the signature: check the secret key and this machine's clock: \
         The request signature we calculated does not match."
    );
}

#[tokio::test]
async fn an_unknown_page_token_is_told_apart_from_a_bad_request() {
    let refuse = || error(400, "ValidationException", "The token is invalid.");
    let server = Canned::serve(move |_| refuse()).await;
    let token = PageToken("gone".into());
    let aws = connect(&server);
    let continued = aws.agreements(None, Some(&token)).await.unwrap_err();
    assert_eq!(continued.kind, ErrorKind::PageToken);
    let code = ProductCode::parse("code").unwrap();
    let continued = aws
        .entitlements(&code, EntitlementsOf::Everyone, Some(&token))
        .await;
    assert_eq!(continued.unwrap_err().kind, ErrorKind::PageToken);
}

#[tokio::test]
async fn a_listing_that_runs_in_circles_is_noticed() {
    let same = || {
        let entries: Vec<Value> = Vec::new();
        cbor!({ "agreementViewSummaries" => entries, "nextToken" => "again" }).unwrap()
    };
    let server = Canned::serve(move |_| ok(same())).await;
    let aws = connect(&server);
    let page = aws.agreements(None, None).await.unwrap();
    let error = aws.agreements(None, page.next.as_ref()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Garbage);
}

#[tokio::test]
async fn a_page_that_is_not_awss_is_shown_in_part() {
    let page = b"<html>\n<title>Log in to the guest network</title>";
    let (error, attempts) = refused(|| Answer::Reply(200, "text/html", page.to_vec())).await;
    assert_eq!(error.kind, ErrorKind::Garbage);
    assert_eq!(
        error.message,
        "an answer that is not AWS's: HTTP 200, text/html, \
         “<html> <title>Log in to the guest network</title>”"
    );
    assert_eq!(attempts, 1);
    let (error, _) = refused(|| Answer::Reply(403, "text/html", page.to_vec())).await;
    assert_eq!(error.kind, ErrorKind::Garbage);
}

#[tokio::test]
async fn half_an_answer_is_garbage() {
    let (error, _) = refused(|| {
        let Answer::Reply(http, kind, mut body) = ok(listing(vec![entry(&[])])) else {
            unreachable!()
        };
        body.truncate(body.len() / 2);
        Answer::Reply(http, kind, body)
    })
    .await;
    assert_eq!(error.kind, ErrorKind::Garbage);
}

#[tokio::test]
async fn an_enormous_answer_is_not_taken_in() {
    let (error, attempts) = refused(|| Answer::Zeros(200 * 1024 * 1024)).await;
    assert_eq!(error.kind, ErrorKind::Garbage);
    assert_eq!(error.message, "the answer is larger than 16777216 bytes");
    assert_eq!(attempts, 1);
}

#[tokio::test]
async fn silence_ends_with_the_limits() {
    let server = Canned::serve(|_| Answer::Silence).await;
    let limits = CallLimits {
        attempt: Duration::from_millis(50),
        attempts_max: 2,
        ..CallLimits::default()
    };
    let error = to(&server.endpoint, limits)
        .agreements(None, None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoAnswer);
    assert_eq!(error.message, "no answer within 0.05 s");
    // On a busy machine an attempt may end before its request has left.
    assert!(server.requests().len() <= 2);
}

#[tokio::test]
async fn without_a_network_there_is_no_answer() {
    let server = Canned::serve(|_| Answer::Drop).await;
    let error = connect(&server).caller_identity().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoAnswer);

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let error = to(&endpoint, CallLimits::default())
        .caller_identity()
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::NoAnswer);
    assert!(error.message.starts_with("no connection: "), "{error}");
}
