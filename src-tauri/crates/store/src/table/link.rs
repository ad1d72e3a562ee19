//! Links between licenses and the vendor's directory. Ledger.
//!
//! A link's history is its rows: a row is never changed but by being followed. The newest row of a chain
//! of renewals is its current one.

mod claim;

use domain::{
    AgreementId, AgreementStatus, DirectoryId, LicenseArn, Link, LinkState, Target, TargetKind,
    Timestamp,
};
use rusqlite::{OptionalExtension, Row, named_params};

pub use claim::{Claim, Taken};

use crate::{Error, Read, Result, Topic, Write};

/// A link with all that the ledger knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRecord {
    /// The link.
    pub link: Link,
    /// The first agreement of its chain of renewals.
    pub chain: String,
    /// The buyer's AWS account; absent for a link whose agreement AWS never told of.
    pub account: Option<String>,
    /// The policy it was made by; absent when the vendor's system of record tells it.
    pub policy: Option<String>,
    /// The plan it was made by.
    pub plan: Option<String>,
    /// The person for whom it was made.
    pub member: Option<String>,
    /// Why it stands where it stands, in words.
    pub reason: Option<String>,
    /// Whether it is the newest of its chain.
    pub current: bool,
    /// Whether an agreement of its chain is in force, or what took the newest one's place is still to be
    /// listed ([`Read::is_over`]); unknown while AWS told of none of them.
    pub in_force: Option<bool>,
}

impl LinkRecord {
    /// Whether it keeps others from linking: not while it ends, and not when every agreement of its
    /// chain is over.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.is_bound() && self.in_force != Some(false)
    }

    /// Whether the license is bound by it, in force or still to come into force, and no end has come.
    #[must_use]
    pub const fn is_bound(&self) -> bool {
        matches!(self.link.state, LinkState::AwaitingAws | LinkState::Active)
    }

    /// Whether it tells no more than how far linking got: nothing is bound by it.
    #[must_use]
    pub const fn is_mark(&self) -> bool {
        matches!(
            self.link.state,
            LinkState::AwaitingVerification | LinkState::Refused
        )
    }
}

// The states that are over are those of `AgreementStatus::is_over`.
const COLUMNS: &str =
    "l.agreement, l.license, l.target_kind, l.target_id, l.target_name, l.state, l.since,
        l.source, l.chain, l.account, l.policy, l.plan, l.member, l.reason, l.current,
        (SELECT CASE WHEN max(a.status = 'ACTIVE') = 1 THEN 1 ELSE
            (SELECT b.status NOT IN ('ARCHIVED', 'CANCELLED', 'EXPIRED', 'TERMINATED')
                FROM agreement AS b WHERE b.id = l.chain OR b.initial = l.chain
                ORDER BY b.starts_at DESC, b.accepted_at DESC LIMIT 1) END
            FROM agreement AS a WHERE a.id = l.chain OR a.initial = l.chain),
        (SELECT group_concat(w.workspace, ' ') FROM link_workspace AS w WHERE w.chain = l.chain)
    FROM link AS l";

/// The source of links that this program made or ended, rather than the vendor's system of record.
pub const OURS: &str = "Bindery";

