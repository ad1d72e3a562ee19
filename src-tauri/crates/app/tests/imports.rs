//! Taking in files of the directory: every kind of bad row has its line, field and reason; a dry run
//! leaves no trace; what is skipped is exactly what is bad. The database is a real one.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use app::directory::import::{self, FILE_BYTES_MAX, OnBadRows, ROWS_MAX};
use app::{Access, Action, Clock, Error, directory, query};
use domain::{EntryKind, Known, Timestamp};
use expect_test::{Expect, expect};
use store::Store;
use store::table::directory::{CHANGE_SET_MAX, SortBy};

const NOW: Timestamp = Timestamp::from_millis(1_795_132_800_000);

struct Story {
    store: Store,
    folder: tempfile::TempDir,
}

impl Story {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
        Self { store, folder }
    }

    fn plan(&self, file: &str, text: &str) -> Result<import::Plan, Error> {
        import::plan(&self.store, file, text.as_bytes(), None)
    }

    fn import(&self, file: &str, text: &str, on_bad: OnBadRows) -> String {
        let permit = Access::Full.permit(Action::EditDirectory, None).unwrap();
        let plan = match self.plan(file, text) {
            Ok(plan) => plan,
            Err(error) => return error.to_string(),
        };
        match plan.apply(&self.store, permit, on_bad, NOW, |_, _| {
            ControlFlow::Continue(())
        }) {
            Ok(tallies) => format!("{tallies:?}"),
            Err(error) => error.to_string(),
        }
    }

    /// Everything in the directory, as text.
    fn everything(&self) -> String {
        let counts = self.store.read(|read| read.directory_counts()).unwrap();
        let page = directory::organizations(&self.store, "", SortBy::default(), 0, 100).unwrap();
        let mut said = format!("{counts:?}");
        for row in page.rows {
            let id = row.organization.it.id.to_string();
            let record = directory::organization(&self.store, &id).unwrap().record;
            said = format!("{said}\n{record:?}");
        }
        said
    }
}

/// What is wrong with a file, line by line, and how many of its rows are good.
#[track_caller]
fn check(file: &str, kind: Option<EntryKind>, text: &str, expected: Expect) {
    let story = Story::new();
    let before = story.everything();
    let said = match import::plan(&story.store, file, text.as_bytes(), kind) {
        Ok(plan) => {
            let good: usize = plan.tallies.0.values().map(|tally| tally.added).sum();
            let bad_lines: BTreeSet<usize> = plan.bad.iter().map(|bad| bad.line).collect();
            assert_eq!(plan.bad_rows, bad_lines.len(), "one bad row a line");
            let said = plan.bad.iter().map(ToString::to_string);
            let said: Vec<_> = said.chain([format!("{good} good\n")]).collect();
            said.join("\n")
        }
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&said);
    assert_eq!(story.everything(), before, "a plan changes nothing");
}

const WHOLE: &str = r#"{
  "billingAccounts": [{"userName": "acme-pay", "email": "pay@acme.test", "company": "Acme"}],
  "organizations": [
    {"id": "acme", "name": "Acme", "plan": "starter", "paymentMethod": "none",
     "creditBalance": "12.50", "creditCurrency": "USD", "openInvoices": 0,
     "billingAccount": "acme-pay", "createdAt": "2026-01-02T03:04:05Z"},
    {"id": "bolt", "name": "Bolt [x] {y}, \"z\"", "billingAccount": null}
  ],
  "members": [{"organization": "acme", "email": "Anna@acme.test", "role": "owner", "verified": true,
    "use": "search", "phone": null}],
  "workspaces": [{"id": "w1", "billingAccount": "acme-pay", "language": "ko", "site": "eu"}],
  "deployments": [{"id": "d1", "organization": "acme", "trial": true,
    "trialEndsAt": "2027-01-01T00:00:00Z"}]
}"#;

