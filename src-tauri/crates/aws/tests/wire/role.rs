//! Sessions of a role: how they begin, are shared, renewed and refused.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use app::Clock;
use app::marketplace::{ErrorKind, Marketplace, MarketplaceError};
use aws::{AssumedRole, AwsMarketplace, CallLimits, ConnectionSettings, Credentials, MfaCodes};
use domain::{MfaSerial, RoleArn};
use moto::Moto;

use crate::canned::{Answer, Canned, error, ok};
use crate::sts::{field, refusal, session};
use crate::{SECRET, entry, listing, settings};

const MINUTE_MS: i64 = 60_000;

fn role(arn: &str) -> AssumedRole {
    AssumedRole::new(RoleArn::parse(arn).unwrap())
}

fn seller() -> AssumedRole {
    role("arn:aws:iam::444455556666:role/sales/Bindery")
}

fn with_device() -> AssumedRole {
    AssumedRole {
        mfa_serial: Some(MfaSerial::parse("arn:aws:iam::111122223333:mfa/sales").unwrap()),
        ..seller()
    }
}

fn keys() -> Credentials {
    Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", SECRET, None)
}

/// A marketplace that answers everybody.
async fn marketplace() -> Canned {
    Canned::serve(|_| ok(listing(vec![entry(&[])]))).await
}

fn to(marketplace: &Canned, sts: &str, credentials: Credentials, clock: Clock) -> AwsMarketplace {
    AwsMarketplace::connect(ConnectionSettings {
        sts_endpoint: Some(sts.to_owned()),
        credentials,
        clock,
        ..settings(&marketplace.endpoint)
    })
    .unwrap()
}

async fn refused(aws: &AwsMarketplace) -> MarketplaceError {
    aws.agreements(None, None).await.unwrap_err()
}

/// The access keys that the marketplace was called with, in order, each once.
fn sessions(marketplace: &Canned) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let keys = marketplace
        .requests()
        .into_iter()
        .map(|request| request.key());
    keys.filter(|key| seen.insert(key.clone())).collect()
}

/// Calls once and tells how many sessions were in use by then.
async fn call(aws: &AwsMarketplace, marketplace: &Canned) -> usize {
    aws.agreements(None, None).await.unwrap();
    sessions(marketplace).len()
}

fn later(clock: &Clock, minutes: i64) {
    clock.set(clock.now().plus_millis(minutes * MINUTE_MS));
}

#[tokio::test]
async fn all_callers_share_the_session_of_the_role() {
    let (sts, marketplace) = (Moto::start().unwrap(), marketplace().await);
    let credentials = keys().assuming(seller(), MfaCodes::default());
    let aws = to(&marketplace, sts.endpoint(), credentials, Clock::default());
    let calls = (0..20).map(|_| aws.agreements(None, None));
    for answer in futures_util::future::join_all(calls).await {
        answer.unwrap();
    }
    let identity = aws.caller_identity().await.unwrap();
    assert_eq!(identity.account, "444455556666");
    assert!(identity.arn.ends_with("/bindery"), "{}", identity.arn);
    let sessions = sessions(&marketplace);
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    assert!(sessions[0].starts_with("ASIA"), "{sessions:?}");
}

#[tokio::test]
async fn a_role_may_be_assumed_from_another() {
    let (sts, marketplace) = (Moto::start().unwrap(), marketplace().await);
    let codes = MfaCodes::default();
    let credentials = keys()
        .assuming(role("arn:aws:iam::111122223333:role/Hub"), codes.clone())
        .assuming(seller(), codes);
    let aws = to(&marketplace, sts.endpoint(), credentials, Clock::default());
    assert_eq!(aws.caller_identity().await.unwrap().account, "444455556666");
}

#[tokio::test]
async fn the_role_is_asked_for_as_it_was_described() {
    let sts = Canned::serve(|_| session("ASIASESSION")).await;
    let codes = MfaCodes::default();
    codes.provide("123 456").unwrap();
    let role = AssumedRole {
        external_id: Some("unit-42".to_owned()),
        session_name: "desk-7".to_owned(),
        duration: Duration::from_mins(30),
        ..with_device()
    };
    let marketplace = marketplace().await;
    let credentials = keys().assuming(role, codes);
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    aws.agreements(None, None).await.unwrap();
    let requests = sts.requests();
    let [request] = &requests[..] else {
        panic!("one session: {requests:?}")
    };
    for (name, value) in [
        (
            "RoleArn",
            "arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fsales%2FBindery",
        ),
        ("RoleSessionName", "desk-7"),
        ("DurationSeconds", "1800"),
        ("ExternalId", "unit-42"),
        (
            "SerialNumber",
            "arn%3Aaws%3Aiam%3A%3A111122223333%3Amfa%2Fsales",
        ),
        ("TokenCode", "123456"),
    ] {
        assert_eq!(field(request, name), value, "{name}");
    }
    assert_eq!(sessions(&marketplace), ["ASIASESSION"]);
}

