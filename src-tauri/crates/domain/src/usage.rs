//! Usage to be billed (`BatchMeterUsage`).

use std::fmt;

use crate::{AccountId, Invalid, LicenseArn, ProductCode, Timestamp, money};

/// How much was used, in millionths of the dimension's unit: 0 to 9,999,999,999.999999
/// (`QuantityAsDecimal`), and as whole numbers to 2,147,483,647 (`Quantity`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// The largest quantity with decimals, in millionths.
    const MAX: i64 = 9_999_999_999_999_999;

    /// Parses a decimal number with at most six decimals, written without a sign or leading zeros.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let units = text.split('.').next().unwrap_or_default();
        let plain = !text.starts_with('-') && (units == "0" || !units.starts_with('0'));
        let micros = money::parse_micros(text).filter(|micros| plain && *micros <= Self::MAX);
        micros.map(Self).ok_or_else(|| {
            let expected = "a quantity from 0 to 9999999999.999999, with at most six decimals";
            Invalid::new(text, expected)
        })
    }

    /// The quantity in millionths.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The quantity from millionths, as it was kept.
    #[must_use]
    pub fn from_micros(micros: i64) -> Option<Self> {
        (0..=Self::MAX).contains(&micros).then_some(Self(micros))
    }

    /// The whole number that it is, if it is one that AWS takes as one.
    #[must_use]
    pub fn whole(self) -> Option<i32> {
        (self.0 % money::MICROS == 0)
            .then(|| i32::try_from(self.0 / money::MICROS).ok())
            .flatten()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, rest) = (self.0 / money::MICROS, self.0 % money::MICROS);
        if rest == 0 {
            return write!(f, "{units}");
        }
        let decimals = format!("{rest:06}");
        write!(f, "{units}.{}", decimals.trim_end_matches('0'))
    }
}

/// Who used it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UsageHolder {
    /// A license.
    License(LicenseArn),
    /// An account's subscription to a product that predates licenses.
    Product(ProductCode),
}

impl UsageHolder {
    /// What tells it from every other holder.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::License(arn) => arn.short(),
            Self::Product(code) => code.as_str(),
        }
    }
}

/// A share of a record's quantity, with what it was used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// How much.
    pub quantity: Quantity,
    /// Keys and values, up to five.
    pub tags: Vec<(String, String)>,
}

/// What one buyer used of one dimension in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRecord {
    /// Who used it.
    pub holder: UsageHolder,
    /// The buyer's account.
    pub account: AccountId,
    /// The dimension's key.
    pub dimension: String,
    /// How much.
    pub quantity: Quantity,
    /// When. AWS counts by the hour.
    pub at: Timestamp,
    /// What it was used for; none, or all of it.
    pub allocations: Vec<Allocation>,
}

/// Milliseconds in one hour.
pub const HOUR_MS: i64 = 3_600_000;

impl UsageRecord {
    /// The beginning of its hour, which with holder, account and dimension tells it from every other.
    #[must_use]
    pub const fn hour(&self) -> Timestamp {
        let millis = self.at.as_millis();
        Timestamp::from_millis(millis - millis.rem_euclid(HOUR_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_what_aws_takes() {
        for (text, shown, whole) in [
            ("0", "0", Some(0)),
            ("17", "17", Some(17)),
            ("17.0", "17", Some(17)),
            ("2147483647", "2147483647", Some(i32::MAX)),
            ("2147483648", "2147483648", None),
            ("0.000001", "0.000001", None),
            ("9999999999.999999", "9999999999.999999", None),
        ] {
            let quantity = Quantity::parse(text).unwrap();
            assert_eq!(
                (quantity.to_string().as_str(), quantity.whole()),
                (shown, whole),
                "{text}"
            );
        }
        for text in [
            "",
            "-1",
            "01",
            "1e3",
            "1.0000001",
            "10000000000",
            "1,5",
            ".",
        ] {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
    }
}
