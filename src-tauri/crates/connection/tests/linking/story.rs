//! What the stories are told with: a vendor at the console, a buyer in the sandbox.

use std::ops::ControlFlow;
use std::sync::Mutex;

use app::directory::import::{self, OnBadRows};
use app::link::{Codes, Executed, LinkPlan};
use app::plan::Outcome;
use app::sync::Scope;
use app::{Action, Failure, FailureKind};
use connection::{Connection, Folders};
use domain::{AgreementId, LinkState, PlanId};
use sandbox::{Control, Options, Registration, Running, Subscribe};
use store::table::link::LinkRecord;

use crate::ask::Ask;

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

    /// With the vendor's own side, as a JSON document.
    pub(crate) async fn with_directory(json: &str) -> Self {
        let story = Self::new().await;
        story.directory(json);
        story
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

    /// A buyer accepts a private offer over a value.
    pub(crate) async fn accepts_offer(
        &self,
        listing: &str,
        account: &str,
        value: &str,
    ) -> Registration {
        self.buys(&Subscribe {
            listing: listing.to_owned(),
            account: account.to_owned(),
            private_offer: true,
            value: Some(value.to_owned()),
            ..Subscribe::default()
        })
        .await
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
    plan.apply(store, permit, OnBadRows::Refuse, now, |_, _| {
        ControlFlow::Continue(())
    })
    .unwrap();
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

/// Another mail is asked for.
pub(crate) fn another_code() -> Codes {
    Codes {
        again: true,
        ..Codes::default()
    }
}

pub(crate) fn agreement(id: &str) -> AgreementId {
    AgreementId::parse(id).unwrap()
}
