//! The sandbox's time: it starts where the world starts, runs with real time and can be moved on.

use jiff::Timestamp;

/// Milliseconds between real time and the sandbox's, before anybody moves the clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    ahead: i64,
}

impl Clock {
    /// A clock that showed `start` at the real moment `at`, both in milliseconds since the epoch.
    pub(crate) fn started(start: i64, at: i64) -> Self {
        Self { ahead: start - at }
    }

    /// The sandbox's time, which was moved forward by `moved` and never shows less than `floor`.
    pub(crate) fn now(self, moved: i64, floor: i64) -> i64 {
        (real_now() + self.ahead + moved).max(floor)
    }
}

/// Real time in milliseconds since the epoch. The one place that reads it: the server's own edge,
/// where a world in which time passes needs time to pass.
#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox's clock runs with real time, from here"
)]
pub(crate) fn real_now() -> i64 {
    let now = Timestamp::try_from(std::time::SystemTime::now());
    now.map_or(0, Timestamp::as_millisecond)
}

/// A time as people and JSON read it.
pub(crate) fn rfc3339(millis: i64) -> String {
    Timestamp::from_millisecond(millis).map_or_else(|_| String::new(), |at| at.to_string())
}

/// Reads a length of time written as `3d`, `5h`, `30m`, `2s` or `30ms`, in milliseconds.
pub(crate) fn parse_span(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let millis = number.parse::<i64>().ok()?.checked_mul(unit)?;
    (millis <= SPAN_MAX).then_some(millis)
}

/// The longest span that can be asked for: a hundred years of days.
const SPAN_MAX: i64 = 36_525 * 86_400_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_their_units() {
        assert_eq!(parse_span("30ms"), Some(30));
        assert_eq!(parse_span("3d"), Some(3 * 86_400_000));
        for wrong in [
            "",
            "d",
            "3",
            "3 d",
            "-3d",
            "3w",
            "99999999999999999999d",
            "999999d",
        ] {
            assert_eq!(parse_span(wrong), None, "{wrong}");
        }
    }
}
