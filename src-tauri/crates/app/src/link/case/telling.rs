//! Telling the facts of a case, record by record, each with who says so and as of when.

use domain::{
    DirectoryId, Email, EntitlementValue, Known, Listing, Member, OfferId, Pricing, TargetKind,
    Timestamp,
};
use policy::{Facts, NotAFact, Provenance, Value};
use store::Read;
use store::table::details::FetchedDetails;
use store::table::directory::{Change, OrganizationRecord, Origin, Told};
use store::table::link::LinkRecord;
use store::table::listing::FetchedListing;

use super::{Case, MemberFound, TargetFound, is_held};
use crate::link::Evidence;
use crate::link::asked::{Asked, TargetChoice};
use crate::link::codes::Shown;
use crate::policies::Policies;
use crate::query;

impl Case<'_> {
    /// Tells all that one snapshot knows.
    pub(super) fn tell(
        &mut self,
        read: &Read<'_>,
        policies: &Policies,
        listing: &FetchedListing,
        details: &FetchedDetails,
        shown: &Shown,
    ) -> Result<(), Telling> {
        self.tell_request(shown)?;
        self.tell_listing(listing)?;
        self.tell_agreement(details)?;
        self.tell_offer(read, details)?;
        self.tell_license(details)?;
        self.tell_entitlements(read, details)?;
        self.tell_target(read)?;
        self.tell_member(shown)?;
        self.tell_workspaces()?;
        self.tell_links(read, policies)?;
        self.tell_changes()
    }

    fn tell_request(&mut self, shown: &Shown) -> Result<(), Telling> {
        let person = Provenance::new("the person at the console", self.facts.now());
        let (policy, facts) = (self.policy, &mut self.facts);
        let target = if self.asked.wish.target.is_new() {
            "new"
        } else {
            "existing"
        };
        facts.tell("request.target", target, &person)?;
        let member = match self.member {
            MemberFound::Nobody => None,
            MemberFound::There(_) | MemberFound::Elsewhere(_) => Some("existing"),
            MemberFound::New(_) => Some("new"),
        };
        if let Some(member) = member {
            facts.tell("request.member", member, &person)?;
        }
        facts.tell(
            "request.terms_accepted",
            self.asked.wish.terms_accepted,
            &person,
        )?;
        if let Some(verified) = shown.verified() {
            let mail = Provenance::new("code by e-mail", self.facts.now());
            self.facts.tell("request.verified", verified, &mail)?;
        }
        let own = Provenance::new("policy", self.facts.now());
        let accepted = policy.link.identity.iter().map(|it| it.word().to_owned());
        let accepted: Vec<String> = accepted.collect();
        self.facts.tell("policy.id", policy.id.as_str(), &own)?;
        self.facts
            .tell("policy.name", policy.name.as_written().en, &own)?;
        self.facts.tell("policy.identity", accepted, &own)?;
        Ok(())
    }

    fn tell_listing(&mut self, found: &FetchedListing) -> Result<(), Telling> {
        let from = Provenance::new("AWS DescribeEntity", found.synced_at);
        let listing = &found.listing;
        let code = listing.code.as_ref().map(|code| code.as_str());
        let pricing = match listing.pricing {
            Pricing::Usage => "usage",
            Pricing::Contract => "contract",
            Pricing::ContractWithUsage => "contract-with-usage",
            Pricing::Unknown => "unknown",
        };
        let facts = &mut self.facts;
        facts.tell("listing.product", listing.product.as_str(), &from)?;
        facts.tell("listing.code", code, &from)?;
        facts.tell("listing.title", listing.title.as_str(), &from)?;
        facts.tell("listing.pricing", pricing, &from)?;
        Ok(())
    }

    fn tell_agreement(&mut self, details: &FetchedDetails) -> Result<(), Telling> {
        let row = &self.agreement;
        let listed = Provenance::new("AWS SearchAgreements", row.synced_at);
        let facts = &mut self.facts;
        facts.tell("agreement.id", row.id.as_str(), &listed)?;
        facts.tell("agreement.status", row.status.as_wire(), &listed)?;
        facts.tell("agreement.accepted_at", row.accepted_at, &listed)?;
        facts.tell("agreement.starts_at", row.starts_at, &listed)?;
        facts.tell("agreement.ends_at", row.ends_at, &listed)?;
        facts.tell("agreement.initial", self.chain.as_str(), &listed)?;
        if let Some((at, value)) = details.at.zip(details.details.value) {
            let described = Provenance::new("AWS DescribeAgreement", at);
            facts.tell("agreement.value", value, &described)?;
            facts.tell("agreement.currency", value.currency.as_str(), &described)?;
        }
        let buyer = &self.asked.buyer;
        let source = match buyer.evidence {
            Evidence::Token => "AWS ResolveCustomer",
            Evidence::Agreement => "AWS SearchAgreements",
        };
        let from = Provenance::new(source, Timestamp::from_millis(buyer.as_of));
        facts.tell("account.id", buyer.account.as_str(), &from)?;
        facts.tell("account.evidence", buyer.evidence.word(), &from)?;
        Ok(())
    }

    fn tell_offer(&mut self, read: &Read<'_>, details: &FetchedDetails) -> Result<(), Telling> {
        let listed = Provenance::new("AWS SearchAgreements", self.agreement.synced_at);
        if let Some(id) = &self.agreement.offer {
            self.facts.tell("offer.id", id.as_str(), &listed)?;
            let known = OfferId::parse(id)
                .ok()
                .map(|id| read.offer(&id))
                .transpose()?;
            if let Some(known) = known.flatten() {
                let from = Provenance::new("AWS DescribeEntity", known.synced_at);
                self.facts
                    .tell("offer.private", known.offer.private, &from)?;
            }
        }
        let terms = &details.details.terms;
        // Every offer has terms: none were told.
        if let Some(at) = details.at.filter(|_| !terms.is_empty()) {
            let from = Provenance::new("AWS GetAgreementTerms", at);
            let has = |kinds: &[&str]| terms.iter().any(|term| kinds.contains(&term.kind.as_str()));
            self.facts
                .tell("offer.contract", has(&CONTRACT_TERMS), &from)?;
            self.facts
                .tell("offer.free_trial", has(&["freeTrialPricingTerm"]), &from)?;
        }
        Ok(())
    }

    fn tell_license(&mut self, details: &FetchedDetails) -> Result<(), Telling> {
        let listed = Provenance::new("AWS SearchAgreements", self.agreement.synced_at);
        let license = self.asked.buyer.license.as_ref();
        self.facts
            .tell("license.arn", license.map(|arn| arn.as_str()), &listed)?;
        let Some(at) = details.at else { return Ok(()) };
        let from = Provenance::new("AWS GetAgreementEntitlements", at);
        let mut of = details.details.provisioning.iter();
        let granted = of.find(|it| match (&it.license, license) {
            (Some(a), Some(b)) => a.short() == b.short(),
            // Before the license exists, and on products that predate them.
            (None, _) => true,
            (Some(_), None) => false,
        });
        if let Some(granted) = granted {
            self.facts
                .tell("license.status", granted.status.as_wire(), &from)?;
            self.facts
                .tell("license.reason", granted.reason.as_deref(), &from)?;
        } else if !self.agreement.licenses.is_empty() && details.details.provisioning.is_empty() {
            // AWS told of a license and not how far it is: that is not known.
        }
        Ok(())
    }

    fn tell_entitlements(
        &mut self,
        read: &Read<'_>,
        details: &FetchedDetails,
    ) -> Result<(), Telling> {
        let Some(at) = details.at else { return Ok(()) };
        let from = Provenance::new("AWS GetEntitlements", at);
        self.facts.tell_list("entitlements", &from)?;
        for holder in query::holders(&self.agreement) {
            for row in read.entitlements_of(holder)? {
                let from = Provenance::new("AWS GetEntitlements", row.synced_at);
                let units = match row.value {
                    EntitlementValue::Integer(units) => Some(units),
                    _ => None,
                };
                let fields = [
                    ("dimension", row.dimension.into()),
                    ("units", units.into()),
                    ("expires_at", row.expires_at.into()),
                ];
                self.facts.add("entitlements", fields, &from)?;
            }
        }
        Ok(())
    }

    fn tell_target(&mut self, read: &Read<'_>) -> Result<(), Telling> {
        match &self.target {
            TargetFound::New => tell_new_target(&mut self.facts, &self.asked),
            TargetFound::Organization(record) => {
                let id = record.organization.it.id.as_str();
                let changed = read.directory_changes("organization", id)?;
                tell_organization(&mut self.facts, record, &changed)
            }
            TargetFound::BillingAccount(record) => {
                tell_billing_account(&mut self.facts, &record.billing_account)
            }
        }
    }

    fn tell_member(&mut self, shown: &Shown) -> Result<(), Telling> {
        let facts = &mut self.facts;
        let person = Provenance::new("the person at the console", facts.now());
        let verified_by_code = |facts: &mut Facts, email: &Email| {
            let mail = Provenance::new("code by e-mail", facts.now());
            shown.of(email).map_or(Ok(()), |verified| {
                facts.tell("member.email_verified", verified, &mail)
            })
        };
        match &self.member {
            MemberFound::Nobody => {}
            MemberFound::There(told) | MemberFound::Elsewhere(told) => {
                let member = &told.it;
                let from = provenance(&told.origin);
                facts.tell("member.email", member.email.as_str(), &from)?;
                tell_text(facts, "member.name", member.name.as_ref(), &from)?;
                let method = member.authentication_method.as_ref();
                tell_text(facts, "member.authentication_method", method, &from)?;
                tell_text(facts, "member.company", member.company.as_ref(), &from)?;
                tell_text(facts, "member.country", member.country.as_ref(), &from)?;
                tell_text(facts, "member.use", member.usage.as_ref(), &from)?;
                tell_known(facts, "member.phone", &member.phone, &from)?;
                if let Some(verified) = member.verified {
                    facts.tell("member.email_verified", verified, &from)?;
                }
                verified_by_code(facts, &member.email)?;
                match &self.member {
                    MemberFound::There(_) => {
                        tell_text(facts, "member.role", member.role.as_ref(), &from)?;
                    }
                    // In the organization that is to be linked the person has none.
                    _ => facts.tell("member.role", Value::Absent, &from)?,
                }
            }
            MemberFound::New(email) => {
                facts.tell("member.email", email.as_str(), &person)?;
                facts.tell("member.role", Value::Absent, &person)?;
                for path in [
                    "member.name",
                    "member.authentication_method",
                    "member.company",
                    "member.country",
                    "member.use",
                    "member.phone",
                ] {
                    let answer = self.asked.wish.answers.get(path);
                    facts.tell(path, answer.map(String::as_str), &person)?;
                }
                if shown.wants(email) {
                    verified_by_code(facts, email)?;
                } else {
                    facts.tell("member.email_verified", false, &person)?;
                }
            }
        }
        Ok(())
    }

    fn tell_workspaces(&mut self) -> Result<(), Telling> {
        if self.policy.link.target != TargetKind::BillingAccount {
            return Ok(());
        }
        let now = self.facts.now();
        let person = Provenance::new("the person at the console", now);
        self.facts.tell_list("workspaces", &person)?;
        let bound = self.bound();
        for told in &self.workspaces {
            let it = &told.it;
            let from = provenance(&told.origin);
            let mut fields: Vec<(&str, Value)> = vec![
                ("id", it.id.as_str().into()),
                ("bound", bound.contains(&it.id).into()),
            ];
            for (name, value) in [
                ("name", &it.name),
                ("site", &it.site),
                ("language", &it.language),
                ("state", &it.state),
                ("settlement", &it.settlement),
            ] {
                fields.extend(value.as_ref().map(|value| (name, value.as_str().into())));
            }
            self.facts.add("workspaces", fields, &from)?;
        }
        for new in &self.asked.wish.new_workspaces {
            let text =
                |value: &Option<domain::Text>| Value::from(value.as_ref().map(|it| it.as_str()));
            let fields = [
                ("name", new.name.as_str().into()),
                ("language", text(&new.language)),
                ("site", text(&new.site)),
                ("state", "active".into()),
                ("settlement", Value::Absent),
                ("bound", true.into()),
            ];
            self.facts.add("workspaces", fields, &person)?;
        }
        Ok(())
    }

    fn tell_links(&mut self, read: &Read<'_>, policies: &Policies) -> Result<(), Telling> {
        let ledger = Provenance::new("ledger", self.facts.now());
        self.facts.tell_list("links", &ledger)?;
        let account = self.asked.buyer.account.as_str();
        let mut records = read.links_of_account(account)?;
        let target = match &self.asked.wish.target {
            TargetChoice::Existing { kind, id } => Some((*kind, id.as_str())),
            TargetChoice::NewOrganization(_) | TargetChoice::NewBillingAccount(_) => None,
        };
        if let Some((kind, id)) = target {
            records.extend(read.current_links_to(kind, id)?);
        }
        records.extend(read.current_link(&self.chain)?);
        records.sort_by(|a, b| a.chain.cmp(&b.chain));
        records.dedup_by(|a, b| a.chain == b.chain);
        let changed = self.live.as_ref().map(|live| live.chain.clone());
        let held = records.iter().filter(|record| is_held(record));
        for record in held.filter(|record| Some(&record.chain) != changed.as_ref()) {
            let link = &record.link;
            let listing = listing_of_link(read, record)?;
            let of = listing
                .as_ref()
                .and_then(|listing| policies.of_listing(listing));
            let group = record
                .policy
                .as_deref()
                .and_then(|id| policies.get(id))
                .or(of)
                .map(|policy| policy.link.counted.group.as_str());
            let same_group = group.map(|group| group == self.policy.link.counted.group);
            let is_target = target == Some((link.target.kind, link.target.id.as_str()));
            let mut fields: Vec<(&str, Value)> = vec![
                (
                    "same_account",
                    (record.account.as_deref() == Some(account)).into(),
                ),
                ("same_target", is_target.into()),
                ("same_license", self.is_same_license(record).into()),
                ("account", record.account.clone().into()),
                ("agreement", link.agreement.as_str().into()),
                ("target_id", link.target.id.as_str().into()),
                ("target_name", link.target.name.as_str().into()),
                ("state", link.state.word().into()),
            ];
            // Of a listing that nobody knows it cannot be told whether it counts here.
            fields.extend(same_group.map(|same| ("same_group", same.into())));
            fields.extend(listing.map(|listing| ("listing", listing.title.into())));
            if let Some(owners) = owners_of(read, link)? {
                fields.push(("owners", owners.into()));
            }
            let from = Provenance::new(&link.source, link.since);
            self.facts.add("links", fields, &from)?;
        }
        Ok(())
    }

    fn is_same_license(&self, record: &LinkRecord) -> bool {
        let ours = self.asked.buyer.license.as_ref().map(|arn| arn.short());
        let theirs = record.link.license.as_ref().map(|arn| arn.short());
        record.chain == self.chain || (ours.is_some() && ours == theirs)
    }

    fn tell_changes(&mut self) -> Result<(), Telling> {
        let person = Provenance::new("the person at the console", self.facts.now());
        self.facts.tell_list("changes", &person)?;
        for change in &self.changes {
            let fields = [
                ("attribute", change.attribute.as_str().into()),
                ("target", change.name.as_str().into()),
                ("before", change.before.as_deref().into()),
                ("after", change.after.as_str().into()),
            ];
            self.facts.add("changes", fields, &person)?;
        }
        Ok(())
    }
}

