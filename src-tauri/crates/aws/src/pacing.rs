//! When an attempt may start: one lane per operation, one limit on attempts under way.
//!
//! A lane is the generic cell rate algorithm (ITU-T I.371) on Tokio's clock. It is fair, since
//! callers pass through the lane's mutex in the order they came. It is safe to cancel, since nothing
//! is reserved: a caller takes its slot in the instant it starts, and one dropped while waiting
//! leaves the slot to the next.
//!
//! Two processes with one account have two pacings. Together they may exceed the quota; the
//! throttling that follows lowers the rate of both.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use app::Operation;

use crate::quota::{Quota, Rate};

/// Attempts under way at once, over all operations of a connection. Enough to fill every published
/// quota at a second's latency; bounds sockets, and memory together with the response limit.
pub const MAX_IN_FLIGHT: usize = 64;

/// What a throttled operation keeps of its rate: the multiplicative decrease of AIMD.
const KEPT_WHEN_THROTTLED: f64 = 0.5;

/// How much of the full rate comes back per second: the additive increase. Full again after 5 s.
const REGAINED_PER_SECOND: f64 = 0.1;

/// The least share of its rate an operation is lowered to.
const SHARE_MIN: f64 = 0.1;

/// Throttled answers closer together than this have one cause and lower the rate once.
const LOWERED_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The pacing of one connection.
pub(crate) struct Pacing {
    lanes: [Lane; Operation::ALL.len()],
    in_flight: Semaphore,
}

impl Pacing {
    pub(crate) fn new(quota: &Quota) -> Self {
        Self {
            lanes: Operation::ALL.map(|operation| Lane::new(quota.rate(operation))),
            in_flight: Semaphore::new(MAX_IN_FLIGHT),
        }
    }

    /// Waits until an attempt of the operation may start. It counts as under way until the answer
    /// to this is dropped; `None` never occurs, since the semaphore is never closed.
    pub(crate) async fn admit(&self, operation: Operation) -> Option<SemaphorePermit<'_>> {
        let Lane {
            turn,
            bucket: Some(bucket),
        } = &self.lanes[operation as usize]
        else {
            return self.in_flight.acquire().await.ok();
        };
        let arrived = Instant::now();
        let _turn = turn.lock().await;
        loop {
            let due = lock(bucket).due(arrived);
            if due <= Instant::now() {
                break;
            }
            sleep_until(due).await;
        }
        // Only the head of each lane competes for a permit, so a slow lane cannot hoard them; and
        // it has not taken its slot yet, so slots do not pile up while permits are short.
        let permit = self.in_flight.acquire().await.ok();
        lock(bucket).take(arrived, Instant::now());
        permit
    }

    /// Notes that AWS throttled the operation: its rate is lowered for a while.
    pub(crate) fn throttled(&self, operation: Operation) {
        if let Some(bucket) = &self.lanes[operation as usize].bucket {
            lock(bucket).lower(Instant::now());
        }
    }
}

/// A panic elsewhere cannot leave a bucket half changed, so a poisoned lock is no reason to stop.
fn lock(bucket: &Mutex<Bucket>) -> MutexGuard<'_, Bucket> {
    bucket.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The queue of one operation.
struct Lane {
    /// Tokio's mutex is first come, first served.
    turn: tokio::sync::Mutex<()>,
    /// `None` when the operation is not paced.
    bucket: Option<Mutex<Bucket>>,
}

impl Lane {
    fn new(rate: Option<Rate>) -> Self {
        Self {
            turn: tokio::sync::Mutex::default(),
            bucket: rate.map(Bucket::new).map(Mutex::new),
        }
    }
}

/// The state of the algorithm.
struct Bucket {
    /// Between two calls at the full rate.
    interval: Duration,
    /// How far before its theoretical time a call may start: `burst − 1` intervals.
    tolerance: Duration,
    /// When the next call would start if all came evenly; `None` before the first.
    theoretical: Option<Instant>,
    /// The share of the rate in force, and since when; `None` at the full rate.
    lowered: Option<(f64, Instant)>,
}

impl Bucket {
    fn new(rate: Rate) -> Self {
        let interval = Duration::from_secs_f64(1.0 / rate.per_second());
        Self {
            interval,
            tolerance: interval * (rate.burst() - 1),
            theoretical: None,
            lowered: None,
        }
    }

    /// When a call that came at `arrived` may start.
    fn due(&self, arrived: Instant) -> Instant {
        self.theoretical
            .and_then(|theoretical| theoretical.checked_sub(self.tolerance))
            .map_or(arrived, |earliest| earliest.max(arrived))
    }

    /// Starts that call.
    ///
    /// Timers fire late, and what one call loses the next must not lose too. So up to half an
    /// interval of lateness is forgiven, which cannot put another call into a window of whole
    /// intervals.
    fn take(&mut self, arrived: Instant, now: Instant) {
        let forgiven = now.checked_sub(self.interval / 2).unwrap_or(now);
        let started = self.due(arrived).max(forgiven);
        let theoretical = self
            .theoretical
            .map_or(started, |theoretical| theoretical.max(started));
        self.theoretical = Some(theoretical + self.interval.div_f64(self.share(now)));
    }

