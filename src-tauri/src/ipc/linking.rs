//! Linking buyers.

use std::collections::BTreeMap;

use app::link::{self, BuyerEntered, Codes, LinkForm, NewWorkspaceEntered};
use domain::{DirectoryId, PlanId, TargetKind};
use policy::Language;
use serde::Deserialize;
use specta::Type;
use views::{
    Code, ExecutedInfo, Failure, IdentifiedInfo, LinkDetail, LinkPlanInfo, TargetOption,
    TargetPartsInfo,
};

use super::{Opened, blocking, failed, invalid, waiting};

/// What was entered to link a buyer.
#[derive(Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkWish {
    /// What stands for a token that was resolved before.
    pub registration: Option<String>,
    /// Without one: the agreement's id.
    pub agreement: Option<String>,
    /// `organization:ID`, `new-organization:NAME`, `billing-account:USER` or `new-billing-account:USER`.
    pub target: String,
    /// Ids of workspaces to bind.
    pub workspaces: Vec<String>,
    /// Ids of workspaces to take from the link.
    pub without_workspaces: Vec<String>,
    /// Workspaces to make.
    pub new_workspaces: Vec<WorkspaceWish>,
    /// Address of the person for whom the link is made.
    pub member: Option<String>,
    /// Answers by attribute.
    pub answers: BTreeMap<String, String>,
    /// Whether the buyer agreed to the vendor's terms.
    pub terms_accepted: bool,
    /// Rules to go on in spite of, with the reason.
    pub overrides: BTreeMap<String, String>,
}

/// A workspace to make.
#[derive(Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkspaceWish {
    pub name: String,
    pub language: String,
    pub site: String,
}

/// Codes that a person enters or asks for.
#[derive(Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodesEntered {
    /// Codes that were read out of mails.
    pub entered: Vec<String>,
    /// Whether to send another one.
    pub again: bool,
    /// `en`, `ko` or `zh`: the language of the mail.
    pub language: Option<String>,
    /// Whether to stop once the codes are checked, before anything is linked.
    pub check_only: bool,
}

impl From<LinkWish> for LinkForm {
    fn from(wish: LinkWish) -> Self {
        let resolved = wish.registration.as_deref().map(views::registration);
        let buyer = match (resolved, wish.agreement) {
            (Some(Some(hash)), _) => BuyerEntered::Resolved(hash),
            (_, Some(agreement)) => BuyerEntered::Agreement(agreement),
            _ => BuyerEntered::Nothing,
        };
        let new = wish.new_workspaces.into_iter();
        Self {
            buyer,
            target: wish.target,
            workspaces: wish.workspaces,
            without_workspaces: wish.without_workspaces,
            new_workspaces: new
                .map(|it| NewWorkspaceEntered {
                    name: it.name,
                    language: it.language,
                    site: it.site,
                })
                .collect(),
            member: wish.member,
            answers: wish.answers,
            terms_accepted: wish.terms_accepted,
            overrides: wish.overrides,
        }
    }
}

/// What a text is that a buyer brought, and whose.
#[tauri::command]
#[specta::specta]
pub(crate) async fn identify_buyer(
    session: Opened<'_>,
    text: String,
) -> Result<IdentifiedInfo, Failure> {
    let connection = session.connection().await?;
    let found = connection.identify_buyer(&text).await.map_err(failed)?;
    let (policies, now) = (connection.policies(), connection.clock().now());
    Ok(IdentifiedInfo::of(&found, policies, Language::English, now))
}

/// Targets that a text is in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_targets(
    session: Opened<'_>,
    kind: String,
    text: String,
) -> Result<Vec<TargetOption>, Failure> {
    let connection = session.connection().await?;
    let kind = target_kind(&kind)?;
    blocking(move || {
        let found = link::targets(connection.store(), kind, &text)?;
        Ok(found.into_iter().map(TargetOption::from).collect())
    })
    .await
}

/// The people and workspaces of a target.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_target(
    session: Opened<'_>,
    kind: String,
    id: String,
) -> Result<TargetPartsInfo, Failure> {
    let connection = session.connection().await?;
    let kind = target_kind(&kind)?;
    blocking(move || {
        let id = DirectoryId::parse(&id)?;
        let parts = link::parts_of(connection.store(), kind, &id)?;
        Ok(TargetPartsInfo::from(parts))
    })
    .await
}

/// Plans a link, and keeps the plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_link(
    session: Opened<'_>,
    wish: LinkWish,
) -> Result<LinkPlanInfo, Failure> {
    let connection = session.connection().await?;
    let request = LinkForm::from(wish).check().map_err(invalid)?;
    let plan = connection.plan_link(request).await.map_err(failed)?;
    Ok(LinkPlanInfo::new(&plan, Language::English))
}

/// A plan that was kept, with what became of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_plan(session: Opened<'_>, plan: String) -> Result<LinkPlanInfo, Failure> {
    let connection = session.connection().await?;
    let id = PlanId::parse(&plan).map_err(invalid)?;
    waiting(move || {
        let kept = connection.plan(&id)?;
        Ok(LinkPlanInfo::of(&kept, Language::English))
    })
    .await
}

/// Plans that can still be carried out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pending_plans(session: Opened<'_>) -> Result<Vec<LinkPlanInfo>, Failure> {
    let connection = session.connection().await?;
    waiting(move || {
        let kept = connection.pending_plans()?;
        let pictures = kept
            .iter()
            .map(|kept| LinkPlanInfo::of(kept, Language::English));
        Ok(pictures.collect())
    })
    .await
}

/// Carries a plan out, as far as it goes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn execute_link(
    session: Opened<'_>,
    plan: String,
    codes: CodesEntered,
) -> Result<ExecutedInfo, Failure> {
    let connection = session.connection().await?;
    let id = PlanId::parse(&plan).map_err(invalid)?;
    let codes = Codes {
        entered: codes.entered,
        again: codes.again,
        language: codes.language.as_deref().and_then(Language::from_code),
        check_only: codes.check_only,
    };
    let executed = connection.execute_link(&id, &codes).await;
    let executed = executed.map_err(failed)?;
    let words = connection.words_after(&executed);
    Ok(ExecutedInfo::of(&executed, &words))
}

/// Takes a plan back that has not been carried out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn withdraw_plan(session: Opened<'_>, plan: String) -> Result<(), Failure> {
    let connection = session.connection().await?;
    let id = PlanId::parse(&plan).map_err(invalid)?;
    connection.withdraw_plan(&id).await.map_err(failed)
}

/// The link of an agreement's chain; nothing when it never had one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_link(
    session: Opened<'_>,
    agreement: String,
) -> Result<Option<LinkDetail>, Failure> {
    let connection = session.connection().await?;
    waiting(move || {
        let (history, words) = connection.link_of(&agreement)?;
        Ok(LinkDetail::of(&history, &words, Language::English))
    })
    .await
}

/// What support needs to know of a case that no rule explains, as JSON text; names are taken out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn support_bundle(
    session: Opened<'_>,
    agreement: String,
) -> Result<String, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let bundle = app::support::bundle(connection.store(), connection.clock(), &agreement)?;
        Ok(serde_json::to_string_pretty(&bundle)?)
    })
    .await
}

pub(super) fn target_kind(word: &str) -> Result<TargetKind, Failure> {
    TargetKind::from_word(word).ok_or_else(|| {
        let message = format!("there is no kind of target “{word}”");
        Failure::new(Code::Invalid, message, None)
    })
}
