//! A vendor's rules for a listing, as they stand in memory.

mod form;
mod setting;
mod words;

use std::time::Duration;

use domain::{Listing, Pricing, TargetKind};

pub(crate) use setting::millis;

pub use form::{FieldKind, Form, FormField, Occasion};
pub use setting::{Setting, SettingValue, Settings, say_span};
pub use words::{Confirmation, Hint, HintMoment, Mail, Verification};

use crate::catalogue::{Field, Scope};
use crate::expression::Condition;
use crate::text::Template;
use crate::types::Reference;

/// Who may be linked to what on a listing, and what linking and ending do.
///
/// `covers` on the parts names the rules of the vendor's own list that the part stands for, so that
/// it can be seen that none was forgotten.
#[derive(Debug)]
pub struct Policy {
    /// Its id: small letters, digits and hyphens.
    pub id: String,
    /// What the vendor calls it.
    pub name: Template,
    /// The listings it is for.
    pub listing: ListingMatch,
    /// Constants that a vendor may change, by name; rules see them as `settings.NAME`.
    pub settings: Settings,
    /// What a link is, and when it may be made.
    pub link: LinkPolicy,
    /// What is asked for, and on which occasion.
    pub forms: Vec<Form>,
    /// Codes sent by e-mail, where the vendor wants them.
    pub verification: Option<Verification>,
    /// What to say at certain points.
    pub hints: Vec<Hint>,
    /// What ending does.
    pub cancel: CancelPolicy,
}

/// The listings that a policy is for: one of the names must match, and the pricing where it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListingMatch {
    /// Product ids.
    pub products: Vec<String>,
    /// Product codes.
    pub codes: Vec<String>,
    /// Public titles, letter for letter.
    pub titles: Vec<String>,
    /// How the listing must charge.
    pub pricing: Option<Pricing>,
}

impl ListingMatch {
    /// Whether the policy is for this listing.
    #[must_use]
    pub fn matches(&self, listing: &Listing) -> bool {
        let product = listing.product.as_str();
        let code = listing.code.as_ref().map(|code| code.as_str());
        let named = self.products.iter().any(|known| known == product)
            || self.codes.iter().any(|known| Some(known.as_str()) == code)
            || self.titles.contains(&listing.title);
        named
            && self
                .pricing
                .is_none_or(|pricing| pricing == listing.pricing)
    }
}

/// What a link is, and when it may be made.
#[derive(Debug)]
pub struct LinkPolicy {
    /// What a license is bound to.
    pub target: TargetKind,
    /// For a billing account: the workspaces that are bound with it.
    pub workspaces: Option<Workspaces>,
    /// How many links there may be.
    pub counted: Counted,
    /// The kinds of evidence taken for who the buyer is.
    pub identity: Vec<Identity>,
    /// The role of the person for whom a new organization is made.
    pub creator_role: String,
    /// When a link is in force.
    pub active: Activation,
    /// What must hold before a link is made.
    pub rules: Vec<Rule>,
    /// What happens when it comes into force.
    pub effects: Vec<Effect>,
    /// What the buyer is told then, ready to copy.
    pub confirmation: Option<Confirmation>,
}

/// Workspaces that are bound together with their billing account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspaces {
    /// At least so many are bound before the link is in force.
    pub least: u32,
    /// Whether workspaces may be added to and taken from a live link.
    pub changeable: bool,
    /// Rules this stands for.
    pub covers: Vec<String>,
}

/// How many live links there may be. One per license holds for every policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Links of all policies with the same group are counted together.
    pub group: String,
    /// Whether an AWS account may have one link only.
    pub one_target_per_account: bool,
    /// Whether a target may have one link only.
    pub one_account_per_target: bool,
}

/// Evidence for who the buyer is. An account id that somebody typed is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// AWS resolved a registration token.
    Token,
    /// AWS lists the agreement for the account, and the member's e-mail address was verified.
    Agreement,
}

impl Identity {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Token, Self::Agreement];

    /// Its word in policies and facts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Agreement => "agreement",
        }
    }
}

/// When a link is in force, and what is said until then.
#[derive(Debug)]
pub struct Activation {
    pub(crate) when: Condition,
    /// What is said while it is waited for.
    pub waiting: Template,
    /// Rules this stands for.
    pub covers: Vec<String>,
}

impl Activation {
    /// The condition as written.
    #[must_use]
    pub fn condition(&self) -> &str {
        self.when.source()
    }
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id, as `EM-1`.
    pub id: String,
    /// What it asks for, as a sentence.
    pub title: Template,
    pub(crate) when: Option<Condition>,
    pub(crate) test: Test,
    /// Facts shown as evidence besides those the rule reads.
    pub(crate) evidence: Vec<Reference>,
    /// What is said when it refuses.
    pub message: Template,
    /// What to do then.
    pub remedy: Option<Template>,
    /// What to send to the buyer then.
    pub to_buyer: Option<Template>,
    /// Whether a person may go on with a typed reason.
    pub overridable: bool,
    /// Rules this stands for besides its own id.
    pub covers: Vec<String>,
}

