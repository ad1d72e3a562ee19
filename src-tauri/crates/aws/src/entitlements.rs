//! Capacity per license, from the Entitlement service.

use std::collections::HashMap;

use app::marketplace::{EntitlementsOf, Page, PageToken, Result};
use aws_sdk_marketplaceentitlement::types::{
    Entitlement as WireEntitlement, EntitlementValue as WireValue, GetEntitlementFilterName,
};
use ciborium::Value;
use domain::{AccountId, Entitlement, EntitlementValue, LicenseArn, ProductCode};

use crate::cbor::KeptBody;
use crate::connection::AwsMarketplace;
use crate::record::{Record, beside_wire, page, position};
use app::Operation;

/// Entitlements on one page: the most the model allows.
const PAGE_SIZE: i32 = 25;

const OPERATION: Operation = Operation::GetEntitlements;

impl AwsMarketplace {
    pub(crate) async fn entitlements_page(
        &self,
        code: &ProductCode,
        only: EntitlementsOf<'_>,
        next: Option<&PageToken>,
    ) -> Result<Page<Entitlement>> {
        let kept = KeptBody::default();
        let attempt = || {
            self.entitlement
                .get_entitlements()
                .product_code(code.as_str())
                .set_filter(filter(only))
                .max_results(PAGE_SIZE)
                .set_next_token(next.map(|token| token.0.clone()))
                .customize()
                .interceptor(kept.clone())
                .send()
        };
        let answer = self.calls.run(OPERATION, position(next), attempt).await?;
        let records = beside_wire(OPERATION, answer.entitlements, &kept, "Entitlements")?;
        page(
            OPERATION,
            next,
            answer.next_token,
            records,
            |(wire, raw)| entitlement(code, &wire, &raw),
        )
    }
}

fn filter(only: EntitlementsOf<'_>) -> Option<HashMap<GetEntitlementFilterName, Vec<String>>> {
    let (name, value) = match only {
        EntitlementsOf::Everyone => return None,
        EntitlementsOf::License(arn) => (GetEntitlementFilterName::LicenseArn, arn.as_str()),
        EntitlementsOf::Account(id) => {
            (GetEntitlementFilterName::CustomerAwsAccountId, id.as_str())
        }
    };
    Some(HashMap::from([(name, vec![value.to_owned()])]))
}

fn entitlement(asked: &ProductCode, wire: &WireEntitlement, raw: &Value) -> Result<Entitlement> {
    let record = Record::new(
        OPERATION,
        wire.license_arn().or(wire.customer_aws_account_id()),
    );
    let code = record.parsed("ProductCode", wire.product_code(), ProductCode::parse)?;
    let account = wire.customer_aws_account_id();
    let dimension = record.required("Dimension", wire.dimension())?;
    let customer = wire
        .customer_identifier()
        .filter(|identifier| !identifier.is_empty());
    Ok(Entitlement {
        product_code: code.unwrap_or_else(|| asked.clone()),
        dimension: dimension.to_owned(),
        value: wire.value().map_or(EntitlementValue::Unknown, value),
        expires_at: record.instant("ExpirationDate", raw)?,
        account: record.parsed("CustomerAWSAccountId", account, AccountId::parse)?,
        license: record.parsed("LicenseArn", wire.license_arn(), LicenseArn::parse)?,
        customer_identifier: customer.map(str::to_owned),
    })
}

/// AWS sets one of the members.
fn value(wire: &WireValue) -> EntitlementValue {
    if let Some(number) = wire.integer_value() {
        EntitlementValue::Integer(number.into())
    } else if let Some(number) = wire.double_value() {
        EntitlementValue::Double(number)
    } else if let Some(truth) = wire.boolean_value() {
        EntitlementValue::Boolean(truth)
    } else if let Some(text) = wire.string_value() {
        EntitlementValue::Text(text.to_owned())
    } else {
        EntitlementValue::Unknown
    }
}
