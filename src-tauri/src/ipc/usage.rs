//! Usage that is still to be billed.

use serde::Deserialize;
use specta::Type;
use views::{Failure, UsageCheckInfo, UsageSentInfo};

use super::{Opened, decoded, failed, waiting};

/// Usage that the page has read from a file, or that a person entered, as JSON.
#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageInput {
    /// The file's name, which tells how to read it.
    name: String,
    /// Its bytes in Base64, so that what is no text arrives as it is.
    content: String,
}

/// Holds usage against every rule of AWS's. Changes nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_usage(
    session: Opened<'_>,
    usage: UsageInput,
) -> Result<UsageCheckInfo, Failure> {
    let connection = session.connection().await?;
    let bytes = decoded(&usage.content)?;
    waiting(move || {
        let checked = connection.check_usage(&usage.name, &bytes)?;
        Ok(UsageCheckInfo::from(&checked))
    })
    .await
}

/// Sends usage to be billed, unless anything is wrong with it. What was sent before is left out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_usage(
    session: Opened<'_>,
    usage: UsageInput,
) -> Result<UsageSentInfo, Failure> {
    let connection = session.connection().await?;
    let bytes = decoded(&usage.content)?;
    let sent = connection.send_usage(&usage.name, &bytes).await;
    Ok(UsageSentInfo::from(&sent.map_err(failed)?))
}
