//! Hands one mail to a mail server.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use app::{Clock, Mail, MailError, MailErrorKind, Mailer};
use futures_util::future::BoxFuture;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail as From, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::failure::{Hidden, Step, failed, timed_out};
use crate::message::{self, Letter, Sender};
use crate::server::{Security, Server};

/// The password of a mail server: overwritten when dropped, and shown by no formatting. `lettre` makes
/// a copy of its own for as long as it signs in, and that one is not overwritten.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text in.
    #[must_use]
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// How long a mail server may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For everything until the mail is handed over.
    pub until_given: Duration,
    /// To say whether it takes the mail, once it has it: some look for spam first.
    pub until_taken: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            until_given: Duration::from_secs(30),
            until_taken: Duration::from_mins(1),
        }
    }
}

/// How long the farewell may take, which changes nothing any more.
const FAREWELL_MAX: Duration = Duration::from_secs(1);

/// A way to send mail: a server, who signs in there, and whom mail comes from.
#[derive(Debug)]
pub struct Smtp {
    server: Server,
    user: Option<(String, Password)>,
    sender: Sender,
    clock: Clock,
    patience: Patience,
    roots: Vec<Certificate>,
}

impl Smtp {
    /// Mail of this sender over this server, which trusts the authorities that the system trusts.
    /// Connects to nothing yet.
    #[must_use]
    pub fn new(server: Server, user: Option<(String, Password)>, sender: Sender) -> Self {
        Self {
            server,
            user,
            sender,
            clock: Clock::default(),
            patience: Patience::default(),
            roots: Vec::new(),
        }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// The same, which trusts this authority too, given as PEM; one that cannot be read adds nothing.
    #[must_use]
    pub fn trusting(mut self, authority: &[u8]) -> Self {
        self.roots.extend(Certificate::from_pem(authority));
        self
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), MailError> {
        let mut unique = [0; 16];
        // Without randomness, two mails may get one id: better than no mail.
        let _ = getrandom::fill(&mut unique);
        let unique = u128::from_ne_bytes(unique);
        let letter = message::write(mail, &self.sender, self.clock.now(), unique)?;
        let user = self.user.as_ref();
        let user = user.map(|(user, password)| (user.as_str(), password.0.as_str()));
        let mut talk = Talk {
            smtp: self,
            letter: &letter,
            hidden: Hidden::new(user, mail, &letter.bytes),
            step: Step::Connect,
        };
        let ready = timeout(self.patience.until_given, talk.until_given()).await;
        let Ok(ready) = ready else {
            return Err(timed_out(
                &self.server,
                talk.step,
                self.patience.until_given,
            ));
        };
        let mut line = ready?;
        talk.step = Step::Mail;
        let taken = timeout(self.patience.until_taken, line.message(&letter.bytes)).await;
        match taken {
            Ok(Ok(_)) => {
                let _ = timeout(FAREWELL_MAX, line.quit()).await;
                Ok(())
            }
            Ok(Err(error)) => Err(talk.failed(&error)),
            Err(_) => Err(timed_out(
                &self.server,
                talk.step,
                self.patience.until_taken,
            )),
        }
    }

    fn tls(&self) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let name = self.server.host.as_str().to_owned();
        let roots = self.roots.iter().cloned();
        roots
            .fold(TlsParametersBuilder::new(name), |tls, root| {
                tls.add_root_certificate(root)
            })
            .build()
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.hand_over(mail))
    }

    fn name(&self) -> &'static str {
        "the mail server"
    }
}

/// One talk with a server, and how far it is.
struct Talk<'a> {
    smtp: &'a Smtp,
    letter: &'a Letter,
    hidden: Hidden<'a>,
    step: Step<'a>,
}

