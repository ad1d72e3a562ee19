//! Which Region answers what.

/// Where the Agreement, Entitlement and Catalog services are called: they have no endpoint for
/// sellers elsewhere (AWS Marketplace developer guide, “Endpoints and quotas”, November 2026).
pub const REGION: &str = "us-east-1";

/// Regions in which the metering service answers `ResolveCustomer` and `BatchMeterUsage` (AWS
/// Marketplace developer guide, “AWS Marketplace Metering Service endpoints and quotas”, November
/// 2026). `cn-northwest-1` is left out: it belongs to another partition, whose sellers have other
/// accounts and another catalog.
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

/// The longest text compared with the names of Regions, in characters.
const COMPARED_CHARS_MAX: usize = 32;

/// The Regions a connection can meter in, in alphabetical order.
#[must_use]
pub const fn metering_regions() -> &'static [&'static str] {
    METERING_REGIONS
}

/// Why a Region is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{given}” is no Region of AWS Marketplace metering; did you mean {nearest}?")]
pub struct InvalidRegion {
    /// What was given, cut to 32 characters.
    pub given: String,
    /// The Region whose name is most like it.
    pub nearest: &'static str,
}

/// The Region of this name; surrounding white space and case are ignored.
pub fn metering_region(name: &str) -> Result<&'static str, InvalidRegion> {
    let given: String = name.trim().chars().take(COMPARED_CHARS_MAX).collect();
    let wanted = given.to_ascii_lowercase();
    let known = METERING_REGIONS.iter().find(|known| **known == wanted);
    known.copied().ok_or_else(|| {
        let nearest = METERING_REGIONS
            .iter()
            .min_by_key(|known| distance(known, &wanted));
        InvalidRegion {
            given,
            nearest: nearest.copied().unwrap_or(REGION),
        }
    })
}

/// Letters to insert, remove or replace to make one word of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<_> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (down, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], down + 1);
        for (across, of_other) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *of_other);
            diagonal = row[across + 1];
            row[across + 1] = replaced.min(diagonal + 1).min(row[across] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_known_however_it_was_pasted() {
        assert_eq!(metering_region(" EU-West-1\n"), Ok("eu-west-1"));
        assert!(METERING_REGIONS.is_sorted());
        assert_eq!(METERING_REGIONS.len(), 28);
        assert!(METERING_REGIONS.contains(&REGION));
    }

    #[test]
    fn another_region_is_refused_with_the_nearest() {
        for (given, nearest) in [
            ("us-east-3", "us-east-1"),
            ("euwest2", "eu-west-2"),
            ("eu-sentral-1", "eu-central-1"),
            ("cn-northwest-1", "ap-northeast-1"),
        ] {
            let error = metering_region(given).unwrap_err();
            assert_eq!(error.nearest, nearest, "{given}");
        }
        assert_eq!(
            metering_region("us-east-3").unwrap_err().to_string(),
            "“us-east-3” is no Region of AWS Marketplace metering; did you mean us-east-1?"
        );
        assert_eq!(
            metering_region(&"x".repeat(1 << 20))
                .unwrap_err()
                .given
                .len(),
            32
        );
    }
}
