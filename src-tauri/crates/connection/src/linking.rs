//! Linking on an open connection: the use cases of `app::link`, with the way to AWS made when it is
//! first wanted.

use app::Policies;
use app::link::{self, Codes, Executed, Identified, Kept, LinkPlan, LinkRequest, LinkWords};
use domain::{LinkState, PlanId};
use store::table::link::LinkRecord;

use crate::{Connection, OpenError};

/// Links or plans listed at most.
const LISTED_MAX: usize = 1_000;

impl Connection {
    /// The policies in force.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Finds out what a text is that a buyer brought, and whose.
    pub async fn identify_buyer(&self, text: &str) -> Result<Identified, OpenError> {
        let console = self.console().await?;
        Ok(Box::pin(console.identify_buyer(text)).await?)
    }

    /// Plans a link and keeps the plan.
    pub async fn plan_link(&self, request: LinkRequest) -> Result<LinkPlan, OpenError> {
        let console = self.console().await?;
        Ok(Box::pin(console.plan_link(request)).await?)
    }

    /// Carries a plan out, as far as it goes. Doing so twice is doing it once.
    pub async fn execute_link(&self, plan: &PlanId, codes: &Codes) -> Result<Executed, OpenError> {
        let console = self.console().await?;
        Ok(Box::pin(console.execute_link(plan, codes)).await?)
    }

    /// A plan that was kept.
    pub fn plan(&self, plan: &PlanId) -> Result<Kept, OpenError> {
        Ok(link::kept(self.store(), plan)?)
    }

    /// Plans that can still be carried out.
    pub fn pending_plans(&self) -> Result<Vec<Kept>, OpenError> {
        Ok(link::pending(self.store(), LISTED_MAX)?)
    }

    /// The link of an agreement's chain with its history, newest first, and what is to be said about it.
    pub fn link_of(&self, agreement: &str) -> Result<(Vec<LinkRecord>, LinkWords), OpenError> {
        let history = link::history(self.store(), agreement)?;
        let words = match history.first() {
            Some(current) => self.words_of(current)?,
            None => LinkWords::default(),
        };
        Ok((history, words))
    }

    /// What is to be said about a link.
    pub fn words_of(&self, record: &LinkRecord) -> Result<LinkWords, OpenError> {
        let now = self.clock().now();
        Ok(link::words_of(self.store(), &self.policies, record, now)?)
    }

    /// What is to be said once a plan was carried out. The link is made by then: what cannot be looked up
    /// is left unsaid, instead of passing for a failure. Wants a multi-threaded runtime.
    #[must_use]
    pub fn words_after(&self, executed: &Executed) -> LinkWords {
        let Executed::Linked(record) = executed else {
            return LinkWords::default();
        };
        let words = tokio::task::block_in_place(|| self.words_of(record));
        words.unwrap_or_else(|error| {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "nothing can be said about the link that was made");
            LinkWords::default()
        })
    }

    /// Current links in any of these states (in all, when none is named), newest first.
    pub fn links(&self, states: &[LinkState]) -> Result<Vec<LinkRecord>, OpenError> {
        Ok(link::links(self.store(), states, LISTED_MAX)?)
    }
}
