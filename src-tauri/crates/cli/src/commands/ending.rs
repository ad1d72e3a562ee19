//! Ending agreements and links, what is ending, and what waits to be sent.

use app::outbox::Carried;
use connection::Connection;
use domain::{AgreementId, CancellationRequest, CancellationRequestId, PlanId};
use policy::Language;
use views::{
    CancellationRequestInfo, DueEffectInfo, EndingPlanInfo, EndingsInfo, LastUsageInfo,
    LinkRecordInfo, OutboxEntryInfo, UnansweredInfo,
};

use super::words::{record_text, step_text, verdict_text, when};
use crate::args::{CancelCommand, EndingsCommand, OutboxCommand, UnlinkCommand};
use crate::output::{Fault, Output};

pub(crate) async fn cancel(
    command: CancelCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        CancelCommand::Plan {
            agreement,
            reason_code,
            description,
        } => {
            let id = AgreementId::parse(&agreement).map_err(app::Error::from)?;
            let plan = connection
                .plan_cancel(&id, &reason_code, description.as_deref())
                .await?;
            let view = EndingPlanInfo::of_cancel(&plan, Language::English);
            output.answer(&view, || plan_text(&view))
        }
        CancelCommand::Execute { plan, confirm } => {
            let id = PlanId::parse(&plan).map_err(app::Error::from)?;
            let carried = connection.execute_cancel(&id, &confirm).await?;
            answer_carried(&carried, connection, output)
        }
        CancelCommand::Withdraw { request, reason } => {
            let id = CancellationRequestId::parse(&request).map_err(app::Error::from)?;
            let carried = connection.withdraw_cancellation(&id, &reason).await?;
            answer_carried(&carried, connection, output)
        }
    }
}

pub(crate) async fn unlink(
    command: UnlinkCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        UnlinkCommand::Plan { agreement, reason } => {
            let id = AgreementId::parse(&agreement).map_err(app::Error::from)?;
            let plan = connection.plan_unlink(&id, &reason).await?;
            let view = EndingPlanInfo::of_unlink(&plan, Language::English);
            output.answer(&view, || plan_text(&view))
        }
        UnlinkCommand::Execute { plan, confirm } => {
            let id = PlanId::parse(&plan).map_err(app::Error::from)?;
            let record = connection.execute_unlink(&id, &confirm).await?;
            let view = LinkRecordInfo::from(&record);
            output.answer(&view, || record_text(&view))
        }
    }
}

pub(crate) fn endings(
    command: &EndingsCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    let EndingsCommand::List = command;
    let view = EndingsInfo::of(&connection.endings()?, connection.clock().now());
    output.answer(&view, || {
        let unanswered = view.unanswered.iter().map(unanswered_text);
        let requests = view.requests.iter().map(request_text);
        let links = view.links.iter().map(record_text);
        let due = view.due.iter().map(due_text);
        let usage = view.last_usage.iter().map(usage_text);
        let settled = view.settled.iter().map(settled_text);
        unanswered
            .chain(requests)
            .chain(links)
            .chain(due)
            .chain(usage)
            .chain(settled)
            .collect::<Vec<_>>()
            .join("\n")
    })
}

pub(crate) async fn outbox(
    command: OutboxCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        OutboxCommand::List => {}
        OutboxCommand::Withdraw { plan } => {
            let id = PlanId::parse(&plan).map_err(app::Error::from)?;
            connection.withdraw_plan(&id).await?;
        }
        OutboxCommand::Send => connection.settle().await?,
    }
    answer_outbox(connection, output)
}

fn answer_outbox(connection: &Connection, output: &Output) -> Result<(), Fault> {
    let entries = connection.outbox()?;
    let views: Vec<_> = entries.iter().map(OutboxEntryInfo::from).collect();
    output.answer(&views, || {
        let lines = views.iter().map(outbox_text);
        lines.collect::<Vec<_>>().join("\n")
    })
}

/// The request as it stands, or the outbox that it waits in.
fn answer_carried(
    carried: &Carried<CancellationRequest>,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match carried {
        Carried::Out(request) => {
            let view = CancellationRequestInfo::from(request);
            output.answer(&view, || request_text(&view))
        }
        Carried::Queued => answer_outbox(connection, output),
    }
}

fn outbox_text(entry: &OutboxEntryInfo) -> String {
    let at = when(entry.made_at);
    let stands = entry.returned.as_ref().map_or_else(
        || "waits for the network".to_owned(),
        |returned| format!("came back: {}", returned.why),
    );
    format!(
        "{}  {} {}  planned {at}  {stands}",
        entry.plan_id, entry.kind, entry.agreement
    )
}

fn request_text(request: &CancellationRequestInfo) -> String {
    let until = if request.status == "PENDING_APPROVAL" {
        format!("  consent by silence {}", when(request.consent_at))
    } else {
        String::new()
    };
    format!(
        "{}  {}  {}  {}{until}",
        request.id, request.agreement, request.status, request.reason
    )
}

fn due_text(effect: &DueEffectInfo) -> String {
    let name = effect.name.as_deref().unwrap_or(&effect.thing);
    format!(
        "{}  {} {} {name} of {}:{}",
        when(effect.due_at),
        effect.kind,
        effect.what,
        effect.target_kind,
        effect.target_id
    )
}

fn unanswered_text(sent: &UnansweredInfo) -> String {
    let at = when(sent.sent_at);
    format!(
        "{at}  {}  sent, and AWS did not say; being found out",
        sent.agreement
    )
}

fn usage_text(usage: &LastUsageInfo) -> String {
    let (until, licenses) = (when(usage.until), usage.licenses.join(" "));
    format!(
        "{until}  {}  last usage can be sent until then: {licenses}",
        usage.agreement
    )
}

fn settled_text(effect: &DueEffectInfo) -> String {
    let because = effect
        .reason
        .as_ref()
        .map(|why| format!(" ({why})"))
        .unwrap_or_default();
    format!("{}  {}{because}", due_text(effect), effect.state)
}

fn plan_text(plan: &EndingPlanInfo) -> String {
    let outcome = format!("{:?}", plan.outcome).to_lowercase();
    let mut lines = vec![format!("{}  {outcome}", plan.plan_id)];
    lines.extend(plan.verdicts.iter().map(verdict_text));
    lines.extend(plan.steps.iter().map(step_text));
    lines.push(format!("To go on: --confirm \"{}\"", plan.phrase));
    lines.join("\n")
}
