//! Sessions of a role (`sts:AssumeRole`).

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use app::marketplace::ErrorKind;
use aws_credential_types::Credentials;
use aws_sdk_sts::operation::assume_role::{AssumeRoleError, AssumeRoleOutput};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::MfaSerial;
use tokio::time::{Instant, timeout};
use zeroize::Zeroizing;

use super::codes::WhyNone;
use super::identity::{Got, Identity, Refused};
use super::{AssumedRole, MfaCodes, Surroundings};
use crate::dated::Dated;
use crate::failure::{Failure, Hope, Position};
use crate::words;
use app::{Clock, Operation};

/// The partition in which AWS Marketplace's commercial catalog and its sellers are.
const PARTITION: &str = "aws";

/// The operation's name in the model.
const ASSUME_ROLE: &str = "AssumeRole";

/// A role and who assumes it.
pub(super) struct Role {
    base: Arc<Identity>,
    asked: AssumedRole,
    codes: MfaCodes,
    sts: aws_sdk_sts::Client,
    attempt: Duration,
    clock: Clock,
    dated: Dated,
}

impl Role {
    pub(super) fn new(
        base: Arc<Identity>,
        asked: AssumedRole,
        codes: MfaCodes,
        surroundings: &Surroundings,
    ) -> Self {
        Self {
            sts: surroundings.sts_of(&base),
            base,
            asked,
            codes,
            attempt: surroundings.attempt,
            clock: surroundings.clock.clone(),
            dated: surroundings.dated.clone(),
        }
    }

    /// Begins a session.
    pub(super) async fn assume(&self) -> Result<Got, Refused> {
        let arn = &self.asked.arn;
        if arn.partition() != PARTITION {
            let message = format!(
                "the role {arn} is in the partition “{}”, where other identities live; \
                 AWS Marketplace is called with one of the partition “{PARTITION}”",
                arn.partition()
            );
            return Err(Refused::bad(&message));
        }
        // First, so that a code is not spent on credentials that are none.
        self.base.current().await?;
        let code = match &self.asked.mfa_serial {
            None => None,
            Some(device) => Some(self.code(device)?),
        };
        let began = Instant::now();
        let seconds = i32::try_from(self.asked.duration.as_secs()).unwrap_or(i32::MAX);
        let request = self
            .sts
            .assume_role()
            .role_arn(arn.as_str())
            .role_session_name(&self.asked.session_name)
            .duration_seconds(seconds)
            .set_external_id(self.asked.external_id.clone())
            .set_serial_number(self.asked.mfa_serial.as_ref().map(ToString::to_string))
            .set_token_code(code.as_ref().map(|code| code.to_string()));
        let failure = match timeout(self.attempt, request.send()).await {
            Ok(Ok(answer)) => return self.session(answer, began),
            Ok(Err(error)) => Failure::of(Operation::GetCallerIdentity, Position::Start, &error),
            Err(_) => Failure::silence(Operation::GetCallerIdentity, self.attempt),
        };
        Err(self.refusal(failure, code, began).await)
    }

    fn code(&self, device: &MfaSerial) -> Result<Zeroizing<String>, Refused> {
        self.codes.take().map_err(|why| {
            let why = match why {
                WhyNone::NotGiven => "wants a code",
                WhyNone::Refused => "wants another code, as AWS did not take the last one",
            };
            let arn = &self.asked.arn;
            let message = format!("the role {arn} {why}: type what the device {device} shows now");
            Refused(Failure::needing_code(ASSUME_ROLE, &message))
        })
    }

    fn session(&self, answer: AssumeRoleOutput, began: Instant) -> Result<Got, Refused> {
        let Some(session) = answer.credentials else {
            return Err(Refused::because(
                ErrorKind::Garbage,
                "AWS began a session of the role without giving its credentials",
            ));
        };
        // By AWS's clock, where it tells: this machine's may be off.
        let now = self.dated.since(began).unwrap_or_else(|| self.clock.now());
        let ends_at = session.expiration.to_millis().ok();
        Ok(Got {
            lifetime_ms: ends_at.map(|at| at.saturating_sub(now.as_millis())),
            credentials: Credentials::new(
                session.access_key_id,
                session.secret_access_key,
                Some(session.session_token),
                None,
                "BinderyRole",
            ),
        })
    }

    /// What STS's refusal means for this role.
    async fn refusal(
        &self,
        mut failure: Failure,
        code: Option<Zeroizing<String>>,
        began: Instant,
    ) -> Refused {
        failure.error.operation = ASSUME_ROLE;
        if failure.hope == Hope::Renewed {
            let renewable = self.base.forget(began).await;
            failure.hope = if renewable {
                Hope::Resigned
            } else {
                Hope::None
            };
        }
        explain(&mut failure, &self.asked);
        if let Some(code) = code {
            let refused = failure.error.kind == ErrorKind::CodeNeeded;
            self.codes.want(refused);
            failure.hope = Hope::None;
            if !refused {
                let spent = "the code is used up, so give a new one";
                failure.error.message = format!("{}; {spent}", failure.error.message);
            }
            let safe = failure.error.message.replace(code.as_str(), "…");
            failure.error.message = words::message(&safe);
        }
        Refused(failure)
    }
}

/// Rewords a refusal of `AssumeRole`, which STS gives for many reasons under one code.
fn explain(failure: &mut Failure, role: &AssumedRole) {
    let theirs = failure.error.message.clone();
    let arn = &role.arn;
    let message = match failure.error.code.as_deref() {
        Some("AccessDenied") if theirs.contains("invalid MFA one time pass code") => {
            failure.error.kind = ErrorKind::CodeNeeded;
            "AWS did not take the MFA code: it was wrong, too old, or used before; \
             type the one the device shows now"
                .to_owned()
        }
        Some("AccessDenied") if theirs.contains("MultiFactorAuthentication failed") => {
            failure.error.kind = ErrorKind::Credentials;
            let device = role.mfa_serial.as_ref().map_or("", MfaSerial::as_str);
            format!(
                "AWS does not take codes of the MFA device “{device}” from these credentials; \
                 check that it is the device of this user"
            )
        }
        Some("AccessDenied") => {
            failure.error.kind = ErrorKind::Credentials;
            let mut checks =
                "its ARN, and that its trust policy names the identity below".to_owned();
            match role.external_id {
                Some(_) => checks += "; that the external id is the one it asks for",
                None => checks += "; whether it asks for an external id",
            }
            if role.mfa_serial.is_none() {
                checks += "; whether it asks for an MFA device";
            }
            format!("the role {arn} may not be assumed. Check {checks}. AWS says: {theirs}")
        }
        Some("RegionDisabledException") => {
            failure.error.kind = ErrorKind::Credentials;
            "STS is switched off in this Region for the account: choose another Region, or switch \
             it on in the account settings of IAM"
                .to_owned()
        }
        Some("ValidationError" | "ValidationException") => {
            failure.error.kind = ErrorKind::Credentials;
            format!("AWS does not take this role, session or device as given: {theirs}")
        }
        _ => return,
    };
    failure.error.message = words::message(&message);
}

/// What STS said within an error of somebody else's.
pub(super) fn said_by_sts<'a>(error: &'a (dyn Error + 'static)) -> Option<(&'a str, &'a str)> {
    let error = error.downcast_ref::<AssumeRoleError>()?;
    Some((error.code()?, error.message().unwrap_or_default()))
}
