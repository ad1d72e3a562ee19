//! Cases to judge, as data that can be changed and forgotten piece by piece.

use std::collections::BTreeMap;

use domain::{Money, Timestamp};
use policy::{Evidence, Facts, Outcome, Policy, Provenance, Value, Verdict, builtin};

/// 2026-11-20T10:00:00Z, when every case is judged.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);

/// What is known: facts by path, and lists with their items.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) facts: BTreeMap<&'static str, Value>,
    pub(crate) lists: BTreeMap<&'static str, Vec<BTreeMap<&'static str, Value>>>,
}

impl Case {
    pub(crate) fn set(&mut self, path: &'static str, value: impl Into<Value>) -> &mut Self {
        self.facts.insert(path, value.into());
        self
    }

    pub(crate) fn add(&mut self, list: &'static str, item: &[(&'static str, Value)]) -> &mut Self {
        let item = item.iter().cloned().collect();
        self.lists.entry(list).or_default().push(item);
        self
    }

    pub(crate) fn facts(&self) -> Facts {
        let mut facts = Facts::at(NOW);
        for (path, value) in &self.facts {
            facts.tell(path, value.clone(), &provenance(path)).unwrap();
        }
        for (list, items) in &self.lists {
            let from = provenance(list);
            facts.tell_list(list, &from).unwrap();
            for item in items {
                let fields = item.iter().map(|(name, value)| (*name, value.clone()));
                facts.add(list, fields, &from).unwrap();
            }
        }
        facts
    }

    /// Everything in it that can be forgotten: a fact, a list, or one fact of one item.
    pub(crate) fn pieces(&self) -> Vec<Piece> {
        let facts = self.facts.keys().map(|path| Piece::Fact(path));
        let lists = self.lists.keys().map(|list| Piece::List(list));
        let items = self.lists.iter().flat_map(|(list, items)| {
            items.iter().enumerate().flat_map(move |(position, item)| {
                item.keys()
                    .map(move |name| Piece::Item(list, position, name))
            })
        });
        facts.chain(lists).chain(items).collect()
    }

    pub(crate) fn without(&self, piece: Piece) -> Self {
        let mut rest = self.clone();
        match piece {
            Piece::Fact(path) => drop(rest.facts.remove(path)),
            Piece::List(list) => drop(rest.lists.remove(list)),
            Piece::Item(list, position, name) => {
                let items = rest.lists.get_mut(list);
                items.and_then(|items| items[position].remove(name));
            }
        }
        rest
    }
}

/// Something that can be forgotten.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece {
    Fact(&'static str),
    List(&'static str),
    Item(&'static str, usize, &'static str),
}

fn provenance(path: &str) -> Provenance {
    let hours_ago = |hours: i64| NOW.plus_millis(-hours * 3_600_000);
    match path.split('.').next() {
        Some("agreement" | "offer" | "license" | "account" | "listing" | "entitlements") => {
            Provenance::new("AWS", hours_ago(1))
        }
        Some("request" | "changes") => Provenance::new("the person", NOW),
        Some("links") => Provenance::new("ledger", NOW),
        _ => Provenance::new("directory", hours_ago(2)),
    }
}

pub(crate) fn policy(id: &str) -> &'static Policy {
    builtin().iter().find(|policy| policy.id == id).unwrap()
}

pub(crate) fn usd(amount: &str) -> Money {
    Money::parse(amount, "USD").unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    let instant: jiff::Timestamp = text.parse().unwrap();
    Timestamp::from_millis(instant.as_millisecond())
}

