//! The sandbox panel: acting as buyers, moving the clock, setting faults.

use std::sync::Arc;

use connection::{Connection, OpenError};
use sandbox::{Control, Subscribe};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;
use views::{Failure, Millis, Topic, number};

use super::{DataChanged, Opened, failed};

/// Buyers offered for one search.
const BUYERS_MAX: u32 = 50;

/// The sandbox as it stands.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SandboxStatus {
    /// Where it is reached.
    pub endpoint: String,
    /// What its world was invented from.
    pub seed: u32,
    /// How many agreements it has.
    pub agreements: u32,
    /// Its clock.
    pub now: Millis,
    /// Whether calls get through.
    pub network_up: bool,
    /// Its listings.
    pub listings: Vec<SandboxListing>,
    /// Faults that are set.
    pub faults: Vec<SandboxFault>,
}

/// A listing of the sandbox.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SandboxListing {
    /// Its short id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `usage` or `contract`.
    pub pricing: String,
    /// Whether it predates licenses.
    pub legacy: bool,
}

/// A fault that is set.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SandboxFault {
    /// Its id.
    pub id: String,
    /// The operation it hits; `*` for all.
    pub operation: String,
    /// What happens, in words.
    pub effect: String,
    /// How often it still happens; absent for always.
    pub remaining: Option<u32>,
    /// How often it has happened.
    pub hits: u32,
}

/// A buyer of the sandbox.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SandboxBuyer {
    /// AWS account.
    pub account: String,
    /// Company.
    pub company: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Its agreements.
    pub agreements: Vec<SandboxAgreement>,
}

/// An agreement of a buyer.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SandboxAgreement {
    /// Agreement id.
    pub id: String,
    /// The listing's short id.
    pub listing: String,
    /// AWS's word.
    pub status: String,
}

/// A purchase.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription {
    /// The listing's short id.
    pub listing: String,
    /// The buyer's AWS account.
    pub account: String,
    /// By a private offer.
    pub private_offer: bool,
    /// What it is worth.
    pub value: Option<String>,
    /// In which currency.
    pub currency: Option<String>,
    /// Company of the contact.
    pub company: Option<String>,
    /// E-mail of the contact.
    pub email: Option<String>,
}

/// What "Set up your account" leads to. The token is a secret: the window masks it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the form's own names")]
pub(crate) struct Registration {
    /// Agreement id.
    pub agreement_id: String,
    /// License, unless the product predates them.
    pub license_arn: Option<String>,
    /// The vendor's page with the token.
    pub registration_url: String,
    /// The token alone.
    pub registration_token: String,
}

/// What a buyer can do with an agreement.
#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum BuyerAction {
    /// End it.
    Cancel,
    /// Renew it now.
    Renew,
    /// Let it run out now.
    Expire,
    /// Turn renewal off.
    OptOutOfRenewal,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FaultEffect {
    /// Too many calls.
    Throttle,
    /// AWS fails.
    ServerError,
    /// Not allowed by IAM.
    Deny,
    /// Not available in the Region.
    DisableRegion,
    /// Credentials expired.
    ExpireCredentials,
    /// A late answer.
    Delay,
    /// No answer, nothing done.
    Drop,
    /// Done, but no answer.
    DropAfterAccepting,
    /// A web page instead of an answer.
    Html,
    /// Nonsense instead of an answer.
    Garbage,
}

/// A fault to set.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewFault {
    /// The operation it hits; `*` for all.
    pub operation: String,
    /// What goes wrong.
    pub effect: FaultEffect,
    /// How late, such as `2s`.
    pub delay: Option<String>,
    /// How often.
    pub times: Option<u32>,
}

/// The sandbox as it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_status(session: Opened<'_>) -> Result<SandboxStatus, Failure> {
    let control = control(&session.connection().await?).await?;
    let status = control.status().await.map_err(refused)?;
    let now: domain::Timestamp = parse_time(&status.now)?;
    Ok(SandboxStatus {
        endpoint: control.endpoint().to_owned(),
        seed: u32::try_from(status.seed).unwrap_or(u32::MAX),
        agreements: u32::try_from(status.agreements).unwrap_or(u32::MAX),
        now: views::millis(now),
        network_up: status.network_up,
        listings: status
            .listings
            .into_iter()
            .map(SandboxListing::from)
            .collect(),
        faults: status.faults.into_iter().map(SandboxFault::from).collect(),
    })
}

/// Buyers whose account, company, e-mail or agreement has this text in it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_buyers(
    session: Opened<'_>,
    query: String,
) -> Result<Vec<SandboxBuyer>, Failure> {
    let control = control(&session.connection().await?).await?;
    let found = control.buyers(&query, BUYERS_MAX).await.map_err(refused)?;
    Ok(found.buyers.into_iter().map(SandboxBuyer::from).collect())
}

/// A buyer subscribes and opens "Set up your account".
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_subscribe(
    app: AppHandle,
    session: Opened<'_>,
    subscription: Subscription,
) -> Result<Registration, Failure> {
    let connection = session.connection().await?;
    let purchase = Subscribe {
        listing: subscription.listing,
        account: subscription.account,
        private_offer: subscription.private_offer,
        value: subscription.value,
        currency: subscription.currency,
        company: subscription.company,
        email: subscription.email,
    };
    let registration = control(&connection)
        .await?
        .subscribe(&purchase)
        .await
        .map_err(refused)?;
    acted(&app, &connection).await?;
    Ok(registration.into())
}

/// A buyer opens "Set up your account" again; the older token no longer counts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_set_up(
    session: Opened<'_>,
    agreement_id: String,
) -> Result<Registration, Failure> {
    let control = control(&session.connection().await?).await?;
    Ok(control.set_up(&agreement_id).await.map_err(refused)?.into())
}

