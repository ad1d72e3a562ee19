//! Opens a connection: its database, its way to AWS, and for the sandbox the server behind it.
//!
//! The one place that knows `store`, `aws` and `sandbox` at once; the window and the command line
//! both start here. The database opens at once and can be asked without anything else; AWS (or the
//! sandbox) is reached only when somebody wants it.

mod folders;
mod open;
mod world;

pub use folders::Folders;
pub use open::{Connection, OpenError, parse_time};
pub use world::ControlGuard;
