//! One logical call: attempts, timeouts, backoff.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::marketplace::MarketplaceError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::time::{Instant, sleep, timeout};

use crate::credentials::Identity;
use crate::failure::{Failure, Hope, Position};
use crate::pacing::Pacing;
use app::Operation;

/// How long to wait for AWS and how often to ask again. Reading again is safe even when the fate of
/// the last attempt is unknown; what acts is then not repeated.
///
/// The SDK's own retries are off: each attempt must pass the pacing, and theirs would not.
#[derive(Clone, Debug)]
pub struct CallLimits {
    /// To a connection with AWS, TLS included.
    pub connect: Duration,
    /// From the start of one attempt to the end of its answer.
    pub attempt: Duration,
    /// All attempts of one call and the pauses between them. Waiting for the quota is not counted:
    /// behind a thousand other calls it lasts minutes and says nothing about AWS.
    pub total: Duration,
    /// Attempts of one call, the first included.
    pub attempts_max: u32,
    /// The longest pause before the second attempt; it doubles with each further one.
    pub backoff_base: Duration,
    /// The longest pause before any attempt.
    pub backoff_cap: Duration,
    /// A number from 0 to 1, new at each call: where in its range a pause falls.
    pub jitter: fn() -> f64,
}

impl CallLimits {
    /// Limit on connecting.
    pub const CONNECT: Duration = Duration::from_secs(5);
    /// Limit on one attempt.
    pub const ATTEMPT: Duration = Duration::from_secs(20);
    /// Limit on one call.
    pub const TOTAL: Duration = Duration::from_secs(90);
    /// Attempts of one call.
    pub const ATTEMPTS_MAX: u32 = 6;
    /// First pause.
    pub const BACKOFF_BASE: Duration = Duration::from_millis(200);
    /// Longest pause.
    pub const BACKOFF_CAP: Duration = Duration::from_secs(10);

    /// The pause after the `attempt`th attempt: anything from nothing to the exponential limit
    /// (“full jitter”, AWS Architecture Blog, “Exponential Backoff And Jitter”).
    fn pause(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let limit = self
            .backoff_base
            .saturating_mul(doubled)
            .min(self.backoff_cap);
        limit.mul_f64((self.jitter)().clamp(0.0, 1.0))
    }
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            connect: Self::CONNECT,
            attempt: Self::ATTEMPT,
            total: Self::TOTAL,
            attempts_max: Self::ATTEMPTS_MAX,
            backoff_base: Self::BACKOFF_BASE,
            backoff_cap: Self::BACKOFF_CAP,
            jitter: fastrand::f64,
        }
    }
}

/// The one way from this crate to AWS.
pub(crate) struct Calls {
    identity: Arc<Identity>,
    pacing: Pacing,
    limits: CallLimits,
}

/// When an attempt that failed may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeat {
    /// Whenever it may fare better: doing it twice is doing it once.
    Freely,
    /// Only when AWS did not do it for certain.
    Undone,
}

impl Calls {
    pub(crate) const fn new(identity: Arc<Identity>, pacing: Pacing, limits: CallLimits) -> Self {
        Self {
            identity,
            pacing,
            limits,
        }
    }

