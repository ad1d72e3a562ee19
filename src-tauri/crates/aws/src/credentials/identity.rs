//! Credentials kept in memory: got by one caller at a time, and anew before they end.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use app::Clock;
use app::marketplace::ErrorKind;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_types::DateTime;
use domain::Timestamp;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, timeout};

use super::profile::Profile;
use super::role::Role;
use crate::failure::{Failure, Hope};
use crate::secrets::Secrets;

/// How long getting credentials may take. A person may have to touch a key for a
/// `credential_process`.
const LIMIT: Duration = Duration::from_mins(1);

/// New credentials are got this long before the old ones end, in milliseconds.
const AHEAD_MS: i64 = 5 * 60_000;

/// New ones that end sooner than this by our clock are taken to last this long all the same, in
/// milliseconds: the clock is more likely wrong than AWS, which will say so when they have ended.
const LIFETIME_MIN_MS: i64 = 60_000;

/// After a failure to get new ones in time, the old ones are used this long before the next try, in
/// milliseconds.
const AGAIN_AFTER_MS: i64 = 30_000;

/// Why there are no credentials. Goes through the SDK as the cause of its own error.
#[derive(Clone, Debug)]
pub(crate) struct Refused(pub(crate) Failure);

impl Refused {
    /// Found without asking STS.
    pub(super) fn because(kind: ErrorKind, message: &str) -> Self {
        Self(Failure::of_credentials(kind, message))
    }

    /// The credentials are no good in some way.
    pub(super) fn bad(message: &str) -> Self {
        Self::because(ErrorKind::Credentials, message)
    }

    pub(super) fn no_answer(message: &str) -> Self {
        let mut refused = Self::because(ErrorKind::NoAnswer, message);
        refused.0.hope = Hope::Later;
        refused
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.error.message)
    }
}

impl std::error::Error for Refused {}

/// Where credentials come from.
pub(super) enum Origin {
    Keys(Credentials),
    Profile(Profile),
    Role(Role),
}

/// Credentials, and how much longer they last by AWS's account.
pub(super) struct Got {
    pub(super) credentials: Credentials,
    pub(super) lifetime_ms: Option<i64>,
}

/// Who calls, for every client of a connection.
pub(crate) struct Identity {
    origin: Origin,
    /// Held while credentials are got, so that one caller gets them and the others wait.
    kept: Arc<Mutex<Option<Kept>>>,
    secrets: Secrets,
    clock: Clock,
}

type Renewal = Pin<Box<dyn Future<Output = Result<Credentials, Refused>> + Send>>;

struct Kept {
    credentials: Credentials,
    since: Instant,
    /// `None` when they do not end.
    until: Option<Until>,
}

#[derive(Clone, Copy)]
struct Until {
    refresh_at: Timestamp,
    ends_at: Timestamp,
}

impl Identity {
    pub(super) fn new(origin: Origin, secrets: Secrets, clock: Clock) -> Self {
        Self {
            origin,
            kept: Arc::default(),
            secrets,
            clock,
        }
    }

    #[cfg(test)]
    pub(crate) fn fixed() -> Arc<Self> {
        let keys = Credentials::new("AKIATEST", "secret", None, None, "test");
        let (secrets, clock) = (Secrets::default(), Clock::default());
        Arc::new(Self::new(Origin::Keys(keys), secrets, clock))
    }

