//! Policies: the built-in ones, and a vendor's own in the configuration folder.

use std::path::Path;

use connection::{Folders, PolicyFile, UnreadablePolicy, own_policies, read_policy};
use policy::{Language, LoadError, Localized, Policy, builtin, builtin_text};
use serde::Serialize;
use views::{Code, Failure};

use super::files::unreadable;
use crate::args::PolicyCommand;
use crate::output::{Fault, Output, Problem};

pub(crate) fn run(command: PolicyCommand, folders: &Folders, output: &Output) -> Result<(), Fault> {
    match command {
        PolicyCommand::List => list(folders, output),
        PolicyCommand::Show { id } => show(folders, &id, output),
        PolicyCommand::Check { file } => check(&file, output),
    }
}

fn list(folders: &Folders, output: &Output) -> Result<(), Fault> {
    let found = find(folders)?;
    let listing = ListDocument {
        policies: found.policies.iter().map(row).collect(),
        broken: &found.broken,
    };
    output.answer(&listing, || {
        let policies = listing.policies.iter().map(|row| {
            let rules = row.rules.join(" ");
            format!("{:<22} {:<40} {rules} · {}", row.id, row.name, row.source)
        });
        let broken = found.broken.iter().map(Problem::to_string);
        policies.chain(broken).collect::<Vec<_>>().join("\n")
    })
}

fn show(folders: &Folders, id: &str, output: &Output) -> Result<(), Fault> {
    let found = find(folders)?;
    let file = found
        .policies
        .into_iter()
        .find(|known| known.policy().id == id);
    let file = file.ok_or_else(|| {
        let hint = Some("binderyctl policy list lists them.".to_owned());
        Failure::new(Code::NotFound, format!("There is no policy “{id}”"), hint)
    })?;
    output.answer(&picture(&file), || file.text.clone())
}

fn check(path: &Path, output: &Output) -> Result<(), Fault> {
    let known = read_policy(path).map_err(|error| unreadable(&error.path, &error.source))?;
    let known = Known::own(known)
        .map_err(|errors| Fault::of_file(errors.into_iter().map(Problem::from).collect()))?;
    let row = row(&known);
    output.answer(&row, || {
        format!(
            "{} is fine: {} with {} rules",
            row.source,
            row.name,
            row.rules.len()
        )
    })
}

/// A policy that is right, with its text.
struct Known {
    source: String,
    text: String,
    policy: Origin,
}

enum Origin {
    BuiltIn(&'static Policy),
    Own(Box<Policy>),
}

impl Known {
    fn built_in(policy: &'static Policy) -> Self {
        Self {
            source: "built-in".to_owned(),
            text: builtin_text(&policy.id).unwrap_or_default().to_owned(),
            policy: Origin::BuiltIn(policy),
        }
    }

    fn own(file: PolicyFile) -> Result<Self, Vec<LoadError>> {
        Ok(Self {
            source: file.path.display().to_string(),
            text: file.text,
            policy: Origin::Own(Box::new(file.policy?)),
        })
    }

    fn policy(&self) -> &Policy {
        match &self.policy {
            Origin::BuiltIn(policy) => policy,
            Origin::Own(policy) => policy,
        }
    }
}

/// What there is, and what would be there if its file were not broken.
struct Found {
    policies: Vec<Known>,
    broken: Vec<Problem>,
}

/// The built-in policies, without those whose place one of the vendor's own takes, then those.
fn find(folders: &Folders) -> Result<Found, Fault> {
    let files = own_policies(folders).map_err(|error| unreadable(&error.path, &error.source))?;
    let mut own = Vec::new();
    let mut broken = Vec::new();
    for file in files {
        match file.map(Known::own) {
            Ok(Ok(known)) => own.push(known),
            Ok(Err(errors)) => broken.extend(errors.into_iter().map(Problem::from)),
            Err(error) => broken.push(error.into()),
        }
    }
    let replaced = |policy: &&Policy| !own.iter().any(|known| known.policy().id == policy.id);
    let built_in = builtin().iter().filter(replaced).map(Known::built_in);
    let mut policies: Vec<_> = built_in.collect();
    policies.append(&mut own);
    Ok(Found { policies, broken })
}

impl From<LoadError> for Problem {
    fn from(error: LoadError) -> Self {
        Self {
            file: error.file,
            line: error.line,
            column: Some(error.column),
            field: None,
            message: error.reason,
        }
    }
}

/// All of the file is to blame, so its beginning is the place.
impl From<UnreadablePolicy> for Problem {
    fn from(error: UnreadablePolicy) -> Self {
        Self {
            file: error.path.display().to_string(),
            line: 1,
            column: None,
            field: None,
            message: format!("it cannot be read: {}", error.source),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListDocument<'a> {
    policies: Vec<Row>,
    broken: &'a [Problem],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    name: String,
    source: String,
    target: &'static str,
    rules: Vec<String>,
}

fn row(known: &Known) -> Row {
    let policy = known.policy();
    Row {
        id: policy.id.clone(),
        name: policy.name.as_written().en,
        source: known.source.clone(),
        target: policy.link.target.word(),
        rules: policy
            .link
            .rules
            .iter()
            .map(|rule| rule.id.clone())
            .collect(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PolicyDocument<'a> {
    id: &'a str,
    name: Words,
    source: &'a str,
    target: &'static str,
    identity: Vec<&'static str>,
    group: &'a str,
    one_target_per_account: bool,
    one_account_per_target: bool,
    active_when: &'a str,
    settings: Vec<SettingDocument<'a>>,
    rules: Vec<RuleDocument<'a>>,
    confirm: Option<&'a str>,
    covers: Vec<&'a str>,
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingDocument<'a> {
    name: &'a str,
    value: String,
    about: Words,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleDocument<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'a str>,
    test: String,
    title: Words,
    message: Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<Words>,
    overridable: bool,
}

#[derive(Serialize)]
struct Words {
    en: String,
    ko: String,
    zh: String,
}

impl From<Localized> for Words {
    fn from(Localized { en, ko, zh }: Localized) -> Self {
        Self { en, ko, zh }
    }
}

fn picture(known: &Known) -> PolicyDocument<'_> {
    let policy = known.policy();
    let settings = policy
        .settings
        .iter()
        .map(|(name, setting)| SettingDocument {
            name,
            value: setting.value.say(Language::English),
            about: setting.about.as_written().into(),
        });
    let rules = policy.link.rules.iter().map(|rule| RuleDocument {
        id: &rule.id,
        when: rule.applies_when(),
        test: rule.test(),
        title: rule.title.as_written().into(),
        message: rule.message.as_written().into(),
        remedy: rule
            .remedy
            .as_ref()
            .map(|remedy| remedy.as_written().into()),
        overridable: rule.overridable,
    });
    PolicyDocument {
        id: &policy.id,
        name: policy.name.as_written().into(),
        source: &known.source,
        target: policy.link.target.word(),
        identity: policy
            .link
            .identity
            .iter()
            .map(|kind| kind.word())
            .collect(),
        group: &policy.link.counted.group,
        one_target_per_account: policy.link.counted.one_target_per_account,
        one_account_per_target: policy.link.counted.one_account_per_target,
        active_when: policy.link.active.condition(),
        settings: settings.collect(),
        rules: rules.collect(),
        confirm: policy.cancel.phrase.as_deref(),
        covers: policy.covers(),
        text: &known.text,
    }
}
