//! What the page may call is declared in three places that must agree: the commands of the shell,
//! the capability, and the generated `ui/src/ipc/bindings.ts`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use specta_typescript::Typescript;

const BINDINGS: &str = "ui/src/ipc/bindings.ts";

/// `cargo xtask bindings` runs this with `BINDERY_WRITE_BINDINGS=1`, which writes the file instead.
#[test]
fn the_bindings_are_those_of_the_shell() {
    let written = Path::new(env!("CARGO_MANIFEST_DIR")).join(BINDINGS);
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("bindings.ts");
    bindery::ipc::builder()
        .disable_serde_phases()
        .export(Typescript::default(), &fresh)
        .unwrap();
    if std::env::var_os("BINDERY_WRITE_BINDINGS").is_some() {
        fs::copy(&fresh, &written).unwrap();
    }
    let (fresh, written) = (
        fs::read_to_string(fresh).unwrap(),
        fs::read_to_string(written).unwrap(),
    );
    for name in bindery::ipc::command_names() {
        assert!(
            fresh.contains(&format!("\"{name}\"")),
            "the shell does not answer {name}"
        );
    }
    assert!(
        fresh == written,
        "{BINDINGS} is stale: run `cargo xtask bindings`"
    );
}

#[test]
fn the_capability_allows_the_commands_and_nothing_else() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities/main.json");
    let capability: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let allowed: BTreeSet<String> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|permission| permission.as_str().unwrap().to_owned())
        .filter(|permission| !permission.starts_with("core:event:"))
        .collect();
    let commands = bindery::ipc::command_names().iter();
    let wanted = commands
        .map(|name| format!("allow-{}", name.replace('_', "-")))
        .collect();
    assert_eq!(allowed, wanted);
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
}