#[tokio::test]
async fn a_session_is_renewed_some_minutes_before_it_ends() {
    let (sts, marketplace) = (Moto::start().unwrap(), marketplace().await);
    let role = AssumedRole {
        duration: Duration::from_mins(15),
        ..seller()
    };
    let clock = Clock::default();
    let credentials = keys().assuming(role, MfaCodes::default());
    let aws = to(&marketplace, sts.endpoint(), credentials, clock.clone());
    assert_eq!(call(&aws, &marketplace).await, 1);
    later(&clock, 9);
    assert_eq!(call(&aws, &marketplace).await, 1);
    later(&clock, 2);
    assert_eq!(call(&aws, &marketplace).await, 2);
    later(&clock, 9);
    assert_eq!(call(&aws, &marketplace).await, 2);
}

#[tokio::test]
async fn a_session_lasts_by_awss_clock_and_not_by_ours() {
    let (sts, marketplace) = (Moto::start().unwrap(), marketplace().await);
    let clock = Clock::ahead_by(5 * 60 * MINUTE_MS);
    let credentials = keys().assuming(seller(), MfaCodes::default());
    let aws = to(&marketplace, sts.endpoint(), credentials, clock.clone());
    assert_eq!(call(&aws, &marketplace).await, 1);
    later(&clock, 50);
    assert_eq!(call(&aws, &marketplace).await, 1);
    later(&clock, 6);
    assert_eq!(call(&aws, &marketplace).await, 2);
}

#[tokio::test]
async fn a_session_that_aws_ended_is_replaced_once() {
    let ended = || {
        error(
            400,
            "ExpiredTokenException",
            "The security token is expired",
        )
    };
    let sts = Canned::serve(|request| session(&format!("ASIANUMBER{}", request.earlier))).await;
    let marketplace = Canned::serve(move |request| match request.key().as_str() {
        "ASIANUMBER0" => ended(),
        _ => ok(listing(vec![entry(&[])])),
    })
    .await;
    let credentials = keys().assuming(seller(), MfaCodes::default());
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    aws.agreements(None, None).await.unwrap();
    assert_eq!(sessions(&marketplace), ["ASIANUMBER0", "ASIANUMBER1"]);

    let sts = Canned::serve(|request| session(&format!("ASIANUMBER{}", request.earlier))).await;
    let marketplace = Canned::serve(move |_| ended()).await;
    let credentials = keys().assuming(seller(), MfaCodes::default());
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    assert_eq!(refused(&aws).await.kind, ErrorKind::Credentials);
    assert_eq!(marketplace.requests().len(), 2);
}

#[tokio::test]
async fn without_a_code_nothing_is_sent() {
    let sts = Canned::serve(|_| session("ASIASESSION")).await;
    let (marketplace, codes) = (marketplace().await, MfaCodes::default());
    let credentials = keys().assuming(with_device(), codes.clone());
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    assert!(!codes.wanted());
    let error = refused(&aws).await;
    assert_eq!(error.kind, ErrorKind::CodeNeeded);
    assert_eq!(error.operation, "AssumeRole");
    assert!(
        error
            .message
            .contains("arn:aws:iam::111122223333:mfa/sales"),
        "{error}"
    );
    assert!(codes.wanted());
    assert_eq!((sts.requests().len(), marketplace.requests().len()), (0, 0));

    codes.provide("123456").unwrap();
    let calls = (0..10).map(|_| aws.agreements(None, None));
    for answer in futures_util::future::join_all(calls).await {
        answer.unwrap();
    }
    assert!(!codes.wanted());
    assert_eq!(sts.requests().len(), 1);
}

