//! Files that are given on the command line.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use views::{Code, Failure};

use crate::output::Fault;

/// Reads a file no further than it may be long; one byte more shows that it is longer.
pub(super) fn read_bytes(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Fault> {
    let unreadable = |error| unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let mut bounded = file.take(bytes_max as u64 + 1);
    bounded.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Why a file cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    let code = match error.kind() {
        ErrorKind::NotFound => Code::NotFound,
        _ => Code::Invalid,
    };
    let message = format!("{} cannot be read: {error}", path.display());
    Failure::new(code, message, None).into()
}

/// A file's name without its folders.
pub(super) fn named(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
