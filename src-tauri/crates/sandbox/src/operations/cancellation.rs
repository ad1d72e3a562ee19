//! Cancellation requests: the seller asks and may withdraw, the buyer answers.

use super::agreement::{CATALOG, PURCHASE, find, foreign_token};
use super::search::page_size;
use crate::failure::Failure;
use crate::ledger::Ledger;
use crate::page::Query;
use crate::value::{Value, list, map};
use crate::world::World;
use crate::world::action::{Action, Outcome, Refusal};

const DEFAULT_PAGE: usize = 50;
const REQUEST: &str = "AgreementCancellationRequest";

pub(super) fn send(ledger: &mut Ledger<'_>, input: &Value) -> Result<Value, Failure> {
    let agreement = find(ledger.world, input)?;
    let text = |member: &str| input.get(member).text().map(ToOwned::to_owned);
    let action = Action::Send {
        agreement,
        reason_code: text("reasonCode").unwrap_or_default(),
        description: text("description"),
        client_token: text("clientToken"),
    };
    let request = commit(ledger, &action)?;
    Ok(without(
        request_view(ledger.world, request),
        &["statusMessage"],
    ))
}

pub(super) fn get(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    let request = find_request(world, input)?;
    Ok(request_view(world, request))
}

pub(super) fn withdraw(ledger: &mut Ledger<'_>, input: &Value) -> Result<Value, Failure> {
    let request = find_request(ledger.world, input)?;
    let reason = input
        .get("cancellationReason")
        .text()
        .unwrap_or_default()
        .to_owned();
    commit(ledger, &Action::Withdraw { request, reason })?;
    Ok(request_view(ledger.world, request))
}

pub(super) fn accept(ledger: &mut Ledger<'_>, input: &Value) -> Result<Value, Failure> {
    let request = find_request(ledger.world, input)?;
    commit(ledger, &Action::Accept { request })?;
    Ok(without(
        request_view(ledger.world, request),
        &["statusMessage"],
    ))
}

pub(super) fn reject(ledger: &mut Ledger<'_>, input: &Value) -> Result<Value, Failure> {
    let request = find_request(ledger.world, input)?;
    let reason = input
        .get("rejectionReason")
        .text()
        .unwrap_or_default()
        .to_owned();
    commit(ledger, &Action::Reject { request, reason })?;
    Ok(request_view(ledger.world, request))
}

pub(super) fn list_requests(world: &World, _: i64, input: &Value) -> Result<Value, Failure> {
    let text = |member: &str| input.get(member).text();
    let seller = match text("partyType") {
        Some("Proposer") => true,
        Some("Acceptor") => false,
        _ => {
            let message = "must be Proposer or Acceptor";
            return Err(Failure::validation(
                "INVALID_PARTY_TYPE",
                "partyType",
                message,
            ));
        }
    };
    if text("catalog").is_some_and(|catalog| catalog != CATALOG) {
        return Err(Failure::validation(
            "INVALID_CATALOG",
            "catalog",
            "Unknown catalog",
        ));
    }
    let query = Query::of(
        world,
        "ListAgreementCancellationRequests",
        input,
        "nextToken",
    );
    let after = query.position().map_err(|_| foreign_token())?;
    let page = input
        .get("maxResults")
        .integer()
        .map_or(DEFAULT_PAGE, page_size);

    let agreement = text("agreementId").map(|id| world.find(id));
    let other_type = text("agreementType").is_some_and(|kind| kind != PURCHASE);
    let from = after.map_or(0, |(_, index)| index + 1);
    let wanted = (from..)
        .zip(world.requests.iter().skip(from as usize))
        .filter(|(_, request)| {
            let of_agreement = agreement.is_none_or(|wanted| wanted == Some(request.agreement));
            let in_status = text("status").is_none_or(|status| status == request.status.name());
            seller && !other_type && of_agreement && in_status
        });
    let mut found: Vec<u32> = wanted.map(|(index, _)| index).take(page + 1).collect();
    let more = found.len() > page;
    found.truncate(page);
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| query.token_after((0, *last)));
    let rows = found.into_iter().map(|request| {
        let view = request_view(world, request);
        let Value::Map(mut row) = without(view, &["description", "statusMessage"]) else {
            return Value::Null;
        };
        row.push(("agreementType".into(), PURCHASE.into()));
        row.push(("catalog".into(), CATALOG.into()));
        Value::Map(row)
    });
    Ok(map([("items", list(rows)), ("nextToken", next.into())]))
}

/// A request is found only together with its own agreement.
fn find_request(world: &World, input: &Value) -> Result<u32, Failure> {
    let agreement = find(world, input)?;
    let id = input
        .get("agreementCancellationRequestId")
        .text()
        .unwrap_or_default();
    world
        .find_request(id)
        .filter(|request| world.requests[*request as usize].agreement == agreement)
        .ok_or_else(|| Failure::not_found(id, REQUEST))
}

fn request_view(world: &World, index: u32) -> Value {
    let request = &world.requests[index as usize];
    map([
        (
            "agreementCancellationRequestId",
            world.ids.request(index).into(),
        ),
        ("agreementId", world.ids.agreement(request.agreement).into()),
        ("reasonCode", request.reason_code.as_str().into()),
        ("description", request.description.clone().into()),
        ("status", request.status.name().into()),
        ("statusMessage", request.message.clone().into()),
        ("createdAt", Value::Time(request.created)),
        ("updatedAt", Value::Time(request.updated)),
    ])
}

fn without(view: Value, names: &[&str]) -> Value {
    let Value::Map(mut members) = view else {
        return view;
    };
    members.retain(|(name, _)| !names.contains(&name.as_ref()));
    Value::Map(members)
}

fn commit(ledger: &mut Ledger<'_>, action: &Action) -> Result<u32, Failure> {
    match ledger.commit(action) {
        Ok(Outcome::Request(request)) => Ok(request),
        Ok(_) => Err(Failure::new(
            "InternalServerException",
            "The action had another outcome",
        )),
        Err(error) => Err(error.refusal().map_or_else(
            || Failure::new("InternalServerException", error.to_string()),
            |refusal| failure(ledger.world, &refusal),
        )),
    }
}

fn failure(world: &World, refusal: &Refusal) -> Failure {
    let conflict = |request: u32| {
        Failure::new("ConflictException", refusal.to_string())
            .with("resourceId", world.ids.request(request))
            .with("resourceType", REQUEST)
    };
    match refusal {
        Refusal::NotPending(request)
        | Refusal::AlreadyRequested(request)
        | Refusal::TokenReused(request) => conflict(*request),
        Refusal::Inactive => {
            Failure::validation("INACTIVE_AGREEMENT", "agreementId", refusal.to_string())
        }
        Refusal::Unsupported => {
            Failure::validation("UNSUPPORTED_ACTION", "agreementId", refusal.to_string())
        }
        Refusal::NoAgreement => Failure::not_found("unknown", "Agreement"),
        Refusal::NoRequest => Failure::not_found("unknown", REQUEST),
        Refusal::Invalid(message) => Failure::validation("OTHER", "input", *message),
    }
}
