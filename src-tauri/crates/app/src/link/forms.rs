//! The policy's forms: which of them a case fills in, and whether the answers are right.

use std::borrow::Cow;

use domain::{Email, TargetKind};
use policy::{FieldKind, Form, FormField, Occasion, Policy};

use super::asked::{ANSWER_CHARS_MAX, NewWorkspace, TargetChoice, Wish};
use super::case::MemberFound;
use crate::error::FieldProblem;

/// The forms that a wish fills in, in the order of the wizard.
pub(crate) fn occasions(wish: &Wish, member: &MemberFound) -> Vec<Occasion> {
    let new_member = matches!(member, MemberFound::New(_));
    let mut occasions = vec![match (&wish.target, wish.target.kind()) {
        (TargetChoice::NewOrganization(_), _) => Occasion::NewOrganization,
        (TargetChoice::NewBillingAccount(_), _) => Occasion::NewBillingAccount,
        (_, TargetKind::Organization) => Occasion::ExistingOrganization,
        (_, TargetKind::BillingAccount) => Occasion::ExistingBillingAccount,
    }];
    // Whoever registers a billing account registers its user and first workspace with it.
    let registers = matches!(wish.target, TargetChoice::NewBillingAccount(_));
    if wish.target.kind() == TargetKind::Organization {
        occasions.extend(new_member.then_some(Occasion::NewMember));
    } else if !registers && !wish.new_workspaces.is_empty() {
        occasions.push(if new_member {
            Occasion::NewWorkspaceAndUser
        } else {
            Occasion::NewWorkspace
        });
    }
    let binds = !wish.workspaces.is_empty();
    occasions.extend(binds.then_some(Occasion::ExistingWorkspaces));
    occasions
}

/// The policy's forms for these occasions.
pub(crate) fn forms<'p>(
    policy: &'p Policy,
    occasions: &'p [Occasion],
) -> impl Iterator<Item = &'p Form> {
    occasions
        .iter()
        .filter_map(|on| policy.forms.iter().find(|form| form.on == *on))
}

/// Everything that is wrong with the answers; at the field that is to blame.
pub(crate) fn problems(policy: &Policy, occasions: &[Occasion], wish: &Wish) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut note = |field: &str, message: String| {
        let field = Cow::Owned(field.to_owned());
        let known = problems.iter().any(|it: &FieldProblem| it.field == field);
        if !known {
            problems.push(FieldProblem { field, message });
        }
    };
    let in_play: Vec<&Form> = forms(policy, occasions).collect();
    for form in &in_play {
        for field in &form.fields {
            for given in given(field, wish) {
                match given
                    .as_deref()
                    .map(str::trim)
                    .filter(|text| !text.is_empty())
                {
                    None if field.required => {
                        let label = &field.label.as_written().en;
                        note(&field.key, format!("{label} is missing"));
                    }
                    None => {}
                    Some(text) => {
                        if let Err(message) = fits(field, text) {
                            note(&field.key, message);
                        }
                    }
                }
            }
        }
        if form.terms && !wish.terms_accepted {
            note(
                "terms",
                "The buyer has to agree to the vendor's terms".to_owned(),
            );
        }
    }
    for key in wish.answers.keys() {
        let asked = in_play
            .iter()
            .any(|form| form.fields.iter().any(|field| field.key == *key));
        if !asked && !is_attribute(key) {
            note(key, format!("there is nothing called {key} to set"));
        }
    }
    for (key, answer) in &wish.answers {
        if answer.chars().count() > ANSWER_CHARS_MAX || answer.contains(char::is_control) {
            note(
                key,
                format!("a text of one line with at most {ANSWER_CHARS_MAX} characters"),
            );
        }
    }
    problems
}

/// Whether a path names something of the vendor's directory.
fn is_attribute(path: &str) -> bool {
    let Some((scope, name)) = path.split_once('.') else {
        return false;
    };
    let scope = policy::catalogue::record(scope).or_else(|| policy::catalogue::item(scope));
    scope
        .and_then(|scope| scope.field(name))
        .is_some_and(|field| field.attribute)
}

/// What was given for a field: an answer, or what the wish says anyway; once for each new workspace.
fn given(field: &FormField, wish: &Wish) -> Vec<Option<String>> {
    let answer = wish.answers.get(&field.key).cloned();
    let of_workspaces = |get: fn(&NewWorkspace) -> Option<String>| -> Vec<Option<String>> {
        if wish.new_workspaces.is_empty() {
            return vec![answer.clone()];
        }
        wish.new_workspaces.iter().map(get).collect()
    };
    match field.key.as_str() {
        "workspace.name" => of_workspaces(|it| Some(it.name.to_string())),
        "workspace.language" => of_workspaces(|it| it.language.as_ref().map(ToString::to_string)),
        "workspace.site" => of_workspaces(|it| it.site.as_ref().map(ToString::to_string)),
        "member.email" => vec![wish.member.as_ref().map(ToString::to_string)],
        "organization.name" => match &wish.target {
            TargetChoice::NewOrganization(name) => vec![Some(name.to_string())],
            _ => vec![answer],
        },
        "billing_account.user_name" => match &wish.target {
            TargetChoice::NewBillingAccount(user) => vec![Some(user.to_string())],
            TargetChoice::Existing { id, .. } => vec![Some(id.to_string())],
            TargetChoice::NewOrganization(_) => vec![answer],
        },
        _ => vec![answer],
    }
}

fn fits(field: &FormField, text: &str) -> Result<(), String> {
    match &field.kind {
        FieldKind::Text => Ok(()),
        FieldKind::Email => match Email::parse(text) {
            Ok(_) => Ok(()),
            Err(_) => Err("this is no e-mail address".to_owned()),
        },
        FieldKind::Phone => {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let of_number = |letter: char| letter.is_ascii_digit() || "+-() /.".contains(letter);
            let fits = text.chars().all(of_number) && (5..=20).contains(&digits);
            fits.then_some(())
                .ok_or_else(|| "this is no telephone number".to_owned())
        }
        FieldKind::Country => {
            let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
            fits.then_some(()).ok_or_else(|| {
                "a country is written with two capital letters, such as KR".to_owned()
            })
        }
        FieldKind::Choice(choices) => {
            let fits = choices.iter().any(|choice| choice == text);
            fits.then_some(())
                .ok_or_else(|| format!("one of {}", choices.join(", ")))
        }
    }
}
