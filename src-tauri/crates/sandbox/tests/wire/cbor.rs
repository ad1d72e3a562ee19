//! The rpc-v2-cbor side of the wire, by hand: what the Rust clients of AWS send and need back.

use ciborium::Value;
use ciborium::value::Integer;
use sandbox::{Fault, Subscribe};

use crate::client::{AGREEMENT, ENTITLEMENT, Wire, get, map, options, text, time, truthy};

fn purchases() -> Value {
    let filter = |name: &str, value: &str| {
        map(&[
            ("name", name.into()),
            ("values", Value::Array(vec![value.into()])),
        ])
    };
    Value::Array(vec![
        filter("PartyType", "Proposer"),
        filter("AgreementType", "PurchaseAgreement"),
    ])
}

#[tokio::test]
async fn a_search_pages_to_its_end_with_tagged_times() {
    let wire = Wire::start(300).await;
    for size in [1, 7, 49, 50] {
        let rows = walk(&wire, size).await;
        let mut ids: Vec<&str> = rows
            .iter()
            .map(|row| text(get(row, "agreementId")))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((rows.len(), ids.len()), (300, 300), "pages of {size}");
        for row in &rows {
            for name in ["acceptanceTime", "startTime", "lastUpdateTime"] {
                assert!(time(get(row, name)) > 1e9, "{name} in {row:?}");
            }
        }
        let open_ended = rows
            .iter()
            .filter(|row| get(row, "endTime") == &Value::Null);
        assert!(open_ended.count() > 50);
    }
}

/// All rows of a search, in pages of a size.
async fn walk(wire: &Wire, size: i64) -> Vec<Value> {
    let (mut rows, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut input = vec![("filters", purchases()), ("maxResults", size.into())];
        if token != Value::Null {
            input.push(("nextToken", token));
        }
        let page = wire
            .ask(AGREEMENT, "SearchAgreements", &map(&input))
            .await
            .ok();
        let Value::Array(found) = get(&page, "agreementViewSummaries") else {
            panic!("no rows in {page:?}");
        };
        rows.extend(found.iter().cloned());
        token = get(&page, "nextToken").clone();
        if token == Value::Null {
            return rows;
        }
    }
}

#[tokio::test]
async fn a_token_is_tied_to_its_query_and_outlives_the_server() {
    let options = options(80);
    let wire = Wire::with(options.clone()).await;
    let first = map(&[("filters", purchases()), ("maxResults", 10.into())]);
    let page = wire.ask(AGREEMENT, "SearchAgreements", &first).await.ok();
    let token = get(&page, "nextToken").clone();
    let next = map(&[
        ("filters", purchases()),
        ("maxResults", 10.into()),
        ("nextToken", token.clone()),
    ]);
    let second = wire.ask(AGREEMENT, "SearchAgreements", &next).await.ok();
    let other = map(&[
        ("filters", purchases()),
        ("maxResults", 11.into()),
        ("nextToken", token),
    ]);
    let refused = wire
        .ask(AGREEMENT, "SearchAgreements", &other)
        .await
        .refused();
    assert_eq!(text(get(&refused.body, "reason")), "INVALID_NEXT_TOKEN");
    drop(wire);
    let again = Wire::with(options).await;
    assert_eq!(
        again.ask(AGREEMENT, "SearchAgreements", &next).await.ok(),
        second
    );
}

#[tokio::test]
async fn every_read_of_an_agreement_answers() {
    let wire = Wire::start(50).await;
    let made = wire.subscribe("clickhouse-committed").await;
    let one = map(&[("agreementId", made.agreement_id.as_str().into())]);
    let told = wire.ask(AGREEMENT, "DescribeAgreement", &one).await.ok();
    assert_eq!(text(get(&told, "status")), "ACTIVE");
    assert!(time(get(&told, "endTime")) > time(get(&told, "startTime")));
    let terms = wire.ask(AGREEMENT, "GetAgreementTerms", &one).await.ok();
    let Value::Array(terms) = get(&terms, "acceptedTerms") else {
        panic!("no terms")
    };
    let renewal = terms
        .iter()
        .find_map(|term| match get(term, "renewalTerm") {
            Value::Null => None,
            renewal => Some(renewal),
        });
    let wish = get(renewal.unwrap(), "configuration");
    assert!(truthy(get(wish, "enableAutoRenew")));
    let granted = wire
        .ask(AGREEMENT, "GetAgreementEntitlements", &one)
        .await
        .ok();
    let Value::Array(granted) = get(&granted, "agreementEntitlements") else {
        panic!("no entitlements");
    };
    assert_eq!(text(get(&granted[0], "status")), "PENDING");
    assert_eq!(
        Some(text(get(&granted[0], "licenseArn"))),
        made.license_arn.as_deref()
    );
    let contact = wire.ask(AGREEMENT, "GetAgreementContacts", &one).await.ok();
    let contact = get(&contact, "acceptorContact");
    assert!(text(get(contact, "emailAddress")).ends_with(".example"));
}

