//! Identifiers as AWS writes them, parsed once at the edge.
//!
//! Shapes: the marketplace models of botocore 1.44 for patterns and lengths; real events for the rest.

use std::fmt;

/// Why a text is not the identifier it should be. Names the field and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not {expected}")]
pub struct Invalid {
    /// What was given, cut to 64 characters.
    pub text: String,
    /// What would have been right, as a noun phrase.
    pub expected: &'static str,
}

impl Invalid {
    pub(crate) fn new(text: &str, expected: &'static str) -> Self {
        Self {
            text: text.chars().take(64).collect(),
            expected,
        }
    }
}

/// Declares an identifier: a text that passed `accept`, with its canonical form.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $accept:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Parses the identifier; surrounding white space is ignored.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let text = text.trim();
                let accept: fn(&str) -> bool = $accept;
                if accept(text) { Ok(Self(text.to_owned())) } else { Err(Invalid::new(text, $expected)) }
            }

            /// The identifier as AWS writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// The characters AWS allows in its resource ids (`ResourceId`: 1 to 64 of these).
fn is_resource_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'-'))
}

identifier!(
    /// An agreement: `agmt-` and 25 characters in current data. Any AWS resource id is accepted,
    /// since the model promises no more than that.
    AgreementId, "an agreement id (agmt-…)", is_resource_id
);
identifier!(
    /// A product: `prod-` and 13 characters in current data.
    ProductId, "a product id (prod-…)", is_resource_id
);
identifier!(
    /// An offer: `offer-` and 13 characters in current data.
    OfferId, "an offer id (offer-…)", is_resource_id
);
identifier!(
    /// A cancellation request: `acr-` and letters or digits.
    CancellationRequestId, "a cancellation request id (acr-…)", is_resource_id
);
identifier!(
    /// The code metering and entitlements know a product by: 1 to 255 characters.
    ProductCode, "a product code",
    |text| (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
);
identifier!(
    /// An AWS account: exactly 12 digits.
    AccountId, "an AWS account id (12 digits)",
    |text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
);
identifier!(
    /// A license: `arn:aws:license-manager::294406891311:license:l-…`.
    ///
    /// AWS's own documentation prints the ARN in more than one way, so two licenses are the same
    /// when their [`LicenseArn::short`] parts are.
    LicenseArn, "a license ARN (…:license:l-…)",
    |text| text.len() <= 2048
        && text.rsplit_once(":license:").is_some_and(|(_, id)| id.starts_with("l-") && is_resource_id(id))
);

impl LicenseArn {
    /// The `l-…` part, which identifies the license whatever stands before it.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.rsplit_once(':').map_or(&self.0, |(_, id)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_trimmed_and_checked() {
        assert_eq!(
            AccountId::parse(" 111122223333\n").unwrap().as_str(),
            "111122223333"
        );
        assert_eq!(
            AccountId::parse("1111-2222-3333").unwrap_err().to_string(),
            "“1111-2222-3333” is not an AWS account id (12 digits)"
        );
        assert!(AgreementId::parse("").is_err());
        assert!(AgreementId::parse("agmt-1 or 1=1").is_err());
    }

    #[test]
    fn a_license_is_known_by_its_last_part() {
        let arn =
            "arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef";
        let license = LicenseArn::parse(arn).unwrap();
        assert_eq!(license.short(), "l-0123456789abcdef0123456789abcdef");
        let without_prefix =
            "aws:license-manager:us-east-1:294406891311:license:l-0123456789abcdef0123456789abcdef";
        assert_eq!(
            LicenseArn::parse(without_prefix).unwrap().short(),
            license.short()
        );
        assert!(LicenseArn::parse("arn:aws:iam::111122223333:role/l-1").is_err());
    }
}
