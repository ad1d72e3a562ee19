//! The index must never be wrong: after any write, of this process or another, it answers what a
//! plain look at every row answers.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use domain::filter::{self, Moment};
use domain::{
    AccountId, Agreement, AgreementDetails, AgreementId, AgreementStatus, Contact, EndBehavior,
    LicenseArn, Link, LinkState, Listing, Money, Pricing, ProductCode, ProductId, Target,
    TargetKind, Timestamp,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use store::Store;
use store::query::{Sort, SortKey};
use store::table::details::Place;

const NOW: Timestamp = Timestamp::from_millis(1_795_132_800_000);

fn moment() -> Moment {
    Moment {
        now: NOW,
        zone: TimeZone::UTC,
    }
}

fn agreement(number: u32, status: AgreementStatus, updated_days_ago: i64) -> Agreement {
    let updated_at = NOW.plus_days(-updated_days_ago);
    Agreement {
        id: AgreementId::parse(&format!("agmt-{number:04}")).unwrap(),
        status,
        buyer: AccountId::parse(&format!(
            "{:012}",
            111_122_223_333_u64 + u64::from(number % 3)
        ))
        .unwrap(),
        product: None,
        offer: None,
        initial: None,
        accepted_at: Some(updated_at),
        starts_at: Some(updated_at),
        ends_at: number.is_multiple_of(2).then(|| updated_at.plus_days(365)),
        updated_at,
        end_behavior: EndBehavior::default(),
        licenses: vec![
            LicenseArn::parse(&format!("arn:aws:license-manager::1:license:l-{number:04}"))
                .unwrap(),
        ],
    }
}

fn link(number: u32, state: LinkState) -> Link {
    Link {
        agreement: AgreementId::parse(&format!("agmt-{number:04}")).unwrap(),
        license: None,
        target: Target {
            kind: TargetKind::Organization,
            id: format!("org-{number}"),
            name: format!("Org {number}"),
        },
        state,
        since: NOW,
        source: "test".to_owned(),
        workspaces: Vec::new(),
    }
}

fn ids(store: &Store, text: &str, key: SortKey, descending: bool) -> Vec<String> {
    let filter = filter::parse(text).unwrap();
    let sort = Sort { key, descending };
    let window = store
        .read(|read| read.agreements(&filter, &moment(), sort, 0, 1_000))
        .unwrap();
    assert_eq!(window.matched, window.rows.len());
    window.rows.into_iter().map(|row| row.id).collect()
}

fn put(store: &Store, agreements: &[Agreement], run: i64) {
    store
        .write(|write| write.put_agreements(agreements, run, NOW))
        .unwrap();
}

#[test]
fn another_process_writes_and_the_next_search_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.sqlite3");
    let (here, there) = (Store::open(&file).unwrap(), Store::open(&file).unwrap());
    put(&here, &[agreement(1, AgreementStatus::Active, 1)], 1);
    assert_eq!(ids(&here, "agmt-", SortKey::Updated, true), ["agmt-0001"]);

    put(&there, &[agreement(2, AgreementStatus::Active, 0)], 1);
    assert_eq!(
        ids(&here, "agmt-", SortKey::Updated, true),
        ["agmt-0002", "agmt-0001"]
    );

    there
        .write(|write| write.mirror_links(&[link(1, LinkState::Active)]))
        .unwrap();
    assert_eq!(
        ids(&here, "link:active", SortKey::Updated, true),
        ["agmt-0001"]
    );
    assert_eq!(
        ids(&here, "target:\"org 1\"", SortKey::Updated, true),
        ["agmt-0001"]
    );
    assert_eq!(
        ids(&here, "is:needs-setup", SortKey::Updated, true),
        ["agmt-0002"]
    );

    put(&there, &[agreement(2, AgreementStatus::Active, 0)], 2);
    there
        .write(|write| write.drop_agreements_not_seen_by(2))
        .unwrap();
    assert_eq!(ids(&here, "", SortKey::Updated, true), ["agmt-0002"]);
}

