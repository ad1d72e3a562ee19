//! What a policy says: to the buyer, by e-mail, and at a point of the wizard.

use std::fmt;
use std::time::Duration;

use super::say_span;
use crate::expression::Condition;
use crate::text::{Filling, Localized, Template};

/// What the buyer is told once linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The message.
    pub text: Template,
    /// Rules this stands for.
    pub covers: Vec<String>,
}

/// Codes sent by e-mail to prove that an address belongs to the person.
#[derive(Debug)]
pub struct Verification {
    /// How many digits a code has.
    pub digits: u32,
    /// How long it is good for.
    pub lifetime: Duration,
    /// How often a code may be entered.
    pub attempts: u32,
    /// How often another one may be sent.
    pub resends: u32,
    /// The address that it goes to, as `billing_account.email`.
    pub to: String,
    pub(crate) when: Option<Condition>,
    /// The subject of the e-mail.
    pub subject: Template,
    /// Its text.
    pub body: Template,
    /// Rules this stands for.
    pub covers: Vec<String>,
}

/// At which point a hint is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HintMoment {
    /// No agreement was found for the account.
    NoAgreement,
    /// An agreement is active and not linked.
    NeedsSetup,
    /// Before a target is chosen.
    Choosing,
    /// Linking failed for a reason that no rule knows.
    Failure,
}

impl HintMoment {
    /// Every point.
    pub const ALL: [Self; 4] = [
        Self::NoAgreement,
        Self::NeedsSetup,
        Self::Choosing,
        Self::Failure,
    ];

    /// Its word in policy files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoAgreement => "no-agreement",
            Self::NeedsSetup => "needs-setup",
            Self::Choosing => "choosing",
            Self::Failure => "failure",
        }
    }
}

/// Something to say at a certain point.
#[derive(Debug)]
pub struct Hint {
    /// At which point.
    pub on: HintMoment,
    pub(crate) when: Option<Condition>,
    /// The words.
    pub text: Template,
    /// Exact names that belong to it, such as permissions to grant.
    pub items: Vec<String>,
    /// Whether a redacted support bundle is offered with it.
    pub support_bundle: bool,
    /// Rules this stands for.
    pub covers: Vec<String>,
}

impl Verification {
    /// The e-mail with a code, for a person.
    pub(crate) fn mail(&self, code: &str, filling: Filling<'_>) -> Mail {
        let own = |language| say_span(self.lifetime, language);
        let mail = |template: &Template| {
            Localized::of(|language| {
                let lifetime = own(language);
                let own = [("code", code), ("lifetime", lifetime.as_str())];
                template.render_with(filling, &own).get(language).to_owned()
            })
        };
        Mail {
            subject: mail(&self.subject),
            body: mail(&self.body),
        }
    }
}

/// An e-mail to a buyer.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its subject.
    pub subject: Localized,
    /// Its text.
    pub body: Localized,
}

impl fmt::Debug for Mail {
    /// Without the text, which holds the code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("subject", &self.subject.en)
            .finish_non_exhaustive()
    }
}
