//! Telling the facts of a case, record by record, each with who says so and as of when.

mod target;

use domain::{DirectoryId, Email, Known, Listing, Member, TargetKind, Timestamp, Workspace};
use policy::{Facts, NotAFact, Policy, Provenance, Value};
use store::Read;
use store::table::directory::{Origin, Told};
use store::table::link::LinkRecord;

use self::target::{tell_billing_account, tell_new_target, tell_organization};
use super::{Case, MemberFound, TargetFound};
use crate::Error;
use crate::link::LinkError;
use crate::link::asked::TargetChoice;
use crate::link::codes::Shown;
use crate::policies::Policies;

impl Case<'_> {
    /// Tells all that one snapshot knows.
    pub(super) fn tell(
        &mut self,
        read: &Read<'_>,
        policies: &Policies,
        shown: &Shown,
    ) -> Result<(), Telling> {
        self.aws.tell(&mut self.facts, read, &self.asked.buyer)?;
        self.tell_request(shown)?;
        self.tell_target()?;
        self.tell_member(shown)?;
        self.tell_all_workspaces()?;
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
        tell_policy(&mut self.facts, policy)?;
        Ok(())
    }

    fn tell_target(&mut self) -> Result<(), Telling> {
        match &self.target {
            TargetFound::New => tell_new_target(&mut self.facts, &self.asked),
            TargetFound::Organization(record) => tell_organization(&mut self.facts, record),
            TargetFound::BillingAccount(record) => {
                tell_billing_account(&mut self.facts, &record.account)
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
        // Nobody has proven an address that is new, unless a code from it is wanted.
        let verified_or_not = |facts: &mut Facts, email: &Email| {
            if shown.wants(email) {
                return verified_by_code(facts, email);
            }
            facts.tell("member.email_verified", false, &person)
        };
        match &self.member {
            MemberFound::Nobody => {
                // A billing account is its user's own: its address stands for the person.
                let answer = self.asked.wish.answers.get("billing_account.email");
                let answer = answer.and_then(|text| Email::parse(text).ok());
                match (&self.target, &answer) {
                    (TargetFound::BillingAccount(record), _) => {
                        if let Some(email) = &record.account.it.email {
                            facts.tell("member.email", email.as_str(), &person)?;
                            verified_by_code(facts, email)?;
                        }
                    }
                    (TargetFound::New, Some(email)) => {
                        facts.tell("member.email", email.as_str(), &person)?;
                        verified_or_not(facts, email)?;
                    }
                    _ => {}
                }
            }
            MemberFound::There(told) | MemberFound::Elsewhere(told) => {
                let member = &told.it;
                let from = provenance(&told.origin);
                facts.tell("member.email", member.email.as_str(), &from)?;
                for (name, value) in [
                    ("name", &member.name),
                    ("authentication_method", &member.authentication_method),
                    ("company", &member.company),
                    ("country", &member.country),
                    ("use", &member.usage),
                ] {
                    let path = format!("member.{name}");
                    tell_text(facts, &path, value.as_ref(), &since(told, name))?;
                }
                let phone = since(told, "phone");
                tell_known(facts, "member.phone", &member.phone, &phone)?;
                if let Some(verified) = member.verified {
                    let said = since(told, "verified");
                    facts.tell("member.email_verified", verified, &said)?;
                }
                verified_by_code(facts, &member.email)?;
                match &self.member {
                    MemberFound::There(_) => {
                        let role = since(told, "role");
                        tell_text(facts, "member.role", member.role.as_ref(), &role)?;
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
                verified_or_not(facts, email)?;
            }
        }
        Ok(())
    }

    fn tell_all_workspaces(&mut self) -> Result<(), Telling> {
        if self.policy.link.target != TargetKind::BillingAccount {
            return Ok(());
        }
        let bound = self.bound();
        tell_workspaces(&mut self.facts, &self.workspaces, |id| bound.contains(id))?;
        let person = Provenance::new("the person at the console", self.facts.now());
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
        records.extend(read.current_link(&self.aws.chain)?);
        records.sort_by(|a, b| a.chain.cmp(&b.chain));
        records.dedup_by(|a, b| a.chain == b.chain);
        let changed = self.live.as_ref().map(|live| live.chain.clone());
        let held = records.iter().filter(|record| record.is_held());
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
        record.chain == self.aws.chain || (ours.is_some() && ours == theirs)
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

/// Tells of workspaces that are there, and which of them are or will be bound.
pub(super) fn tell_workspaces<'w>(
    facts: &mut Facts,
    workspaces: impl IntoIterator<Item = &'w Told<Workspace>>,
    bound: impl Fn(&DirectoryId) -> bool,
) -> Result<(), Telling> {
    let person = Provenance::new("the person at the console", facts.now());
    facts.tell_list("workspaces", &person)?;
    for told in workspaces {
        let it = &told.it;
        let mut fields: Vec<(&str, Value)> = vec![
            ("id", it.id.as_str().into()),
            ("bound", bound(&it.id).into()),
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
        facts.add("workspaces", fields, &newest(told))?;
    }
    Ok(())
}

pub(super) fn tell_policy(facts: &mut Facts, policy: &Policy) -> Result<(), Telling> {
    let own = Provenance::new("policy", facts.now());
    let accepted = policy.link.identity.iter().map(|it| it.word().to_owned());
    let accepted: Vec<String> = accepted.collect();
    facts.tell("policy.id", policy.id.as_str(), &own)?;
    facts.tell("policy.name", policy.name.as_written().en, &own)?;
    facts.tell("policy.identity", accepted, &own)?;
    Ok(())
}

fn listing_of_link(read: &Read<'_>, record: &LinkRecord) -> Result<Option<Listing>, store::Error> {
    let row = read.agreement(&record.link.agreement)?;
    let Some(product) = row.and_then(|row| row.product) else {
        return Ok(None);
    };
    Ok(read.listing(&product)?.map(|known| known.listing))
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

/// Who says what an attribute is: the vendor, unless we changed it since.
fn since<T>(told: &Told<T>, attribute: &str) -> Provenance {
    let ours = told.ours.since(attribute);
    ours.map_or_else(|| provenance(&told.origin), of_ours)
}

/// The same of all attributes at once.
fn newest<T>(told: &Told<T>) -> Provenance {
    let ours = told.ours.newest();
    ours.map_or_else(|| provenance(&told.origin), of_ours)
}

fn of_ours(at: Timestamp) -> Provenance {
    Provenance::new("Bindery", at)
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

impl From<Telling> for Error {
    fn from(error: Telling) -> Self {
        match error {
            Telling::Fact(error) => LinkError::Policy(error.to_string()).into(),
            Telling::Store(error) => error.into(),
        }
    }
}
