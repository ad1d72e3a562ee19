//! Correcting the directory by hand.

use app::directory::correct::{Field, FieldValue};
use serde::Serialize;
use specta::Type;

use crate::Knowable;

/// One field of a thing of the directory, as it is mirrored now.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryField {
    /// Its name, as files have it.
    pub name: String,
    /// What is known of it.
    pub value: Knowable,
    /// Whether it may be said to be none; elsewhere it is told, or not.
    pub may_be_none: bool,
    /// Whether it must be told.
    pub needed: bool,
    /// Whether it tells the thing from others, and stays.
    pub fixed: bool,
    /// Whether it is `true` or `false`.
    pub truth: bool,
}

impl From<&Field> for DirectoryField {
    fn from(it: &Field) -> Self {
        let (known, value) = match &it.value {
            FieldValue::NotTold => (false, None),
            FieldValue::None => (true, None),
            FieldValue::Is(text) => (true, Some(text.clone())),
        };
        Self {
            name: it.name.to_owned(),
            value: Knowable { known, value },
            may_be_none: it.may_be_none,
            needed: it.needed,
            fixed: it.fixed,
            truth: it.truth,
        }
    }
}
