//! The use cases: what the window and the command line can do, whichever asks.
//!
//! Both are thin adapters over [`Console`]. AWS is behind the port [`Marketplace`]; the database is
//! the real [`store::Store`].

pub mod act;
pub mod audit;
pub mod clock;
mod console;
pub mod directory;
pub mod ending;
pub mod error;
pub mod link;
pub mod mail;
pub mod marketplace;
pub mod metering;
pub mod operation;
pub mod outbox;
pub mod plan;
mod policies;
pub mod preflight;
pub mod query;
pub mod support;
pub mod sync;

pub use act::{Access, Action, NotPermitted, Permit};
pub use clock::Clock;
pub use console::Console;
pub use directory::Directory;
pub use error::{Error, Failure, FailureKind};
pub use mail::{Mail, MailError, MailErrorKind, Mailer};
pub use marketplace::{Marketplace, MarketplaceError};
pub use operation::Operation;
pub use plan::{Actor, Plan};
pub use policies::Policies;
pub use preflight::{Permission, Preflight};
