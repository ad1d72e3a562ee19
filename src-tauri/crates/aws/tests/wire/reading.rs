//! Listings: what is asked, and what becomes of the answers.

use app::marketplace::{CancellationRequests, EntitlementsOf, ErrorKind, Marketplace, PageToken};
use ciborium::{Value, cbor};
use domain::{
    AccountId, AgreementStatus, CancellationStatus, EntitlementValue, Pricing, ProductCode,
    ProductId, Timestamp,
};

use crate::canned::{Answer, Canned, at, ok};
use crate::{ACCEPTED, connect, entry, id, listing};

#[tokio::test]
async fn agreements_are_asked_for_as_the_proposer_oldest_update_first() {
    let server = Canned::serve(|_| ok(listing(vec![entry(&[])]))).await;
    let after = Timestamp::from_millis(ACCEPTED * 1_000 + 13);
    let page = connect(&server)
        .agreements(Some(after), None)
        .await
        .unwrap();
    assert!(page.next.is_none());
    let agreement = &page.items[0];
    assert_eq!(agreement.id, id());
    assert_eq!(agreement.buyer.as_str(), "444455556666");
    assert_eq!(agreement.licenses[0].short(), "l-0123456789abcdef");
    assert_eq!(agreement.updated_at.as_millis(), ACCEPTED * 1_000);
    assert_eq!(agreement.ends_at, None);

    let request = &server.requests()[0];
    assert!(
        request
            .head
            .contains("/us-east-1/aws-marketplace/aws4_request"),
        "{}",
        request.head
    );
    let asked = cbor!({
        "catalog" => "AWSMarketplace",
        "filters" => [
            { "name" => "PartyType", "values" => ["Proposer"] },
            { "name" => "AgreementType", "values" => ["PurchaseAgreement"] },
            { "name" => "AfterLastUpdateTime", "values" => ["2026-08-20T14:43:11.013Z"] },
        ],
        "sort" => { "sortBy" => "LastUpdateTime", "sortOrder" => "ASCENDING" },
        "maxResults" => 50,
    });
    assert_eq!(request.cbor(), asked.unwrap());
}

#[tokio::test]
async fn values_newer_than_this_program_are_kept() {
    let newer = [
        ("status", "PAUSED".into()),
        ("endTimeBehaviorType", "HIBERNATE".into()),
    ];
    let server = Canned::serve(move |_| ok(listing(vec![entry(&newer)]))).await;
    let page = connect(&server).agreements(None, None).await.unwrap();
    assert_eq!(
        page.items[0].status,
        AgreementStatus::Unknown("PAUSED".into())
    );
    assert_eq!(
        page.items[0].end_behavior.kind.as_deref(),
        Some("HIBERNATE")
    );
}

#[tokio::test]
async fn an_instant_keeps_its_millisecond() {
    let millis = 1_787_236_991_001_i64;
    // The float64 nearest to this instant lies below it, and below the millisecond.
    let seconds = millis as f64 / 1_000.0;
    let wire = Value::Tag(1, Box::new(seconds.into()));
    let server =
        Canned::serve(move |_| ok(listing(vec![entry(&[("lastUpdateTime", wire.clone())])]))).await;
    let page = connect(&server).agreements(None, None).await.unwrap();
    assert_eq!(page.items[0].updated_at.as_millis(), millis);
}

#[tokio::test]
async fn the_year_9999_is_no_end() {
    let server =
        Canned::serve(|_| ok(listing(vec![entry(&[("endTime", at(253_370_764_800))])]))).await;
    assert_eq!(
        connect(&server).agreements(None, None).await.unwrap().items[0].ends_at,
        None
    );
}

#[tokio::test]
async fn a_record_that_does_not_fit_is_named_and_not_dropped() {
    let odd = [("acceptor", cbor!({ "accountId" => "root" }).unwrap())];
    let server = Canned::serve(move |_| ok(listing(vec![entry(&[]), entry(&odd)]))).await;
    let error = connect(&server).agreements(None, None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Garbage);
    assert_eq!(
        error.to_string(),
        "SearchAgreements: record agmt-1example0000000000000a1: acceptor.accountId: \
         “root” is not an AWS account id (12 digits)"
    );
}

#[tokio::test]
async fn the_caller_is_known_by_account_and_arn() {
    let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
        <GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ops</Arn><UserId>AID</UserId>\
        <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let server = Canned::serve(|_| Answer::Reply(200, "text/xml", body.into())).await;
    let caller = connect(&server).caller_identity().await.unwrap();
    assert_eq!(caller.account, "111122223333");
    assert_eq!(caller.arn, "arn:aws:iam::111122223333:user/ops");

    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>\
        <Message>The security token included in the request is invalid.</Message></Error>\
        <RequestId>r</RequestId></ErrorResponse>";
    let server = Canned::serve(|_| Answer::Reply(403, "text/xml", body.into())).await;
    let error = connect(&server).caller_identity().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Credentials);
}

