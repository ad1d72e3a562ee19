//! The bind itself, inside one transaction: what does not exist is made, the license is bound, and if
//! AWS has granted it already, the link comes into force at once.

use domain::{
    AgreementId, BillingAccount, DirectoryId, Email, Entry, EntryKind, Known, LicenseArn, Link,
    LinkState, Member, Organization, PlanId, Target, TargetKind, Text, Timestamp, Workspace,
};
use policy::{Holds, Moment, effects};
use store::Write;
use store::table::directory::{Change, Origin};
use store::table::link::{Claim, LinkRecord};

use super::asked::{Asked, Buyer, TargetChoice, Wish};
use super::case::{Case, MemberFound};
use super::changes;
use super::draft::{Draft, certain};
use super::{Evidence, LinkError, LinkPlan};
use crate::ending::{Doing, apply};
use crate::policies::Policies;
use crate::{Error, Permit};

/// What a bind did.
pub(crate) struct Bound {
    pub(crate) link: LinkRecord,
    /// What was made, as `organization:acme-7k`.
    pub(crate) created: Vec<String>,
    /// What was changed, as `organization.payment_method of acme`.
    pub(crate) changed: Vec<String>,
}

/// Who changes something, because of what, and when.
#[derive(Clone, Copy)]
pub(crate) struct Because<'a> {
    /// The plan that it follows.
    pub(crate) plan: Option<&'a str>,
    /// The chain whose link it belongs to.
    pub(crate) chain: &'a str,
    pub(crate) now: Timestamp,
}

/// Does what the draft says.
pub(crate) fn bind(
    write: &mut Write<'_>,
    _: &Permit,
    draft: &Draft<'_>,
    plan: &PlanId,
    policies: &Policies,
    now: Timestamp,
) -> Result<Bound, Error> {
    let case = &draft.case;
    let because = Because {
        plan: Some(plan.as_str()),
        chain: &case.aws.chain,
        now,
    };
    let mut bound = Making {
        write,
        origin: changes::origin(plan, now),
        because,
        created: Vec::new(),
        changed: Vec::new(),
    };
    let target = bound.target(case, plan)?;
    bound.member(case, &target)?;
    let made = bound.workspaces(case, &target, plan)?;
    bound.answers(case)?;
    let (created, mut changed) = (bound.created, bound.changed);

    let mut workspaces = case.bound();
    workspaces.extend(made);
    let record = record(case, plan, target, now);
    if let Some(taken) = write.claim(&case.aws.chain, &claims(case, &record))? {
        return Err(LinkError::Lost(taken.chain).into());
    }
    write.put_link(&record)?;
    write.put_workspaces(&case.aws.chain, &workspaces, now)?;
    let target = &record.link.target;
    let back = crate::ending::call_off(write, target.kind, &target.id, now)?;
    changed.extend(
        back.into_iter()
            .map(|name| format!("deletion of {name} called off")),
    );
    for effect in &draft.given_back {
        changed.extend(apply(write, &Doing::of(effect, &target.id), &because)?);
    }
    let current = write.reading().current_link(&case.aws.chain)?;
    let record = current.ok_or(store::Error::Invalid("link"))?;
    let (link, more) = bring_into_force(write, policies, record, now)?;
    changed.extend(more);
    Ok(Bound {
        link,
        created,
        changed,
    })
}

fn record(case: &Case<'_>, plan: &PlanId, target: Target, now: Timestamp) -> LinkRecord {
    let asked = &case.asked;
    // What is live stays the link that it is; who changed it last, and by which plan, is told.
    if let Some(live) = &case.live {
        let member = asked.wish.member.as_ref().map(ToString::to_string);
        return LinkRecord {
            account: Some(asked.buyer.account.to_string()),
            policy: Some(case.policy.id.clone()),
            plan: Some(plan.to_string()),
            member: member.or_else(|| live.member.clone()),
            ..live.clone()
        };
    }
    LinkRecord {
        link: Link {
            agreement: asked.buyer.agreement.clone(),
            license: asked.buyer.license.clone(),
            target,
            state: LinkState::AwaitingAws,
            since: now,
            source: store::table::link::OURS.to_owned(),
            workspaces: Vec::new(),
        },
        chain: case.aws.chain.clone(),
        account: Some(asked.buyer.account.to_string()),
        policy: Some(case.policy.id.clone()),
        plan: Some(plan.to_string()),
        member: asked.wish.member.as_ref().map(ToString::to_string),
        reason: None,
        current: true,
        in_force: None,
    }
}

