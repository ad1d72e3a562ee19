//! What can be done: by buyers, to the clock, and to go wrong on purpose.

use super::{Answer, Request, json};
use crate::clock::{parse_span, rfc3339};
use crate::contract::{
    Advance, AgreementStatus, Agreements, Amend, ControlError, Fault, Keys, Mail, Named, Network,
    Now, Numbered, OneAgreement, Quotas, Reason, Registration, RequestStatus, Subscribe,
    TokenLifetime,
};
use crate::ledger::CommitError;
use crate::world::World;
use crate::world::action::{Action, Outcome, Refusal};
use crate::world::listing::{LISTINGS, by_slug};
use crate::world::record::Currency;

const REJECTION: &str = "The buyer wants to keep the agreement";
/// Longest company name and e-mail address of the model, in characters.
const COMPANY_MAX_CHARS: usize = 256;
const EMAIL_MAX_CHARS: usize = 255;
/// Longest reason of the model, in characters.
const REASON_MAX_CHARS: usize = 2000;
/// Longest subject of a mail, in characters, and largest body.
const SUBJECT_MAX_CHARS: usize = 256;
const BODY_MAX_BYTES: usize = 32 * 1024;

pub(super) fn subscribe(request: &Request<'_>) -> Answer {
    let asked: Subscribe = request.json()?;
    let listing = by_slug(&asked.listing).ok_or_else(|| {
        let all: Vec<&str> = LISTINGS.iter().map(|listing| listing.slug).collect();
        invalid("There is no such listing").with_hint(format!("One of {}", all.join(", ")))
    })?;
    if asked.account.len() != 12 || !asked.account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid("An account has 12 digits"));
    }
    let currency = asked.currency.as_deref().unwrap_or("USD");
    let currency = Currency::parse(currency)
        .ok_or_else(|| invalid("The currency is USD, EUR, GBP, JPY, KRW or INR"))?;
    let value = match asked.value.as_deref() {
        None => None,
        Some(text) => Some(smallest_units(text, currency).ok_or_else(|| {
            invalid("The value is a decimal as 120000 or 120000.50, up to a billion")
        })?),
    };
    let company = asked.company.filter(|name| !name.trim().is_empty());
    if company
        .as_ref()
        .is_some_and(|name| name.chars().count() > COMPANY_MAX_CHARS)
    {
        return Err(invalid("The company's name is too long"));
    }
    if asked.email.as_deref().is_some_and(|email| !is_email(email)) {
        return Err(invalid("The e-mail address is not one"));
    }
    let action = Action::Subscribe {
        listing,
        account: asked.account,
        private_offer: asked.private_offer,
        value,
        currency: currency.name().to_owned(),
        company,
        email: asked.email,
    };
    registration(request, &action)
}

pub(super) fn set_up(request: &Request<'_>) -> Answer {
    let agreement = named(request)?;
    registration(request, &Action::SetUp { agreement })
}

pub(super) fn renew(request: &Request<'_>) -> Answer {
    let agreement = named(request)?;
    done_to(request, &Action::Renew { agreement })
}

pub(super) fn expire(request: &Request<'_>) -> Answer {
    let agreement = named(request)?;
    done_to(request, &Action::Expire { agreement })
}

pub(super) fn cancel(request: &Request<'_>) -> Answer {
    let agreement = named(request)?;
    done_to(request, &Action::Cancel { agreement })
}

pub(super) fn opt_out_of_renewal(request: &Request<'_>) -> Answer {
    let agreement = named(request)?;
    done_to(request, &Action::OptOutOfRenewal { agreement })
}

pub(super) fn accept(request: &Request<'_>, id: &str) -> Answer {
    answered(
        request,
        &Action::Accept {
            request: known_request(request, id)?,
        },
    )
}

pub(super) fn reject(request: &Request<'_>, id: &str) -> Answer {
    let reason: Reason = request.json()?;
    let reason = reason.reason.unwrap_or_else(|| REJECTION.to_owned());
    if reason.is_empty() || reason.chars().count() > REASON_MAX_CHARS {
        return Err(invalid("The reason has 1 to 2000 characters"));
    }
    answered(
        request,
        &Action::Reject {
            request: known_request(request, id)?,
            reason,
        },
    )
}

pub(super) fn advance(request: &Request<'_>) -> Answer {
    let asked: Advance = request.json()?;
    let millis = parse_span(&asked.by)
        .ok_or_else(|| invalid("The time is written as 3d, 5h, 30m or 2s").with_hint("by: 3d"))?;
    commit(request, &Action::Advance { millis })?;
    json(&Now {
        now: request.sandbox.look(|_, now| rfc3339(now)),
    })
}

pub(super) fn amend(request: &Request<'_>) -> Answer {
    let asked: Amend = request.json()?;
    let outcome = commit(request, &Action::Amend { count: asked.count })?;
    let Outcome::Amended(amended) = outcome else {
        return Err(unexpected());
    };
    let ids = request.sandbox.look(|world, _| {
        amended
            .into_iter()
            .map(|index| world.ids.agreement(index))
            .collect()
    });
    json(&Agreements { agreement_ids: ids })
}

pub(super) fn token_lifetime(request: &Request<'_>) -> Answer {
    let asked: TokenLifetime = request.json()?;
    let millis =
        parse_span(&asked.lifetime).ok_or_else(|| invalid("The time is written as 4h or 30m"))?;
    commit(request, &Action::TokenLifetime { millis })?;
    done()
}