/// Terms by which a buyer commits to more than usage (Agreement API, `AcceptedTerm`).
const CONTRACT_TERMS: [&str; 3] = [
    "configurableUpfrontPricingTerm",
    "fixedUpfrontPricingTerm",
    "recurringPaymentTerm",
];

fn listing_of_link(read: &Read<'_>, record: &LinkRecord) -> Result<Option<Listing>, store::Error> {
    let Some(row) = read.agreement(&record.link.agreement)? else {
        return Ok(None);
    };
    let known = read.listings()?.into_iter();
    let mut of =
        known.filter(|known| Some(known.listing.product.as_str()) == row.product.as_deref());
    Ok(of.next().map(|known| known.listing))
}

/// Addresses of the target's owners; `None` when the directory does not have the target.
fn owners_of(read: &Read<'_>, link: &domain::Link) -> Result<Option<Vec<String>>, store::Error> {
    let id = DirectoryId::parse(&link.target.id).ok();
    let (Some(id), TargetKind::Organization) = (id, link.target.kind) else {
        return Ok(None);
    };
    let record = read.organization(&id)?;
    Ok(record.map(|record| owners(&record.members)))
}

fn owners(members: &[Told<Member>]) -> Vec<String> {
    let role = |told: &&Told<Member>| {
        told.it
            .role
            .as_ref()
            .is_some_and(|role| role.as_str() == "owner")
    };
    let owners = members.iter().filter(role);
    owners.map(|told| told.it.email.to_string()).collect()
}