#[test]
fn a_document_is_taken_in_whole_with_its_origin_and_again_changes_nothing() {
    let story = Story::new();
    let done = story.import("crm.json", WHOLE, OnBadRows::Refuse);
    assert_eq!(done.matches("added: 1").count(), 4, "{done}");
    assert_eq!(done.matches("added: 2").count(), 1, "{done}");
    let acme = directory::organization(&story.store, "acme")
        .unwrap()
        .record;
    assert_eq!(acme.organization.origin.source, "import crm.json");
    assert_eq!(acme.organization.origin.as_of, NOW);
    assert_eq!(
        acme.organization.it.credit_balance.unwrap().to_string(),
        "USD 12.50"
    );
    assert_eq!(acme.organization.it.payment_reference, Known::Unknown);
    assert_eq!(acme.members[0].it.phone, Known::Absent);
    assert_eq!(
        acme.billing_account.unwrap().it.email.unwrap().as_str(),
        "pay@acme.test"
    );
    assert_eq!((acme.workspaces.len(), acme.deployments.len()), (1, 1));
    let bolt = directory::organization(&story.store, "bolt")
        .unwrap()
        .record;
    assert_eq!(bolt.organization.it.billing_account, Known::Absent);
    assert_eq!(
        bolt.workspaces.len(),
        0,
        "none is not the name of an account"
    );

    let before = story.everything();
    let again = story.import("crm.json", WHOLE, OnBadRows::Refuse);
    assert_eq!(again.matches("added: 0, changed: 0").count(), 5, "{again}");
    assert_eq!(story.everything(), before);
}

#[test]
fn a_row_replaces_all_that_was_told_before() {
    let story = Story::new();
    story.import("crm.json", WHOLE, OnBadRows::Refuse);
    let plans = "id,name,plan\nacme,Acme,scale\n";
    let kind = Some(EntryKind::Organization);
    let plan = import::plan(&story.store, "plans.csv", plans.as_bytes(), kind).unwrap();
    assert_eq!(plan.tallies.0[&EntryKind::Organization].changed, 1);
    let permit = Access::Full.permit(Action::EditDirectory, None).unwrap();
    plan.apply(&story.store, permit, OnBadRows::Refuse, NOW, |_, _| {
        ControlFlow::Continue(())
    })
    .unwrap();
    let acme = directory::organization(&story.store, "acme")
        .unwrap()
        .record;
    assert_eq!(acme.organization.it.plan.unwrap().as_str(), "scale");
    assert_eq!(
        acme.organization.it.payment_method, None,
        "not told by the newer source"
    );
    assert_eq!(acme.organization.origin.source, "import plans.csv");
}

