//! Fills a database with invented agreements and asks it what the grid asks. Run by
//! `cargo xtask bench questions`, which puts the peers beside it.
//!
//! Usage: questions COUNT FOLDER. Leaves in FOLDER `rows.tsv` and `questions.tsv` for the peers, and
//! prints one line per measurement: approach, question, nanoseconds; or `fact`, name, number.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for measuring"
)]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "counts of rows and nanoseconds are small"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use domain::filter::{self, Moment};
use domain::{
    AccountId, Agreement, AgreementDetails, AgreementId, AgreementStatus, Contact, EndBehavior,
    LicenseArn, Link, LinkState, Listing, Money, OfferId, Pricing, ProductCode, ProductId, Target,
    TargetKind, Timestamp,
};
use jiff::tz::TimeZone;
use store::Store;
use store::query::{Sort, SortKey};
use store::table::details::Place;

/// 2026-11-20T00:00:00Z.
const NOW_MS: i64 = 1_795_132_800_000;
const DAY_MS: i64 = 86_400_000;
const ROUNDS: usize = 30;
const BATCH: usize = 50;

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    let count: usize = arguments.next().unwrap().parse().unwrap();
    let folder = arguments.next().unwrap();
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).unwrap();
    let file = folder.join("bench.sqlite3");
    if !file.exists() {
        fill(&file, folder, count);
    }
    let store = Store::open(&file).unwrap();
    let started = Instant::now();
    store.warm().unwrap();
    fact("load the index, ms", started.elapsed().as_millis() as f64);
    ask(&store, folder);
    fact(
        "index, MiB",
        store.read(|read| read.index_bytes()).unwrap() as f64 / 1_048_576.0,
    );
    fact("process, MiB", resident_mib());
}

fn fact(name: &str, value: f64) {
    println!("fact\t{name}\t{value:.1}");
}

/// Resident memory of this process, in MiB.
fn resident_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0.0);
    kib / 1_024.0
}

/// A small generator of pseudo-random numbers (SplitMix64), so that every run has the same rows.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn word(&mut self, letters: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(letters[self.below(letters.len())]))
            .collect()
    }
}

const ALNUM: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const FIRST: &[&str] = &[
    "Harbor", "Kestrel", "Lumen", "Quarry", "Sable", "Tessel", "Umbra", "Vantage", "Willow",
    "Zephyr", "Bright", "Copper", "Delta", "Ember", "Fjord", "Garnet", "새솔", "가온", "松果",
    "北辰",
];
const SECOND: &[&str] = &[
    "Rail", "Freight", "Health", "Airways", "Systems", "Robotics", "Energy", "Bank", "Foods",
    "Labs",
];
const THIRD: &[&str] = &[
    "GmbH",
    "Ltd",
    "AS",
    "Inc",
    "Co",
    "S.A.",
    "Group",
    "주식회사",
];

struct Invented {
    agreement: Agreement,
    details: AgreementDetails,
    linked_to: Option<String>,
}

fn invent(random: &mut Random, number: usize) -> Invented {
    let id = |prefix: &str, length: usize, random: &mut Random| {
        format!("{prefix}{}", random.word(ALNUM, length))
    };
    let product = number % 5;
    let company = format!(
        "{} {} {}",
        FIRST[random.below(FIRST.len())],
        SECOND[random.below(SECOND.len())],
        THIRD[random.below(THIRD.len())]
    );
    // Oldest update first, as AWS lists them and a sync writes them: one each minute.
    let updated = NOW_MS - 700 * DAY_MS + number as i64 * 60_000;
    let status = match random.below(20) {
        0..=13 => AgreementStatus::Active,
        14..=15 => AgreementStatus::Expired,
        16 => AgreementStatus::Cancelled,
        17..=18 => AgreementStatus::Renewed,
        _ => AgreementStatus::Terminated,
    };
    let linked = status == AgreementStatus::Active && random.below(20) != 0;
    let agreement = Agreement {
        id: AgreementId::parse(&id("agmt-", 25, random)).unwrap(),
        status,
        buyer: AccountId::parse(&random.word(b"0123456789", 12)).unwrap(),
        product: Some(ProductId::parse(&format!("prod-example00000{product}")).unwrap()),
        offer: Some(OfferId::parse(&id("offer-", 13, random)).unwrap()),
        initial: None,
        accepted_at: Some(Timestamp::from_millis(updated - 1_000)),
        starts_at: Some(Timestamp::from_millis(updated)),
        ends_at: (product != 0).then(|| Timestamp::from_millis(updated + 365 * DAY_MS)),
        updated_at: Timestamp::from_millis(updated),
        end_behavior: EndBehavior::default(),
        licenses: vec![
            LicenseArn::parse(&format!(
                "arn:aws:license-manager::294406891311:license:l-{}",
                random.word(b"0123456789abcdef", 32)
            ))
            .unwrap(),
        ],
    };
    let value = Money::parse(&format!("{}", random.below(500) * 1_000), "USD").unwrap();
    let contact = Contact {
        first_name: "Kim".to_owned(),
        last_name: "Example".to_owned(),
        email: format!(
            "buyer{number}@{}.example",
            random.word(b"abcdefghijklmnopqrstuvwxyz", 7)
        ),
        company: company.clone(),
        country: "US".to_owned(),
    };
    let details = AgreementDetails {
        value: Some(value),
        contact: Some(contact),
        ..AgreementDetails::default()
    };
    Invented {
        agreement,
        details,
        linked_to: linked.then_some(company),
    }
}

