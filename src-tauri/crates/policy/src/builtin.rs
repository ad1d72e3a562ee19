//! The policies that come with Bindery.

use std::sync::LazyLock;

use crate::load;
use crate::policy::{Policy, Rule};

/// A file of the folder with policies, and its text.
macro_rules! file {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../../assets/policies/", $name)),
        )
    };
}

/// The files of the built-in policies: name and text.
const FILES: [(&str, &str); 5] = [
    file!("clickhouse-payg.toml"),
    file!("clickhouse-committed.toml"),
    file!("emqx.toml"),
    file!("guance.toml"),
    file!("pinecone.toml"),
];

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let policies = FILES.iter().filter_map(|(name, text)| {
        let policy = Policy::parse(name, text);
        debug_assert!(policy.is_ok(), "{policy:?}");
        policy.ok()
    });
    policies.collect()
});

static COMMON: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let (name, text) = file!("common.toml");
    let rules = load::common_rules(name, text);
    debug_assert!(rules.is_ok(), "{rules:?}");
    rules.unwrap_or_default()
});

/// The policies that come with Bindery. A vendor's own policy with the same id takes the place of one.
#[must_use]
pub fn builtin() -> &'static [Policy] {
    &POLICIES
}

/// The text of a built-in policy, to begin a policy of one's own from.
#[must_use]
pub fn builtin_text(id: &str) -> Option<&'static str> {
    let mut files = FILES.iter();
    files
        .find(|(name, _)| name.strip_suffix(".toml") == Some(id))
        .map(|(_, text)| *text)
}

/// The rules that hold whatever the policy says.
#[must_use]
pub fn common_rules() -> &'static [Rule] {
    &COMMON
}
