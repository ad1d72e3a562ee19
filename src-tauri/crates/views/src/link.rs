//! Linking: whose a registration is, what may be chosen, and what a link came to.

use app::Policies;
use app::link::{Executed, Identified, LinkWords, Suggestion, TargetParts};
use app::plan::Words;
use domain::Timestamp;
use policy::{Advice, FieldKind, Form, Language, Policy};
use serde::Serialize;
use specta::Type;
use store::table::link::LinkRecord;

use crate::plan::{CodeSentInfo, InLanguages, VerdictInfo};
use crate::{AgreementRow, LinkInfo, MemberInfo, Millis, WorkspaceInfo};

/// Something that a policy has to say.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AdviceInfo {
    /// The words.
    pub text: String,
    /// Exact names that belong to it, such as permissions to grant.
    pub items: Vec<String>,
    /// Whether a support bundle is offered with it.
    pub support_bundle: bool,
}

impl AdviceInfo {
    fn of(it: &Advice, language: Language) -> Self {
        Self {
            text: it.text.get(language).to_owned(),
            items: it.items.clone(),
            support_bundle: it.support_bundle,
        }
    }

    /// The same, as a plan keeps it.
    pub(crate) fn said(it: &app::plan::Advice, language: Language) -> Self {
        Self {
            text: it.text.get(language).to_owned(),
            items: it.items.clone(),
            support_bundle: it.support_bundle,
        }
    }
}

/// A target that a buyer may mean.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SuggestionInfo {
    /// `organization` or `billing-account`.
    pub kind: String,
    /// The vendor's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why it may be meant.
    pub reason: String,
}

impl From<&Suggestion> for SuggestionInfo {
    fn from(it: &Suggestion) -> Self {
        Self {
            kind: it.kind.word().to_owned(),
            id: it.id.to_string(),
            name: it.name.clone(),
            reason: it.reason.clone(),
        }
    }
}

/// What a text turned out to be, and whose it is.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct IdentifiedInfo {
    /// `token`, `agreement`, `license` or `account`.
    pub what: String,
    /// A registration token as far as it may be shown.
    pub masked: Option<String>,
    /// What stands for the token from here on.
    pub registration: Option<String>,
    /// The buyer's AWS account.
    pub account: Option<String>,
    /// How it is known: `token` or `agreement`.
    pub evidence: Option<String>,
    /// License ARN.
    pub license: Option<String>,
    /// His agreement.
    pub agreement: Option<AgreementRow>,
    /// For an account id: its agreements.
    pub candidates: Vec<AgreementRow>,
    /// The link that there is already.
    pub link: Option<LinkRecordInfo>,
    /// The policy, with its forms.
    pub policy: Option<PolicyInfo>,
    /// What the policy has to say.
    pub advice: Vec<AdviceInfo>,
    /// Targets that may be meant.
    pub suggestions: Vec<SuggestionInfo>,
    /// Set when AWS could not be asked: all this was so at that instant.
    pub offline: Option<Millis>,
}