#[derive(Debug)]
pub(crate) enum Test {
    /// The condition must hold.
    Require(Condition),
    /// The condition must hold for no item of the list.
    NoneOf(&'static Scope, Condition),
}

impl Rule {
    /// When the rule applies, as written; always when there is none.
    #[must_use]
    pub fn applies_when(&self) -> Option<&str> {
        self.when.as_ref().map(Condition::source)
    }

    /// What it tests, as written.
    #[must_use]
    pub fn test(&self) -> String {
        match &self.test {
            Test::Require(condition) => condition.source().to_owned(),
            Test::NoneOf(scope, condition) => {
                format!("no {} where {}", scope.name, condition.source())
            }
        }
    }
}

/// When an effect happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The link came into force.
    Active,
    /// The agreement was cancelled or ended, or the link was taken away.
    Ended,
}

impl Moment {
    /// Its word in policy files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }
}

/// Something that linking or ending does to the vendor's side.
#[derive(Debug)]
pub struct Effect {
    /// What it does.
    pub action: Action,
    pub(crate) applies: Option<Condition>,
    /// How long after the moment.
    pub after: Option<Duration>,
    /// Whether linking again before then calls it off.
    pub called_off_by_relinking: bool,
    /// What it comes to, in the vendor's words.
    pub says: Option<Template>,
    /// Rules this stands for.
    pub covers: Vec<String>,
}

impl Effect {
    /// What it is limited to, as written.
    #[must_use]
    pub fn condition(&self) -> Option<&str> {
        self.applies.as_ref().map(Condition::source)
    }
}

/// What an effect does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Gives attributes a value.
    Set(Vec<Assignment>),
    /// Stops a deployment.
    Stop(&'static Scope),
    /// Deletes it.
    Delete(&'static Scope),
    /// Locks a workspace.
    Lock(&'static Scope),
    /// Leaves it alone, until the time in a field where one is named. Said, so that nobody wonders.
    Keep(&'static Scope, Option<&'static Field>),
}

impl Action {
    /// What it is done to.
    #[must_use]
    pub fn scope(&self) -> Option<&'static Scope> {
        match self {
            Self::Set(assignments) => assignments.first().map(|assignment| assignment.scope),
            Self::Stop(scope) | Self::Delete(scope) | Self::Lock(scope) | Self::Keep(scope, _) => {
                Some(scope)
            }
        }
    }
}

/// An attribute and what it is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The record or list that the attribute belongs to.
    pub scope: &'static Scope,
    /// The attribute.
    pub field: &'static Field,
    /// The value: a text, with facts in it where the policy names them.
    pub value: Template,
}

/// What ending asks and does.
#[derive(Debug)]
pub struct CancelPolicy {
    /// What must be typed, letter for letter; nothing where the vendor asks for nothing.
    pub phrase: Option<String>,
    /// What happens, one by one.
    pub effects: Vec<Effect>,
    /// Rules that the phrase stands for.
    pub covers: Vec<String>,
}

impl Policy {
    /// Its effects at a moment, in order.
    #[must_use]
    pub fn effects_on(&self, moment: Moment) -> &[Effect] {
        match moment {
            Moment::Active => &self.link.effects,
            Moment::Ended => &self.cancel.effects,
        }
    }

    /// The ids of every rule that this policy stands for, as a rule or in another form.
    #[must_use]
    pub fn covers(&self) -> Vec<&str> {
        let rules = self.link.rules.iter();
        let of_rules = rules.flat_map(|rule| std::iter::once(&rule.id).chain(&rule.covers));
        let effects = self.link.effects.iter().chain(&self.cancel.effects);
        let parts = [
            self.link.workspaces.as_ref().map(|part| &part.covers),
            self.link.confirmation.as_ref().map(|part| &part.covers),
            self.verification.as_ref().map(|part| &part.covers),
            Some(&self.link.active.covers),
            Some(&self.cancel.covers),
        ];
        let parts = parts.into_iter().flatten();
        let parts = parts
            .chain(effects.map(|effect| &effect.covers))
            .chain(self.forms.iter().map(|form| &form.covers))
            .chain(self.hints.iter().map(|hint| &hint.covers));
        let ids = of_rules.chain(parts.flatten());
        let mut ids: Vec<&str> = ids.map(String::as_str).collect();
        ids.sort_unstable_by_key(|id| by_number(id));
        ids.dedup();
        ids
    }
}

/// `EM-9` comes before `EM-10`.
fn by_number(id: &str) -> (&str, u32) {
    let (letters, number) = id.rsplit_once('-').unwrap_or((id, ""));
    (letters, number.parse().unwrap_or(0))
}
