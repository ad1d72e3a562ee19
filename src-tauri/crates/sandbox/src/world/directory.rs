//! The vendor's system of record that fits the world: who was linked when it began, who could be,
//! and who would be refused and why.
//!
//! It is a sequence of units, each an organization or billing account with all that belongs to it:
//! first the same set for every listing, then one for every agreement that has (or lacks) a link.

use std::ops::Range;

use super::listing::{EMQX, GUANCE, LISTINGS, PINECONE, listing};
use super::people::{Company, short};
use super::{DAY, HOUR, MINUTE, World};
use crate::chance::{Dice, mix};
use crate::clock::rfc3339;
use crate::contract::{
    BillingAccount, Deployment, Directory, Link, LinkTarget, Member, Money, Organization, Workspace,
};

/// Companies of the fixed units are numbered from here, beyond every buyer.
const FIXED_COMPANIES: u32 = 2_000_000;

/// What an organization is like where a link is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    /// Every rule would pass.
    Ready,
    Card,
    Credits,
    /// Nobody there is an admin or owner.
    OnlyMembers,
    PaidPlan,
    /// The people sign in another way than the organization does.
    OtherSignIn,
    OpenInvoices,
    /// The owner's address was never verified.
    Unverified,
    /// Linked already, and paid through the marketplace.
    Linked,
}

const UNLINKED: &[Profile] = &[
    Profile::Ready,
    Profile::Card,
    Profile::Credits,
    Profile::OnlyMembers,
    Profile::PaidPlan,
    Profile::OtherSignIn,
    Profile::OpenInvoices,
    Profile::Unverified,
    Profile::Ready,
];

impl World {
    /// The units from `range`, and the number of units there are.
    pub(crate) fn directory(&self, range: Range<u64>) -> (Directory, u64) {
        let fixed = (LISTINGS.len() * UNLINKED.len()) as u64;
        let total = fixed + u64::from(self.seeded);
        let mut page = Directory::default();
        for unit in range.start..range.end.min(total) {
            let mut unit_of = Unit {
                world: self,
                page: &mut page,
            };
            match u32::try_from(unit.saturating_sub(fixed)) {
                Ok(_) if unit < fixed => unit_of.fixed(unit),
                Ok(index) => unit_of.of_agreement(index),
                Err(_) => {}
            }
        }
        (page, total)
    }
}

struct Unit<'p, 'w> {
    world: &'w World,
    page: &'p mut Directory,
}

/// A company as a customer of one of the vendor's systems.
struct Customer {
    company: Company,
    name: String,
    listing: u8,
    tag: String,
    created: i64,
    profile: Profile,
    dice: Dice,
}

impl Unit<'_, '_> {
    fn fixed(&mut self, unit: u64) {
        let number = crate::chance::low32(unit);
        let position = u8::try_from(unit % LISTINGS.len() as u64).unwrap_or(0);
        let profile = UNLINKED[crate::chance::index(unit / LISTINGS.len() as u64, UNLINKED.len())];
        let company = self.world.company(FIXED_COMPANIES + number);
        let created = self.world.start - (30 + i64::from(number) * 7) * DAY;
        let customer = self.customer(
            company,
            position,
            FIXED_COMPANIES + number,
            created,
            profile,
        );
        self.add(customer);
    }

    /// The customer behind an agreement that is linked, or that waits for its link.
    fn of_agreement(&mut self, index: u32) {
        let agreement = self.world.agreement(index);
        let waiting = self.world.waiting.binary_search(&index);
        let profile = match waiting {
            _ if agreement.linked => Profile::Linked,
            Ok(number) => UNLINKED[number % UNLINKED.len()],
            Err(_) => return,
        };
        let company = self.world.company(agreement.buyer);
        // A customer is older than what it waits for, and about as old as what it has linked.
        let age = if profile == Profile::Linked {
            HOUR
        } else {
            90 * DAY
        };
        let created = agreement.accepted.min(self.world.start) - age;
        let customer = self.customer(company, agreement.listing, index, created, profile);
        let target = self.add(customer);
        if profile == Profile::Linked {
            self.link(index, target);
        }
    }

    fn customer(
        &self,
        company: Company,
        listing: u8,
        number: u32,
        created: i64,
        profile: Profile,
    ) -> Customer {
        let dice = Dice::new(mix(self.world.seed, 0xd1), u64::from(number));
        let name = company.name.clone();
        Customer {
            company,
            name,
            listing,
            tag: short(number),
            created,
            profile,
            dice,
        }
    }

    fn link(&mut self, index: u32, (target, workspaces): (LinkTarget, Vec<String>)) {
        let world = self.world;
        self.page.links.push(Link {
            agreement_id: world.ids.agreement(index),
            license_arn: world.license(index),
            customer_identifier: world.customer(index),
            target,
            workspaces,
            since: rfc3339((world.agreement(index).accepted + 20 * MINUTE).min(world.start)),
        });
    }

    /// Adds a customer in the way its system knows customers.
    fn add(&mut self, mut customer: Customer) -> (LinkTarget, Vec<String>) {
        if customer.listing == GUANCE {
            self.billing_account(&mut customer)
        } else {
            self.organization(&mut customer)
        }
    }

