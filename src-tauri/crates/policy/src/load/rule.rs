//! Rules.

use std::collections::BTreeSet;

use super::effect::item;
use super::value::{optional_template, owned, template};
use super::{COMMON_PREFIX, Loader};
use crate::catalogue::{self, Scope, nearest};
use crate::document::{Document, Section, Written};
use crate::policy::{Rule, Test};
use crate::text::{Names, Template, untitled};
use crate::types::{Origin, Reference};

impl Loader {
    pub(super) fn rules(&self, section: &Section<'_, '_>) -> Vec<Rule> {
        let mut ids = BTreeSet::new();
        let rules = section.sections("rule");
        let rules = rules.iter().filter_map(|rule| self.rule(rule, &mut ids));
        rules.collect()
    }

    fn rule(&self, section: &Section<'_, '_>, ids: &mut BTreeSet<String>) -> Option<Rule> {
        let id = section.required_text("id");
        if let Some(id) = &id
            && !ids.insert(id.value.to_owned())
        {
            let reason = format!("there is another rule “{}”", id.value);
            section.document.problem(id.span.start, reason);
        }
        let when = self.condition(section, "when", None);
        let (test, item) = self.test(section);
        let names = Names {
            item,
            ..self.names()
        };
        let title = optional_template(section, "title", self.names());
        let message = template(section, "message", names);
        let remedy = optional_template(section, "remedy", names);
        let to_buyer = optional_template(section, "to_buyer", names);
        let overridable = section.boolean("overridable").unwrap_or(false);
        let evidence = section.texts("evidence");
        let evidence = evidence
            .iter()
            .filter_map(|path| reference(section.document, path, item))
            .collect();
        let covers = owned(section.texts("covers"));
        let id = id?.value.to_owned();
        Some(Rule {
            title: title.unwrap_or_else(|| Template::of_words(untitled(&id))),
            id,
            when,
            test: test?,
            evidence,
            message: message?,
            remedy,
            to_buyer,
            overridable,
            covers,
        })
    }

    fn test(&self, section: &Section<'_, '_>) -> (Option<Test>, Option<&'static Scope>) {
        if section.has("none_of") {
            let Some(scope) = item(section, "none_of") else {
                let _ = section.text("where");
                return (None, None);
            };
            section.required("where");
            let condition = self.condition(section, "where", Some(scope));
            return (
                condition.map(|condition| Test::NoneOf(scope, condition)),
                Some(scope),
            );
        }
        if !section.has("require") {
            section.problem("“require” is missing, or “none_of” with “where”");
        }
        let condition = self.condition(section, "require", None);
        (condition.map(Test::Require), None)
    }
}

/// The rules that hold for every policy cannot be replaced by a policy.
pub(super) fn refuse_common_ids(link: &Section<'_, '_>) {
    for id in link
        .texts_of("rule", "id")
        .iter()
        .filter(|id| id.value.starts_with(COMMON_PREFIX))
    {
        let reason =
            format!("rules “{COMMON_PREFIX}…” hold for every policy and are not written in one");
        link.document.problem(id.span.start, reason);
    }
}

/// A fact that a rule shows as evidence: of a record, or of the item that the rule looks at.
fn reference(
    document: &Document<'_>,
    path: &Written<'_>,
    item: Option<&'static Scope>,
) -> Option<Reference> {
    let found = catalogue::field(path.value)
        .filter(|(scope, _)| scope.list.is_none() || item == Some(*scope));
    if found.is_none() {
        let meant = nearest(path.value, catalogue::paths());
        let meant = meant
            .map(|meant| format!("; did you mean “{meant}”?"))
            .unwrap_or_default();
        document.problem(
            path.span.start,
            format_args!("there is no fact “{}”{meant}", path.value),
        );
    }
    found.map(|(scope, field)| Reference {
        scope,
        field: Some(field),
        origin: if scope.list.is_some() {
            Origin::Item
        } else {
            Origin::Record
        },
    })
}
