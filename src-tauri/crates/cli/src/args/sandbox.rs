//! Arguments of the sandbox.

use std::net::SocketAddr;

use clap::{ArgGroup, Args as Arguments, Subcommand};

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