/// A buyer does something with an agreement.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_act(
    app: AppHandle,
    session: Opened<'_>,
    action: BuyerAction,
    agreement_id: String,
) -> Result<(), Failure> {
    let connection = session.connection().await?;
    let control = control(&connection).await?;
    match action {
        BuyerAction::Cancel => control.cancel(&agreement_id).await.map(drop),
        BuyerAction::Renew => control.renew(&agreement_id).await.map(drop),
        BuyerAction::Expire => control.expire(&agreement_id).await.map(drop),
        BuyerAction::OptOutOfRenewal => control.opt_out_of_renewal(&agreement_id).await.map(drop),
    }
    .map_err(refused)?;
    acted(&app, &connection).await
}

/// Moves the sandbox's clock forward by a duration such as `3d`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_advance(
    app: AppHandle,
    session: Opened<'_>,
    by: String,
) -> Result<(), Failure> {
    let connection = session.connection().await?;
    control(&connection)
        .await?
        .advance(&by)
        .await
        .map_err(refused)?;
    acted(&app, &connection).await
}

/// Sets a fault.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_add_fault(
    app: AppHandle,
    session: Opened<'_>,
    fault: NewFault,
) -> Result<(), Failure> {
    let connection = session.connection().await?;
    control(&connection)
        .await?
        .add_fault(&fault.into())
        .await
        .map_err(refused)?;
    acted(&app, &connection).await
}

/// Takes all faults away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_clear_faults(
    app: AppHandle,
    session: Opened<'_>,
) -> Result<(), Failure> {
    let connection = session.connection().await?;
    control(&connection)
        .await?
        .clear_faults()
        .await
        .map_err(refused)?;
    acted(&app, &connection).await
}

/// Cuts or restores the network between Bindery and the sandbox.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_set_network(
    app: AppHandle,
    session: Opened<'_>,
    up: bool,
) -> Result<(), Failure> {
    let connection = session.connection().await?;
    control(&connection)
        .await?
        .set_network(up)
        .await
        .map_err(refused)?;
    acted(&app, &connection).await
}

async fn control(connection: &Arc<Connection>) -> Result<Control, Failure> {
    connection.control().await.map_err(failed)
}

fn refused(error: sandbox::ControlError) -> Failure {
    failed(OpenError::from(error))
}

fn parse_time(text: &str) -> Result<domain::Timestamp, Failure> {
    connection::parse_time(text).map_err(failed)
}

/// After every act: the clock may have moved, and the panel's views re-ask.
async fn acted(app: &AppHandle, connection: &Arc<Connection>) -> Result<(), Failure> {
    connection.acted().await.map_err(failed)?;
    let changed = DataChanged {
        topics: vec![Topic::Status, Topic::Sandbox],
    };
    if let Err(error) = changed.emit(app) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "the window does not listen"
        );
    }
    Ok(())
}

impl From<sandbox::ListingStatus> for SandboxListing {
    fn from(listing: sandbox::ListingStatus) -> Self {
        Self {
            id: listing.id,
            title: listing.title,
            pricing: listing.pricing,
            legacy: listing.legacy,
        }
    }
}

impl From<sandbox::FaultStatus> for SandboxFault {
    fn from(fault: sandbox::FaultStatus) -> Self {
        let effect = match (&fault.error, fault.delay_ms, &fault.body) {
            (Some(error), ..) => error.clone(),
            (None, Some(millis), _) => format!("delay {millis} ms"),
            (None, None, Some(body)) => format!("{body} body"),
            _ if fault.drop_after_accepting => "drop after accepting".to_owned(),
            _ => "drop".to_owned(),
        };
        let count = |count: u64| number(usize::try_from(count).unwrap_or(usize::MAX));
        Self {
            id: fault.id,
            operation: fault.operation,
            effect,
            remaining: fault.times.map(count),
            hits: count(fault.hits),
        }
    }
}

impl From<sandbox::Buyer> for SandboxBuyer {
    fn from(buyer: sandbox::Buyer) -> Self {
        let some = |text: String| (!text.is_empty()).then_some(text);
        let agreements = buyer
            .agreements
            .into_iter()
            .map(|agreement| SandboxAgreement {
                id: agreement.agreement_id,
                listing: agreement.listing,
                status: agreement.status,
            });
        Self {
            account: buyer.account,
            company: some(buyer.company),
            email: some(buyer.email),
            agreements: agreements.collect(),
        }
    }
}

impl From<sandbox::Registration> for Registration {
    fn from(registration: sandbox::Registration) -> Self {
        Self {
            agreement_id: registration.agreement_id,
            license_arn: registration.license_arn,
            registration_url: registration.registration_url,
            registration_token: registration.registration_token,
        }
    }
}

impl From<NewFault> for sandbox::Fault {
    fn from(fault: NewFault) -> Self {
        let mut new = Self {
            operation: fault.operation,
            times: fault.times.map(u64::from),
            ..Self::default()
        };
        let error = |name: &str| Some(name.to_owned());
        match fault.effect {
            FaultEffect::Throttle => new.error = error("ThrottlingException"),
            FaultEffect::ServerError => new.error = error("InternalServerException"),
            FaultEffect::Deny => new.error = error("AccessDeniedException"),
            FaultEffect::DisableRegion => new.error = error("DisabledApiException"),
            FaultEffect::ExpireCredentials => new.error = error("ExpiredTokenException"),
            FaultEffect::Delay => new.delay = fault.delay.or_else(|| error("2s")),
            FaultEffect::Drop => new.drop = true,
            FaultEffect::DropAfterAccepting => new.drop_after_accepting = true,
            FaultEffect::Html => new.body = error("html"),
            FaultEffect::Garbage => new.body = error("garbage"),
        }
        new
    }
}
