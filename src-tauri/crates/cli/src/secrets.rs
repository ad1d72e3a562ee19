//! Secrets on the command line: from a prompt that does not show them, or from standard input. Never
//! from an argument, which every process of the machine can read.

use std::io::{self, IsTerminal, Read};

use connection::{CredentialsDraft, FIELD_BYTES_MAX};
use serde::Deserialize;
use views::{Code, Failure};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::output::Fault;

/// What is wanted.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// An access key pair.
    pub(crate) keys: bool,
    /// The code of an MFA device.
    pub(crate) code: bool,
}

/// Keys as `aws configure export-credentials` prints them, with a code beside them.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default)]
    access_key_id: String,
    #[serde(default)]
    secret_access_key: String,
    #[serde(default)]
    session_token: String,
    #[serde(default)]
    mfa_code: String,
}

/// Fills what is wanted into a draft.
pub(crate) fn read(wanted: Wanted, draft: &mut CredentialsDraft) -> Result<(), Fault> {
    if !wanted.keys && !wanted.code {
        return Ok(());
    }
    if io::stdin().is_terminal() {
        return prompt(wanted, draft);
    }
    let text = standard_input()?;
    if text.trim_start().starts_with('{') {
        return from_json(&text, draft);
    }
    from_lines(&text, wanted, draft);
    Ok(())
}

/// A password alone: from the prompt, or the first line of standard input. Empty when there is none.
pub(crate) fn password(question: &str) -> Result<Zeroizing<String>, Fault> {
    if io::stdin().is_terminal() {
        return ask(question);
    }
    let text = standard_input()?;
    Ok(Zeroizing::new(
        text.lines().next().unwrap_or_default().to_owned(),
    ))
}

/// A code alone, for a role that wants one while something else is under way.
pub(crate) fn code() -> Result<Zeroizing<String>, Fault> {
    ask("MFA code: ")
}

/// Whether somebody can be asked.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal()
}

fn standard_input() -> Result<Zeroizing<String>, Fault> {
    let mut text = Zeroizing::new(String::new());
    let limit = 4 * FIELD_BYTES_MAX as u64;
    io::stdin()
        .take(limit)
        .read_to_string(&mut text)
        .map_err(|error| {
            let message = format!("standard input cannot be read: {error}");
            Failure::new(Code::Invalid, message, None)
        })?;
    Ok(text)
}

fn prompt(wanted: Wanted, draft: &mut CredentialsDraft) -> Result<(), Fault> {
    if wanted.keys {
        draft.access_key_id = ask("Access key id: ")?;
        draft.secret_access_key = ask("Secret access key: ")?;
        if draft.access_key_id.trim().starts_with("ASIA") {
            draft.session_token = ask("Session token: ")?;
        }
    }
    if wanted.code {
        draft.mfa_code = code()?;
    }
    Ok(())
}

fn ask(question: &str) -> Result<Zeroizing<String>, Fault> {
    rpassword::prompt_password(question)
        .map(Zeroizing::new)
        .map_err(|error| {
            let message = format!("the terminal cannot be read: {error}");
            Failure::new(Code::Invalid, message, None).into()
        })
}

fn from_json(text: &str, draft: &mut CredentialsDraft) -> Result<(), Fault> {
    // The parser's own message would quote the text.
    let document: Document = serde_json::from_str(text).map_err(|_| {
        refused("standard input is no JSON object of AccessKeyId, SecretAccessKey and SessionToken")
    })?;
    draft.access_key_id = Zeroizing::new(document.access_key_id.clone());
    draft.secret_access_key = Zeroizing::new(document.secret_access_key.clone());
    draft.session_token = Zeroizing::new(document.session_token.clone());
    draft.mfa_code = Zeroizing::new(document.mfa_code.clone());
    Ok(())
}

/// One a line: key id, secret and, for temporary keys, token; then the code.
fn from_lines(text: &str, wanted: Wanted, draft: &mut CredentialsDraft) {
    let mut lines = text.lines().map(str::trim);
    let mut next = || Zeroizing::new(lines.next().unwrap_or_default().to_owned());
    if wanted.keys {
        draft.access_key_id = next();
        draft.secret_access_key = next();
        if draft.access_key_id.starts_with("ASIA") {
            draft.session_token = next();
        }
    }
    if wanted.code {
        draft.mfa_code = next();
    }
}

fn refused(message: &str) -> Fault {
    let hint = "Give the access key id, the secret and, for temporary keys, the session token on \
                standard input, one a line, or what `aws configure export-credentials` prints.";
    Failure::new(Code::Invalid, message.to_owned(), Some(hint.to_owned())).into()
}
