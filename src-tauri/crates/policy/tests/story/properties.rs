//! What holds for every case: order does not matter, and what is not known never passes.

use std::collections::BTreeMap;

use policy::{
    EffectKind, Facts, Moment, Outcome, Policy, Value, builtin, builtin_text, common_rules,
    effects, evaluate,
};
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::cases::{Case, Piece, at, link, policy, ready, usd};

/// Cases of a system in which anything may be wrong.
fn cases() -> impl Strategy<Value = (&'static str, Case)> {
    let systems: Vec<&str> = builtin().iter().map(|policy| policy.id.as_str()).collect();
    let changes: Vec<fn(&mut Case)> = vec![
        |case| {
            case.set("request.target", "new");
        },
        |case| {
            case.set("request.member", "new");
        },
        |case| {
            case.set("request.verified", false);
        },
        |case| {
            case.set("agreement.status", "EXPIRED");
        },
        |case| {
            case.set("offer.private", false);
        },
        |case| {
            case.set("account.evidence", "agreement");
        },
        |case| {
            case.set("member.email_verified", false);
        },
        |case| {
            case.set("member.role", Value::Absent);
        },
        |case| {
            case.set("member.company", "Acme")
                .set("member.country", "KR")
                .set("member.use", "logs");
        },
        |case| {
            case.set("organization.payment_method", "card");
        },
        |case| {
            case.set("organization.plan", "scale");
        },
        |case| {
            case.set("organization.credit_balance", usd("12.50"));
        },
        |case| {
            case.set("organization.authentication_method", "sso");
        },
        |case| link(case, &["account", "group"]),
        |case| link(case, &["target", "group", "license"]),
        |case| {
            let change = [
                ("attribute", "workspace.site".into()),
                ("target", "W".into()),
            ];
            case.add("changes", &change);
        },
        |case| {
            let deployment = [
                ("id", "dep-1".into()),
                ("state", "running".into()),
                ("trial", false.into()),
            ];
            case.add("deployments", &deployment);
        },
        |case| {
            case.set("agreement.ends_at", at("2026-01-01T00:00:00Z"));
        },
    ];
    let count = changes.len();
    (
        proptest::sample::select(systems),
        subsequence(changes, 0..count),
    )
        .prop_map(|(system, changes)| {
            let mut case = ready(system);
            for change in changes {
                change(&mut case);
            }
            (system, case)
        })
}

/// Outcomes by rule. A rule that does not apply has none.
fn outcomes(policy: &Policy, facts: &Facts) -> BTreeMap<String, Outcome> {
    let verdicts = evaluate(policy, facts).into_iter();
    verdicts
        .map(|verdict| (verdict.rule, verdict.outcome))
        .collect()
}

/// Whether a rule names a fact, judged by its text alone.
fn reads(test: &str, piece: Piece) -> bool {
    let mut names = test.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
    match piece {
        Piece::Fact(path) => names.any(|name| name == path),
        Piece::List(list) => {
            names.any(|name| name == list) || test.starts_with(&format!("no {} ", singular(list)))
        }
        Piece::Item(list, _, field) => {
            names.any(|name| name == format!("{}.{field}", singular(list)))
        }
    }
}

fn singular(list: &str) -> &str {
    list.strip_suffix('s').unwrap_or(list)
}

