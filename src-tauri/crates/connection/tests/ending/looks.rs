//! What there is to be seen after something was planned or carried out, in words.

use app::audit::AuditCheck;
use app::plan::{Plan, Step};
use app::{Failure, FailureKind};
use domain::{AgreementId, DirectoryId, Timestamp};
use store::table::audit::{Entry, Phase};
use store::table::due_effect::DueEffect;
use store::table::link::LinkRecord;

use crate::story::Story;

impl Story {
    /// The requests to cancel an agreement that this program knows of, newest first, by status.
    pub(crate) fn requests(&self, agreement: &str) -> Vec<String> {
        let id = AgreementId::parse(agreement).unwrap();
        let all = self
            .connection
            .store()
            .read(|read| read.cancellations_of(&id));
        let all = all.unwrap();
        all.iter()
            .map(|it| it.status.as_wire().to_owned())
            .collect()
    }

    /// Company and address of the contact.
    pub(crate) fn buyer(&self, agreement: &str) -> (Option<String>, Option<String>) {
        let id = AgreementId::parse(agreement).unwrap();
        let row = self.connection.store().read(|read| read.agreement(&id));
        let row = row.unwrap().unwrap();
        (row.company, row.email)
    }

    /// How an agreement's link stands; `none` when it has none.
    pub(crate) fn state(&self, agreement: &str) -> &'static str {
        let (history, _) = self.connection.link_of(agreement).unwrap();
        history.first().map_or("none", |it| it.link.state.word())
    }

    pub(crate) fn link(&self, agreement: &str) -> LinkRecord {
        let (history, _) = self.connection.link_of(agreement).unwrap();
        history.into_iter().next().unwrap()
    }

    /// Deployments of an organization, as `name state`.
    pub(crate) fn deployments(&self, organization: &str) -> String {
        let id = DirectoryId::parse(organization).unwrap();
        let found = self.connection.store().read(|read| read.organization(&id));
        let record = found.unwrap().unwrap();
        let mut told: Vec<String> = record
            .deployments
            .iter()
            .map(|told| {
                format!(
                    "{} {}",
                    word(told.it.name.as_ref()),
                    word(told.it.state.as_ref())
                )
            })
            .collect();
        told.sort();
        told.join(", ")
    }

    /// What an organization pays with, and its plan.
    pub(crate) fn pays(&self, organization: &str) -> String {
        let id = DirectoryId::parse(organization).unwrap();
        let found = self.connection.store().read(|read| read.organization(&id));
        let it = found.unwrap().unwrap().organization.it;
        let reference = it.payment_reference.value().map(ToString::to_string);
        format!(
            "{} ({}) on {}",
            word(it.payment_method.as_ref()),
            reference.unwrap_or_default(),
            word(it.plan.as_ref())
        )
    }

    /// Workspaces of a billing account, as `name state settlement`.
    pub(crate) fn workspaces(&self, user: &str) -> String {
        let id = DirectoryId::parse(user).unwrap();
        let found = self
            .connection
            .store()
            .read(|read| read.billing_account(&id));
        let record = found.unwrap().unwrap();
        let mut told: Vec<String> = record
            .workspaces
            .iter()
            .map(|told| {
                let it = &told.it;
                format!(
                    "{} {} {}",
                    word(it.name.as_ref()),
                    word(it.state.as_ref()),
                    word(it.settlement.as_ref())
                )
            })
            .collect();
        told.sort();
        told.join(", ")
    }

    /// Everything that was or is due because an agreement's link ended, as `thing: state`.
    pub(crate) fn effects(&self, agreement: &str) -> String {
        let all = self
            .connection
            .store()
            .read(|read| read.due_effects_of(agreement));
        let mut told: Vec<String> = all
            .unwrap()
            .iter()
            .map(|it| {
                format!(
                    "{} {}",
                    it.name.as_deref().unwrap_or(&it.thing),
                    it.state.word()
                )
            })
            .collect();
        told.sort();
        told.join(", ")
    }

    pub(crate) fn due(&self) -> Vec<DueEffect> {
        self.connection.endings().unwrap().due
    }

    /// What the audit says about an agreement, oldest first.
    pub(crate) fn audit(&self, agreement: &str) -> Vec<String> {
        let of = [agreement.to_owned()];
        let rows = self.connection.store().read(|read| read.audit_of(&of));
        let told = rows.unwrap();
        let told = told.iter().map(|row| {
            let outcome = row.entry.outcome.as_deref().unwrap_or_default();
            format!("{} {} {outcome}", row.entry.action, row.entry.phase.word())
                .trim()
                .to_owned()
        });
        told.collect()
    }

    /// The audit is whole and nothing in it is open; how many entries it has.
    #[track_caller]
    pub(crate) fn audit_is_whole(&self) -> usize {
        let AuditCheck {
            entries,
            broken,
            open,
        } = self.connection.verify_audit().unwrap();
        assert_eq!((broken, open), (None, 0));
        entries
    }
}

/// A failure in the words that people see first.
pub(crate) fn told(failure: &Failure) -> (FailureKind, &str) {
    (failure.kind, &failure.message)
}

/// A plan's steps, one a line.
pub(crate) fn steps<T>(plan: &Plan<T>) -> String {
    plan.steps.iter().map(step).collect()
}

fn step(step: &Step) -> String {
    let of = step.name.as_deref().or(step.id.as_deref());
    let what = step.attribute.as_deref().unwrap_or(&step.what);
    let change = match (&step.before, &step.after) {
        (None, None) => String::new(),
        (before, after) => {
            let word = |text: &Option<String>| text.clone().unwrap_or("?".to_owned());
            format!(": {} → {}", word(before), word(after))
        }
    };
    let says = step.says.as_ref().map(|says| format!(" “{}”", says.en));
    format!(
        "{:?} {what} {}{change} [{:?}]{}\n",
        step.kind,
        of.unwrap_or_default(),
        step.when,
        says.unwrap_or_default()
    )
}

fn word(value: Option<&domain::Text>) -> String {
    value.map_or("unknown".to_owned(), ToString::to_string)
}

/// An entry that somebody opened, and did not close yet.
pub(crate) fn opened(action: &str, at: Timestamp) -> Entry {
    Entry {
        at,
        user: "ada".to_owned(),
        identity: None,
        action: action.to_owned(),
        phase: Phase::Opened,
        opened: None,
        outcome: None,
        plan: None,
        agreement: None,
        target: None,
        request: None,
        detail: "{}".to_owned(),
    }
}
