//! What ending does later. Ledger.

use domain::{TargetKind, Timestamp};
use rusqlite::{Row, named_params};

use crate::{Error, Read, Result, Topic, Write};

/// Whether something that is due later was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueState {
    /// Not yet.
    Due,
    /// It was done.
    Done,
    /// Linking again called it off.
    CalledOff,
    /// When it came due there was nothing to do any more.
    Void,
}

impl DueState {
    const ALL: [Self; 4] = [Self::Due, Self::Done, Self::CalledOff, Self::Void];

    /// The state's word in the database and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Done => "done",
            Self::CalledOff => "called-off",
            Self::Void => "void",
        }
    }

    fn from_word(word: &str) -> Result<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|state| state.word() == word)
            .ok_or(Error::Invalid("state of a due effect"))
    }
}

/// One thing that ending does later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueEffect {
    /// Its number; zero before it is kept.
    pub id: i64,
    /// The chain whose link ended.
    pub chain: String,
    /// What the link led to.
    pub target_kind: TargetKind,
    /// The vendor's id of that.
    pub target_id: String,
    /// The policy that asks for it.
    pub policy: String,
    /// What is done: `set`, `stop`, `delete` or `lock`.
    pub kind: String,
    /// To what kind of thing, as `deployment`.
    pub what: String,
    /// The vendor's id of the thing.
    pub thing: String,
    /// Its name.
    pub name: Option<String>,
    /// The state that the thing was left in when the link ended, as far as it was known.
    pub before: Option<String>,
    /// The attribute that changes.
    pub attribute: Option<String>,
    /// What it is set to.
    pub after: Option<String>,
    /// What it comes to, in the vendor's words (English).
    pub says: String,
    /// The vendor's rules that ask for it.
    pub covers: Vec<String>,
    /// Whether linking the target again before then calls it off.
    pub relinking_calls_off: bool,
    /// Since when it is due.
    pub since: Timestamp,
    /// When it is to be done.
    pub due_at: Timestamp,
    /// Whether it was.
    pub state: DueState,
    /// Since when.
    pub state_at: Timestamp,
    /// Why it was called off or came to nothing.
    pub reason: Option<String>,
    /// The plan of ours that ended the link, if one did.
    pub plan: Option<String>,
}

const COLUMNS: &str =
    "id, chain, target_kind, target_id, policy, kind, what, thing, name, attribute, after,
    says, covers, relinking_calls_off, since, due_at, state, state_at, reason, plan,
    before";

impl Write<'_> {
    /// Keeps something to be done later.
    pub fn put_due_effect(&mut self, it: &DueEffect) -> Result<()> {
        self.touch(Topic::Endings);
        self.tx
            .prepare_cached(
                "INSERT INTO due_effect (chain, target_kind, target_id, policy, kind, what, thing,
                    name, attribute, after, says, covers, relinking_calls_off, since, due_at, state,
                    state_at, reason, plan, before)
                 VALUES (:chain, :target_kind, :target_id, :policy, :kind, :what, :thing, :name,
                    :attribute, :after, :says, :covers, :calls_off, :since, :due_at, :state,
                    :state_at, :reason, :plan, :before)",
            )?
            .execute(named_params! {
                ":chain": it.chain,
                ":target_kind": it.target_kind.word(),
                ":target_id": it.target_id,
                ":policy": it.policy,
                ":kind": it.kind,
                ":what": it.what,
                ":thing": it.thing,
                ":name": it.name,
                ":attribute": it.attribute,
                ":after": it.after,
                ":says": it.says,
                ":covers": it.covers.join(" "),
                ":calls_off": it.relinking_calls_off,
                ":since": it.since.as_millis(),
                ":due_at": it.due_at.as_millis(),
                ":state": it.state.word(),
                ":state_at": it.state_at.as_millis(),
                ":reason": it.reason,
                ":plan": it.plan,
                ":before": it.before,
            })?;
        Ok(())
    }

    /// Settles what was due. Tells whether it still was: of two that try, one succeeds.
    pub fn settle_due_effect(
        &mut self,
        id: i64,
        state: DueState,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<bool> {
        self.touch(Topic::Endings);
        let changed = self
            .tx
            .prepare_cached(
                "UPDATE due_effect SET state = ?2, reason = ?3, state_at = ?4
                 WHERE id = ?1 AND state = 'due'",
            )?
            .execute((id, state.word(), reason, at.as_millis()))?;
        Ok(changed == 1)
    }
}

impl Read<'_> {
    /// What is due by `until`, earliest first, up to `limit`.
    pub fn due_effects(&self, until: Timestamp, limit: usize) -> Result<Vec<DueEffect>> {
        let condition = "state = 'due' AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2";
        self.due_where(condition, (until.as_millis(), limit))
    }

    /// What is not due any more, newest first, up to `limit`.
    pub fn settled_effects(&self, limit: usize) -> Result<Vec<DueEffect>> {
        let condition = "state <> 'due' ORDER BY state_at DESC, id DESC LIMIT ?1";
        self.due_where(condition, [limit])
    }

    /// Everything that was or is due because a chain's link ended, in order.
    pub fn due_effects_of(&self, chain: &str) -> Result<Vec<DueEffect>> {
        self.due_where("chain = ?1 ORDER BY due_at, id", [chain])
    }

    /// One effect, as it stands.
    pub fn due_effect(&self, id: i64) -> Result<Option<DueEffect>> {
        Ok(self.due_where("id = ?1", [id])?.into_iter().next())
    }

    /// What is still due at a target, earliest first.
    pub fn due_effects_at(&self, kind: TargetKind, id: &str) -> Result<Vec<DueEffect>> {
        let condition = "target_kind = ?1 AND target_id = ?2 AND state = 'due' ORDER BY due_at, id";
        self.due_where(condition, (kind.word(), id))
    }

    fn due_where(&self, condition: &str, values: impl rusqlite::Params) -> Result<Vec<DueEffect>> {
        let mut some = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM due_effect WHERE {condition}"
        ))?;
        let mut found = some.query(values)?;
        let mut effects = Vec::new();
        while let Some(row) = found.next()? {
            effects.push(due_effect(row)?);
        }
        Ok(effects)
    }
}

fn due_effect(row: &Row<'_>) -> Result<DueEffect> {
    let kind: String = row.get(2)?;
    let covers: String = row.get(12)?;
    let state: String = row.get(16)?;
    Ok(DueEffect {
        id: row.get(0)?,
        chain: row.get(1)?,
        target_kind: TargetKind::from_word(&kind).ok_or(Error::Invalid("kind of target"))?,
        target_id: row.get(3)?,
        policy: row.get(4)?,
        kind: row.get(5)?,
        what: row.get(6)?,
        thing: row.get(7)?,
        name: row.get(8)?,
        attribute: row.get(9)?,
        after: row.get(10)?,
        says: row.get(11)?,
        covers: covers.split_whitespace().map(str::to_owned).collect(),
        relinking_calls_off: row.get(13)?,
        since: Timestamp::from_millis(row.get(14)?),
        due_at: Timestamp::from_millis(row.get(15)?),
        state: DueState::from_word(&state)?,
        state_at: Timestamp::from_millis(row.get(17)?),
        reason: row.get(18)?,
        plan: row.get(19)?,
        before: row.get(20)?,
    })
}