fn tell_new_target(facts: &mut Facts, asked: &Asked) -> Result<(), Telling> {
    let person = Provenance::new("the person at the console", facts.now());
    let answer = |path: &str| asked.wish.answers.get(path).map(String::as_str);
    match &asked.wish.target {
        TargetChoice::NewOrganization(name) => {
            facts.tell("organization.name", name.as_str(), &person)?;
            for path in [
                "organization.plan",
                "organization.payment_method",
                "organization.payment_reference",
                "organization.authentication_method",
                "organization.billing_account",
            ] {
                facts.tell(path, answer(path), &person)?;
            }
            facts.tell("organization.open_invoices", 0_i64, &person)?;
            facts.tell("organization.owners", Vec::<String>::new(), &person)?;
            facts.tell_list("deployments", &person)?;
        }
        TargetChoice::NewBillingAccount(user) => {
            facts.tell("billing_account.user_name", user.as_str(), &person)?;
            for path in [
                "billing_account.email",
                "billing_account.company",
                "billing_account.country",
            ] {
                facts.tell(path, answer(path), &person)?;
            }
        }
        TargetChoice::Existing { .. } => {}
    }
    Ok(())
}

fn tell_organization(
    facts: &mut Facts,
    record: &OrganizationRecord,
    changed: &[Change],
) -> Result<(), Telling> {
    let it = &record.organization.it;
    let from = provenance(&record.organization.origin);
    // What we changed ourselves is known from then, whatever the row's age.
    let since = |attribute: &str| {
        let own = changed
            .iter()
            .find(|change| change.attribute.as_deref() == Some(attribute));
        own.map_or_else(
            || from.clone(),
            |change| Provenance::new("Bindery", change.at),
        )
    };
    facts.tell("organization.id", it.id.as_str(), &from)?;
    facts.tell("organization.name", it.name.as_str(), &from)?;
    for (name, value) in [
        ("plan", &it.plan),
        ("payment_method", &it.payment_method),
        ("authentication_method", &it.authentication_method),
    ] {
        let path = format!("organization.{name}");
        tell_text(facts, &path, value.as_ref(), &since(name))?;
    }
    let reference = since("payment_reference");
    tell_known(
        facts,
        "organization.payment_reference",
        &it.payment_reference,
        &reference,
    )?;
    tell_known(
        facts,
        "organization.billing_account",
        &it.billing_account,
        &from,
    )?;
    if let Some(credit) = it.credit_balance {
        facts.tell("organization.credit_balance", credit, &from)?;
        facts.tell(
            "organization.credit_currency",
            credit.currency.as_str(),
            &from,
        )?;
    }
    if let Some(open) = it.open_invoices {
        facts.tell("organization.open_invoices", open, &from)?;
    }
    if let Some(created) = it.created_at {
        facts.tell("organization.created_at", created, &from)?;
    }
    facts.tell("organization.owners", owners(&record.members), &from)?;
    facts.tell_list("deployments", &from)?;
    for told in &record.deployments {
        let it = &told.it;
        let mut fields: Vec<(&str, Value)> = vec![("id", it.id.as_str().into())];
        fields.extend(it.name.as_ref().map(|name| ("name", name.as_str().into())));
        fields.extend(
            it.state
                .as_ref()
                .map(|state| ("state", state.as_str().into())),
        );
        fields.extend(it.trial.map(|trial| ("trial", trial.into())));
        match (it.trial, it.trial_ends_at) {
            (_, Some(at)) => fields.push(("trial_ends_at", at.into())),
            (Some(false), None) => fields.push(("trial_ends_at", Value::Absent)),
            _ => {}
        }
        facts.add("deployments", fields, &provenance(&told.origin))?;
    }
    Ok(())
}

