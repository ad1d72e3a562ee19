//! How the person likes the window.

use views::{Code, Failure};

use super::Opened;
use crate::preferences::{self, Preferences, VIEW_NAME_MAX, VIEWS_MAX};

/// How the person likes the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preferences(session: Opened<'_>) -> Result<Preferences, Failure> {
    Ok(preferences::read(session.folders().config()))
}

/// Keeps how the person likes the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_preferences(
    session: Opened<'_>,
    preferences: Preferences,
) -> Result<(), Failure> {
    let too_long = |name: &str| name.trim().is_empty() || name.chars().count() > VIEW_NAME_MAX;
    if preferences.views.len() > VIEWS_MAX
        || preferences.views.iter().any(|view| too_long(&view.name))
    {
        let message =
            format!("at most {VIEWS_MAX} views, with names of 1 to {VIEW_NAME_MAX} characters");
        return Err(Failure::new(Code::Invalid, message, None));
    }
    preferences::write(session.folders().config(), &preferences).map_err(|error| {
        let hint = Some("Make the configuration folder writable for you.".to_owned());
        Failure::new(
            Code::DatabaseReadOnly,
            format!("the preferences cannot be kept: {error}"),
            hint,
        )
    })
}
