//! What comes by itself: AWS grants a license, a code runs out, the network is back.

use domain::{LinkState, PlanId, Timestamp};
use serde_json::json;
use store::table::audit::Entry;
use store::table::link::LinkRecord;
use tokio_util::sync::CancellationToken;

use super::force;
use crate::{Access, Console, Error, Marketplace};

/// Links or plans looked at in one go.
const AT_ONCE_MAX: usize = 1_000;

impl<M: Marketplace> Console<M> {
    /// Settles what has come due. Called after every sync, and harmless at any time; a connection that
    /// is for looking only leaves all as it is.
    pub async fn settle(&self) -> Result<(), Error> {
        self.settle_unless(&CancellationToken::new()).await
    }

    /// The same, until it is told to stop; the rest follows with the next sync.
    pub(crate) async fn settle_unless(&self, stop: &CancellationToken) -> Result<(), Error> {
        // Whatever acts at AWS asks for its own permit.
        if self.access == Access::ReadOnly {
            return Ok(());
        }
        tokio::task::block_in_place(|| {
            let now = self.clock().now();
            self.settle_codes(now)?;
            self.settle_waiting(now)
        })?;
        self.settle_endings(stop).await?;
        self.settle_requests().await?;
        self.send_outbox().await
    }

    /// Whoever did not enter the code in time is not linked, and needs set-up as before.
    fn settle_codes(&self, now: Timestamp) -> Result<(), Error> {
        let waiting = self
            .store()
            .read(|read| read.links_waiting(LinkState::AwaitingVerification, AT_ONCE_MAX))?;
        for record in waiting {
            let plan = record.plan.as_deref().and_then(|id| PlanId::parse(id).ok());
            let Some(plan) = plan else { continue };
            let sent = self.store().read(|read| read.verifications(&plan))?;
            let good = sent
                .iter()
                .any(|it| it.expires_at >= now || it.verified_at.is_some());
            if good {
                continue;
            }
            self.store().write(|write| {
                // As it is now: the code may have come in between, and the link with it.
                let now_there = write.reading().current_link(&record.chain)?;
                if now_there.as_ref() != Some(&record) {
                    return Ok(());
                }
                let mut lapsed = record.clone();
                lapsed.link.state = LinkState::Refused;
                lapsed.link.since = now;
                lapsed.reason = Some("The code was not entered in time.".to_owned());
                write.put_link(&lapsed)
            })?;
        }
        Ok(())
    }

    /// Links that wait for AWS come into force when AWS has granted the license.
    fn settle_waiting(&self, now: Timestamp) -> Result<(), Error> {
        let waiting = self
            .store()
            .read(|read| read.links_waiting(LinkState::AwaitingAws, AT_ONCE_MAX))?;
        for record in waiting {
            let chain = record.chain.clone();
            let outcome = self.store().write(|write| {
                // As it is now, not as it was read: somebody may have taken it away.
                let current = write.reading().current_link(&chain)?;
                let waits = |it: &LinkRecord| it.link.state == LinkState::AwaitingAws;
                let Some(record) = current.filter(waits) else {
                    return Ok(());
                };
                let plan = record.plan.clone();
                let (link, changed) = force::bring_into_force(write, &self.policies, record, now)?;
                if link.link.state == LinkState::Active {
                    let target = &link.link.target;
                    let entry = Entry {
                        plan,
                        agreement: Some(link.link.agreement.to_string()),
                        target: Some(target.kind.named(&target.id)),
                        detail: json!({ "changed": changed }).to_string(),
                        ..self.entry(now, "activate")?
                    };
                    write.append_audit(&self.audit_key, &entry)?;
                }
                Ok::<_, Error>(())
            });
            match outcome {
                // The vendor's target or the listing is gone: the link stays as it is, and is shown so.
                Err(error) if !error.is_gone() => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}
