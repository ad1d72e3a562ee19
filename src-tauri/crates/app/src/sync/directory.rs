//! Taking in what the vendor's system of record reports.

use store::table::directory::{CHANGE_SET_MAX, Origin};
use store::table::sync::SyncState;

use super::{Phase, Sync};
use crate::directory::{Directory, Page};
use crate::{Error, Marketplace};

impl<M: Marketplace> Sync<'_, M> {
    /// Takes the directory in, once. After the listing, since a link belongs to a chain of
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
                page = directory.page(after) => page?,
            };
            self.keep_directory_page(directory, &page)?;
            done += page.entries.len() + page.links.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        // Only now: whoever is killed on the way takes it in again, which changes nothing but ages.
        let now = self.clock.now();
        self.write(|write| write.finish_directory(now))?;
        Ok(())
    }

    /// What links lead to comes before them: a link to nowhere would be shown as broken.
    fn keep_directory_page(&mut self, directory: &dyn Directory, page: &Page) -> Result<(), Error> {
        let origin = Origin {
            source: directory.name().to_owned(),
            as_of: self.clock.now(),
        };
        for entries in page.entries.chunks(CHANGE_SET_MAX) {
            self.write(|write| write.put_directory(entries, &origin))?;
        }
        for links in page.links.chunks(CHANGE_SET_MAX) {
            self.write(|write| write.mirror_links(links))?;
        }
        Ok(())
    }
}