fn tell_billing_account(
    facts: &mut Facts,
    told: &Told<domain::BillingAccount>,
) -> Result<(), Telling> {
    let it = &told.it;
    let from = provenance(&told.origin);
    facts.tell("billing_account.user_name", it.user_name.as_str(), &from)?;
    if let Some(email) = &it.email {
        facts.tell("billing_account.email", email.as_str(), &from)?;
    }
    tell_text(facts, "billing_account.company", it.company.as_ref(), &from)?;
    tell_text(facts, "billing_account.country", it.country.as_ref(), &from)?;
    if let Some(created) = it.created_at {
        facts.tell("billing_account.created_at", created, &from)?;
    }
    Ok(())
}

fn tell_text(
    facts: &mut Facts,
    path: &str,
    value: Option<&domain::Text>,
    from: &Provenance,
) -> Result<(), NotAFact> {
    value.map_or(Ok(()), |value| facts.tell(path, value.as_str(), from))
}

fn tell_known<T: std::fmt::Display>(
    facts: &mut Facts,
    path: &str,
    value: &Known<T>,
    from: &Provenance,
) -> Result<(), NotAFact> {
    match value {
        Known::Unknown => Ok(()),
        Known::Absent => facts.tell(path, Value::Absent, from),
        Known::Is(value) => facts.tell(path, value.to_string(), from),
    }
}

fn provenance(origin: &Origin) -> Provenance {
    Provenance::new(&origin.source, origin.as_of)
}

/// Why the facts could not be told.
pub(super) enum Telling {
    /// A fault of this program: the catalogue does not have such a fact.
    Fact(NotAFact),
    Store(store::Error),
}

impl From<NotAFact> for Telling {
    fn from(error: NotAFact) -> Self {
        Self::Fact(error)
    }
}

impl From<store::Error> for Telling {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}