impl Talk<'_> {
    /// Everything up to the point where the mail itself may be sent.
    async fn until_given(&mut self) -> Result<AsyncSmtpConnection, MailError> {
        let mut line = self.connect().await?;
        self.step = Step::SignIn;
        if let Some((user, password)) = &self.smtp.user {
            self.sign_in(&mut line, user, password).await?;
        }
        let letter = self.letter;
        let (from, to): (&str, &str) = (letter.from.as_ref(), letter.to.as_ref());
        let mut parameters = Vec::new();
        if !from.is_ascii() || !to.is_ascii() {
            if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
                let message = format!(
                    "the mail server {} takes addresses in plain letters only, and {} is not in them",
                    self.smtp.server, letter.to
                );
                return Err(MailError::new(MailErrorKind::RefusedRecipient, &message));
            }
            parameters.push(MailParameter::SmtpUtfEight);
            // Such an address stands in the mail, too. Whoever takes it there takes eight bits.
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.step = Step::Sender(from);
        let from = From::new(Some(letter.from.clone()), parameters);
        self.checked(line.command(from).await)?;
        self.step = Step::Recipient(to);
        let to = Rcpt::new(letter.to.clone(), Vec::new());
        self.checked(line.command(to).await)?;
        self.step = Step::Data;
        self.checked(line.command(Data).await)?;
        Ok(line)
    }

    async fn connect(&mut self) -> Result<AsyncSmtpConnection, MailError> {
        let server = &self.smtp.server;
        let me = ClientId::default();
        let at = (server.host.as_str(), server.port);
        match server.security {
            Security::Tls => {
                let tls = Some(self.checked(self.smtp.tls())?);
                let line = AsyncSmtpConnection::connect_tokio1(at, None, &me, tls, None).await;
                self.checked(line)
            }
            Security::StartTls => {
                let line = AsyncSmtpConnection::connect_tokio1(at, None, &me, None, None).await;
                let mut line = self.checked(line)?;
                self.step = Step::StartTls;
                if !line.can_starttls() {
                    let message = format!("the mail server {server} does not offer STARTTLS");
                    return Err(MailError::new(MailErrorKind::Tls, &message));
                }
                let tls = self.checked(self.smtp.tls())?;
                self.checked(line.starttls(tls, &me).await)?;
                Ok(line)
            }
            Security::None => {
                let here = this_machine(server)?;
                let line = AsyncSmtpConnection::connect_tokio1(&*here, None, &me, None, None).await;
                self.checked(line)
            }
        }
    }

    async fn sign_in(
        &self,
        line: &mut AsyncSmtpConnection,
        user: &str,
        password: &Password,
    ) -> Result<(), MailError> {
        let offered = line.server_info().get_auth_mechanism(DEFAULT_MECHANISMS);
        if offered.is_none() {
            let message = format!(
                "the mail server {} offers no way to sign in with user and password",
                self.smtp.server
            );
            return Err(MailError::new(MailErrorKind::Credentials, &message));
        }
        let credentials = Credentials::new(user.to_owned(), password.0.to_string());
        self.checked(line.auth(DEFAULT_MECHANISMS, &credentials).await)?;
        Ok(())
    }

    fn checked<T>(&self, done: Result<T, lettre::transport::smtp::Error>) -> Result<T, MailError> {
        done.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &lettre::transport::smtp::Error) -> MailError {
        failed(&self.smtp.server, self.step, error, &self.hidden)
    }
}

/// Where a server without security is: whatever a resolver says, nowhere but on this machine.
fn this_machine(server: &Server) -> Result<Vec<SocketAddr>, MailError> {
    let addresses = match server.host.address() {
        Some(address) => vec![address],
        None => vec![
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ],
    };
    if !server.host.is_loopback() {
        let message = format!(
            "the mail server {server} is not on this machine, so mail goes there by TLS only"
        );
        return Err(MailError::new(MailErrorKind::Tls, &message));
    }
    let at = |address| SocketAddr::new(address, server.port);
    Ok(addresses.into_iter().map(at).collect())
}
