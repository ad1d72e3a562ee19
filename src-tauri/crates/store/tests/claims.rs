//! Several programs bind at once, each over a handle of its own on one file: the cardinality holds.

#![cfg(test)]
use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use domain::{AgreementId, Link, LinkState, Target, TargetKind, Timestamp};
use proptest::prelude::*;
use store::Store;
use store::table::link::{Claim, LinkRecord};

const CHAINS: usize = 6;
const TARGETS: usize = 3;
const ACCOUNTS: usize = 3;
const PROGRAMS: usize = 4;

/// What a program does to a chain of agreements.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Binds it to a target, as long as nothing is in the way.
    Bind { chain: usize, target: usize },
    /// Ends its link, and leaves what it claimed to whoever comes.
    End { chain: usize },
    /// Ends its link and gives back what it claimed.
    GiveBack { chain: usize },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..CHAINS, 0..TARGETS).prop_map(|(chain, target)| Act::Bind { chain, target }),
        1 => (0..CHAINS).prop_map(|chain| Act::End { chain }),
        1 => (0..CHAINS).prop_map(|chain| Act::GiveBack { chain }),
    ]
}

fn id(chain: usize) -> String {
    format!("agmt-{chain:025}")
}

fn record(chain: usize, target: usize, state: LinkState) -> LinkRecord {
    LinkRecord {
        link: Link {
            agreement: AgreementId::parse(&id(chain)).unwrap(),
            license: None,
            target: Target {
                kind: TargetKind::Organization,
                id: format!("org-{target}"),
                name: format!("Organization {target}"),
            },
            state,
            since: Timestamp::from_millis(0),
            source: "Bindery".to_owned(),
            workspaces: Vec::new(),
        },
        chain: id(chain),
        account: Some(format!("account {}", chain % ACCOUNTS)),
        policy: None,
        plan: Some("plan".to_owned()),
        member: None,
        reason: None,
        current: true,
        in_force: None,
    }
}

fn claims(record: &LinkRecord) -> [Claim; 3] {
    let account = record.account.as_deref().unwrap_or_default();
    [
        Claim(format!("agreement {}", record.chain)),
        Claim(account.to_owned()),
        Claim(format!("target {}", record.link.target.id)),
    ]
}

/// Tells whether a link was made.
fn carry_out(store: &Store, act: Act) -> bool {
    let outcome = store.write(|write| {
        let (chain, target) = match act {
            Act::Bind { chain, target } => (chain, Some(target)),
            Act::End { chain } | Act::GiveBack { chain } => (chain, None),
        };
        let current = write.reading().current_link(&id(chain))?;
        let held = current.filter(LinkRecord::is_held);
        match (held, target) {
            (None, Some(target)) => {
                let new = record(chain, target, LinkState::Active);
                if write.claim(&new.chain, &claims(&new))?.is_some() {
                    return Ok(false);
                }
                write.put_link(&new)?;
                return Ok(true);
            }
            (Some(mut old), None) => {
                old.link.state = LinkState::Ended;
                write.put_link(&old)?;
                if matches!(act, Act::GiveBack { .. }) {
                    write.give_claims_back(&old.chain)?;
                }
            }
            _ => {}
        }
        Ok::<_, store::Error>(false)
    });
    outcome.unwrap()
}

fn held(store: &Store) -> Vec<LinkRecord> {
    let mut records = store.read(|read| read.current_links(usize::MAX)).unwrap();
    records.retain(LinkRecord::is_held);
    records
}

/// No two live links share anything that either of them claims.
fn keeps_its_cardinality(records: &[LinkRecord]) {
    let mut seen = BTreeMap::new();
    for record in records {
        for claim in claims(record) {
            if let Some(other) = seen.insert(claim.clone(), &record.chain) {
                panic!("{claim:?} is claimed by {other} and {}", record.chain);
            }
        }
    }
}

fn at_once(path: &Path, programs: &[Vec<Act>]) {
    thread::scope(|scope| {
        for acts in programs {
            scope.spawn(move || {
                let store = Store::open(path).unwrap();
                for act in acts {
                    carry_out(&store, *act);
                    keeps_its_cardinality(&held(&store));
                }
            });
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn concurrent_binds_never_break_the_cardinality(
        programs in prop::collection::vec(prop::collection::vec(act(), 1..12), PROGRAMS)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("links.sqlite3");
        drop(Store::open(&path).unwrap());
        at_once(&path, &programs);
        let store = Store::open(&path).unwrap();
        keeps_its_cardinality(&held(&store));
        // Whatever is free can be had: nothing that is over is in anybody's way.
        for record in held(&store) {
            let chain: usize = record.chain["agmt-".len()..].parse().unwrap();
            carry_out(&store, Act::End { chain });
        }
        for chain in 0..ACCOUNTS {
            prop_assert!(carry_out(&store, Act::Bind { chain, target: chain }), "{chain}");
        }
    }
}
