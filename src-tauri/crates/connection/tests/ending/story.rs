//! What the stories are told with: a vendor at the console, a buyer in the sandbox.

use app::Failure;
use app::directory::import::{self, OnBadRows};
use app::ending::{CancelPlan, UnlinkPlan};
use app::link::{BuyerEntered, Codes, Executed, LinkForm, LinkPlan};
use app::outbox::Carried;
use app::plan::Outcome;
use app::sync::Scope;
use connection::{Connection, Folders};
use domain::{
    AgreementId, AgreementStatus, CancellationRequest, CancellationRequestId, PlanId,
    RegistrationToken,
};
use sandbox::{Control, Fault, Options, Registration, Running, Subscribe};
use store::table::link::LinkRecord;

/// The buyers' AWS accounts.
pub(crate) const HALDEN: &str = "222233334444";

/// What EMQX wants typed.
pub(crate) const EMQX_PHRASE: &str = "EMQX Cloud (Pay as you go)";

pub(crate) const SEND: &str = "SendAgreementCancellationRequest";
pub(crate) const WITHDRAW: &str = "CancelAgreementCancellationRequest";

/// Two EMQX accounts; the first has two deployments that run, one that was stopped, and a trial.
pub(crate) const EMQX_VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "dedicated", "paymentMethod": "none",
         "creditBalance": "0", "creditCurrency": "USD"},
        {"id": "nordic", "name": "Nordic Maps", "plan": "dedicated", "paymentMethod": "none",
         "creditBalance": "0", "creditCurrency": "USD"}
    ],
    "deployments": [
        {"id": "dep-1", "organization": "halden", "name": "prod", "state": "running", "trial": false},
        {"id": "dep-2", "organization": "halden", "name": "staging", "state": "running", "trial": false},
        {"id": "dep-3", "organization": "halden", "name": "old", "state": "stopped", "trial": false},
        {"id": "dep-4", "organization": "halden", "name": "try", "state": "running", "trial": true,
         "trialEndsAt": "2026-12-04T00:00:00Z"},
        {"id": "dep-5", "organization": "nordic", "name": "maps", "state": "running", "trial": false}
    ]
}"#;

/// A vendor's console on a sandbox of its own.
pub(crate) struct Story {
    pub(crate) connection: Connection,
    pub(crate) control: Control,
    pub(crate) folders: Folders,
    _sandbox: Running,
    _folder: tempfile::TempDir,
}

impl Story {
    pub(crate) async fn new() -> Self {
        Self::with_agreements(40).await
    }

    pub(crate) async fn with_agreements(agreements: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::under(folder.path());
        let options = Options {
            agreements,
            now: Some("2026-11-20T09:00:00Z".parse().unwrap()),
            ..Options::for_state(&folders.sandbox())
        };
        let sandbox = sandbox::serve(options).await.unwrap();
        Self {
            connection: Connection::open_sandbox(&folders).unwrap(),
            control: Control::at(sandbox.endpoint()),
            folders,
            _sandbox: sandbox,
            _folder: folder,
        }
    }

    /// An EMQX account that is linked, with deployments; the buyer's registration.
    pub(crate) async fn with_emqx() -> (Self, Registration) {
        let story = Self::new().await;
        story.directory(EMQX_VENDOR);
        let bought = story.subscribes("emqx", HALDEN).await;
        story.links(&bought, "organization:halden").await;
        (story, bought)
    }

    /// A second program on the same folder.
    pub(crate) fn second(&self) -> Connection {
        Connection::open_sandbox(&self.folders).unwrap()
    }

    /// What the vendor's own side looks like, as a JSON document.
    #[track_caller]
    pub(crate) fn directory(&self, json: &str) {
        let store = self.connection.store();
        let plan = import::plan(store, "vendor.json", json.as_bytes(), None).unwrap();
        let on = |_, _| std::ops::ControlFlow::Continue(());
        self.connection
            .import(&plan, OnBadRows::Refuse, on)
            .unwrap();
    }