/// What the link keeps others from, by the policy's cardinality.
fn claims(case: &Case<'_>, record: &LinkRecord) -> Vec<Claim> {
    let counted = &case.policy.link.counted;
    let group = &counted.group;
    let link = &record.link;
    let of_license = match &link.license {
        Some(arn) => format!("license {}", arn.short()),
        None => format!("agreement {}", record.chain),
    };
    let account = record.account.as_deref().unwrap_or_default();
    let target = format!("target {group} {}", link.target.kind.named(&link.target.id));
    let mut claims = vec![Claim(of_license)];
    claims.extend(
        counted
            .one_target_per_account
            .then(|| Claim(format!("account {group} {account}"))),
    );
    claims.extend(counted.one_account_per_target.then_some(Claim(target)));
    claims
}

/// Shows on the agreement how far linking it has got, unless it is linked.
pub(crate) fn mark(
    write: &mut Write<'_>,
    case: &Case<'_>,
    state: LinkState,
    plan: &LinkPlan,
    reason: String,
    now: Timestamp,
) -> Result<(), Error> {
    let current = write.reading().current_link(&case.aws.chain)?;
    let held = |it: &LinkRecord| it.is_bound() || it.link.state == LinkState::Ending;
    if current.as_ref().is_some_and(held) {
        return Ok(());
    }
    let wish = &plan.asked.wish;
    let id = match &wish.target {
        TargetChoice::Existing { id, .. } | TargetChoice::NewBillingAccount(id) => id.to_string(),
        TargetChoice::NewOrganization(_) => String::new(),
    };
    let target = Target {
        kind: wish.target.kind(),
        id,
        name: super::draft::target_name(&case.facts, &wish.target),
    };
    let plan_id = PlanId::parse(&plan.id)?;
    let mut record = record(case, &plan_id, target, now);
    record.link.state = state;
    record.reason = Some(reason);
    write.put_link(&record)?;
    Ok(())
}

/// Puts a link that waits for AWS into force, if it can be: the policy's effects, one by one, and the
/// link's new state. Tells what was changed. Effects about which something is not known are left out.
pub(crate) fn bring_into_force(
    write: &mut Write<'_>,
    policies: &Policies,
    record: LinkRecord,
    now: Timestamp,
) -> Result<(LinkRecord, Vec<String>), Error> {
    let case = case_of(&write.reading(), policies, &record, now)?;
    match case.is_in_force() {
        Holds::Yes => {}
        // What was in force with its last workspace is not without it.
        Holds::No if record.link.state == LinkState::Active => {
            let mut waiting = record;
            waiting.link.state = LinkState::AwaitingAws;
            waiting.link.since = now;
            write.put_link(&waiting)?;
            return Ok((waiting, Vec::new()));
        }
        Holds::No | Holds::Unknown(_) => return Ok((record, Vec::new())),
    }
    let because = Because {
        plan: record.plan.as_deref(),
        chain: &record.chain,
        now,
    };
    let (certain, uncertain) = certain(effects(case.policy, Moment::Active, &case.facts));
    let mut changed = Vec::new();
    for effect in &certain {
        let doing = Doing::of(effect, &record.link.target.id);
        changed.extend(apply(write, &doing, &because)?);
    }
    let skipped: Vec<&str> = uncertain
        .iter()
        .filter_map(|effect| effect.attribute.as_deref())
        .collect();
    if record.link.state == LinkState::Active {
        return Ok((record, changed));
    }
    let mut active = record;
    active.link.state = LinkState::Active;
    active.link.since = now;
    active.reason =
        (!skipped.is_empty()).then(|| format!("Not set, since not known: {}", skipped.join(", ")));
    write.put_link(&active)?;
    let current = write.reading().current_link(&active.chain)?;
    Ok((current.unwrap_or(active), changed))
}