#[tokio::test]
async fn a_wrong_code_is_sent_once_for_all_who_wait_and_asked_for_again() {
    let wrong = "MultiFactorAuthentication failed with invalid MFA one time pass code.";
    let sts = Canned::serve(move |request| match field(request, "TokenCode").as_str() {
        "654321" => session("ASIASESSION"),
        code => refusal("AccessDenied", &format!("{wrong} ({code})")),
    })
    .await;
    let (marketplace, codes) = (marketplace().await, MfaCodes::default());
    codes.provide("111111").unwrap();
    let credentials = keys().assuming(with_device(), codes.clone());
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    let calls = (0..10).map(|_| refused(&aws));
    for error in futures_util::future::join_all(calls).await {
        assert_eq!(error.kind, ErrorKind::CodeNeeded, "{error}");
        assert!(error.message.contains("did not take"), "{error}");
        assert!(!error.message.contains("111111"), "{error}");
    }
    assert_eq!((sts.requests().len(), marketplace.requests().len()), (1, 0));
    assert!(codes.wanted());
    codes.provide("654321").unwrap();
    aws.agreements(None, None).await.unwrap();
}

#[tokio::test]
async fn a_code_whose_fate_is_unknown_is_not_sent_again() {
    let sts = Canned::serve(|request| match request.earlier {
        0 => Answer::Drop,
        _ => session("ASIASESSION"),
    })
    .await;
    let (marketplace, codes) = (marketplace().await, MfaCodes::default());
    codes.provide("111111").unwrap();
    let credentials = keys().assuming(with_device(), codes.clone());
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    let error = refused(&aws).await;
    assert_eq!(error.kind, ErrorKind::NoAnswer, "{error}");
    assert!(error.message.contains("give a new one"), "{error}");
    assert!(codes.wanted());
    assert_eq!(sts.requests().len(), 1);
    assert_eq!(refused(&aws).await.kind, ErrorKind::CodeNeeded);
    codes.provide("222222").unwrap();
    aws.agreements(None, None).await.unwrap();
}

