//! What a pasted or typed text may mean.

use domain::filter::{Condition, Filter, Span, Term};
use domain::{AccountId, AgreementId, DirectoryId, Organization};
use store::Store;
use store::query::Sort;
use store::table::directory::SortBy;

use super::{SORT_DEFAULT, moment};
use crate::{Clock, Error, directory};

/// Agreements offered for one text.
const TARGETS_MAX: usize = 8;

/// Organizations offered for one text, and billing accounts.
const OF_DIRECTORY_MAX: usize = 4;

/// A place to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JumpTarget {
    /// Where.
    pub meaning: Meaning,
    /// What it is called.
    pub title: String,
    /// What tells it apart.
    pub detail: String,
}

/// Where a jump leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// To the agreement with this id.
    Agreement(String),
    /// To the organization with this id.
    Organization(String),
    /// To the billing account with this user name.
    BillingAccount(String),
    /// To the grid with this filter.
    Filter(String),
}

/// What a text may mean, most likely first. A text that means nothing has no targets.
pub fn jump(store: &Store, clock: &Clock, text: &str) -> Result<Vec<JumpTarget>, Error> {
    let words = text.trim();
    if words.is_empty() || words.len() > domain::filter::LENGTH_MAX {
        return Ok(Vec::new());
    }
    let mut targets = Vec::new();
    if let Ok(account) = AccountId::parse(words) {
        targets.push(JumpTarget {
            meaning: Meaning::Filter(format!("account:{account}")),
            title: format!("All agreements of account {account}"),
            detail: "AWS account".to_owned(),
        });
    }
    let filter = anywhere(words);
    let sort: Sort = SORT_DEFAULT;
    let moment = moment(clock);
    let window = store.read(|read| {
        if let Ok(id) = AgreementId::parse(words)
            && let Some(row) = read.agreement(&id)?
        {
            return Ok((vec![row], 1));
        }
        let window = read.agreements(&filter, &moment, sort, 0, TARGETS_MAX)?;
        Ok((window.rows, window.matched))
    })?;
    let (rows, matched) = window;
    let more = matched.saturating_sub(rows.len());
    targets.extend(rows.into_iter().map(|row| {
        JumpTarget {
            title: row
                .company
                .clone()
                .unwrap_or_else(|| format!("Account {}", row.buyer)),
            detail: format!(
                "{} · {}",
                row.title
                    .as_deref()
                    .or(row.product.as_deref())
                    .unwrap_or("—"),
                row.id
            ),
            meaning: Meaning::Agreement(row.id),
        }
    }));
    targets.extend(of_directory(store, words)?);
    if more > 0 {
        let quoted = words.replace('"', "");
        targets.push(JumpTarget {
            meaning: Meaning::Filter(format!("\"{quoted}\"")),
            title: format!("All {matched} agreements with “{quoted}”"),
            detail: "Agreements".to_owned(),
        });
    }
    Ok(targets)
}

/// What of the vendor's directory has the text, by name; what it names exactly comes first.
fn of_directory(store: &Store, words: &str) -> Result<Vec<JumpTarget>, Error> {
    let by_name = SortBy::default();
    let organizations = directory::organizations(store, words, by_name, 0, OF_DIRECTORY_MAX)?;
    let accounts = directory::billing_accounts(store, words, 0, OF_DIRECTORY_MAX)?;
    let mut targets = Vec::new();
    if let Ok(id) = DirectoryId::parse(words)
        && let Some(named) = store.read(|read| read.organization(&id))?
    {
        targets.push(to_organization(&named.organization.it));
    }
    for row in organizations.rows {
        let target = to_organization(&row.organization.it);
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    targets.truncate(OF_DIRECTORY_MAX);
    targets.extend(accounts.rows.into_iter().map(|row| {
        let account = row.account.it;
        JumpTarget {
            title: account.user_name.to_string(),
            detail: match account.company {
                Some(company) => format!("Billing account · {company}"),
                None => "Billing account".to_owned(),
            },
            meaning: Meaning::BillingAccount(account.user_name.to_string()),
        }
    }));
    Ok(targets)
}

fn to_organization(organization: &Organization) -> JumpTarget {
    JumpTarget {
        meaning: Meaning::Organization(organization.id.to_string()),
        title: organization.name.to_string(),
        detail: format!("Organization · {}", organization.id),
    }
}

/// The filter for a text as it stands, without the filter language.
pub(crate) fn anywhere(words: &str) -> Filter {
    let lower = words.to_lowercase().replace('"', "");
    let short = lower
        .rsplit_once(":license:")
        .map_or(lower.as_str(), |(_, id)| id);
    let span = Span {
        from: 0,
        to: words.len(),
    };
    let condition = Condition::Text(short.to_owned());
    Filter {
        terms: vec![Term {
            span,
            negated: false,
            condition,
        }],
    }
}
