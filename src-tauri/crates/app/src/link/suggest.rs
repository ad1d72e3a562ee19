//! Targets that a buyer may mean, each with the reason. Never chosen by themselves.

use domain::{AgreementId, DirectoryId, TargetKind};
use store::Store;

use super::LinkError;
use crate::Error;
use crate::policies::Policies;

/// Suggestions for one buyer.
const SUGGESTIONS_MAX: usize = 8;
/// Companies have this much of a name before it is looked for.
const NAME_CHARS_MIN: usize = 3;

/// A target that a buyer may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is.
    pub kind: TargetKind,
    /// The vendor's id for it.
    pub id: DirectoryId,
    /// Its name.
    pub name: String,
    /// Why it may be meant, as a sentence.
    pub reason: String,
}

/// Mail providers whose addresses say nothing about a company.
const SHARED_DOMAINS: [&str; 9] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "qq.com",
    "163.com",
    "naver.com",
];

/// Targets that the buyer of an agreement may mean, likeliest first.
pub fn suggestions(
    store: &Store,
    policies: &Policies,
    agreement: &AgreementId,
) -> Result<Vec<Suggestion>, Error> {
    let policy = super::policy_of(store, policies, agreement)?;
    let row = store.read(|read| read.agreement(agreement))?;
    let row = row.ok_or_else(|| Error::no_agreement(agreement))?;
    let Some(policy) = policy else {
        let title = row.title.unwrap_or_default();
        return Err(LinkError::NoPolicy(title).into());
    };
    let kind = policy.link.target;
    let mut found: Vec<Suggestion> = Vec::new();
    let mut add = |id: &DirectoryId, name: &str, reason: String| {
        if found.iter().all(|known| known.id != *id) && found.len() < SUGGESTIONS_MAX {
            found.push(Suggestion {
                kind,
                id: id.clone(),
                name: name.to_owned(),
                reason,
            });
        }
    };
    store.read(|read| {
        let chain = read.chain_of(agreement)?;
        for record in read.link_history(&chain)? {
            let target = &record.link.target;
            if let (Ok(id), true) = (DirectoryId::parse(&target.id), target.kind == kind) {
                let of = &record.link.agreement;
                add(
                    &id,
                    &target.name,
                    format!("An earlier agreement of the chain was linked to it ({of})."),
                );
            }
        }
        for record in read.links_of_account(&row.buyer)? {
            let target = &record.link.target;
            if let (Ok(id), true) = (DirectoryId::parse(&target.id), target.kind == kind) {
                add(
                    &id,
                    &target.name,
                    format!("The same AWS account {} is linked to it.", row.buyer),
                );
            }
        }
        let domain = row.email.as_deref().and_then(|email| email.split_once('@'));
        let domain = domain.map(|(_, domain)| domain.to_lowercase());
        let domain = domain.filter(|domain| !SHARED_DOMAINS.contains(&domain.as_str()));
        if let Some(domain) = domain {
            for (id, name, email) in read.targets_with_domain(kind, &domain, SUGGESTIONS_MAX)? {
                add(
                    &id,
                    &name,
                    format!("{email} has the buyer's e-mail domain."),
                );
            }
        }
        let company = row.company.as_deref().map(significant);
        let company = company.filter(|name| name.chars().count() >= NAME_CHARS_MIN);
        if let Some(company) = company {
            for (id, name) in read.targets_named(kind, &company, SUGGESTIONS_MAX)? {
                add(
                    &id,
                    &name,
                    "Its name is like the buyer's company.".to_owned(),
                );
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// A company's name without what companies are called by law.
fn significant(name: &str) -> String {
    const FORMS: [&str; 14] = [
        "inc", "inc.", "ltd", "ltd.", "llc", "gmbh", "ag", "corp", "corp.", "co", "co.", "co.,",
        "limited", "company",
    ];
    let words = name.split_whitespace();
    let kept: Vec<&str> = words
        .filter(|word| !FORMS.contains(&word.to_lowercase().trim_end_matches(',')))
        .collect();
    kept.join(" ").trim_end_matches(',').to_owned()
}