    fn lower(&mut self, now: Instant) {
        let just_now = |(_, since)| now.duration_since(since) < LOWERED_AGAIN_AFTER;
        if !self.lowered.is_some_and(just_now) {
            self.lowered = Some(((self.share(now) * KEPT_WHEN_THROTTLED).max(SHARE_MIN), now));
        }
    }

    /// The share of the rate in force: lowered by throttling, growing back with time.
    fn share(&self, now: Instant) -> f64 {
        self.lowered.map_or(1.0, |(share, since)| {
            let regained = now.duration_since(since).as_secs_f64() * REGAINED_PER_SECOND;
            (share + regained).min(1.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;

    const OPERATION: Operation = Operation::SearchAgreements;

    fn paced(rate: Rate) -> Arc<Pacing> {
        Arc::new(Pacing::new(&Quota::unlimited().with(OPERATION, rate)))
    }

    /// When each of `calls` concurrent calls started, in seconds since the first.
    async fn starts(pacing: &Arc<Pacing>, calls: usize) -> Vec<f64> {
        let began = Instant::now();
        let callers: Vec<_> = (0..calls)
            .map(|_| {
                let pacing = Arc::clone(pacing);
                tokio::spawn(async move {
                    pacing.admit(OPERATION).await;
                    Instant::now().duration_since(began).as_secs_f64()
                })
            })
            .collect();
        let mut starts = Vec::new();
        for caller in callers {
            starts.push(caller.await.unwrap());
        }
        starts
    }

    fn most_in_one_second(starts: &[f64]) -> usize {
        // A window is half open; a microsecond absorbs the rounding of seconds to floats.
        let within = |from: f64| {
            starts
                .iter()
                .filter(move |at| (from..from + 1.0 - 1e-6).contains(*at))
        };
        starts
            .iter()
            .map(|&from| within(from).count())
            .max()
            .unwrap_or(0)
    }

    fn on_a_paused_clock<T>(story: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(story)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_crowd_fills_the_quota_and_never_exceeds_it(
            per_second in 1_u32..120,
            burst in 1_u32..20,
            calls in 50_usize..400,
        ) {
            let pacing = paced(Rate::new(per_second.into(), burst));
            let starts = on_a_paused_clock(starts(&pacing, calls));
            let most = most_in_one_second(&starts);
            prop_assert!(most <= (per_second + burst) as usize, "{most} in one second");
            let seconds = starts.iter().copied().fold(0.0, f64::max);
            let asked = calls as f64 - f64::from(burst);
            prop_assert!(asked <= 0.0 || asked / seconds >= 0.95 * f64::from(per_second),
                "{calls} calls took {seconds} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn callers_start_in_the_order_they_came() {
        let starts = starts(&paced(Rate::new(5.0, 1)), 20).await;
        assert!(starts.is_sorted(), "{starts:?}");
        assert_eq!(most_in_one_second(&starts), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_caller_leaves_its_slot_to_the_next() {
        let pacing = paced(Rate::new(1.0, 1));
        pacing.admit(OPERATION).await;
        let began = Instant::now();
        {
            let impatient = pacing.admit(OPERATION);
            let patience = tokio::time::timeout(Duration::from_millis(500), impatient);
            assert!(patience.await.is_err());
        }
        pacing.admit(OPERATION).await;
        assert_eq!(began.elapsed().as_millis(), 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn late_timers_do_not_add_up() {
        let mut bucket = Bucket::new(Rate::new(10.0, 1));
        let began = Instant::now();
        let mut now = began;
        for _ in 0..100 {
            now = bucket.due(began) + Duration::from_millis(15);
            bucket.take(began, now);
        }
        assert_eq!(now.duration_since(began).as_millis(), 9_900 + 15);
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_lowers_the_rate_for_a_while() {
        let pacing = paced(Rate::new(10.0, 1));
        pacing.admit(OPERATION).await;
        pacing.throttled(OPERATION);
        // The second answer of the same second is no news.
        pacing.throttled(OPERATION);
        let slow = starts(&pacing, 6).await;
        assert!((slow[5] - slow[1]) > 0.6, "{slow:?}");
        tokio::time::sleep(Duration::from_secs(5)).await;
        let full = starts(&pacing, 11).await;
        assert!((full[10] - full[1] - 0.9).abs() < 0.02, "{full:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_limit_are_under_way() {
        let pacing = Pacing::new(&Quota::unlimited());
        let mut under_way = Vec::new();
        for _ in 0..MAX_IN_FLIGHT {
            under_way.push(pacing.admit(OPERATION).await);
        }
        let one_more = tokio::time::timeout(Duration::from_mins(1), pacing.admit(OPERATION));
        assert!(one_more.await.is_err());
        under_way.pop();
        assert!(pacing.admit(OPERATION).await.is_some());
    }
}
