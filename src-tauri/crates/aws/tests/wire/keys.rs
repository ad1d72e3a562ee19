//! Keys: which are not even sent, where they are sent to, and that no message shows them.

use app::Operation;
use app::marketplace::{ErrorKind, Marketplace};
use aws::{
    AwsMarketplace, ConnectionSettings, Credentials, InvalidEndpoint, InvalidRegion,
    InvalidSettings,
};

use crate::canned::{Answer, Canned, error, ok};
use crate::{SECRET, connect, entry, listing, settings};

const ID: &str = "AKIAIOSFODNN7EXAMPLE";

#[tokio::test]
async fn keys_that_are_none_are_refused_before_anything_is_sent() {
    let server = Canned::serve(|_| ok(listing(vec![entry(&[])]))).await;
    for (id, secret, says) in [
        (SECRET, ID, "swapped"),
        ("", SECRET, "access key id"),
        ("AKIA\nIOSFODNN7", SECRET, "access key id"),
        (ID, "", "secret access key"),
        (ID, "two words", "secret access key"),
    ] {
        let aws = AwsMarketplace::connect(ConnectionSettings {
            credentials: Credentials::from_keys(id, secret, None),
            ..settings(&server.endpoint)
        });
        let error = aws.unwrap().agreements(None, None).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Credentials, "{error}");
        assert_eq!(error.operation, "SearchAgreements");
        assert!(error.message.contains(says), "{error}");
        assert!(!error.message.contains(SECRET), "{error}");
    }
    assert_eq!(server.requests().len(), 0);
    let aws = AwsMarketplace::connect(ConnectionSettings {
        credentials: Credentials::from_keys(format!(" {ID}\r\n"), format!("{SECRET}\n"), None),
        ..settings(&server.endpoint)
    });
    aws.unwrap().agreements(None, None).await.unwrap();
    assert_eq!(server.requests()[0].key(), ID);
}

#[tokio::test]
async fn no_message_shows_a_key_a_secret_or_a_token() {
    let token = "token-of-this-session";
    let answers: [fn(String) -> Answer; 4] = [
        |echo| error(400, "ValidationException", &echo),
        |echo| error(400, &echo, "Because."),
        |echo| {
            error(
                400,
                "ValidationException",
                &format!("{}{echo}", ".".repeat(490)),
            )
        },
        |echo| Answer::Reply(200, "text/html", echo.into_bytes()),
    ];
    for answer in answers {
        for secret in [ID, SECRET, token] {
            let server = Canned::serve(move |_| answer(format!("{secret} was sent"))).await;
            let aws = AwsMarketplace::connect(ConnectionSettings {
                credentials: Credentials::from_keys(ID, SECRET, Some(token.into())),
                ..settings(&server.endpoint)
            });
            let error = aws.unwrap().agreements(None, None).await.unwrap_err();
            assert_eq!(server.requests().len(), 1);
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(&secret[..10]), "{shown}");
        }
    }
}

#[tokio::test]
async fn sts_and_metering_are_called_in_the_region_and_the_rest_in_theirs() {
    let server = Canned::serve(|_| error(400, "ThrottlingException", "Rate exceeded")).await;
    let scopes = async |region: Option<&str>| {
        let begun = server.requests().len();
        let aws = AwsMarketplace::connect(ConnectionSettings {
            region: region.map(str::to_owned),
            limits: aws::CallLimits {
                attempts_max: 1,
                ..aws::CallLimits::default()
            },
            ..settings(&server.endpoint)
        });
        let aws = aws.unwrap();
        for operation in Operation::ALL {
            aws.probe(operation).await.unwrap_err();
        }
        let requests = server.requests().split_off(begun);
        Operation::ALL
            .into_iter()
            .zip(requests)
            .map(|(operation, request)| (operation, request.scope()))
            .collect::<Vec<_>>()
    };
    for region in [None, Some("us-east-1"), Some(" EU-west-1 ")] {
        let chosen = if region == Some(" EU-west-1 ") {
            "eu-west-1"
        } else {
            "us-east-1"
        };
        for (operation, scope) in scopes(region).await {
            let expected = match operation {
                Operation::GetCallerIdentity => format!("{chosen}/sts"),
                Operation::ResolveCustomer | Operation::BatchMeterUsage => {
                    format!("{chosen}/aws-marketplace")
                }
                _ => "us-east-1/aws-marketplace".to_owned(),
            };
            assert_eq!(scope, expected, "{operation}");
        }
    }
}

#[tokio::test]
async fn settings_that_are_none_are_refused_with_the_field_at_fault() {
    let with = |change: fn(&mut ConnectionSettings)| {
        let mut settings = settings("http://127.0.0.1:1");
        change(&mut settings);
        AwsMarketplace::connect(settings).err().unwrap()
    };
    assert_eq!(
        with(|settings| settings.region = Some("us-east-9".into())),
        InvalidSettings::Region(InvalidRegion {
            given: "us-east-9".into(),
            nearest: "us-east-1"
        })
    );
    let elsewhere = "http://example.com";
    let refused = InvalidSettings::Endpoint(InvalidEndpoint(elsewhere.into()));
    assert_eq!(
        with(|settings| settings.endpoint = Some("http://example.com".into())),
        refused
    );
    assert_eq!(
        with(|settings| settings.sts_endpoint = Some("http://example.com".into())),
        refused
    );
    let InvalidSettings::Endpoint(InvalidEndpoint(shown)) =
        with(|settings| settings.endpoint = Some("x".repeat(1 << 20)))
    else {
        panic!("an endpoint is at fault")
    };
    assert_eq!(shown.len(), 128);
}

#[tokio::test]
async fn a_registration_token_that_expired_is_told_from_credentials_that_did() {
    let refuse = |message: &'static str| {
        Canned::serve(move |_| {
            let body =
                format!("{{\"__type\":\"ExpiredTokenException\",\"message\":\"{message}\"}}");
            Answer::Reply(400, "application/x-amz-json-1.1", body.into_bytes())
        })
    };
    let server = refuse("The submitted registration token has expired").await;
    connect(&server)
        .probe(Operation::ResolveCustomer)
        .await
        .unwrap();
    let server = refuse("The security token included in the request is expired").await;
    let error = connect(&server)
        .probe(Operation::ResolveCustomer)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert!(
        error.message.starts_with("the credentials have expired"),
        "{error}"
    );
}

#[tokio::test]
async fn usage_that_is_probed_could_not_be_billed() {
    let server = Canned::serve(|_| Answer::Drop).await;
    let aws = connect(&server);
    aws.probe(Operation::BatchMeterUsage).await.unwrap_err();
    let [request] = &server.requests()[..] else {
        panic!("it is sent once")
    };
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let records = body["UsageRecords"].as_array().unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["Timestamp"], 0);
    assert_eq!(records[0]["Quantity"], 0);
    assert_eq!(records[0]["CustomerAWSAccountId"], "000000000000");
    assert!(body.get("ProductCode").is_none());
}