    /// For the SDK's clients.
    pub(crate) fn provider(self: &Arc<Self>) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Provider(Arc::clone(self)))
    }

    /// The values that no message may show.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Credentials that are good now, by our clock.
    pub(crate) async fn current(self: &Arc<Self>) -> Result<Credentials, Refused> {
        let kept = Arc::clone(&self.kept).lock_owned().await;
        let now = self.clock.now();
        if let Some(fresh) = kept.as_ref().filter(|kept| kept.is_fresh(now)) {
            return Ok(fresh.credentials.clone());
        }
        // In a task of its own: a caller who gives up must not take along the code that was sent and
        // the session that comes back.
        let renewal = tokio::spawn(Arc::clone(self).renewal(kept));
        let stopped = |_| Err(Refused::no_answer("getting credentials was stopped"));
        renewal.await.unwrap_or_else(stopped)
    }

    /// Forgets credentials that AWS no longer accepts, unless they are newer than the attempt that
    /// found out. Whether others can be got in their place.
    pub(crate) async fn forget(&self, attempt_began: Instant) -> bool {
        if matches!(self.origin, Origin::Keys(_)) {
            return false;
        }
        let mut kept = self.kept.lock().await;
        if kept
            .as_ref()
            .is_some_and(|kept| kept.since <= attempt_began)
        {
            *kept = None;
        }
        true
    }

    /// `renew` in a box: getting a role's credentials gets those of its base the same way.
    fn renewal(self: Arc<Self>, kept: OwnedMutexGuard<Option<Kept>>) -> Renewal {
        Box::pin(self.renew(kept))
    }

    async fn renew(
        self: Arc<Self>,
        mut kept: OwnedMutexGuard<Option<Kept>>,
    ) -> Result<Credentials, Refused> {
        let got = timeout(LIMIT, self.get()).await.unwrap_or_else(|_| {
            let seconds = LIMIT.as_secs();
            let message = format!("no credentials within {seconds} s");
            Err(Refused::no_answer(&message))
        });
        let now = self.clock.now();
        match got {
            Ok(got) => {
                self.secrets.learn(&got.credentials);
                let credentials = got.credentials.clone();
                *kept = Some(Kept::new(got, now));
                Ok(credentials)
            }
            Err(refused) => {
                let old = kept.take().and_then(|old| old.put_off(now, &refused));
                *kept = old;
                let credentials = kept.as_ref().map(|old| old.credentials.clone());
                credentials.ok_or(refused)
            }
        }
    }

    async fn get(&self) -> Result<Got, Refused> {
        match &self.origin {
            Origin::Keys(keys) => {
                check(keys)?;
                Ok(Got {
                    credentials: keys.clone(),
                    lifetime_ms: None,
                })
            }
            Origin::Profile(profile) => {
                let credentials = profile.get().await?;
                self.secrets.learn(&credentials);
                check(&credentials)?;
                let ends_at = credentials.expiry().map(DateTime::from);
                let ends_at = ends_at.and_then(|at| at.to_millis().ok());
                let now = self.clock.now().as_millis();
                Ok(Got {
                    lifetime_ms: ends_at.map(|at| at.saturating_sub(now)),
                    credentials,
                })
            }
            Origin::Role(role) => role.assume().await,
        }
    }
}

impl Kept {
    fn new(got: Got, now: Timestamp) -> Self {
        let until = got.lifetime_ms.map(|lifetime| {
            let lifetime = lifetime.max(LIFETIME_MIN_MS);
            Until {
                refresh_at: now.plus_millis(lifetime - AHEAD_MS.min(lifetime / 2)),
                ends_at: now.plus_millis(lifetime),
            }
        });
        Self {
            credentials: got.credentials,
            since: Instant::now(),
            until,
        }
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until.refresh_at)
    }

    /// The same for a while longer, when they have not ended yet.
    fn put_off(mut self, now: Timestamp, refused: &Refused) -> Option<Self> {
        let until = self.until.as_mut().filter(|until| now < until.ends_at)?;
        // A code is looked for at every call instead: nothing is sent without one, and the person's
        // is good for half a minute.
        if refused.0.error.kind != ErrorKind::CodeNeeded {
            until.refresh_at = now.plus_millis(AGAIN_AFTER_MS);
        }
        Some(self)
    }
}

