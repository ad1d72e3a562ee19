//! Finding out what the credentials may do, by calls that change nothing.

use app::Operation;
use app::marketplace::{ErrorKind, Result};
use domain::Timestamp;

use crate::connection::AwsMarketplace;
use crate::failure;

impl AwsMarketplace {
    /// The `Date` of AWS's answer to a call, whatever the answer says.
    pub(crate) async fn answered_at(&self) -> Result<Timestamp> {
        Err(failure::error(
            Operation::GetCallerIdentity,
            ErrorKind::Invalid,
            "not asked yet",
        ))
    }

    /// One call that changes nothing.
    pub(crate) async fn probed(&self, operation: Operation) -> Result<()> {
        Err(failure::error(
            operation,
            ErrorKind::Invalid,
            "not asked yet",
        ))
    }
}
