//! Making what a link needs and does not exist yet, and changing what was answered.

use domain::{
    BillingAccount, DirectoryId, Email, Entry, EntryKind, Known, Member, Organization, PlanId,
    Target, TargetKind, Text, Workspace,
};
use store::Write;
use store::table::directory::{Change, Origin};

use super::super::asked::{TargetChoice, Wish};
use super::super::case::{Case, MemberFound};
use super::super::changes::{self, Because, change};
use super::super::draft;
use crate::Error;

/// Making what does not exist yet.
pub(super) struct Making<'a, 'w> {
    pub(super) write: &'a mut Write<'w>,
    pub(super) origin: Origin,
    pub(super) because: Because<'a>,
    pub(super) created: Vec<String>,
    pub(super) changed: Vec<String>,
}

impl Making<'_, '_> {
    fn put(&mut self, entry: &Entry) -> Result<(), Error> {
        let note = Change {
            kind: entry.kind().word().to_owned(),
            key: changes::key(entry),
            attribute: None,
            before: None,
            after: Some(entry.key()),
            at: self.because.now,
            plan: self.because.plan.map(str::to_owned),
            chain: Some(self.because.chain.to_owned()),
        };
        self.write.change_directory(entry, &self.origin, &[note])?;
        self.created
            .push(format!("{}:{}", entry.kind().word(), entry.key()));
        Ok(())
    }

    pub(super) fn target(&mut self, case: &Case<'_>, plan: &PlanId) -> Result<Target, Error> {
        let wish = &case.asked.wish;
        let answer = |key: &str| answer(wish, key);
        let (kind, id, name) = match &wish.target {
            TargetChoice::Existing { kind, id } => {
                let name = draft::target_name(&case.facts, &wish.target);
                (*kind, id.clone(), name)
            }
            TargetChoice::NewOrganization(name) => {
                let id = new_key(name.as_str(), plan, 0)?;
                let plan_of = answer("organization.plan")?;
                let method = answer("organization.payment_method")?;
                self.put(&Entry::Organization(Organization {
                    id: id.clone(),
                    name: name.clone(),
                    plan: plan_of,
                    payment_method: method.or(Some(Text::parse("none")?)),
                    payment_reference: Known::Absent,
                    credit_balance: None,
                    authentication_method: answer("organization.authentication_method")?,
                    open_invoices: Some(0),
                    billing_account: Known::Absent,
                    created_at: Some(self.because.now),
                }))?;
                (TargetKind::Organization, id, name.to_string())
            }
            TargetChoice::NewBillingAccount(user) => {
                let email = wish.answers.get("billing_account.email");
                let email = email.map(|text| Email::parse(text)).transpose()?;
                self.put(&Entry::BillingAccount(BillingAccount {
                    user_name: user.clone(),
                    email,
                    company: answer("billing_account.company")?,
                    country: answer("billing_account.country")?,
                    created_at: Some(self.because.now),
                }))?;
                (TargetKind::BillingAccount, user.clone(), user.to_string())
            }
        };
        Ok(Target {
            kind,
            id: id.to_string(),
            name,
        })
    }

    /// A person joins an organization that was made, and nobody else's.
    pub(super) fn member(&mut self, case: &Case<'_>, target: &Target) -> Result<(), Error> {
        let joins = target.kind == TargetKind::Organization;
        let (email, known) = match &case.member {
            MemberFound::New(email) if joins => (email, None),
            MemberFound::Elsewhere(told) if joins && case.asked.wish.target.is_new() => {
                (&told.it.email, Some(&told.it))
            }
            _ => return Ok(()),
        };
        let answer = |key: &str| answer(&case.asked.wish, key);
        let of = |key: &str, known: Option<&Option<Text>>| -> Result<Option<Text>, Error> {
            Ok(answer(key)?.or_else(|| known.cloned().flatten()))
        };
        let verified = case.facts.get("member.email_verified");
        let verified = verified.map(|fact| fact.value == policy::Value::Bool(true));
        let phone = answer("member.phone")?;
        self.put(&Entry::Member(Member {
            organization: DirectoryId::parse(&target.id)?,
            email: email.clone(),
            name: of("member.name", known.map(|it| &it.name))?,
            role: Some(Text::parse(&case.policy.link.creator_role)?),
            verified: verified.or(known.and_then(|it| it.verified)),
            authentication_method: of(
                "organization.authentication_method",
                known.map(|it| &it.authentication_method),
            )?,
            company: of("member.company", known.map(|it| &it.company))?,
            country: of("member.country", known.map(|it| &it.country))?,
            usage: of("member.use", known.map(|it| &it.usage))?,
            phone: phone.map_or_else(
                || known.map_or(Known::Unknown, |it| it.phone.clone()),
                Known::Is,
            ),
        }))
    }

    pub(super) fn workspaces(
        &mut self,
        case: &Case<'_>,
        target: &Target,
        plan: &PlanId,
    ) -> Result<Vec<DirectoryId>, Error> {
        let mut made = Vec::new();
        for (number, new) in case.asked.wish.new_workspaces.iter().enumerate() {
            let id = new_key(new.name.as_str(), plan, number + 1)?;
            self.put(&Entry::Workspace(Workspace {
                id: id.clone(),
                organization: None,
                billing_account: Some(DirectoryId::parse(&target.id)?),
                name: Some(new.name.clone()),
                site: new.site.clone(),
                language: new.language.clone(),
                state: Some(Text::parse("active")?),
                settlement: None,
            }))?;
            made.push(id);
        }
        Ok(made)
    }

    pub(super) fn answers(&mut self, case: &Case<'_>) -> Result<(), Error> {
        for it in &case.changes {
            let scope = it.attribute.split('.').next().unwrap_or_default();
            let Some(kind) = EntryKind::of_scope(scope) else {
                continue;
            };
            let done = change(
                self.write,
                kind,
                &it.key,
                &it.attribute,
                &it.after,
                &self.because,
            )?;
            self.changed.extend(done);
        }
        Ok(())
    }
}

/// What was answered, if anything was.
fn answer(wish: &Wish, key: &str) -> Result<Option<Text>, domain::Invalid> {
    let text = wish.answers.get(key).map(|text| text.trim());
    let text = text.filter(|text| !text.is_empty());
    text.map(Text::parse).transpose()
}

/// An id for something that is made: readable, and the plan's own, so that carrying a plan out twice
/// could not make two.
fn new_key(name: &str, plan: &PlanId, number: usize) -> Result<DirectoryId, Error> {
    let letters = name.chars().flat_map(char::to_lowercase);
    let slug: String = letters
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let parts: Vec<&str> = slug.split('-').filter(|part| !part.is_empty()).collect();
    let slug: String = parts.join("-").chars().take(40).collect();
    let own: String = plan.as_str().chars().skip(5).take(8).collect();
    let number = if number == 0 {
        String::new()
    } else {
        format!("-{number}")
    };
    Ok(DirectoryId::parse(&format!("{slug}-{own}{number}"))?)
}