#[tokio::test]
async fn a_cancellation_request_goes_all_its_ways() {
    let wire = Wire::start(50).await;
    for (operation, reason, status) in [
        ("AcceptAgreementCancellationRequest", None, "APPROVED"),
        (
            "RejectAgreementCancellationRequest",
            Some("rejectionReason"),
            "REJECTED",
        ),
        (
            "CancelAgreementCancellationRequest",
            Some("cancellationReason"),
            "CANCELLED",
        ),
    ] {
        let agreement = wire.subscribe("pinecone").await.agreement_id;
        let sent = wire
            .ask(
                AGREEMENT,
                "SendAgreementCancellationRequest",
                &map(&[
                    ("agreementId", agreement.as_str().into()),
                    ("reasonCode", "OTHER".into()),
                    ("clientToken", format!("token-{status}").into()),
                ]),
            )
            .await
            .ok();
        let id = get(&sent, "agreementCancellationRequestId").clone();
        let mut both = vec![
            ("agreementId", agreement.as_str().into()),
            ("agreementCancellationRequestId", id),
        ];
        let read = wire
            .ask(AGREEMENT, "GetAgreementCancellationRequest", &map(&both))
            .await
            .ok();
        assert_eq!(text(get(&read, "status")), "PENDING_APPROVAL");
        both.extend(reason.map(|name| (name, "Because".into())));
        let done = wire.ask(AGREEMENT, operation, &map(&both)).await.ok();
        assert_eq!(text(get(&done, "status")), status);
        assert!(time(get(&done, "updatedAt")) >= time(get(&done, "createdAt")));
        let again = wire.ask(AGREEMENT, operation, &map(&both)).await.refused();
        assert_eq!(
            (again.status, again.code.as_str()),
            (409, "ConflictException")
        );
        assert_eq!(
            text(get(&again.body, "resourceType")),
            "AgreementCancellationRequest"
        );
    }
    let listed = map(&[("partyType", "Proposer".into()), ("maxResults", 50.into())]);
    let listed = wire
        .ask(AGREEMENT, "ListAgreementCancellationRequests", &listed)
        .await
        .ok();
    let Value::Array(items) = get(&listed, "items") else {
        panic!("no items")
    };
    assert!(items.len() > 3);
}

#[tokio::test]
async fn entitlements_page_and_filter() {
    let wire = Wire::start(300).await;
    let status = wire.control.status().await.unwrap();
    let contract = status
        .listings
        .iter()
        .find(|one| one.pricing == "contract")
        .unwrap();
    let code = ("ProductCode", Value::from(contract.product_code.as_str()));
    let mut token = Value::Null;
    let mut all = Vec::new();
    loop {
        let mut input = vec![code.clone(), ("MaxResults", 4.into())];
        if token != Value::Null {
            input.push(("NextToken", token));
        }
        let page = wire
            .ask(ENTITLEMENT, "GetEntitlements", &map(&input))
            .await
            .ok();
        let Value::Array(items) = get(&page, "Entitlements") else {
            panic!("{page:?}")
        };
        all.extend(items.clone());
        token = get(&page, "NextToken").clone();
        if token == Value::Null {
            break;
        }
    }
    assert!(all.len() > 20);
    assert!(all.iter().all(|one| time(get(one, "ExpirationDate")) > 1e9));
    let license = get(&all[0], "LicenseArn").clone();
    let filter = map(&[("LICENSE_ARN", Value::Array(vec![license]))]);
    let found = map(&[code.clone(), ("Filter", filter)]);
    let found = wire.ask(ENTITLEMENT, "GetEntitlements", &found).await.ok();
    let Value::Array(found) = get(&found, "Entitlements") else {
        panic!("{found:?}")
    };
    assert_eq!(found.as_slice(), &all[..2]);
    let wrong = map(&[
        code,
        (
            "Filter",
            map(&[("COLOR", Value::Array(vec!["red".into()]))]),
        ),
    ]);
    let refused = wire
        .ask(ENTITLEMENT, "GetEntitlements", &wrong)
        .await
        .refused();
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (400, "InvalidParameterException")
    );
}

