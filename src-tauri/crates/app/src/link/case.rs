//! One case: who wants what linked, and everything that is known about it in one snapshot, as facts.
//!
//! What is not known is not told. What is known to be absent is told as that.

mod aws;
mod telling;

use domain::{AgreementId, DirectoryId, Email, Member, TargetKind, Timestamp, Workspace};
use policy::{EffectKind, Facts, Holds, Moment, PlannedEffect, Policy, effects, is_active};
use store::table::agreement::AgreementRow;
use store::table::details::FetchedDetails;
use store::table::directory::{BillingAccountRecord, OrganizationRecord, Told};
use store::table::link::LinkRecord;
use store::table::listing::FetchedListing;
use store::{Read, Store};

use self::aws::AwsSide;

use super::LinkError;
use super::asked::{Asked, Buyer, TargetChoice};
use super::codes::Shown;
use crate::Error;
use crate::policies::Policies;

/// A case, with all that is known of it.
pub(crate) struct Case<'p> {
    pub(crate) policy: &'p Policy,
    pub(crate) facts: Facts,
    pub(crate) asked: Asked,
    pub(crate) aws: AwsSide,
    /// The link that the plan changes; absent when it makes one.
    pub(crate) live: Option<LinkRecord>,
    pub(crate) target: TargetFound,
    pub(crate) member: MemberFound,
    /// Workspaces of the target that are there already.
    pub(crate) workspaces: Vec<Told<Workspace>>,
    /// Workspaces that are to be bound and that another link has.
    pub(crate) bound_elsewhere: Vec<(DirectoryId, LinkRecord)>,
    /// What answers would change of things that are there.
    pub(crate) changes: Vec<AttributeChange>,
}

/// The target, as the directory has it.
pub(crate) enum TargetFound {
    New,
    Organization(Box<OrganizationRecord>),
    BillingAccount(Box<BillingAccountRecord>),
}

/// The person for whom the link is made.
pub(crate) enum MemberFound {
    /// Nobody was named.
    Nobody,
    /// In the organization that is to be linked.
    There(Told<Member>),
    /// In another organization alone.
    Elsewhere(Told<Member>),
    /// In none.
    New(Email),
}

/// An attribute of a thing that is there, which an answer differs from.
#[derive(Clone, Debug)]
pub(crate) struct AttributeChange {
    /// The attribute, such as `workspace.site`.
    pub(crate) attribute: String,
    /// The thing's key in the directory.
    pub(crate) key: String,
    /// What it is called.
    pub(crate) name: String,
    pub(crate) before: Option<String>,
    pub(crate) after: String,
    /// Whether it is for this program to change.
    pub(crate) possible: bool,
}

impl<'p> Case<'p> {
    /// Gathers what one snapshot knows, before anybody has entered a code.
    pub(crate) fn gather(
        read: &Read<'_>,
        policies: &'p Policies,
        asked: &Asked,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let aws = AwsSide::look_up(read, &asked.buyer.agreement)?;
        let listing = &aws.listing.listing;
        let policy = policies
            .of_listing(listing)
            .ok_or_else(|| LinkError::NoPolicy(listing.title.clone()))?;
        if policy.link.target != asked.wish.target.kind() {
            return Err(LinkError::OtherTarget {
                listing: listing.title.clone(),
                wanted: policy.link.target,
            }
            .into());
        }
        let target = TargetFound::look_up(read, &asked.wish.target)?;
        let member = MemberFound::look_up(read, asked.wish.member.as_ref(), &target)?;
        let live = read.current_link(&aws.chain)?.filter(|record| {
            record.is_held() && asked.wish.target.is(&record.link.target.id) && may_change(policy)
        });
        let workspaces = target.workspaces();
        let mut bound_elsewhere = Vec::new();
        for id in &asked.wish.workspaces {
            let other = read.link_of_workspace(id)?;
            let other = other.filter(|record| record.chain != aws.chain);
            bound_elsewhere.extend(other.map(|record| (id.clone(), record)));
        }
        let changes = super::changes::of_answers(asked, &target, &member, &workspaces);
        let mut case = Self {
            policy,
            facts: Facts::at(now),
            asked: asked.clone(),
            aws,
            live,
            target,
            member,
            workspaces,
            bound_elsewhere,
            changes,
        };
        case.tell(read, policies, &Shown::default())?;
        Ok(case)
    }

    /// The same case on the same snapshot, with what codes sent by e-mail have shown so far.
    pub(crate) fn with_codes(
        mut self,
        read: &Read<'_>,
        policies: &Policies,
        shown: &Shown,
    ) -> Result<Self, Error> {
        self.facts = Facts::at(self.facts.now());
        self.tell(read, policies, shown)?;
        Ok(self)
    }

    /// Workspaces that are there and will be bound.
    pub(crate) fn bound(&self) -> Vec<DirectoryId> {
        let held = self.live.as_ref().map(|record| &record.link.workspaces);
        let mut bound: Vec<DirectoryId> = held.into_iter().flatten().cloned().collect();
        bound.extend(self.asked.wish.workspaces.iter().cloned());
        bound.retain(|id| !self.asked.wish.without_workspaces.contains(id));
        bound.sort();
        bound.dedup();
        bound
    }

