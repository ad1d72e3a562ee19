//! The HTTP client of a connection, and the limit on what it takes in.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// The largest body taken in, in bytes. The largest honest answer, a product with 400 dimensions or
/// a page of 50 agreements, stays below 1 MiB.
pub const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

/// The SDK's default client, except that an endpoint of our own choosing is reached without the
/// proxy that the environment names: a proxy has no way to this machine's loopback.
pub(crate) fn http_client(own_endpoint: bool) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder =
            ConnectorBuilder::default().tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc));
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.set_proxy_config(Some(if own_endpoint {
            ProxyConfig::disabled()
        } else {
            ProxyConfig::from_env()
        }));
        builder.build()
    })
}

/// The same client, but a body ends in [`http_body_util::LengthLimitError`] as soon as it exceeds
/// `bytes_max`, so that no answer is ever held whole that is larger.
pub(crate) fn bounded(client: SharedHttpClient, bytes_max: usize) -> SharedHttpClient {
    http_client_fn(move |settings, components| {
        let inner = client.http_connector(settings, components);
        SharedHttpConnector::new(Bounded { inner, bytes_max })
    })
}

#[derive(Debug)]
struct Bounded {
    inner: SharedHttpConnector,
    bytes_max: usize,
}

impl HttpConnector for Bounded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.inner.call(request);
        let bytes_max = self.bytes_max;
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| SdkBody::from_body_1_x(Limited::new(body, bytes_max))))
        })
    }
}
