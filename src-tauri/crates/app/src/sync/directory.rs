//! Taking in the links that the vendor's system of record reports.

use store::table::sync::SyncState;

use super::{Phase, Sync};
use crate::{Error, Marketplace};

/// Links taken in with one transaction. The ledger's seam to DynamoDB allows 100 items a change set.
const LINKS_PER_WRITE: usize = 100;

impl<M: Marketplace> Sync<'_, M> {
    /// Takes the directory's links in, once. After the listing, since a link belongs to a chain of
    /// agreements, which only the listing tells; and before anything that takes long, since until
    /// then every agreement seems to need set-up.
    pub(super) async fn take_directory_in(&mut self, state: &SyncState) -> Result<(), Error> {
        let Some(directory) = self.directory.filter(|_| state.directory_at.is_none()) else {
            return Ok(());
        };
        let mut done = 0;
        let mut after = None;
        loop {
            self.report(Phase::Directory, done, None, 0);
            let page = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(Error::Stopped),
                page = directory.links(after) => page?,
            };
            for links in page.links.chunks(LINKS_PER_WRITE) {
                self.write(|write| write.mirror_links(links))?;
            }
            done += page.links.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        // Only now: whoever is killed on the way takes it in again, and what is there is left alone.
        let now = self.clock.now();
        self.write(|write| write.finish_directory(now))?;
        Ok(())
    }
}