impl IdentifiedInfo {
    /// A picture of what was found, with the policy that is for it.
    #[must_use]
    pub fn of(it: &Identified, policies: &Policies, language: Language, now: Timestamp) -> Self {
        let buyer = it.found.as_ref().map(|found| &found.buyer);
        let policy = it.policy.as_deref().and_then(|id| policies.get(id));
        let row = |row: &store::table::agreement::AgreementRow| AgreementRow::of(row, now);
        Self {
            what: it.what.to_owned(),
            masked: it.masked.clone(),
            registration: it.registration.as_ref().map(|hash| hex(hash)),
            account: buyer.map(|buyer| buyer.account.to_string()),
            evidence: buyer.map(|buyer| buyer.evidence.word().to_owned()),
            license: buyer.and_then(|buyer| Some(buyer.license.as_ref()?.to_string())),
            agreement: it.agreement.as_ref().map(row),
            candidates: it.candidates.iter().map(row).collect(),
            link: it.link.as_ref().map(LinkRecordInfo::from),
            policy: policy.map(|policy| PolicyInfo::of(policy, language)),
            advice: it
                .advice
                .iter()
                .map(|it| AdviceInfo::of(it, language))
                .collect(),
            suggestions: it.suggestions.iter().map(SuggestionInfo::from).collect(),
            offline: it
                .found
                .as_ref()
                .and_then(|found| found.offline)
                .map(crate::millis),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash that a text of 64 hexadecimal digits stands for.
#[must_use]
pub fn registration(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// A policy, as far as the wizard follows it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolicyInfo {
    /// Its id.
    pub id: String,
    /// What the vendor calls it.
    pub name: String,
    /// `organization` or `billing-account`.
    pub target: String,
    /// Whether workspaces are bound with the target.
    pub workspaces: bool,
    /// What is asked for, occasion by occasion.
    pub forms: Vec<FormInfo>,
    /// The limits of the codes that it has sent by e-mail.
    pub codes: CodeLimits,
}

/// The limits of codes sent by e-mail.
#[derive(Clone, Copy, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CodeLimits {
    /// How many digits a code has.
    pub digits: u32,
    /// How often a code may be entered.
    pub attempts: u32,
    /// How often another one may be sent.
    pub resends: u32,
}

/// What is asked for on one occasion.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FormInfo {
    /// The occasion's word, such as `new-organization`.
    pub on: String,
    /// Its heading.
    pub title: String,
    /// What to know before filling it in.
    pub note: Option<String>,
    /// What is asked for, in order.
    pub fields: Vec<FormFieldInfo>,
    /// Whether a code sent by e-mail is asked for.
    pub verify: bool,
    /// Whether the buyer must agree to the vendor's terms.
    pub terms: bool,
    /// Whether the person is invited and sets the password alone.
    pub invite: bool,
}

/// One question of a form.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FormFieldInfo {
    /// The attribute that it fills, such as `workspace.language`.
    pub key: String,
    /// `text`, `email`, `phone`, `country` or `choice`.
    pub kind: String,
    /// For a choice: what may be chosen.
    pub choices: Vec<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it can never be changed once the thing exists.
    pub fixed: bool,
    /// What it is called.
    pub label: String,
    /// What to know about it.
    pub hint: Option<String>,
}

impl PolicyInfo {
    /// A policy, in a language.
    #[must_use]
    pub fn of(policy: &Policy, language: Language) -> Self {
        Self {
            id: policy.id.clone(),
            name: policy.name.as_written().get(language).to_owned(),
            target: policy.link.target.word().to_owned(),
            workspaces: policy.link.workspaces.is_some(),
            forms: policy
                .forms
                .iter()
                .map(|form| FormInfo::of(form, language))
                .collect(),
            codes: CodeLimits::of(policy),
        }
    }
}

impl CodeLimits {
    fn of(policy: &Policy) -> Self {
        let limits = app::link::CodeLimits::of(policy);
        Self {
            digits: limits.digits,
            attempts: limits.attempts,
            resends: limits.resends,
        }
    }
}

impl FormInfo {
    fn of(form: &Form, language: Language) -> Self {
        let say = |template: &policy::Template| template.as_written().get(language).to_owned();
        let fields = form.fields.iter().map(|field| {
            let (kind, choices) = match &field.kind {
                FieldKind::Text => ("text", Vec::new()),
                FieldKind::Email => ("email", Vec::new()),
                FieldKind::Phone => ("phone", Vec::new()),
                FieldKind::Country => ("country", Vec::new()),
                FieldKind::Choice(choices) => ("choice", choices.clone()),
            };
            FormFieldInfo {
                key: field.key.clone(),
                kind: kind.to_owned(),
                choices,
                required: field.required,
                fixed: field.fixed,
                label: say(&field.label),
                hint: field.hint.as_ref().map(say),
            }
        });
        Self {
            on: form.on.word().to_owned(),
            title: say(&form.title),
            note: form.note.as_ref().map(say),
            fields: fields.collect(),
            verify: form.verify,
            terms: form.terms,
            invite: form.invite,
        }
    }
}

/// A link with all that the ledger knows of it.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LinkRecordInfo {
    /// The agreement.
    pub agreement: String,
    /// The first agreement of its chain of renewals.
    pub chain: String,
    /// License ARN.
    pub license: Option<String>,
    /// The buyer's AWS account.
    pub account: Option<String>,
    /// State and target.
    #[serde(flatten)]
    pub link: LinkInfo,
    /// Workspaces that are bound with it.
    pub workspaces: Vec<String>,
    /// The policy's id.
    pub policy: Option<String>,
    /// The plan it was made by.
    pub plan: Option<String>,
    /// The person for whom it was made.
    pub member: Option<String>,
    /// Why it stands where it stands.
    pub reason: Option<String>,
}

