//! Looking at agreements one by one, newest first, many side by side.

use std::collections::HashMap;

use domain::{AgreementId, Pricing, ProductCode};
use futures_util::stream::{self, StreamExt};
use store::table::details::{Place, Undetailed};

use super::entitlements::Held;
use super::{Phase, Sync};
use crate::marketplace::{ErrorKind, Look, MarketplaceError};
use crate::{Error, Failure, Marketplace};

/// Agreements looked at side by side. Each takes up to five calls, which the pacing in `aws` holds
/// to their quotas; this bounds memory and open connections.
const IN_FLIGHT_MAX: usize = 48;

/// Agreements read from the queue at once.
const QUEUE_PAGE: usize = 512;

/// Answers written in one transaction.
const WRITTEN_TOGETHER_MAX: usize = 64;

/// Failures in a row after which it is not about the single agreement any more.
const FAILURES_IN_A_ROW_MAX: usize = 25;

/// What a look at one agreement brought.
struct Looked {
    item: Undetailed,
    outcome: Result<(Look, Vec<Held>), MarketplaceError>,
}

impl<M: Marketplace> Sync<'_, M> {
    /// Fetches the details that are missing or out of date, and looks again at licenses that AWS is
    /// still to grant. A single agreement's failure is kept with it and does not stop the others; no
    /// network or credentials does.
    pub(super) async fn fetch_details(&mut self, run: i64) -> Result<(), Error> {
        let now = self.clock.now();
        let (missing, _) = self.store.read(|read| read.undetailed_count())?;
        let mut queue = self.store.read(|read| read.unsettled(now, QUEUE_PAGE))?;
        let codes = self.codes_to_ask_for_entitlements()?;
        let mut tally = Tally {
            total: missing + queue.len(),
            ..Tally::default()
        };
        let mut place = Place::START;
        self.report(Phase::Details, 0, Some(tally.total), 0);
        loop {
            let outcome = self.fetch_queue(queue, &codes, run, &mut tally).await;
            (self.summary.details, self.summary.failed) = (tally.done, tally.failed);
            for error in tally.denied.drain(..) {
                self.denials.note(&error);
            }
            outcome?;
            queue = self.store.read(|read| read.undetailed(place, QUEUE_PAGE))?;
            let Some(last) = queue.last() else {
                return Ok(());
            };
            place = last.place;
        }
    }

    /// Asks for one agreement's entry in the listing, and looks at it.
    pub(super) async fn look_at_one(&self, id: &AgreementId) -> Result<(), Error> {
        let run = self.store.read(|read| read.sync_state())?.run;
        let listed = self.marketplace.agreement(id).await?;
        let listed = listed.ok_or_else(|| Error::no_agreement(id))?;
        let now = self.clock.now();
        self.write(|write| write.put_agreements(&[listed], run, now))?;
        let Some(item) = self.store.read(|read| read.in_queue(id))? else {
            return Ok(());
        };
        let looked = self
            .look(item, &self.codes_to_ask_for_entitlements()?)
            .await;
        let looked = [looked];
        self.keep_details(run, &looked)?;
        match &looked[0].outcome {
            Ok(_) => Ok(()),
            Err(error) => Err(error.clone().into()),
        }
    }

    async fn fetch_queue(
        &self,
        queue: Vec<Undetailed>,
        codes: &HashMap<String, ProductCode>,
        run: i64,
        tally: &mut Tally,
    ) -> Result<(), Error> {
        let looks = stream::iter(queue).map(|item| self.look(item, codes));
        let answers = looks
            .buffer_unordered(IN_FLIGHT_MAX)
            .ready_chunks(WRITTEN_TOGETHER_MAX);
        let mut answers = std::pin::pin!(answers);
        loop {
            let looked = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(Error::Stopped),
                looked = answers.next() => looked,
            };
            let Some(looked) = looked else { return Ok(()) };
            self.keep_details(run, &looked)?;
            let fatal = tally.count(&looked);
            self.report(Phase::Details, tally.done, Some(tally.total), tally.failed);
            if let Some(error) = fatal {
                return Err(error.into());
            }
        }
    }

    async fn look(&self, item: Undetailed, codes: &HashMap<String, ProductCode>) -> Looked {
        let code = item.product.as_ref().and_then(|product| codes.get(product));
        let held = async {
            match code {
                Some(code) => self.entitlements_of(code, &item).await,
                None => Ok(Vec::new()),
            }
        };
        let outcome = match tokio::join!(self.marketplace.details(&item.agreement), held) {
            (Ok(look), Ok(held)) => Ok((look, held)),
            // As with the parts of the look itself: what may not be called is left out.
            (Ok(mut look), Err(error)) if error.kind == ErrorKind::Denied => {
                look.denied.push(error);
                Ok((look, Vec::new()))
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        Looked { item, outcome }
    }

    fn keep_details(&self, run: i64, looked: &[Looked]) -> Result<(), Error> {
        let now = self.clock.now();
        self.write(|write| {
            for Looked { item, outcome } in looked {
                match outcome {
                    Ok((look, held)) => {
                        write.put_details(item.place, &look.details, now)?;
                        for held in held {
                            write.replace_entitlements(
                                &held.code,
                                &held.holder,
                                &held.entitlements,
                                run,
                                now,
                            )?;
                        }
                    }
                    Err(error) => {
                        let failure = Failure::from(&Error::from(error.clone()));
                        write.put_details_failure(item.place, &failure.stored())?;
                    }
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Products whose entitlements are asked for license by license: those with contracts, unless a
    /// full listing has just fetched them all.
    fn codes_to_ask_for_entitlements(&self) -> Result<HashMap<String, ProductCode>, Error> {
        if self.summary.full {
            return Ok(HashMap::new());
        }
        let listings = self
            .store
            .read(|read| read.listings())?
            .into_iter()
            .map(|known| known.listing);
        let with_contract = listings.filter(|listing| listing.pricing != Pricing::Usage);
        Ok(with_contract
            .filter_map(|listing| Some((listing.product.to_string(), listing.code?)))
            .collect())
    }
}

/// How the answers were.
#[derive(Default)]
struct Tally {
    total: usize,
    done: usize,
    failed: usize,
    failed_in_a_row: usize,
    /// What AWS refused to these credentials, once an operation.
    denied: Vec<MarketplaceError>,
}

impl Tally {
    /// Counts answers; the failure that ends the phase, if one does.
    fn count(&mut self, looked: &[Looked]) -> Option<MarketplaceError> {
        for Looked { outcome, .. } in looked {
            let error = match outcome {
                Ok((look, _)) => {
                    self.done += 1;
                    self.failed_in_a_row = 0;
                    look.denied.iter().for_each(|error| self.note_denied(error));
                    continue;
                }
                Err(error) => error,
            };
            self.failed += 1;
            self.failed_in_a_row += 1;
            let hopeless = matches!(
                error.kind,
                ErrorKind::NoAnswer | ErrorKind::Credentials | ErrorKind::CodeNeeded
            );
            if hopeless || self.failed_in_a_row >= FAILURES_IN_A_ROW_MAX {
                return Some(error.clone());
            }
        }
        None
    }

    fn note_denied(&mut self, error: &MarketplaceError) {
        if !self
            .denied
            .iter()
            .any(|known| known.operation == error.operation)
        {
            self.denied.push(error.clone());
        }
    }
}
