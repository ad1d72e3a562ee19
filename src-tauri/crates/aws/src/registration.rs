//! Whose a registration token is, from the Metering Service.

use app::Operation;
use app::marketplace::{Resolved, Result};
use domain::{AccountId, AgreementId, LicenseArn, ProductCode, RegistrationToken};

use crate::connection::AwsMarketplace;
use crate::failure::Position;
use crate::record::Record;

impl AwsMarketplace {
    pub(crate) async fn resolved_customer(&self, token: &RegistrationToken) -> Result<Resolved> {
        let operation = Operation::ResolveCustomer;
        let attempt = || {
            let request = self.metering.resolve_customer();
            request.registration_token(token.expose()).send()
        };
        let answer = self.calls.run(operation, Position::Start, attempt).await?;
        let record = Record::new(operation, answer.customer_aws_account_id());
        let account = answer.customer_aws_account_id();
        let account = record.parsed("CustomerAWSAccountId", account, AccountId::parse)?;
        let code = record.parsed("ProductCode", answer.product_code(), ProductCode::parse)?;
        // An empty text is what AWS calls none: customers of new products have no identifier.
        let given = |text: &&str| !text.is_empty();
        let agreement = answer
            .metadata()
            .and_then(|metadata| metadata.agreement_id());
        let agreement = agreement.filter(given);
        let license = answer.license_arn().filter(given);
        let customer = answer.customer_identifier().filter(given);
        Ok(Resolved {
            account: record.required("CustomerAWSAccountId", account)?,
            code: record.required("ProductCode", code)?,
            agreement: record.parsed("Metadata.AgreementId", agreement, AgreementId::parse)?,
            license: record.parsed("LicenseArn", license, LicenseArn::parse)?,
            customer: customer.map(str::to_owned),
        })
    }
}
