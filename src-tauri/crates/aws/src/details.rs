//! What only a look at one agreement tells.

use app::marketplace::{ErrorKind, Look, MarketplaceError, Page, PageToken, Result};
use aws_sdk_marketplaceagreement::operation::describe_agreement::DescribeAgreementOutput;
use aws_sdk_marketplaceagreement::types::AgreementEntitlement;
use ciborium::Value;
use domain::{
    AgreementDetails, AgreementId, Contact, LicenseArn, Money, Provisioning, ProvisioningStatus,
    Term,
};

use crate::cbor::{self, KeptBody, SentTo};
use crate::connection::AwsMarketplace;
use crate::failure::Position;
use crate::record::{Record, all_pages, page, position, take_list};
use app::Operation;

/// Terms or licenses on one page: the most the model allows.
const PAGE_SIZE: i32 = 50;

/// Pages of terms or licenses of one agreement. There are 13 kinds of terms, and a license per
/// product of the agreement.
const PAGES_MAX: usize = 20;

/// The calls that one look consists of.
const CALLS: usize = 4;

impl AwsMarketplace {
    pub(crate) async fn agreement_details(&self, id: &AgreementId) -> Result<Look> {
        let (description, terms, provisioning, contact) = tokio::try_join!(
            unless_denied(self.description(id)),
            unless_denied(all_pages(Operation::GetAgreementTerms, PAGES_MAX, |next| {
                self.terms(id, next)
            })),
            unless_denied(all_pages(
                Operation::GetAgreementEntitlements,
                PAGES_MAX,
                |next| self.provisioning(id, next)
            )),
            unless_denied(self.contact(id)),
        )?;
        let mut denied = Vec::new();
        let description = allowed(description, &mut denied);
        let details = AgreementDetails {
            terms: allowed(terms, &mut denied),
            provisioning: allowed(provisioning, &mut denied),
            contact: allowed(contact, &mut denied),
            ..description
        };
        match denied.pop() {
            Some(refusal) if denied.len() + 1 == CALLS => Err(refusal),
            last => {
                denied.extend(last);
                Ok(Look { details, denied })
            }
        }
    }

    /// The description in the SDK's type.
    pub(crate) async fn described(&self, id: &AgreementId) -> Result<DescribeAgreementOutput> {
        let attempt = || {
            self.agreement
                .describe_agreement()
                .agreement_id(id.as_str())
                .send()
        };
        self.calls
            .run(Operation::DescribeAgreement, Position::Start, attempt)
            .await
    }

    /// The value and the trial; the rest of the details is left empty.
    async fn description(&self, id: &AgreementId) -> Result<AgreementDetails> {
        let operation = Operation::DescribeAgreement;
        let kept = KeptBody::default();
        let attempt = || {
            let request = self
                .agreement
                .describe_agreement()
                .agreement_id(id.as_str());
            request.customize().interceptor(kept.clone()).send()
        };
        let answer = self.calls.run(operation, Position::Start, attempt).await?;
        let record = Record::new(operation, Some(id.as_str()));
        Ok(AgreementDetails {
            value: value(record, &answer)?,
            trial_ends_at: trial_end(record, &kept.decode(operation)?)?,
            ..AgreementDetails::default()
        })
    }

    async fn terms(&self, id: &AgreementId, next: Option<PageToken>) -> Result<Page<Term>> {
        let operation = Operation::GetAgreementTerms;
        let kept = KeptBody::default();
        let attempt = || {
            let request = self
                .agreement
                .get_agreement_terms()
                .agreement_id(id.as_str());
            let token = next.as_ref().map(|token| token.0.clone());
            let request = request.max_results(PAGE_SIZE).set_next_token(token);
            request.customize().interceptor(kept.clone()).send()
        };
        let answer = self
            .calls
            .run(operation, position(next.as_ref()), attempt)
            .await?;
        let record = Record::new(operation, Some(id.as_str()));
        let mut body = kept.decode(operation)?;
        let terms = take_list(record, &mut body, "acceptedTerms")?;
        page(
            operation,
            next.as_ref(),
            answer.next_token,
            terms,
            |accepted| term(record, &accepted),
        )
    }

