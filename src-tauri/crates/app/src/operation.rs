//! The operations of AWS that Bindery uses: named, paced, checked and granted one by one.

use std::fmt;

/// Declares the operations with their service, IAM action, effect, and what is so without them.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident ($service:ident, $action:expr, $effect:ident, $without:literal),)+) => {
        /// An operation, by its name in the service model.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation { $($(#[$doc])* $name,)+ }

        impl Operation {
            /// How many there are.
            pub const COUNT: usize = [$(stringify!($name)),+].len();

            /// Every operation; the position of each is its number.
            pub const ALL: [Self; Self::COUNT] = [$(Self::$name,)+];

            /// The name in the service model.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// The IAM action that allows it; `None` when every identity may (`GetCallerIdentity`).
            #[must_use]
            pub const fn iam_action(self) -> Option<&'static str> {
                match self { $(Self::$name => $action,)+ }
            }

            /// Whether it only looks, or changes something at AWS.
            #[must_use]
            pub const fn effect(self) -> Effect {
                match self { $(Self::$name => Effect::$effect,)+ }
            }

            /// The service it belongs to.
            #[must_use]
            pub const fn service(self) -> Service {
                match self { $(Self::$name => Service::$service,)+ }
            }

            /// What is so when it may not be called, as the end of “Without it, …”.
            #[must_use]
            pub const fn without_it(self) -> &'static str {
                match self { $(Self::$name => $without,)+ }
            }
        }
    };
}

/// A service of AWS: an endpoint of its own, with its own model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Security Token Service.
    Sts,
    /// Marketplace Agreement Service.
    Agreement,
    /// Marketplace Entitlement Service.
    Entitlement,
    /// Marketplace Catalog API.
    Catalog,
    /// Marketplace Metering Service.
    Metering,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 5] = [
        Self::Sts,
        Self::Agreement,
        Self::Entitlement,
        Self::Catalog,
        Self::Metering,
    ];

    /// Its name, as AWS writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sts => "Security Token Service",
            Self::Agreement => "Agreement Service",
            Self::Entitlement => "Entitlement Service",
            Self::Catalog => "Catalog API",
            Self::Metering => "Metering Service",
        }
    }
}

/// What calling an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It looks.
    Reads,
    /// It changes something at AWS, or bills somebody.
    Acts,
}

// The actions: AWS Service Authorization Reference, “Actions, resources, and condition keys for AWS
// Marketplace”, “… Marketplace Catalog” and “… Marketplace Metering Service”, November 2026.
operations! {
    /// STS: who the credentials belong to.
    GetCallerIdentity (Sts, None, Reads, "nobody knows whose credentials these are"),
    /// Catalog: the seller's products.
    ListEntities (Catalog, Some("aws-marketplace:ListEntities"), Reads, "listings show their ids instead of their titles"),
    /// Catalog: one product.
    DescribeEntity (Catalog, Some("aws-marketplace:DescribeEntity"), Reads, "product codes, and so entitlements, stay unknown"),
    /// Agreement: the seller's agreements.
    SearchAgreements (Agreement, Some("aws-marketplace:SearchAgreements"), Reads, "there are no agreements to show"),
    /// Agreement: one agreement.
    DescribeAgreement (Agreement, Some("aws-marketplace:DescribeAgreement"), Reads, "values and trials stay unknown"),
    /// Agreement: the accepted terms.
    GetAgreementTerms (Agreement, Some("aws-marketplace:GetAgreementTerms"), Reads, "terms stay unknown"),
    /// Agreement: provisioning per license.
    GetAgreementEntitlements (Agreement, Some("aws-marketplace:GetAgreementEntitlements"), Reads, "nobody sees whether AWS has granted a license"),
    /// Agreement: the buyer's contact.
    GetAgreementContacts (Agreement, Some("aws-marketplace:GetAgreementContacts"), Reads, "buyers show as account numbers"),
    /// Agreement: requests to cancel.
    ListAgreementCancellationRequests (Agreement, Some("aws-marketplace:ListAgreementCancellationRequests"), Reads, "open requests to cancel stay unseen"),
    /// Entitlement: capacity per license.
    GetEntitlements (Entitlement, Some("aws-marketplace:GetEntitlements"), Reads, "nobody sees what a buyer holds"),
    /// Agreement: one request to cancel.
    GetAgreementCancellationRequest (Agreement, Some("aws-marketplace:GetAgreementCancellationRequest"), Reads, "a request to cancel cannot be followed"),
    /// Metering: whose a registration token is. Resolving it again gives the same answer.
    ResolveCustomer (Metering, Some("aws-marketplace:ResolveCustomer"), Reads, "a buyer cannot be linked by registration token"),
    /// Agreement: asks the buyer to agree to an end.
    SendAgreementCancellationRequest (Agreement, Some("aws-marketplace:SendAgreementCancellationRequest"), Acts, "agreements cannot be ended from here"),
    /// Agreement: withdraws such a request.
    CancelAgreementCancellationRequest (Agreement, Some("aws-marketplace:CancelAgreementCancellationRequest"), Acts, "requests to cancel cannot be withdrawn"),
    /// Metering: bills use.
    BatchMeterUsage (Metering, Some("aws-marketplace:BatchMeterUsage"), Acts, "the last usage of an ending license cannot be sent"),
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Operation {
    /// The operation of that name in the service model.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_stands_at_its_own_number_and_is_found_by_its_name() {
        for (number, operation) in Operation::ALL.into_iter().enumerate() {
            assert_eq!(operation as usize, number, "{operation}");
            assert_eq!(Operation::from_name(operation.name()), Some(operation));
            if let Some(action) = operation.iam_action() {
                assert_eq!(action, format!("aws-marketplace:{operation}"));
            }
        }
        assert_eq!(Operation::from_name("DeleteEverything"), None);
    }
}