/// What is known of a link that is there.
pub(crate) fn case_of<'p>(
    read: &store::Read<'_>,
    policies: &'p Policies,
    record: &LinkRecord,
    now: Timestamp,
) -> Result<Case<'p>, Error> {
    let asked = asked_again(read, record)?;
    Case::gather(read, policies, &asked, now)
}

/// What would be asked for to get the link that is there.
fn asked_again(read: &store::Read<'_>, record: &LinkRecord) -> Result<Asked, Error> {
    let link = &record.link;
    let account = if let Some(account) = &record.account {
        domain::AccountId::parse(account)?
    } else {
        let (row, _) = super::case::agreement(read, &link.agreement)?;
        domain::AccountId::parse(&row.buyer)?
    };
    let (agreement, license) = newest_in_force(read, record)?;
    Ok(Asked {
        buyer: Buyer {
            agreement,
            license,
            account,
            evidence: Evidence::Agreement,
            as_of: link.since.as_millis(),
        },
        wish: Wish {
            target: TargetChoice::Existing {
                kind: link.target.kind,
                id: DirectoryId::parse(&link.target.id)?,
            },
            workspaces: link.workspaces.clone(),
            without_workspaces: Vec::new(),
            new_workspaces: Vec::new(),
            member: record
                .member
                .as_deref()
                .and_then(|text| Email::parse(text).ok()),
            answers: std::collections::BTreeMap::new(),
            terms_accepted: false,
            overrides: std::collections::BTreeMap::new(),
        },
    })
}

/// A link follows its chain of renewals: it is about the agreement in force, and the license of that.
fn newest_in_force(
    read: &store::Read<'_>,
    record: &LinkRecord,
) -> Result<(AgreementId, Option<LicenseArn>), Error> {
    let first = AgreementId::parse(&record.chain)?;
    let chain = read.chain(&first)?;
    let mut in_force = chain.iter().rev();
    let row = in_force.find(|row| row.status == domain::AgreementStatus::Active);
    match row {
        Some(row) if row.id != record.link.agreement.as_str() => Ok((
            AgreementId::parse(&row.id)?,
            super::buyer::only_license(row),
        )),
        _ => Ok((record.link.agreement.clone(), record.link.license.clone())),
    }
}

/// Gives an attribute a value, and notes that it was us. Tells what was changed; nothing where the thing
/// is gone, or has no such attribute.
pub(crate) fn change(
    write: &mut Write<'_>,
    kind: EntryKind,
    key: &str,
    attribute: &str,
    value: &str,
    because: &Because<'_>,
) -> Result<Option<String>, Error> {
    let Some((mut entry, origin)) = write.reading().entry(kind, key)? else {
        return Ok(None);
    };
    let name = attribute
        .rsplit_once('.')
        .map_or(attribute, |(_, name)| name);
    let before = changes::attribute(&entry, name);
    if !changes::set_attribute(&mut entry, name, value)? {
        return Ok(None);
    }
    let note = Change {
        kind: kind.word().to_owned(),
        key: key.to_owned(),
        attribute: Some(name.to_owned()),
        before,
        after: Some(value.to_owned()),
        at: because.now,
        plan: because.plan.map(str::to_owned),
        chain: Some(because.chain.to_owned()),
    };
    write.change_directory(&entry, &origin, &[note])?;
    Ok(Some(format!("{attribute} of {key}")))
}

/// Making what does not exist yet.
struct Making<'a, 'w> {
    write: &'a mut Write<'w>,
    origin: Origin,
    because: Because<'a>,
    created: Vec<String>,
    changed: Vec<String>,
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

    fn target(&mut self, case: &Case<'_>, plan: &PlanId) -> Result<Target, Error> {
        let wish = &case.asked.wish;
        let answer = |key: &str| answer(wish, key);
        let (kind, id, name) = match &wish.target {
            TargetChoice::Existing { kind, id } => {
                let name = super::draft::target_name(&case.facts, &wish.target);
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
    fn member(&mut self, case: &Case<'_>, target: &Target) -> Result<(), Error> {
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

    fn workspaces(
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

    fn answers(&mut self, case: &Case<'_>) -> Result<(), Error> {
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
