//! A connection: where AWS is, who we are there, how fast we may go.

use app::Clock;
use aws_sdk_sts::config::IdentityCache;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::StalledStreamProtectionConfig;

use crate::body::{MAX_RESPONSE_BYTES, bounded, http_client};
use crate::calls::{CallLimits, Calls};
use crate::credentials::{Credentials, Surroundings};
use crate::dated::Dated;
use crate::pacing::Pacing;
use crate::quota::Quota;
use crate::region::{InvalidRegion, REGION, metering_region};
use crate::secrets::Secrets;

/// The catalog of the commercial AWS partition.
pub(crate) const CATALOG: &str = "AWSMarketplace";

/// What a connection needs to know.
#[derive(Clone, Debug)]
pub struct ConnectionSettings {
    /// Instead of AWS's endpoints, one for every service: the sandbox's.
    pub endpoint: Option<String>,
    /// Instead of that one or AWS's, one for STS alone.
    pub sts_endpoint: Option<String>,
    /// Where STS and the metering service are called, one of [`crate::metering_regions`];
    /// [`REGION`] when absent. The other services are in [`REGION`] alone.
    pub region: Option<String>,
    /// Who calls.
    pub credentials: Credentials,
    /// By which it is seen that a session ends.
    pub clock: Clock,
    /// How often each operation may be called.
    pub quota: Quota,
    /// How long to wait and how often to ask again.
    pub limits: CallLimits,
}

impl ConnectionSettings {
    /// Settings for AWS itself, at its published quotas.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            endpoint: None,
            sts_endpoint: None,
            region: None,
            credentials,
            clock: Clock::default(),
            quota: Quota::published(),
            limits: CallLimits::default(),
        }
    }
}

/// Why an endpoint is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no endpoint: expected https://… or, on this machine, http://127.0.0.1:PORT")]
pub struct InvalidEndpoint(pub String);

/// Why a connection cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// Requests must not go there.
    #[error(transparent)]
    Endpoint(#[from] InvalidEndpoint),
    /// AWS Marketplace cannot be called there.
    #[error(transparent)]
    Region(#[from] InvalidRegion),
}

/// Whether requests may go to an endpoint: encrypted, or to this machine.
pub fn check_endpoint(endpoint: &str) -> Result<(), InvalidEndpoint> {
    let shown = || endpoint.chars().take(ENDPOINT_CHARS_SHOWN).collect();
    is_safe(endpoint)
        .then_some(())
        .ok_or_else(|| InvalidEndpoint(shown()))
}

/// Of an endpoint that is none this much is shown, in characters.
const ENDPOINT_CHARS_SHOWN: usize = 128;

/// AWS Marketplace over the AWS SDK: the implementation of the port.
///
/// Cheap to share behind an `Arc`; all callers share its pacing, its credentials and its HTTP
/// connections.
pub struct AwsMarketplace {
    pub(crate) calls: Calls,
    pub(crate) agreement: aws_sdk_marketplaceagreement::Client,
    pub(crate) catalog: aws_sdk_marketplacecatalog::Client,
    pub(crate) entitlement: aws_sdk_marketplaceentitlement::Client,
    pub(crate) metering: aws_sdk_marketplacemetering::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    /// The time of STS's answers.
    pub(crate) dated: Dated,
}

impl AwsMarketplace {
    /// Sets a connection up. Sends nothing, and asks for no credentials: the first call does.
    pub fn connect(settings: ConnectionSettings) -> Result<Self, InvalidSettings> {
        let ConnectionSettings {
            endpoint,
            sts_endpoint,
            region,
            credentials,
            clock,
            quota,
            limits,
        } = settings;
        for endpoint in endpoint.iter().chain(&sts_endpoint) {
            check_endpoint(endpoint)?;
        }
        let region = region.as_deref().map_or(Ok(REGION), metering_region)?;
        let sts_endpoint = sts_endpoint.or_else(|| endpoint.clone());
        let own_sts = sts_endpoint.is_some();
        let elsewhere = config(endpoint, REGION, &limits);
        let surroundings = Surroundings {
            http: bounded(http_client(own_sts), MAX_RESPONSE_BYTES),
            sts: config(sts_endpoint, region, &limits),
            connect: limits.connect,
            attempt: limits.attempt,
            clock,
            secrets: Secrets::default(),
            dated: Dated::default(),
        };
        let identity = credentials.identity(&surroundings);
        let elsewhere = elsewhere
            .to_builder()
            .credentials_provider(identity.provider())
            .build();
        let metering = elsewhere.to_builder().region(Region::from_static(region));
        Ok(Self {
            agreement: aws_sdk_marketplaceagreement::Client::new(&elsewhere),
            catalog: aws_sdk_marketplacecatalog::Client::new(&elsewhere),
            entitlement: aws_sdk_marketplaceentitlement::Client::new(&elsewhere),
            metering: aws_sdk_marketplacemetering::Client::new(&metering.build()),
            sts: surroundings.sts_of(&identity),
            dated: surroundings.dated,
            calls: Calls::new(identity, Pacing::new(&quota), limits),
        })
    }
}

/// How services are called, but for who calls them.
fn config(endpoint: Option<String>, region: &'static str, limits: &CallLimits) -> SdkConfig {
    let mut config = SdkConfig::builder()
        .region(Region::from_static(region))
        .http_client(bounded(http_client(endpoint.is_some()), MAX_RESPONSE_BYTES))
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(limits.connect)
                .build(),
        )
        // `Identity` keeps the credentials, once for all clients.
        .identity_cache(IdentityCache::no_cache())
        // An attempt is bounded as a whole by `CallLimits::attempt`.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .behavior_version(
            aws_smithy_runtime_api::client::behavior_version::BehaviorVersion::latest(),
        );
    config.set_endpoint_url(endpoint);
    config.build()
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
