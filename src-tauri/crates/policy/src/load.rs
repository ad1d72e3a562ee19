//! From a policy file to a [`Policy`], or to everything that is wrong with the file.

mod effect;
mod form;
mod rule;
mod value;

use domain::{Pricing, TargetKind};
use toml::de::DeTable;

use crate::catalogue::Scope;
use crate::document::{Document, LoadError, Section};
use crate::expression::Condition;
use crate::policy::{
    Activation, CancelPolicy, Confirmation, Counted, Identity, LinkPolicy, ListingMatch, Moment,
    Policy, Rule, SettingValue, Settings, Workspaces,
};
use crate::text::{Names, Template, waiting_for_aws};
use crate::types::SettingTypes;
use rule::refuse_common_ids;
use value::{count, one_of, optional_template, owned, settings, template, word};

/// Largest policy file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1024;
/// What the ids of the rules begin with that hold for every policy.
pub const COMMON_PREFIX: &str = "BASE-";
/// Longest length of time in a policy, in days.
pub const SPAN_DAYS_MAX: u64 = 3_650;

impl Policy {
    /// Reads a policy file. `file` is how messages call it. Everything that is wrong is told at once.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<LoadError>> {
        read(file, text, |load, top| load.policy(top))
    }
}

/// Reads the rules that hold whatever the policy.
pub(crate) fn common_rules(file: &str, text: &str) -> Result<Vec<Rule>, Vec<LoadError>> {
    read(file, text, |load, top| Some(load.rules(top)))
}

fn read<T>(
    file: &str,
    text: &str,
    build: impl FnOnce(&Loader, &Section<'_, '_>) -> Option<T>,
) -> Result<T, Vec<LoadError>> {
    let document = Document::new(file, text);
    if text.len() > FILE_BYTES_MAX {
        document.problem(0, format_args!("larger than {FILE_BYTES_MAX} bytes"));
        return Err(document.into_problems());
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        document.problem(at, format_args!("is no TOML: {}", error.message()));
    }
    if !errors.is_empty() {
        // What the parser made of a broken file would only lead to misleading complaints.
        return Err(document.into_problems());
    }
    let whole = {
        let top = Section::new(&document, table.get_ref(), 0..0);
        let settings = settings(&top);
        let types = settings
            .iter()
            .map(|(name, setting)| (name.clone(), setting.value.yields()));
        let load = Loader {
            types: types.collect(),
            settings,
        };
        build(&load, &top)
    };
    let problems = document.into_problems();
    match whole {
        Some(whole) if problems.is_empty() => Ok(whole),
        _ => Err(problems),
    }
}

/// What reading the rest of a file needs to know of it.
struct Loader {
    settings: Settings,
    types: SettingTypes,
}

