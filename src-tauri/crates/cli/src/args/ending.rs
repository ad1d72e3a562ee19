//! Arguments about ending, what is left to bill and to send, and the audit.

use std::path::PathBuf;

use clap::Subcommand;

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

impl From<AuditFormat> for views::AuditFormat {
    fn from(format: AuditFormat) -> Self {
        match format {
            AuditFormat::Jsonl => Self::Jsonl,
            AuditFormat::Csv => Self::Csv,
        }
    }
}
