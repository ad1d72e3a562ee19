//! Nothing of the specification is forgotten, in any language.

use std::collections::BTreeSet;

use domain::{Listing, Pricing, ProductId, TargetKind};
use policy::{
    Facts, Language, Outcome, Policy, Provenance, Template, builtin, builtin_text, common_rules,
    evaluate,
};

use crate::cases::{NOW, link, policy, ready};

#[test]
fn every_rule_of_the_specification_is_covered() {
    let systems = [
        ("clickhouse-payg", "CP", 6),
        ("clickhouse-committed", "CC", 7),
        ("emqx", "EM", 9),
        ("guance", "GU", 9),
        ("pinecone", "PC", 7),
    ];
    assert_eq!(builtin().len(), systems.len());
    for (system, letters, count) in systems {
        let covered: BTreeSet<&str> = policy(system).covers().into_iter().collect();
        for number in 1..=count {
            let id = format!("{letters}-{number}");
            assert!(covered.contains(id.as_str()), "{system} forgets {id}");
        }
    }
}

#[test]
fn the_built_in_policies_speak_every_language() {
    let templates = |policy: &'static Policy| {
        let mut found: Vec<&Template> = vec![&policy.name, &policy.link.active.waiting];
        found.extend(policy.link.confirmation.iter().map(|part| &part.text));
        for rule in common_rules().iter().chain(&policy.link.rules) {
            found.extend([&rule.title, &rule.message]);
            assert!(rule.remedy.is_some(), "{} says what to do", rule.id);
            found.extend(rule.remedy.iter().chain(&rule.to_buyer));
        }
        for effect in policy.link.effects.iter().chain(&policy.cancel.effects) {
            found.extend(&effect.says);
        }
        for form in &policy.forms {
            found.push(&form.title);
            found.extend(&form.note);
            found.extend(
                form.fields
                    .iter()
                    .flat_map(|field| std::iter::once(&field.label).chain(&field.hint)),
            );
        }
        found.extend(policy.hints.iter().map(|hint| &hint.text));
        if let Some(verification) = &policy.verification {
            found.extend([&verification.subject, &verification.body]);
        }
        found.extend(policy.settings.values().map(|setting| &setting.about));
        found
    };
    for policy in builtin() {
        for template in templates(policy) {
            for language in Language::ALL {
                assert!(
                    template.speaks(language),
                    "{}: {}",
                    policy.id,
                    template.as_written().en
                );
            }
            let words = template.as_written();
            assert_eq!(slots(&words.ko), slots(&words.en), "{}", words.en);
            assert_eq!(slots(&words.zh), slots(&words.en), "{}", words.en);
        }
    }
}

/// The facts that a text names.
fn slots(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(slot, _)| slot)
        .collect()
}

#[test]
fn every_policy_counts_links_as_its_rules_do() {
    // What the database enforces and what a verdict says must be the same.
    for system in builtin() {
        for same in [
            &["group", "account"][..],
            &["group", "target"],
            &["account", "target"],
            &["group"],
        ] {
            let mut case = ready(&system.id);
            link(&mut case, same);
            let counted = &system.link.counted;
            let in_group = same.contains(&"group");
            let forbidden = in_group
                && (counted.one_target_per_account && same.contains(&"account")
                    || counted.one_account_per_target && same.contains(&"target"));
            let verdicts = evaluate(system, &case.facts());
            let refused = verdicts
                .iter()
                .any(|verdict| verdict.outcome == Outcome::Refuse);
            assert_eq!(
                refused, forbidden,
                "{} with a link of the same {same:?}",
                system.id
            );
        }
    }
}

#[test]
fn groups_are_apart() {
    let groups: BTreeSet<&str> = builtin()
        .iter()
        .map(|policy| policy.link.counted.group.as_str())
        .collect();
    assert_eq!(groups.len(), builtin().len());
}

#[test]
fn settings_change_what_rules_say() {
    let changed = |id: &str, from: &str, to: &str| {
        let text = builtin_text(id).unwrap();
        assert!(text.contains(from), "{from}");
        Policy::parse("own.toml", &text.replacen(from, to, 1)).unwrap()
    };
    let refused = |policy: &Policy, case: &crate::cases::Case| {
        let verdicts = evaluate(policy, &case.facts());
        let refused = verdicts
            .into_iter()
            .filter(|verdict| verdict.outcome == Outcome::Refuse);
        refused.map(|verdict| verdict.rule).collect::<Vec<_>>()
    };
    let mut second = ready("clickhouse-payg");
    link(&mut second, &["group", "account"]);
    let several = changed("clickhouse-payg", "value = true", "value = false");
    assert!(!several.link.counted.one_target_per_account);
    assert_eq!(refused(&several, &second), [""; 0]);
    let mut billing = ready("pinecone");
    billing.set("member.role", "billing-admin");
    assert_eq!(
        refused(
            &changed("pinecone", "value = false", "value = true"),
            &billing
        ),
        [""; 0]
    );
    let mut owing = ready("clickhouse-committed");
    owing.set("organization.open_invoices", 2_i64);
    let strict = changed(
        "clickhouse-committed",
        "[settings.open_invoices_allowed]\nvalue = true",
        "[settings.open_invoices_allowed]\nvalue = false",
    );
    assert_eq!(refused(policy("clickhouse-committed"), &owing), [""; 0]);
    assert_eq!(refused(&strict, &owing), ["CC-invoices"]);
    let verdicts = evaluate(&strict, &owing.facts());
    assert!(
        verdicts
            .iter()
            .any(|verdict| verdict.rule == "CC-invoices" && verdict.overridable)
    );
}

#[test]
fn a_policy_finds_its_listing() {
    let listing = |title: &str, product: &str| Listing {
        product: ProductId::parse(product).unwrap(),
        code: None,
        title: title.to_owned(),
        visibility: None,
        pricing: Pricing::Usage,
    };
    let of = |title| {
        let matching = builtin()
            .iter()
            .filter(|policy| policy.listing.matches(&listing(title, "prod-1")));
        matching
            .map(|policy| policy.id.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("ClickHouse Cloud - Pay As You Go"), ["clickhouse-payg"]);
    assert_eq!(
        of("ClickHouse Cloud - Committed Contract"),
        ["clickhouse-committed"]
    );
    assert_eq!(of("EMQX Cloud (Pay as you go)"), ["emqx"]);
    assert_eq!(of("Guance"), ["guance"]);
    assert_eq!(of("Pinecone - Pay as you go"), ["pinecone"]);
    assert_eq!(of("Something else"), [""; 0]);
}

#[test]
fn guance_binds_billing_accounts_with_workspaces() {
    let guance = &policy("guance").link;
    assert_eq!(guance.target, TargetKind::BillingAccount);
    let workspaces = guance.workspaces.as_ref().unwrap();
    assert_eq!((workspaces.least, workspaces.changeable), (1, true));
    assert_eq!(policy("emqx").link.workspaces, None);
}

#[test]
fn a_policy_can_be_shared_among_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&builtin());
    shared(&Facts::at(NOW));
    shared(&Provenance::new("directory", NOW));
}
