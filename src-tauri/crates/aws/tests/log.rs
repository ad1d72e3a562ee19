//! What is logged while credentials are used, with every log asked for: in a process of its own,
//! since a log is the process's.

#![cfg(all(test, unix))]

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use app::marketplace::{ErrorKind, Marketplace};
use aws::{
    AssumedRole, AwsMarketplace, ConnectionSettings, Credentials, MfaCodes, ProfileFiles,
    QUIET_LOGS, Quota,
};
use domain::{MfaSerial, RoleArn};
use moto::Moto;
use tracing_subscriber::EnvFilter;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "token-of-this-session";
const CODE: &str = "918273";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_shows_a_key_a_secret_a_token_or_a_code() {
    let log = Log::default();
    let written = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("trace,{QUIET_LOGS}")))
        .with_writer(move || log.clone())
        .init();

    let sts = Moto::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let gives = format!(
        r#"echo '{{"Version":1,"AccessKeyId":"{ID}","SecretAccessKey":"{SECRET}","SessionToken":"{TOKEN}"}}'"#
    );
    let fails = format!("sh -c 'echo {SECRET} >&2; exit 1'");
    let profiles = format!(
        "[profile gives]\ncredential_process = {gives}\n\
         [profile fails]\ncredential_process = {fails}\n"
    );
    std::fs::write(&config, profiles).unwrap();
    let profile = |name: &str| {
        let files = ProfileFiles {
            config: Some(config.clone()),
            credentials: Some(folder.path().join("credentials")),
        };
        Credentials::from_profile_in(files, name)
    };
    let connect = |endpoint: &str, credentials| {
        AwsMarketplace::connect(ConnectionSettings {
            endpoint: Some(endpoint.to_owned()),
            sts_endpoint: Some(sts.endpoint().to_owned()),
            quota: Quota::unlimited(),
            ..ConnectionSettings::new(credentials)
        })
        .unwrap()
    };
    let running = sandbox::serve(sandbox::Options::default()).await.unwrap();
    let codes = MfaCodes::default();
    codes.provide(CODE).unwrap();
    let role = AssumedRole {
        mfa_serial: Some(MfaSerial::parse("arn:aws:iam::111122223333:mfa/me").unwrap()),
        ..AssumedRole::new(RoleArn::parse("arn:aws:iam::444455556666:role/Bindery").unwrap())
    };
    let aws = connect(running.endpoint(), profile("gives").assuming(role, codes));
    aws.agreements(None, None).await.unwrap();
    aws.caller_identity().await.unwrap();
    let keys = Credentials::from_keys(ID, SECRET, Some(TOKEN.to_owned()));
    connect(running.endpoint(), keys)
        .agreements(None, None)
        .await
        .unwrap();
    let error = connect(running.endpoint(), profile("fails"))
        .agreements(None, None)
        .await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::Credentials);
    // Something is logged: an attempt that is made again.
    let throttled = sandbox::Fault {
        operation: "*".to_owned(),
        error: Some("ThrottlingException".to_owned()),
        times: Some(1),
        ..sandbox::Fault::default()
    };
    let control = sandbox::Control::at(running.endpoint());
    control.add_fault(&throttled).await.unwrap();
    aws.agreements(None, None).await.unwrap();

    let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("trying again"), "{written}");
    for secret in [ID, SECRET, TOKEN, CODE] {
        let line = written.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}