impl Write<'_> {
    /// Takes in links that the vendor's system of record reports. One that is already known by the
    /// same target and state is left alone; another becomes the chain's current link.
    pub fn mirror_links(&mut self, links: &[Link]) -> Result<()> {
        for link in links {
            let chain = self.reading().chain_of(&link.agreement)?;
            let known = self.reading().current_link(&chain)?;
            // What we did ourselves, ending included, is newer than what anybody mirrors, unless that
            // came to be after we ended the link. That we did not get there is no link.
            let ours = known.as_ref().is_some_and(|known| {
                let over = matches!(known.link.state, LinkState::Ending | LinkState::Ended);
                let done = (known.plan.is_some() && !known.is_mark()) || known.link.source == OURS;
                done && !(over && known.link.since < link.since)
            });
            if ours {
                continue;
            }
            let mut link = link.clone();
            // Whatever ending it was to do was the vendor's to do, before this program knew of it.
            let bound = known.as_ref().is_some_and(LinkRecord::is_bound);
            let over = !bound && self.reading().is_over(&chain)?;
            if over {
                link.state = LinkState::Ended;
            }
            let same = known.as_ref().is_some_and(|known| {
                known.link.target == link.target && known.link.state == link.state
            });
            if !same {
                let record = LinkRecord {
                    account: self.reading().buyer_of(&link.agreement)?,
                    link: link.clone(),
                    chain: chain.clone(),
                    policy: None,
                    plan: None,
                    member: None,
                    reason: over.then(|| "The agreement was over before.".to_owned()),
                    current: true,
                    in_force: None,
                };
                self.put_link(&record)?;
            }
            self.put_workspaces(&chain, &link.workspaces, link.since)?;
        }
        Ok(())
    }

    /// Makes this the chain's current link. Its workspaces are written by [`Write::put_workspaces`].
    pub fn put_link(&mut self, record: &LinkRecord) -> Result<()> {
        let link = &record.link;
        self.tx
            .prepare_cached("UPDATE link SET current = 0 WHERE chain = ?1 AND current = 1")?
            .execute([&record.chain])?;
        self.tx
            .prepare_cached(
                "INSERT INTO link (agreement, chain, license, target_kind, target_id, target_name,
                    state, since, source, current, account, policy, plan, member, reason)
                 VALUES (:agreement, :chain, :license, :kind, :id, :name, :state, :since, :source, 1,
                    :account, :policy, :plan, :member, :reason)",
            )?
            .execute(named_params! {
                ":agreement": link.agreement.as_str(),
                ":chain": record.chain,
                ":license": link.license.as_ref().map(LicenseArn::as_str),
                ":kind": link.target.kind.word(),
                ":id": link.target.id,
                ":name": link.target.name,
                ":state": link.state.word(),
                ":since": link.since.as_millis(),
                ":source": link.source,
                ":account": record.account,
                ":policy": record.policy,
                ":plan": record.plan,
                ":member": record.member,
                ":reason": record.reason,
            })?;
        self.touch_chain(&record.chain)
    }

    /// Binds exactly these workspaces with the chain's link. Those that stay keep their age.
    pub fn put_workspaces(
        &mut self,
        chain: &str,
        workspaces: &[DirectoryId],
        since: Timestamp,
    ) -> Result<()> {
        let mut bound = self.reading().workspaces_of(chain)?;
        bound.retain(|id| !workspaces.iter().any(|kept| kept.as_str() == id));
        for gone in bound {
            self.tx
                .prepare_cached("DELETE FROM link_workspace WHERE chain = ?1 AND workspace = ?2")?
                .execute((chain, gone))?;
        }
        for workspace in workspaces {
            self.tx
                .prepare_cached("INSERT OR IGNORE INTO link_workspace VALUES (?1, ?2, ?3)")?
                .execute((chain, workspace.as_str(), since.as_millis()))?;
        }
        self.touch(Topic::Links);
        Ok(())
    }

    /// Lets the index follow every agreement of the chain.
    fn touch_chain(&mut self, chain: &str) -> Result<()> {
        let change = self.change()?;
        self.touch(Topic::Links);
        for sql in [
            "UPDATE agreement SET change = ?1 WHERE id = ?2",
            "UPDATE agreement SET change = ?1 WHERE initial = ?2",
        ] {
            self.tx.prepare_cached(sql)?.execute((change, chain))?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// How many links there are, past ones included.
    pub fn link_count(&self) -> Result<usize> {
        let count = self
            .tx
            .prepare_cached("SELECT count(*) FROM link")?
            .query_row([], |row| row.get(0))?;
        Ok(count)
    }

    /// The first agreement of the chain; the agreement itself while AWS has not told of it.
    pub fn chain_of(&self, agreement: &AgreementId) -> Result<String> {
        let initial: Option<Option<String>> = self
            .tx
            .prepare_cached("SELECT initial FROM agreement WHERE id = ?1")?
            .query_row([agreement.as_str()], |row| row.get(0))
            .optional()?;
        Ok(initial.flatten().unwrap_or_else(|| agreement.to_string()))
    }

    /// The buyer's account, once AWS has told of the agreement.
    fn buyer_of(&self, agreement: &AgreementId) -> Result<Option<String>> {
        Ok(self
            .tx
            .prepare_cached("SELECT buyer FROM agreement WHERE id = ?1")?
            .query_row([agreement.as_str()], |row| row.get(0))
            .optional()?)
    }

    /// The current link of a chain.
    pub fn current_link(&self, chain: &str) -> Result<Option<LinkRecord>> {
        let found = self.records("l.chain = ?1 AND l.current = 1", &[chain], 1)?;
        Ok(found.into_iter().next())
    }

    /// Every link of a chain, newest first.
    pub fn link_history(&self, chain: &str) -> Result<Vec<LinkRecord>> {
        self.records("l.chain = ?1", &[chain], usize::MAX)
    }

    /// Current links of an AWS account.
    pub fn links_of_account(&self, account: &str) -> Result<Vec<LinkRecord>> {
        self.records("l.account = ?1 AND l.current = 1", &[account], usize::MAX)
    }

    /// Every chain that is or was linked to a target.
    pub fn chains_linked_to(&self, kind: TargetKind, id: &str) -> Result<Vec<String>> {
        let mut some = self.tx.prepare_cached(
            "SELECT DISTINCT chain FROM link WHERE target_kind = ?1 AND target_id = ?2",
        )?;
        let found = some.query_map([kind.word(), id], |row| row.get(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Current links to a target.
    pub fn current_links_to(&self, kind: TargetKind, id: &str) -> Result<Vec<LinkRecord>> {
        let condition = "l.target_kind = ?1 AND l.target_id = ?2 AND l.current = 1";
        self.records(condition, &[kind.word(), id], usize::MAX)
    }

    /// Current links in one of the states that something is waited for in, up to `limit`.
    pub fn links_waiting(&self, state: LinkState, limit: usize) -> Result<Vec<LinkRecord>> {
        // The states are spelled out for the sake of the partial index.
        let condition = "l.state = ?1 AND l.current = 1
            AND l.state IN ('awaiting-aws', 'awaiting-verification')";
        self.records(condition, &[state.word()], limit)
    }

    /// Chains with a live link that are over, among those that changed after the change `since`; and
    /// the newest change there is. Costs what changed, not what there is.
    pub fn chains_over(&self, since: Option<i64>) -> Result<(Vec<String>, i64)> {
        let mut changed = self.tx.prepare_cached(
            "SELECT DISTINCT coalesce(a.initial, a.id) FROM agreement AS a
             WHERE a.change > ?1 AND a.status <> 'ACTIVE' AND EXISTS (SELECT 1 FROM link AS l
                WHERE l.chain = coalesce(a.initial, a.id) AND l.current = 1
                    AND l.state IN ('awaiting-aws', 'active'))",
        )?;
        let found = changed.query_map([since.unwrap_or(-1)], |row| row.get::<_, String>(0))?;
        let mut over = Vec::new();
        for chain in found {
            let chain = chain?;
            if self.is_over(&chain)? {
                over.push(chain);
            }
        }
        Ok((over, self.change()?))
    }

    /// Whether the agreements of a chain have come to an end. One that was renewed or replaced has not:
    /// what took its place may not have been listed yet. Nor has one in a state that nobody knows.
    pub fn is_over(&self, chain: &str) -> Result<bool> {
        let id = AgreementId::parse(chain).map_err(|_| Error::Invalid("chain"))?;
        let agreements = self.chain(&id)?;
        let none_in_force = agreements
            .iter()
            .all(|row| row.status != AgreementStatus::Active);
        let ended = agreements.last().map(|last| last.status.is_over());
        Ok(none_in_force && ended == Some(true))
    }

    /// Links whose grace period runs, up to `limit`.
    pub fn links_ending(&self, limit: usize) -> Result<Vec<LinkRecord>> {
        self.records("l.current = 1 AND l.state = 'ending'", &[], limit)
    }

    /// Every current link, up to `limit`, newest first.
    pub fn current_links(&self, limit: usize) -> Result<Vec<LinkRecord>> {
        self.records("l.current = 1", &[], limit)
    }

    /// The workspaces that are bound with a chain's link.
    pub fn workspaces_of(&self, chain: &str) -> Result<Vec<String>> {
        let mut of = self.tx.prepare_cached(
            "SELECT workspace FROM link_workspace WHERE chain = ?1 ORDER BY workspace",
        )?;
        let found = of.query_map([chain], |row| row.get(0))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The live link that a workspace is bound with.
    pub fn link_of_workspace(&self, workspace: &DirectoryId) -> Result<Option<LinkRecord>> {
        let condition = "l.current = 1 AND l.chain IN
            (SELECT chain FROM link_workspace WHERE workspace = ?1)";
        let found = self.records(condition, &[workspace.as_str()], usize::MAX)?;
        Ok(found.into_iter().find(LinkRecord::is_held))
    }

    /// Every link of an agreement's chain, newest first.
    pub fn links_of(&self, agreement: &AgreementId) -> Result<Vec<Link>> {
        let chain = self.chain_of(agreement)?;
        let history = self.link_history(&chain)?;
        Ok(history.into_iter().map(|record| record.link).collect())
    }

    /// Links to a target, the current ones first and then the newest, up to `limit`. How one came to be
    /// what it is, its timeline tells.
    pub fn links_to(&self, kind: TargetKind, id: &str, limit: usize) -> Result<Vec<Link>> {
        let condition = "l.id IN (SELECT max(id) FROM link
            WHERE target_kind = ?1 AND target_id = ?2 GROUP BY chain)";
        let found = self.records(condition, &[kind.word(), id], limit)?;
        Ok(found.into_iter().map(|record| record.link).collect())
    }

    fn records(&self, condition: &str, values: &[&str], limit: usize) -> Result<Vec<LinkRecord>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut some = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} WHERE {condition}
             ORDER BY l.current DESC, l.since DESC, l.id DESC LIMIT {limit}"
        ))?;
        let mut found = some.query(rusqlite::params_from_iter(values))?;
        let mut records = Vec::new();
        while let Some(row) = found.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }
}

