//! Profiles of the shared configuration files: real files, real programs, moto for roles.

use std::fs;
use std::path::PathBuf;

use app::Clock;
use app::marketplace::{ErrorKind, Marketplace, MarketplaceError};
use aws::{
    AssumedRole, AwsMarketplace, ConnectionSettings, Credentials, MfaCodes, ProfileFiles,
    ProfileKind, profiles_in,
};
use domain::{MfaSerial, RoleArn};
use moto::Moto;
use tempfile::TempDir;

use crate::canned::{Canned, ok};
use crate::{SECRET, entry, listing, settings};

const ID: &str = "AKIAIOSFODNN7EXAMPLE";

/// Files of somebody's, and a marketplace that answers everybody.
struct Desk {
    folder: TempDir,
    marketplace: Canned,
}

impl Desk {
    async fn with(config: &str, credentials: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config"), config).unwrap();
        fs::write(folder.path().join("credentials"), credentials).unwrap();
        let marketplace = Canned::serve(|_| ok(listing(vec![entry(&[])]))).await;
        Self {
            folder,
            marketplace,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn files(&self) -> ProfileFiles {
        ProfileFiles {
            config: Some(self.path("config")),
            credentials: Some(self.path("credentials")),
        }
    }

    fn connect(&self, credentials: Credentials) -> AwsMarketplace {
        AwsMarketplace::connect(ConnectionSettings {
            credentials,
            clock: Clock::default(),
            ..settings(&self.marketplace.endpoint)
        })
        .unwrap()
    }

    fn profile(&self, name: &str) -> Credentials {
        Credentials::from_profile_in(self.files(), name)
    }

    /// The access key that the marketplace is called with.
    async fn key(&self, name: &str) -> String {
        let aws = self.connect(self.profile(name));
        aws.agreements(None, None).await.unwrap();
        self.marketplace.requests().last().unwrap().key()
    }

    async fn refused(&self, name: &str) -> MarketplaceError {
        let aws = self.connect(self.profile(name));
        let error = aws.agreements(None, None).await.unwrap_err();
        assert_eq!(self.marketplace.requests().len(), 0);
        error
    }
}

fn keys(id: &str) -> String {
    format!("aws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n")
}

#[tokio::test]
async fn keys_are_read_from_either_file() {
    let desk = Desk::with(
        &format!("[profile first]\n{}", keys("AKIAFIRST")),
        &format!("[second]\n{}", keys("AKIASECOND")),
    )
    .await;
    assert_eq!(desk.key("first").await, "AKIAFIRST");
    assert_eq!(desk.key("second").await, "AKIASECOND");
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_is_asked_once_for_all_callers() {
    let folder = tempfile::tempdir().unwrap();
    let (script, log) = (folder.path().join("give.sh"), folder.path().join("log"));
    let json = format!(
        r#"{{"Version":1,"AccessKeyId":"ASIAPROCESS","SecretAccessKey":"{SECRET}","SessionToken":"t"}}"#
    );
    let program = format!("echo asked >> {}\necho '{json}'\n", log.display());
    fs::write(&script, program).unwrap();
    let config = format!(
        "[profile tool]\ncredential_process = sh {}\n",
        script.display()
    );
    let desk = Desk::with(&config, "").await;
    let aws = desk.connect(desk.profile("tool"));
    let calls = (0..10).map(|_| aws.agreements(None, None));
    for answer in futures_util::future::join_all(calls).await {
        answer.unwrap();
    }
    assert_eq!(desk.marketplace.requests()[0].key(), "ASIAPROCESS");
    assert_eq!(fs::read_to_string(log).unwrap(), "asked\n");
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_fails_is_quoted_without_its_secrets() {
    let config = format!(
        "[profile tool]\ncredential_process = sh -c 'echo no card in the reader {ID} >&2; exit 3'\n\
         [profile prose]\ncredential_process = echo {SECRET}\n\
         [profile half]\ncredential_process = echo '{{\"Version\":1,\"SecretAccessKey\":\"{SECRET}\"}}'\n"
    );
    let desk = Desk::with(&config, "").await;
    for (name, says) in [
        ("tool", "no card in the reader"),
        ("prose", "invalid JSON"),
        ("half", "AccessKeyId"),
    ] {
        let error = desk.refused(name).await;
        assert_eq!(error.kind, ErrorKind::Credentials, "{error}");
        assert_eq!(error.operation, "SearchAgreements");
        assert!(error.message.contains("credential_process"), "{error}");
        assert!(error.message.contains(says), "{error}");
        assert!(
            !error.message.contains(ID) && !error.message.contains(SECRET),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_role_of_a_profile_is_assumed_from_its_source() {
    let sts = Moto::start().unwrap();
    let config = format!(
        "[profile role]\nrole_arn = arn:aws:iam::444455556666:role/Bindery\n\
         source_profile = base\nendpoint_url = {}\n[profile base]\n{}",
        sts.endpoint(),
        keys(ID)
    );
    let desk = Desk::with(&config, "").await;
    assert!(desk.key("role").await.starts_with("ASIA"));
}

#[tokio::test]
async fn a_role_may_be_assumed_from_a_profile() {
    let sts = Moto::start().unwrap();
    let desk = Desk::with("", &format!("[base]\n{}", keys(ID))).await;
    let arn = RoleArn::parse("arn:aws:iam::444455556666:role/Bindery").unwrap();
    let credentials = desk.profile("base");
    let aws = AwsMarketplace::connect(ConnectionSettings {
        sts_endpoint: Some(sts.endpoint().to_owned()),
        credentials: credentials.assuming(AssumedRole::new(arn), MfaCodes::default()),
        ..settings(&desk.marketplace.endpoint)
    });
    let identity = aws.unwrap().caller_identity().await.unwrap();
    assert_eq!(identity.account, "444455556666");
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_told_with_those_that_are() {
    let desk = Desk::with("", &format!("[work]\n{0}[home]\n{0}", keys(ID))).await;
    let error = desk.refused("wrok").await;
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert_eq!(
        error.message,
        "there is no profile “wrok” in AWS's configuration files; there are home, work"
    );
    fs::remove_file(desk.path("config")).unwrap();
    fs::remove_file(desk.path("credentials")).unwrap();
    let error = desk.refused("work").await;
    assert!(error.message.ends_with("there are none"), "{error}");
}

#[tokio::test]
async fn what_was_mended_in_the_files_counts_at_once() {
    let desk = Desk::with("", "").await;
    let aws = desk.connect(desk.profile("work"));
    assert!(aws.agreements(None, None).await.is_err());
    fs::write(desk.path("credentials"), format!("[work]\n{}", keys(ID))).unwrap();
    aws.agreements(None, None).await.unwrap();
}

#[tokio::test]
async fn a_code_is_not_spent_on_a_profile_that_gives_no_credentials() {
    let sts = Moto::start().unwrap();
    let desk = Desk::with("", "").await;
    let codes = MfaCodes::default();
    codes.provide("123456").unwrap();
    let arn = RoleArn::parse("arn:aws:iam::444455556666:role/Bindery").unwrap();
    let role = AssumedRole {
        mfa_serial: Some(MfaSerial::parse("GAHT12345678").unwrap()),
        ..AssumedRole::new(arn)
    };
    let aws = AwsMarketplace::connect(ConnectionSettings {
        sts_endpoint: Some(sts.endpoint().to_owned()),
        credentials: desk.profile("work").assuming(role, codes.clone()),
        ..settings(&desk.marketplace.endpoint)
    })
    .unwrap();
    let error = aws.agreements(None, None).await.unwrap_err();
    assert!(error.message.contains("no profile “work”"), "{error}");
    assert!(!codes.wanted());
    fs::write(desk.path("credentials"), format!("[work]\n{}", keys(ID))).unwrap();
    aws.agreements(None, None).await.unwrap();
}

#[tokio::test]
async fn a_broken_file_is_told_by_its_line_and_not_shown() {
    let broken = format!("[work]\n{}\n{SECRET}\n", keys(ID));
    let desk = Desk::with("", &broken).await;
    let error = desk.refused("work").await;
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert!(error.message.contains("line 5"), "{error}");
    assert!(!error.message.contains(SECRET), "{error}");
    let error = profiles_in(&desk.files()).await.unwrap_err().to_string();
    assert!(
        error.contains("line 5") && !error.contains(SECRET),
        "{error}"
    );
}

#[tokio::test]
async fn what_bindery_cannot_use_is_told_with_what_it_can() {
    let config = "[profile empty]\nregion = us-east-1\n\
                  [profile console]\nlogin_session = arn:aws:iam::111122223333:user/me\n\
                  [profile coded]\nrole_arn = arn:aws:iam::111122223333:role/x\n\
                  source_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n\
                  [profile lost]\nrole_arn = arn:aws:iam::111122223333:role/x\n\
                  source_profile = nowhere\n\
                  [profile loop]\nrole_arn = arn:aws:iam::111122223333:role/x\n\
                  source_profile = pool\n\
                  [profile pool]\nrole_arn = arn:aws:iam::111122223333:role/x\n\
                  source_profile = loop\n";
    let desk = Desk::with(config, "").await;
    for (name, says) in [
        ("empty", "has no credentials"),
        ("console", "`aws login`"),
        ("coded", "choose its source_profile"),
        ("lost", "nowhere"),
        ("loop", "infinite loop"),
    ] {
        let error = desk.refused(name).await;
        assert_eq!(error.kind, ErrorKind::Credentials, "{error}");
        assert!(error.message.contains(says), "{error}");
        assert!(error.message.contains(name), "{error}");
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_how() {
    // Signing in leaves a file named after the session; nobody has signed in to these.
    let config = "[profile old]\nsso_start_url = https://bindery-test.invalid/start\n\
                  sso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = x\n\
                  [profile new]\nsso_session = bindery-test-without-a-session\n\
                  sso_account_id = 111122223333\nsso_role_name = x\n\
                  [sso-session bindery-test-without-a-session]\nsso_region = us-east-1\n\
                  sso_start_url = https://bindery-test.invalid/start\n\
                  [profile torn]\nsso_session = missing\nsso_account_id = 111122223333\n\
                  sso_role_name = x\n";
    let desk = Desk::with(config, "").await;
    for name in ["old", "new"] {
        let error = desk.refused(name).await;
        assert_eq!(error.kind, ErrorKind::Credentials, "{error}");
        assert!(
            error
                .message
                .contains(&format!("`aws sso login --profile {name}`")),
            "{error}"
        );
    }
    let error = desk.refused("torn").await;
    assert!(
        error.message.contains("sso-session named `missing`"),
        "{error}"
    );
    assert!(!error.message.contains("aws sso login"), "{error}");
}

#[tokio::test]
async fn a_role_of_a_profile_that_is_refused_is_told_by_sts() {
    let sts =
        Canned::serve(|_| crate::sts::refusal("AccessDenied", "not authorized to do so")).await;
    let config = format!(
        "[profile role]\nrole_arn = arn:aws:iam::444455556666:role/Bindery\n\
         source_profile = base\nendpoint_url = {}\n[profile base]\n{}",
        sts.endpoint,
        keys(ID)
    );
    let desk = Desk::with(&config, "").await;
    let error = desk.refused("role").await;
    assert_eq!(error.kind, ErrorKind::Credentials, "{error}");
    assert!(
        error
            .message
            .contains("AccessDenied: not authorized to do so"),
        "{error}"
    );
}

#[tokio::test]
async fn profiles_are_listed_with_where_their_credentials_come_from() {
    let config = "[default]\nregion = us-east-1\n\
                  [profile tool]\ncredential_process = tool\n\
                  [profile one]\nsso_session = s\nsso_account_id = 1\nsso_role_name = x\n\
                  [sso-session s]\nsso_region = us-east-1\nsso_start_url = https://x\n\
                  [profile role]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = a\n";
    let desk = Desk::with(config, &format!("[work]\n{}", keys(ID))).await;
    let profiles = profiles_in(&desk.files()).await.unwrap();
    let told: Vec<_> = profiles
        .iter()
        .map(|one| (one.name.as_str(), one.kind))
        .collect();
    assert_eq!(
        told,
        [
            ("one", ProfileKind::Sso),
            ("role", ProfileKind::Role),
            ("tool", ProfileKind::Process),
            ("work", ProfileKind::Keys),
        ]
    );
    let nowhere = ProfileFiles {
        config: Some(desk.path("no-config")),
        credentials: Some(desk.path("no-credentials")),
    };
    assert_eq!(profiles_in(&nowhere).await.unwrap(), []);
}
