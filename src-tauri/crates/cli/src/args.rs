//! The command line, declared once: parser, help and completion come from here.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args as Arguments, Parser, Subcommand};
use domain::{EntryKind, LinkState};
use policy::Language;
use views::SortKey;

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

#[derive(Arguments)]
pub(crate) struct SandboxArgs {
    /// A running sandbox [default: this data folder's own]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    #[command(subcommand)]
    pub(crate) command: SandboxCommand,
}

#[derive(Subcommand)]
pub(crate) enum SandboxCommand {
    /// Serve this data folder's sandbox until interrupted; the first line tells the endpoint
    Serve(ServeArgs),
    /// A buyer subscribes and opens "Set up your account"
    Subscribe(SubscribeArgs),
    /// A buyer answers a cancellation request
    #[command(subcommand)]
    Cancellation(CancellationCommand),
    /// A buyer cancels an agreement
    Cancel {
        /// Agreement id
        agreement: String,
    },
    /// Move the sandbox's clock forward
    Advance {
        /// Such as 3d, 5h or 30m
        by: String,
    },
    /// Let calls of an operation fail
    Fault(FaultArgs),
    /// Show the mail that buyers got, the newest first
    Mailbox {
        /// Only to addresses with this in them
        #[arg(long, default_value = "")]
        address: String,
        /// Only mail that came after the one of this number
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: u64,
    },
}

#[derive(Arguments)]
pub(crate) struct ServeArgs {
    /// Loopback address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// What a new world is invented from [default: that of the world there is, else 1]
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Agreements a new world begins with [default: those of the world there is, else 300]
    #[arg(long)]
    pub(crate) agreements: Option<u32>,
    /// Time at which a new world begins [default: now]
    #[arg(long, value_name = "RFC3339")]
    pub(crate) now: Option<jiff::Timestamp>,
}

