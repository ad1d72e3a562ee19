//! AWS Marketplace on loopback: a wire-level emulator with a world of its own.
//!
//! One listener on 127.0.0.1 speaks what AWS's clients speak (rpc-v2-cbor, awsJson 1.0 and 1.1,
//! restJson and awsQuery) for the operations a SaaS seller uses, over a world that follows from a
//! seed and lives on: buyers subscribe, set up, renew, cancel and answer; time passes, and can be
//! moved; faults can be set. It is written from the public service models and knows nothing of the
//! other crates of this workspace.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let running = sandbox::serve(sandbox::Options::default()).await?;
//! let control = sandbox::Control::at(running.endpoint());
//! let status = control.status().await?;
//! # let _ = status;
//! running.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # State
//! With a state directory, the world is `world.json` (what it follows from) and `journal.jsonl`
//! (every action, on disk before it is answered). Faults, quotas, the network switch, the keys
//! accepted and the call counters belong to a run and are forgotten when it ends. The clock goes on while nothing runs.
//!
//! # Directory
//! `GET /_sandbox/directory?after=&limit=` pages over units: an organization or billing account
//! with everything that belongs to it. Without `limit`, a world of up to 5,000 agreements is
//! answered whole and larger ones in pages of 1,000 units; `next` is the `after` of the next page.
//!
//! # Mailbox
//! `POST /_sandbox/mails` is the vendor's mail to a buyer at whatever address; it does not come while
//! the network is down. `GET /_sandbox/mailbox?address=&after=&limit=` has the newest first. The newest
//! 500 are kept.

mod chance;
mod client;
mod clock;
mod contract;
mod control;
mod failure;
mod faults;
mod folder;
mod journal;
mod ledger;
mod operations;
mod page;
mod quotas;
mod sandbox;
mod server;
mod shape;
mod value;
mod wire;
mod world;

pub use crate::client::Control;
pub use crate::contract::{
    Advance, AgreementStatus, Agreements, Amend, BillingAccount, Buyer, BuyerAgreement, Buyers,
    ControlError, Deployment, Directory, Fault, FaultStatus, Keys, Link, LinkTarget, ListingStatus,
    Mail, Mailbox, Member, Money, Named, Network, Now, Numbered, OneAgreement, Organization,
    Quotas, Reason, ReceivedMail, Registration, RequestStatus, Status, Subscribe, TokenLifetime,
    Workspace,
};
pub use crate::journal::JournalError;
pub use crate::server::{AGREEMENTS_MAX, Options, Running, ServeError, serve};