    /// Whether the link would be in force: as the policy says, and with as many workspaces as it wants.
    pub(crate) fn is_in_force(&self) -> Holds {
        let least = self.policy.link.workspaces.as_ref();
        let least = least.map_or(0, |workspaces| workspaces.least as usize);
        if self.bound().len() + self.asked.wish.new_workspaces.len() < least {
            return Holds::No;
        }
        is_active(self.policy, &self.facts)
    }

    /// What becomes of workspaces that are taken from a live link: they are given what the policy sets
    /// when a link ends. The subscription goes on, so nothing of theirs is locked, stopped or deleted.
    pub(crate) fn given_back(&self) -> Result<Vec<PlannedEffect>, Error> {
        let (bound, held) = (self.bound(), self.live.as_ref());
        let held = held.map_or(&[][..], |record| &record.link.workspaces);
        let taken =
            |told: &&Told<Workspace>| held.contains(&told.it.id) && !bound.contains(&told.it.id);
        let mut facts = self.facts.clone();
        telling::tell_workspaces(&mut facts, self.workspaces.iter().filter(taken), |_| true)?;
        let mut planned = effects(self.policy, Moment::Ended, &facts);
        planned.retain(|effect| effect.kind == EffectKind::Set && effect.what == "workspace");
        Ok(planned)
    }
}

/// What is known of a buyer before a target is chosen.
pub(crate) fn before_choosing(
    store: &Store,
    policy: &Policy,
    buyer: &Buyer,
    now: Timestamp,
) -> Result<Facts, Error> {
    store.read(|read| {
        let tell = || -> Result<Facts, Error> {
            let aws = AwsSide::look_up(read, &buyer.agreement)?;
            let mut facts = Facts::at(now);
            aws.tell(&mut facts, read, buyer)?;
            telling::tell_policy(&mut facts, policy)?;
            Ok(facts)
        };
        Ok(tell())
    })?
}

/// Whether something may be added to or taken from a live link.
fn may_change(policy: &Policy) -> bool {
    let workspaces = policy.link.workspaces.as_ref();
    workspaces.is_some_and(|workspaces| workspaces.changeable)
}

impl TargetChoice {
    /// Whether it is the thing there with this id.
    fn is(&self, id: &str) -> bool {
        matches!(self, Self::Existing { id: own, .. } if own.as_str() == id)
    }
}

impl TargetFound {
    fn look_up(read: &Read<'_>, choice: &TargetChoice) -> Result<Self, Error> {
        let missing = |kind, id: &DirectoryId| Error::NotFound {
            kind,
            id: id.to_string(),
        };
        match choice {
            TargetChoice::Existing {
                kind: TargetKind::Organization,
                id,
            } => {
                let found = read.organization(id)?;
                let found = found.ok_or_else(|| missing("organization", id))?;
                Ok(Self::Organization(Box::new(found)))
            }
            TargetChoice::Existing {
                kind: TargetKind::BillingAccount,
                id,
            } => {
                let found = read.billing_account(id)?;
                let found = found.ok_or_else(|| missing("billing account", id))?;
                Ok(Self::BillingAccount(Box::new(found)))
            }
            TargetChoice::NewBillingAccount(user) if read.billing_account(user)?.is_some() => {
                Err(LinkError::Taken(user.to_string()).into())
            }
            TargetChoice::NewOrganization(_) | TargetChoice::NewBillingAccount(_) => Ok(Self::New),
        }
    }

    fn workspaces(&self) -> Vec<Told<Workspace>> {
        match self {
            Self::BillingAccount(record) => record.workspaces.clone(),
            Self::New | Self::Organization(_) => Vec::new(),
        }
    }
}

impl MemberFound {
    fn look_up(
        read: &Read<'_>,
        email: Option<&Email>,
        target: &TargetFound,
    ) -> Result<Self, store::Error> {
        let Some(email) = email else {
            return Ok(Self::Nobody);
        };
        if let TargetFound::Organization(record) = target {
            let mut members = record.members.iter();
            let same = |told: &&Told<Member>| is_same_address(&told.it.email, email);
            if let Some(told) = members.find(same) {
                return Ok(Self::There(told.clone()));
            }
        }
        let elsewhere = read.members_with(email)?.into_iter().next();
        Ok(elsewhere.map_or_else(|| Self::New(email.clone()), Self::Elsewhere))
    }
}

pub(crate) fn is_same_address(a: &Email, b: &Email) -> bool {
    a.as_str().eq_ignore_ascii_case(b.as_str())
}

/// The agreement with what a look at it told.
pub(crate) fn agreement(
    read: &Read<'_>,
    id: &AgreementId,
) -> Result<(AgreementRow, FetchedDetails), Error> {
    let found = read.agreement(id)?.zip(read.details(id)?);
    found.ok_or_else(|| Error::no_agreement(id))
}

/// The listing that an agreement is for.
pub(crate) fn listing_of(read: &Read<'_>, row: &AgreementRow) -> Result<FetchedListing, Error> {
    let product = row.product.as_deref().unwrap_or("(none named)");
    read.listing(product)?.ok_or_else(|| Error::NotFound {
        kind: "listing",
        id: product.to_owned(),
    })
}
