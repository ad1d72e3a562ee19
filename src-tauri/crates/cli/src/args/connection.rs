//! Arguments about connections to seller accounts.

use clap::{Args as Arguments, Subcommand};

#[derive(Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Add a connection; secrets come from a prompt or standard input
    Add(AddArgs),
    /// List connections
    List,
    /// Find out what a connection's credentials may do
    Check {
        /// Connection id
        id: String,
        /// Tell what the last check found, without asking AWS
        #[arg(long)]
        last: bool,
    },
    /// Rename a connection, or change what it may be used for
    Change(ChangeArgs),
    /// Replace a connection's credentials; secrets come from a prompt or standard input
    Credentials {
        /// Connection id
        id: String,
        #[command(flatten)]
        credentials: CredentialsArgs,
    },
    /// How a connection's mail to buyers is sent
    Mail {
        /// Connection id
        id: String,
        #[command(subcommand)]
        command: MailCommand,
    },
    /// Encrypt a connection's database with a new key
    Rekey {
        /// Connection id
        id: String,
    },
    /// Begin anew when the key of a connection's database, or of its audit, is lost; the old file is kept
    StartOver {
        /// Connection id
        id: String,
    },
    /// Remove a connection with its secrets and its data
    Remove {
        /// Connection id
        id: String,
        /// The connection's name, typed to confirm
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// Print the IAM policy that a connection needs
    Policy {
        /// For looking only
        #[arg(long)]
        read_only: bool,
    },
}

#[derive(Arguments)]
pub(crate) struct AddArgs {
    /// What to call it
    #[arg(long)]
    pub(crate) name: String,
    /// The seller account: 12 digits
    #[arg(long, value_name = "ID")]
    pub(crate) account: String,
    #[command(flatten)]
    pub(crate) credentials: CredentialsArgs,
    /// Region of STS and metering [default: us-east-1]
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// A test server instead of AWS
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// A test server instead of AWS's STS
    #[arg(long, value_name = "URL")]
    pub(crate) sts_endpoint: Option<String>,
    /// For looking only
    #[arg(long)]
    pub(crate) read_only: bool,
}

#[derive(Arguments)]
pub(crate) struct CredentialsArgs {
    /// A profile of AWS's shared configuration, instead of access keys
    #[arg(long)]
    pub(crate) profile: Option<String>,
    /// A role to assume with these
    #[arg(long, value_name = "ARN")]
    pub(crate) role: Option<String>,
    /// The role's external id
    #[arg(long, value_name = "ID", requires = "role")]
    pub(crate) external_id: Option<String>,
    /// The MFA device whose code the role wants
    #[arg(long, value_name = "DEVICE", requires = "role")]
    pub(crate) mfa_serial: Option<String>,
}

#[derive(Arguments)]
pub(crate) struct ChangeArgs {
    /// Connection id
    pub(crate) id: String,
    /// What to call it
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// For looking only
    #[arg(long, conflicts_with = "full")]
    pub(crate) read_only: bool,
    /// For looking and acting
    #[arg(long)]
    pub(crate) full: bool,
}

#[derive(Subcommand)]
pub(crate) enum MailCommand {
    /// Tell the mail server, who signs in there, and whom mail comes from
    Show,
    /// Send mail like this from now on; the password comes from a prompt or standard input
    Set(SetMailArgs),
    /// Forget the mail server and its password
    Remove,
    /// Send a trial mail
    Try {
        /// To this e-mail address
        #[arg(value_name = "ADDRESS")]
        to: String,
    },
}

#[derive(Arguments)]
pub(crate) struct SetMailArgs {
    /// The mail server's name or address
    #[arg(long)]
    pub(crate) host: String,
    /// Its port [default: the usual one of the security: 465, 587 or 25]
    #[arg(long)]
    pub(crate) port: Option<String>,
    /// tls, starttls, or none for a server on this machine [default: tls]
    #[arg(long)]
    pub(crate) security: Option<String>,
    /// Who signs in [default: nobody]
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// The address that mail comes from
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: String,
    /// The name shown with it
    #[arg(long, value_name = "NAME")]
    pub(crate) from_name: Option<String>,
}
