//! Codes are checked before anything is linked: the sandbox over the wire, its mailbox, a database in a
//! file.

#![cfg(test)]

use app::directory::import::{self, OnBadRows};
use app::link::{BuyerEntered, Codes, Executed, LinkForm};
use app::sync::Scope;
use app::{Action, FailureKind};
use connection::{Connection, Folders};
use domain::PlanId;
use sandbox::{Control, Options, Subscribe};

const MAILBOX: &str = "billing@halden.example";
const VENDOR: &str = r#"{
    "billingAccounts": [{"userName": "halden", "email": "billing@halden.example", "company": "Halden Freight AS", "country": "NO"}],
    "workspaces": [{"id": "wksp-1", "billingAccount": "halden", "name": "Ops", "language": "en", "site": "eu-frankfurt", "state": "active"}]
}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_only_checked_links_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folders = Folders::under(folder.path());
    let options = Options {
        agreements: 20,
        ..Options::for_state(&folders.sandbox())
    };
    let sandbox = sandbox::serve(options).await.unwrap();
    let control = Control::at(sandbox.endpoint());
    let connection = Connection::open_sandbox(&folders).unwrap();
    connection.control().await.unwrap();
    import_vendor(&connection);
    let purchase = Subscribe {
        listing: "guance".to_owned(),
        account: "222233334444".to_owned(),
        ..Subscribe::default()
    };
    let bought = control.subscribe(&purchase).await.unwrap();
    Box::pin(connection.sync(Scope::Changes)).await.unwrap();

    let form = LinkForm {
        buyer: BuyerEntered::Anything(bought.registration_url.clone()),
        target: "billing-account:halden".to_owned(),
        workspaces: vec!["wksp-1".to_owned()],
        ..LinkForm::default()
    };
    let plan = connection.plan_link(form.check().unwrap()).await.unwrap();
    let id = PlanId::parse(&plan.id).unwrap();
    let check = |code: &str| Codes {
        entered: vec![code.to_owned()],
        check_only: true,
        ..Codes::default()
    };
    connection
        .execute_link(
            &id,
            &Codes {
                check_only: true,
                ..Codes::default()
            },
        )
        .await
        .unwrap();
    let mails = control.mailbox(MAILBOX, 0).await.unwrap().mails;
    let subject = &mails.first().unwrap().subject;
    let code: String = subject.chars().filter(char::is_ascii_digit).collect();

    let wrong = if code == "111111" { "222222" } else { "111111" };
    let failure = connection.execute_link(&id, &check(wrong)).await;
    let failure = failure.unwrap_err().failure();
    assert_eq!(failure.kind, FailureKind::Refused, "{}", failure.message);
    assert_eq!(failure.fields[0].field, "code");

    let Executed::CodesSent(codes) = connection.execute_link(&id, &check(&code)).await.unwrap()
    else {
        panic!("something was linked by checking a code");
    };
    assert!(codes.iter().all(|it| it.verified_at.is_some()), "{codes:?}");
    let linked = connection.execute_link(&id, &Codes::default()).await;
    assert!(matches!(linked, Ok(Executed::Linked(_))), "{linked:?}");
}

fn import_vendor(connection: &Connection) {
    let store = connection.store();
    let plan = import::plan(store, "vendor.json", VENDOR.as_bytes(), None).unwrap();
    let permit = connection.permit(Action::EditDirectory).unwrap();
    let now = connection.clock().now();
    let go_on = |_, _| std::ops::ControlFlow::Continue(());
    plan.apply(store, permit, OnBadRows::Refuse, now, go_on)
        .unwrap();
}