#[test]
fn a_write_that_fails_leaves_no_trace_in_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
    put(&store, &[agreement(1, AgreementStatus::Active, 1)], 1);
    let failed: Result<(), store::Error> = store.write(|write| {
        write.put_agreements(&[agreement(2, AgreementStatus::Active, 0)], 1, NOW)?;
        Err(store::Error::Invalid("test"))
    });
    assert!(failed.is_err());
    assert_eq!(ids(&store, "agmt-", SortKey::Updated, true), ["agmt-0001"]);
}

#[test]
fn listeners_hear_after_the_commit_what_it_touched() {
    let folder = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(Store::open(&folder.path().join("test.sqlite3")).unwrap());
    let (tell, heard) = std::sync::mpsc::channel();
    let weak = std::sync::Arc::downgrade(&store);
    store.on_change(move |topics| {
        // What is announced can be read by whoever hears it.
        let count = weak
            .upgrade()
            .unwrap()
            .read(|read| read.agreement_count())
            .unwrap();
        tell.send((topics.clone(), count)).unwrap();
    });
    put(&store, &[agreement(1, AgreementStatus::Active, 1)], 1);
    let (topics, count) = heard.try_recv().unwrap();
    assert_eq!(
        (topics.into_iter().collect::<Vec<_>>(), count),
        (vec![store::Topic::Agreements], 1)
    );
    let _: Result<(), store::Error> = store.write(|write| {
        write.set_clock_offset(1)?;
        Err(store::Error::Invalid("test"))
    });
    assert!(heard.try_recv().is_err(), "a failed write was announced");
}

#[test]
fn a_contact_that_was_removed_is_gone_and_one_of_an_ended_agreement_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
    let named_nobody = |number| {
        let id = AgreementId::parse(&format!("agmt-{number:04}")).unwrap();
        let queue = store
            .read(|read| read.undetailed(Place::START, 100))
            .unwrap();
        let of = queue.iter().find(|item| item.agreement == id);
        let nothing = AgreementDetails::default();
        store
            .write(|write| write.put_details(of.unwrap().place, &nothing, NOW))
            .unwrap();
    };
    let active = [1, 2].map(|number| agreement(number, AgreementStatus::Active, 9));
    put(&store, &active, 1);
    for number in [1, 2] {
        detail(&store, number, "Acme", 5);
    }
    let changed = [
        agreement(1, AgreementStatus::Active, 8),
        agreement(2, AgreementStatus::Cancelled, 8),
    ];
    put(&store, &changed, 2);
    named_nobody(1);
    named_nobody(2);
    assert_eq!(
        ids(&store, "acme", SortKey::Buyer, false),
        ["agmt-0002"],
        "AWS tells of active agreements' contacts alone"
    );
}

#[test]
fn an_unknown_status_is_kept_counted_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
    let paused = AgreementStatus::Unknown("PAUSED".into());
    put(
        &store,
        &[
            agreement(1, paused.clone(), 1),
            agreement(2, AgreementStatus::Active, 1),
        ],
        1,
    );
    assert_eq!(
        ids(&store, "status:PAUSED", SortKey::Updated, true),
        ["agmt-0001"]
    );
    let counts = store
        .read(|read| read.counts(&filter::Filter::default(), &moment()))
        .unwrap();
    assert!(counts.statuses.contains(&(paused, 1)));
}

#[test]
fn each_facet_leaves_out_its_own_terms() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
    let statuses = [
        AgreementStatus::Active,
        AgreementStatus::Active,
        AgreementStatus::Expired,
    ];
    let agreements: Vec<_> = (1..)
        .zip(statuses)
        .map(|(number, status)| agreement(number, status, 1))
        .collect();
    put(&store, &agreements, 1);
    store
        .write(|write| write.mirror_links(&[link(1, LinkState::Active)]))
        .unwrap();
    let filter = filter::parse("status:active link:none").unwrap();
    let counts = store.read(|read| read.counts(&filter, &moment())).unwrap();
    assert_eq!((counts.matched, counts.total), (1, 3));
    // Without a link there are one active and one expired; among the active ones, one is linked.
    let status = |wanted| {
        counts
            .statuses
            .iter()
            .find(|(status, _)| *status == wanted)
            .unwrap()
            .1
    };
    assert_eq!(
        (
            status(AgreementStatus::Active),
            status(AgreementStatus::Expired)
        ),
        (1, 1)
    );
    let linked = |wanted| {
        counts
            .links
            .iter()
            .find(|(link, _)| *link == wanted)
            .unwrap()
            .1
    };
    assert_eq!((linked(None), linked(Some(LinkState::Active))), (1, 1));
}

