//! The published quotas of AWS, for those who want to be held to them.

use std::collections::HashMap;
use std::time::Instant;

/// Calls a second of an account, from the services' quota pages. Operations without a published
/// quota are not limited.
const PER_SECOND: &[(&str, f64)] = &[
    ("SendAgreementCancellationRequest", 2.0),
    ("AcceptAgreementCancellationRequest", 2.0),
    ("RejectAgreementCancellationRequest", 2.0),
    ("CancelAgreementCancellationRequest", 2.0),
    ("SearchAgreements", 5.0),
    ("DescribeAgreement", 5.0),
    ("GetAgreementCancellationRequest", 5.0),
    ("ListAgreementCancellationRequests", 5.0),
    ("GetAgreementTerms", 10.0),
    ("GetAgreementEntitlements", 10.0),
    ("GetEntitlements", 20.0),
    ("BatchMeterUsage", 10.0),
    ("ListEntities", 10.0),
    ("DescribeEntity", 20.0),
];

/// A bucket of one second's calls for each operation, filled at its quota. Real time, not the
/// sandbox's: moving the clock gives no calls.
#[derive(Default)]
pub(crate) struct Quotas {
    pub(crate) enforced: bool,
    buckets: HashMap<&'static str, Bucket>,
}

struct Bucket {
    calls: f64,
    filled: Instant,
}

impl Quotas {
    /// Whether a call at this moment is within the quota; it is counted when it is.
    pub(crate) fn admit(&mut self, operation: &str, now: Instant) -> bool {
        let quota = PER_SECOND.iter().find(|(name, _)| *name == operation);
        let Some((name, rate)) = quota.filter(|_| self.enforced) else {
            return true;
        };
        let full = Bucket {
            calls: *rate,
            filled: now,
        };
        let bucket = self.buckets.entry(name).or_insert(full);
        let passed = now.saturating_duration_since(bucket.filled).as_secs_f64();
        bucket.calls = (bucket.calls + passed * rate).min(*rate);
        bucket.filled = now;
        let admitted = bucket.calls >= 1.0;
        if admitted {
            bucket.calls -= 1.0;
        }
        admitted
    }

    pub(crate) fn enforce(&mut self, enforced: bool) {
        *self = Self {
            enforced,
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_second_holds_as_many_calls_as_the_quota() {
        let now = Instant::now();
        let mut quotas = Quotas::default();
        assert!((0..100).all(|_| quotas.admit("SearchAgreements", now)));
        quotas.enforce(true);
        let admitted = |quotas: &mut Quotas, name: &str, at| {
            (0..100).filter(|_| quotas.admit(name, at)).count()
        };
        assert_eq!(admitted(&mut quotas, "SearchAgreements", now), 5);
        assert_eq!(admitted(&mut quotas, "GetAgreementTerms", now), 10);
        assert_eq!(admitted(&mut quotas, "ResolveCustomer", now), 100);
        let later = now + Duration::from_millis(400);
        assert_eq!(admitted(&mut quotas, "SearchAgreements", later), 2);
        let much_later = now + Duration::from_mins(1);
        assert_eq!(admitted(&mut quotas, "SearchAgreements", much_later), 5);
    }
}
