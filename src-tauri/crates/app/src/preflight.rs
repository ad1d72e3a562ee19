//! What the credentials of a connection may do, found out by calls that change nothing.

use domain::{AccountId, Timestamp};
use futures_util::future::join_all;
use store::table::permission::{Check, Permission as Found};
use store::{Read, Write};

use crate::marketplace::{CallerIdentity, ErrorKind};
use crate::{Access, Clock, Error, Failure, Marketplace, MarketplaceError, Operation};

/// The outcomes' words in the database.
pub(crate) const ALLOWED: &str = "allowed";
pub(crate) const DENIED: &str = "denied";
const UNKNOWN: &str = "unknown";
const NOT_WANTED: &str = "not-wanted";

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    /// When it was made.
    pub at: Timestamp,
    /// Whose the credentials are.
    pub identity: Result<CallerIdentity, Failure>,
    /// How far this machine's clock is behind AWS's, in milliseconds; unknown when AWS did not answer.
    pub clock_behind_ms: Option<i64>,
    /// Each operation Bindery uses, in their order.
    pub permissions: Vec<(Operation, Permission)>,
}

/// Whether an operation may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// AWS let the call through.
    Allowed,
    /// AWS refused it.
    Denied(Failure),
    /// The answer leaves it open.
    Unknown(Failure),
    /// A read-only connection has no use for it.
    NotWanted,
}

impl Preflight {
    /// How far two clocks may differ: AWS refuses signatures that are more than five minutes off
    /// (IAM User Guide, “Signature Version 4”); with a margin.
    pub const CLOCK_DIFFERENCE_MAX_MS: i64 = 4 * 60_000;

    /// Whether the clocks differ so much that AWS will refuse signatures.
    #[must_use]
    pub fn clock_is_off(&self) -> bool {
        self.clock_behind_ms
            .is_some_and(|behind| behind.abs() > Self::CLOCK_DIFFERENCE_MAX_MS)
    }

    /// The account the credentials belong to, when it is not the one expected.
    #[must_use]
    pub fn other_account(&self, expected: &AccountId) -> Option<&str> {
        let account = self.identity.as_ref().ok()?.account.as_str();
        (account != expected.as_str()).then_some(account)
    }

    /// What the operation may do.
    #[must_use]
    pub fn permission(&self, operation: Operation) -> Option<&Permission> {
        let mut permissions = self.permissions.iter();
        permissions
            .find(|(known, _)| *known == operation)
            .map(|(_, permission)| permission)
    }

    /// The last check of this connection, with what later syncs found out; `None` before the first.
    pub fn last(read: &Read<'_>) -> store::Result<Option<Self>> {
        let Some(check) = read.check()? else {
            return Ok(None);
        };
        let known = read.permissions()?;
        let permissions = known.iter().filter_map(|found| {
            Some((
                Operation::from_name(&found.operation)?,
                Permission::from_stored(found),
            ))
        });
        let mut permissions: Vec<_> = permissions.collect();
        permissions.sort_by_key(|(operation, _)| *operation);
        Ok(Some(Self {
            at: check.at,
            identity: match check.identity {
                Ok((account, arn)) => Ok(CallerIdentity { account, arn }),
                Err(failure) => Err(Failure::from_stored(&failure)),
            },
            clock_behind_ms: check.clock_behind_ms,
            permissions,
        }))
    }

    /// Keeps the check. What was refused before and is not any more is looked at anew by the next sync.
    pub(crate) fn keep(&self, write: &mut Write<'_>, before: Option<&Self>) -> store::Result<()> {
        let identity = self.identity.as_ref();
        write.put_check(&Check {
            at: self.at,
            identity: identity
                .map(|it| (it.account.clone(), it.arn.clone()))
                .map_err(Failure::stored),
            clock_behind_ms: self.clock_behind_ms,
        })?;
        for (operation, permission) in &self.permissions {
            write.put_permission(&permission.stored(*operation, self.at))?;
        }
        let denied_before = |operation| {
            let before = before.and_then(|before| before.permission(operation));
            matches!(before, Some(Permission::Denied(_)))
        };
        let granted = self.permissions.iter().any(|(operation, permission)| {
            *permission == Permission::Allowed && denied_before(*operation)
        });
        if granted {
            write.outdate_details()
        } else {
            Ok(())
        }
    }

    /// The least IAM policy that grants exactly what was denied; `None` when nothing was.
    #[must_use]
    pub fn missing_policy(&self) -> Option<String> {
        let denied = |(operation, permission): &(Operation, Permission)| {
            matches!(permission, Permission::Denied(_))
                .then(|| operation.iam_action())
                .flatten()
        };
        let actions: Vec<_> = self.permissions.iter().filter_map(denied).collect();
        (!actions.is_empty()).then(|| policy(&actions))
    }
}

impl Permission {
    fn stored(&self, operation: Operation, at: Timestamp) -> Found {
        let (outcome, failure) = match self {
            Self::Allowed => (ALLOWED, None),
            Self::Denied(failure) => (DENIED, Some(failure.stored())),
            Self::Unknown(failure) => (UNKNOWN, Some(failure.stored())),
            Self::NotWanted => (NOT_WANTED, None),
        };
        Found {
            operation: operation.name().to_owned(),
            outcome: outcome.to_owned(),
            failure,
            found_at: at,
        }
    }

