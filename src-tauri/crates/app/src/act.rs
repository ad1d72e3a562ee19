//! The right to act: to change something at AWS, or what is bound to what.
//!
//! Whatever acts wants a [`Permit`], and only [`Access::permit`] makes one. A read-only connection
//! has none to give, so no code path of it can act.

use crate::operation::{Effect, Operation};
use crate::{Error, Permission, Preflight};

/// Declares what can be done, with its words and the operations it needs.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident ($word:literal, $what:literal, [$($needs:ident),*]),)+) => {
        /// Something that can be done. One variant per acting use case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $name,)+ }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its word in JSON and the audit.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What it does, to put after “to”.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)+ }
            }

            /// The operations at AWS that it cannot do without.
            #[must_use]
            pub const fn needs(self) -> &'static [Operation] {
                match self { $(Self::$name => &[$(Operation::$needs),*],)+ }
            }
        }
    };
}

actions! {
    /// Binds a license to an organization or billing account, known by a registration token.
    LinkByToken ("link-by-token", "link a buyer by registration token",
        [ResolveCustomer, SearchAgreements, DescribeAgreement]),
    /// Binds a license known from its agreement.
    LinkByAgreement ("link-by-agreement", "link a buyer by agreement",
        [SearchAgreements, DescribeAgreement, GetAgreementEntitlements]),
    /// Takes a binding back.
    Unlink ("unlink", "take a link back", []),
    /// Asks the buyer to agree to an end.
    RequestCancellation ("request-cancellation", "ask a buyer to agree to a cancellation",
        [SearchAgreements, DescribeAgreement, ListAgreementCancellationRequests,
         SendAgreementCancellationRequest]),
    /// Withdraws such a request.
    WithdrawCancellation ("withdraw-cancellation", "withdraw a cancellation request",
        [SearchAgreements, DescribeAgreement, ListAgreementCancellationRequests,
         CancelAgreementCancellationRequest]),
    /// Changes what is mirrored of the vendor's directory.
    EditDirectory ("edit-directory", "change the directory", []),
    /// Bills the last usage of a license.
    SendUsage ("send-usage", "send usage to bill", [BatchMeterUsage]),
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// To look and to act.
    #[default]
    Full,
    /// To look only.
    ReadOnly,
}

/// The right to do one thing, once. Cannot be made but by [`Access::permit`].
#[derive(Debug)]
pub struct Permit {
    action: Action,
}

impl Permit {
    /// What it permits.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }
}

/// Why an action is not permitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    /// The connection is for looking only.
    #[error("this connection is read-only, so it cannot be used to {}", .0.what())]
    ReadOnly(Action),
    /// AWS denies an operation that it takes.
    #[error("AWS denies {operation} to these credentials, without which they cannot be used to {}", action.what())]
    Denied {
        /// What was to be done.
        action: Action,
        /// What AWS denies.
        operation: Operation,
    },
}

impl Access {
    /// What a connection is for that a person wants for looking only, or not.
    #[must_use]
    pub const fn read_only(wanted: bool) -> Self {
        if wanted { Self::ReadOnly } else { Self::Full }
    }

    /// The right to act, unless the connection is read-only or its last check found that AWS denies
    /// what the action takes. What the check left open is found out by acting.
    pub fn permit(self, action: Action, known: Option<&Preflight>) -> Result<Permit, Error> {
        match self.refusal(action, known) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(Permit { action }),
        }
    }

    /// Why the action is not permitted; `None` when it is.
    #[must_use]
    pub fn refusal(self, action: Action, known: Option<&Preflight>) -> Option<NotPermitted> {
        if self == Self::ReadOnly {
            return Some(NotPermitted::ReadOnly(action));
        }
        let denied = |operation: &Operation| {
            let permission = known?.permission(*operation)?;
            matches!(permission, Permission::Denied(_)).then_some(*operation)
        };
        let operation = action.needs().iter().find_map(denied)?;
        Some(NotPermitted::Denied { action, operation })
    }

    /// Whether Bindery will call the operation on such a connection.
    #[must_use]
    pub fn wants(self, operation: Operation) -> bool {
        self == Self::Full || operation.effect() == Effect::Reads
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureKind;
    use crate::error::Failure;
    use domain::Timestamp;

    fn denied(operation: Operation) -> Preflight {
        let failure = Failure::new(FailureKind::Denied, "no");
        Preflight {
            at: Timestamp::from_millis(0),
            identity: Err(failure.clone()),
            clock_behind_ms: None,
            permissions: vec![(operation, Permission::Denied(failure))],
        }
    }

    #[test]
    fn a_read_only_connection_permits_no_action_at_all() {
        for action in Action::ALL {
            let refused = Access::ReadOnly.permit(*action, None).unwrap_err();
            let failure = Failure::from(&refused);
            assert_eq!(failure.kind, FailureKind::Refused, "{action:?}");
            assert!(failure.message.contains("read-only"), "{}", failure.message);
            assert_eq!(
                Access::Full.permit(*action, None).unwrap().action(),
                *action
            );
        }
    }

    #[test]
    fn what_aws_denies_refuses_exactly_the_actions_that_need_it() {
        for operation in Operation::ALL {
            let known = denied(operation);
            for action in Action::ALL {
                let refused = Access::Full.refusal(*action, Some(&known)).is_some();
                assert_eq!(refused, action.needs().contains(&operation), "{action:?}");
            }
        }
    }

    #[test]
    fn an_action_needs_what_it_asks_aws_before_it_acts() {
        use Operation::{
            CancelAgreementCancellationRequest, DescribeAgreement,
            ListAgreementCancellationRequests, SearchAgreements,
        };
        // Whatever is about one agreement looks at it first.
        for action in [
            Action::LinkByToken,
            Action::LinkByAgreement,
            Action::RequestCancellation,
            Action::WithdrawCancellation,
        ] {
            for operation in [SearchAgreements, DescribeAgreement] {
                assert!(
                    action.needs().contains(&operation),
                    "{action:?} {operation}"
                );
            }
        }
        let withdrawing = Action::WithdrawCancellation.needs();
        for operation in [
            ListAgreementCancellationRequests,
            CancelAgreementCancellationRequest,
        ] {
            assert!(withdrawing.contains(&operation), "{operation}");
        }
    }

    #[test]
    fn every_operation_that_acts_is_needed_by_an_action_and_unwanted_when_read_only() {
        for operation in Operation::ALL {
            let acts = operation.effect() == Effect::Acts;
            let needed = Action::ALL.iter().any(|it| it.needs().contains(&operation));
            assert!(!acts || needed, "{operation}");
            assert_eq!(Access::ReadOnly.wants(operation), !acts, "{operation}");
            assert!(Access::Full.wants(operation));
        }
    }
}
