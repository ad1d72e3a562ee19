//! Arguments about what is listed and shown: agreements, and the vendor's directory.

use std::path::PathBuf;

use clap::Subcommand;
use domain::EntryKind;
use views::SortKey;

use super::pair;

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

fn kind(word: &str) -> Result<EntryKind, String> {
    let kinds = EntryKind::ALL.map(EntryKind::word).join(", ");
    EntryKind::from_word(word).ok_or_else(|| format!("must be one of {kinds}"))
}
