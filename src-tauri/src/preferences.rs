//! How the person likes the window: theme, saved views, columns. One JSON file, written whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use specta::Type;
use views::SortKey;

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Saved views kept.
pub(crate) const VIEWS_MAX: usize = 100;

/// Longest name of a saved view, in characters.
pub(crate) const VIEW_NAME_MAX: usize = 80;

/// How the person likes the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preferences {
    /// Light, dark, or as the system is.
    pub theme: Theme,
    /// Filters with a name.
    pub views: Vec<SavedView>,
    /// Columns of the grid, in order; those not named are as they come.
    pub columns: Vec<ColumnPreference>,
    /// The connection that was shown last; the sandbox when absent.
    #[serde(default)]
    pub connection: Option<String>,
    /// After how many minutes without anybody at it the window locks; never when 0. The page offers
    /// whole ones; whoever writes the file may want less than one.
    #[serde(default = "lock_after_minutes")]
    #[specta(type = u32)]
    pub lock_after_minutes: f64,
    /// Whether the keyring is locked with the window, so that the system asks for its password.
    #[serde(default)]
    pub lock_keyring: bool,
}

/// How long a window that nobody touches shows a seller's data, unless the person chose.
const fn lock_after_minutes() -> f64 {
    15.0
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            views: Vec::new(),
            columns: Vec::new(),
            connection: None,
            lock_after_minutes: lock_after_minutes(),
            lock_keyring: false,
        }
    }
}

/// The window's colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedView {
    /// What it is called.
    pub name: String,
    /// The filter's text.
    pub filter: String,
    /// What it is sorted by.
    pub sort: SortKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// A column of the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ColumnPreference {
    /// Which column.
    pub key: String,
    /// Its width in CSS pixels, when it was changed.
    pub width: Option<u32>,
    /// Whether it is shown.
    pub shown: bool,
}

/// The preferences in this folder. A file that cannot be read counts as none, since nothing in it
/// is worth keeping the window shut for; it is kept under another name when it is next written.
pub(crate) fn read(folder: &Path) -> Preferences {
    let file = file(folder);
    let length = fs::metadata(&file).map(|metadata| metadata.len());
    if length.is_ok_and(|length| length > FILE_BYTES_MAX) {
        tracing::warn!(file = %file.display(), "the preferences are too large to be ours");
        return Preferences::default();
    }
    match fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::warn!(%error, file = %file.display(), "the preferences cannot be read");
            Preferences::default()
        }),
        Err(_) => Preferences::default(),
    }
}

/// Writes the preferences to a new file, then puts it in place: a crash leaves the old ones.
pub(crate) fn write(folder: &Path, preferences: &Preferences) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = file(folder);
    let written = file.with_extension("json.new");
    if fs::read(&file).is_ok_and(|old| serde_json::from_slice::<Preferences>(&old).is_err()) {
        fs::rename(&file, file.with_extension("json.unreadable"))?;
    }
    fs::write(&written, serde_json::to_vec_pretty(preferences)?)?;
    fs::rename(&written, &file)
}

fn file(folder: &Path) -> PathBuf {
    folder.join("preferences.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_survive_a_restart_and_nonsense_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let preferences = Preferences {
            theme: Theme::Dark,
            views: vec![SavedView {
                name: "Renewals".into(),
                filter: "ends:<30d".into(),
                sort: SortKey::Ends,
                descending: false,
            }],
            connection: Some("acme".into()),
            ..Preferences::default()
        };
        write(folder.path(), &preferences).unwrap();
        assert_eq!(read(folder.path()), preferences);

        fs::write(file(folder.path()), "{ nonsense").unwrap();
        assert_eq!(read(folder.path()), Preferences::default());
        write(folder.path(), &preferences).unwrap();
        assert_eq!(read(folder.path()), preferences);
        assert!(folder.path().join("preferences.json.unreadable").exists());
    }
}
