//! AWS Marketplace over the AWS SDK: the one crate that names `aws_*`.
//!
//! [`AwsMarketplace`] implements the port [`app::marketplace::Marketplace`]. Every attempt of every
//! call goes the same way: the operation's lane in [`pacing`](Quota) lets it start, a timeout
//! bounds it, [`failure`](app::marketplace::ErrorKind) says what it came to, and [`CallLimits`]
//! decide whether it is tried again. Dropping a call's future cancels it at any of these points.

mod agreements;
mod body;
mod calls;
mod cbor;
mod connection;
mod details;
mod entitlements;
mod failure;
mod pacing;
mod port;
mod probe;
mod products;
mod quota;
mod record;
mod words;

pub use body::MAX_RESPONSE_BYTES;
pub use calls::CallLimits;
pub use connection::{AwsMarketplace, ConnectionSettings, Credentials, InvalidEndpoint, REGION};
pub use pacing::MAX_IN_FLIGHT;
pub use quota::{Quota, Rate};
