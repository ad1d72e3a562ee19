//! Plans links in a database of a million agreements and a hundred thousand organizations. Run by
//! `cargo xtask bench planning`.
//!
//! Usage: planning AGREEMENTS ORGANIZATIONS FOLDER. Prints one line per measurement: what, nanoseconds.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for measuring"
)]
#![expect(clippy::cast_possible_wrap, reason = "numbers of rows are small")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use app::link::{Asked, Buyer, Evidence, TargetChoice, Wish, plan_on, suggestions};
use app::{Actor, Policies};
use domain::{
    AccountId, Agreement, AgreementDetails, AgreementId, AgreementStatus, Contact, Deployment,
    DirectoryId, Email, EndBehavior, Entry, Known, LicenseArn, Link, LinkState, Listing, Member,
    Money, Offer, OfferId, Organization, Pricing, ProductCode, ProductId, Provisioning,
    ProvisioningStatus, Target, TargetKind, Term, Text, Timestamp,
};
use store::Store;
use store::table::directory::Origin;

/// 2026-11-20T00:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_132_800_000);
/// Plans, and suggestions, that are measured.
const ROUNDS: usize = 300;
/// Listings, as the built-in policies for organizations know them.
const TITLES: [&str; 4] = [
    "EMQX Cloud (Pay as you go)",
    "ClickHouse Cloud - Pay As You Go",
    "ClickHouse Cloud - Committed Contract",
    "Pinecone - Pay as you go",
];
/// Every other agreement is linked.
const LINKED_EACH: usize = 2;

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    let agreements: usize = arguments.next().unwrap().parse().unwrap();
    let organizations: usize = arguments.next().unwrap().parse().unwrap();
    let folder = arguments.next().unwrap();
    let store = Store::open(&Path::new(&folder).join("planning.sqlite3")).unwrap();
    fill_agreements(&store, agreements, organizations);
    fill_directory(&store, organizations);
    measure(&store, agreements, organizations);
}

fn measure(store: &Store, agreements: usize, organizations: usize) {
    let policies = Policies::default();
    let actor = Actor {
        user: "bench".to_owned(),
        identity: None,
    };
    for round in 0..ROUNDS {
        // Spread over the whole, and none of those that are linked.
        let number = ((round * 7_919 * LINKED_EACH + 1) % agreements) | 1;
        let organization = (round * 6_007) % organizations;
        let asked = asked(number, organization);
        let started = Instant::now();
        let plan = plan_on(store, &policies, asked, actor.clone(), NOW).unwrap();
        println!("plan\t{}", started.elapsed().as_nanos());
        assert!(!plan.verdicts.is_empty());
        let started = Instant::now();
        suggestions(store, &policies, &agreement_id(number)).unwrap();
        println!("suggestions\t{}", started.elapsed().as_nanos());
    }
}

fn asked(number: usize, organization: usize) -> Asked {
    Asked {
        buyer: Buyer {
            agreement: agreement_id(number),
            license: Some(license(number)),
            account: account(number),
            evidence: Evidence::Token,
            as_of: NOW.as_millis(),
        },
        wish: Wish {
            target: TargetChoice::Existing {
                kind: TargetKind::Organization,
                id: organization_id(organization),
            },
            workspaces: Vec::new(),
            without_workspaces: Vec::new(),
            new_workspaces: Vec::new(),
            member: Some(email(organization, 0)),
            answers: BTreeMap::new(),
            terms_accepted: false,
            overrides: BTreeMap::new(),
        },
    }
}

fn agreement_id(number: usize) -> AgreementId {
    AgreementId::parse(&format!("agmt-{number:025}")).unwrap()
}

fn license(number: usize) -> LicenseArn {
    let arn = format!("arn:aws:license-manager::294406891311:license:l-{number:032x}");
    LicenseArn::parse(&arn).unwrap()
}

/// Four agreements an account.
fn account(number: usize) -> AccountId {
    AccountId::parse(&format!("{:012}", 100_000_000_000 + number / 4)).unwrap()
}

fn organization_id(number: usize) -> DirectoryId {
    DirectoryId::parse(&format!("org-{number}")).unwrap()
}

fn email(organization: usize, person: usize) -> Email {
    Email::parse(&format!("person{person}@company{organization}.example")).unwrap()
}

fn text(words: &str) -> Text {
    Text::parse(words).unwrap()
}