    pub(crate) fn from_stored(found: &Found) -> Self {
        match (found.outcome.as_str(), &found.failure) {
            (DENIED, Some(failure)) => Self::Denied(Failure::from_stored(failure)),
            (UNKNOWN, Some(failure)) => Self::Unknown(Failure::from_stored(failure)),
            (NOT_WANTED, _) => Self::NotWanted,
            _ => Self::Allowed,
        }
    }
}

/// The IAM policy that a connection needs, whole.
#[must_use]
pub fn full_policy(access: Access) -> String {
    let wanted = Operation::ALL
        .into_iter()
        .filter(|operation| access.wants(*operation));
    let actions: Vec<_> = wanted.filter_map(Operation::iam_action).collect();
    policy(&actions)
}

/// Marketplace actions take no resource (Service Authorization Reference), so it is `*`.
fn policy(actions: &[&str]) -> String {
    let lines: Vec<_> = actions
        .iter()
        .map(|action| format!("        \"{action}\""))
        .collect();
    format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {{\n      \"Sid\": \"Bindery\",\n      \
         \"Effect\": \"Allow\",\n      \"Action\": [\n{}\n      ],\n      \"Resource\": \"*\"\n    }}\n  ]\n}}\n",
        lines.join(",\n")
    )
}

/// Checks every operation, side by side; the pacing of the marketplace holds them to their quotas.
pub(crate) async fn run<M: Marketplace>(
    marketplace: &M,
    clock: &Clock,
    access: Access,
) -> Preflight {
    let identity = marketplace.caller_identity().await;
    // The identity decides first: without it every other call would be refused for the same reason.
    let permissions = match &identity {
        Ok(_) => {
            let probes = Operation::ALL.map(|operation| async move {
                (operation, permission(marketplace, operation, access).await)
            });
            join_all(probes).await
        }
        Err(error) => Operation::ALL
            .map(|operation| (operation, Permission::Unknown(failure(error))))
            .into(),
    };
    let clock_behind_ms = marketplace
        .time()
        .await
        .ok()
        .map(|theirs| theirs.as_millis() - clock.now().as_millis());
    Preflight {
        at: clock.now(),
        identity: identity.map_err(|error| failure(&error)),
        clock_behind_ms,
        permissions,
    }
}

async fn permission<M: Marketplace>(
    marketplace: &M,
    operation: Operation,
    access: Access,
) -> Permission {
    if !access.wants(operation) {
        return Permission::NotWanted;
    }
    match marketplace.probe(operation).await {
        Ok(()) => Permission::Allowed,
        Err(error) if error.kind == ErrorKind::Denied => Permission::Denied(failure(&error)),
        Err(error) => Permission::Unknown(failure(&error)),
    }
}

fn failure(error: &MarketplaceError) -> Failure {
    Failure::from(&Error::from(error.clone()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::FailureKind;

    fn found(permissions: Vec<(Operation, Permission)>) -> Preflight {
        Preflight {
            at: Timestamp::from_millis(0),
            identity: Ok(CallerIdentity {
                account: "111122223333".into(),
                arn: "arn:aws:iam::111122223333:user/sales".into(),
            }),
            clock_behind_ms: Some(0),
            permissions,
        }
    }

    fn denied() -> Permission {
        Permission::Denied(Failure::new(FailureKind::Denied, "no"))
    }

    #[test]
    fn the_policy_to_copy_holds_exactly_what_was_denied() {
        let preflight = found(vec![
            (Operation::SearchAgreements, Permission::Allowed),
            (Operation::GetAgreementContacts, denied()),
            (Operation::ResolveCustomer, denied()),
            (Operation::BatchMeterUsage, Permission::NotWanted),
        ]);
        expect![[r#"
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "Bindery",
                  "Effect": "Allow",
                  "Action": [
                    "aws-marketplace:GetAgreementContacts",
                    "aws-marketplace:ResolveCustomer"
                  ],
                  "Resource": "*"
                }
              ]
            }
        "#]]
        .assert_eq(&preflight.missing_policy().unwrap());
        assert_eq!(found(Vec::new()).missing_policy(), None);
    }

    #[test]
    fn a_read_only_connection_asks_for_no_action_that_acts() {
        assert!(full_policy(Access::Full).contains("BatchMeterUsage"));
        assert!(!full_policy(Access::ReadOnly).contains("BatchMeterUsage"));
        assert!(!full_policy(Access::ReadOnly).contains("SendAgreementCancellationRequest"));
        assert!(full_policy(Access::ReadOnly).contains("ResolveCustomer"));
    }

    #[test]
    fn the_readme_has_the_policy() {
        let readme = include_str!("../../../../README.md");
        let policy = full_policy(Access::Full);
        assert!(
            readme.contains(&format!("```json\n{policy}```")),
            "{policy}"
        );
    }

    #[test]
    fn another_account_is_named() {
        let preflight = found(Vec::new());
        let expected = AccountId::parse("444455556666").unwrap();
        assert_eq!(preflight.other_account(&expected), Some("111122223333"));
        let own = AccountId::parse("111122223333").unwrap();
        assert_eq!(preflight.other_account(&own), None);
    }
}