/// Refuses keys that no request can be signed with, or that are each other's. Does not insist on the
/// forms of AWS's own, since servers for tests have others.
fn check(keys: &Credentials) -> Result<(), Refused> {
    let (id, secret) = (keys.access_key_id(), keys.secret_access_key());
    let is_id = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let is_secret = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let like_an_id = |text: &str| text.len() == 20 && is_id(text) && text.starts_with('A');
    if !like_an_id(id) && like_an_id(secret) {
        return Err(Refused::bad(
            "the access key id and the secret access key are swapped",
        ));
    }
    // IAM API Reference, “AccessKey”: 16 to 128 letters, digits and underscores.
    if id.is_empty() || id.len() > 128 || !is_id(id) {
        return Err(Refused::bad(
            "the access key id is none: it has 16 to 128 letters and digits, such as AKIA…",
        ));
    }
    if !is_secret(secret) {
        return Err(Refused::bad(
            "the secret access key is none: it has 40 letters, digits, + and /, without spaces",
        ));
    }
    if !keys.session_token().is_none_or(is_secret) {
        return Err(Refused::bad(
            "the session token is none: it has no spaces or line breaks",
        ));
    }
    Ok(())
}

/// The identity as the SDK's clients ask for it.
struct Provider(Arc<Identity>);

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let current = async {
            self.0
                .current()
                .await
                .map_err(CredentialsError::provider_error)
        };
        future::ProvideCredentials::new(current)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provider(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(id: &str, secret: &str, token: Option<&str>) -> Credentials {
        Credentials::new(id, secret, token.map(str::to_owned), None, "test")
    }

    #[test]
    fn keys_that_cannot_sign_are_refused_in_words_without_showing_them() {
        let (id, secret) = (
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        );
        let long = "A".repeat(1 << 20);
        for (keys, says) in [
            (keys(secret, id, None), "are swapped"),
            (keys("", secret, None), "access key id is none"),
            (
                keys("AKIA IOSFODNN7", secret, None),
                "access key id is none",
            ),
            (keys(&long, secret, None), "access key id is none"),
            (keys(id, "", None), "secret access key is none"),
            (keys(id, "two\nlines", None), "secret access key is none"),
            (keys(id, secret, Some("a b")), "session token is none"),
        ] {
            let refused = check(&keys).unwrap_err();
            assert_eq!(refused.0.error.kind, ErrorKind::Credentials);
            let message = refused.to_string();
            assert!(message.contains(says), "{message}");
            assert!(
                !message.contains("wJalr") && !message.contains("IOSFODNN7"),
                "{message}"
            );
        }
        assert!(check(&keys(id, secret, Some("token=="))).is_ok());
        assert!(check(&keys("SANDBOX", "sandbox", None)).is_ok());
    }

    #[test]
    fn credentials_are_fresh_until_a_few_minutes_before_their_end() {
        let kept = |lifetime_ms| {
            let credentials = keys("ASIATEST", "secret", None);
            let got = Got {
                credentials,
                lifetime_ms,
            };
            Kept::new(got, Timestamp::from_millis(0))
        };
        let fresh_for = |kept: &Kept| kept.until.map(|until| until.refresh_at.as_millis());
        assert_eq!(fresh_for(&kept(None)), None);
        assert_eq!(fresh_for(&kept(Some(3_600_000))), Some(3_300_000));
        assert_eq!(fresh_for(&kept(Some(240_000))), Some(120_000));
        // Ended already, by a clock that must be wrong.
        assert_eq!(fresh_for(&kept(Some(-3_600_000))), Some(30_000));
    }

    #[test]
    fn what_cannot_be_renewed_yet_is_used_to_its_end() {
        let now = |ms| Timestamp::from_millis(ms);
        let kept = || {
            let credentials = keys("ASIATEST", "secret", None);
            let lifetime_ms = Some(3_600_000);
            Kept::new(
                Got {
                    credentials,
                    lifetime_ms,
                },
                now(0),
            )
        };
        let silent = Refused::no_answer("no connection");
        let later = kept().put_off(now(3_400_000), &silent).unwrap();
        assert!(later.is_fresh(now(3_429_999)) && !later.is_fresh(now(3_430_000)));
        let wanting = Refused::because(ErrorKind::CodeNeeded, "a code");
        let later = kept().put_off(now(3_400_000), &wanting).unwrap();
        assert!(!later.is_fresh(now(3_400_001)));
        assert!(kept().put_off(now(3_600_000), &silent).is_none());
    }
}
