//! What can be seen of a signature without the secret: that there is one, and its scope.

use hyper::HeaderMap;

use crate::contract::Keys;
use crate::failure::{Failure, Service};

/// Regions in which the metering service answers `ResolveCustomer` and `BatchMeterUsage`.
const METERING_REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-central-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Checks the `Authorization` header's form and scope, and that its key is one of those accepted.
pub(crate) fn check(service: Service, headers: &HeaderMap, keys: &Keys) -> Result<(), Failure> {
    let Some(header) = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
    else {
        let code = match service {
            Service::Identity => "MissingAuthenticationToken",
            _ => "MissingAuthenticationTokenException",
        };
        return Err(Failure::new(code, "Missing Authentication Token"));
    };
    let incomplete = |what: &str| {
        let message = format!("Authorization header requires '{what}' parameter.");
        Failure::new("IncompleteSignatureException", message)
    };
    let parameters = header
        .strip_prefix("AWS4-HMAC-SHA256")
        .ok_or_else(|| incomplete("AWS4-HMAC-SHA256"))?;
    let parameter = |name: &str| {
        parameters
            .split(',')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let credential = parameter("Credential").ok_or_else(|| incomplete("Credential"))?;
    for name in ["SignedHeaders", "Signature"] {
        parameter(name).ok_or_else(|| incomplete(name))?;
    }
    let dated = headers.contains_key("x-amz-date") || headers.contains_key("date");
    if !dated {
        return Err(incomplete("X-Amz-Date"));
    }
    check_key(service, credential, keys)?;
    check_scope(service, credential)
}

/// STS and the other services have different names for the same refusals (IAM User Guide,
/// “Troubleshoot”; Common Errors of the Agreement API).
fn check_key(service: Service, credential: &str, keys: &Keys) -> Result<(), Failure> {
    let key = credential.split('/').next().unwrap_or_default();
    let other = keys
        .access_key_id
        .as_deref()
        .is_some_and(|known| known != key);
    if key.is_empty() || other {
        let code = match service {
            Service::Identity => "InvalidClientTokenId",
            _ => "UnrecognizedClientException",
        };
        let message = "The security token included in the request is invalid.";
        return Err(Failure::new(code, message));
    }
    if keys.expired {
        let code = match service {
            Service::Identity => "ExpiredToken",
            _ => "ExpiredTokenException",
        };
        let message = "The security token included in the request is expired";
        return Err(Failure::new(code, message));
    }
    Ok(())
}

fn check_scope(service: Service, credential: &str) -> Result<(), Failure> {
    let mut parts = credential.rsplitn(5, '/');
    let (terminator, scope, region) = (parts.next(), parts.next(), parts.next());
    let invalid = |message: String| Failure::new("InvalidSignatureException", message);
    if terminator != Some("aws4_request") {
        return Err(invalid(
            "Credential should be scoped with a valid terminator".to_owned(),
        ));
    }
    let wanted = if service == Service::Identity {
        "sts"
    } else {
        "aws-marketplace"
    };
    if scope != Some(wanted) {
        let message = format!("Credential should be scoped to correct service: '{wanted}'.");
        return Err(invalid(message));
    }
    let region = region.unwrap_or_default();
    match service {
        Service::Identity => Ok(()),
        Service::Metering if METERING_REGIONS.contains(&region) => Ok(()),
        Service::Metering => {
            let message = "The API is disabled in the Region.";
            Err(Failure::new("DisabledApiException", message))
        }
        _ if region == "us-east-1" => Ok(()),
        _ => Err(invalid(
            "Credential should be scoped to a valid Region: 'us-east-1'.".to_owned(),
        )),
    }
}
