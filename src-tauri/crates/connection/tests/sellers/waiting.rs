//! Syncs that wait for the person, and syncs of two at once.

use std::fs;

use app::FailureKind;
use app::sync::Scope;
use connection::{CredentialsDraft, Draft, Keep};
use moto::Moto;
use sandbox::{Fault, Subscribe};
use zeroize::Zeroizing;

use super::{KEY_ID, OTHER_ACCOUNT, Story, fault, keys, kind, matched};

/// The account that moto answers for.
const MOTO_ACCOUNT: &str = "123456789012";

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_expire_make_the_sync_wait_and_it_goes_on_where_it_stood() {
    let story = Story::with(1, 400).await;
    let connection = story.added().await;
    // The listing comes through; then the looks at single agreements meet expired credentials.
    let expired = Fault {
        times: None,
        ..fault("GetAgreementTerms", "ExpiredTokenException")
    };
    story.control.add_fault(&expired).await.unwrap();
    let error = connection.sync(Scope::Changes).await.unwrap_err();
    assert_eq!(kind(&error), FailureKind::Credentials);
    assert_eq!(
        connection.attention().unwrap().kind,
        FailureKind::Credentials
    );
    let without = matched(&connection, "is:without-details");
    assert!(without > 0);

    story.control.clear_faults().await.unwrap();
    story.control.reset_counters().await.unwrap();
    let others = keys("AKIAANOTHER00EXAMPLE");
    let replaced = story.connections.replace_credentials("acme", &others);
    replaced.await.unwrap();
    connection.resume().await.unwrap().unwrap();
    assert_eq!(connection.attention(), None);
    assert_eq!(matched(&connection, "is:without-details"), 0);
    let calls = story.control.status().await.unwrap().calls;
    // One page of what changed since: the listing was not begun anew.
    assert_eq!(calls.get("SearchAgreements"), Some(&1));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_another_account_bring_nothing_in() {
    let story = Story::new().await;
    let connection = story.added().await;
    connection.sync(Scope::Changes).await.unwrap();
    drop(connection);
    story
        .control
        .subscribe(&Subscribe {
            listing: "emqx".to_owned(),
            account: "444455556666".to_owned(),
            ..Subscribe::default()
        })
        .await
        .unwrap();
    // Somebody edits the file: what is in the keyring is another account's now.
    let file = story.folder.path().join("config/connections.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace(&story.account, OTHER_ACCOUNT)).unwrap();
    let connection = story.connections.open("acme").unwrap();
    for scope in [Scope::Changes, Scope::Everything] {
        let error = connection.sync(scope).await.unwrap_err();
        assert_eq!(kind(&error), FailureKind::Credentials);
    }
    assert_eq!(matched(&connection, ""), 60);
    let check = connection.check().await.unwrap();
    let expected = connection.account().unwrap();
    assert_eq!(check.other_account(expected), Some(story.account.as_str()));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_wants_a_code_once_a_session_and_a_sync_waits_for_it() {
    let story = Story::new().await;
    let sts = Moto::start().unwrap();
    let with_code = |code: &str| Draft {
        account: MOTO_ACCOUNT.to_owned(),
        sts_endpoint: sts.endpoint().to_owned(),
        credentials: CredentialsDraft {
            role_arn: format!("arn:aws:iam::{MOTO_ACCOUNT}:role/Bindery"),
            external_id: "42".to_owned(),
            mfa_serial: format!("arn:aws:iam::{MOTO_ACCOUNT}:mfa/sales"),
            mfa_code: Zeroizing::new(code.to_owned()),
            ..keys(KEY_ID)
        },
        ..story.draft()
    };
    let refused = story.refused(&with_code("")).await;
    assert_eq!(refused, (FailureKind::CodeNeeded, "mfaCode".to_owned()));

    let saved = story
        .connections
        .add(&with_code("123456"), Keep::InKeyring)
        .await
        .unwrap();
    let connection = story.connections.open(saved.id.as_str()).unwrap();
    // The session that the code was for serves the check and the sync.
    let check = connection.check().await.unwrap();
    let arn = check.identity.unwrap().arn;
    assert!(arn.contains("assumed-role/Bindery/"), "{arn}");
    connection.sync(Scope::Changes).await.unwrap();
    drop(connection);

    // Another start has no session; it says what it needs, and goes on with it.
    let connection = story.connections.open(saved.id.as_str()).unwrap();
    let error = connection.sync(Scope::Changes).await.unwrap_err();
    assert_eq!(kind(&error), FailureKind::CodeNeeded);
    assert_eq!(
        connection.attention().unwrap().kind,
        FailureKind::CodeNeeded
    );
    assert!(connection.provide_code("12345").is_err());
    connection.provide_code(" 654 321 ").unwrap();
    connection.resume().await.unwrap().unwrap();
    assert_eq!(connection.attention(), None);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_connections_sync_at_once_and_keep_to_themselves() {
    let one = Story::with(1, 200).await;
    let two = Story::with(2, 100).await;
    let first = one.added().await;
    let draft = Draft {
        name: "Second".to_owned(),
        ..two.draft()
    };
    let saved = one.connections.add(&draft, Keep::InKeyring).await.unwrap();
    let second = one.connections.open(saved.id.as_str()).unwrap();
    let (first_done, second_done) =
        tokio::join!(first.sync(Scope::Changes), second.sync(Scope::Changes));
    assert_eq!(first_done.unwrap().agreements, 200);
    assert_eq!(second_done.unwrap().agreements, 100);
    assert_eq!((matched(&first, ""), matched(&second, "")), (200, 100));
    one.end().await;
    two.end().await;
}
