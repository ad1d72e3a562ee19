//! What the stories are told with: a vendor at the console, a buyer in the sandbox.

use std::sync::Mutex;

use app::directory::import::{self, OnBadRows};
use app::link::{BuyerEntered, Codes, Executed, LinkForm, LinkPlan, NewWorkspaceEntered, words_of};
use app::plan::{Outcome, Verdict};
use app::sync::Scope;
use app::{Action, Failure, FailureKind, query};
use connection::{Connection, Folders};
use domain::{AgreementId, DirectoryId, LinkState, PlanId, RegistrationToken};
use sandbox::{Control, Options, Registration, Running, Subscribe};
use store::table::audit::AuditRow;
use store::table::link::LinkRecord;

/// The buyers' AWS accounts.
pub(crate) const HALDEN: &str = "222233334444";
pub(crate) const NORDIC: &str = "444455556666";

/// A vendor's console on a sandbox of its own.
pub(crate) struct Story {
    pub(crate) connection: Connection,
    pub(crate) control: Control,
    pub(crate) folders: Folders,
    /// What was subscribed to, so that stories can say `agmt-1` for the first.
    agreements: Mutex<Vec<String>>,
    _sandbox: Running,
    _folder: tempfile::TempDir,
}

impl Story {
    pub(crate) async fn new() -> Self {
        Self::with_policies(&[]).await
    }

    /// With files in the folder of the vendor's own policies.
    pub(crate) async fn with_policies(policies: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::under(folder.path());
        let own = folders.config().join("policies");
        std::fs::create_dir_all(&own).unwrap();
        for (name, text) in policies {
            std::fs::write(own.join(name), text).unwrap();
        }
        let options = Options {
            agreements: 40,
            now: Some("2026-11-20T09:00:00Z".parse().unwrap()),
            ..Options::for_state(&folders.sandbox())
        };
        let sandbox = sandbox::serve(options).await.unwrap();
        let connection = Connection::open_sandbox(&folders).unwrap();
        // From here on its clock is the sandbox's.
        connection.control().await.unwrap();
        Self {
            connection,
            control: Control::at(sandbox.endpoint()),
            folders,
            agreements: Mutex::default(),
            _sandbox: sandbox,
            _folder: folder,
        }
    }

    /// A second program on the same folder.
    pub(crate) fn second(&self) -> Connection {
        Connection::open_sandbox(&self.folders).unwrap()
    }

    /// What the vendor's own side looks like, as a JSON document.
    #[track_caller]
    pub(crate) fn directory(&self, json: &str) {
        directory_of(&self.connection, json);
    }

    /// A buyer subscribes and AWS has granted the license.
    pub(crate) async fn subscribes(&self, listing: &str, account: &str) -> Registration {
        let bought = self.subscribes_just_now(listing, account).await;
        self.advance("2m").await;
        self.sync().await;
        bought
    }

    /// A buyer subscribes, and AWS is still to grant the license.
    pub(crate) async fn subscribes_just_now(&self, listing: &str, account: &str) -> Registration {
        self.buys(&Subscribe {
            listing: listing.to_owned(),
            account: account.to_owned(),
            private_offer: listing == "clickhouse-committed",
            ..Subscribe::default()
        })
        .await
    }

    /// A buyer subscribes, and the next sync is over.
    pub(crate) async fn buys(&self, purchase: &Subscribe) -> Registration {
        let bought = self.control.subscribe(purchase).await.unwrap();
        self.agreements
            .lock()
            .unwrap()
            .push(bought.agreement_id.clone());
        self.sync().await;
        bought
    }

    /// Lets the text say `agmt-N` for one more agreement.
    pub(crate) fn names(&self, agreement: &str) {
        self.agreements.lock().unwrap().push(agreement.to_owned());
    }

    pub(crate) async fn sync(&self) {
        Box::pin(self.connection.sync(Scope::Changes))
            .await
            .unwrap();
    }

    pub(crate) async fn advance(&self, by: &str) {
        self.control.advance(by).await.unwrap();
        self.connection.acted().await.unwrap();
    }

    pub(crate) async fn plans(&self, ask: Ask) -> LinkPlan {
        self.tries_to_plan(ask).await.unwrap()
    }

    pub(crate) async fn tries_to_plan(&self, ask: Ask) -> Result<LinkPlan, Failure> {
        let request = ask.0.check().map_err(app::Error::from);
        let request = request.map_err(|error| Failure::from(&error))?;
        let planned = self.connection.plan_link(request).await;
        planned.map_err(|error| error.failure())
    }

    pub(crate) async fn executes(&self, plan: &LinkPlan) -> Result<Executed, Failure> {
        self.executes_with(plan, &Codes::default()).await
    }

    pub(crate) async fn executes_with(
        &self,
        plan: &LinkPlan,
        codes: &Codes,
    ) -> Result<Executed, Failure> {
        execute(&self.connection, plan, codes).await
    }

    /// The link that carrying a plan out makes.
    pub(crate) async fn links(&self, plan: &LinkPlan) -> LinkRecord {
        assert_eq!(plan.outcome, Outcome::Ready, "{}", self.verdicts(plan));
        linked(self.executes(plan).await.unwrap())
    }

    /// Plans and carries out.
    pub(crate) async fn links_at_once(&self, ask: Ask) -> LinkRecord {
        let plan = self.plans(ask).await;
        self.links(&plan).await
    }

    /// Plans, has the code sent, enters it, and carries out.
    pub(crate) async fn links_with_code(&self, ask: Ask, address: &str) -> LinkRecord {
        let plan = self.plans(ask).await;
        let sent = self.executes(&plan).await.unwrap();
        assert!(matches!(sent, Executed::CodesSent(_)), "{sent:?}");
        let code = self.code(address).await;
        linked(self.executes_with(&plan, &entering(&code)).await.unwrap())
    }

