//! A connection: where AWS is, who we are there, how fast we may go.

use std::fmt;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::StalledStreamProtectionConfig;

use crate::body::{MAX_RESPONSE_BYTES, bounded, http_client};
use crate::calls::{CallLimits, Calls};
use crate::pacing::Pacing;
use crate::quota::Quota;

/// The Region of every call. The Agreement, Entitlement and Catalog services have no endpoint for
/// sellers elsewhere (AWS Marketplace developer guide, “Endpoints and quotas”, November 2026).
pub const REGION: &str = "us-east-1";

/// The catalog of the commercial AWS partition.
pub(crate) const CATALOG: &str = "AWSMarketplace";

/// What a connection needs to know.
#[derive(Clone, Debug)]
pub struct ConnectionSettings {
    /// Instead of AWS's endpoints, one for every service: the sandbox's.
    pub endpoint: Option<String>,
    /// Who calls.
    pub credentials: Credentials,
    /// How often each operation may be called.
    pub quota: Quota,
    /// How long to wait and how often to ask again.
    pub limits: CallLimits,
}

/// Who calls, without showing how it is proven: `Debug` is redacted, and nothing serializes it.
///
/// Every constructor only makes another provider of the SDK, so profiles, roles and the keyring
/// can be added here without anything else knowing.
#[derive(Clone)]
pub struct Credentials(SharedCredentialsProvider);

impl Credentials {
    /// A fixed key pair, with the session token of temporary credentials.
    #[must_use]
    pub fn from_keys(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        Self(SharedCredentialsProvider::new(
            aws_credential_types::Credentials::new(
                access_key_id,
                secret_access_key,
                session_token,
                None,
                "BinderyStatic",
            ),
        ))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}

/// Why an endpoint is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no endpoint: expected https://… or, on this machine, http://127.0.0.1:PORT")]
pub struct InvalidEndpoint(pub String);

/// AWS Marketplace over the AWS SDK: the implementation of the port.
///
/// Cheap to share behind an `Arc`; all callers share its pacing and its HTTP connections.
pub struct AwsMarketplace {
    pub(crate) calls: Calls,
    pub(crate) agreement: aws_sdk_marketplaceagreement::Client,
    pub(crate) catalog: aws_sdk_marketplacecatalog::Client,
    pub(crate) entitlement: aws_sdk_marketplaceentitlement::Client,
    pub(crate) sts: aws_sdk_sts::Client,
}

impl AwsMarketplace {
    /// Sets a connection up. Sends nothing: the first call does.
    pub fn connect(settings: ConnectionSettings) -> Result<Self, InvalidEndpoint> {
        let ConnectionSettings {
            endpoint,
            credentials,
            quota,
            limits,
        } = settings;
        if let Some(endpoint) = endpoint.as_deref().filter(|endpoint| !is_safe(endpoint)) {
            return Err(InvalidEndpoint(endpoint.to_owned()));
        }
        let http = bounded(http_client(endpoint.is_some()), MAX_RESPONSE_BYTES);
        let mut config = SdkConfig::builder()
            .region(Region::from_static(REGION))
            .credentials_provider(credentials.0)
            .http_client(http)
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(limits.connect)
                    .build(),
            )
            // An attempt is bounded as a whole by `CallLimits::attempt`.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .behavior_version(
                aws_smithy_runtime_api::client::behavior_version::BehaviorVersion::latest(),
            );
        config.set_endpoint_url(endpoint);
        let config = config.build();
        Ok(Self {
            calls: Calls::new(Pacing::new(&quota), limits),
            agreement: aws_sdk_marketplaceagreement::Client::new(&config),
            catalog: aws_sdk_marketplacecatalog::Client::new(&config),
            entitlement: aws_sdk_marketplaceentitlement::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
        })
    }
}

/// Whether requests may go there: their headers carry session tokens, so unencrypted only within
/// this machine.
fn is_safe(endpoint: &str) -> bool {
    let authority = |rest: &str| {
        rest.split(['/', '?', '#'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    if let Some(rest) = endpoint.strip_prefix("https://") {
        return !authority(rest).is_empty();
    }
    let Some(authority) = endpoint.strip_prefix("http://").map(authority) else {
        return false;
    };
    let (host, port) = authority.rsplit_once(':').unwrap_or((&authority, "80"));
    port.parse::<u16>().is_ok() && matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_do_not_show() {
        let credentials =
            Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", "secret", Some("token".into()));
        assert_eq!(format!("{credentials:?}"), "Credentials(redacted)");
    }

    #[test]
    fn unencrypted_endpoints_are_on_this_machine() {
        for good in [
            "https://example.com",
            "http://127.0.0.1:4000",
            "http://[::1]:80/",
            "http://localhost",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://127.0.0.1@example.com",
            "http://127.0.0.1:80@example.com",
            "http://127.0.0.1.example.com:80",
            "https://",
            "127.0.0.1:80",
            "",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
    }
}
