//! The vendor's directory: its lists, what is in them, and taking a file in.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use app::Action;
use app::directory::correct::{self, Correction, FieldValue};
use app::directory::import::{OnBadRows, Plan};
use app::directory::{self, import};
use connection::OpenError;
use serde::{Deserialize, Serialize};
use specta::Type;
use store::Store;
use store::table::directory::SortBy;
use tauri::AppHandle;
use tauri_specta::Event;
use views::{
    BillingAccountDetail, BillingAccountsList, DirectoryField, EntryKind, Failure, ImportReport,
    OrganizationDetail, OrganizationSort, OrganizationsList, number,
};

use super::{Opened, blocking, decoded, waiting};
use crate::announce;

/// How far an import is, is told at most once in this time.
const TOLD_EVERY: Duration = Duration::from_millis(120);

/// Which organizations, in which order, from where to where.
#[derive(Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganizationsQuery {
    /// Part of an id, a name, a member's e-mail address or a billing account.
    pub search: String,
    /// Sorted by.
    pub sort: OrganizationSort,
    /// Greatest first.
    pub descending: bool,
    /// Place of the first row.
    pub offset: u32,
    /// Rows at most.
    pub limit: u32,
}

/// Which billing accounts, from where to where.
#[derive(Debug, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BillingAccountsQuery {
    /// Part of a user name, an e-mail address or a company.
    pub search: String,
    /// Place of the first row.
    pub offset: u32,
    /// Rows at most.
    pub limit: u32,
}

/// A file that the page has read.
#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportFile {
    /// Its name.
    name: String,
    /// What its rows are of, where it does not say so itself.
    kind: Option<EntryKind>,
    /// Its bytes in Base64, so that what is no text arrives as it is.
    content: String,
}

/// How far the running import is.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct ImportProgressed {
    /// Rows that are in.
    pub done: u32,
    /// Rows that there are.
    pub total: u32,
}

/// A window over the organizations that match, in the chosen order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_organizations(
    session: Opened<'_>,
    query: OrganizationsQuery,
) -> Result<OrganizationsList, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let sort = SortBy {
            key: query.sort.into(),
            descending: query.descending,
        };
        let (offset, limit) = (query.offset as usize, query.limit as usize);
        let store = connection.store();
        let page = directory::organizations(store, &query.search, sort, offset, limit)?;
        Ok(OrganizationsList::of(&page))
    })
    .await
}

/// A window over the billing accounts that match, by user name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_billing_accounts(
    session: Opened<'_>,
    query: BillingAccountsQuery,
) -> Result<BillingAccountsList, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let (offset, limit) = (query.offset as usize, query.limit as usize);
        let store = connection.store();
        let page = directory::billing_accounts(store, &query.search, offset, limit)?;
        Ok(BillingAccountsList::of(&page))
    })
    .await
}

/// Everything known about one organization.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_organization(
    session: Opened<'_>,
    id: String,
) -> Result<OrganizationDetail, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let found = directory::organization(connection.store(), &id)?;
        Ok(OrganizationDetail::of(&found))
    })
    .await
}

/// Everything known about one billing account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_billing_account(
    session: Opened<'_>,
    user_name: String,
) -> Result<BillingAccountDetail, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let found = directory::billing_account(connection.store(), &user_name)?;
        Ok(BillingAccountDetail::of(&found))
    })
    .await
}

/// Every field of one thing, to correct it by.
#[tauri::command]
#[specta::specta]
pub(crate) async fn directory_fields(
    session: Opened<'_>,
    kind: EntryKind,
    key: String,
) -> Result<Vec<DirectoryField>, Failure> {
    let connection = session.connection().await?;
    blocking(move || {
        let fields = correct::fields(connection.store(), kind.into(), &key)?;
        Ok(fields.iter().map(DirectoryField::from).collect())
    })
    .await
}

/// What a person says instead of what is mirrored of one field.
#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldEntered {
    /// Its name, as files have it.
    name: String,
    /// Whether it is known.
    known: bool,
    /// What it is; absent where there is none.
    value: Option<String>,
}

