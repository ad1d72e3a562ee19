//! How often each operation may be called.

use app::Operation;

/// A steady rate, and how many calls may start at once after a rest.
///
/// In any window of W seconds at most `per_second × W + burst` calls start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    per_second: f64,
    burst: u32,
}

impl Rate {
    /// The slowest rate accepted, in calls per second: one a day. Keeps every interval finite.
    pub const PER_SECOND_MIN: f64 = 1.0 / 86_400.0;

    /// A rate in calls per second. A burst of 0 counts as 1. Above some 250 calls per second an
    /// interval is shorter than the timer's millisecond: only a larger burst reaches such a rate.
    #[must_use]
    pub fn new(per_second: f64, burst: u32) -> Self {
        Self {
            per_second: per_second.max(Self::PER_SECOND_MIN),
            burst: burst.max(1),
        }
    }

    /// Calls per second.
    #[must_use]
    pub const fn per_second(self) -> f64 {
        self.per_second
    }

    /// Calls that may start at once.
    #[must_use]
    pub const fn burst(self) -> u32 {
        self.burst
    }
}

/// The rate of each operation; one without a rate is not paced.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    rates: [Option<Rate>; Operation::ALL.len()],
}

impl Quota {
    /// What AWS publishes per account and Region, as read in November 2026: the service quota pages
    /// of the Agreement, Catalog and Entitlement services in the AWS Marketplace developer guide.
    ///
    /// No rate is published for `GetAgreementContacts`, `GetCallerIdentity` and `ResolveCustomer`;
    /// they get the lowest of the reads. The burst is 1, since AWS says nothing about bursts.
    #[must_use]
    pub fn published() -> Self {
        Self::unlimited().with_each(|operation| {
            Some(Rate::new(
                match operation {
                    Operation::DescribeEntity | Operation::GetEntitlements => 20.0,
                    Operation::ListEntities
                    | Operation::GetAgreementTerms
                    | Operation::GetAgreementEntitlements
                    | Operation::BatchMeterUsage => 10.0,
                    Operation::SearchAgreements
                    | Operation::DescribeAgreement
                    | Operation::ListAgreementCancellationRequests
                    | Operation::GetAgreementCancellationRequest
                    | Operation::GetAgreementContacts
                    | Operation::GetCallerIdentity
                    | Operation::ResolveCustomer => 5.0,
                    Operation::SendAgreementCancellationRequest
                    | Operation::CancelAgreementCancellationRequest => 2.0,
                },
                1,
            ))
        })
    }

    /// No pacing: the sandbox has quotas only when asked for.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self {
            rates: [None; Operation::ALL.len()],
        }
    }

    /// Every rate times `factor`; bursts and unpaced operations stay.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let rates = self.rates;
        self.with_each(|operation| {
            rates[operation as usize].map(|rate| Rate::new(rate.per_second * factor, rate.burst))
        })
    }

    /// The same with one operation's rate replaced.
    #[must_use]
    pub const fn with(mut self, operation: Operation, rate: Rate) -> Self {
        self.rates[operation as usize] = Some(rate);
        self
    }

    /// The operation's rate; `None` when it is not paced.
    #[must_use]
    pub const fn rate(&self, operation: Operation) -> Option<Rate> {
        self.rates[operation as usize]
    }

    fn with_each(mut self, rate: impl Fn(Operation) -> Option<Rate>) -> Self {
        for operation in Operation::ALL {
            self.rates[operation as usize] = rate(operation);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_keeps_bursts_and_gaps() {
        let quota = Quota::published().scaled(10.0);
        assert_eq!(
            quota.rate(Operation::SearchAgreements),
            Some(Rate::new(50.0, 1))
        );
        assert_eq!(Quota::unlimited().scaled(10.0), Quota::unlimited());
    }
}
