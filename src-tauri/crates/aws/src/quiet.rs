//! Which logs must stay silent.

/// Directives for a log filter, after those that a person asked for: the AWS SDK logs requests whole,
/// the command line of a `credential_process`, and what such a program said when it failed. What
/// matters of it is told by this crate's errors, without secrets.
pub const QUIET_LOGS: &str = "aws_=off,h2=warn,hyper=warn,hyper_util=warn,rustls=warn";