#[tokio::test]
async fn errors_have_their_type_status_and_members() {
    let wire = Wire::start(20).await;
    let cases: [(&str, Value, u16, &str, &str); 5] = [
        (
            "DescribeAgreement",
            map(&[]),
            400,
            "ValidationException",
            "MISSING_AGREEMENT_ID",
        ),
        (
            "DescribeAgreement",
            map(&[("agreementId", "agmt-x".into())]),
            404,
            "ResourceNotFoundException",
            "",
        ),
        (
            "SearchAgreements",
            map(&[("filters", purchases()), ("maxResults", 51.into())]),
            400,
            "ValidationException",
            "INVALID_MAX_RESULTS",
        ),
        (
            "SearchAgreements",
            map(&[("filters", purchases()), ("nextToken", "abc".into())]),
            400,
            "ValidationException",
            "INVALID_NEXT_TOKEN",
        ),
        (
            "DescribeAgreement",
            map(&[("agreementId", Value::Integer(Integer::from(7)))]),
            400,
            "SerializationException",
            "",
        ),
    ];
    for (operation, input, status, code, reason) in cases {
        let refused = wire.ask(AGREEMENT, operation, &input).await.refused();
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (status, code),
            "{input:?}"
        );
        if !reason.is_empty() {
            assert_eq!(text(get(&refused.body, "reason")), reason);
        }
        assert!(!text(get(&refused.body, "message")).is_empty());
        assert_eq!(text(get(&refused.body, "requestId")), refused.request_id);
    }
}

#[tokio::test]
async fn bodies_that_are_no_cbor_are_refused() {
    let wire = Wire::start(20).await;
    for body in [
        &b"{}"[..],
        b"\xff",
        b"\xbf",
        b"\x07",
        b"\xa1\x01\x02",
        b"\xbf\xff\x00",
    ] {
        let refused = wire
            .send(AGREEMENT, "DescribeAgreement", body.to_vec())
            .await
            .refused();
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (400, "SerializationException")
        );
    }
    // The model's own example of a request, with maps of unknown length; and no body at all.
    let body = b"\xbf\x6bagreementId\x66agmt-x\xff".to_vec();
    assert_eq!(
        wire.send(AGREEMENT, "DescribeAgreement", body)
            .await
            .refused()
            .status,
        404
    );
    let refused = wire
        .send(AGREEMENT, "DescribeAgreement", Vec::new())
        .await
        .refused();
    assert_eq!(text(get(&refused.body, "reason")), "MISSING_AGREEMENT_ID");
}

#[tokio::test]
async fn faults_speak_cbor_too() {
    let wire = Wire::start(20).await;
    for (error, status) in [
        ("ThrottlingException", 429),
        ("AccessDeniedException", 403),
        ("InternalServerException", 500),
        ("ServiceQuotaExceededException", 402),
        ("ExpiredTokenException", 400),
    ] {
        let fault = Fault {
            operation: "DescribeAgreement".to_owned(),
            error: Some(error.to_owned()),
            times: Some(1),
            ..Fault::default()
        };
        wire.control.add_fault(&fault).await.unwrap();
        let refused = wire
            .ask(AGREEMENT, "DescribeAgreement", &map(&[]))
            .await
            .refused();
        assert_eq!((refused.status, refused.code.as_str()), (status, error));
    }
}

#[tokio::test]
async fn what_changes_during_a_walk_is_seen_again() {
    let wire = Wire::start(200).await;
    let sort = map(&[
        ("sortBy", "LastUpdateTime".into()),
        ("sortOrder", "ASCENDING".into()),
    ]);
    let (mut seen, mut token, mut changed) = (Vec::new(), Value::Null, Vec::new());
    loop {
        let mut input = vec![
            ("filters", purchases()),
            ("sort", sort.clone()),
            ("maxResults", 9.into()),
        ];
        if token != Value::Null {
            input.push(("nextToken", token));
        }
        let page = wire
            .ask(AGREEMENT, "SearchAgreements", &map(&input))
            .await
            .ok();
        let Value::Array(rows) = get(&page, "agreementViewSummaries") else {
            panic!("{page:?}")
        };
        seen.extend(
            rows.iter()
                .map(|row| text(get(row, "agreementId")).to_owned()),
        );
        if seen.len() == 54 {
            changed = wire.control.amend(30).await.unwrap().agreement_ids;
        }
        token = get(&page, "nextToken").clone();
        if token == Value::Null {
            break;
        }
    }
    assert_eq!(changed.len(), 30);
    let later = &seen[54..];
    assert!(changed.iter().all(|id| later.contains(id)));
    let mut all = seen.clone();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 200);
}

#[tokio::test]
async fn a_purchase_needs_a_listing() {
    let wire = Wire::start(20).await;
    let wrong = Subscribe {
        listing: "boats".to_owned(),
        ..Subscribe::default()
    };
    let error = wire.control.subscribe(&wrong).await.unwrap_err();
    assert_eq!(error.code, "invalid");
    assert!(error.hint.unwrap().contains("emqx"));
}