fn fill_agreements(store: &Store, count: usize, organizations: usize) {
    for (position, title) in TITLES.iter().enumerate() {
        let listing = Listing {
            product: ProductId::parse(&format!("prod-{position}")).unwrap(),
            code: Some(ProductCode::parse(&format!("code{position}")).unwrap()),
            title: (*title).to_owned(),
            visibility: None,
            pricing: Pricing::Usage,
        };
        store
            .write(|write| write.put_listing(&listing, None, NOW))
            .unwrap();
    }
    let offer = Offer {
        id: OfferId::parse("offer-1").unwrap(),
        name: None,
        private: true,
    };
    store.write(|write| write.put_offer(&offer, NOW)).unwrap();
    for start in (0..count).step_by(5_000) {
        let numbers = start..count.min(start + 5_000);
        let batch: Vec<Agreement> = numbers.clone().map(agreement).collect();
        store
            .write(|write| write.put_agreements(&batch, 1, NOW))
            .unwrap();
        store
            .write(|write| {
                for number in numbers.clone() {
                    let queued = write.reading().in_queue(&agreement_id(number))?;
                    let place = queued.unwrap().place;
                    write.put_details(place, &details(number, organizations), NOW)?;
                }
                Ok::<_, store::Error>(())
            })
            .unwrap();
        let links: Vec<Link> = numbers
            .filter(|number| number % LINKED_EACH == 0)
            .map(|number| link(number, organizations))
            .collect();
        store.write(|write| write.mirror_links(&links)).unwrap();
    }
}

fn agreement(number: usize) -> Agreement {
    let at = NOW.plus_millis(-60_000 * number as i64);
    Agreement {
        id: agreement_id(number),
        status: AgreementStatus::Active,
        buyer: account(number),
        product: Some(ProductId::parse(&format!("prod-{}", number % TITLES.len())).unwrap()),
        offer: Some(OfferId::parse("offer-1").unwrap()),
        initial: None,
        accepted_at: Some(at),
        starts_at: Some(at),
        ends_at: None,
        updated_at: at,
        end_behavior: EndBehavior::default(),
        licenses: vec![license(number)],
    }
}

fn details(number: usize, organizations: usize) -> AgreementDetails {
    AgreementDetails {
        value: Some(Money::parse("0", "USD").unwrap()),
        trial_ends_at: None,
        terms: vec![Term {
            kind: "usageBasedPricingTerm".to_owned(),
            json: "{}".to_owned(),
        }],
        provisioning: vec![Provisioning {
            license: Some(license(number)),
            status: ProvisioningStatus::Provisioned,
            reason: None,
        }],
        contact: Some(Contact {
            first_name: "Kim".to_owned(),
            last_name: "Example".to_owned(),
            email: email(number % organizations, 9).to_string(),
            company: format!("Company {}", number % organizations),
            country: "KR".to_owned(),
        }),
    }
}

fn link(number: usize, organizations: usize) -> Link {
    let organization = number % organizations;
    Link {
        agreement: agreement_id(number),
        license: Some(license(number)),
        target: Target {
            kind: TargetKind::Organization,
            id: organization_id(organization).to_string(),
            name: format!("Company {organization} Ltd"),
        },
        state: LinkState::Active,
        since: NOW,
        source: "bench".to_owned(),
        workspaces: Vec::new(),
    }
}

fn fill_directory(store: &Store, organizations: usize) {
    let origin = Origin {
        source: "bench".to_owned(),
        as_of: NOW,
    };
    // Ten organizations with three people and a deployment each stay below a change set's limit.
    for start in (0..organizations).step_by(10) {
        let numbers = start..organizations.min(start + 10);
        let entries: Vec<Entry> = numbers.flat_map(belongings).collect();
        store
            .write(|write| write.put_directory(&entries, &origin))
            .unwrap();
    }
}

fn belongings(number: usize) -> Vec<Entry> {
    let id = organization_id(number);
    let mut entries = vec![Entry::Organization(Organization {
        id: id.clone(),
        name: text(&format!("Company {number} Ltd")),
        plan: Some(text("starter")),
        payment_method: Some(text("none")),
        payment_reference: Known::Absent,
        credit_balance: Some(Money::parse("0", "USD").unwrap()),
        authentication_method: Some(text("google")),
        open_invoices: Some(0),
        billing_account: Known::Absent,
        created_at: Some(NOW),
    })];
    entries.extend((0..3).map(|person| {
        Entry::Member(Member {
            organization: id.clone(),
            email: email(number, person),
            name: None,
            role: Some(text(["owner", "admin", "member"][person])),
            verified: Some(true),
            authentication_method: Some(text("google")),
            company: None,
            country: None,
            usage: None,
            phone: Known::Unknown,
        })
    }));
    entries.push(Entry::Deployment(Deployment {
        id: DirectoryId::parse(&format!("dep-{number}")).unwrap(),
        organization: id,
        name: Some(text("production")),
        state: Some(text("running")),
        trial: Some(false),
        trial_ends_at: None,
    }));
    entries
}
