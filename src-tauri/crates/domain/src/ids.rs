//! Identifiers as AWS writes them, parsed once at the edge.
//!
//! Shapes: the marketplace models of botocore 1.44 for patterns and lengths; real events for the rest.

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

/// Declares a text that passed `accept`, in its canonical form: trimmed, and otherwise as whoever it is
/// from writes it.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $accept:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Parses the text; surrounding white space is ignored.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let text = text.trim();
                let accept: fn(&str) -> bool = $accept;
                if accept(text) { Ok(Self(text.to_owned())) } else { Err(Invalid::new(text, $expected)) }
            }

            /// The text as AWS, or the vendor, writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Kept as its text.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        /// Parsed again when it is read.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(crate) use identifier;

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

identifier!(
    /// A plan of ours: `plan-` and 26 letters and digits.
    PlanId, "a plan id (plan-…)",
    |text| text.strip_prefix("plan-").is_some_and(|id| {
        id.len() == 26 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
    })
);

identifier!(
    /// An IAM role: `arn:aws:iam::111122223333:role/…`, of any partition.
    RoleArn, "a role ARN (arn:aws:iam::111122223333:role/NAME)", is_role_arn
);
identifier!(
    /// An MFA device, as STS takes it: the ARN of a virtual one, or the number on a piece of hardware
    /// (STS `AssumeRole`, `SerialNumber`: 9 to 256 of these characters).
    MfaSerial, "an MFA device (arn:aws:iam::111122223333:mfa/NAME, or a serial number)",
    |text| (9..=256).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&b))
);

/// STS takes 20 to 2048 characters; IAM allows these in paths and names of roles (IAM User Guide,
/// “IAM and AWS STS quotas”).
fn is_role_arn(text: &str) -> bool {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts.as_slice() else {
        return false;
    };
    let name = resource.strip_prefix("role/").unwrap_or_default();
    let of_a_name = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@/-".contains(&b);
    let of_a_partition = |b: u8| b.is_ascii_lowercase() || b == b'-';
    text.len() <= 2048
        && partition.starts_with("aws")
        && partition.bytes().all(of_a_partition)
        && AccountId::parse(account).is_ok_and(|parsed| parsed.as_str() == *account)
        && !name.is_empty()
        && !name.ends_with('/')
        && name.bytes().all(of_a_name)
}

impl RoleArn {
    /// The partition: `aws`, or that of China, GovCloud and others, which have their own identities.
    #[must_use]
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// The account the role belongs to, as 12 digits.
    #[must_use]
    pub fn account(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }
}

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

    #[test]
    fn a_role_has_a_partition_an_account_and_a_name() {
        let role =
            RoleArn::parse(" arn:aws-cn:iam::111122223333:role/team/Bindery+sales@x\n").unwrap();
        assert_eq!(
            (role.partition(), role.account()),
            ("aws-cn", "111122223333")
        );
        for wrong in [
            "arn:aws:iam::111122223333:user/sales",
            "arn:aws:iam::11112222333:role/sales",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role/sales/",
            "arn:aws:iam:us-east-1:111122223333:role/sales",
            "arn:aws:sts::111122223333:assumed-role/sales/me",
            "arn:gcp:iam::111122223333:role/sales",
            "arn:aws:iam::111122223333:role/two words",
        ] {
            assert!(RoleArn::parse(wrong).is_err(), "{wrong}");
        }
        assert!(RoleArn::parse(&format!("{role}{}", "x".repeat(2048))).is_err());
    }

    #[test]
    fn an_mfa_device_is_an_arn_or_a_number() {
        assert!(MfaSerial::parse("arn:aws:iam::111122223333:mfa/sales").is_ok());
        assert!(MfaSerial::parse("GAHT12345678").is_ok());
        assert!(MfaSerial::parse("123456").is_err());
        assert!(MfaSerial::parse("arn:aws:iam::111122223333:mfa/two words").is_err());
    }
}