#[tokio::test]
async fn a_session_is_used_to_its_end_while_the_next_code_is_awaited() {
    let (sts, marketplace) = (Moto::start().unwrap(), marketplace().await);
    let (codes, clock) = (MfaCodes::default(), Clock::default());
    codes.provide("123456").unwrap();
    let credentials = keys().assuming(with_device(), codes.clone());
    let aws = to(&marketplace, sts.endpoint(), credentials, clock.clone());
    assert_eq!(call(&aws, &marketplace).await, 1);
    assert!(!codes.wanted());
    later(&clock, 57);
    assert_eq!(call(&aws, &marketplace).await, 1);
    assert!(codes.wanted(), "it is asked for ahead of time");
    codes.provide("234567").unwrap();
    assert_eq!(call(&aws, &marketplace).await, 2);
    later(&clock, 61);
    assert_eq!(refused(&aws).await.kind, ErrorKind::CodeNeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_leaves_the_session_to_the_next() {
    let (arrived, mut arrival) = tokio::sync::mpsc::unbounded_channel();
    let (release, released) = mpsc::channel();
    let released = Mutex::new(released);
    let sts = Canned::serve(move |_| {
        arrived.send(()).unwrap();
        released.lock().unwrap().recv().unwrap();
        session("ASIASESSION")
    })
    .await;
    let (marketplace, codes) = (marketplace().await, MfaCodes::default());
    codes.provide("123456").unwrap();
    let credentials = keys().assuming(with_device(), codes);
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    tokio::select! {
        answer = aws.agreements(None, None) => panic!("it has no session yet: {answer:?}"),
        _ = arrival.recv() => {}
    }
    release.send(()).unwrap();
    assert_eq!(call(&aws, &marketplace).await, 1);
    assert_eq!(sts.requests().len(), 1);
}

#[tokio::test]
async fn refusals_of_the_role_say_what_to_do() {
    let not_authorized = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: \
                          sts:AssumeRole on resource: arn:aws:iam::444455556666:role/sales/Bindery";
    let no_device = "MultiFactorAuthentication failed, unable to validate MFA code.  \
                     Please verify your MFA serial number is valid and associated with this user.";
    let cases = [
        ("AccessDenied", not_authorized, "trust policy"),
        (
            "AccessDenied",
            not_authorized,
            "whether it asks for an external id",
        ),
        (
            "AccessDenied",
            not_authorized,
            "whether it asks for an MFA device",
        ),
        ("AccessDenied", no_device, "the device of this user"),
        (
            "RegionDisabledException",
            "STS is not activated in this region",
            "another Region",
        ),
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the limit",
            "exceeds the limit",
        ),
        (
            "ExpiredToken",
            "The security token included in the request is expired",
            "have expired",
        ),
        (
            "InvalidClientTokenId",
            "The security token is invalid.",
            "does not know these credentials",
        ),
        (
            "SignatureDoesNotMatch",
            "The signature does not match",
            "check the secret key",
        ),
    ];
    for (code, message, says) in cases {
        let sts = Canned::serve(move |_| refusal(code, message)).await;
        let marketplace = marketplace().await;
        let credentials = keys().assuming(seller(), MfaCodes::default());
        let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
        let error = refused(&aws).await;
        assert_eq!(error.kind, ErrorKind::Credentials, "{error}");
        assert_eq!(
            (error.operation, error.code.as_deref()),
            ("AssumeRole", Some(code))
        );
        assert_eq!(
            error
                .request_id
                .as_deref()
                .map(|id| id.starts_with("canned-")),
            Some(true)
        );
        assert!(error.message.contains(says), "{error}");
        assert_eq!(marketplace.requests().len(), 0);
    }
}

#[tokio::test]
async fn an_external_id_that_was_given_is_to_be_checked() {
    let sts = Canned::serve(|_| refusal("AccessDenied", "not authorized")).await;
    let role = AssumedRole {
        external_id: Some("unit-42".to_owned()),
        ..seller()
    };
    let credentials = keys().assuming(role, MfaCodes::default());
    let marketplace = marketplace().await;
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    let error = refused(&aws).await;
    assert!(
        error.message.contains("the external id is the one"),
        "{error}"
    );
}

#[tokio::test]
async fn a_role_of_another_partition_is_not_even_asked_for() {
    let sts = Canned::serve(|_| session("ASIASESSION")).await;
    let marketplace = marketplace().await;
    let role = role("arn:aws-cn:iam::444455556666:role/Bindery");
    let credentials = keys().assuming(role, MfaCodes::default());
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    let error = refused(&aws).await;
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert!(error.message.contains("aws-cn"), "{error}");
    assert_eq!(sts.requests().len(), 0);
}

#[tokio::test]
async fn a_silent_sts_is_no_answer_and_is_asked_again() {
    let marketplace = marketplace().await;
    let sts = Canned::serve(|request| match request.earlier {
        0 => Answer::Drop,
        1 => Answer::Reply(503, "text/html", b"<h1>503</h1>".to_vec()),
        _ => session("ASIASESSION"),
    })
    .await;
    let credentials = keys().assuming(seller(), MfaCodes::default());
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    aws.agreements(None, None).await.unwrap();
    assert_eq!(sts.requests().len(), 3);

    let sts = Canned::serve(|_| Answer::Silence).await;
    let aws = AwsMarketplace::connect(ConnectionSettings {
        sts_endpoint: Some(sts.endpoint.clone()),
        credentials: keys().assuming(seller(), MfaCodes::default()),
        limits: CallLimits {
            attempt: Duration::from_millis(50),
            attempts_max: 2,
            ..CallLimits::default()
        },
        ..settings(&marketplace.endpoint)
    });
    let error = refused(&aws.unwrap()).await;
    assert_eq!(error.kind, ErrorKind::NoAnswer, "{error}");
    assert_eq!(error.operation, "AssumeRole");
}

#[tokio::test]
async fn the_time_is_known_even_when_the_clock_keeps_a_session_from_beginning() {
    let sts = Moto::start().unwrap();
    let aws = to(
        &marketplace().await,
        sts.endpoint(),
        keys().assuming(seller(), MfaCodes::default()),
        Clock::default(),
    );
    let time = aws.time().await.unwrap();
    assert!(time.as_millis() > 0);
    // The sandbox serves no AssumeRole, and refuses it with its time.
    let options = sandbox::Options {
        agreements: 1,
        now: Some("2026-11-20T12:00:00Z".parse().unwrap()),
        ..sandbox::Options::default()
    };
    let sandbox = sandbox::serve(options).await.unwrap();
    let credentials = keys().assuming(seller(), MfaCodes::default());
    let aws = to(
        &marketplace().await,
        sandbox.endpoint(),
        credentials,
        Clock::default(),
    );
    assert!(aws.caller_identity().await.is_err());
    let time = aws.time().await.unwrap().to_string();
    assert!(time.starts_with("2026-11-20T12:"), "{time}");
}

#[tokio::test]
async fn what_sts_gave_is_not_shown_either() {
    let sts = Canned::serve(|_| session("ASIASESSIONNUMBER1")).await;
    let marketplace = Canned::serve(|_| {
        let echo = "token-of-ASIASESSIONNUMBER1 and secret-of-ASIASESSIONNUMBER1";
        error(400, "ValidationException", echo)
    })
    .await;
    let credentials = keys().assuming(seller(), MfaCodes::default());
    let aws = to(&marketplace, &sts.endpoint, credentials, Clock::default());
    let error = refused(&aws).await;
    assert_eq!(error.message, "… and …");
}