    /// A buyer subscribes and AWS has granted the license.
    pub(crate) async fn subscribes(&self, listing: &str, account: &str) -> Registration {
        let purchase = Subscribe {
            listing: listing.to_owned(),
            account: account.to_owned(),
            private_offer: listing == "clickhouse-committed",
            ..Subscribe::default()
        };
        let bought = self.control.subscribe(&purchase).await.unwrap();
        self.sync().await;
        self.advance("2m").await;
        self.sync().await;
        bought
    }

    pub(crate) async fn sync(&self) {
        sync(&self.connection).await.unwrap();
    }

    pub(crate) async fn advance(&self, by: &str) {
        self.control.advance(by).await.unwrap();
        self.connection.acted().await.unwrap();
    }

    pub(crate) async fn advance_and_sync(&self, by: &str) {
        self.advance(by).await;
        self.sync().await;
    }

    /// Links what was bought to a target, at once.
    pub(crate) async fn links(&self, bought: &Registration, target: &str) -> LinkRecord {
        self.links_as(bought, target, |_| {}).await
    }

    pub(crate) async fn links_as(
        &self,
        bought: &Registration,
        target: &str,
        ask: impl FnOnce(&mut LinkForm),
    ) -> LinkRecord {
        let plan = self.plans_link(bought, target, ask).await;
        let id = PlanId::parse(&plan.id).unwrap();
        let executed = self.connection.execute_link(&id, &Codes::default()).await;
        match executed.unwrap() {
            Executed::Linked(record) => *record,
            other => panic!("not linked: {other:?}"),
        }
    }

    pub(crate) async fn plans_link(
        &self,
        bought: &Registration,
        target: &str,
        ask: impl FnOnce(&mut LinkForm),
    ) -> LinkPlan {
        // The buyer opens “Set up your account” anew: tokens do not last.
        let bought = self.control.set_up(&bought.agreement_id).await.unwrap();
        let token = RegistrationToken::parse(&bought.registration_token).unwrap();
        let mut form = LinkForm {
            buyer: BuyerEntered::Token(token),
            target: target.to_owned(),
            ..LinkForm::default()
        };
        ask(&mut form);
        let plan = self.connection.plan_link(form.check().unwrap()).await;
        let plan = plan.unwrap();
        let failing = plan.verdicts.iter().filter(|it| it.outcome != "pass");
        let failing: Vec<_> = failing.map(|it| (&it.rule, &it.message.en)).collect();
        assert_eq!(plan.outcome, Outcome::Ready, "{failing:?}");
        plan
    }

    /// Plans to ask for a cancellation, as a test agreement.
    pub(crate) async fn plans_cancel(&self, agreement: &str) -> CancelPlan {
        self.tries_to_plan_cancel(agreement, "TEST_AGREEMENT", None)
            .await
            .unwrap()
    }

    pub(crate) async fn tries_to_plan_cancel(
        &self,
        agreement: &str,
        reason: &str,
        description: Option<&str>,
    ) -> Result<CancelPlan, Failure> {
        let id = AgreementId::parse(agreement).unwrap();
        let plan = self.connection.plan_cancel(&id, reason, description).await;
        plan.map_err(|error| error.failure())
    }

    pub(crate) async fn sends(&self, plan: &CancelPlan) -> Result<CancellationRequest, Failure> {
        send(&self.connection, plan, &plan.asked.phrase).await
    }

    /// Asks the buyer to agree to a cancellation.
    pub(crate) async fn asks_to_cancel(&self, agreement: &str) -> CancellationRequest {
        let plan = self.plans_cancel(agreement).await;
        self.sends(&plan).await.unwrap()
    }

    pub(crate) async fn withdraws(
        &self,
        request: &CancellationRequestId,
    ) -> Result<CancellationRequest, Failure> {
        let withdrawn = self
            .connection
            .withdraw_cancellation(request, "The buyer stays.")
            .await;
        withdrawn.map(carried).map_err(|error| error.failure())
    }

