//! Effects, and the things and attributes that they change.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Loader;
use super::value::{one_of, optional_template, owned, span, word};
use crate::catalogue::{self, Kind, Scope, nearest};
use crate::document::{Document, Entry, Section, Written};
use crate::policy::{Action, Assignment, Effect, Moment, Setting, SettingValue};
use crate::text::{Names, Template};

impl Loader {
    pub(super) fn effect(&self, section: &Section<'_, '_>, on: Moment) -> Option<Effect> {
        // The section says when already; a file may say it again, but not otherwise.
        if section.has("on") {
            word(section, "on", [(on.word(), on)]);
        }
        let verbs = ["set", "stop", "delete", "lock", "keep"];
        let given: Vec<&'static str> = verbs.into_iter().filter(|verb| section.has(verb)).collect();
        let action = match given[..] {
            ["set"] => self.assignments(section).map(Action::Set),
            ["stop"] => item_with_state(section, "stop").map(Action::Stop),
            ["delete"] => item(section, "delete").map(Action::Delete),
            ["lock"] => item_with_state(section, "lock").map(Action::Lock),
            ["keep"] => item(section, "keep").map(|scope| keep(section, scope)),
            _ => {
                section.problem(format_args!("an effect is one of {}", verbs.join(", ")));
                None
            }
        };
        let item = action
            .as_ref()
            .and_then(Action::scope)
            .filter(|scope| scope.list.is_some());
        let applies = match &action {
            Some(_) => self.condition(section, "where", item),
            None => section.text("where").and(None),
        };
        let after = match section.text("after") {
            Some(written) if written.value.starts_with("settings.") => {
                self.span_setting(section, &written)
            }
            Some(_) => span(section, "after"),
            None => None,
        };
        let names = Names {
            item,
            ..self.names()
        };
        let effect = Effect {
            applies,
            after,
            called_off_by_relinking: section.boolean("called_off_by_relinking").unwrap_or(false),
            says: optional_template(section, "says", names),
            covers: owned(section.texts("covers")),
            action: action?,
        };
        Some(effect)
    }

    fn span_setting(&self, section: &Section<'_, '_>, written: &Written<'_>) -> Option<Duration> {
        let name = written.value.strip_prefix("settings.").unwrap_or_default();
        if let Some(Setting {
            value: SettingValue::Span(span),
            ..
        }) = self.settings.get(name)
        {
            return Some(*span);
        }
        let reason = format!("“{}” is no setting with a duration", written.value);
        section.document.problem(written.span.start, reason);
        None
    }

    fn assignments(&self, section: &Section<'_, '_>) -> Option<Vec<Assignment>> {
        let document = section.document;
        let mut scopes = BTreeSet::new();
        let mut assignments = Vec::new();
        for (path, entry) in section.section("set")?.entries() {
            let Some((scope, field)) = attribute(document, &path) else {
                continue;
            };
            scopes.insert(scope.name);
            let Entry::Text(value) = entry else {
                document.problem(
                    path.span.start,
                    format_args!("“{}” is set to a text", path.value),
                );
                continue;
            };
            let names = Names {
                item: scope.list.is_some().then_some(scope),
                ..self.names()
            };
            assignments.push(Assignment {
                scope,
                field,
                value: Template::plain(document, &value, names),
            });
        }
        if scopes.len() > 1 {
            section.problem("one effect sets attributes of one thing; write one for each");
        }
        (!assignments.is_empty()).then_some(assignments)
    }
}

fn item_with_state(section: &Section<'_, '_>, key: &'static str) -> Option<&'static Scope> {
    let lists = catalogue::SCOPES
        .iter()
        .filter(|scope| scope.list.is_some());
    let with_state =
        lists.filter(|scope| scope.field("state").is_some_and(|state| state.attribute));
    word(section, key, with_state.map(|scope| (scope.name, scope)))
}

fn keep(section: &Section<'_, '_>, scope: &'static Scope) -> Action {
    let until = section.text("until").and_then(|written| {
        let times = scope.fields.iter().filter(|field| field.kind == Kind::Time);
        one_of(
            section.document,
            &written,
            times.map(|field| (field.name, field)),
        )
    });
    Action::Keep(scope, until)
}

/// The list whose items a key names, as `deployment`.
pub(super) fn item(section: &Section<'_, '_>, key: &'static str) -> Option<&'static Scope> {
    let lists = catalogue::SCOPES
        .iter()
        .filter(|scope| scope.list.is_some());
    word(section, key, lists.map(|scope| (scope.name, scope)))
}

/// An attribute of the vendor's directory, such as `workspace.site`.
pub(super) fn attribute(
    document: &Document<'_>,
    path: &Written<'_>,
) -> Option<(&'static Scope, &'static catalogue::Field)> {
    let found = catalogue::field(path.value).filter(|(_, field)| field.attribute);
    if found.is_none() {
        let attributes = catalogue::paths()
            .filter(|path| catalogue::field(path).is_some_and(|(_, field)| field.attribute));
        let meant =
            nearest(path.value, attributes).map(|meant| format!("; did you mean “{meant}”?"));
        let meant = meant.unwrap_or_default();
        document.problem(
            path.span.start,
            format_args!("there is no attribute “{}”{meant}", path.value),
        );
    }
    found
}