#[tokio::test]
async fn entitlements_of_both_kinds_of_product_are_read() {
    let server = Canned::serve(|_| {
        let old = cbor!({
            "ProductCode" => "code", "Dimension" => "seats", "CustomerIdentifier" => "X01EXAMPLEX",
            "CustomerAWSAccountId" => "", "Value" => { "IntegerValue" => 7 },
        });
        let new = cbor!({
            "ProductCode" => "code", "Dimension" => "tier", "CustomerIdentifier" => "",
            "CustomerAWSAccountId" => "444455556666", "Value" => { "StringValue" => "gold" },
            "LicenseArn" => "arn:aws:license-manager::294406891311:license:l-0123456789abcdef",
            "ExpirationDate" => at(ACCEPTED),
        });
        let both = [old.unwrap(), new.unwrap()];
        ok(cbor!({ "Entitlements" => both, "NextToken" => "next" }).unwrap())
    })
    .await;
    let code = ProductCode::parse("code").unwrap();
    let account = AccountId::parse("444455556666").unwrap();
    let only = EntitlementsOf::Account(&account);
    let page = connect(&server)
        .entitlements(&code, only, None)
        .await
        .unwrap();
    assert_eq!(page.next, Some(PageToken("next".into())));
    let [old, new] = &page.items[..] else {
        panic!("{page:?}")
    };
    assert_eq!(old.value, EntitlementValue::Integer(7));
    assert_eq!(
        (old.account.as_ref(), old.customer_identifier.as_deref()),
        (None, Some("X01EXAMPLEX"))
    );
    assert_eq!(new.value, EntitlementValue::Text("gold".into()));
    assert_eq!(
        (new.account.as_ref(), new.customer_identifier.as_deref()),
        (Some(&account), None)
    );
    let asked = format!("{:?}", server.requests()[0].cbor());
    assert!(asked.contains("CUSTOMER_AWS_ACCOUNT_ID"), "{asked}");
}

#[tokio::test]
async fn a_product_is_described_by_its_details_document() {
    let server = Canned::serve(|request| {
        let body = match request.operation.as_str() {
            "ListEntities" => serde_json::json!({ "EntitySummaryList": [
                { "EntityId": "prod-1", "LastModifiedDate": "2026-11-04T20:13:21Z" }
            ] }),
            _ => serde_json::json!({ "EntityIdentifier": "prod-1", "DetailsDocument": {
                "Description": { "ProductTitle": "Widgets", "ProductCode": "12345678amcdefgh",
                                 "Visibility": "Limited" },
                "Dimensions": [ { "Key": "a", "Types": ["Entitled"] },
                                { "Key": "b", "Types": ["ExternallyMetered"] } ]
            } }),
        };
        Answer::Reply(200, "application/json", body.to_string().into())
    })
    .await;
    let aws = connect(&server);
    let page = aws.products(None).await.unwrap();
    assert_eq!(
        page.items[0].modified.as_deref(),
        Some("2026-11-04T20:13:21Z")
    );
    let listing = aws
        .product(&ProductId::parse("prod-1").unwrap())
        .await
        .unwrap();
    assert_eq!(listing.title, "Widgets");
    assert_eq!(listing.code.unwrap().as_str(), "12345678amcdefgh");
    assert_eq!(listing.visibility.as_deref(), Some("Limited"));
    assert_eq!(listing.pricing, Pricing::ContractWithUsage);
}

#[tokio::test]
async fn pending_cancellation_requests_are_asked_for_alone() {
    let server = Canned::serve(|_| {
        let item = cbor!({
            "agreementCancellationRequestId" => "acr-1",
            "agreementId" => id().as_str(),
            "status" => "PENDING_APPROVAL",
            "reasonCode" => "BORED",
            "createdAt" => at(ACCEPTED),
            "updatedAt" => at(ACCEPTED + 1),
        });
        ok(cbor!({ "items" => [item.unwrap()] }).unwrap())
    })
    .await;
    let pending = CancellationRequests::Pending;
    let page = connect(&server)
        .cancellation_requests(&pending, None)
        .await
        .unwrap();
    let [request] = &page.items[..] else {
        panic!("{page:?}")
    };
    assert_eq!(request.agreement, id());
    assert_eq!(request.status, CancellationStatus::PendingApproval);
    assert_eq!(request.reason, "BORED");
    assert_eq!(request.updated_at.as_millis(), (ACCEPTED + 1) * 1_000);
    let asked = cbor!({
        "partyType" => "Proposer",
        "status" => "PENDING_APPROVAL",
        "catalog" => "AWSMarketplace",
        "maxResults" => 50,
    });
    assert_eq!(server.requests()[0].cbor(), asked.unwrap());
}
