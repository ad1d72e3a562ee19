//! Connections to seller accounts: for looking only, with a mail server that fails, opened without a
//! network.

use app::FailureKind;
use app::act::Access;
use app::link::{Codes, Executed, LinkPlan};
use app::plan::Outcome;
use app::sync::Scope;
use connection::{Connection, Connections, CredentialsDraft, Draft, Folders, Keep, MailDraft};
use domain::PlanId;
use sandbox::{Control, Options, Registration, Running, Subscribe};
use smtp::{Smtp, Tls};
use vault::Vault;
use zeroize::Zeroizing;

use crate::ask::{Ask, by_agreement, by_token};
use crate::offline::VENDOR;
use crate::story::{HALDEN, another_code, directory_of, entering, execute, linked};

/// A seller account, with the sandbox in AWS's place.
struct Seller {
    aws: Running,
    control: Control,
    connections: Connections,
    id: String,
    _folder: tempfile::TempDir,
}

impl Seller {
    async fn new() -> Self {
        let options = Options {
            agreements: 30,
            ..Options::default()
        };
        let aws = sandbox::serve(options).await.unwrap();
        let control = Control::at(aws.endpoint());
        let folder = tempfile::tempdir().unwrap();
        let connections = Connections::with_vault(Folders::under(folder.path()), Vault::session());
        let draft = Draft {
            name: "Acme".to_owned(),
            account: control.status().await.unwrap().seller_account_id,
            endpoint: aws.endpoint().to_owned(),
            credentials: CredentialsDraft {
                access_key_id: Zeroizing::new("AKIAIOSFODNN7EXAMPLE".to_owned()),
                secret_access_key: Zeroizing::new("wJalrXUtnFEMI/K7MDENG/EXAMPLEKEY".to_owned()),
                ..CredentialsDraft::default()
            },
            ..Draft::default()
        };
        let id = connections
            .add(&draft, Keep::InKeyring)
            .await
            .unwrap()
            .id
            .to_string();
        Self {
            aws,
            control,
            connections,
            id,
            _folder: folder,
        }
    }

    /// A connection with the vendor's directory on it.
    fn open(&self) -> Connection {
        let connection = self.connections.open(&self.id).unwrap();
        directory_of(&connection, VENDOR);
        connection
    }

    async fn subscribes(&self, connection: &Connection, listing: &str) -> Registration {
        let purchase = Subscribe {
            listing: listing.to_owned(),
            account: HALDEN.to_owned(),
            ..Subscribe::default()
        };
        let bought = self.control.subscribe(&purchase).await.unwrap();
        self.control.advance("2m").await.unwrap();
        Box::pin(connection.sync(Scope::Changes)).await.unwrap();
        bought
    }

    /// Mail goes to this port of this machine.
    fn mail_to(&self, port: u16) {
        let draft = MailDraft {
            host: "localhost".to_owned(),
            port: port.to_string(),
            security: "none".to_owned(),
            user: String::new(),
            password: Zeroizing::default(),
            from: "marketplace@example.com".to_owned(),
            from_name: "Acme".to_owned(),
        };
        self.connections.set_mail(&self.id, &draft).unwrap();
    }
}

async fn plans(connection: &Connection, ask: Ask) -> LinkPlan {
    connection.plan_link(ask.0.check().unwrap()).await.unwrap()
}

fn sends(connection: &Connection, plan: &LinkPlan) -> Vec<u32> {
    let kept = connection.plan(&PlanId::parse(&plan.id).unwrap()).unwrap();
    kept.codes.iter().map(|code| code.sends).collect()
}

/// The code in a mail.
fn code_in(mail: &str) -> String {
    let (_, rest) = mail.split_once("Your Guance code: ").unwrap();
    rest.chars().take_while(char::is_ascii_digit).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_for_looking_plans_and_carries_nothing_out() {
    let seller = Seller::new().await;
    let connection = seller.open();
    let bought = seller.subscribes(&connection, "emqx").await;
    connection.close().await;
    drop(connection);
    seller
        .connections
        .change(&seller.id, "Acme", Access::ReadOnly)
        .unwrap();

    let connection = seller.connections.open(&seller.id).unwrap();
    let ask = by_agreement(&bought.agreement_id).for_halden();
    let plan = plans(&connection, ask).await;
    assert_eq!(plan.outcome, Outcome::Ready);
    let before = connection.store().read(|read| read.audit_count()).unwrap();
    let failure = execute(&connection, &plan, &Codes::default())
        .await
        .unwrap_err();
    assert!(
        failure.message.starts_with("this connection is read-only"),
        "{}",
        failure.message
    );
    // Nor does a refusal leave a mark.
    let refused = by_agreement(&bought.agreement_id)
        .to("organization:halden")
        .member("nobody@halden.example");
    assert_eq!(plans(&connection, refused).await.outcome, Outcome::Refused);
    Box::pin(connection.sync(Scope::Changes)).await.unwrap();
    assert!(connection.links(&[]).unwrap().is_empty());
    assert_eq!(
        connection.store().read(|read| read.audit_count()).unwrap(),
        before
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_not_sent_does_not_count() {
    let seller = Seller::new().await;
    let connection = seller.open();
    let bought = seller.subscribes(&connection, "guance").await;
    let plan = plans(&connection, by_token(&bought).to("billing-account:halden")).await;

    // No server at all, then one that is gone.
    let failure = execute(&connection, &plan, &Codes::default())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent);
    let gone = Smtp::start(Tls::None, None).unwrap();
    let port = gone.port();
    drop(gone);
    seller.mail_to(port);
    for _ in 0..6 {
        let failure = execute(&connection, &plan, &Codes::default())
            .await
            .unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotSent, "{}", failure.message);
    }
    assert_eq!(sends(&connection, &plan), [0; 0]);
    let (history, _) = connection.link_of(&bought.agreement_id).unwrap();
    assert!(
        history.is_empty(),
        "nobody waits for a code that was not sent"
    );

    let server = Smtp::start(Tls::None, None).unwrap();
    seller.mail_to(server.port());
    let sent = execute(&connection, &plan, &Codes::default())
        .await
        .unwrap();
    assert!(matches!(sent, Executed::CodesSent(_)));
    let mail = smtp::read(&server.next_mail().unwrap()).unwrap();
    assert_eq!(sends(&connection, &plan), [1]);

    // When another one cannot be sent, the first is still good.
    seller.mail_to(port);
    execute(&connection, &plan, &another_code())
        .await
        .unwrap_err();
    assert_eq!(sends(&connection, &plan), [1]);
    let right = entering(&code_in(&mail));
    linked(execute(&connection, &plan, &right).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_opens_without_a_network_plans_and_queues() {
    let seller = Seller::new().await;
    let connection = seller.open();
    let bought = seller.subscribes(&connection, "emqx").await;
    connection.close().await;
    drop(connection);
    seller.control.set_network(false).await.unwrap();

    let connection = seller.connections.open(&seller.id).unwrap();
    let ask = by_agreement(&bought.agreement_id).for_halden();
    let plan = plans(&connection, ask).await;
    assert!(plan.offline.is_some());
    let queued = execute(&connection, &plan, &Codes::default())
        .await
        .unwrap();
    assert!(matches!(queued, Executed::Queued));

    seller.control.set_network(true).await.unwrap();
    Box::pin(connection.sync(Scope::Changes)).await.unwrap();
    assert_eq!(connection.links(&[]).unwrap().len(), 1);
    seller.aws.stop().await;
}