fn record(row: &Row<'_>) -> Result<LinkRecord> {
    let text = |at| row.get::<_, String>(at);
    let license: Option<String> = row.get(1)?;
    let current: bool = row.get(14)?;
    let workspaces: Option<String> = row.get(16)?;
    let workspaces = workspaces.unwrap_or_default();
    // Only the current link has them; those of past ones are history that nobody asks for.
    let workspaces = workspaces.split_whitespace().filter(|_| current);
    let workspaces: std::result::Result<_, _> = workspaces.map(DirectoryId::parse).collect();
    Ok(LinkRecord {
        link: Link {
            agreement: AgreementId::parse(&text(0)?).map_err(|_| Error::Invalid("agreement id"))?,
            license: license
                .map(|arn| LicenseArn::parse(&arn))
                .transpose()
                .map_err(|_| Error::Invalid("license"))?,
            target: Target {
                kind: TargetKind::from_word(&text(2)?)
                    .ok_or(Error::Invalid("kind of link target"))?,
                id: text(3)?,
                name: text(4)?,
            },
            state: LinkState::from_word(&text(5)?).ok_or(Error::Invalid("link state"))?,
            since: Timestamp::from_millis(row.get(6)?),
            source: text(7)?,
            workspaces: workspaces.map_err(|_| Error::Invalid("workspace"))?,
        },
        chain: text(8)?,
        account: row.get(9)?,
        policy: row.get(10)?,
        plan: row.get(11)?,
        member: row.get(12)?,
        reason: row.get(13)?,
        current,
        in_force: row.get(15)?,
    })
}
