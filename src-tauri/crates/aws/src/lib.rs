//! AWS Marketplace over the AWS SDK: the one crate that names `aws_*`.
//!
//! [`AwsMarketplace`] implements the port [`app::marketplace::Marketplace`]. Every attempt of every
//! call goes the same way: [`Credentials`] are at hand or got, the operation's lane in
//! [`pacing`](Quota) lets it start, a timeout bounds it, [`failure`](app::marketplace::ErrorKind) says what it came to, and [`CallLimits`]
//! decide whether it is tried again. Dropping a call's future cancels it at any of these points.

mod agreements;
mod body;
mod calls;
mod cancelling;
mod cbor;
mod connection;
mod credentials;
mod dated;
mod details;
mod entitlements;
mod failure;
mod metering;
mod pacing;
mod port;
mod probe;
mod products;
mod quiet;
mod quota;
mod record;
mod region;
mod registration;
mod secrets;
mod words;

pub use body::MAX_RESPONSE_BYTES;
pub use calls::CallLimits;
pub use connection::{
    AwsMarketplace, ConnectionSettings, InvalidEndpoint, InvalidSettings, check_endpoint,
};
pub use credentials::{
    AssumedRole, Credentials, InvalidCode, MfaCodes, ProfileFiles, ProfileInfo, ProfileKind,
    ProfilesError, profiles, profiles_in,
};
pub use pacing::MAX_IN_FLIGHT;
pub use quiet::QUIET_LOGS;
pub use quota::{Quota, Rate};
pub use region::{InvalidRegion, REGION, metering_region, metering_regions};
