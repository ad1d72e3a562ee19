//! Mail of connections: a real mail server, the sandbox in AWS's place, a vault in memory in the
//! keyring's place.

#![cfg(test)]

use std::fs;

use app::{FailureKind, Mail};
use connection::{
    Connection, Connections, CredentialsDraft, Draft, Folders, Keep, MailDraft, OpenError,
};
use domain::Email;
use sandbox::{Control, Options, Running};
use smtp::{Smtp, Tls};
use vault::{SecretKind, Vault};
use zeroize::Zeroizing;

const PASSWORD: &str = "hunter2-호랑이";
const READER: &str = "you@example.com";

/// A sandbox in AWS's place, the connections of a fresh folder, one of them, and its mail server.
struct Story {
    _aws: Running,
    connections: Connections,
    vault: Vault,
    id: String,
    server: Smtp,
    folder: tempfile::TempDir,
}

impl Story {
    async fn new(keep: Keep) -> Self {
        let aws = sandbox::serve(Options {
            agreements: 30,
            ..Options::default()
        });
        let aws = aws.await.unwrap();
        let status = Control::at(aws.endpoint()).status().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::session();
        let connections = Connections::with_vault(Folders::under(folder.path()), vault.clone());
        let draft = Draft {
            name: "Acme".to_owned(),
            account: status.seller_account_id,
            endpoint: aws.endpoint().to_owned(),
            credentials: CredentialsDraft {
                access_key_id: Zeroizing::new("AKIAIOSFODNN7EXAMPLE".to_owned()),
                secret_access_key: Zeroizing::new("wJalrXUtnFEMI/K7MDENG/EXAMPLEKEY".to_owned()),
                ..CredentialsDraft::default()
            },
            ..Draft::default()
        };
        let id = connections.add(&draft, keep).await.unwrap().id.to_string();
        Self {
            _aws: aws,
            connections,
            vault,
            id,
            server: Smtp::start(Tls::None, Some(("sales", PASSWORD))).unwrap(),
            folder,
        }
    }

    fn draft(&self) -> MailDraft {
        MailDraft {
            host: "localhost".to_owned(),
            port: self.server.port().to_string(),
            security: "none".to_owned(),
            user: "sales".to_owned(),
            password: Zeroizing::new(PASSWORD.to_owned()),
            from: "marketplace@example.com".to_owned(),
            from_name: "관측 센터".to_owned(),
        }
    }

    fn set(&self, draft: &MailDraft) -> Result<(), OpenError> {
        self.connections.set_mail(&self.id, draft)
    }

    async fn try_it(&self) -> Result<(), OpenError> {
        self.connections.try_mail(&self.id, READER).await
    }

    /// How trying fails, having seen that it tells no secret.
    async fn refused(&self) -> String {
        let error = self.try_it().await.unwrap_err();
        assert!(!format!("{error:?}").contains(PASSWORD));
        let failure = error.failure();
        assert!(failure.hint().is_some());
        assert_eq!(failure.kind, FailureKind::NotSent);
        failure.message
    }

    /// Every file in the data folder, as one text.
    fn files(&self) -> String {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut text = String::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    text.push_str(&String::from_utf8_lossy(&fs::read(path).unwrap()));
                }
            }
        }
        text
    }
}

#[track_caller]
fn fields(refused: Result<(), OpenError>) -> Vec<String> {
    let failure = refused.unwrap_err().failure();
    failure
        .fields
        .iter()
        .map(|problem| problem.field.to_string())
        .collect()
}

