//! The audit, taken elsewhere as a file, altered, and told of imports.

use std::path::Path;

use serde_json::{Value, json};

use crate::PHRASE;
use crate::served::{Served, text};
use crate::shared::{answer, binderyctl, error};

/// Imports a file of organizations.
fn import(file: &Path) -> [&str; 5] {
    let file = file.to_str().unwrap();
    ["organizations", "import", file, "--kind", "organization"]
}

#[test]
fn the_audit_is_exported_whole() {
    let story = Served::with_agreements(20);
    let folder = story.folder.path();
    let file = folder.join("=cmd, \"가져오기\".csv");
    std::fs::write(&file, "id,name\nacme,Acme\n").unwrap();
    let import = import(&file);
    story.answer(&import);
    let agreement = story.subscribes().agreement_id;
    story.answer(&["sync"]);
    let words = "=1+1, \"인용\"\nand a second line";
    let plan = story.answer(&[
        "cancel",
        "plan",
        "--agreement",
        &agreement,
        "--reason-code",
        "OTHER",
        "--description",
        words,
    ]);
    let plan = text(&plan, "planId");
    story.answer(&["cancel", "execute", plan, "--confirm", PHRASE]);

    let lines = exported(folder, "jsonl");
    let rows: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let actions: Vec<_> = rows
        .iter()
        .map(|row| format!("{} {}", text(row, "action"), text(row, "phase")))
        .collect();
    assert_eq!(
        actions,
        [
            "import opened",
            "import closed",
            "cancel opened",
            "cancel closed"
        ]
    );
    assert!(rows[0].to_string().contains("가져오기"), "{}", rows[0]);
    assert!(rows[2].to_string().contains("인용"), "{}", rows[2]);

    let table = parsed(&exported(folder, "csv"));
    assert_eq!(table.len(), 1 + rows.len());
    let header = &table[0];
    for (fields, row) in table[1..].iter().zip(&rows) {
        assert_eq!(fields.len(), header.len());
        for (name, field) in header.iter().zip(fields) {
            let told = match &row[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(*field, told, "{name}");
        }
    }
    let list = answer(folder, &["audit", "list", "인용"]);
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[test]
fn an_altered_audit_is_refused_with_its_entry() {
    let story = Served::with_agreements(20);
    let folder = story.folder.path();
    for name in ["one", "two", "three"] {
        let file = folder.join(format!("{name}.csv"));
        std::fs::write(&file, format!("id,name\n{name},{name}\n")).unwrap();
        story.answer(&import(&file));
    }
    assert_eq!(story.answer(&["audit", "verify"])["entries"], 6);
    let file = folder.join("connections/sandbox.sqlite3");
    let database = rusqlite::Connection::open(file).unwrap();
    let meddle = "UPDATE audit SET user = 'eve' WHERE seq = 3";
    assert_eq!(database.execute(meddle, []).unwrap(), 1);
    let (code, told) = error(folder, &["audit", "verify"]);
    assert_eq!(code, 3);
    assert_eq!(
        text(&told, "message"),
        "the audit is broken at entry 3: it is not as it was written"
    );
}

fn exported(folder: &Path, format: &str) -> String {
    let output = binderyctl(folder)
        .args(["audit", "export", "--format", format])
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Rows and fields of a CSV file (RFC 4180).
fn parsed(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let row = rows.last_mut().unwrap();
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            other => row.last_mut().unwrap().push(other),
        }
    }
    rows.pop();
    rows
}

#[test]
fn every_import_is_told_with_what_came_and_what_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("vendor.csv");
    std::fs::write(&file, "id,name\nacme,Acme\nno-name,\n").unwrap();
    let import = import(&file);
    let (code, _) = error(folder, &import);
    assert_eq!(code, 2);
    answer(
        folder,
        &[&import[..], &["--dry-run", "--skip-bad"]].concat(),
    );
    answer(folder, &[&import[..], &["--skip-bad"]].concat());
    let told = answer(folder, &["audit", "list", "vendor.csv"]);
    let told = told.as_array().unwrap().iter().map(|row| {
        assert!(!text(row, "user").is_empty());
        let detail = match &row["detail"] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            other => other.clone(),
        };
        json!([row["phase"], row["outcome"], detail])
    });
    let asked = json!({ "file": "vendor.csv", "rows": 1, "badRows": 1 });
    let came = json!({ "organization": { "added": 1, "changed": 0, "unchanged": 0 } });
    let done = json!({ "file": "vendor.csv", "badRows": 1, "came": came });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            json!(["closed", "done", done]),
            json!(["opened", null, asked]),
            json!(["noted", "refused", asked]),
        ]
    );
}
