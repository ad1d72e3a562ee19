//! Instants, as whole milliseconds since 1970 in UTC.

use std::fmt;

/// An instant: Unix milliseconds, UTC. Shown in the reader's zone only outside this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Milliseconds in one day.
pub const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// The latest instant that is a date and not "never": AWS events write 9999-01-01 for an
    /// agreement without an end, where the API leaves the end out.
    const NEVER_MS: i64 = 253_370_764_800_000;

    /// The instant this many milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This many milliseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This many days of 24 hours later (earlier when negative).
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_millis(days.saturating_mul(DAY_MS))
    }

    /// The end of an agreement as AWS reports it; its 9999-01-01 means that there is none.
    #[must_use]
    pub fn end_of_term(self) -> Option<Self> {
        (self.0 < Self::NEVER_MS).then_some(self)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds, as AWS's filters take it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(f, "{instant:.3}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_prints_as_aws_takes_it() {
        assert_eq!(
            Timestamp::from_millis(1_787_236_991_013).to_string(),
            "2026-08-20T14:43:11.013Z"
        );
    }

    #[test]
    fn the_year_9999_means_open_ended() {
        let never: jiff::Timestamp = "9999-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(
            Timestamp::from_millis(never.as_millisecond()).end_of_term(),
            None
        );
        let date = Timestamp::from_millis(1_787_236_991_013);
        assert_eq!(date.end_of_term(), Some(date));
    }
}