#[derive(Clone, Debug)]
enum Change {
    Put {
        number: u32,
        active: bool,
        days: i64,
    },
    Detail {
        number: u32,
        company: String,
        value: i64,
    },
    Link {
        number: u32,
        active: bool,
    },
    Sweep {
        keep: Vec<u32>,
    },
}

fn change() -> impl Strategy<Value = Change> {
    let number = 1u32..12;
    prop_oneof![
        4 => (number.clone(), any::<bool>(), 0i64..40)
            .prop_map(|(number, active, days)| Change::Put { number, active, days }),
        3 => (number.clone(), "[ab]{1,3}", 0i64..5)
            .prop_map(|(number, company, value)| Change::Detail { number, company, value }),
        2 => (number.clone(), any::<bool>()).prop_map(|(number, active)| Change::Link { number, active }),
        1 => prop::collection::vec(number, 0..8).prop_map(|keep| Change::Sweep { keep }),
    ]
}

/// What each agreement is, kept the plain way.
#[derive(Clone, Debug)]
struct Plain {
    active: bool,
    days: i64,
    company: String,
    value: Option<i64>,
    live: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Two processes take turns in writing; one of them searches after every write.
    #[test]
    fn the_index_agrees_with_a_plain_look(changes in prop::collection::vec(change(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.sqlite3");
        let stores = [Store::open(&file).unwrap(), Store::open(&file).unwrap()];
        let mut plain: std::collections::BTreeMap<u32, Plain> = std::collections::BTreeMap::new();
        let mut links: std::collections::BTreeMap<u32, bool> = std::collections::BTreeMap::new();
        let mut run = 1;
        for (turn, change) in changes.into_iter().enumerate() {
            let writer = &stores[turn % 2];
            match change {
                Change::Put { number, active, days } => {
                    let status = if active { AgreementStatus::Active } else { AgreementStatus::Expired };
                    put(writer, &[agreement(number, status, days)], run);
                    let live = links.get(&number).copied().unwrap_or(false);
                    let known = plain.entry(number).or_insert(Plain {
                        active, days, company: String::new(), value: None, live,
                    });
                    (known.active, known.days) = (active, days);
                }
                Change::Detail { number, company, value } => {
                    let Some(known) = plain.get_mut(&number) else { continue };
                    detail(writer, number, &company, value);
                    (known.company, known.value) = (company, Some(value));
                }
                Change::Link { number, active } => {
                    let state = if active { LinkState::Active } else { LinkState::Ended };
                    writer.write(|write| write.mirror_links(&[link(number, state)])).unwrap();
                    // A link that is told of when its agreement is over is over, too.
                    let linked = links.get(&number).copied().unwrap_or(false);
                    let over = plain.get(&number).is_some_and(|known| !known.active);
                    let live = active && (linked || !over);
                    links.insert(number, live);
                    if let Some(known) = plain.get_mut(&number) {
                        known.live = live;
                    }
                }
                Change::Sweep { keep } => {
                    run += 1;
                    let kept: Vec<Agreement> = plain.iter().filter(|(number, _)| keep.contains(number)).map(
                        |(number, known)| agreement(*number,
                            if known.active { AgreementStatus::Active } else { AgreementStatus::Expired }, known.days)
                    ).collect();
                    put(writer, &kept, run);
                    writer.write(|write| write.drop_agreements_not_seen_by(run)).unwrap();
                    plain.retain(|number, _| keep.contains(number));
                }
            }
            agree(&stores[0], &plain);
        }
    }
}

fn detail(store: &Store, number: u32, company: &str, value: i64) {
    let id = AgreementId::parse(&format!("agmt-{number:04}")).unwrap();
    let queue = store
        .read(|read| read.undetailed(Place::START, 100))
        .unwrap();
    let place = queue
        .iter()
        .find(|item| item.agreement == id)
        .map(|item| item.place);
    // One that has its details already gets them again at the place of any: only the row counts.
    let place = place.unwrap_or_else(|| {
        let row = rusqlite::Connection::open(store.path()).unwrap();
        row.query_row(
            "SELECT updated_at, row FROM agreement WHERE id = ?1",
            [id.as_str()],
            |row| {
                Ok(Place {
                    updated_at: row.get(0)?,
                    row: row.get(1)?,
                })
            },
        )
        .unwrap()
    });
    let details = AgreementDetails {
        value: Some(Money {
            micros: value * 1_000_000,
            currency: domain::Currency::parse("USD").unwrap(),
        }),
        contact: Some(Contact {
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            company: company.to_owned(),
            country: String::new(),
        }),
        ..AgreementDetails::default()
    };
    store
        .write(|write| write.put_details(place, &details, NOW))
        .unwrap();
}

fn agree(store: &Store, plain: &std::collections::BTreeMap<u32, Plain>) {
    let expect = |has: &dyn Fn(&Plain) -> bool| -> Vec<String> {
        let mut found: Vec<(&u32, &Plain)> = plain.iter().filter(|(_, known)| has(known)).collect();
        found.sort_by(|a, b| {
            (a.1.company.is_empty(), &a.1.company).cmp(&(b.1.company.is_empty(), &b.1.company))
        });
        found
            .into_iter()
            .map(|(number, _)| format!("agmt-{number:04}"))
            .collect()
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    let by_company = |text: &str| sorted(ids(store, text, SortKey::Buyer, false));
    assert_eq!(by_company(""), sorted(expect(&|_| true)));
    assert_eq!(
        by_company("company:ab"),
        sorted(expect(&|known| known.company.contains("ab")))
    );
    assert_eq!(
        by_company("-company:a"),
        sorted(expect(&|known| !known.company.contains('a')))
    );
    assert_eq!(
        by_company("status:active"),
        sorted(expect(&|known| known.active))
    );
    assert_eq!(
        by_company("is:needs-setup"),
        sorted(expect(&|known| known.active && !known.live))
    );
    assert_eq!(
        by_company("value:>=2"),
        sorted(expect(&|known| known.value.is_some_and(|value| value >= 2)))
    );
    assert_eq!(
        by_company("updated:<10d"),
        sorted(expect(&|known| known.days <= 10))
    );
    // The order itself: companies ascend, those without one come last.
    let companies: Vec<String> = ids(store, "", SortKey::Buyer, false)
        .iter()
        .map(|id| plain[&id[5..].parse::<u32>().unwrap()].company.clone())
        .collect();
    let mut in_order = companies.clone();
    in_order.sort_by_key(|company| (company.is_empty(), company.clone()));
    assert_eq!(companies, in_order);
}

#[test]
fn words_are_found_in_the_products_title_id_and_code_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.sqlite3")).unwrap();
    let listing = Listing {
        product: ProductId::parse("prod-broker").unwrap(),
        code: Some(ProductCode::parse("examplecode1").unwrap()),
        title: "Message Broker".to_owned(),
        visibility: None,
        pricing: Pricing::Usage,
    };
    store
        .write(|write| write.put_listing(&listing, None, NOW))
        .unwrap();
    let with_product = Agreement {
        product: Some(listing.product.clone()),
        ..agreement(1, AgreementStatus::Active, 1)
    };
    put(
        &store,
        &[with_product, agreement(2, AgreementStatus::Active, 1)],
        1,
    );
    for words in ["broker", "prod-bro", "examplecode1", "\"message broker\""] {
        assert_eq!(
            ids(&store, words, SortKey::Updated, true),
            ["agmt-0001"],
            "{words}"
        );
    }
    assert_eq!(
        ids(&store, "-broker", SortKey::Updated, true),
        ["agmt-0002"]
    );
    assert_eq!(
        ids(&store, "company:broker", SortKey::Updated, true),
        [""; 0]
    );

    // A title that changes is followed, without the agreements having changed.
    let renamed = Listing {
        title: "Event Bus".to_owned(),
        ..listing
    };
    store
        .write(|write| write.put_listing(&renamed, None, NOW))
        .unwrap();
    assert_eq!(
        ids(&store, "\"event bus\"", SortKey::Updated, true),
        ["agmt-0001"]
    );
    assert_eq!(
        ids(&store, "\"message broker\"", SortKey::Updated, true),
        [""; 0]
    );
}
