//! Billing usage, and whose a registration token is: what is sent, and what becomes of the answers.

use app::marketplace::{ErrorKind, Marketplace, MeteredStatus};
use domain::{
    AccountId, Allocation, LicenseArn, Quantity, RegistrationToken, Timestamp, UsageHolder,
    UsageRecord,
};
use serde_json::{Value, json};

use crate::canned::{Answer, Canned};
use crate::connect;

const LICENSE: &str = "arn:aws:license-manager::294406891311:license:l-0123456789abcdef";

fn record(dimension: &str, quantity: &str) -> UsageRecord {
    UsageRecord {
        holder: UsageHolder::License(LicenseArn::parse(LICENSE).unwrap()),
        account: AccountId::parse("444455556666").unwrap(),
        dimension: dimension.to_owned(),
        quantity: Quantity::parse(quantity).unwrap(),
        at: Timestamp::from_millis(1_763_634_471_013),
        allocations: Vec::new(),
    }
}

fn reply(status: u16, body: &Value) -> Answer {
    let body = body.to_string().into_bytes();
    Answer::Reply(status, "application/x-amz-json-1.1", body)
}

#[tokio::test]
async fn usage_is_sent_as_aws_takes_it_without_an_empty_customer() {
    let server = Canned::serve(|request| {
        let sent: Value = serde_json::from_slice(&request.body).unwrap();
        // AWS answers in an order of its own, and leaves one alone.
        let results = json!([
            { "UsageRecord": sent["UsageRecords"][1], "Status": "DuplicateRecord" },
            { "UsageRecord": sent["UsageRecords"][0], "Status": "Success", "MeteringRecordId": "m-1" },
        ]);
        reply(200, &json!({ "Results": results, "UnprocessedRecords": [sent["UsageRecords"][2]] }))
    })
    .await;
    let mut split = record("units", "3");
    split.allocations = vec![Allocation {
        quantity: Quantity::parse("3").unwrap(),
        tags: vec![("team".to_owned(), "blue".to_owned())],
    }];
    let records = [split, record("traffic_gb", "12.5"), record("minutes", "0")];
    let results = connect(&server).meter(None, &records).await.unwrap();
    let statuses: Vec<_> = results.iter().map(|result| &result.status).collect();
    let duplicate = MeteredStatus::Refused("DuplicateRecord".to_owned());
    assert_eq!(
        statuses,
        [
            &MeteredStatus::Success,
            &duplicate,
            &MeteredStatus::Unprocessed
        ]
    );
    assert_eq!(results[0].record_id.as_deref(), Some("m-1"));

    let body: Value = serde_json::from_slice(&server.requests()[0].body).unwrap();
    let common = json!({
        "Timestamp": 1_763_634_471, "CustomerAWSAccountId": "444455556666", "LicenseArn": LICENSE,
    });
    let with = |more: Value| {
        let mut record = common.clone();
        let fields = record.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        record
    };
    let allocations = json!([
        { "AllocatedUsageQuantity": 3, "Tags": [{ "Key": "team", "Value": "blue" }] },
    ]);
    assert_eq!(
        body,
        json!({ "UsageRecords": [
            with(json!({ "Dimension": "units", "Quantity": 3, "UsageAllocations": allocations })),
            with(json!({ "Dimension": "traffic_gb", "QuantityAsDecimal": "12.5" })),
            with(json!({ "Dimension": "minutes", "Quantity": 0 })),
        ] })
    );
}

#[tokio::test]
async fn a_token_is_resolved_with_or_without_what_only_some_products_have() {
    let server = Canned::serve(|request| {
        if request.earlier == 0 {
            return reply(
                200,
                &json!({
                    "CustomerIdentifier": "", "ProductCode": "examplecode",
                    "CustomerAWSAccountId": "444455556666", "LicenseArn": LICENSE,
                    "Metadata": { "AgreementId": "agmt-1" },
                }),
            );
        }
        reply(
            200,
            &json!({
                "CustomerIdentifier": "X01EXAMPLEX", "ProductCode": "examplecode",
                "CustomerAWSAccountId": "444455556666",
            }),
        )
    })
    .await;
    let aws = connect(&server);
    let token = RegistrationToken::parse("eyJhbGciOiJIUzI1NiJ9.token").unwrap();
    let new = aws.resolve(&token).await.unwrap();
    assert_eq!(new.agreement.unwrap().as_str(), "agmt-1");
    assert_eq!(new.license.unwrap().as_str(), LICENSE);
    assert_eq!(new.customer, None, "an empty text is none");
    let legacy = aws.resolve(&token).await.unwrap();
    assert_eq!(legacy.customer.as_deref(), Some("X01EXAMPLEX"));
    assert_eq!((legacy.agreement, legacy.license), (None, None));
}

#[tokio::test]
async fn a_token_that_aws_does_not_take_is_told_apart_from_credentials_that_ended() {
    for (code, message, kind) in [
        (
            "ExpiredTokenException",
            "The token has expired",
            ErrorKind::TokenExpired,
        ),
        (
            "InvalidTokenException",
            "Token is invalid",
            ErrorKind::TokenInvalid,
        ),
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            ErrorKind::Credentials,
        ),
    ] {
        let body = json!({ "__type": code, "message": message });
        let server = Canned::serve(move |_| reply(400, &body)).await;
        let token = RegistrationToken::parse("eyJhbGciOiJIUzI1NiJ9.secret").unwrap();
        let error = connect(&server).resolve(&token).await.unwrap_err();
        assert_eq!(error.kind, kind, "{message}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
