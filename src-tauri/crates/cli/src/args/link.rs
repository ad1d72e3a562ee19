//! Arguments about linking.

use clap::{ArgGroup, Args as Arguments, Subcommand};
use domain::LinkState;
use policy::Language;

use super::pair;

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

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "must be en, ko or zh".to_owned())
}

fn link_state(word: &str) -> Result<LinkState, String> {
    let states = LinkState::ALL.map(LinkState::word).join(", ");
    LinkState::from_word(word).ok_or_else(|| format!("must be one of {states}"))
}