#[derive(Arguments)]
pub(crate) struct SubscribeArgs {
    /// clickhouse-payg, clickhouse-committed, emqx, guance or pinecone
    #[arg(long)]
    pub(crate) listing: String,
    /// The buyer's AWS account: 12 digits
    #[arg(long, value_name = "ID")]
    pub(crate) account: String,
    /// Accept a private offer
    #[arg(long)]
    pub(crate) private_offer: bool,
    /// Value of the agreement in US dollars
    #[arg(long, value_name = "USD")]
    pub(crate) value: Option<String>,
    /// Company of the contact
    #[arg(long)]
    pub(crate) company: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum CancellationCommand {
    /// The buyer agrees
    Accept {
        /// Cancellation request id
        request: String,
    },
    /// The buyer refuses
    Reject {
        /// Cancellation request id
        request: String,
        /// What the buyer says
        #[arg(long)]
        reason: Option<String>,
    },
}

#[derive(Arguments)]
#[command(group = ArgGroup::new("effect").required(true).args(["error", "delay", "drop_after_accepting"]))]
pub(crate) struct FaultArgs {
    /// Operation, such as ResolveCustomer; * for all
    #[arg(long)]
    pub(crate) operation: String,
    /// Answer with this error, such as ThrottlingException
    #[arg(long)]
    pub(crate) error: Option<String>,
    /// Answer late, such as 2s or 30ms
    #[arg(long)]
    pub(crate) delay: Option<String>,
    /// Do what is asked, then drop the connection
    #[arg(long)]
    pub(crate) drop_after_accepting: bool,
    /// Only so many times
    #[arg(long)]
    pub(crate) times: Option<u64>,
}

#[derive(Subcommand)]
pub(crate) enum AgreementsCommand {
    /// List agreements
    List {
        /// Filter, such as "status:active ends:<30d link:none acme"
        filter: Vec<String>,
        /// Sort by this; a minus in front sorts downwards
        #[arg(
            long,
            value_name = "KEY",
            default_value = "-updated",
            allow_hyphen_values = true
        )]
        sort: SortBy,
        /// At most so many rows
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Everything known about one agreement
    Show {
        /// Agreement id
        agreement: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum OrganizationsCommand {
    /// List organizations by name
    List {
        /// Part of an id, a name, a member's e-mail address or a billing account
        search: Vec<String>,
        /// List billing accounts instead, those of no organization included
        #[arg(long)]
        billing_accounts: bool,
        /// At most so many rows
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Everything known about one organization
    Show {
        /// Organization id; with --billing-account, user name
        id: String,
        /// Show a billing account instead
        #[arg(long)]
        billing_account: bool,
    },
    /// Correct what is mirrored of one thing, until the vendor's system tells of it anew
    Correct {
        /// What kind of thing
        #[arg(value_parser = kind)]
        kind: EntryKind,
        /// Its id or user name; of a member, organization and e-mail address with a space between
        key: String,
        /// A field as files have it, such as paymentMethod=card; with “-” there is none, with nothing it
        /// is not known
        #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = pair, required = true)]
        fields: Vec<(String, String)>,
        /// Why, for whoever reads the audit
        #[arg(long)]
        reason: String,
    },
    /// Take in a file of the vendor's system of record: .csv, .json, .jsonl or .ndjson
    Import {
        /// The file
        file: PathBuf,
        /// What the rows are, where the file does not say
        #[arg(long, value_parser = kind)]
        kind: Option<EntryKind>,
        /// Tell what would be done, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Leave bad rows out and take the others in
        #[arg(long)]
        skip_bad: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum LinkCommand {
    /// Tell what a text is that a buyer brought, whose it is, and which targets may be meant
    Identify {
        /// Registration URL, form or token, agreement id, license or account; - reads standard input
        text: String,
    },
    /// Plan a link: every rule's verdict, and what would be done
    Plan(PlanArgs),
    /// Carry a plan out; without a code that it wants, send one
    Execute {
        /// Plan id
        plan: String,
        /// A code that was sent by e-mail
        #[arg(long, value_name = "CODE")]
        code: Vec<String>,
        /// Send another code
        #[arg(long)]
        resend: bool,
        /// Language of the mail with the code: en, ko or zh
        #[arg(long, value_name = "LANGUAGE", value_parser = language)]
        language: Option<Language>,
        /// Taken as other plans take it, and not compared: a link has no phrase
        #[arg(long, value_name = "PHRASE")]
        confirm: Option<String>,
    },
    /// Take back a plan that was not carried out
    Withdraw {
        /// Plan id
        plan: String,
    },
    /// List links, or with --plans the plans that can still be carried out
    List {
        /// Only links in this state; may be given several times
        #[arg(long, value_parser = link_state)]
        state: Vec<LinkState>,
        /// Plans instead of links
        #[arg(long)]
        plans: bool,
    },
    /// Print what support needs to know of a case that no rule explains; names are taken out
    Bundle {
        /// Agreement id
        agreement: String,
    },
    /// The link of an agreement with its history, or a plan
    Show {
        /// Agreement id or plan id
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum CancelCommand {
    /// Plan a request: whether it can be sent, and everything that ending does
    Plan {
        /// Agreement id
        #[arg(long, value_name = "A")]
        agreement: String,
        /// AWS's word for the reason, such as TEST_AGREEMENT
        #[arg(long, value_name = "CODE")]
        reason_code: String,
        /// What the buyer is told: up to 2000 characters
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// Send the request that was planned, once
    Execute {
        /// Plan id
        plan: String,
        /// The phrase that the plan names, letter for letter
        #[arg(long, value_name = "PHRASE")]
        confirm: String,
    },
    /// Withdraw a request that the buyer has not answered
    Withdraw {
        /// Cancellation request id
        request: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum UnlinkCommand {
    /// Plan to take a link away: everything that this does
    Plan {
        /// Agreement id
        #[arg(long, value_name = "A")]
        agreement: String,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Take the link away that was planned to be
    Execute {
        /// Plan id
        plan: String,
        /// The phrase that the plan names, letter for letter
        #[arg(long, value_name = "PHRASE")]
        confirm: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum EndingsCommand {
    /// List open requests, links whose grace period runs, and what is due
    List,
}

#[derive(Subcommand)]
pub(crate) enum UsageCommand {
    /// Hold a file of usage (.csv, .json or .jsonl) against every rule, and send nothing
    Check {
        /// The file
        file: PathBuf,
    },
    /// Send a file of usage, unless anything is wrong with it
    Send {
        /// The file
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum OutboxCommand {
    /// List what waits
    List,
    /// Take back what waits
    Withdraw {
        /// Plan id
        plan: String,
    },
    /// Send what waits, each after planning it again
    Send,
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// List entries, newest first
    List {
        /// Text that is somewhere in the entry
        search: Vec<String>,
        /// At most so many entries
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Find out whether any entry was altered, removed or reordered
    Verify,
    /// Print every entry, oldest first
    Export {
        /// What to print
        #[arg(long, value_enum, default_value = "jsonl")]
        format: AuditFormat,
    },
}

/// A format of the audit's export.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum AuditFormat {
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values
    Csv,
}

#[derive(Arguments)]
#[command(group = ArgGroup::new("buyer").required(true).args(["token", "agreement", "license"]))]
pub(crate) struct PlanArgs {
    /// Registration token, or the URL or form that it came in; - reads standard input
    #[arg(long, value_name = "T")]
    pub(crate) token: Option<String>,
    /// Agreement id
    #[arg(long, value_name = "A")]
    pub(crate) agreement: Option<String>,
    /// License ARN
    #[arg(long, value_name = "ARN")]
    pub(crate) license: Option<String>,
    /// organization:ID, new-organization:NAME, billing-account:USER or new-billing-account:USER
    #[arg(long, value_name = "TARGET")]
    pub(crate) to: String,
    /// Workspace to bind; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) workspace: Vec<String>,
    /// Workspace to take from a live link; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) without_workspace: Vec<String>,
    /// Workspace to make and bind; may be given several times
    #[arg(long, value_name = "NAME,LANG,SITE")]
    pub(crate) new_workspace: Vec<String>,
    /// E-mail address of the person for whom the link is made
    #[arg(long = "as", value_name = "EMAIL")]
    pub(crate) member: Option<String>,
    /// Answer to a question of the policy's forms; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) answers: Vec<(String, String)>,
    /// The buyer agreed to the vendor's terms
    #[arg(long)]
    pub(crate) accept_terms: bool,
    /// Go on in spite of a rule that allows it, with the reason
    #[arg(long = "override", value_name = "RULE=REASON", value_parser = pair)]
    pub(crate) overrides: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "must be en, ko or zh".to_owned())
}

fn link_state(word: &str) -> Result<LinkState, String> {
    let states = LinkState::ALL.map(LinkState::word).join(", ");
    LinkState::from_word(word).ok_or_else(|| format!("must be one of {states}"))
}

fn kind(word: &str) -> Result<EntryKind, String> {
    let kinds = EntryKind::ALL.map(EntryKind::word).join(", ");
    EntryKind::from_word(word).ok_or_else(|| format!("must be one of {kinds}"))
}

/// A sort key with its direction.
#[derive(Clone, Copy)]
pub(crate) struct SortBy {
    pub(crate) key: SortKey,
    pub(crate) descending: bool,
}

impl std::str::FromStr for SortBy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, descending) = text
            .strip_prefix('-')
            .map_or((text, false), |word| (word, true));
        let key = SortKey::ALL
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, key)| *key);
        key.map(|key| Self { key, descending }).ok_or_else(|| {
            let known: Vec<_> = SortKey::ALL.iter().map(|(word, _)| *word).collect();
            format!("sort by one of {}", known.join(", "))
        })
    }
}
