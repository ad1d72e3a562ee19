//! Policies on the command line: what there is, one by one, and what is wrong with a file.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

mod shared;

use std::fs;

use serde_json::{Value, json};

use shared::{answer, binderyctl, error};

fn ids(list: &Value) -> Vec<(&str, &str)> {
    let policies = list["policies"].as_array().unwrap().iter();
    policies
        .map(|row| (row["id"].as_str().unwrap(), row["source"].as_str().unwrap()))
        .collect()
}

#[test]
fn the_five_are_listed_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let list = answer(folder.path(), &["policy", "list"]);
    let known = [
        "clickhouse-payg",
        "clickhouse-committed",
        "emqx",
        "guance",
        "pinecone",
    ];
    assert_eq!(ids(&list), known.map(|id| (id, "built-in")));
    assert_eq!(
        list["policies"][2]["rules"],
        json!(["EM-1", "EM-2", "EM-3"])
    );

    let shown = answer(folder.path(), &["policy", "show", "emqx"]);
    assert_eq!(shown["confirm"], "EMQX Cloud (Pay as you go)");
    assert_eq!(
        shown["rules"][0]["test"],
        "organization.payment_method != 'card'"
    );
    assert_eq!(
        shown["rules"][0]["message"]["en"],
        "A credit card is set up for {organization.name}."
    );

    let (code, missing) = error(folder.path(), &["policy", "show", "emq"]);
    assert_eq!((code, &missing["code"]), (7, &json!("notFound")));
}

#[test]
fn what_show_prints_is_a_policy_to_begin_from() {
    let folder = tempfile::tempdir().unwrap();
    let shown = binderyctl(folder.path())
        .args(["policy", "show", "guance"])
        .output()
        .unwrap();
    let own = folder.path().join("own.toml");
    fs::write(&own, &shown.stdout).unwrap();
    let checked = answer(folder.path(), &["policy", "check", own.to_str().unwrap()]);
    assert_eq!(checked["id"], "guance");

    let policies = folder.path().join("config/policies");
    fs::create_dir_all(&policies).unwrap();
    fs::copy(&own, policies.join("guance.toml")).unwrap();
    fs::write(policies.join("broken.toml"), "id = 3\n").unwrap();
    fs::write(policies.join("notes.txt"), "no policy").unwrap();
    let list = answer(folder.path(), &["policy", "list"]);
    let guance: Vec<_> = ids(&list)
        .into_iter()
        .filter(|(id, _)| *id == "guance")
        .collect();
    assert_eq!(
        guance,
        [("guance", policies.join("guance.toml").to_str().unwrap())]
    );
    let broken = list["broken"].as_array().unwrap().iter();
    let mut said = broken.map(|problem| problem["message"].as_str().unwrap());
    assert!(said.any(|message| message == "“id” must be a text"));
}

#[test]
fn one_file_that_is_wrong_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let shown = binderyctl(folder.path())
        .args(["policy", "show", "guance"])
        .output()
        .unwrap();
    let policies = folder.path().join("config/policies");
    fs::create_dir_all(policies.join("folder.toml")).unwrap();
    for name in ["a.toml", "b.toml"] {
        fs::write(policies.join(name), &shown.stdout).unwrap();
    }
    fs::write(policies.join("latin.toml"), b"id = \"\xc4\"\n").unwrap();

    let list = answer(folder.path(), &["policy", "list"]);
    let first = policies.join("a.toml").display().to_string();
    // The one that links go by, too.
    let guance = ids(&list).pop();
    assert_eq!(guance, Some(("guance", first.as_str())));
    let broken = list["broken"].as_array().unwrap().iter();
    let said: Vec<_> = broken
        .map(|problem| problem["message"].as_str().unwrap())
        .collect();
    assert_eq!(said[0], format!("the id “guance” is in {first} already"));
    assert!(said[1].starts_with("it cannot be read: "), "{said:?}");
    assert_eq!(said[2], "it cannot be read: it is no text in UTF-8");

    let latin = policies.join("latin.toml");
    let check = ["policy", "check", latin.to_str().unwrap()];
    let (code, wrong) = error(folder.path(), &check);
    assert_eq!((code, &wrong["code"]), (2, &json!("invalid")));
}

#[test]
fn everything_wrong_with_a_file_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.toml");
    let text = String::from_utf8(
        binderyctl(folder.path())
            .args(["policy", "show", "emqx"])
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap();
    let text = text
        .replace(
            "organization.payment_method != 'card'",
            "organization.payment_metod != 'card'",
        )
        .replace(
            "organization.credit_balance <= money('0')",
            "organization.credit_balance",
        );
    fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();

    let (code, wrong) = error(folder.path(), &["policy", "check", path]);
    assert_eq!(code, 2);
    assert_eq!(wrong["code"], "invalid");
    let problems = wrong["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2);
    let place = format!("{path}:{}:{}", problems[0]["line"], problems[0]["column"]);
    let first = "“require”: there is no variable “organization.payment_metod”; did you mean “organization.payment_method”?";
    assert_eq!(wrong["message"], format!("{place}: {first}"));
    assert_eq!(
        problems[1]["message"],
        "“require” yields money, where a rule must be true or false"
    );

    let output = binderyctl(folder.path())
        .args(["policy", "check", path])
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(printed.matches(path).count(), 2, "{printed}");

    let (code, absent) = error(folder.path(), &["policy", "check", "/no/such/file.toml"]);
    assert_eq!((code, &absent["code"]), (7, &json!("notFound")));
}
