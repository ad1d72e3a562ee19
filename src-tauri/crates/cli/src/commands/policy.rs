//! Policies: the built-in ones, and a vendor's own in the configuration folder.

use std::path::{Path, PathBuf};

use connection::Folders;
use policy::{FILE_BYTES_MAX, Language, LoadError, Localized, Policy, builtin, builtin_text};
use serde::Serialize;
use views::{Code, Failure};

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
        .find(|file| file.policy().id == id);
    let file = file.ok_or_else(|| {
        let hint = Some("binderyctl policy list lists them.".to_owned());
        Failure::new(Code::NotFound, format!("There is no policy “{id}”"), hint)
    })?;
    output.answer(&picture(&file), || file.text.clone())
}

fn check(path: &Path, output: &Output) -> Result<(), Fault> {
    let text = read(path)?;
    let policy = Policy::parse(&path.display().to_string(), &text)
        .map_err(|errors| Fault::of_file(errors.into_iter().map(Problem::from).collect()))?;
    let file = PolicyFile {
        source: path.display().to_string(),
        text,
        policy: Origin::Own(Box::new(policy)),
    };
    let row = row(&file);
    output.answer(&row, || {
        format!(
            "{} is fine: {} with {} rules",
            row.source,
            row.name,
            row.rules.len()
        )
    })
}

/// A policy with its file.
struct PolicyFile {
    source: String,
    text: String,
    policy: Origin,
}

enum Origin {
    BuiltIn(&'static Policy),
    Own(Box<Policy>),
}

impl PolicyFile {
    fn policy(&self) -> &Policy {
        match &self.policy {
            Origin::BuiltIn(policy) => policy,
            Origin::Own(policy) => policy,
        }
    }
}

/// What there is, and what would be there if its file were not broken.
struct Found {
    policies: Vec<PolicyFile>,
    broken: Vec<Problem>,
}

fn find(folders: &Folders) -> Result<Found, Fault> {
    let built_in = builtin().iter().map(|policy| PolicyFile {
        source: "built-in".to_owned(),
        text: builtin_text(&policy.id).unwrap_or_default().to_owned(),
        policy: Origin::BuiltIn(policy),
    });
    let mut found = Found {
        policies: built_in.collect(),
        broken: Vec::new(),
    };
    for path in own_files(&folders.config().join("policies"))? {
        let source = path.display().to_string();
        let text = read(&path)?;
        match Policy::parse(&source, &text) {
            Ok(policy) => {
                // A vendor's own policy takes the place of the built-in one with its id.
                found.policies.retain(|file| file.policy().id != policy.id);
                let policy = Origin::Own(Box::new(policy));
                found.policies.push(PolicyFile {
                    source,
                    text,
                    policy,
                });
            }
            Err(errors) => found.broken.extend(errors.into_iter().map(Problem::from)),
        }
    }
    Ok(found)
}

/// The policy files of a folder by name; none where there is no folder.
fn own_files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The text of a policy file.
fn read(path: &Path) -> Result<String, Fault> {
    let bytes = read_bytes(path, FILE_BYTES_MAX)?;
    if bytes.len() > FILE_BYTES_MAX {
        // It may be cut in the middle of a letter; the loader says that it is too long.
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|_| {
        let message = format!("{} is no text in UTF-8", path.display());
        Failure::new(Code::Invalid, message, None).into()
    })
}

/// Reads a file no further than it may be long; one byte more shows that it is longer.
pub(super) fn read_bytes(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Fault> {
    use std::io::Read;
    let most = bytes_max as u64 + 1;
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut bytes = Vec::new();
    let read = file.take(most).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => Code::NotFound,
        _ => Code::Invalid,
    };
    Failure::new(
        code,
        format!("{} cannot be read: {error}", path.display()),
        None,
    )
    .into()
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

fn row(file: &PolicyFile) -> Row {
    let policy = file.policy();
    Row {
        id: policy.id.clone(),
        name: policy.name.as_written().en,
        source: file.source.clone(),
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

fn picture(file: &PolicyFile) -> PolicyDocument<'_> {
    let policy = file.policy();
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
        source: &file.source,
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
        text: &file.text,
    }
}
