//! Fills a directory with invented organizations and asks it what the window asks: `cargo bench -p
//! store --bench directory`. The window must have every answer within 100 ms. Shown are median and best:
//! on a machine that others use, the best one is what it takes.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for measuring"
)]

use std::fmt;
use std::time::{Duration, Instant};

use domain::{
    BillingAccount, DirectoryId, Email, Entry, Known, Member, Organization, Text, Timestamp,
};
use store::Store;
use store::table::directory::{CHANGE_SET_MAX, OrganizationSort, Origin, SortBy};

const ORGANIZATIONS: usize = 100_000;
const MEMBERS_EACH: usize = 3;
const ROUNDS: usize = 20;
const PAGE: usize = 100;
const NAMES: &[&str] = &[
    "Harbor Freight",
    "Kestrel Avionics",
    "Lumen Orchard",
    "새솔 로보틱스",
    "松果海测科技",
];

/// How long something took.
struct Took {
    median: Duration,
    best: Duration,
}

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9.1?} (best {:>8.1?})", self.median, self.best)
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("bench.sqlite3")).unwrap();
    let started = Instant::now();
    let entries = fill(&store);
    let rate = entries as f64 / started.elapsed().as_secs_f64();
    println!("written: {entries} entries, {rate:.0} a second");

    let by_name = SortBy::default();
    let most_invoices = SortBy {
        key: OrganizationSort::OpenInvoices,
        descending: true,
    };
    for (what, search, sort) in [
        ("everything, by name", "", by_name),
        ("everything, by invoices", "", most_invoices),
        ("a word of the name", "kestrel", by_name),
        ("two letters", "솔 ", by_name),
        ("an e-mail's domain", "@company4711.example", by_name),
        ("an id", "org-090817", by_name),
        ("nothing", "zzz", by_name),
    ] {
        let ask = |offset| {
            let page = store.read(|read| read.organizations(search, sort, offset, PAGE));
            page.unwrap().matched
        };
        let matched = ask(0);
        let page = median(|| {
            ask(matched / 2);
        });
        // Somebody wrote: the result that was kept is an old one.
        let first = median_after(&store, || {
            ask(0);
        });
        println!("{what:<26} {matched:>7} found  first {first}  page {page}");
    }
    let accounts = || {
        let page = store.read(|read| read.billing_accounts("", 0, PAGE));
        page.unwrap();
    };
    let first = median_after(&store, accounts);
    println!("billing accounts{:26}first {first}", "");
    let one = DirectoryId::parse("org-050000").unwrap();
    let shown = median(|| {
        store.read(|read| read.organization(&one)).unwrap();
    });
    println!("one organization{:26}      {shown}", "");
}

fn fill(store: &Store) -> usize {
    let text = |text: &str| Text::parse(text).unwrap();
    let id = |text: String| DirectoryId::parse(&text).unwrap();
    let mut entries = Vec::new();
    for at in 0..ORGANIZATIONS {
        let payer = (at % 4 == 0).then(|| id(format!("pay-{at:06}")));
        if let Some(payer) = &payer {
            entries.push(Entry::BillingAccount(BillingAccount {
                user_name: payer.clone(),
                email: Email::parse(&format!("billing@company{at}.example")).ok(),
                company: Some(text(NAMES[at % NAMES.len()])),
                country: None,
                created_at: None,
            }));
        }
        let organization = id(format!("org-{:06}", at * 7_919 % ORGANIZATIONS));
        entries.push(Entry::Organization(Organization {
            id: organization.clone(),
            name: text(&format!("{} {}", NAMES[at % NAMES.len()], at * 31 % 9_973)),
            plan: Some(text("scale")),
            payment_method: Some(text("card")),
            payment_reference: Known::Unknown,
            credit_balance: None,
            authentication_method: Some(text("google")),
            open_invoices: u32::try_from(at % 3).ok(),
            billing_account: payer.map_or(Known::Absent, Known::Is),
            created_at: None,
        }));
        for member in 0..MEMBERS_EACH {
            entries.push(Entry::Member(Member {
                organization: organization.clone(),
                email: Email::parse(&format!("user{member}@company{at}.example")).unwrap(),
                name: Some(text("Anna Example")),
                role: Some(text("owner")),
                verified: Some(true),
                authentication_method: None,
                company: None,
                country: None,
                usage: None,
                phone: Known::Unknown,
            }));
        }
    }
    for set in entries.chunks(CHANGE_SET_MAX) {
        put(store, set);
    }
    entries.len()
}

fn put(store: &Store, entries: &[Entry]) {
    let origin = Origin {
        source: "bench".to_owned(),
        as_of: Timestamp::from_millis(1),
    };
    let written = store.write(|write| write.put_directory(entries, &origin));
    written.unwrap();
}

fn median(mut ask: impl FnMut()) -> Took {
    median_of(&mut ask, &mut || ())
}

/// As long as it takes when something was written before.
fn median_after(store: &Store, mut ask: impl FnMut()) -> Took {
    let account = Entry::BillingAccount(BillingAccount {
        user_name: DirectoryId::parse("writer").unwrap(),
        email: None,
        company: None,
        country: None,
        created_at: None,
    });
    median_of(&mut ask, &mut || put(store, std::slice::from_ref(&account)))
}

fn median_of(ask: &mut impl FnMut(), before: &mut impl FnMut()) -> Took {
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        before();
        let started = Instant::now();
        ask();
        took.push(started.elapsed());
    }
    took.sort_unstable();
    Took {
        median: took[ROUNDS / 2],
        best: took[0],
    }
}
