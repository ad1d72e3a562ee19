//! Linking buyers.

use std::io::Read as _;

use app::link::{BuyerEntered, Codes, LinkForm, NewWorkspaceEntered};
use connection::Connection;
use domain::{LinkState, PlanId, Registration};
use policy::Language;
use views::{
    Code, ExecutedInfo, Failure, IdentifiedInfo, LinkDetail, LinkPlanInfo, LinkRecordInfo,
};
use zeroize::Zeroizing;

use super::words::{record_text, step_text, verdict_text, when};
use crate::args::{LinkCommand, PlanArgs};
use crate::output::{Fault, Output};

/// Longest text from standard input, in bytes.
const STDIN_BYTES_MAX: u64 = 64 * 1024 + 1;

pub(crate) async fn run(
    command: LinkCommand,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    match command {
        LinkCommand::Identify { text } => identify(&text, connection, output).await,
        LinkCommand::Plan(args) => plan(args, connection, output).await,
        LinkCommand::Execute {
            plan,
            code,
            resend,
            language,
            // Other plans' phrases say what ends; a link can be taken away again.
            confirm: _,
        } => {
            let codes = Codes {
                entered: code,
                again: resend,
                language,
                check_only: false,
            };
            execute(&plan, &codes, connection, output).await
        }
        LinkCommand::Withdraw { plan } => withdraw(&plan, connection, output).await,
        LinkCommand::List { plans: true, .. } => list_plans(connection, output),
        LinkCommand::List { state, .. } => list(&state, connection, output),
        LinkCommand::Bundle { agreement } => bundle(&agreement, connection, output),
        LinkCommand::Show { id } => show(&id, connection, output),
    }
}

async fn identify(text: &str, connection: &Connection, output: &Output) -> Result<(), Fault> {
    let text = given(text)?;
    let found = connection.identify_buyer(&text).await?;
    let (policies, now) = (connection.policies(), connection.clock().now());
    let view = IdentifiedInfo::of(&found, policies, Language::English, now);
    output.answer(&view, || {
        let mut lines = Vec::new();
        let masked = view.masked.as_deref().unwrap_or_default();
        lines.push(format!("{} {masked}", view.what).trim().to_owned());
        if let Some(row) = &view.agreement {
            lines.push(format!("Agreement {}  {}", row.id, row.listing));
        }
        if let Some(account) = &view.account {
            lines.push(format!("AWS account {account}"));
        }
        let candidates = view.candidates.iter();
        lines.extend(candidates.map(|row| format!("Agreement {}  {}", row.id, row.listing)));
        if let Some(link) = &view.link {
            lines.push(format!(
                "Linked to {} ({})",
                link.link.target_name, link.link.state
            ));
        }
        for advice in &view.advice {
            lines.push(advice.text.clone());
            lines.extend(advice.items.iter().map(|item| format!("  {item}")));
        }
        let suggestions = view.suggestions.iter();
        lines.extend(
            suggestions
                .map(|it| format!("Perhaps {}:{}  {}  {}", it.kind, it.id, it.name, it.reason)),
        );
        lines.join("\n")
    })
}

async fn plan(args: PlanArgs, connection: &Connection, output: &Output) -> Result<(), Fault> {
    let form = form(args)?;
    let request = form.check().map_err(app::Error::from)?;
    let plan = connection.plan_link(request).await?;
    let view = LinkPlanInfo::new(&plan, Language::English);
    output.answer(&view, || plan_text(&view))
}

fn form(args: PlanArgs) -> Result<LinkForm, Fault> {
    let buyer = match (args.token, args.agreement, args.license) {
        (Some(token), ..) => {
            let text = given(&token)?;
            if let Ok(Registration::Token(token)) = Registration::recognize(&text) {
                BuyerEntered::Token(token)
            } else {
                // Whatever is given for a token is one: only AWS knows which are good.
                let token = domain::RegistrationToken::parse(&text);
                let token = token.map_err(app::link::LinkError::Text);
                BuyerEntered::Token(token.map_err(app::Error::from)?)
            }
        }
        (_, Some(agreement), _) => BuyerEntered::Agreement(agreement),
        (_, _, Some(license)) => BuyerEntered::License(license),
        _ => BuyerEntered::Nothing,
    };
    let new = args.new_workspace.iter().map(|text| {
        let mut parts = text.splitn(3, ',').map(|part| part.trim().to_owned());
        NewWorkspaceEntered {
            name: parts.next().unwrap_or_default(),
            language: parts.next().unwrap_or_default(),
            site: parts.next().unwrap_or_default(),
        }
    });
    Ok(LinkForm {
        buyer,
        target: args.to,
        new_workspaces: new.collect(),
        workspaces: args.workspace,
        without_workspaces: args.without_workspace,
        member: args.member,
        answers: args.answers.into_iter().collect(),
        terms_accepted: args.accept_terms,
        overrides: args.overrides.into_iter().collect(),
    })
}