/// A case of a system in which every rule passes and everything a rule may ask for is known.
pub(crate) fn ready(system: &str) -> Case {
    let mut case = Case {
        facts: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    case.lists.insert("links", Vec::new());
    case.lists.insert("changes", Vec::new());
    case.set("request.target", "existing")
        .set("request.member", "existing")
        .set("agreement.id", "agmt-1")
        .set("agreement.status", "ACTIVE")
        .set("agreement.value", usd("120000"))
        .set("agreement.ends_at", at("2027-11-20T00:00:00Z"))
        .set("offer.id", "offer-1")
        .set("offer.private", system == "clickhouse-committed")
        .set("offer.contract", system == "clickhouse-committed")
        .set("license.status", "PROVISIONED")
        .set("account.id", "444455556666")
        .set("account.evidence", "token")
        .set("member.email", "mina@acme.example")
        .set(
            "member.role",
            if system == "pinecone" {
                "owner"
            } else {
                "admin"
            },
        )
        .set("member.email_verified", true)
        .set("member.authentication_method", "google");
    if system == "guance" {
        case.set("request.verified", true)
            .set("billing_account.user_name", "acme-billing")
            .set("billing_account.email", "billing@acme.example");
        for (id, bound) in [("wksp-1", true), ("wksp-2", true), ("wksp-3", false)] {
            case.add(
                "workspaces",
                &[
                    ("id", id.into()),
                    ("name", format!("Acme {}", &id[5..]).into()),
                    ("bound", bound.into()),
                    ("state", "active".into()),
                    ("settlement", "billing-center".into()),
                ],
            );
        }
        return case;
    }
    case.set("organization.id", "acme")
        .set("organization.name", "Acme")
        .set("organization.plan", "starter")
        .set("organization.payment_method", "none")
        .set("organization.payment_reference", Value::Absent)
        .set("organization.credit_balance", usd("0"))
        .set("organization.authentication_method", "google")
        .set("organization.open_invoices", 0_i64)
        .set("organization.owners", vec!["lee@acme.example".to_owned()]);
    case
}

/// A link in the way: of the same account, to another target, on the same listing.
pub(crate) fn link(case: &mut Case, same: &[&'static str]) {
    let is = |what: &str| Value::from(same.contains(&what));
    case.add(
        "links",
        &[
            ("same_account", is("account")),
            ("same_target", is("target")),
            ("same_license", is("license")),
            ("same_group", is("group")),
            ("account", "444455556666".into()),
            ("agreement", "agmt-0".into()),
            ("listing", "another listing".into()),
            ("target_id", "globex".into()),
            ("target_name", "Globex".into()),
            (
                "owners",
                vec![
                    "kim@globex.example".to_owned(),
                    "park@globex.example".to_owned(),
                ]
                .into(),
            ),
            ("state", "active".into()),
        ],
    );
}

/// Every verdict that is not a pass, with its words and evidence.
pub(crate) fn story(verdicts: &[Verdict]) -> String {
    let mut story = String::new();
    for verdict in verdicts
        .iter()
        .filter(|verdict| verdict.outcome != Outcome::Pass)
    {
        let overridable = if verdict.overridable {
            ", overridable"
        } else {
            ""
        };
        story += &format!("{} {}{overridable}\n", verdict.rule, verdict.outcome.word());
        for (mark, words) in [
            ("", Some(&verdict.message)),
            ("→ ", verdict.remedy.as_ref()),
            ("✉ ", verdict.to_buyer.as_ref()),
        ] {
            let Some(words) = words else { continue };
            story += &format!(
                "  {mark}{}\n  {mark}{}\n  {mark}{}\n",
                words.en, words.ko, words.zh
            );
        }
        story += &evidence(&verdict.evidence);
    }
    if story.is_empty() {
        let rules: Vec<&str> = verdicts
            .iter()
            .map(|verdict| verdict.rule.as_str())
            .collect();
        story = format!("pass: {}\n", rules.join(" "));
    }
    story
}

/// A fact a line; but what is known of one item of a list stands on one line.
fn evidence(all: &[Evidence]) -> String {
    let item = |it: &Evidence| Some(it.fact.rsplit_once("].")?.0.to_owned());
    let lines = all.chunk_by(|one, next| {
        let of_one_item = item(one).is_some() && item(one) == item(next);
        of_one_item && (&one.source, one.as_of) == (&next.source, next.as_of)
    });
    let told = lines.map(|line| {
        let facts = line.iter().enumerate().map(|(at, it)| {
            let fact = match it.fact.rsplit_once("].") {
                Some((_, field)) if at > 0 => field,
                _ => &it.fact,
            };
            let value = it.value.as_ref().map_or("?".to_owned(), Value::to_string);
            format!("{fact} = {value}")
        });
        let facts = facts.collect::<Vec<_>>().join("; ");
        match (&line[0].source, line[0].as_of) {
            (Some(source), Some(as_of)) => format!("  {facts} ({source}, {as_of})\n"),
            _ => format!("  {facts}\n"),
        }
    });
    told.collect()
}