impl Loader {
    fn names(&self) -> Names<'_> {
        Names {
            settings: Some(&self.settings),
            ..Names::default()
        }
    }

    fn template(&self, section: &Section<'_, '_>, key: &'static str) -> Option<Template> {
        template(section, key, self.names())
    }

    fn optional_template(&self, section: &Section<'_, '_>, key: &'static str) -> Option<Template> {
        optional_template(section, key, self.names())
    }

    fn condition(
        &self,
        section: &Section<'_, '_>,
        key: &'static str,
        item: Option<&'static Scope>,
    ) -> Option<Condition> {
        let written = section.text(key)?;
        match Condition::compile(written.value, &self.types, item) {
            Ok(condition) => Some(condition),
            Err(mistakes) => {
                for mistake in mistakes {
                    let reason = about(key, &mistake.reason);
                    section
                        .document
                        .problem_inside(&written, mistake.offset, reason);
                }
                None
            }
        }
    }

    fn policy(&self, top: &Section<'_, '_>) -> Option<Policy> {
        let id = top.required_text("id");
        if let Some(id) = &id
            && !is_id(id.value)
        {
            let reason = "an id has small letters, digits and hyphens, and at most 64 of them";
            top.document.problem(id.span.start, reason);
        }
        let name = template(top, "name", Names::default());
        let listing = listing(top);
        let link = self.link(top, id.as_ref().map_or("", |id| id.value));
        let forms = top
            .sections("form")
            .iter()
            .filter_map(|form| self.form(form))
            .collect();
        let hints = top
            .sections("hint")
            .iter()
            .filter_map(|hint| self.hint(hint))
            .collect();
        let verification = top
            .section("verification")
            .map(|section| self.verification(&section));
        let cancel = top.section("cancel").map(|section| self.cancel(&section));
        Some(Policy {
            id: id?.value.to_owned(),
            name: name?,
            listing: listing?,
            settings: self.settings.clone(),
            link: link?,
            forms,
            verification: match verification {
                Some(verification) => Some(verification?),
                None => None,
            },
            hints,
            cancel: cancel.unwrap_or(CancelPolicy {
                phrase: None,
                effects: Vec::new(),
                covers: Vec::new(),
            }),
        })
    }

    fn link(&self, top: &Section<'_, '_>, id: &str) -> Option<LinkPolicy> {
        top.required("link");
        let section = top.section("link")?;
        let kinds = [TargetKind::Organization, TargetKind::BillingAccount];
        let target = word(&section, "target", kinds.map(|kind| (kind.word(), kind)));
        let workspaces = section.section("workspaces").map(|section| Workspaces {
            least: count(&section, "least", 0..=1_000).unwrap_or(0),
            changeable: section.boolean("changeable").unwrap_or(false),
            covers: owned(section.texts("covers")),
        });
        let identity = identity(&section);
        let creator_role = section
            .text("creator_role")
            .map(|written| written.value.to_owned());
        let counted = self.counted(&section, id);
        let active = self.active(&section);
        refuse_common_ids(&section);
        let rules = self.rules(&section);
        let effects = section.sections("effect");
        let effects = effects
            .iter()
            .filter_map(|effect| self.effect(effect, Moment::Active))
            .collect();
        let confirmation = section.section("confirmation").map(|section| {
            let covers = owned(section.texts("covers"));
            let text = self.template(&section, "text");
            text.map(|text| Confirmation { text, covers })
        });
        Some(LinkPolicy {
            target: target?,
            workspaces,
            counted: counted?,
            identity,
            creator_role: creator_role.unwrap_or_else(|| CREATOR_ROLE.to_owned()),
            active: active?,
            rules,
            effects,
            confirmation: confirmation.flatten(),
        })
    }

    /// Without the section, links of this policy alone are counted, and there may be many.
    fn counted(&self, link: &Section<'_, '_>, id: &str) -> Option<Counted> {
        let Some(section) = link.section("counted") else {
            return Some(Counted {
                group: id.to_owned(),
                one_target_per_account: false,
                one_account_per_target: false,
            });
        };
        let group = section.text("group");
        let one_target = self.switch(&section, "one_target_per_account");
        let one_account = self.switch(&section, "one_account_per_target");
        Some(Counted {
            group: group.map_or(id, |group| group.value).to_owned(),
            one_target_per_account: one_target?,
            one_account_per_target: one_account?,
        })
    }

    /// True, false, or the setting that says so.
    fn switch(&self, section: &Section<'_, '_>, key: &'static str) -> Option<bool> {
        section.required(key);
        match section.scalar(key)? {
            SettingValue::Bool(value) => return Some(value),
            SettingValue::Text(text) => {
                let setting = text.strip_prefix("settings.");
                let setting = setting.and_then(|name| self.settings.get(name));
                if let Some(SettingValue::Bool(value)) = setting.map(|setting| &setting.value) {
                    return Some(*value);
                }
            }
            _ => {}
        }
        section.problem(format_args!(
            "“{key}” must be true, false or the name of such a setting"
        ));
        None
    }

    fn active(&self, link: &Section<'_, '_>) -> Option<Activation> {
        link.required("active_when");
        let when = self.condition(link, "active_when", None);
        let own = link.section("waiting").map(|section| {
            let covers = owned(section.texts("covers"));
            (self.template(&section, "text"), covers)
        });
        let (waiting, covers) = own.unwrap_or_else(|| {
            let waiting = Template::of_words(waiting_for_aws());
            (Some(waiting), Vec::new())
        });
        Some(Activation {
            when: when?,
            waiting: waiting?,
            covers,
        })
    }

    fn cancel(&self, section: &Section<'_, '_>) -> CancelPolicy {
        let phrase = section
            .text("confirm")
            .map(|phrase| phrase.value.to_owned());
        let effects = section.sections("effect");
        CancelPolicy {
            phrase,
            effects: effects
                .iter()
                .filter_map(|effect| self.effect(effect, Moment::Ended))
                .collect(),
            covers: owned(section.texts("covers")),
        }
    }
}

fn listing(top: &Section<'_, '_>) -> Option<ListingMatch> {
    top.required("listing");
    let section = top.section("listing")?;
    let listing = ListingMatch {
        products: owned(section.texts("product")),
        codes: owned(section.texts("code")),
        titles: owned(section.texts("title")),
        pricing: section
            .has("pricing")
            .then(|| word(&section, "pricing", PRICINGS))
            .flatten(),
    };
    if listing.products.is_empty() && listing.codes.is_empty() && listing.titles.is_empty() {
        section.problem("name the listing by “product”, “code” or “title”");
    }
    Some(listing)
}

const PRICINGS: [(&str, Pricing); 3] = [
    ("usage", Pricing::Usage),
    ("contract", Pricing::Contract),
    ("contract-with-usage", Pricing::ContractWithUsage),
];

/// The role of whoever a new organization is made for, where the policy names none.
const CREATOR_ROLE: &str = "owner";

/// Every kind of evidence where the policy names none.
fn identity(link: &Section<'_, '_>) -> Vec<Identity> {
    if !link.has("identity") {
        return Identity::ALL.to_vec();
    }
    let named = link.texts("identity").into_iter().filter_map(|written| {
        let words = Identity::ALL.map(|identity| (identity.word(), identity));
        one_of(link.document, &written, words)
    });
    let named: Vec<Identity> = named.collect();
    if named.is_empty() {
        link.problem("“identity” names nothing that shows who the buyer is");
    }
    named
}

fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

/// A reason behind the name of the key that it is about.
fn about(key: &str, reason: &str) -> String {
    let goes_on = ["is ", "yields "]
        .iter()
        .any(|verb| reason.starts_with(verb));
    let colon = if goes_on { "" } else { ":" };
    format!("“{key}”{colon} {reason}")
}
