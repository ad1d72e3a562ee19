//! One SQLite file per connection, and an index in memory over its agreements.
//!
//! Cache tables hold what AWS last told us and may be dropped; ledger tables hold what we did and
//! never are. Writes go through [`Store::write`]: one transaction, announced after its commit. Reads
//! go through [`Store::read`]: one snapshot on a connection that cannot write. Grid, counts and
//! search are answered by the [`index`](crate::query), which every read first brings up to the
//! snapshot it reads, so that it is never behind a write of this process or another.

mod change;
mod error;
mod file;
#[expect(
    clippy::cast_possible_truncation,
    reason = "row numbers and positions in the packed text are below 2^32, positions in a segment below 2^16"
)]
mod index;
mod key;
pub mod query;
mod store;
pub mod table;

pub use change::Topic;
pub use error::{Error, Result};
pub use key::{AuditKey, DatabaseKey, NoRandomness};
pub use store::{Read, Store, Write};