/// Corrects one thing by hand. Tells how many of its fields were changed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn correct_directory(
    session: Opened<'_>,
    kind: EntryKind,
    key: String,
    fields: Vec<FieldEntered>,
    reason: String,
) -> Result<u32, Failure> {
    let connection = session.connection().await?;
    let fields = fields.into_iter().map(|field| {
        let value = match (field.known, field.value) {
            (false, _) => FieldValue::NotTold,
            (true, None) => FieldValue::None,
            (true, Some(text)) => FieldValue::Is(text),
        };
        (field.name, value)
    });
    let correction = Correction {
        kind: kind.into(),
        key,
        fields: fields.collect(),
        reason,
    };
    waiting(move || Ok(number(connection.correct(&correction)?.len()))).await
}

/// What taking a file in would do. Changes nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_import(
    session: Opened<'_>,
    file: ImportFile,
) -> Result<ImportReport, Failure> {
    let connection = session.connection().await?;
    let bytes = decoded(&file.content)?;
    blocking(move || {
        let plan = file.plan(connection.store(), &bytes)?;
        Ok(ImportReport::of_plan(&plan))
    })
    .await
}

/// Takes a file in, without its bad rows if those are to be skipped. They are no others than the
/// plan told: nothing that a row may refer to ever leaves the directory.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_import(
    app: AppHandle,
    session: Opened<'_>,
    file: ImportFile,
    skip_bad: bool,
) -> Result<ImportReport, Failure> {
    let connection = session.connection().await?;
    let bytes = decoded(&file.content)?;
    let stop = session.begin_import();
    let on_bad = OnBadRows::skip(skip_bad);
    waiting(move || {
        connection.permit(Action::EditDirectory)?;
        let plan = file.plan(connection.store(), &bytes)?;
        let mut told: Option<Instant> = None;
        let heard = |done, total| {
            if told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
                told = Some(Instant::now());
                let (done, total) = (number(done), number(total));
                announce::emit(&app, &ImportProgressed { done, total });
            }
            if stop.is_cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let done = connection.import(&plan, on_bad, heard)?;
        Ok::<_, OpenError>(ImportReport::of_done(&plan, &done))
    })
    .await
}

/// Stops the running import, if any. What it took in stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_import(session: Opened<'_>) -> Result<(), Failure> {
    session.stop_import();
    Ok(())
}

impl ImportFile {
    fn plan(&self, store: &Store, bytes: &[u8]) -> Result<Plan, app::Error> {
        import::plan(store, &self.name, bytes, self.kind.map(Into::into))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn said(name: &str, bytes: &[u8], kind: Option<EntryKind>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
        let file = ImportFile {
            name: name.to_owned(),
            kind,
            content: STANDARD.encode(bytes),
        };
        match file.plan(&store, &decoded(&file.content).unwrap()) {
            Ok(plan) => {
                let report = ImportReport::of_plan(&plan);
                format!(
                    "{} good kinds, {} bad rows",
                    report.kinds.len(),
                    report.left_out
                )
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_file_arrives_as_the_bytes_it_has() {
        let text = "kind,id,name\norganization,a,볼트 & Größe\norganization,b,\n";
        assert_eq!(
            said("crm.csv", text.as_bytes(), None),
            "1 good kinds, 1 bad rows"
        );
        let plain = "id,name\na,A\n".as_bytes();
        let kind = Some(EntryKind::Organization);
        assert_eq!(said("crm.csv", plain, kind), "1 good kinds, 0 bad rows");
        for (name, bytes, why) in [
            (
                "crm.csv",
                &b"kind,id,name\norganization,a,\xc4rger\n"[..],
                "line 2: the file is no text in UTF-8",
            ),
            ("crm.csv", &b""[..], "kind is needed as a column"),
            ("crm.xlsx", &b"PK"[..], "must end in .csv"),
        ] {
            let told = said(name, bytes, None);
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn what_is_no_base64_is_a_failure_and_no_empty_file() {
        let file = ImportFile {
            name: "crm.csv".to_owned(),
            kind: None,
            content: "%%%".to_owned(),
        };
        assert_eq!(
            decoded(&file.content).unwrap_err().code,
            views::Code::Internal
        );
    }
}
