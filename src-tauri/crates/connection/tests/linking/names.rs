//! The list of rules that the five systems must keep when buyers are linked: each has a test of its name.

/// Every rule's id. EM-6 to EM-9 are about cancelling, which is no part of linking.
const RULES: &[&str] = &[
    "CP-1", "CP-2", "CP-3", "CP-4", "CP-5", "CP-6", "CC-1", "CC-2", "CC-3", "CC-4", "CC-5", "CC-6",
    "CC-7", "EM-1", "EM-2", "EM-3", "EM-4", "EM-5", "GU-1", "GU-2", "GU-3", "GU-4", "GU-5", "GU-6",
    "GU-7", "GU-8", "GU-9", "PC-1", "PC-2", "PC-3", "PC-4", "PC-5", "PC-6", "PC-7",
];

const SOURCES: &[&str] = &[
    include_str!("clickhouse_payg.rs"),
    include_str!("clickhouse_committed.rs"),
    include_str!("emqx.rs"),
    include_str!("guance.rs"),
    include_str!("guance_codes.rs"),
    include_str!("guance_workspaces.rs"),
    include_str!("pinecone.rs"),
];

/// The rules that tests are named after, as `CP-1` for `cp_1_…`.
fn tested() -> Vec<String> {
    let lines = SOURCES.iter().flat_map(|source| source.lines());
    let names = lines.filter_map(|line| line.strip_prefix("async fn "));
    let rules = names.filter_map(|name| {
        let mut parts = name.split('_');
        let (system, number) = (parts.next()?, parts.next()?);
        number.parse::<u32>().ok()?;
        Some(format!("{}-{number}", system.to_uppercase()))
    });
    let mut rules: Vec<String> = rules.collect();
    rules.sort();
    rules.dedup();
    rules
}

#[test]
fn every_rule_has_a_test_of_its_name() {
    let mut rules: Vec<String> = RULES.iter().map(ToString::to_string).collect();
    rules.sort();
    assert_eq!(tested(), rules);
}

#[test]
fn every_rule_that_a_policy_has_is_on_the_list() {
    for policy in policy::builtin() {
        // A rule with a number is the vendor's; others stand for a setting.
        let own = policy.link.rules.iter().filter(|rule| {
            rule.id
                .rsplit_once('-')
                .is_some_and(|(_, end)| end.parse::<u32>().is_ok())
        });
        for rule in own {
            assert!(RULES.contains(&rule.id.as_str()), "{}", rule.id);
        }
    }
}
