//! Correcting the directory by hand.

use app::directory::correct::{Field, FieldKind, FieldValue};
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
    /// What may be said of it.
    pub kind: FieldKindInfo,
}

/// What may be said of a field.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "the meanings stand at app::directory::correct::FieldKind"
)]
pub enum FieldKindInfo {
    Key,
    Needed,
    Told,
    Known,
    Truth,
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
            kind: match it.kind {
                FieldKind::Key => FieldKindInfo::Key,
                FieldKind::Needed => FieldKindInfo::Needed,
                FieldKind::Told => FieldKindInfo::Told,
                FieldKind::Known => FieldKindInfo::Known,
                FieldKind::Truth => FieldKindInfo::Truth,
            },
        }
    }
}