    fn organization(&mut self, customer: &mut Customer) -> (LinkTarget, Vec<String>) {
        let id = format!("{}-{}", customer.company.slug, customer.tag);
        let auth = customer.auth_method();
        self.page.organizations.push(Organization {
            id: id.clone(),
            name: customer.name.clone(),
            listing: listing(customer.listing).slug.to_owned(),
            plan: customer.plan().to_owned(),
            payment_method: customer.payment_method().to_owned(),
            credit_balance: customer.credits(),
            auth_method: auth.to_owned(),
            open_invoices: if customer.profile == Profile::OpenInvoices {
                2
            } else {
                0
            },
            created: rfc3339(customer.created),
        });
        self.members(customer, &id, auth);
        if customer.listing == EMQX {
            self.deployments(customer, &id);
        }
        let target = LinkTarget {
            kind: "organization".to_owned(),
            id,
            name: customer.name.clone(),
        };
        (target, Vec::new())
    }

    fn members(&mut self, customer: &mut Customer, organization: &str, auth: &str) {
        let profile = customer.profile;
        let first = if profile == Profile::OnlyMembers {
            "member"
        } else {
            customer.first_role()
        };
        let own = customer.company.email();
        let sign_in = match profile {
            Profile::OtherSignIn if auth == "google" => "password",
            Profile::OtherSignIn => "google",
            _ => auth,
        };
        let mut add = |email: String, name: String, role: &str, verified: bool, auth: &str| {
            self.page.members.push(Member {
                email,
                name,
                role: role.to_owned(),
                verified,
                auth_method: auth.to_owned(),
                organization: organization.to_owned(),
            });
        };
        let name = format!("{} {}", customer.company.first, customer.company.last);
        add(own, name, first, profile != Profile::Unverified, sign_in);
        let others = [
            ("ops", "Operations", "member"),
            ("billing", "Billing", "member"),
        ];
        let count = crate::chance::index(customer.dice.roll(), others.len() + 1);
        for (local, name, role) in others.iter().take(count) {
            add(
                customer.company.mailbox(local),
                (*name).to_owned(),
                role,
                true,
                sign_in,
            );
        }
        if customer.dice.percent(25) && profile != Profile::OnlyMembers {
            let mailbox = customer.company.mailbox("platform");
            add(mailbox, "Platform".to_owned(), "admin", true, sign_in);
        }
    }

    fn deployments(&mut self, customer: &mut Customer, organization: &str) {
        let world = self.world;
        let trial_end = world.start + customer.dice.between(2 * DAY, 14 * DAY);
        let count = 1 + customer.dice.below(3);
        for number in 0..count {
            let trial = number == 1;
            let stopped = number == 2 || customer.dice.percent(15);
            self.page.deployments.push(Deployment {
                id: format!("dep-{}-{number}", customer.tag),
                name: if trial {
                    "trial".to_owned()
                } else {
                    format!("production-{number}")
                },
                organization: organization.to_owned(),
                state: if stopped && !trial {
                    "stopped"
                } else {
                    "running"
                }
                .to_owned(),
                trial,
                trial_end: trial.then(|| rfc3339(trial_end)),
            });
        }
    }

    fn billing_account(&mut self, customer: &mut Customer) -> (LinkTarget, Vec<String>) {
        let user_name = format!("{}-{}", customer.company.slug, customer.tag);
        self.page.billing_accounts.push(BillingAccount {
            user_name: user_name.clone(),
            email: customer.company.email(),
            company: customer.name.clone(),
            created: rfc3339(customer.created),
        });
        // One with no workspace yet is worth seeing among those that are not linked.
        let linked = customer.profile == Profile::Linked;
        let count = customer.dice.below(4).max(u64::from(linked));
        let mut bound = Vec::new();
        for number in 0..count {
            let id = format!("wksp-{}-{number}", customer.tag);
            let sites = ["us-oregon", "eu-frankfurt", "ap-singapore", "cn-ningxia"];
            let locked = !linked && customer.dice.percent(20);
            self.page.workspaces.push(Workspace {
                id: id.clone(),
                name: format!("{} {}", customer.name, number + 1),
                site: (*customer.dice.pick(&sites)).to_owned(),
                language: customer.company.language.to_owned(),
                state: if locked { "locked" } else { "active" }.to_owned(),
                billing_account: user_name.clone(),
            });
            if linked && (number == 0 || customer.dice.percent(70)) {
                bound.push(id);
            }
        }
        let target = LinkTarget {
            kind: "billing-account".to_owned(),
            id: user_name,
            name: customer.name.clone(),
        };
        (target, bound)
    }
}

impl Customer {
    fn plan(&self) -> &'static str {
        match (self.profile, self.listing) {
            (Profile::PaidPlan | Profile::Linked, PINECONE) | (Profile::Linked, EMQX) => "standard",
            (Profile::PaidPlan, _) => "enterprise",
            (Profile::Linked, _) => "scale",
            _ => "starter",
        }
    }

    fn payment_method(&self) -> &'static str {
        match self.profile {
            Profile::Linked => "aws-marketplace",
            Profile::Card => "card",
            Profile::OpenInvoices | Profile::PaidPlan => "invoice",
            _ => "none",
        }
    }

    fn credits(&mut self) -> Money {
        let cents = match self.profile {
            Profile::Credits => self.dice.between(500, 90_000),
            _ => 0,
        };
        Money {
            amount: format!("{}.{:02}", cents / 100, cents % 100),
            currency: "USD".to_owned(),
        }
    }

    fn auth_method(&mut self) -> &'static str {
        self.dice
            .weighted(&[(4, "password"), (3, "google"), (2, "sso"), (1, "github")])
    }

    fn first_role(&self) -> &'static str {
        match self.listing {
            PINECONE | EMQX => "owner",
            _ => "admin",
        }
    }
}
