//! The operations, each implemented once over the neutral value tree.

mod agreement;
mod cancellation;
mod catalog;
mod entitlement;
mod metering;
mod search;
mod terms;

use crate::failure::{Failure, Service};
use crate::ledger::Ledger;
use crate::shape::{self, Shape};
use crate::value::{Value, map};
use crate::world::World;

/// An operation of a service.
pub(crate) struct Operation {
    pub(crate) service: Service,
    pub(crate) name: &'static str,
    pub(crate) input: &'static Shape,
    pub(crate) run: Run,
}

/// How an operation is carried out: by looking at the world at a moment, or by acting on it.
pub(crate) enum Run {
    Read(fn(&World, i64, &Value) -> Result<Value, Failure>),
    Act(fn(&mut Ledger<'_>, &Value) -> Result<Value, Failure>),
}

const fn read(
    service: Service,
    name: &'static str,
    input: &'static Shape,
    run: fn(&World, i64, &Value) -> Result<Value, Failure>,
) -> Operation {
    Operation {
        service,
        name,
        input,
        run: Run::Read(run),
    }
}

const fn act(
    service: Service,
    name: &'static str,
    input: &'static Shape,
    run: fn(&mut Ledger<'_>, &Value) -> Result<Value, Failure>,
) -> Operation {
    Operation {
        service,
        name,
        input,
        run: Run::Act(run),
    }
}

/// Every operation served.
pub(crate) const ALL: &[Operation] = &[
    read(
        Service::Agreement,
        "SearchAgreements",
        &shape::agreement::SEARCH,
        search::search,
    ),
    read(
        Service::Agreement,
        "DescribeAgreement",
        &shape::agreement::ONE_AGREEMENT,
        agreement::describe,
    ),
    read(
        Service::Agreement,
        "GetAgreementTerms",
        &shape::agreement::PAGES_OF_ONE,
        terms::get,
    ),
    read(
        Service::Agreement,
        "GetAgreementEntitlements",
        &shape::agreement::PAGES_OF_ONE,
        agreement::entitlements,
    ),
    read(
        Service::Agreement,
        "GetAgreementContacts",
        &shape::agreement::ONE_AGREEMENT,
        agreement::contacts,
    ),
    act(
        Service::Agreement,
        "SendAgreementCancellationRequest",
        &shape::agreement::SEND_REQUEST,
        cancellation::send,
    ),
    read(
        Service::Agreement,
        "GetAgreementCancellationRequest",
        &shape::agreement::ONE_REQUEST,
        cancellation::get,
    ),
    read(
        Service::Agreement,
        "ListAgreementCancellationRequests",
        &shape::agreement::LIST_REQUESTS,
        cancellation::list_requests,
    ),
    act(
        Service::Agreement,
        "CancelAgreementCancellationRequest",
        &shape::agreement::WITHDRAW_REQUEST,
        cancellation::withdraw,
    ),
    act(
        Service::Agreement,
        "AcceptAgreementCancellationRequest",
        &shape::agreement::ONE_REQUEST,
        cancellation::accept,
    ),
    act(
        Service::Agreement,
        "RejectAgreementCancellationRequest",
        &shape::agreement::REJECT_REQUEST,
        cancellation::reject,
    ),
    read(
        Service::Entitlement,
        "GetEntitlements",
        &shape::entitlement::GET_ENTITLEMENTS,
        entitlement::get,
    ),
    read(
        Service::Metering,
        "ResolveCustomer",
        &shape::metering::RESOLVE,
        metering::resolve,
    ),
    act(
        Service::Metering,
        "BatchMeterUsage",
        &shape::metering::BATCH,
        metering::batch,
    ),
    read(
        Service::Catalog,
        "ListEntities",
        &shape::catalog::LIST_ENTITIES,
        catalog::list_entities,
    ),
    read(
        Service::Catalog,
        "DescribeEntity",
        &shape::catalog::DESCRIBE_ENTITY,
        catalog::describe,
    ),
    read(
        Service::Identity,
        "GetCallerIdentity",
        &Shape::Structure(&[]),
        identity,
    ),
];

/// The operation of a service with this name.
pub(crate) fn find(service: Service, name: &str) -> Option<&'static Operation> {
    ALL.iter()
        .find(|operation| operation.service == service && operation.name == name)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every operation is run through this signature"
)]
fn identity(_: &World, _: i64, _: &Value) -> Result<Value, Failure> {
    let account = crate::world::ids::SELLER_ACCOUNT;
    Ok(map([
        ("UserId", "AIDASANDBOXSELLER0001".into()),
        ("Account", account.into()),
        (
            "Arn",
            format!("arn:aws:iam::{account}:user/sandbox-seller").into(),
        ),
    ]))
}
