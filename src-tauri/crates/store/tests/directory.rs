//! The directory in the database: what is told is read back as it was, and found by what it has.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use domain::{
    AgreementId, BillingAccount, Deployment, DirectoryId, Email, Entry, EntryKind, Known, Link,
    LinkState, Member, Money, Organization, Target, TargetKind, Text, Timestamp, Workspace,
};
use store::table::directory::{CHANGE_SET_MAX, OrganizationSort, Origin, SortBy};
use store::{Store, Topic};

fn id(text: &str) -> DirectoryId {
    DirectoryId::parse(text).unwrap()
}

fn text(text: &str) -> Option<Text> {
    Text::parse(text).ok()
}

fn origin(millis: i64) -> Origin {
    Origin {
        source: "test".to_owned(),
        as_of: Timestamp::from_millis(millis),
    }
}

fn organization(name: &str, payer: Known<DirectoryId>) -> Organization {
    Organization {
        id: id(&name.to_lowercase()),
        name: Text::parse(name).unwrap(),
        plan: text("starter"),
        payment_method: text("card"),
        payment_reference: Known::Absent,
        credit_balance: Some(Money::parse("0.000001", "EUR").unwrap()),
        authentication_method: text("google"),
        open_invoices: Some(0),
        billing_account: payer,
        created_at: Some(Timestamp::from_millis(-1)),
    }
}

fn member(organization: &str, email: &str) -> Member {
    Member {
        organization: id(organization),
        email: Email::parse(email).unwrap(),
        name: text("Anna"),
        role: text("owner"),
        verified: Some(false),
        authentication_method: None,
        company: text("회사"),
        country: text("KR"),
        usage: text("search"),
        phone: Known::Is(Text::parse("+82 2").unwrap()),
    }
}

fn everything() -> Vec<Entry> {
    vec![
        Entry::BillingAccount(BillingAccount {
            user_name: id("pay-1"),
            email: Some(Email::parse("pay@x.test").unwrap()),
            company: None,
            country: text("DE"),
            created_at: None,
        }),
        Entry::Organization(organization("Acme", Known::Is(id("pay-1")))),
        Entry::Organization(organization("100%_Bolt", Known::Absent)),
        Entry::Organization(organization("Cove", Known::Unknown)),
        Entry::Member(member("acme", "Anna@acme.test")),
        Entry::Workspace(Workspace {
            id: id("w1"),
            organization: None,
            billing_account: Some(id("pay-1")),
            name: text("Main"),
            site: text("eu"),
            language: text("ko"),
            state: text("active"),
            settlement: None,
        }),
        Entry::Deployment(Deployment {
            id: id("d1"),
            organization: id("acme"),
            name: None,
            state: text("running"),
            trial: Some(true),
            trial_ends_at: Some(Timestamp::from_millis(5)),
        }),
    ]
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
    (folder, store)
}

fn put(store: &Store, entries: &[Entry], at: i64) -> String {
    let tallies = store.write(|write| write.put_directory(entries, &origin(at)));
    let tallies = tallies.unwrap().0.into_iter();
    let said: Vec<_> = tallies
        .map(|(kind, it)| {
            format!(
                "{} {}/{}/{}",
                kind.word(),
                it.added,
                it.changed,
                it.unchanged
            )
        })
        .collect();
    said.join(", ")
}

fn found(store: &Store, search: &str) -> Vec<String> {
    let page = store
        .read(|read| read.organizations(search, SortBy::default(), 0, 10))
        .unwrap();
    assert_eq!((page.matched, page.total), (page.rows.len(), 3));
    let rows = page.rows.into_iter();
    rows.map(|row| row.organization.it.name.to_string())
        .collect()
}

#[test]
fn what_is_told_is_read_back_as_it_was() {
    let (_folder, store) = store();
    let said = put(&store, &everything(), 1);
    assert_eq!(
        said,
        "billing-account 1/0/0, organization 3/0/0, member 1/0/0, workspace 1/0/0, deployment 1/0/0"
    );
    let acme = store
        .read(|read| read.organization(&id("acme")))
        .unwrap()
        .unwrap();
    assert_eq!(acme.organization.origin, origin(1));
    let read_back = vec![
        Entry::BillingAccount(acme.billing_account.unwrap().it),
        Entry::Organization(acme.organization.it),
        Entry::Member(acme.members[0].it.clone()),
        Entry::Workspace(acme.workspaces[0].it.clone()),
        Entry::Deployment(acme.deployments[0].it.clone()),
    ];
    let told: Vec<_> = everything();
    for entry in read_back {
        assert!(told.contains(&entry), "{entry:?}");
    }
    for (name, payer) in [("100%_bolt", Known::Absent), ("cove", Known::Unknown)] {
        let other = store
            .read(|read| read.organization(&id(name)))
            .unwrap()
            .unwrap();
        assert_eq!(other.organization.it.billing_account, payer);
        assert!(
            other.workspaces.is_empty() && other.billing_account.is_none(),
            "{name}"
        );
    }
}