    /// A plan that a rule refuses: in these words, and carrying it out is refused, and binds nothing.
    pub(crate) async fn is_refused(&self, ask: Ask, rule: &str) -> String {
        let before = self.held();
        let plan = self.plans(ask).await;
        assert_eq!(plan.outcome, Outcome::Refused, "{}", self.verdicts(&plan));
        let refusing: Vec<&str> = plan.refusals().map(|it| it.rule.as_str()).collect();
        assert!(refusing.contains(&rule), "{refusing:?}");
        let failure = self.executes(&plan).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused, "{}", failure.message);
        assert!(failure.message.contains(rule), "{}", failure.message);
        assert_eq!(self.held(), before, "nothing is bound");
        self.verdict(&plan, rule)
    }

    /// Links that are or will come into force, by agreement.
    pub(crate) fn held(&self) -> Vec<String> {
        let states = [LinkState::AwaitingAws, LinkState::Active];
        let records = self.connection.links(&states).unwrap();
        let mut held: Vec<String> = records
            .iter()
            .filter(|record| record.plan.is_some())
            .map(|record| record.link.agreement.to_string())
            .collect();
        held.sort();
        held
    }

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

    /// What an organization pays with, and its plan, as the directory has it.
    pub(crate) fn pays(&self, id: &str) -> String {
        let id = DirectoryId::parse(id).unwrap();
        let found = self.connection.store().read(|read| read.organization(&id));
        let it = found.unwrap().unwrap().organization.it;
        let text = |value: &Option<domain::Text>| {
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
            let word = |value: &Option<domain::Text>| {
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
            .read(|read| read.organizations(name, 10));
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
        for evidence in &it.evidence {
            let value = evidence.value.as_deref().unwrap_or("not known");
            let source = evidence.source.as_deref().unwrap_or("nobody");
            lines.push(format!("  {} = {value} ({source})", evidence.fact));
        }
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

    /// A text with the agreements by the order they were subscribed to.
    pub(crate) fn named(&self, text: &str) -> String {
        let agreements = self.agreements.lock().unwrap();
        let mut text = text.to_owned();
        for (id, number) in agreements.iter().zip(1..) {
            text = text.replace(id.as_str(), &format!("agmt-{number}"));
        }
        text
    }
}

/// Imports the vendor's own side.
#[track_caller]
pub(crate) fn directory_of(connection: &Connection, json: &str) {
    let store = connection.store();
    let plan = import::plan(store, "vendor.json", json.as_bytes(), None).unwrap();
    let permit = connection.permit(Action::EditDirectory).unwrap();
    let now = connection.clock().now();
    plan.apply(store, permit, OnBadRows::Refuse, now).unwrap();
}

pub(crate) async fn execute(
    connection: &Connection,
    plan: &LinkPlan,
    codes: &Codes,
) -> Result<Executed, Failure> {
    let id = PlanId::parse(&plan.id).unwrap();
    let executed = connection.execute_link(&id, codes).await;
    executed.map_err(|error| error.failure())
}

#[track_caller]
pub(crate) fn linked(executed: Executed) -> LinkRecord {
    match executed {
        Executed::Linked(record) => *record,
        other => panic!("not linked: {other:?}"),
    }
}

/// Codes that a person enters.
pub(crate) fn entering(code: &str) -> Codes {
    Codes {
        entered: vec![code.to_owned()],
        ..Codes::default()
    }
}

pub(crate) fn agreement(id: &str) -> AgreementId {
    AgreementId::parse(id).unwrap()
}

/// What a person at the console asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask(pub(crate) LinkForm);

/// By the registration that the buyer's browser brought.
pub(crate) fn by_token(bought: &Registration) -> Ask {
    let token = RegistrationToken::parse(&bought.registration_token).unwrap();
    Ask(LinkForm {
        buyer: BuyerEntered::Token(token),
        ..LinkForm::default()
    })
}

/// By the agreement that AWS lists.
pub(crate) fn by_agreement(id: &str) -> Ask {
    Ask(LinkForm {
        buyer: BuyerEntered::Agreement(id.to_owned()),
        ..LinkForm::default()
    })
}

impl Ask {
    pub(crate) fn to(mut self, target: &str) -> Self {
        self.0.target = target.to_owned();
        self
    }

    pub(crate) fn member(mut self, email: &str) -> Self {
        self.0.member = Some(email.to_owned());
        self
    }

    pub(crate) fn workspace(mut self, id: &str) -> Self {
        self.0.workspaces.push(id.to_owned());
        self
    }

    pub(crate) fn without(mut self, id: &str) -> Self {
        self.0.without_workspaces.push(id.to_owned());
        self
    }

    pub(crate) fn new_workspace(mut self, name: &str, language: &str, site: &str) -> Self {
        self.0.new_workspaces.push(NewWorkspaceEntered {
            name: name.to_owned(),
            language: language.to_owned(),
            site: site.to_owned(),
        });
        self
    }

    pub(crate) fn answer(mut self, key: &str, text: &str) -> Self {
        self.0.answers.insert(key.to_owned(), text.to_owned());
        self
    }

    pub(crate) fn agreed(mut self) -> Self {
        self.0.terms_accepted = true;
        self
    }

    pub(crate) fn in_spite_of(mut self, rule: &str, reason: &str) -> Self {
        self.0.overrides.insert(rule.to_owned(), reason.to_owned());
        self
    }
}