impl From<&LinkRecord> for LinkRecordInfo {
    fn from(it: &LinkRecord) -> Self {
        Self {
            agreement: it.link.agreement.to_string(),
            chain: it.chain.clone(),
            license: it.link.license.as_ref().map(ToString::to_string),
            account: it.account.clone(),
            link: LinkInfo::from(&it.link),
            workspaces: it.link.workspaces.iter().map(ToString::to_string).collect(),
            policy: it.policy.clone(),
            plan: it.plan.clone(),
            member: it.member.clone(),
            reason: it.reason.clone(),
        }
    }
}

/// A link with what is to be said about it, and how it came to be.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LinkDetail {
    /// The link as it is now.
    pub link: LinkRecordInfo,
    /// For the buyer, ready to copy, once it is in force.
    pub confirmation: Option<InLanguages>,
    /// What is waited for, until then.
    pub waiting: Option<InLanguages>,
    /// What refused it.
    pub refusals: Vec<VerdictInfo>,
    /// How it stood before, newest first.
    pub history: Vec<LinkRecordInfo>,
}

impl LinkDetail {
    /// A link, its words and its history; the history begins with the link itself.
    #[must_use]
    pub fn of(history: &[LinkRecord], words: &LinkWords, language: Language) -> Option<Self> {
        let (link, before) = history.split_first()?;
        let say = |words: &Option<Words>| words.as_ref().map(InLanguages::from);
        Some(Self {
            link: link.into(),
            confirmation: say(&words.confirmation),
            waiting: say(&words.waiting),
            refusals: words
                .refusals
                .iter()
                .map(|it| VerdictInfo::of(it, language))
                .collect(),
            history: before.iter().map(LinkRecordInfo::from).collect(),
        })
    }
}

/// What carrying out a plan came to.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExecutedInfo {
    /// `awaiting-verification` when codes were sent, `queued` when AWS cannot be asked, else the state
    /// of the link.
    pub state: String,
    /// The link that was made.
    pub link: Option<LinkRecordInfo>,
    /// Codes that were sent.
    pub codes: Vec<CodeSentInfo>,
    /// For the buyer, ready to copy.
    pub confirmation: Option<InLanguages>,
    /// What is waited for.
    pub waiting: Option<InLanguages>,
}

impl ExecutedInfo {
    /// What it came to, with what is to be said about the link.
    #[must_use]
    pub fn of(executed: &Executed, words: &LinkWords) -> Self {
        let say = |words: &Option<Words>| words.as_ref().map(InLanguages::from);
        let (state, link, codes) = match executed {
            Executed::CodesSent(codes) => ("awaiting-verification", None, codes.as_slice()),
            Executed::Queued => ("queued", None, &[][..]),
            Executed::Linked(link) => (link.link.state.word(), Some(link), &[][..]),
        };
        Self {
            state: state.to_owned(),
            link: link.map(|link| LinkRecordInfo::from(&**link)),
            codes: codes.iter().map(CodeSentInfo::from).collect(),
            confirmation: say(&words.confirmation),
            waiting: say(&words.waiting),
        }
    }
}

/// A target that may be chosen.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TargetOption {
    /// The vendor's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Something that tells it apart, such as its plan.
    pub detail: String,
}

impl From<(domain::DirectoryId, String, String)> for TargetOption {
    fn from((id, name, detail): (domain::DirectoryId, String, String)) -> Self {
        let id = id.to_string();
        Self { id, name, detail }
    }
}

/// What may be chosen at a target.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TargetPartsInfo {
    /// People, by address.
    pub members: Vec<MemberInfo>,
    /// Workspaces, by id.
    pub workspaces: Vec<WorkspaceInfo>,
}

impl From<TargetParts> for TargetPartsInfo {
    fn from(parts: TargetParts) -> Self {
        Self {
            members: parts.members.iter().map(MemberInfo::from).collect(),
            workspaces: parts.workspaces.iter().map(WorkspaceInfo::from).collect(),
        }
    }
}
