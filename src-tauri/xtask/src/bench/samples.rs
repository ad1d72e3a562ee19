//! Repeated measurements of one thing.

use std::time::Duration;

/// Measurements, shortest first.
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn new(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    /// The shortest measurement that `percent` in a hundred do not exceed; nothing when nothing was
    /// measured.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied()
    }
}

/// In the unit that leaves two or three digits before the point, or as near as that comes.
pub(crate) fn show(duration: Option<Duration>) -> String {
    let Some(duration) = duration else {
        return "—".to_owned();
    };
    let seconds = duration.as_secs_f64();
    match duration.as_micros() {
        0..1_000 => format!("{:.0} µs", seconds * 1e6),
        1_000..100_000 => format!("{:.1} ms", seconds * 1e3),
        100_000..10_000_000 => format!("{:.0} ms", seconds * 1e3),
        _ => format!("{seconds:.1} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_measurements() {
        let samples = Samples::new((1..=20).rev().map(Duration::from_millis).collect());
        assert_eq!(samples.percentile(50), Some(Duration::from_millis(10)));
        assert_eq!(samples.percentile(95), Some(Duration::from_millis(19)));
        assert_eq!(samples.percentile(100), Some(Duration::from_millis(20)));
        assert_eq!(Samples::new(Vec::new()).percentile(50), None);
    }

    #[test]
    fn durations_are_shown_with_the_digits_that_matter() {
        assert_eq!(show(Some(Duration::from_micros(742))), "742 µs");
        assert_eq!(show(Some(Duration::from_micros(3_640))), "3.6 ms");
        assert_eq!(show(Some(Duration::from_millis(299))), "299 ms");
        assert_eq!(show(Some(Duration::from_secs(41))), "41.0 s");
        assert_eq!(show(None), "—");
    }
}