/// Writes the agreements as a sync does, 50 at a time, and the rows for the peers.
fn fill(file: &Path, folder: &Path, count: usize) {
    let store = Store::open(file).unwrap();
    let mut random = Random(7);
    let mut rows = String::from("id\tstatus\tproduct\tlink\tends\tvalue\ttext\n");
    let mut spent = std::time::Duration::ZERO;
    for product in 0..5 {
        let listing = Listing {
            product: ProductId::parse(&format!("prod-example00000{product}")).unwrap(),
            code: Some(ProductCode::parse(&format!("examplecode{product}")).unwrap()),
            title: format!("Listing {product}"),
            visibility: None,
            pricing: Pricing::Contract,
        };
        store
            .write(|write| write.put_listing(&listing, None, Timestamp::from_millis(NOW_MS)))
            .unwrap();
    }
    let now = Timestamp::from_millis(NOW_MS);
    let mut links = Vec::new();
    let mut row = 0;
    for start in (0..count).step_by(BATCH) {
        let batch: Vec<Invented> = (start..count.min(start + BATCH))
            .map(|number| invent(&mut random, number))
            .collect();
        let agreements: Vec<Agreement> = batch.iter().map(|one| one.agreement.clone()).collect();
        let started = Instant::now();
        store
            .write(|write| write.put_agreements(&agreements, 1, now))
            .unwrap();
        spent += started.elapsed();
        store
            .write(|write| {
                for one in &batch {
                    row += 1;
                    let place = Place {
                        updated_at: one.agreement.updated_at.as_millis(),
                        row,
                    };
                    write.put_details(place, &one.details, now)?;
                }
                Ok::<_, store::Error>(())
            })
            .unwrap();
        for one in &batch {
            describe(&mut rows, one);
            links.extend(link(one));
        }
    }
    fact(
        "agreements written a second",
        count as f64 / spent.as_secs_f64(),
    );
    for links in links.chunks(10_000) {
        store.write(|write| write.mirror_links(links)).unwrap();
    }
    fs::write(folder.join("rows.tsv"), rows).unwrap();
}

fn link(one: &Invented) -> Option<Link> {
    Some(Link {
        agreement: one.agreement.id.clone(),
        license: one.agreement.licenses.first().cloned(),
        target: Target {
            kind: TargetKind::Organization,
            id: "org".to_owned(),
            name: one.linked_to.clone()?,
        },
        state: LinkState::Active,
        since: Timestamp::from_millis(NOW_MS),
        source: "bench".to_owned(),
        workspaces: Vec::new(),
    })
}

/// The row as the peers get it.
fn describe(rows: &mut String, one: &Invented) {
    let agreement = &one.agreement;
    let contact = one.details.contact.as_ref().unwrap();
    let text = format!(
        "{} {} {} {} {} {} {}",
        contact.company,
        contact.email,
        agreement.id,
        agreement.buyer,
        agreement.offer.as_ref().unwrap(),
        agreement.licenses[0].short(),
        one.linked_to.as_deref().unwrap_or_default()
    );
    let _ = writeln!(
        rows,
        "{}\t{}\t{}\t{}\t{}\t{}\t{}",
        agreement.id,
        agreement.status.as_wire(),
        agreement.product.as_ref().unwrap(),
        if one.linked_to.is_some() {
            "active"
        } else {
            "none"
        },
        agreement.ends_at.map_or(0, Timestamp::as_millis),
        one.details.value.unwrap().micros,
        text.to_lowercase()
    );
}

