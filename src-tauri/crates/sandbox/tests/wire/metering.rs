//! Registration tokens and the rules of metering, in awsJson 1.1.

use serde_json::{Value as Json, json};

use crate::client::{Wire, options};

/// A purchase that is provisioned, and a record of its usage now.
async fn metered(wire: &Wire) -> (String, Json) {
    let made = wire.subscribe("emqx").await;
    wire.control.advance("2m").await.unwrap();
    let token = json!({ "RegistrationToken": made.registration_token });
    let (status, resolved) = wire.meter("ResolveCustomer", &token).await;
    assert_eq!(status, 200, "{resolved}");
    let record = json!({
        "Timestamp": wire.now().await,
        "Dimension": "traffic_gb",
        "CustomerAWSAccountId": resolved["CustomerAWSAccountId"],
        "LicenseArn": resolved["LicenseArn"],
    });
    (made.agreement_id, record)
}

fn with(record: &Json, changes: Json) -> Json {
    let mut copy = record.clone();
    for (name, value) in changes.as_object().unwrap() {
        copy[name] = value.clone();
    }
    copy
}

async fn outcomes(wire: &Wire, records: &[Json]) -> Vec<String> {
    let (status, answer) = wire
        .meter("BatchMeterUsage", &json!({ "UsageRecords": records }))
        .await;
    assert_eq!(status, 200, "{answer}");
    let results = answer["Results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["Status"].as_str().unwrap().to_owned())
        .collect()
}

async fn refused(wire: &Wire, input: Json) -> String {
    let (status, answer) = wire.meter("BatchMeterUsage", &input).await;
    assert_eq!(status, 400, "{answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_hour_holds_one_quantity() {
    let wire = Wire::start(20).await;
    let (_, record) = metered(&wire).await;
    let seventeen = with(&record, json!({ "Quantity": 17 }));
    let decimal = with(&record, json!({ "QuantityAsDecimal": "17.0" }));
    let more = with(&record, json!({ "QuantityAsDecimal": "17.5" }));
    let batch = [seventeen.clone(), decimal, more];
    assert_eq!(
        outcomes(&wire, &batch).await,
        ["Success", "Success", "DuplicateRecord"]
    );
    assert_eq!(outcomes(&wire, &[seventeen]).await, ["Success"]);
}

#[tokio::test]
async fn an_empty_customer_identifier_is_none() {
    let wire = Wire::start(20).await;
    let (_, record) = metered(&wire).await;
    let empty = with(&record, json!({ "CustomerIdentifier": "", "Quantity": 1 }));
    assert_eq!(outcomes(&wire, &[empty]).await, ["Success"]);
    let given = with(&record, json!({ "CustomerIdentifier": "X01EXAMPLEX" }));
    let error = refused(&wire, json!({ "UsageRecords": [given] })).await;
    assert_eq!(error, "InvalidCustomerIdentifierException");
}

#[tokio::test]
async fn one_bad_record_refuses_the_whole_request() {
    let wire = Wire::start(20).await;
    let (_, record) = metered(&wire).await;
    let now = wire.now().await;
    let allocation = json!([{ "AllocatedUsageQuantity": 1 }]);
    let bad = [
        (
            json!({ "Timestamp": now - 86_400 }),
            "TimestampOutOfBoundsException",
        ),
        (
            json!({ "Timestamp": now + 3600 }),
            "TimestampOutOfBoundsException",
        ),
        (
            json!({ "Timestamp": now - 43_200 }),
            "InvalidLicenseException",
        ),
        (
            json!({ "Dimension": "boats" }),
            "InvalidUsageDimensionException",
        ),
        (
            json!({ "CustomerAWSAccountId": "999999999999" }),
            "InvalidLicenseException",
        ),
        (
            json!({ "Quantity": 2, "UsageAllocations": allocation }),
            "InvalidUsageAllocationsException",
        ),
        (
            json!({ "Quantity": 2, "QuantityAsDecimal": "2" }),
            "ValidationException",
        ),
    ];
    let good = with(&record, json!({ "Quantity": 3 }));
    for (change, error) in bad {
        let records = json!({ "UsageRecords": [good, with(&record, change.clone())] });
        assert_eq!(refused(&wire, records).await, error, "{change}");
    }
    // Nothing of those requests was kept.
    let other = with(&record, json!({ "Quantity": 4 }));
    assert_eq!(outcomes(&wire, &[other]).await, ["Success"]);
}

#[tokio::test]
async fn license_and_product_code_exclude_each_other() {
    let wire = Wire::start(20).await;
    let (_, record) = metered(&wire).await;
    let status = wire.control.status().await.unwrap();
    let emqx = status.listings.iter().find(|one| one.id == "emqx").unwrap();
    for code in [emqx.product_code.as_str(), "no-such-product"] {
        let input = json!({ "UsageRecords": [record], "ProductCode": code });
        assert_eq!(refused(&wire, input).await, "InvalidProductCodeException");
    }
}

#[tokio::test]
async fn usage_counts_for_an_hour_after_the_end() {
    let wire = Wire::start(20).await;
    let (agreement, record) = metered(&wire).await;
    wire.control.cancel(&agreement).await.unwrap();
    wire.control.advance("59m").await.unwrap();
    assert_eq!(
        outcomes(&wire, std::slice::from_ref(&record)).await,
        ["Success"]
    );
    wire.control.advance("2m").await.unwrap();
    assert_eq!(outcomes(&wire, &[record]).await, ["CustomerNotSubscribed"]);
}

#[tokio::test]
async fn accepted_usage_outlives_the_server() {
    let state = tempfile::TempDir::new().unwrap();
    let options = sandbox::Options {
        state_dir: Some(state.path().to_owned()),
        ..options(20)
    };
    let wire = Wire::with(options.clone()).await;
    let (_, record) = metered(&wire).await;
    let five = with(&record, json!({ "Quantity": 5 }));
    let sent = json!({ "UsageRecords": [five] });
    let (_, before) = wire.meter("BatchMeterUsage", &sent).await;
    wire.stop().await;
    let wire = Wire::with(options).await;
    let (_, after) = wire.meter("BatchMeterUsage", &sent).await;
    assert_eq!(after, before);
    let six = with(&record, json!({ "Quantity": 6 }));
    assert_eq!(outcomes(&wire, &[six]).await, ["DuplicateRecord"]);
}
