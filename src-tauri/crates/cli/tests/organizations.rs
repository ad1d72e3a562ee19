//! The directory on the command line: taken in with the first sync, listed, shown, imported.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

mod shared;

use std::fs;

use serde_json::json;

use shared::{answer, binderyctl, error};

/// The first sync brings the whole directory of the sandbox; the next one leaves it alone.
#[test]
fn a_sync_takes_the_directory_in_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    answer(folder, &["sync"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let state = folder.join("sandbox");
    let told = runtime.block_on(async {
        let options = sandbox::Options::for_state(&state);
        let served = sandbox::serve(options).await.unwrap();
        let told = sandbox::Control::at(served.endpoint()).directory().await;
        served.stop().await;
        told.unwrap()
    });
    let database = folder.join("connections/sandbox.sqlite3");
    let store = store::Store::open(&database).unwrap();
    let counts = store.read(|read| read.directory_counts()).unwrap();
    let counts: Vec<usize> = counts.into_values().collect();
    assert_eq!(
        counts,
        [
            told.billing_accounts.len(),
            told.organizations.len(),
            told.members.len(),
            told.workspaces.len(),
            told.deployments.len()
        ]
    );
    let with_card = told
        .organizations
        .iter()
        .find(|it| it.payment_method == "card")
        .unwrap();
    let shown = answer(folder, &["organizations", "show", &with_card.id]);
    let organization = &shown["organization"];
    assert_eq!(organization["paymentMethod"], "card");
    assert_eq!(
        organization["billingAccount"],
        json!({"known": true, "value": null})
    );
    assert_eq!(organization["from"]["source"], "sandbox directory");
    let linked = told
        .links
        .iter()
        .find(|link| link.target.kind == "organization")
        .unwrap();
    let shown = answer(folder, &["organizations", "show", &linked.target.id]);
    assert_eq!(shown["links"][0]["agreement"], linked.agreement_id.as_str());

    // What is imported meanwhile is not taken back by the next sync.
    let file = folder.join("plans.csv");
    fs::write(
        &file,
        format!("id,name,plan\n{},Renamed,scale\n", with_card.id),
    )
    .unwrap();
    let import = [
        "organizations",
        "import",
        file.to_str().unwrap(),
        "--kind",
        "organization",
    ];
    answer(folder, &import);
    answer(folder, &["sync", "--full"]);
    let shown = answer(folder, &["organizations", "show", &with_card.id]);
    assert_eq!(shown["organization"]["name"], "Renamed");
}

#[test]
fn a_file_is_tried_refused_skipped_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("crm.csv");
    fs::write(
        &file,
        "kind,id,name,organization,email,role\n\
         organization,acme,Acme Ltd,,,\n\
         organization,bolt,,,,\n\
         member,,,acme,anna@acme.test,owner\n\
         member,,,bolt,bo@bolt.test,owner\n",
    )
    .unwrap();
    let path = file.to_str().unwrap();
    let total = || answer(folder, &["organizations", "list"])["total"].clone();

    for arguments in [&["--dry-run"][..], &[]] {
        let import = [&["organizations", "import", path], arguments].concat();
        let (code, told) = error(folder, &import);
        assert_eq!((code, &told["code"]), (2, &json!("invalid")));
        assert_eq!(
            told["problems"],
            json!([
                {"file": path, "line": 3, "field": "name", "message": "is needed"},
                {"file": path, "line": 5, "field": "organization",
                    "message": "refers to “bolt”, and there is no such organization"},
            ])
        );
        assert!(told["hint"].as_str().unwrap().contains("--skip-bad"));
        assert_eq!(total(), 0);
    }

    let skip = ["organizations", "import", path, "--skip-bad"];
    let tried = answer(folder, &[&skip[..], &["--dry-run"]].concat());
    assert_eq!((&tried["dryRun"], total()), (&json!(true), json!(0)));
    let done = answer(folder, &skip);
    assert_eq!(done["kinds"], tried["kinds"]);
    assert_eq!(done["skipped"].as_array().unwrap().len(), 2);
    let listed = answer(folder, &["organizations", "list", "ANNA@"]);
    assert_eq!(
        (&listed["matched"], &listed["total"]),
        (&json!(1), &json!(1))
    );
    let row = &listed["rows"][0];
    assert_eq!(
        (&row["organization"]["id"], &row["members"]),
        (&json!("acme"), &json!(1))
    );
    assert_eq!(row["organization"]["from"]["source"], "import crm.csv");
    assert_eq!(answer(folder, &skip)["kinds"][0]["unchanged"], 1);

    // A billing account of nobody's organization is found as well.
    let accounts = folder.join("accounts.csv");
    fs::write(
        &accounts,
        "userName,email,company\nalone,kim@loner.test,성수로보틱스\n",
    )
    .unwrap();
    let path = accounts.to_str().unwrap();
    let import = ["organizations", "import", path, "--kind", "billing-account"];
    assert_eq!(
        answer(folder, &import)["kinds"][0]["kind"],
        "billing-account"
    );
    let listed = answer(
        folder,
        &["organizations", "list", "--billing-accounts", "loner"],
    );
    let row = &listed["rows"][0];
    assert_eq!(
        (&row["billingAccount"]["userName"], &row["organizations"]),
        (&json!("alone"), &json!(0))
    );
    let show = ["organizations", "show", "--billing-account", "alone"];
    let shown = answer(folder, &show);
    assert_eq!(shown["billingAccount"]["company"], "성수로보틱스");
    let (code, _) = error(folder, &["organizations", "show", "alone"]);
    assert_eq!(code, 7, "a billing account is no organization");

    let mut show = binderyctl(folder);
    let shown = show.args(["organizations", "show", "acme"]).output();
    let shown = String::from_utf8(shown.unwrap().stdout).unwrap();
    assert!(shown.contains("anna@acme.test  owner"), "{shown}");
    assert!(shown.contains("Payment method   not known"), "{shown}");
}