/// What is asked: a name as the peers know it, and the filter.
const SEARCHES: &[&str] = &[
    "a",
    "7",
    "z",
    "ex",
    "q7",
    "가",
    "rail",
    "kestrel",
    "buyer77",
    "agmt-",
    "松果 bank",
    "nowhere at all",
];
const FILTERS: &[(&str, &str)] = &[
    ("status=ACTIVE", "status:active"),
    ("status=TERMINATED", "status:terminated"),
    ("link=none", "link:none"),
    ("product=prod-example000003", "product:prod-example000003"),
    ("", "status:active link:none ends:<60d"),
    (
        "",
        "status:expired,cancelled value:>100k product:listing -link:active",
    ),
    ("", "is:needs-setup value:>10k"),
];

fn ask(store: &Store, folder: &Path) {
    let mut questions = String::new();
    let mut clock = 0;
    // Every question is asked at another second, so that no kept result answers it.
    let mut moment = || {
        clock += 1_000;
        Moment {
            now: Timestamp::from_millis(NOW_MS + clock),
            zone: TimeZone::UTC,
        }
    };
    let updated = Sort {
        key: SortKey::Updated,
        descending: true,
    };
    let mut list = |name: &str, text: &str| {
        let parsed = filter::parse(text).unwrap();
        for _ in 0..ROUNDS {
            let moment = moment();
            measure("bindery", name, || {
                store
                    .read(|read| read.agreements(&parsed, &moment, updated, 0, 50))
                    .unwrap()
                    .matched
            });
            measure("bindery, counts", name, || {
                store
                    .read(|read| read.counts(&parsed, &moment))
                    .unwrap()
                    .matched
            });
        }
    };
    for term in SEARCHES {
        let _ = writeln!(questions, "search\t{term}");
        list(&format!("search {term}"), &format!("\"{term}\""));
    }
    for (peer, text) in FILTERS {
        if !peer.is_empty() {
            let _ = writeln!(questions, "filter\t{peer}");
        }
        list(
            &format!("filter {}", if peer.is_empty() { text } else { peer }),
            text,
        );
    }
    list("filter none", "");
    jump(store, &mut questions);
    fs::write(folder.join("questions.tsv"), questions).unwrap();
}

fn jump(store: &Store, questions: &mut String) {
    let updated = Sort {
        key: SortKey::Updated,
        descending: true,
    };
    let moment = Moment {
        now: Timestamp::from_millis(NOW_MS),
        zone: TimeZone::UTC,
    };
    for (name, text) in [("", ""), (", filtered", "status:active")] {
        let parsed = filter::parse(text).unwrap();
        let total = store
            .read(|read| read.agreements(&parsed, &moment, updated, 0, 1))
            .unwrap()
            .matched;
        let mut random = Random(11);
        for round in 0..ROUNDS * 10 {
            let position = random.below(total.saturating_sub(50).max(1));
            if name.is_empty() && round < 5 {
                let _ = writeln!(questions, "jump\t{position}");
            }
            measure("bindery", &format!("jump{name}"), || {
                store
                    .read(|read| read.agreements(&parsed, &moment, updated, position, 50))
                    .unwrap()
                    .rows
                    .len()
            });
        }
    }
    for key in [SortKey::Buyer, SortKey::Ends, SortKey::Value] {
        let started = Instant::now();
        let sort = Sort {
            key,
            descending: false,
        };
        let parsed = filter::Filter::default();
        std::hint::black_box(
            store
                .read(|read| read.agreements(&parsed, &moment, sort, 0, 50))
                .unwrap(),
        );
        fact(
            &format!("first sort by {key:?}, ms"),
            started.elapsed().as_secs_f64() * 1e3,
        );
    }
}

fn measure(approach: &str, question: &str, work: impl FnOnce() -> usize) {
    let started = Instant::now();
    let found = std::hint::black_box(work());
    let nanos = started.elapsed().as_nanos();
    println!("{approach}\t{question}\t{nanos}\t{found}");
}
