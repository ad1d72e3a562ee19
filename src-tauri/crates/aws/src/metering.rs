//! Billing usage.

use app::Operation;
use app::marketplace::{Metered, MeteredStatus, Result};
use aws_sdk_marketplacemetering::types::UsageRecord as SentRecord;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use domain::{ProductCode, UsageHolder, UsageRecord};
use serde_json::{Value, json};

use crate::connection::AwsMarketplace;

impl AwsMarketplace {
    pub(crate) async fn metered(
        &self,
        code: Option<&ProductCode>,
        records: &[UsageRecord],
    ) -> Result<Vec<Metered>> {
        let operation = Operation::BatchMeterUsage;
        let own: Value = records.iter().map(to_send).collect();
        let request = self.metering.batch_meter_usage();
        let request = request
            .set_product_code(code.map(ToString::to_string))
            .set_usage_records(Some(Vec::new()));
        let attempt = || {
            let records = OwnRecords(own.clone());
            request.clone().customize().interceptor(records).send()
        };
        let answer = self.calls.run_once(operation, attempt).await?;
        let results = answer.results();
        let of = records.iter().map(|record| {
            let result = results.iter().find(|result| {
                result
                    .usage_record()
                    .is_some_and(|sent| is_same(sent, record))
            });
            match result {
                Some(result) => Metered {
                    status: match result.status().map(|status| status.as_str()) {
                        Some("Success") => MeteredStatus::Success,
                        Some(other) => MeteredStatus::Refused(other.to_owned()),
                        None => MeteredStatus::Unprocessed,
                    },
                    record_id: result.metering_record_id().map(str::to_owned),
                },
                // AWS names them in `UnprocessedRecords`, or not at all.
                None => Metered {
                    status: MeteredStatus::Unprocessed,
                    record_id: None,
                },
            }
        });
        Ok(of.collect())
    }
}

/// A record as the model has it. AWS takes a whole number or a decimal, never both.
fn to_send(record: &UsageRecord) -> Value {
    let mut sent = json!({
        "Timestamp": record.at.as_millis().div_euclid(1_000),
        "CustomerAWSAccountId": record.account,
        "Dimension": record.dimension,
    });
    if let UsageHolder::License(arn) = &record.holder {
        sent["LicenseArn"] = json!(arn);
    }
    match record.quantity.whole() {
        Some(whole) => sent["Quantity"] = json!(whole),
        None => sent["QuantityAsDecimal"] = json!(record.quantity.to_string()),
    }
    if !record.allocations.is_empty() {
        let allocations = record.allocations.iter().map(|allocation| {
            let tags = allocation.tags.iter();
            let tags: Vec<Value> = tags
                .map(|(key, value)| json!({ "Key": key, "Value": value }))
                .collect();
            match allocation.quantity.whole() {
                Some(whole) => json!({ "AllocatedUsageQuantity": whole, "Tags": tags }),
                None => json!({
                    "AllocatedUsageQuantityAsDecimal": allocation.quantity.to_string(),
                    "Tags": tags,
                }),
            }
        });
        sent["UsageAllocations"] = allocations.collect();
    }
    sent
}

/// Whether AWS speaks of this record: by what it counts usage by. The quantity is left out, since this
/// SDK does not know decimal ones.
fn is_same(sent: &SentRecord, record: &UsageRecord) -> bool {
    let license = match &record.holder {
        UsageHolder::License(arn) => Some(arn.as_str()),
        UsageHolder::Product(_) => None,
    };
    sent.timestamp().secs() == record.at.as_millis().div_euclid(1_000)
        && sent.dimension() == record.dimension
        && sent.customer_aws_account_id() == Some(record.account.as_str())
        && sent.license_arn() == license
}

/// Puts our own records in place of the SDK's (1.124), which knows no decimal quantities and writes an
/// empty `CustomerIdentifier` into every record, a field that AWS refuses for licenses (Metering API
/// reference, `UsageRecord`). Before signing, so that what is signed is what is sent.
#[derive(Debug)]
struct OwnRecords(Value);

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for OwnRecords {
    fn name(&self) -> &'static str {
        "OwnRecords"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let request = context.request_mut();
        let body = request.body().bytes().unwrap_or_default();
        let mut document: Value = serde_json::from_slice(body)?;
        document["UsageRecords"] = self.0.clone();
        let body = serde_json::to_vec(&document)?;
        let length = body.len().to_string();
        request.headers_mut().insert("content-length", length);
        *request.body_mut() = SdkBody::from(body);
        Ok(())
    }
}
