//! Rows of a JSON document with a list per kind, and of JSON Lines with an object each.

use domain::EntryKind;
use serde_json::{Map, Value};

use super::raw::{Raw, RawRow, meant, plain};
use super::{BadRow, Found, ROWS_MAX, kinds_said};

/// The document's lists, by kind.
const LISTS: [(EntryKind, &str); 5] = [
    (EntryKind::BillingAccount, "billingAccounts"),
    (EntryKind::Organization, "organizations"),
    (EntryKind::Member, "members"),
    (EntryKind::Workspace, "workspaces"),
    (EntryKind::Deployment, "deployments"),
];

pub(super) fn read_document(text: &str) -> Result<Found, BadRow> {
    let parsed: Value = serde_json::from_str(text).map_err(|error| broken(&error, 0))?;
    let Value::Object(document) = parsed else {
        return Err(BadRow::of_file(1, "must be an object with a list per kind"));
    };
    let lists = lines_of_rows(text);
    // What was said twice would otherwise be lost: of two equal names only the last one is kept.
    if lists.len() != document.values().filter(|value| value.is_array()).count() {
        return Err(BadRow::of_file(1, "every list must be there once"));
    }
    let mut lines = lists.into_iter().flatten();
    if let Some(line) = lines.clone().nth(ROWS_MAX) {
        return Err(BadRow::of_file(line, format!("more than {ROWS_MAX} rows")));
    }
    let mut found = Found::default();
    for (name, list) in document {
        let Some((kind, _)) = LISTS.iter().find(|(_, known)| plain(known) == plain(&name)) else {
            let meant = meant(&name, LISTS.map(|(_, known)| known));
            return Err(BadRow::of_field(
                1,
                &name,
                format!("is no list of the directory{meant}"),
            ));
        };
        let Value::Array(list) = list else {
            return Err(BadRow::of_field(1, &name, "must be a list"));
        };
        for (value, line) in list.into_iter().zip(&mut lines) {
            match value {
                Value::Object(object) => found.rows.push(RawRow {
                    kind: *kind,
                    line,
                    cells: cells(object),
                }),
                _ => found.bad.push(BadRow::of_file(line, "must be an object")),
            }
        }
    }
    Ok(found)
}

pub(super) fn read_lines(text: &str, kind: Option<EntryKind>) -> Result<Found, BadRow> {
    let mut found = Found::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if found.rows.len() + found.bad.len() >= ROWS_MAX {
            return Err(BadRow::of_file(
                index + 1,
                format!("more than {ROWS_MAX} rows"),
            ));
        }
        match line_row(line, kind, index) {
            Ok(row) => found.rows.push(row),
            Err(bad) => found.bad.push(bad),
        }
    }
    Ok(found)
}

fn line_row(text: &str, kind: Option<EntryKind>, index: usize) -> Result<RawRow, BadRow> {
    let line = index + 1;
    let parsed: Value = serde_json::from_str(text).map_err(|error| broken(&error, index))?;
    let Value::Object(mut object) = parsed else {
        return Err(BadRow::of_file(line, "must be an object"));
    };
    let kind = match (kind, object.shift_remove("kind")) {
        (Some(kind), None) => kind,
        (Some(_), Some(_)) => {
            let reason = "is told by the line itself, and cannot be chosen for it";
            return Err(BadRow::of_field(line, "kind", reason));
        }
        (None, word) => word
            .as_ref()
            .and_then(Value::as_str)
            .and_then(EntryKind::from_word)
            .ok_or_else(|| {
                BadRow::of_field(line, "kind", format!("must be one of {}", kinds_said()))
            })?,
    };
    let cells = cells(object);
    Ok(RawRow { kind, line, cells })
}

fn cells(object: Map<String, Value>) -> Vec<(String, Raw)> {
    let raw = |value| match value {
        Value::Null => Raw::None,
        Value::Bool(truth) => Raw::Bool(truth),
        Value::Number(number) => Raw::Number(number.to_string()),
        Value::String(text) => Raw::Text(text),
        Value::Array(_) | Value::Object(_) => Raw::Nested,
    };
    let cells = object.into_iter();
    cells.map(|(name, value)| (name, raw(value))).collect()
}

/// The line on which each element of each list of a sound document starts, list by list. Parsed
/// values do not say where they were.
fn lines_of_rows(text: &str) -> Vec<Vec<usize>> {
    let (mut lists, mut line) = (Vec::<Vec<usize>>::new(), 1);
    let (mut depth, mut in_list, mut wanted) = (0_usize, false, false);
    let (mut in_text, mut escaped) = (false, false);
    for byte in text.bytes() {
        line += usize::from(byte == b'\n');
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        if wanted && !byte.is_ascii_whitespace() {
            wanted = false;
            if byte != b']'
                && let Some(list) = lists.last_mut()
            {
                list.push(line);
            }
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => {
                depth += 1;
                if depth == 2 {
                    in_list = byte == b'[';
                    wanted = in_list;
                    lists.extend(in_list.then(Vec::new));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => wanted = depth == 2 && in_list,
            _ => {}
        }
    }
    lists
}

fn broken(error: &serde_json::Error, lines_before: usize) -> BadRow {
    let said = error.to_string();
    let reason = said.split(" at line ").next().unwrap_or(&said);
    let column = error.column();
    BadRow::of_file(
        error.line() + lines_before,
        format!("{reason} (column {column})"),
    )
}