#[test]
fn told_again_only_the_age_is_new_and_told_otherwise_it_is_replaced() {
    let (_folder, store) = store();
    put(&store, &everything(), 1);
    let shouted = [Entry::Member(member("acme", "ANNA@ACME.TEST"))];
    assert_eq!(put(&store, &everything()[1..2], 2), "organization 0/0/1");
    assert_eq!(
        put(&store, &shouted, 2),
        "member 0/1/0",
        "one person, in either case"
    );
    let acme = store
        .read(|read| read.organization(&id("acme")))
        .unwrap()
        .unwrap();
    assert_eq!(acme.organization.origin, origin(2));
    assert_eq!(acme.members.len(), 1);
    assert_eq!(acme.deployments[0].origin, origin(1));
}

#[test]
fn organizations_are_found_by_id_name_member_and_payer_and_nothing_is_a_wildcard() {
    let (_folder, store) = store();
    put(&store, &everything(), 1);
    assert_eq!(found(&store, ""), ["100%_Bolt", "Acme", "Cove"]);
    assert_eq!(found(&store, "ACM"), ["Acme"]);
    assert_eq!(found(&store, "anna@"), ["Acme"]);
    assert_eq!(found(&store, "pay-"), ["Acme"]);
    assert_eq!(found(&store, "%"), ["100%_Bolt"]);
    assert_eq!(found(&store, "0%_b"), ["100%_Bolt"]);
    assert_eq!(found(&store, "_"), ["100%_Bolt"]);
    assert_eq!(found(&store, "\\"), Vec::<String>::new());
    let page = store
        .read(|read| read.organizations("", SortBy::default(), 0, 1))
        .unwrap();
    assert_eq!((page.rows.len(), page.matched), (1, 3));
}

#[test]
fn counts_and_links_stand_beside_the_organization() {
    let (_folder, store) = store();
    put(&store, &everything(), 1);
    let link = |agreement: &str, target: &str| Link {
        agreement: AgreementId::parse(agreement).unwrap(),
        license: None,
        target: Target {
            kind: TargetKind::Organization,
            id: target.to_owned(),
            name: "Acme".to_owned(),
        },
        state: LinkState::Active,
        since: Timestamp::from_millis(1),
        source: "test".to_owned(),
        workspaces: Vec::new(),
    };
    let links = [
        link("agmt-1", "acme"),
        link("agmt-2", "acme"),
        link("agmt-2", "cove"),
    ];
    store.write(|write| write.mirror_links(&links)).unwrap();
    let page = store
        .read(|read| read.organizations("acme", SortBy::default(), 0, 1))
        .unwrap();
    let row = &page.rows[0];
    assert_eq!(
        (row.members, row.workspaces, row.deployments, row.links),
        (1, 1, 1, 1)
    );
    let linked = row.linked.as_ref().unwrap();
    assert_eq!(linked.agreement.as_str(), "agmt-1");
    assert_eq!(linked.state, LinkState::Active);
    assert_eq!(linked.listing, None, "AWS has not told of the agreement");
    let acme = store
        .read(|read| read.organization(&id("acme")))
        .unwrap()
        .unwrap();
    let agreements: Vec<_> = acme
        .links
        .iter()
        .map(|link| link.agreement.as_str())
        .collect();
    assert_eq!(agreements, ["agmt-1", "agmt-2"], "the past one last");
}

#[test]
fn a_change_set_is_bounded_and_announced_once_it_is_kept() {
    let (_folder, store) = store();
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let ear = std::sync::Arc::clone(&heard);
    store.on_change(move |topics| ear.lock().unwrap().extend(topics.iter().copied()));
    let many: Vec<_> = (0..=CHANGE_SET_MAX)
        .map(|number| Entry::Organization(organization(&format!("O{number}"), Known::Unknown)))
        .collect();
    assert!(
        store
            .write(|write| write.put_directory(&many, &origin(1)))
            .is_err()
    );
    assert!(heard.lock().unwrap().is_empty());
    put(&store, &many[1..], 1);
    assert_eq!(*heard.lock().unwrap(), [Topic::Directory]);
    let counts = store.read(|read| read.directory_counts()).unwrap();
    assert_eq!(counts[&EntryKind::Organization], CHANGE_SET_MAX);
}

