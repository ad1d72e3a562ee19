//! One window, one static page, one command: the page's word that it has been painted.

use std::env;
use std::fs;

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![painted])
        .run(tauri::generate_context!())
}

/// Answers whoever waits for the window the same way Bindery does: with a file.
#[tauri::command]
fn painted() -> Result<(), String> {
    match env::var_os("BINDERY_READY_FILE") {
        Some(path) => fs::write(path, "painted\n").map_err(|error| error.to_string()),
        None => Ok(()),
    }
}
