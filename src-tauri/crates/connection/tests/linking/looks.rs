//! What there is to be seen after something was planned or carried out, in words.

use app::link::{LinkPlan, words_of};
use app::plan::{Evidence, Verdict};
use app::query;
use domain::{DirectoryId, Text};
use store::table::audit::AuditRow;
use store::table::directory::SortBy;
use store::table::link::LinkRecord;

use crate::ask::Ask;
use crate::story::Story;

impl Story {
    /// How an agreement's link stands; `none` when it has none.
    pub(crate) fn state(&self, agreement: &str) -> &'static str {
        let link = self.link(agreement);
        link.map_or("none", |record| record.link.state.word())
    }

    pub(crate) fn link(&self, agreement: &str) -> Option<LinkRecord> {
        let (history, _) = self.connection.link_of(agreement).unwrap();
        history.into_iter().next()
    }

    /// What is to be said about an agreement's link, in English.
    pub(crate) fn said(&self, agreement: &str) -> String {
        let record = self.link(agreement).unwrap();
        let now = self.connection.clock().now();
        let words = words_of(
            self.connection.store(),
            self.connection.policies(),
            &record,
            now,
        )
        .unwrap();
        let said = words.confirmation.or(words.waiting);
        self.named(&said.map(|words| words.en).unwrap_or_default())
    }

    /// What is advised about a buyer, by whatever tells who it is, in English.
    pub(crate) async fn advice(&self, entered: &str) -> String {
        let found = self.connection.identify_buyer(entered).await.unwrap();
        let advice: Vec<String> = found.advice.into_iter().map(|it| it.text.en).collect();
        advice.join("\n")
    }

    /// What has to be filled in yet before it can be planned.
    pub(crate) async fn lacks(&self, ask: &Ask) -> String {
        let failure = self.tries_to_plan(ask.clone()).await.unwrap_err();
        let fields = failure.fields.iter();
        let told = fields.map(|it| format!("{}: {}", it.field, it.message));
        told.collect::<Vec<_>>().join("\n")
    }

    /// What an organization pays with, and its plan, as the directory has it.
    pub(crate) fn pays(&self, id: &str) -> String {
        let id = DirectoryId::parse(id).unwrap();
        let found = self.connection.store().read(|read| read.organization(&id));
        let it = found.unwrap().unwrap().organization.it;
        let text = |value: &Option<Text>| {
            value
                .as_ref()
                .map_or("unknown".to_owned(), ToString::to_string)
        };
        let reference = it.payment_reference.value().map(ToString::to_string);
        self.named(&format!(
            "{} ({}) on {}",
            text(&it.payment_method),
            reference.unwrap_or_default(),
            text(&it.plan)
        ))
    }

    /// Workspaces of a billing account, with who settles them.
    pub(crate) fn workspaces(&self, user: &str) -> Vec<String> {
        let id = DirectoryId::parse(user).unwrap();
        let found = self
            .connection
            .store()
            .read(|read| read.billing_account(&id));
        let record = found.unwrap().unwrap();
        let told = record.workspaces.iter().map(|told| {
            let it = &told.it;
            let word = |value: &Option<Text>| {
                value
                    .as_ref()
                    .map_or("unknown".to_owned(), ToString::to_string)
            };
            format!(
                "{} {} {} {}: {}",
                word(&it.name),
                word(&it.language),
                word(&it.site),
                word(&it.state),
                word(&it.settlement)
            )
        });
        let mut told: Vec<String> = told.collect();
        told.sort();
        told
    }

    /// The organization that a plan made, by its name.
    pub(crate) fn organization_called(&self, name: &str) -> Vec<String> {
        let page = self
            .connection
            .store()
            .read(|read| read.organizations(name, SortBy::default(), 0, 10));
        let rows = page.unwrap().rows;
        let named = rows
            .iter()
            .filter(|row| row.organization.it.name.as_str() == name);
        named
            .map(|row| row.organization.it.id.to_string())
            .collect()
    }

    /// The members of an organization, with role and whether the address is verified.
    pub(crate) fn members(&self, id: &str) -> Vec<String> {
        let id = DirectoryId::parse(id).unwrap();
        let found = self.connection.store().read(|read| read.organization(&id));
        let members = found.unwrap().unwrap().members;
        let told = members.iter().map(|told| {
            let role = told.it.role.as_ref().map(ToString::to_string);
            let verified = match told.it.verified {
                Some(true) => "verified",
                Some(false) => "not verified",
                None => "not known",
            };
            format!("{} {} {verified}", told.it.email, role.unwrap_or_default())
        });
        told.collect()
    }

    /// How many agreements a filter finds.
    pub(crate) fn matched(&self, filter: &str) -> usize {
        let (store, clock) = (self.connection.store(), self.connection.clock());
        query::agreements(store, clock, filter, query::SORT_DEFAULT, 0, 0)
            .unwrap()
            .matched
    }

    /// What the audit says about an agreement, oldest first.
    pub(crate) fn audit(&self, agreement: &str) -> Vec<String> {
        let rows = self.audit_rows(agreement);
        let told = rows.iter().map(|row| {
            let outcome = row.entry.outcome.as_deref().unwrap_or_default();
            format!("{} {} {outcome}", row.entry.action, row.entry.phase.word())
                .trim()
                .to_owned()
        });
        told.collect()
    }

    pub(crate) fn audit_rows(&self, agreement: &str) -> Vec<AuditRow> {
        let of = [agreement.to_owned()];
        let read = self.connection.store().read(|read| read.audit_of(&of));
        read.unwrap()
    }

    /// The digits in the newest mail to an address.
    pub(crate) async fn code(&self, address: &str) -> String {
        let mails = self.control.mailbox(address, 0).await.unwrap().mails;
        let subject = &mails.first().unwrap().subject;
        subject.chars().filter(char::is_ascii_digit).collect()
    }

    pub(crate) async fn mails_to(&self, address: &str) -> usize {
        self.control.mailbox(address, 0).await.unwrap().mails.len()
    }

    /// One rule's verdict in words: what was found, what to do, what it rests on.
    pub(crate) fn verdict(&self, plan: &LinkPlan, rule: &str) -> String {
        let mut of = plan.verdicts.iter().filter(|it| it.rule == rule);
        let it = of.next().unwrap_or_else(|| panic!("no verdict of {rule}"));
        let mut lines = vec![
            format!("{rule} {}", it.outcome),
            format!("  {}", it.message.en),
        ];
        let remedy = it.remedy.iter().map(|words| format!("  → {}", words.en));
        lines.extend(remedy);
        lines.extend(evidence(&it.evidence));
        self.named(&(lines.join("\n") + "\n"))
    }

    pub(crate) fn verdicts(&self, plan: &LinkPlan) -> String {
        let all = plan.verdicts.iter();
        all.filter(|it| it.outcome != "pass")
            .map(|it: &Verdict| self.verdict(plan, &it.rule))
            .collect()
    }

    /// A plan's steps, one a line.
    pub(crate) fn steps(&self, plan: &LinkPlan) -> String {
        let steps = plan.steps.iter().map(|step| {
            let of = step
                .name
                .as_deref()
                .or(step.id.as_deref())
                .unwrap_or_default();
            let what = step.attribute.as_deref().unwrap_or(&step.what);
            let change = match (&step.before, &step.after) {
                (None, None) => String::new(),
                (before, after) => {
                    let word = |text: &Option<String>| text.clone().unwrap_or("?".to_owned());
                    format!(": {} → {}", word(before), word(after))
                }
            };
            format!("{:?} {what} {of}{change} [{:?}]\n", step.kind, step.when)
        });
        self.named(&steps.collect::<String>())
    }
}

/// A fact a line; but what is known of one item of a list stands on one line.
fn evidence(all: &[Evidence]) -> impl Iterator<Item = String> {
    let item = |it: &Evidence| Some(it.fact.rsplit_once("].")?.0.to_owned());
    let lines = all.chunk_by(move |one, next| {
        item(one).is_some() && item(one) == item(next) && one.source == next.source
    });
    lines.map(|line| {
        let facts = line.iter().enumerate().map(|(at, it)| {
            let fact = match it.fact.rsplit_once("].") {
                Some((_, field)) if at > 0 => field,
                _ => &it.fact,
            };
            format!("{fact} = {}", it.value.as_deref().unwrap_or("not known"))
        });
        let facts = facts.collect::<Vec<_>>().join("; ");
        let source = line[0].source.as_deref().unwrap_or("nobody");
        format!("  {facts} ({source})")
    })
}