async fn execute(
    plan: &str,
    codes: &Codes,
    connection: &Connection,
    output: &Output,
) -> Result<(), Fault> {
    let id = PlanId::parse(plan).map_err(app::Error::from)?;
    let executed = connection.execute_link(&id, codes).await?;
    let words = connection.words_after(&executed);
    let view = ExecutedInfo::of(&executed, &words);
    output.answer(&view, || {
        let mut lines = vec![view.state.clone()];
        for code in &view.codes {
            let until = when(code.expires_at);
            lines.push(format!(
                "A code was sent to {}, good until {until}",
                code.address
            ));
        }
        if let Some(link) = &view.link {
            lines.push(record_text(link));
        }
        let said = view.confirmation.as_ref().or(view.waiting.as_ref());
        lines.extend(said.map(|words| words.en.clone()));
        lines.join("\n")
    })
}

async fn withdraw(plan: &str, connection: &Connection, output: &Output) -> Result<(), Fault> {
    let id = PlanId::parse(plan).map_err(app::Error::from)?;
    connection.withdraw_plan(&id).await?;
    let view = LinkPlanInfo::of(&connection.plan(&id)?, Language::English);
    output.answer(&view, || format!("{} is withdrawn", view.plan_id))
}

fn list(states: &[LinkState], connection: &Connection, output: &Output) -> Result<(), Fault> {
    let records = connection.links(states)?;
    let views: Vec<_> = records.iter().map(LinkRecordInfo::from).collect();
    output.answer(&views, || {
        let lines: Vec<String> = views.iter().map(record_text).collect();
        lines.join("\n")
    })
}

fn list_plans(connection: &Connection, output: &Output) -> Result<(), Fault> {
    let kept = connection.pending_plans()?;
    let kept = kept
        .iter()
        .map(|kept| LinkPlanInfo::of(kept, Language::English));
    let views: Vec<_> = kept.collect();
    output.answer(&views, || {
        let lines = views.iter().map(|plan| {
            let target = plan.target_id.as_deref().unwrap_or("(new)");
            format!(
                "{}  {}  {}:{target}",
                plan.plan_id, plan.agreement, plan.target_kind
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn show(id: &str, connection: &Connection, output: &Output) -> Result<(), Fault> {
    if let Ok(plan) = PlanId::parse(id) {
        let view = LinkPlanInfo::of(&connection.plan(&plan)?, Language::English);
        return output.answer(&view, || plan_text(&view));
    }
    let (history, words) = connection.link_of(id)?;
    let Some(view) = LinkDetail::of(&history, &words, Language::English) else {
        let message = format!("the agreement “{id}” has no link");
        let hint = "binderyctl link plan makes one.".to_owned();
        return Err(Failure::new(Code::NotFound, message, Some(hint)).into());
    };
    output.answer(&view, || {
        let mut lines = vec![record_text(&view.link)];
        let said = view.confirmation.as_ref().or(view.waiting.as_ref());
        lines.extend(said.map(|words| words.en.clone()));
        lines.extend(view.refusals.iter().map(verdict_text));
        let before = view.history.iter();
        lines.extend(before.map(|it| format!("before: {}", record_text(it))));
        lines.join("\n")
    })
}

fn bundle(agreement: &str, connection: &Connection, output: &Output) -> Result<(), Fault> {
    let bundle = app::support::bundle(connection.store(), connection.clock(), agreement)?;
    output.answer(&bundle, || {
        serde_json::to_string_pretty(&bundle).unwrap_or_default()
    })
}

fn plan_text(plan: &LinkPlanInfo) -> String {
    let mut lines = vec![format!("{}  {:?}", plan.plan_id, plan.outcome).to_lowercase()];
    lines.extend(plan.verdicts.iter().map(verdict_text));
    for advice in &plan.advice {
        lines.push(advice.text.clone());
        lines.extend(advice.items.iter().map(|item| format!("  {item}")));
        let bundle = format!("  binderyctl link bundle {}", plan.agreement);
        lines.extend(advice.support_bundle.then_some(bundle));
    }
    lines.extend(plan.steps.iter().map(step_text));
    lines.join("\n")
}

/// What was given, or what standard input has where that is asked for.
fn given(text: &str) -> Result<Zeroizing<String>, Fault> {
    if text != "-" {
        return Ok(Zeroizing::new(text.to_owned()));
    }
    let mut read = Zeroizing::new(String::new());
    let taken = std::io::stdin()
        .lock()
        .take(STDIN_BYTES_MAX)
        .read_to_string(&mut read);
    taken.map_err(|error| Fault::internal(&error))?;
    Ok(read)
}