#[test]
fn what_is_not_there_and_what_is_no_kind_have_exit_codes_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(error(folder, &["organizations", "show", "nobody"]).0, 7);
    assert_eq!(
        error(folder, &["organizations", "import", "nowhere.csv"]).0,
        7
    );
    let (code, _) = error(
        folder,
        &["organizations", "import", "x.csv", "--kind", "planet"],
    );
    assert_eq!(code, 2);
}

/// A value that is wrong is corrected by hand, until the vendor tells of it anew, and the audit has it.
#[test]
fn one_thing_is_corrected_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("vendor.json");
    let vendor =
        json!({ "organizations": [{ "id": "halden", "name": "Halden", "paymentMethod": "none" }] });
    fs::write(&file, vendor.to_string()).unwrap();
    let file = file.to_str().unwrap();
    answer(folder, &["organizations", "import", file]);
    let correct = [
        "organizations",
        "correct",
        "organization",
        "halden",
        "--set",
    ];
    let args = [
        &correct[..],
        &["paymentMethod=card", "--reason", "told by telephone"],
    ]
    .concat();
    let done = answer(folder, &args);
    assert_eq!(
        done,
        json!([{ "attribute": "payment_method", "before": "none", "after": "card" }])
    );
    let shown = answer(folder, &["organizations", "show", "halden"]);
    assert_eq!(shown["organization"]["paymentMethod"], "card");
    let audit = answer(folder, &["audit", "list"]).to_string();
    assert!(audit.contains("told by telephone"), "{audit}");
    let (code, refused) = error(
        folder,
        &[&correct[..], &["openInvoices=few", "--reason", "why not"]].concat(),
    );
    assert_eq!(code, 2);
    let told = refused["message"].to_string();
    assert!(
        told.contains("openInvoices must be a whole number"),
        "{told}"
    );
}