    async fn provisioning(
        &self,
        id: &AgreementId,
        next: Option<PageToken>,
    ) -> Result<Page<Provisioning>> {
        let operation = Operation::GetAgreementEntitlements;
        let attempt = || {
            let request = self
                .agreement
                .get_agreement_entitlements()
                .agreement_id(id.as_str());
            let token = next.as_ref().map(|token| token.0.clone());
            request.max_results(PAGE_SIZE).set_next_token(token).send()
        };
        let answer = self
            .calls
            .run(operation, position(next.as_ref()), attempt)
            .await?;
        let record = Record::new(operation, Some(id.as_str()));
        let entitlements = answer.agreement_entitlements.unwrap_or_default();
        page(
            operation,
            next.as_ref(),
            answer.next_token,
            entitlements,
            |entitlement| provisioning(record, &entitlement),
        )
    }

    /// The buyer's contact. The SDK lacks the operation, but its request is the one of
    /// `DescribeAgreement` under another name, and its errors are the same.
    async fn contact(&self, id: &AgreementId) -> Result<Option<Contact>> {
        let operation = Operation::GetAgreementContacts;
        let kept = KeptBody::default();
        let attempt = || {
            let request = self
                .agreement
                .describe_agreement()
                .agreement_id(id.as_str());
            request
                .customize()
                .interceptor(SentTo(operation))
                .interceptor(kept.clone())
                .send()
        };
        self.calls.run(operation, Position::Start, attempt).await?;
        let record = Record::new(operation, Some(id.as_str()));
        let body = kept.decode(operation)?;
        cbor::member(&body, "acceptorContact")
            .map(|contact| person(record, contact))
            .transpose()
    }
}

/// What a call told, or that it was denied; any other error stays one.
async fn unless_denied<T>(
    call: impl Future<Output = Result<T>>,
) -> Result<std::result::Result<T, MarketplaceError>> {
    match call.await {
        Err(error) if error.kind == ErrorKind::Denied => Ok(Err(error)),
        other => other.map(Ok),
    }
}

/// What a call told; nothing when it was denied, which is noted.
fn allowed<T: Default>(
    told: std::result::Result<T, MarketplaceError>,
    denied: &mut Vec<MarketplaceError>,
) -> T {
    told.unwrap_or_else(|refusal| {
        denied.push(refusal);
        T::default()
    })
}

fn value(record: Record<'_>, described: &DescribeAgreementOutput) -> Result<Option<Money>> {
    let Some(charges) = described.estimated_charges() else {
        return Ok(None);
    };
    let currency = charges.currency_code().unwrap_or_default();
    let amount = charges.agreement_value();
    record.parsed("estimatedCharges", amount, |amount| {
        Money::parse(amount, currency)
    })
}

fn trial_end(record: Record<'_>, body: &Value) -> Result<Option<domain::Timestamp>> {
    let summary = cbor::member(body, "freeTrialSummary");
    summary.map_or(Ok(None), |summary| record.instant("trialEndTime", summary))
}

/// A union: one member, named by the kind of the term. A kind newer than this program is kept
/// under AWS's own name for it.
fn term(record: Record<'_>, accepted: &Value) -> Result<Term> {
    let unfit = |problem| record.unfit("acceptedTerms", problem);
    let members = accepted.as_map().map_or(&[][..], Vec::as_slice);
    let mut present = members.iter().filter(|(_, body)| !body.is_null());
    let (Some((kind, body)), None) = (present.next(), present.next()) else {
        return Err(unfit("a term is not exactly one member"));
    };
    let kind = kind
        .as_text()
        .ok_or_else(|| unfit("a term's kind is no text"))?;
    let json = cbor::to_json(body).map_err(unfit)?;
    Ok(Term {
        kind: kind.to_owned(),
        json: json.to_string(),
    })
}

fn provisioning(record: Record<'_>, entitlement: &AgreementEntitlement) -> Result<Provisioning> {
    let license = entitlement.license_arn();
    let status = record.required("agreementEntitlements.status", entitlement.status())?;
    Ok(Provisioning {
        license: record.parsed(
            "agreementEntitlements.licenseArn",
            license,
            LicenseArn::parse,
        )?,
        status: ProvisioningStatus::from_wire(status.as_str()),
        reason: entitlement
            .status_reason_code()
            .map(|code| code.as_str().to_owned()),
    })
}

/// The buyer fills the form in, so any member may be missing: then it is empty.
fn person(record: Record<'_>, contact: &Value) -> Result<Contact> {
    let text = |name: &str| match cbor::member(contact, name) {
        None => Ok(String::new()),
        Some(Value::Text(text)) => Ok(text.clone()),
        Some(_) => Err(record.unfit(&format!("acceptorContact.{name}"), "is no text")),
    };
    Ok(Contact {
        first_name: text("firstName")?,
        last_name: text("lastName")?,
        email: text("emailAddress")?,
        company: text("companyName")?,
        country: text("countryCode")?,
    })
}