    pub(crate) async fn plans_unlink(&self, agreement: &str, reason: &str) -> UnlinkPlan {
        let id = AgreementId::parse(agreement).unwrap();
        self.connection.plan_unlink(&id, reason).await.unwrap()
    }

    pub(crate) async fn unlinks(&self, agreement: &str) -> LinkRecord {
        let plan = self.plans_unlink(agreement, "The wrong one.").await;
        let id = PlanId::parse(&plan.id).unwrap();
        let done = self.connection.execute_unlink(&id, &plan.asked.phrase);
        done.await.unwrap()
    }

    /// How often the sandbox was asked to do something.
    pub(crate) async fn calls(&self, operation: &str) -> u64 {
        let calls = self.control.status().await.unwrap().calls;
        calls.get(operation).copied().unwrap_or(0)
    }

    pub(crate) async fn fault(&self, operation: &str, set: impl FnOnce(&mut Fault)) {
        let mut fault = Fault {
            operation: operation.to_owned(),
            ..Fault::default()
        };
        set(&mut fault);
        self.control.add_fault(&fault).await.unwrap();
    }

    /// The next such call does not arrive.
    pub(crate) async fn loses_the_next(&self, operation: &str) {
        let once = |fault: &mut Fault| {
            fault.drop = true;
            fault.times = Some(1);
        };
        self.fault(operation, once).await;
    }

    /// AWS tells of an agreement in another state than the sandbox can bring it to.
    pub(crate) fn told(&self, agreement: &str, status: AgreementStatus) {
        let id = AgreementId::parse(agreement).unwrap();
        let row = self.connection.store().read(|read| read.agreement(&id));
        let row = row.unwrap().unwrap();
        let optional = |text: &Option<String>| text.clone();
        let agreement = domain::Agreement {
            id,
            status,
            buyer: domain::AccountId::parse(&row.buyer).unwrap(),
            product: optional(&row.product).map(|id| domain::ProductId::parse(&id).unwrap()),
            offer: optional(&row.offer).map(|id| domain::OfferId::parse(&id).unwrap()),
            initial: optional(&row.initial).map(|id| AgreementId::parse(&id).unwrap()),
            accepted_at: row.accepted_at,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            updated_at: row.updated_at.plus_millis(1),
            end_behavior: domain::EndBehavior::default(),
            licenses: Vec::new(),
        };
        let now = self.connection.clock().now();
        let run = self.connection.store().read(|read| read.sync_state());
        let run = run.unwrap().run;
        self.connection
            .store()
            .write(|write| write.put_agreements(&[agreement], run, now))
            .unwrap();
    }
}

/// Two things at the very same time, as two programs do them.
pub(crate) fn at_once<A: Send, B>(
    one: impl Future<Output = A> + Send,
    other: impl Future<Output = B>,
) -> (A, B) {
    tokio::task::block_in_place(|| {
        let runtime = &tokio::runtime::Handle::current();
        std::thread::scope(|threads| {
            let one = threads.spawn(move || runtime.block_on(one));
            let other = runtime.block_on(other);
            (one.join().unwrap(), other)
        })
    })
}

pub(crate) async fn sync(connection: &Connection) -> Result<(), Failure> {
    let synced = Box::pin(connection.sync(Scope::Changes)).await;
    synced.map(drop).map_err(|error| error.failure())
}

pub(crate) async fn send(
    connection: &Connection,
    plan: &CancelPlan,
    phrase: &str,
) -> Result<CancellationRequest, Failure> {
    let id = PlanId::parse(&plan.id).unwrap();
    let sent = connection.execute_cancel(&id, phrase).await;
    sent.map(carried).map_err(|error| error.failure())
}

/// What was carried out, and not queued.
#[track_caller]
fn carried<T: std::fmt::Debug>(carried: Carried<T>) -> T {
    match carried {
        Carried::Out(done) => done,
        Carried::Queued => panic!("it waits in the outbox"),
    }
}
