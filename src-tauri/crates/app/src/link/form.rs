//! What was entered, before it is known to be right.

use std::collections::BTreeMap;

use domain::{
    AgreementId, DirectoryId, Email, LicenseArn, Registration, RegistrationToken, TargetKind, Text,
};

use super::asked::{LinkRequest, NewWorkspace, TargetChoice, Wish};
use super::{Brought, LinkError};
use crate::error::FieldProblem;

/// What was entered to link a buyer: texts, as a form or a command line has them.
#[derive(Clone, Debug, Default)]
pub struct LinkForm {
    /// What the buyer brought.
    pub buyer: BuyerEntered,
    /// The target, as `organization:ID`, `new-organization:NAME`, `billing-account:USER` or
    /// `new-billing-account:USER`.
    pub target: String,
    /// Ids of workspaces to bind.
    pub workspaces: Vec<String>,
    /// Ids of workspaces to take from the link.
    pub without_workspaces: Vec<String>,
    /// Workspaces to make.
    pub new_workspaces: Vec<NewWorkspaceEntered>,
    /// Address of the person for whom the link is made.
    pub member: Option<String>,
    /// Answers by attribute.
    pub answers: BTreeMap<String, String>,
    /// Whether the buyer agreed to the vendor's terms.
    pub terms_accepted: bool,
    /// Rules to go on in spite of, with the reason.
    pub overrides: BTreeMap<String, String>,
}

/// What shows who the buyer is.
#[derive(Clone, Debug, Default)]
pub enum BuyerEntered {
    /// Nothing was entered.
    #[default]
    Nothing,
    /// Any text that he may have brought.
    Anything(String),
    /// A registration token.
    Token(RegistrationToken),
    /// What stands for a token that was resolved before.
    Resolved([u8; 32]),
    /// An agreement's id.
    Agreement(String),
    /// A license's ARN.
    License(String),
}

/// A workspace to make.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the meanings stand at NewWorkspace")]
pub struct NewWorkspaceEntered {
    pub name: String,
    pub language: String,
    pub site: String,
}

/// Collects what is wrong.
#[derive(Default)]
struct Problems(Vec<FieldProblem>);

impl Problems {
    fn take<T, E: ToString>(&mut self, field: &'static str, value: Result<T, E>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.push(FieldProblem {
                    field: field.into(),
                    message: error.to_string(),
                });
                None
            }
        }
    }
}

impl LinkForm {
    /// What is asked for, or everything that is wrong with it.
    pub fn check(&self) -> Result<LinkRequest, LinkError> {
        let mut problems = Problems::default();
        let buyer = problems.take("buyer", self.buyer.check());
        let target = problems.take("target", target(&self.target));
        let ids = |problems: &mut Problems, texts: &[String]| -> Vec<DirectoryId> {
            let parsed = texts.iter().map(|text| DirectoryId::parse(text));
            parsed
                .filter_map(|id| problems.take("workspaces", id))
                .collect()
        };
        let workspaces = ids(&mut problems, &self.workspaces);
        let without_workspaces = ids(&mut problems, &self.without_workspaces);
        let member = self
            .member
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let member = member.and_then(|text| problems.take("member", Email::parse(text)));
        let new = self.new_workspaces.iter();
        let new: Vec<_> = new.filter_map(|it| problems.workspace(it)).collect();
        match (buyer, target) {
            (Some(buyer), Some(target)) if problems.0.is_empty() => Ok(LinkRequest {
                buyer,
                wish: Wish {
                    target,
                    workspaces,
                    without_workspaces,
                    new_workspaces: new,
                    member,
                    answers: self.answers(),
                    terms_accepted: self.terms_accepted,
                    overrides: self.overrides.clone(),
                },
            }),
            _ => Err(LinkError::Form(problems.0)),
        }
    }

    /// What was left empty was not answered.
    fn answers(&self) -> BTreeMap<String, String> {
        let given = self
            .answers
            .iter()
            .map(|(key, text)| (key.clone(), text.trim().to_owned()));
        given.filter(|(_, text)| !text.is_empty()).collect()
    }
}

impl Problems {
    fn workspace(&mut self, it: &NewWorkspaceEntered) -> Option<NewWorkspace> {
        let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let name = self.take("workspace.name", Text::parse(&it.name));
        let mut word = |field, text: &str| {
            let given = some(text)?;
            self.take(field, Text::parse(&given))
        };
        let language = word("workspace.language", &it.language);
        let site = word("workspace.site", &it.site);
        Some(NewWorkspace {
            name: name?,
            language,
            site,
        })
    }
}

impl BuyerEntered {
    fn check(&self) -> Result<Brought, String> {
        let said = |error: domain::Invalid| error.to_string();
        match self {
            Self::Nothing => {
                Err("a registration link or token, an agreement or a license".to_owned())
            }
            Self::Anything(text) => Registration::recognize(text)
                .map(Brought::Now)
                .map_err(|error| error.to_string()),
            Self::Token(token) => Ok(Brought::Now(Registration::Token(token.clone()))),
            Self::Resolved(hash) => Ok(Brought::Resolved(*hash)),
            Self::Agreement(id) => AgreementId::parse(id)
                .map(|id| Brought::Now(Registration::Agreement(id)))
                .map_err(said),
            Self::License(arn) => LicenseArn::parse(arn)
                .map(|arn| Brought::Now(Registration::License(arn)))
                .map_err(said),
        }
    }
}

fn target(text: &str) -> Result<TargetChoice, String> {
    let said = |error: domain::Invalid| error.to_string();
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    let existing = |kind| {
        let id = DirectoryId::parse(name).map_err(said)?;
        Ok(TargetChoice::Existing { kind, id })
    };
    match kind.trim() {
        "organization" => existing(TargetKind::Organization),
        "billing-account" => existing(TargetKind::BillingAccount),
        "new-organization" => Text::parse(name).map(TargetChoice::NewOrganization).map_err(said),
        "new-billing-account" => {
            DirectoryId::parse(name).map(TargetChoice::NewBillingAccount).map_err(said)
        }
        _ => Err("organization:ID, new-organization:NAME, billing-account:USER or new-billing-account:USER".to_owned()),
    }
}
