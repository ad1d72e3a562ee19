//! What is asked for and what is said: forms, codes, hints.

use super::Loader;
use super::effect::attribute;
use super::value::{count, owned, span, template, word};
use crate::document::Section;
use crate::policy::{FieldKind, Form, FormField, Hint, HintMoment, Occasion, Verification};
use crate::text::Names;

impl Loader {
    pub(super) fn form(&self, section: &Section<'_, '_>) -> Option<Form> {
        let on = word(section, "on", Occasion::ALL.map(|on| (on.word(), on)));
        let title = self.template(section, "title");
        let note = self.optional_template(section, "note");
        let fields = section.sections("field");
        let fields = fields
            .iter()
            .filter_map(|field| self.field(field))
            .collect();
        let flag = |key| section.boolean(key).unwrap_or(false);
        let (verify, terms, invite) = (flag("verify"), flag("terms"), flag("invite"));
        let covers = owned(section.texts("covers"));
        Some(Form {
            on: on?,
            title: title?,
            note,
            fields,
            verify,
            terms,
            invite,
            covers,
        })
    }

    fn field(&self, section: &Section<'_, '_>) -> Option<FormField> {
        let key = section.required_text("key");
        let known = key
            .as_ref()
            .and_then(|key| attribute(section.document, key));
        let choices = owned(section.texts("choices"));
        let words = [
            ("text", FieldKind::Text),
            ("email", FieldKind::Email),
            ("phone", FieldKind::Phone),
            ("country", FieldKind::Country),
            ("choice", FieldKind::Choice(choices)),
        ];
        let kind = if section.has("kind") {
            word(section, "kind", words)
        } else {
            Some(FieldKind::Text)
        };
        if kind == Some(FieldKind::Choice(Vec::new())) {
            section.problem("a field of kind “choice” needs “choices”");
        }
        let label = self.template(section, "label");
        let hint = self.optional_template(section, "hint");
        let required = section.boolean("required").unwrap_or(true);
        let fixed = section.boolean("fixed").unwrap_or(false);
        known?;
        Some(FormField {
            key: key?.value.to_owned(),
            kind: kind?,
            required,
            fixed,
            label: label?,
            hint,
        })
    }

    pub(super) fn verification(&self, section: &Section<'_, '_>) -> Option<Verification> {
        let names = Names {
            own: &["code", "lifetime"],
            ..self.names()
        };
        let to = section.required_text("to");
        let known = to.as_ref().and_then(|to| attribute(section.document, to));
        section.required("lifetime");
        let lifetime = span(section, "lifetime");
        let subject = template(section, "subject", names);
        let body = template(section, "body", names);
        // Fewer digits are guessed, and more are mistyped.
        let counts = [("digits", 4..=9), ("attempts", 1..=10), ("resends", 1..=10)];
        let counts = counts.map(|(key, within)| {
            section.required(key);
            count(section, key, within)
        });
        let when = self.condition(section, "when", None);
        let covers = owned(section.texts("covers"));
        known?;
        Some(Verification {
            digits: counts[0]?,
            lifetime: lifetime?,
            attempts: counts[1]?,
            resends: counts[2]?,
            to: to?.value.to_owned(),
            when,
            subject: subject?,
            body: body?,
            covers,
        })
    }

    pub(super) fn hint(&self, section: &Section<'_, '_>) -> Option<Hint> {
        let on = word(section, "on", HintMoment::ALL.map(|on| (on.word(), on)));
        let when = self.condition(section, "when", None);
        let text = self.template(section, "text");
        let items = owned(section.texts("items"));
        let support_bundle = section.boolean("support_bundle").unwrap_or(false);
        let covers = owned(section.texts("covers"));
        Some(Hint {
            on: on?,
            when,
            text: text?,
            items,
            support_bundle,
            covers,
        })
    }
}
