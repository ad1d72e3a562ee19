//! All that is asked about one agreement.

use app::marketplace::{ErrorKind, Marketplace};
use ciborium::{Value, cbor};
use domain::Timestamp;

use crate::canned::{Answer, Canned, Request, at, error, ok};
use crate::{ACCEPTED, connect, entry, id, listing};

/// What the four operations behind `details` answer in a good case.
fn details(request: &Request) -> Answer {
    let new_license = "arn:aws:license-manager::294406891311:license:l-0123456789abcdef";
    ok(match (request.operation.as_str(), request.earlier) {
        ("DescribeAgreement", _) => cbor!({
            "agreementId" => id().as_str(),
            "acceptor" => { "accountId" => "444455556666" },
            "proposalSummary" => { "offerId" => "offer-1example00001" },
            "estimatedCharges" => { "currencyCode" => "USD", "agreementValue" => "120000.5" },
            "freeTrialSummary" => { "trialEndTime" => at(ACCEPTED) },
        }),
        ("GetAgreementTerms", 0) => cbor!({
            "acceptedTerms" => [
                { "usageBasedPricingTerm" => { "type" => "U", "currencyCode" => "USD" } },
                { "hologramTerm" => { "type" => "H", "from" => at(ACCEPTED), "rays" => 7 } },
            ],
            "nextToken" => "more",
        }),
        ("GetAgreementTerms", _) => cbor!({
            "acceptedTerms" => [{ "validityTerm" => { "type" => "V" } }],
        }),
        ("GetAgreementEntitlements", _) => cbor!({
            "agreementEntitlements" => [
                { "status" => "FAILED", "statusReasonCode" => "INVALID_PAYMENT_INSTRUMENT",
                  "licenseArn" => new_license },
                { "status" => "DREAMING" },
            ],
        }),
        ("GetAgreementContacts", _) => cbor!({
            "acceptorContact" => { "firstName" => "Ada", "emailAddress" => "ada@example.com",
                                   "companyName" => "Acme", "countryCode" => "GB" },
        }),
        (other, _) => panic!("unexpected {other}"),
    }
    .unwrap())
}

#[tokio::test]
async fn details_come_from_four_operations_and_lose_nothing() {
    let server = Canned::serve(details).await;
    let details = connect(&server).details(&id()).await.unwrap().details;
    assert_eq!(details.value.unwrap().to_string(), "USD 120000.50");
    assert_eq!(
        details.trial_ends_at,
        Some(Timestamp::from_millis(ACCEPTED * 1_000))
    );
    let terms: Vec<_> = details
        .terms
        .iter()
        .map(|term| (term.kind.as_str(), term.json.as_str()))
        .collect();
    assert_eq!(
        terms,
        [
            (
                "usageBasedPricingTerm",
                r#"{"type":"U","currencyCode":"USD"}"#
            ),
            (
                "hologramTerm",
                r#"{"type":"H","from":"2026-08-20T14:43:11.000Z","rays":7}"#
            ),
            ("validityTerm", r#"{"type":"V"}"#),
        ]
    );
    assert_eq!(details.provisioning[0].status.as_wire(), "FAILED");
    assert_eq!(
        details.provisioning[0].reason.as_deref(),
        Some("INVALID_PAYMENT_INSTRUMENT")
    );
    assert_eq!(details.provisioning[1].status.as_wire(), "DREAMING");
    let contact = details.contact.unwrap();
    assert_eq!(
        (contact.first_name.as_str(), contact.last_name.as_str()),
        ("Ada", "")
    );
    assert_eq!(contact.email, "ada@example.com");

    let requests = server.requests();
    let contacts = requests
        .iter()
        .find(|request| request.operation == "GetAgreementContacts");
    let contacts = contacts.unwrap();
    assert!(contacts.head.starts_with(
        "post /service/awsmpcommerceservice_v20200301/operation/getagreementcontacts "
    ));
    assert_eq!(
        contacts.cbor(),
        cbor!({ "agreementId" => id().as_str() }).unwrap()
    );
    assert_eq!(server.counts()["GetAgreementTerms"], 2);
}

#[tokio::test]
async fn the_four_are_asked_side_by_side() {
    let server = Canned::serve(|_| Answer::Silence).await;
    let aws = connect(&server);
    let agreement = id();
    let all_asked = async {
        while server.counts().len() < 4 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        details = aws.details(&agreement) => panic!("one waited for another: {details:?}"),
        () = all_asked => {}
    }
}

#[tokio::test]
async fn a_buyer_without_a_contact_has_none() {
    let server = Canned::serve(|request| match request.operation.as_str() {
        "GetAgreementContacts" => ok(Value::Map(Vec::new())),
        _ => details(request),
    })
    .await;
    assert_eq!(
        connect(&server)
            .details(&id())
            .await
            .unwrap()
            .details
            .contact,
        None
    );
}

#[tokio::test]
async fn contacts_are_retried_and_refused_under_their_own_name() {
    let server = Canned::serve(
        |request| match (request.operation.as_str(), request.earlier) {
            ("GetAgreementContacts", 0) => error(429, "ThrottlingException", "Rate exceeded"),
            ("GetAgreementContacts", _) => error(403, "AccessDeniedException", "No."),
            _ => details(request),
        },
    )
    .await;
    let look = connect(&server).details(&id()).await.unwrap();
    let [error] = &look.denied[..] else {
        panic!("one call is denied: {:?}", look.denied)
    };
    assert_eq!(
        (error.kind, error.operation),
        (ErrorKind::Denied, "GetAgreementContacts")
    );
    assert_eq!(server.counts()["GetAgreementContacts"], 2);
}

#[tokio::test]
async fn terms_without_an_end_are_given_up() {
    let server = Canned::serve(|request| match request.operation.as_str() {
        "GetAgreementTerms" => {
            let terms: Vec<Value> = Vec::new();
            let token = format!("page-{}", request.earlier);
            ok(cbor!({ "acceptedTerms" => terms, "nextToken" => token }).unwrap())
        }
        _ => details(request),
    })
    .await;
    let error = connect(&server).details(&id()).await.unwrap_err();
    assert_eq!(error.message, "more than 20 pages");
    assert_eq!(server.counts()["GetAgreementTerms"], 20);
}

#[tokio::test]
async fn one_agreement_is_found_among_its_buyers() {
    let server = Canned::serve(
        |request| match (request.operation.as_str(), request.earlier) {
            ("SearchAgreements", 0) => {
                let other = entry(&[("agreementId", "agmt-other".into())]);
                ok(cbor!({ "agreementViewSummaries" => [other], "nextToken" => "2" }).unwrap())
            }
            ("SearchAgreements", _) => ok(listing(vec![entry(&[])])),
            _ => details(request),
        },
    )
    .await;
    let found = connect(&server).agreement(&id()).await.unwrap().unwrap();
    assert_eq!(found.id, id());
    let searched = server.requests()[1].cbor();
    let filters = format!("{:?}", searched.as_map().unwrap()[1]);
    assert!(
        filters.contains("AcceptorAccountId") && filters.contains("OfferId"),
        "{filters}"
    );
}

#[tokio::test]
async fn an_agreement_aws_does_not_know_is_none() {
    let server =
        Canned::serve(|_| error(404, "ResourceNotFoundException", "Not yours or not there")).await;
    assert_eq!(connect(&server).agreement(&id()).await.unwrap(), None);
}