fn names(store: &Store, search: &str, sort: SortBy, offset: usize) -> Vec<String> {
    let page = store.read(|read| read.organizations(search, sort, offset, 2));
    let rows = page.unwrap().rows.into_iter();
    rows.map(|row| row.organization.it.name.to_string())
        .collect()
}

#[test]
fn a_list_is_read_window_by_window_in_an_order_with_what_was_not_told_last() {
    let (_folder, store) = store();
    put(&store, &everything(), 1);
    let mut cove = organization("Cove", Known::Unknown);
    cove.open_invoices = None;
    let mut acme = organization("Acme", Known::Unknown);
    acme.open_invoices = Some(11);
    put(
        &store,
        &[Entry::Organization(cove), Entry::Organization(acme)],
        2,
    );
    let by = |key, descending| SortBy { key, descending };
    let invoices = by(OrganizationSort::OpenInvoices, false);
    assert_eq!(names(&store, "", invoices, 0), ["100%_Bolt", "Acme"]);
    assert_eq!(names(&store, "", invoices, 2), ["Cove"]);
    let most = by(OrganizationSort::OpenInvoices, true);
    assert_eq!(names(&store, "", most, 0), ["Acme", "100%_Bolt"]);
    assert_eq!(
        names(&store, "", most, 2),
        ["Cove"],
        "last in either direction"
    );
    let backwards = by(OrganizationSort::Name, true);
    assert_eq!(names(&store, "", backwards, 0), ["Cove", "Acme"]);
    let plans = by(OrganizationSort::Plan, true);
    assert_eq!(
        names(&store, "", plans, 0),
        ["100%_Bolt", "Acme"],
        "equal ones by name, whatever the direction"
    );
    let oldest = by(OrganizationSort::Told, false);
    assert_eq!(names(&store, "", oldest, 0), ["100%_Bolt", "Acme"]);
    assert_eq!(names(&store, "", most, 9), Vec::<String>::new());
}

#[test]
fn a_result_that_is_kept_is_never_an_old_one() {
    let (folder, store) = store();
    put(&store, &everything(), 1);
    let elsewhere = Store::open(&folder.path().join("test.sqlite3")).unwrap();
    assert_eq!(names(&store, "bo", SortBy::default(), 0), ["100%_Bolt"]);
    for (store, name) in [(&store, "Bora"), (&elsewhere, "Bosco")] {
        let another = Entry::Organization(organization(name, Known::Unknown));
        put(store, &[another], 2);
    }
    let found = names(&store, "bo", SortBy::default(), 1);
    assert_eq!(found, ["Bora", "Bosco"], "also what another process wrote");
    let renamed = organization("Bora", Known::Unknown);
    let renamed = Organization {
        name: Text::parse("Cora").unwrap(),
        id: id("x"),
        ..renamed
    };
    put(&store, &[Entry::Organization(renamed)], 3);
    assert_eq!(names(&store, "cora", SortBy::default(), 0), ["Cora"]);
    put(&store, &[Entry::Member(member("x", "bo@cora.test"))], 3);
    assert_eq!(names(&store, "bo@", SortBy::default(), 0), ["Cora"]);
}

#[test]
fn billing_accounts_are_found_whoever_they_pay_for() {
    let (_folder, store) = store();
    put(&store, &everything(), 1);
    let alone = BillingAccount {
        user_name: id("alone"),
        email: Some(Email::parse("kim@loner.test").unwrap()),
        company: text("성수로보틱스"),
        country: None,
        created_at: None,
    };
    put(&store, &[Entry::BillingAccount(alone)], 2);
    let listed = |search: &str| {
        let page = store.read(|read| read.billing_accounts(search, 0, 9));
        let page = page.unwrap();
        assert_eq!((page.matched, page.total), (page.rows.len(), 2));
        let rows = page.rows.into_iter();
        rows.map(|row| {
            let name = row.account.it.user_name;
            format!("{name} {}/{}", row.organizations, row.workspaces)
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(listed(""), ["alone 0/0", "pay-1 1/1"]);
    assert_eq!(listed("LONER"), ["alone 0/0"]);
    assert_eq!(listed("성수"), ["alone 0/0"]);
    assert_eq!(listed("PAY@"), ["pay-1 1/1"]);
    assert_eq!(listed("%"), Vec::<String>::new());
    let record = |name| store.read(|read| read.billing_account(&id(name))).unwrap();
    let payer = record("pay-1").unwrap();
    assert_eq!(payer.organizations[0].it.id, id("acme"));
    assert_eq!(payer.workspaces.len(), 1);
    assert!(record("alone").unwrap().organizations.is_empty());
    assert!(record("nobody").is_none());
}
