//! A link that is there: what is known of it now, and putting it into force.

use domain::{AgreementId, DirectoryId, Email, LicenseArn, LinkState, Timestamp};
use policy::{Holds, Moment, effects};
use store::Write;
use store::table::link::LinkRecord;

use super::Evidence;
use super::asked::{Asked, Buyer, TargetChoice, Wish};
use super::case::Case;
use super::changes::Because;
use super::draft::certain;
use crate::Error;
use crate::ending::{Doing, apply};
use crate::policies::Policies;

/// Puts a link that waits for AWS into force, if it can be: the policy's effects, one by one, and the
/// link's new state. Tells what was changed. Effects about which something is not known are left out.
pub(crate) fn bring_into_force(
    write: &mut Write<'_>,
    policies: &Policies,
    record: LinkRecord,
    now: Timestamp,
) -> Result<(LinkRecord, Vec<String>), Error> {
    let case = case_of(&write.reading(), policies, &record, now)?;
    match case.is_in_force() {
        Holds::Yes => {}
        // What was in force with its last workspace is not without it.
        Holds::No if record.link.state == LinkState::Active => {
            let mut waiting = record;
            waiting.link.state = LinkState::AwaitingAws;
            waiting.link.since = now;
            write.put_link(&waiting)?;
            return Ok((waiting, Vec::new()));
        }
        Holds::No | Holds::Unknown(_) => return Ok((record, Vec::new())),
    }
    let because = Because {
        plan: record.plan.as_deref(),
        chain: &record.chain,
        now,
    };
    let (certain, uncertain) = certain(effects(case.policy, Moment::Active, &case.facts));
    let mut changed = Vec::new();
    for effect in &certain {
        let doing = Doing::of(effect, &record.link.target.id);
        changed.extend(apply(write, &doing, &because)?);
    }
    let skipped: Vec<&str> = uncertain
        .iter()
        .filter_map(|effect| effect.attribute.as_deref())
        .collect();
    if record.link.state == LinkState::Active {
        return Ok((record, changed));
    }
    let mut active = record;
    active.link.state = LinkState::Active;
    active.link.since = now;
    active.reason =
        (!skipped.is_empty()).then(|| format!("Not set, since not known: {}", skipped.join(", ")));
    write.put_link(&active)?;
    let current = write.reading().current_link(&active.chain)?;
    Ok((current.unwrap_or(active), changed))
}

/// What is known of a link that is there.
pub(crate) fn case_of<'p>(
    read: &store::Read<'_>,
    policies: &'p Policies,
    record: &LinkRecord,
    now: Timestamp,
) -> Result<Case<'p>, Error> {
    let asked = asked_again(read, record)?;
    Case::gather(read, policies, &asked, now)
}

/// What would be asked for to get the link that is there.
fn asked_again(read: &store::Read<'_>, record: &LinkRecord) -> Result<Asked, Error> {
    let link = &record.link;
    let account = if let Some(account) = &record.account {
        domain::AccountId::parse(account)?
    } else {
        let (row, _) = super::case::agreement(read, &link.agreement)?;
        domain::AccountId::parse(&row.buyer)?
    };
    let (agreement, license) = newest_in_force(read, record)?;
    Ok(Asked {
        buyer: Buyer {
            agreement,
            license,
            account,
            evidence: Evidence::Agreement,
            as_of: link.since.as_millis(),
        },
        wish: Wish {
            target: TargetChoice::Existing {
                kind: link.target.kind,
                id: DirectoryId::parse(&link.target.id)?,
            },
            workspaces: link.workspaces.clone(),
            without_workspaces: Vec::new(),
            new_workspaces: Vec::new(),
            member: record
                .member
                .as_deref()
                .and_then(|text| Email::parse(text).ok()),
            answers: std::collections::BTreeMap::new(),
            terms_accepted: false,
            overrides: std::collections::BTreeMap::new(),
        },
    })
}

/// A link follows its chain of renewals: it is about the agreement in force, and the license of that.
fn newest_in_force(
    read: &store::Read<'_>,
    record: &LinkRecord,
) -> Result<(AgreementId, Option<LicenseArn>), Error> {
    let first = AgreementId::parse(&record.chain)?;
    let chain = read.chain(&first)?;
    let mut in_force = chain.iter().rev();
    let row = in_force.find(|row| row.status == domain::AgreementStatus::Active);
    match row {
        Some(row) if row.id != record.link.agreement.as_str() => Ok((
            AgreementId::parse(&row.id)?,
            super::buyer::only_license(row),
        )),
        _ => Ok((record.link.agreement.clone(), record.link.license.clone())),
    }
}