#[test]
fn every_kind_of_bad_row_is_told_with_its_line_and_reason() {
    check(
        "all.csv",
        None,
        "kind,id,name,organization,email,verified,open_invoices,Credit Balance,creditCurrency,trial,\
         trialEndsAt,createdAt,billingAccount\n\
         organization,acme,Acme,,,,2,12.50,USD,,,2026-01-02T03:04:05Z,-\n\
         organization,,Nameless,,,,,,,,,,\n\
         organization,a b,,,,,,,,,,,\n\
         organization,bolt,Bolt,,,,-1,1.2345678,USD,,,yesterday,\n\
         organization,cove,Cove,,,,,5,,,,,\n\
         organization,dune,-,,,,,,,,,,\n\
         planet,x,X,,,,,,,,,,\n\
         member,,,acme,anna,maybe,,,,,,,\n\
         member,,,nowhere,anna@acme.test,true,,,,,,,\n\
         member,m1,,acme,bo@acme.test,,,,,,,,\n\
         member,,,bolt,cy@bolt.test,,,,,,,,\n\
         deployment,d1,,acme,,,,,,false,2027-01-01T00:00:00Z,,\n\
         deployment,d2,,acme,,,,,,true,2027-01-01T00:00:00Z,,\n\
         workspace,w1,,,,,,,,,,,\n\
         organization,acme,Acme,,,,2,12.50,USD,,,2026-01-02T03:04:05Z,-\n\
         deployment,d3,one,acme,,,,,,,,,\n\
         deployment,d3,two,acme,,,,,,,,,\n\
         organization,short\n\
         organization,eel,\"two\nlines\",,,,,,,,,,\n\
         organization,fox,Fox,,,,,,,,,,fox-pay\n",
        expect![[r#"
            line 3: id is needed
            line 4: id “a b” is not an id (1 to 128 characters without white space)
            line 4: name is needed
            line 5: createdAt “yesterday” is not a time such as 2026-08-20T14:43:11Z
            line 5: creditBalance “1.2345678” is not a decimal amount with at most six decimals
            line 5: openInvoices must be a whole number from 0 on
            line 6: creditCurrency is needed with a creditBalance
            line 7: name cannot be none; leave it out while it is not known
            line 8: kind must be one of billing-account, organization, member, workspace, deployment
            line 9: email “anna” is not an e-mail address
            line 9: verified must be true or false
            line 10: organization refers to “nowhere”, and there is no such organization
            line 11: id is no field of the kind member; there are organization, email, name, role, verified, authenticationMethod, company, country, use, phone
            line 12: organization refers to “bolt”, and there is no such organization
            line 13: trialEndsAt must be left out, since this is no trial
            line 15: organization or a billingAccount is needed
            line 16: says the same about organization acme as line 2
            line 17: says otherwise about deployment d3 than line 18
            line 18: says otherwise about deployment d3 than line 17
            line 19: 2 cells under 13 columns
            line 20: name “two�lines” is not a text of one line with 1 to 256 characters
            line 22: billingAccount refers to “fox-pay”, and there is no such billing account
            2 good
        "#]],
    );
}

#[test]
fn a_column_or_list_that_nothing_has_refuses_the_file_with_a_suggestion() {
    let organization = Some(EntryKind::Organization);
    check(
        "a.csv",
        organization,
        "id,name,paymet_method\na,A,card\n",
        expect![[r#"
            the file a.csv was not imported: line 1: paymet_method is an unknown column; was “paymentMethod” meant?
        "#]],
    );
    check(
        "a.csv",
        organization,
        "id,name,Name\na,A,B\n",
        expect![[r#"
            the file a.csv was not imported: line 1: Name is there twice
        "#]],
    );
    check(
        "a.csv",
        organization,
        "id;name\na;A\n",
        expect![[r#"
        the file a.csv was not imported: line 1: id;name is an unknown column; there are authenticationMethod, billingAccount, createdAt, creditBalance, creditCurrency, id, name, openInvoices, paymentMethod, paymentReference, plan
    "#]],
    );
    check(
        "a.csv",
        None,
        "id,name\na,A\n",
        expect![[r#"
        the file a.csv was not imported: line 1: kind is needed as a column, unless one is chosen for all rows: billing-account, organization, member, workspace, deployment
    "#]],
    );
    check(
        "a.csv",
        organization,
        "kind,id,name\norganization,a,A\n",
        expect![[r#"
            the file a.csv was not imported: line 1: kind is told by the file itself, and cannot be chosen for it
        "#]],
    );
    check(
        "a.json",
        None,
        r#"{"organisations": []}"#,
        expect![[r#"
        the file a.json was not imported: line 1: organisations is no list of the directory; was “organizations” meant?
    "#]],
    );
    check(
        "a.json",
        None,
        r#"{"members": [], "organizations": [], "members": [{}]}"#,
        expect![[r#"
            the file a.json was not imported: line 1: every list must be there once
        "#]],
    );
    check(
        "a.json",
        None,
        "{\n\"members\": [\n}",
        expect![[r#"
        the file a.json was not imported: line 3: expected value (column 1)
    "#]],
    );
    check(
        "a.json",
        organization,
        "{}",
        expect![[r#"
        the file a.json was not imported: line 1: kind is told by the lists themselves, and cannot be chosen for them
    "#]],
    );
    check(
        "a.txt",
        None,
        "",
        expect![[r#"
        the file a.txt was not imported: line 1: the name must end in .csv, .json, .jsonl or .ndjson
    "#]],
    );
}

#[test]
fn rows_of_json_are_told_by_the_line_they_start_on() {
    check(
        "a.json",
        None,
        "{\"organizations\": [\n  {\"id\": \"a\", \"name\": \"[{\\\"\"},\n  {\"id\": 7, \"name\": \"B\"},\n\n  3,\n  \
         {\"id\": \"c\", \"name\": null, \"plna\": \"x\", \"creditBalance\": 12.5, \"creditCurrency\": \"USD\"}\n],\n\
         \"members\": [{\"organization\": \"a\",\n\"email\": {}}]}",
        expect![[r#"
            line 3: id must be a text
            line 5: must be an object
            line 6: creditBalance must be a decimal text such as "12.50"
            line 6: name cannot be none; leave it out while it is not known
            line 6: plna is no field of the kind organization; was “plan” meant?
            line 8: email must be a text
            1 good
        "#]],
    );
    check(
        "a.jsonl",
        None,
        "\u{feff}{\"kind\": \"organization\", \"id\": \"a\", \"name\": \"A\"}\n\n{\"kind\": \"organization\", \"id\": \
         \"b\"\n[]\n{\"id\": \"c\", \"name\": \"C\"}\n",
        expect![[r#"
            line 3: EOF while parsing an object (column 34)
            line 4: must be an object
            line 5: kind must be one of billing-account, organization, member, workspace, deployment
            1 good
        "#]],
    );
}

#[test]
fn a_file_with_bad_rows_is_refused_whole_unless_they_are_to_be_skipped() {
    let text = "{\"kind\":\"organization\",\"id\":\"a\",\"name\":\"A\"}\n\
                {\"kind\":\"organization\",\"id\":\"b\"}\n\
                {\"kind\":\"member\",\"organization\":\"a\",\"email\":\"x@a.test\"}\n\
                {\"kind\":\"member\",\"organization\":\"b\",\"email\":\"x@b.test\"}\n";
    let story = Story::new();
    let empty = story.everything();
    let refused = story.import("x.jsonl", text, OnBadRows::Refuse);
    assert_eq!(
        refused,
        "the file x.jsonl was not imported: line 2: name is needed"
    );
    assert_eq!(story.everything(), empty);
    story.import("x.jsonl", text, OnBadRows::Skip);
    let page = directory::organizations(&story.store, "", SortBy::default(), 0, 9).unwrap();
    let ids: Vec<_> = page
        .rows
        .iter()
        .map(|row| row.organization.it.id.as_str())
        .collect();
    assert_eq!(ids, ["a"]);
    assert_eq!(page.rows[0].members, 1);
    let counts = story.store.read(|read| read.directory_counts()).unwrap();
    assert_eq!(
        counts[&EntryKind::Member],
        1,
        "the member of a bad row falls with it"
    );
}

#[test]
fn an_import_tells_how_far_it_is_and_can_be_stopped_and_gone_on_with() {
    let rows = 2 * CHANGE_SET_MAX + 1;
    let row = |at| format!("{{\"kind\":\"organization\",\"id\":\"o{at}\",\"name\":\"O\"}}\n");
    let text = (0..rows).map(row).collect::<Vec<_>>().concat();
    let story = Story::new();
    let plan = story.plan("x.jsonl", &text).unwrap();
    let permit = || Access::Full.permit(Action::EditDirectory, None).unwrap();
    let stopped = plan
        .apply(&story.store, permit(), OnBadRows::Refuse, NOW, |_, _| {
            ControlFlow::Break(())
        })
        .unwrap_err();
    assert_eq!(
        stopped.to_string(),
        "stopped after 100 of 201 rows, which stay"
    );
    let mut heard = Vec::new();
    let done = plan.apply(&story.store, permit(), OnBadRows::Refuse, NOW, |is, of| {
        heard.push((is, of));
        ControlFlow::Continue(())
    });
    assert_eq!(heard, [(100, rows), (200, rows), (rows, rows)]);
    let organizations = done.unwrap().0[&EntryKind::Organization];
    assert_eq!((organizations.unchanged, organizations.added), (100, 101));
}

#[test]
fn what_a_text_names_in_the_directory_can_be_jumped_to() {
    let story = Story::new();
    story.import("crm.json", WHOLE, OnBadRows::Refuse);
    let clock = Clock::default();
    let jump = |text: &str| {
        let targets = query::jump(&story.store, &clock, text).unwrap();
        let said = targets
            .into_iter()
            .map(|target| format!("{:?}", target.meaning));
        said.collect::<Vec<_>>()
    };
    assert_eq!(jump("ANNA@"), ["Organization(\"acme\")"]);
    assert_eq!(jump("bolt")[0], "Organization(\"bolt\")");
    assert_eq!(jump("pay@acme.test"), ["BillingAccount(\"acme-pay\")"]);
    assert_eq!(jump("nobody at all"), Vec::<String>::new());
}

#[test]
fn files_are_bounded() {
    let story = Story::new();
    let long = "x".repeat(FILE_BYTES_MAX + 1);
    let said = story.import("long.csv", &long, OnBadRows::Skip);
    assert!(said.ends_with("the file is longer than 16 MiB"), "{said}");
    let many = "{}\n".repeat(ROWS_MAX + 1);
    let said = story.import("many.jsonl", &many, OnBadRows::Skip);
    assert!(said.ends_with("more than 100000 rows"), "{said}");
    let fields: Vec<_> = (0..65).map(|number| format!(",\"f{number}\":1")).collect();
    let wide = fields.concat();
    let wide = format!("{{\"kind\":\"organization\"{wide}}}");
    let plan = story.plan("wide.jsonl", &wide).unwrap();
    assert_eq!(plan.bad.len(), 1, "{:?}", plan.bad);
    let error = import::plan(&story.store, "x.csv", b"id\n\xff\n", None).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("line 2: the file is no text in UTF-8"),
        "{error}"
    );
    assert!(story.folder.path().exists());
}