    /// Calls an operation: `attempt` sends one request and reads its answer.
    pub(crate) async fn run<T, E, F>(
        &self,
        operation: Operation,
        position: Position,
        attempt: impl Fn() -> F,
    ) -> Result<T, MarketplaceError>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.repeat(Repeat::Freely, operation, position, attempt)
            .await
    }

    /// Calls an operation that acts: once the fate of an attempt is unknown, there is no other.
    pub(crate) async fn run_once<T, E, F>(
        &self,
        operation: Operation,
        attempt: impl Fn() -> F,
    ) -> Result<T, MarketplaceError>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.repeat(Repeat::Undone, operation, Position::Start, attempt)
            .await
    }

    async fn repeat<T, E, F>(
        &self,
        repeat: Repeat,
        operation: Operation,
        position: Position,
        attempt: impl Fn() -> F,
    ) -> Result<T, MarketplaceError>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut spent = Duration::ZERO;
        let mut number = 1;
        loop {
            let (result, took) = self.try_once(operation, position, spent, &attempt).await;
            let failure = match result {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            if failure.throttled {
                self.pacing.throttled(operation);
            }
            let pause = self.limits.pause(number);
            spent += took + pause;
            let undone = repeat == Repeat::Freely || failure.error.undone;
            let again = match failure.hope {
                Hope::None => false,
                Hope::Resigned | Hope::Renewed => number == 1,
                Hope::Later => undone && number < self.limits.attempts_max,
            };
            if !again || spent >= self.limits.total {
                return Err(self.shown(failure.error));
            }
            tracing::debug!(
                operation = operation.name(),
                number,
                ?pause,
                code = failure.error.code,
                "trying again"
            );
            sleep(pause).await;
            number += 1;
        }
    }

    /// One attempt, and how long it took; waiting for the quota is not counted.
    async fn try_once<T, E, F>(
        &self,
        operation: Operation,
        position: Position,
        spent: Duration,
        attempt: impl Fn() -> F,
    ) -> (Result<T, Failure>, Duration)
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let began = Instant::now();
        // Before the pacing: without credentials nothing is sent, and those who wait for a code must
        // not hold up the others' places.
        if let Err(refused) = self.identity.current().await {
            return (Err(Failure::refused(operation, &refused)), began.elapsed());
        }
        let preparing = began.elapsed();
        let permit = self.pacing.admit(operation).await;
        let began = Instant::now();
        let limit = self
            .limits
            .attempt
            .min(self.limits.total.saturating_sub(spent + preparing));
        // Boxed, because the SDK's futures are large, and callers run several side by side.
        let result = match timeout(limit, Box::pin(attempt())).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Failure::of(operation, position, &error)),
            Err(_) => Err(Failure::silence(operation, limit)),
        };
        drop(permit);
        let took = preparing + began.elapsed();
        let Err(mut failure) = result else {
            return (result, took);
        };
        if failure.hope == Hope::Renewed && !self.identity.forget(began).await {
            failure.hope = Hope::None;
        }
        (Err(failure), took)
    }

    /// The error as it may be shown.
    fn shown(&self, mut error: MarketplaceError) -> MarketplaceError {
        let secrets = self.identity.secrets();
        error.message = secrets.scrub(error.message);
        error.code = error.code.map(|code| secrets.scrub(code));
        error.request_id = error.request_id.map(|id| secrets.scrub(id));
        error
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use app::marketplace::ErrorKind;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;
    use crate::quota::{Quota, Rate};

    const OPERATION: Operation = Operation::GetAgreementTerms;

    type Attempt = Result<u32, SdkError<ErrorMetadata, HttpResponse>>;

    fn calls(quota: &Quota) -> Calls {
        Calls::new(
            Identity::fixed(),
            Pacing::new(quota),
            CallLimits {
                jitter: || 1.0,
                ..CallLimits::default()
            },
        )
    }

    #[expect(
        clippy::result_large_err,
        reason = "the SDK's own error type, as the runner takes it"
    )]
    fn dropped() -> Attempt {
        Err(SdkError::dispatch_failure(ConnectorError::io(
            "connection reset by peer".into(),
        )))
    }

    /// Runs a call whose attempts answer `attempt(number)`; what came of it, attempts, time.
    async fn story<F: Future<Output = Attempt>>(
        quota: &Quota,
        attempt: impl Fn(u32) -> F,
    ) -> (Result<u32, MarketplaceError>, u32, Duration) {
        let began = Instant::now();
        let number = Cell::new(0);
        let result = calls(quota)
            .run(OPERATION, Position::Start, || {
                number.set(number.get() + 1);
                attempt(number.get())
            })
            .await;
        (result, number.get(), began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_connection_is_tried_again_after_a_pause() {
        let (result, attempts, took) = story(&Quota::unlimited(), async |number| {
            if number < 3 { dropped() } else { Ok(number) }
        })
        .await;
        assert_eq!((result.unwrap(), attempts), (3, 3));
        assert_eq!(took, Duration::from_millis(200 + 400));
    }

    #[tokio::test(start_paused = true)]
    async fn it_gives_up_after_the_last_attempt() {
        let (result, attempts, took) = story(&Quota::unlimited(), async |_| dropped()).await;
        assert_eq!(result.unwrap_err().kind, ErrorKind::NoAnswer);
        assert_eq!(attempts, CallLimits::ATTEMPTS_MAX);
        assert_eq!(took, Duration::from_millis(200 + 400 + 800 + 1_600 + 3_200));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_bounded_per_attempt_and_in_all() {
        let (result, attempts, took) =
            story(&Quota::unlimited(), async |_| std::future::pending().await).await;
        let error = result.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NoAnswer);
        assert_eq!(attempts, 5);
        assert!(took <= CallLimits::TOTAL, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn every_attempt_counts_against_the_quota() {
        let quota = Quota::unlimited().with(OPERATION, Rate::new(0.5, 1));
        let (_, attempts, took) = story(&quota, async |_| dropped()).await;
        assert_eq!(attempts, 6);
        assert!(took >= Duration::from_secs(5 * 2), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_the_quota_is_not_held_against_aws() {
        let quota = Quota::unlimited().with(OPERATION, Rate::new(0.005, 1));
        let (result, _, took) = story(
            &quota,
            async |number| if number < 3 { dropped() } else { Ok(number) },
        )
        .await;
        assert_eq!(result.unwrap(), 3);
        assert!(took > CallLimits::TOTAL);
    }

    #[test]
    fn pauses_double_up_to_the_cap() {
        let limits = CallLimits {
            jitter: || 1.0,
            ..CallLimits::default()
        };
        let pauses: Vec<_> = (1..=8).map(|n| limits.pause(n).as_millis()).collect();
        assert_eq!(pauses, [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
        let none = CallLimits {
            jitter: || 0.0,
            ..CallLimits::default()
        };
        assert_eq!(none.pause(8), Duration::ZERO);
    }
}
