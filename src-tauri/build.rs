//! Embeds the page and declares what it may call.

use std::fs;
use std::io;
use std::path::Path;

use tauri_build::{AppManifest, Attributes};

include!("src/ipc/names.rs");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    put_placeholder_page()?;
    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes)?;
    move_generated()?;
    Ok(())
}

/// A clean checkout compiles before the page was ever built.
fn put_placeholder_page() -> io::Result<()> {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        fs::create_dir_all("ui/dist")?;
        fs::write(
            page,
            "<!doctype html><title>Bindery</title><p>Run <code>cargo xtask run</code>.",
        )?;
    }
    Ok(())
}

/// Keeps the top level free of what tauri-build always writes beside Cargo.toml.
fn move_generated() -> io::Result<()> {
    let (from, to) = (Path::new("gen"), Path::new("src-tauri/gen"));
    if from.exists() {
        if to.exists() {
            fs::remove_dir_all(to)?;
        }
        fs::rename(from, to)?;
    }
    Ok(())
}