pub(super) fn mail(request: &Request<'_>) -> Answer {
    let Mail { to, subject, body } = request.json()?;
    if !request.sandbox.network_up() {
        return Err(ControlError::new("offline", "The network is down"));
    }
    if !is_email(&to) {
        return Err(ControlError::new(
            "no-mailbox",
            "The e-mail address is not one",
        ));
    }
    if subject.chars().count() > SUBJECT_MAX_CHARS || body.len() > BODY_MAX_BYTES {
        return Err(invalid(&format!(
            "A mail has a subject of {SUBJECT_MAX_CHARS} characters and a body of {} KiB at most",
            BODY_MAX_BYTES / 1024
        )));
    }
    match commit(request, &Action::Mail { to, subject, body })? {
        Outcome::Mail(number) => json(&Numbered { number }),
        _ => Err(unexpected()),
    }
}

pub(super) fn add_fault(request: &Request<'_>) -> Answer {
    let asked: Fault = request.json()?;
    let id = request.sandbox.faults().set(asked);
    json(&Named {
        id: id.map_err(|error| invalid(&error.to_string()))?,
    })
}

pub(super) fn clear_faults(request: &Request<'_>) -> Answer {
    request.sandbox.faults().clear();
    done()
}

pub(super) fn remove_fault(request: &Request<'_>, id: &str) -> Answer {
    let removed = request.sandbox.faults().remove(id);
    if removed {
        done()
    } else {
        Err(ControlError::new("not-found", "There is no such fault"))
    }
}

pub(super) fn network(request: &Request<'_>) -> Answer {
    let asked: Network = request.json()?;
    request.sandbox.set_network(asked.up);
    json(&asked)
}

pub(super) fn credentials(request: &Request<'_>) -> Answer {
    let asked: Keys = request.json()?;
    *request.sandbox.keys() = asked.clone();
    json(&asked)
}

pub(super) fn quotas(request: &Request<'_>) -> Answer {
    let asked: Quotas = request.json()?;
    request.sandbox.quotas().enforce(asked.enforced);
    json(&asked)
}

pub(super) fn reset_counters(request: &Request<'_>) -> Answer {
    request.sandbox.forget_calls();
    done()
}

fn registration(request: &Request<'_>, action: &Action) -> Answer {
    let outcome = commit(request, action)?;
    let Outcome::Token { agreement, token } = outcome else {
        return Err(unexpected());
    };
    json(&request.sandbox.look(|world, _| Registration {
        agreement_id: world.ids.agreement(agreement),
        license_arn: world.license(agreement),
        registration_url: world.registration_url(agreement, &token),
        registration_token: token,
    }))
}

fn done_to(request: &Request<'_>, action: &Action) -> Answer {
    let Outcome::Agreement(agreement) = commit(request, action)? else {
        return Err(unexpected());
    };
    json(&request.sandbox.look(|world, _| AgreementStatus {
        agreement_id: world.ids.agreement(agreement),
        status: world.agreement(agreement).status.name().to_owned(),
        license_arn: world.license(agreement),
    }))
}

fn answered(request: &Request<'_>, action: &Action) -> Answer {
    let Outcome::Request(index) = commit(request, action)? else {
        return Err(unexpected());
    };
    json(&request.sandbox.look(|world: &World, _| {
        let about = &world.requests[index as usize];
        RequestStatus {
            id: world.ids.request(index),
            agreement_id: world.ids.agreement(about.agreement),
            status: about.status.name().to_owned(),
        }
    }))
}

fn commit(request: &Request<'_>, action: &Action) -> Result<Outcome, ControlError> {
    request
        .sandbox
        .commit(action)
        .map_err(|error| match &error {
            CommitError::Journal(_) => {
                tracing::error!(%error, "an action was not kept");
                ControlError::new("internal", error.to_string())
                    .with_hint("Look at the free space of the disk and start the sandbox again")
            }
            CommitError::Refused(refusal) => ControlError::new(code_of(refusal), error.to_string()),
        })
}

fn code_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoAgreement | Refusal::NoRequest => "not-found",
        Refusal::Inactive => "not-active",
        Refusal::NotPending(_) | Refusal::AlreadyRequested(_) | Refusal::TokenReused(_) => {
            "not-pending"
        }
        Refusal::Unsupported => "unsupported",
        Refusal::Invalid(_) => "invalid",
    }
}

fn named(request: &Request<'_>) -> Result<u32, ControlError> {
    let asked: OneAgreement = request.json()?;
    let found = request
        .sandbox
        .look(|world, _| world.find(&asked.agreement_id));
    found.ok_or_else(|| ControlError::new("not-found", "There is no such agreement"))
}

fn known_request(request: &Request<'_>, id: &str) -> Result<u32, ControlError> {
    let found = request.sandbox.look(|world, _| world.find_request(id));
    found.ok_or_else(|| ControlError::new("not-found", "There is no such cancellation request"))
}

/// The answer that says nothing but that it was done.
fn done() -> Answer {
    json(&serde_json::json!({}))
}

fn invalid(message: &str) -> ControlError {
    ControlError::new("invalid", message)
}

fn unexpected() -> ControlError {
    ControlError::new("internal", "The action had another outcome than expected")
}

/// A decimal amount in the currency's smallest unit; AWS allows values up to a billion.
fn smallest_units(text: &str, currency: Currency) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let places = currency.places() as usize;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 10
        || fraction.len() > places
        || !digits(whole)
        || !digits(fraction)
    {
        return None;
    }
    let units: i64 = format!("{whole}{fraction:0<places$}").parse().ok()?;
    (units <= 1_000_000_000 * 10i64.pow(currency.places())).then_some(units)
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let in_local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let in_domain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let top = domain.rsplit('.').next().unwrap_or_default();
    text.chars().count() <= EMAIL_MAX_CHARS
        && !local.is_empty()
        && local.chars().all(in_local)
        && domain.contains('.')
        && domain.chars().all(in_domain)
        && top.len() >= 2
        && top.chars().all(|c| c.is_ascii_alphabetic())
}
