//! Ending agreements and links, and what is ending.

use app::ending;
use app::outbox::Carried;
use app::query::timeline;
use domain::{AgreementId, CancellationRequest, CancellationRequestId, PlanId};
use policy::Language;
use serde::Serialize;
use specta::Type;
use views::{
    CancellationRequestInfo, EndingPlanInfo, EndingsInfo, Failure, LinkRecordInfo, MomentInfo,
    OutboxEntryInfo,
};

use super::linking::target_kind;
use super::{Opened, blocking, failed, invalid, waiting};

/// What stands in the reason of a request to cancel, in AWS's words.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CancelReasons {
    /// AWS's words.
    pub codes: Vec<String>,
    /// Longest description, in characters.
    pub description_max: u32,
}

/// The reasons that AWS takes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_reasons() -> Result<CancelReasons, Failure> {
    Ok(CancelReasons {
        codes: ending::REASONS.map(str::to_owned).to_vec(),
        description_max: views::number(ending::cancel::DESCRIPTION_CHARS_MAX),
    })
}

/// Plans to ask a buyer to agree to a cancellation, and keeps the plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_cancel(
    session: Opened<'_>,
    agreement: String,
    reason: String,
    description: Option<String>,
) -> Result<EndingPlanInfo, Failure> {
    let connection = session.connection().await?;
    let id = AgreementId::parse(&agreement).map_err(invalid)?;
    let planned = connection.plan_cancel(&id, &reason, description.as_deref());
    let plan = planned.await.map_err(failed)?;
    Ok(EndingPlanInfo::of_cancel(&plan, Language::English))
}

/// Sends the request that was planned, once; nothing is told where it waits in the outbox.
#[tauri::command]
#[specta::specta]
pub(crate) async fn execute_cancel(
    session: Opened<'_>,
    plan: String,
    confirmed: String,
) -> Result<Option<CancellationRequestInfo>, Failure> {
    let connection = session.connection().await?;
    let id = PlanId::parse(&plan).map_err(invalid)?;
    let sent = connection.execute_cancel(&id, &confirmed).await;
    Ok(carried(&sent.map_err(failed)?))
}

/// Withdraws a request that the buyer has not answered; nothing is told where that waits in the outbox.
#[tauri::command]
#[specta::specta]
pub(crate) async fn withdraw_cancellation(
    session: Opened<'_>,
    request: String,
    reason: String,
) -> Result<Option<CancellationRequestInfo>, Failure> {
    let connection = session.connection().await?;
    let id = CancellationRequestId::parse(&request).map_err(invalid)?;
    let withdrawn = connection.withdraw_cancellation(&id, &reason).await;
    Ok(carried(&withdrawn.map_err(failed)?))
}

fn carried(carried: &Carried<CancellationRequest>) -> Option<CancellationRequestInfo> {
    match carried {
        Carried::Out(request) => Some(request.into()),
        Carried::Queued => None,
    }
}

/// What waits for the network, and what came back without being carried out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_outbox(session: Opened<'_>) -> Result<Vec<OutboxEntryInfo>, Failure> {
    let connection = session.connection().await?;
    waiting(move || {
        let entries = connection.outbox()?;
        Ok(entries.iter().map(OutboxEntryInfo::from).collect())
    })
    .await
}

/// Plans to take a link away, and keeps the plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_unlink(
    session: Opened<'_>,
    agreement: String,
    reason: String,
) -> Result<EndingPlanInfo, Failure> {
    let connection = session.connection().await?;
    let id = AgreementId::parse(&agreement).map_err(invalid)?;
    let planned = connection.plan_unlink(&id, &reason).await;
    let plan = planned.map_err(failed)?;
    Ok(EndingPlanInfo::of_unlink(&plan, Language::English))
}

/// Takes the link away that was planned to be.
#[tauri::command]
#[specta::specta]
pub(crate) async fn execute_unlink(
    session: Opened<'_>,
    plan: String,
    confirmed: String,
) -> Result<LinkRecordInfo, Failure> {
    let connection = session.connection().await?;
    let id = PlanId::parse(&plan).map_err(invalid)?;
    let done = connection.execute_unlink(&id, &confirmed).await;
    let record = done.map_err(failed)?;
    Ok((&record).into())
}

/// Everything that is ending.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_endings(session: Opened<'_>) -> Result<EndingsInfo, Failure> {
    let connection = session.connection().await?;
    waiting(move || {
        let endings = connection.endings()?;
        Ok(EndingsInfo::of(&endings, connection.clock().now()))
    })
    .await
}

/// What happened to an agreement's chain and is still to happen, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_timeline(
    session: Opened<'_>,
    agreement: String,
) -> Result<Vec<MomentInfo>, Failure> {
    let connection = session.connection().await?;
    let id = AgreementId::parse(&agreement).map_err(invalid)?;
    blocking(move || {
        let moments = timeline::timeline(connection.store(), &id)?;
        Ok(moments.iter().map(MomentInfo::from).collect())
    })
    .await
}

/// The same of what buyers are linked to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_target_timeline(
    session: Opened<'_>,
    kind: String,
    id: String,
) -> Result<Vec<MomentInfo>, Failure> {
    let connection = session.connection().await?;
    let kind = target_kind(&kind)?;
    blocking(move || {
        let moments = timeline::of_target(connection.store(), kind, &id)?;
        Ok(moments.iter().map(MomentInfo::from).collect())
    })
    .await
}
