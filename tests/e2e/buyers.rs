//! The sandbox's other side: its buyers, their mail, and what the vendor has in its own systems.

use sandbox::{Control, Directory, Organization, Registration, Subscribe};
use tokio::runtime::Runtime;

use crate::window::Window;

/// The buyers of a window's sandbox.
pub(crate) struct Buyers {
    runtime: Runtime,
    control: Control,
    /// The vendor's own side. What no link was made for comes first, the same for every listing.
    directory: Directory,
}

impl Buyers {
    /// Waits until the window serves its sandbox.
    #[track_caller]
    pub(crate) fn of(window: &Window) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let state = window.data().join("sandbox");
        let control = window.until("the window's sandbox", || {
            runtime.block_on(Control::find(&state))
        });
        let directory = runtime.block_on(control.directory());
        Self {
            directory: directory.expect("the sandbox's directory"),
            runtime,
            control,
        }
    }

    /// A buyer subscribes, and clicks on “Set up your account”.
    #[track_caller]
    pub(crate) fn subscribe(&self, purchase: &Subscribe) -> Registration {
        let bought = self.runtime.block_on(self.control.subscribe(purchase));
        bought.expect("a subscription")
    }

    /// How often AWS was asked for this.
    #[track_caller]
    pub(crate) fn calls(&self, operation: &str) -> u64 {
        let status = self.runtime.block_on(self.control.status());
        let calls = status.expect("the sandbox's status").calls;
        calls.get(operation).copied().unwrap_or(0)
    }

    /// The code in the newest mail to this address, once one is there.
    #[track_caller]
    pub(crate) fn code(&self, window: &Window, address: &str) -> String {
        window.until(&format!("a code for {address}"), || {
            let mailbox = self.runtime.block_on(self.control.mailbox(address, 0));
            let subject = mailbox.ok()?.mails.into_iter().next()?.subject;
            let (_, code) = subject.rsplit_once(' ')?;
            Some(code.to_owned())
        })
    }

    pub(crate) const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The first organization of a listing that is as wanted.
    #[track_caller]
    pub(crate) fn organization(
        &self,
        listing: &str,
        wanted: impl Fn(&Organization) -> bool,
    ) -> &Organization {
        let mut all = self.directory.organizations.iter();
        let found = all.find(|it| it.listing == listing && wanted(it));
        found.unwrap_or_else(|| panic!("no such organization of {listing} in the sandbox"))
    }

    /// The e-mail address of somebody in that organization who has this role.
    #[track_caller]
    pub(crate) fn member(&self, organization: &str, role: &str) -> &str {
        let mut all = self.directory.members.iter();
        let found = all.find(|it| it.organization == organization && it.role == role);
        &found.expect("somebody with that role").email
    }
}
