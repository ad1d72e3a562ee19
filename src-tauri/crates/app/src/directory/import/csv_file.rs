//! Rows of a CSV file: one kind for all of them, or a column that names it.

use csv::{ByteRecord, ReaderBuilder};
use domain::EntryKind;

use super::raw::{Raw, RawRow, fields, meant, plain};
use super::{BadRow, Found, ROWS_MAX, kinds_said};

/// What stands in a cell for what there is none of. An empty cell is not known.
const NONE: &str = "-";

pub(super) fn read(text: &str, kind: Option<EntryKind>) -> Result<Found, BadRow> {
    // Rows with too few or too many cells are told one by one, and do not end the file.
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.byte_headers().map_err(|error| broken(&error))?;
    let header: Vec<String> = header.iter().map(trimmed).collect();
    let kind_column = header.iter().position(|name| plain(name) == "kind");
    check_header(&header, kind, kind_column)?;
    let mut found = Found::default();
    let mut record = ByteRecord::new();
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| broken(&error))?
    {
        let line = record.position().map_or(0, csv::Position::line);
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        if found.rows.len() + found.bad.len() >= ROWS_MAX {
            return Err(BadRow::of_file(line, format!("more than {ROWS_MAX} rows")));
        }
        match row(&record, &header, kind, kind_column, line) {
            Ok(row) => found.rows.push(row),
            Err(bad) => found.bad.push(bad),
        }
    }
    Ok(found)
}

/// A column that nothing has would be ignored in every row, so the whole file is refused.
fn check_header(
    header: &[String],
    kind: Option<EntryKind>,
    kind_column: Option<usize>,
) -> Result<(), BadRow> {
    let refuse = |field: &str, reason: String| Err(BadRow::of_field(1, field, reason));
    match (kind, kind_column) {
        (Some(_), Some(_)) => {
            return refuse(
                "kind",
                "is told by the file itself, and cannot be chosen for it".to_owned(),
            );
        }
        (None, None) => {
            let reason = format!(
                "is needed as a column, unless one is chosen for all rows: {}",
                kinds_said()
            );
            return refuse("kind", reason);
        }
        _ => {}
    }
    let kinds = kind.map_or(EntryKind::ALL.to_vec(), |kind| vec![kind]);
    let mut known: Vec<&str> = kinds.into_iter().flat_map(fields).copied().collect();
    known.sort_unstable();
    known.dedup();
    for (position, name) in header.iter().enumerate() {
        let same = |other: &str| plain(other) == plain(name);
        if Some(position) != kind_column && !known.iter().any(|field| same(field)) {
            let meant = meant(name, known.iter().copied());
            return refuse(name, format!("is an unknown column{meant}"));
        }
        if header[..position].iter().any(|other| same(other)) {
            return refuse(name, "is there twice".to_owned());
        }
    }
    Ok(())
}

fn row(
    record: &ByteRecord,
    header: &[String],
    kind: Option<EntryKind>,
    kind_column: Option<usize>,
    line: usize,
) -> Result<RawRow, BadRow> {
    if record.len() != header.len() {
        let reason = format!("{} cells under {} columns", record.len(), header.len());
        return Err(BadRow::of_file(line, reason));
    }
    let word = kind_column
        .and_then(|column| record.get(column))
        .map(trimmed);
    let kind = match (kind, word) {
        (Some(kind), _) => Some(kind),
        (None, word) => EntryKind::from_word(&word.unwrap_or_default()),
    };
    let kind = kind.ok_or_else(|| {
        BadRow::of_field(line, "kind", format!("must be one of {}", kinds_said()))
    })?;
    let mut cells = Vec::new();
    for (position, (name, value)) in header.iter().zip(record).enumerate() {
        let value = trimmed(value);
        if Some(position) == kind_column || value.is_empty() {
            continue;
        }
        let raw = if value == NONE {
            Raw::None
        } else {
            Raw::Text(value)
        };
        cells.push((name.clone(), raw));
    }
    Ok(RawRow { kind, line, cells })
}

/// The file is UTF-8 as a whole, so every cell is.
fn trimmed(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).trim().to_owned()
}

fn broken(error: &csv::Error) -> BadRow {
    let line = error.position().map_or(1, csv::Position::line);
    BadRow::of_file(
        usize::try_from(line).unwrap_or(usize::MAX),
        error.to_string(),
    )
}
