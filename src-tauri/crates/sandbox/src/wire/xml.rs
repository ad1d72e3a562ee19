//! The awsQuery protocol, as far as the Security Token Service needs it.

use std::fmt::Write as _;

use crate::failure::Failure;
use crate::value::Value;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The name of the operation a form asks for.
pub(crate) fn action(form: &[u8]) -> Option<String> {
    let form = std::str::from_utf8(form).ok()?;
    let action = form
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="))?;
    Some(action.to_owned())
}

pub(crate) fn answer(operation: &str, value: &Value, request_id: &str) -> String {
    let mut members = String::new();
    for (name, member) in value.members() {
        let text = escape(member.text().unwrap_or_default());
        let _ = write!(members, "<{name}>{text}</{name}>");
    }
    format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>{members}</{operation}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )
}

pub(crate) fn failure(failure: &Failure, status: u16, request_id: &str) -> String {
    let side = if status >= 500 { "Receiver" } else { "Sender" };
    let (code, message) = (escape(&failure.code), escape(&failure.message));
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{side}</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
