//! Plans, as they were shown, and what became of them. Ledger.

use domain::{AgreementId, PlanId, Timestamp};
use rusqlite::{OptionalExtension, Row};

use crate::{Error, Read, Result, Topic, Write};

/// What became of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanState {
    /// Not carried out yet.
    Open,
    /// In the outbox: to be carried out when AWS can be asked again.
    Waiting,
    /// AWS was asked, and did not answer yet.
    Sent,
    /// Back from the outbox without being carried out: something changed, and a person decides.
    Returned,
    /// Carried out.
    Done,
    /// Not carried out, and will not be.
    Failed,
    /// Taken back by a person.
    Withdrawn,
}

impl PlanState {
    const ALL: [Self; 7] = [
        Self::Open,
        Self::Waiting,
        Self::Sent,
        Self::Returned,
        Self::Done,
        Self::Failed,
        Self::Withdrawn,
    ];

    /// The state's word in the database and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Returned => "returned",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn from_word(word: &str) -> Result<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|state| state.word() == word)
            .ok_or(Error::Invalid("state of a plan"))
    }
}

/// A plan that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPlan {
    /// Its id.
    pub id: PlanId,
    /// What kind of plan, such as `link`.
    pub kind: String,
    /// The agreement it is about, if it is about one.
    pub agreement: Option<String>,
    /// The plan as JSON.
    pub document: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who made it.
    pub made_by: String,
    /// What became of it.
    pub state: PlanState,
    /// Since when.
    pub state_at: Timestamp,
    /// What became of it, in detail, as JSON.
    pub outcome: Option<String>,
}

const COLUMNS: &str = "id, kind, agreement, document, made_at, made_by, state, state_at, outcome";

impl Write<'_> {
    /// Keeps a new plan.
    pub fn put_plan(&mut self, plan: &KeptPlan) -> Result<()> {
        self.touch(Topic::Plans);
        self.tx.execute(
            "INSERT INTO plan VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                plan.id.as_str(),
                &plan.kind,
                &plan.agreement,
                &plan.document,
                plan.made_at.as_millis(),
                &plan.made_by,
                plan.state.word(),
                plan.state_at.as_millis(),
                &plan.outcome,
            ),
        )?;
        Ok(())
    }

    /// Moves a plan from one of these states to another. Tells whether it was in one of them: of two
    /// that try, one succeeds.
    pub fn move_plan(
        &mut self,
        id: &PlanId,
        from: &[PlanState],
        to: PlanState,
        outcome: Option<&str>,
        at: Timestamp,
    ) -> Result<bool> {
        let Some(plan) = self.reading().plan(id)? else {
            return Ok(false);
        };
        if !from.contains(&plan.state) {
            return Ok(false);
        }
        self.touch(Topic::Plans);
        self.tx.execute(
            "UPDATE plan SET state = ?2, state_at = ?3, outcome = ?4 WHERE id = ?1",
            (id.as_str(), to.word(), at.as_millis(), outcome),
        )?;
        Ok(true)
    }
}

impl Read<'_> {
    /// The plan with this id.
    pub fn plan(&self, id: &PlanId) -> Result<Option<KeptPlan>> {
        let mut one = self
            .tx
            .prepare_cached(&format!("SELECT {COLUMNS} FROM plan WHERE id = ?1"))?;
        let found = one.query_row([id.as_str()], |row| Ok(kept(row)));
        found.optional()?.transpose()
    }

    /// Plans in one of these states, oldest first, up to `limit`.
    pub fn plans(&self, states: &[PlanState], limit: usize) -> Result<Vec<KeptPlan>> {
        let words: Vec<String> = states
            .iter()
            .map(|state| format!("'{}'", state.word()))
            .collect();
        let mut some = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM plan WHERE state IN ({}) ORDER BY made_at, id LIMIT ?1",
            words.join(", ")
        ))?;
        let mut found = some.query([limit])?;
        let mut plans = Vec::new();
        while let Some(row) = found.next()? {
            plans.push(kept(row)?);
        }
        Ok(plans)
    }

    /// The newest plans about an agreement, up to `limit`.
    pub fn plans_about(&self, agreement: &AgreementId, limit: usize) -> Result<Vec<KeptPlan>> {
        let mut some = self.tx.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM plan WHERE agreement = ?1 ORDER BY made_at DESC LIMIT ?2"
        ))?;
        let mut found = some.query((agreement.as_str(), limit))?;
        let mut plans = Vec::new();
        while let Some(row) = found.next()? {
            plans.push(kept(row)?);
        }
        Ok(plans)
    }
}

fn kept(row: &Row<'_>) -> Result<KeptPlan> {
    let id: String = row.get(0)?;
    let state: String = row.get(6)?;
    Ok(KeptPlan {
        id: PlanId::parse(&id).map_err(|_| Error::Invalid("plan id"))?,
        kind: row.get(1)?,
        agreement: row.get(2)?,
        document: row.get(3)?,
        made_at: Timestamp::from_millis(row.get(4)?),
        made_by: row.get(5)?,
        state: PlanState::from_word(&state)?,
        state_at: Timestamp::from_millis(row.get(7)?),
        outcome: row.get(8)?,
    })
}
