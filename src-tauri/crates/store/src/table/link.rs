//! Links between licenses and the vendor's directory. Ledger.

use domain::{AgreementId, LicenseArn, Link, LinkState, Target, TargetKind, Timestamp};
use rusqlite::{OptionalExtension, Row, named_params};

use crate::{Error, Read, Result, Topic, Write};

impl Write<'_> {
    /// Takes in links that the vendor's system of record reports. One that is already known by the
    /// same target and state is left alone; another becomes the chain's current link.
    pub fn mirror_links(&mut self, links: &[Link]) -> Result<()> {
        for link in links {
            let chain = self.chain_of(&link.agreement)?;
            let known = self.current_link(&chain)?;
            if known.is_some_and(|known| known.target == link.target && known.state == link.state) {
                continue;
            }
            self.tx
                .prepare_cached("UPDATE link SET current = 0 WHERE chain = ?1 AND current = 1")?
                .execute([&chain])?;
            self.insert_link(&chain, link)?;
            self.touch_chain(&chain)?;
        }
        Ok(())
    }

    fn insert_link(&mut self, chain: &str, link: &Link) -> Result<()> {
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO link (agreement, chain, license, target_kind, target_id, target_name, state,
                since, source, current)
             VALUES (:agreement, :chain, :license, :kind, :id, :name, :state, :since, :source, 1)",
        )?;
        insert.execute(named_params! {
            ":agreement": link.agreement.as_str(),
            ":chain": chain,
            ":license": link.license.as_ref().map(LicenseArn::as_str),
            ":kind": link.target.kind.word(),
            ":id": link.target.id,
            ":name": link.target.name,
            ":state": link.state.word(),
            ":since": link.since.as_millis(),
            ":source": link.source,
        })?;
        Ok(())
    }

    /// The first agreement of the chain; the agreement itself while AWS has not told of it.
    fn chain_of(&self, agreement: &AgreementId) -> Result<String> {
        let initial: Option<Option<String>> = self
            .tx
            .prepare_cached("SELECT initial FROM agreement WHERE id = ?1")?
            .query_row([agreement.as_str()], |row| row.get(0))
            .optional()?;
        Ok(initial.flatten().unwrap_or_else(|| agreement.to_string()))
    }

    fn current_link(&self, chain: &str) -> Result<Option<Link>> {
        let mut one = self.tx.prepare_cached(
            "SELECT agreement, license, target_kind, target_id, target_name, state, since, source
             FROM link WHERE chain = ?1 AND current = 1",
        )?;
        let mut found = one.query([chain])?;
        found.next()?.map(link).transpose()
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

    /// Every link of an agreement's chain, newest first.
    pub fn links_of(&self, agreement: &AgreementId) -> Result<Vec<Link>> {
        let mut of = self.tx.prepare_cached(
            "SELECT agreement, license, target_kind, target_id, target_name, state, since, source
             FROM link
             WHERE chain = coalesce((SELECT initial FROM agreement WHERE id = ?1), ?1)
             ORDER BY current DESC, since DESC",
        )?;
        let mut found = of.query([agreement.as_str()])?;
        let mut links = Vec::new();
        while let Some(row) = found.next()? {
            links.push(link(row)?);
        }
        Ok(links)
    }

    /// Links to a target, the current ones first and then the newest, up to `limit`.
    pub fn links_to(&self, kind: TargetKind, id: &str, limit: usize) -> Result<Vec<Link>> {
        let mut to = self.tx.prepare_cached(
            "SELECT agreement, license, target_kind, target_id, target_name, state, since, source
             FROM link WHERE target_kind = ?1 AND target_id = ?2
             ORDER BY current DESC, since DESC, id DESC LIMIT ?3",
        )?;
        let mut found = to.query((kind.word(), id, limit))?;
        let mut links = Vec::new();
        while let Some(row) = found.next()? {
            links.push(link(row)?);
        }
        Ok(links)
    }
}

fn link(row: &Row<'_>) -> Result<Link> {
    let text = |at| row.get::<_, String>(at);
    let license: Option<String> = row.get(1)?;
    Ok(Link {
        agreement: AgreementId::parse(&text(0)?).map_err(|_| Error::Invalid("agreement id"))?,
        license: license
            .map(|arn| LicenseArn::parse(&arn))
            .transpose()
            .map_err(|_| Error::Invalid("license"))?,
        target: Target {
            kind: TargetKind::from_word(&text(2)?).ok_or(Error::Invalid("kind of link target"))?,
            id: text(3)?,
            name: text(4)?,
        },
        state: LinkState::from_word(&text(5)?).ok_or(Error::Invalid("link state"))?,
        since: Timestamp::from_millis(row.get(6)?),
        source: text(7)?,
    })
}