/// The policy with its rules in another order, made by moving their text around.
fn shuffled(id: &str, order: &[usize]) -> Policy {
    let text = builtin_text(id).unwrap();
    let (before, rest) = text.split_once("[[link.rule]]").unwrap();
    let (rules, after) = rest.split_at(rest.find("[[link.effect]]").unwrap());
    let rules: Vec<&str> = rules.split("[[link.rule]]").collect();
    let order = order.iter().filter_map(|position| rules.get(*position));
    let rules: String = order.map(|rule| format!("[[link.rule]]{rule}")).collect();
    Policy::parse("shuffled.toml", &format!("{before}{rules}{after}")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_rules_changes_no_verdict(
        (system, case) in cases(),
        order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let facts = case.facts();
        let shuffled = shuffled(system, &order);
        prop_assert_eq!(shuffled.link.rules.len(), policy(system).link.rules.len());
        prop_assert_eq!(outcomes(&shuffled, &facts), outcomes(policy(system), &facts));
    }

    #[test]
    fn forgetting_something_makes_nothing_pass((system, case) in cases(), which in any::<prop::sample::Index>()) {
        let before = outcomes(policy(system), &case.facts());
        let piece = *which.get(&case.pieces());
        for (rule, outcome) in outcomes(policy(system), &case.without(piece).facts()) {
            if outcome == Outcome::Pass {
                prop_assert_eq!(before.get(&rule), Some(&Outcome::Pass), "{} without {:?}", rule, piece);
            }
        }
    }

    #[test]
    fn a_rule_that_reads_something_forgotten_does_not_pass((system, case) in cases(), which in any::<prop::sample::Index>()) {
        let piece = *which.get(&case.pieces());
        let outcomes = outcomes(policy(system), &case.without(piece).facts());
        for rule in common_rules().iter().chain(&policy(system).link.rules) {
            if reads(&rule.test(), piece) {
                prop_assert_ne!(outcomes.get(&rule.id), Some(&Outcome::Pass), "{} without {:?}", rule.id, piece);
            }
        }
    }

    #[test]
    fn what_is_known_settles_every_rule((system, case) in cases()) {
        // With everything known that the case can know, unknown is no way out.
        let mut case = case;
        for path in ["member.company", "member.country", "member.use"] {
            case.facts.entry(path).or_insert(Value::Absent);
        }
        for (rule, outcome) in outcomes(policy(system), &case.facts()) {
            prop_assert_ne!(outcome, Outcome::Unknown, "{}", rule);
        }
    }

    #[test]
    fn forgetting_something_lets_nothing_be_stopped_or_deleted((system, case) in cases(), which in any::<prop::sample::Index>()) {
        let piece = *which.get(&case.pieces());
        let certain = |case: &Case| {
            let planned = effects(policy(system), Moment::Ended, &case.facts());
            // Setting an attribute again does no harm.
            let planned = planned.into_iter().filter(|effect| effect.kind != EffectKind::Set);
            let certain = planned.filter(|effect| effect.unknown.is_empty());
            certain.map(|effect| (effect.kind, effect.id, effect.attribute)).collect::<Vec<_>>()
        };
        let before = certain(&case);
        for effect in certain(&case.without(piece)) {
            let known = before.iter().any(|known| known.0 == effect.0 && known.2 == effect.2
                && (effect.1.is_none() || known.1 == effect.1));
            prop_assert!(known, "{:?} without {:?}", effect, piece);
        }
    }

    #[test]
    fn nesting_crashes_nothing(depth in prop_oneof![1..12_usize, 1..1_000_usize], kind in 0..10_usize) {
        let around = |open: &str, close: &str| open.repeat(depth) + "true" + &close.repeat(depth);
        let nested = match kind {
            0 => around("(", ")"),
            1 => around("!", ""),
            2 => around("", "&&true"),
            3 => format!("1{} > 0", "+1".repeat(depth)),
            4 => format!("organization{} == 'x'", ".a".repeat(depth)),
            5 => around("[", ""),
            6 => around("true?true:", ""),
            7 => around("[[1]].all(x,", ")"),
            8 => format!("size(links{}) == 0", ".filter(l, l.same_account)".repeat(depth)),
            _ => around("!(-(", "))"),
        };
        let text = builtin_text("emqx").unwrap().replacen("organization.payment_method != 'card'", &nested, 1);
        if let Ok(policy) = Policy::parse("nested.toml", &text) {
            let mut case = ready("emqx");
            link(&mut case, &["account"]);
            let _ = evaluate(&policy, &case.facts());
        }
    }

    #[test]
    fn no_text_crashes_the_loader(text in "\\PC{0,200}") {
        let _ = Policy::parse("any.toml", &text);
        let rule = format!("[[link.rule]]\nid = \"X\"\nrequire = '''{text}'''\nmessage.en = '''{text}'''\n");
        let _ = Policy::parse("any.toml", &rule);
    }
}
