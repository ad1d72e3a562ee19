//! Cancellation requests. Cache.

use domain::{
    AgreementId, CancellationRequest, CancellationRequestId, CancellationStatus, Timestamp,
};

use crate::{Error, Read, Result, Topic, Write};

impl Write<'_> {
    /// Takes in a page of requests.
    pub fn put_cancellations(
        &mut self,
        requests: &[CancellationRequest],
        at: Timestamp,
    ) -> Result<()> {
        if requests.is_empty() {
            return Ok(());
        }
        self.touch(Topic::Cancellations);
        let mut put = self.tx.prepare_cached(
            "INSERT OR REPLACE INTO cancellation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for request in requests {
            put.execute((
                request.id.as_str(),
                request.agreement.as_str(),
                request.status.as_wire(),
                &request.reason,
                request.created_at.as_millis(),
                request.updated_at.as_millis(),
                at.as_millis(),
            ))?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// An agreement's requests, newest first.
    pub fn cancellations_of(&self, agreement: &AgreementId) -> Result<Vec<CancellationRequest>> {
        self.cancellations_where("agreement = ?1", agreement.as_str())
    }

    /// The request with this id.
    pub fn cancellation(&self, id: &CancellationRequestId) -> Result<Option<CancellationRequest>> {
        let found = self.cancellations_where("id = ?1", id.as_str())?;
        Ok(found.into_iter().next())
    }

    /// Requests that the buyer had not answered when AWS last listed them.
    pub fn pending_cancellations(&self) -> Result<Vec<CancellationRequest>> {
        self.cancellations_where("status = ?1", CancellationStatus::PendingApproval.as_wire())
    }

    /// Those of them whose agreement AWS has changed since: by ending it, for example.
    pub fn outdated_cancellations(&self) -> Result<Vec<CancellationRequest>> {
        self.cancellations_where(
            "status = ?1 AND EXISTS (SELECT 1 FROM agreement a
                WHERE a.id = cancellation.agreement AND a.updated_at > cancellation.synced_at)",
            CancellationStatus::PendingApproval.as_wire(),
        )
    }

    fn cancellations_where(
        &self,
        condition: &str,
        value: &str,
    ) -> Result<Vec<CancellationRequest>> {
        let mut statement = self.tx.prepare_cached(&format!(
            "SELECT id, agreement, status, reason, created_at, updated_at FROM cancellation
             WHERE {condition} ORDER BY created_at DESC"
        ))?;
        let mut found = statement.query([value])?;
        let mut requests = Vec::new();
        while let Some(row) = found.next()? {
            let (id, agreement): (String, String) = (row.get(0)?, row.get(1)?);
            requests.push(CancellationRequest {
                id: CancellationRequestId::parse(&id)
                    .map_err(|_| Error::Invalid("cancellation id"))?,
                agreement: AgreementId::parse(&agreement)
                    .map_err(|_| Error::Invalid("agreement id"))?,
                status: CancellationStatus::from_wire(&row.get::<_, String>(2)?),
                reason: row.get(3)?,
                created_at: Timestamp::from_millis(row.get(4)?),
                updated_at: Timestamp::from_millis(row.get(5)?),
            });
        }
        Ok(requests)
    }
}
