//! The command line, declared once: parser, help and completion come from here.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

mod connection;
mod ending;
mod link;
mod lists;
mod sandbox;

pub(crate) use self::connection::{
    AddArgs, ChangeArgs, ConnectionCommand, CredentialsArgs, MailCommand, SetMailArgs,
};
pub(crate) use self::ending::{
    AuditCommand, CancelCommand, EndingsCommand, OutboxCommand, UnlinkCommand, UsageCommand,
};
pub(crate) use self::link::{LinkCommand, PlanArgs};
pub(crate) use self::lists::{AgreementsCommand, OrganizationsCommand, SortBy};
pub(crate) use self::sandbox::{
    CancellationCommand, FaultArgs, SandboxArgs, SandboxCommand, ServeArgs, SubscribeArgs,
};

/// Bindery on the command line.
#[derive(Parser)]
#[command(
    name = "binderyctl",
    version,
    about = "Bindery on the command line",
    max_term_width = 100
)]
pub(crate) struct Args {
    /// Folder with the data [default: BINDERY_DATA_DIR, else the system's place]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Connection to use
    #[arg(long, global = true, value_name = "ID", default_value = "sandbox")]
    pub(crate) connection: String,
    /// Print one JSON document; errors as one JSON object on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// AWS Marketplace on this machine: serve it, act as its buyers
    Sandbox(SandboxArgs),
    #[command(flatten)]
    Open(OpenCommand),
    /// Connections to seller accounts
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// The rules for linking and ending, listing by listing
    #[command(subcommand)]
    Policy(PolicyCommand),
}

/// What wants a connection that is open.
#[derive(Subcommand)]
pub(crate) enum OpenCommand {
    /// Bring the data up to date
    Sync {
        /// List everything, and drop what AWS no longer lists
        #[arg(long)]
        full: bool,
    },
    /// How much data there is, how old and how complete
    Status,
    /// Agreements and what they grant
    #[command(subcommand)]
    Agreements(AgreementsCommand),
    /// Organizations of the vendor's directory
    #[command(subcommand)]
    Organizations(OrganizationsCommand),
    /// Linking buyers to organizations and billing accounts
    #[command(subcommand)]
    Link(Box<LinkCommand>),
    /// Asking buyers to agree to a cancellation
    #[command(subcommand)]
    Cancel(CancelCommand),
    /// Taking links away without ending the agreement
    #[command(subcommand)]
    Unlink(UnlinkCommand),
    /// What is ending, and what is due
    #[command(subcommand)]
    Endings(EndingsCommand),
    /// Usage that is still to be billed
    #[command(subcommand)]
    Usage(UsageCommand),
    /// Plans that wait for the network
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Everything that was done, refused or taken in
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// List the built-in policies and those in the configuration folder
    List,
    /// Print a policy's file; as JSON, what it comes to
    Show {
        /// Policy id
        id: String,
    },
    /// Tell everything that is wrong with a policy file
    Check {
        /// The file
        file: PathBuf,
    },
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}