fn code() -> Mail {
    Mail {
        to: Email::parse("ann@example.com").unwrap(),
        subject: "인증 코드".to_owned(),
        body: "인증 코드: 493827".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_set_tried_used_and_removed_with_the_connection() {
    let story = Story::new(Keep::InKeyring).await;
    let connection = story.connections.open(&story.id).unwrap();
    let message = story.refused().await;
    assert!(message.contains("has no mail server"), "{message}");

    story.set(&story.draft()).unwrap();
    story.try_it().await.unwrap();
    let trial = smtp::read(&story.server.next_mail().unwrap()).unwrap();
    assert!(
        trial.contains("From: 관측 센터 <marketplace@example.com>"),
        "{trial}"
    );
    assert!(
        trial.contains("trial mail of the connection “Acme”"),
        "{trial}"
    );
    // A connection that was open all the while sends by it, too.
    connection.send_mail(&code()).await.unwrap();
    assert_eq!(story.server.next_mail().unwrap().to, ["ann@example.com"]);
    connection.close().await;
    drop(connection);

    let files = story.files();
    assert!(
        files.contains("[connection.mail]") && files.contains("from-name"),
        "{files}"
    );
    assert!(!files.contains(PASSWORD));
    let removed = story.connections.remove(&story.id, "Acme").unwrap();
    let password = SecretKind::SmtpPassword.word();
    assert!(removed.secrets.iter().any(|name| name.ends_with(password)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_in_memory_keeps_its_mail_there() {
    let story = Story::new(Keep::InMemory).await;
    story.set(&story.draft()).unwrap();
    story.try_it().await.unwrap();
    assert_eq!(story.server.next_mail().unwrap().to, [READER]);
    let files = story.files();
    assert!(
        !files.contains("localhost") && !files.contains(PASSWORD),
        "{files}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_kept_for_its_user_and_host_alone() {
    let story = Story::new(Keep::InKeyring).await;
    story.set(&story.draft()).unwrap();
    let without = MailDraft {
        password: Zeroizing::default(),
        from_name: String::new(),
        ..story.draft()
    };
    story.set(&without).unwrap();
    story.try_it().await.unwrap();
    let from = smtp::read(&story.server.next_mail().unwrap()).unwrap();
    assert!(from.contains("From: marketplace@example.com"), "{from}");
    let another = MailDraft {
        user: "support".to_owned(),
        ..without.clone()
    };
    assert_eq!(fields(story.set(&another)), ["password"]);

    // Nobody signs in any more: the password goes.
    let nobody = MailDraft {
        user: String::new(),
        ..without.clone()
    };
    story.set(&nobody).unwrap();
    assert_eq!(fields(story.set(&without)), ["password"]);
    let message = story.refused().await;
    assert!(message.contains("wants a user and a password"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_never_kept_beside_settings_it_was_not_entered_for() {
    let story = Story::new(Keep::InKeyring).await;
    story.set(&story.draft()).unwrap();
    let elsewhere = MailDraft {
        host: "127.0.0.1".to_owned(),
        password: Zeroizing::new("for 127.0.0.1 alone".to_owned()),
        ..story.draft()
    };
    // The settings cannot be written.
    let in_the_way = story.folder.path().join("config/connections.toml.new");
    fs::create_dir(&in_the_way).unwrap();
    story.set(&elsewhere).unwrap_err();
    let kept = story.connections.mail(&story.id).unwrap().unwrap();
    assert_eq!(kept.server.host.as_str(), "localhost");
    let message = story.refused().await;
    assert!(message.contains("not in the keyring any more"), "{message}");

    fs::remove_dir(&in_the_way).unwrap();
    story.set(&elsewhere).unwrap();
    story.set(&story.draft()).unwrap();
    story.try_it().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_says_what_to_do() {
    let story = Story::new(Keep::InKeyring).await;
    let wrong = MailDraft {
        password: Zeroizing::new("wrong".to_owned()),
        ..story.draft()
    };
    story.set(&wrong).unwrap();
    let message = story.refused().await;
    assert!(
        message.contains("does not accept user and password"),
        "{message}"
    );

    story.set(&story.draft()).unwrap();
    let nobody = story
        .connections
        .try_mail(&story.id, "nobody@example.com")
        .await;
    assert_eq!(nobody.unwrap_err().failure().kind, FailureKind::NotSent);
    assert_eq!(
        fields(story.connections.try_mail(&story.id, "you").await),
        ["to"]
    );

    let (saved, _) = story.connections.find(&story.id).unwrap();
    let name = vault::SecretName::new(saved.vault, SecretKind::SmtpPassword);
    story.vault.remove(&name).unwrap();
    let message = story.refused().await;
    assert!(message.contains("not in the keyring any more"), "{message}");
    let without = MailDraft {
        password: Zeroizing::default(),
        ..story.draft()
    };
    assert_eq!(fields(story.set(&without)), ["password"]);

    assert!(story.connections.remove_mail(&story.id).unwrap());
    assert!(!story.connections.remove_mail(&story.id).unwrap());
    assert!(story.connections.mail(&story.id).unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_delivers_into_its_own_mailbox() {
    let folder = tempfile::tempdir().unwrap();
    let connections = Connections::with_vault(Folders::under(folder.path()), Vault::session());
    let sandbox = connections.open(Connection::SANDBOX).unwrap();
    let mut mailed = sandbox.mailed();
    sandbox.send_mail(&code()).await.unwrap();
    assert!(mailed.has_changed().unwrap());
    mailed.mark_unchanged();
    let control = sandbox.control().await.unwrap();
    let mailbox = control.mailbox("ann@", 0).await.unwrap();
    assert_eq!(mailbox.mails[0].body, "인증 코드: 493827");

    control.set_network(false).await.unwrap();
    let failure = sandbox.send_mail(&code()).await.unwrap_err().failure();
    assert_eq!(failure.kind, FailureKind::NotSent);
    assert!(!failure.message.contains("493827"));
    assert!(!mailed.has_changed().unwrap());
    control.set_network(true).await.unwrap();
    sandbox.close().await;

    let trial = connections.try_mail(Connection::SANDBOX, READER).await;
    trial.unwrap();
    let refused = connections.set_mail(Connection::SANDBOX, &MailDraft::default());
    assert_eq!(refused.unwrap_err().failure().kind, FailureKind::Invalid);
}
