//! What a buyer brings from AWS, in whatever form the person at the console got hold of it: the form
//! that AWS posts, a URL, a bare token, an id, or a link into the AWS console.
//!
//! Names of the form's fields: AWS Marketplace User Guide, “SaaS product customer onboarding”. The
//! token in a URL's query: AWS's own test page for listings does that.

use std::fmt;

use zeroize::Zeroizing;

use crate::{AccountId, AgreementId, LicenseArn};

/// Longest text that is looked into, in bytes. A posted form is a few kilobytes.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Longest registration token, in characters. Real ones have some hundreds.
pub const TOKEN_CHARS_MAX: usize = 8_192;
/// Shortest text that is taken for a bare token: shorter ones are words and ids.
const TOKEN_CHARS_MIN: usize = 20;

const TOKEN_FIELD: &str = "x-amzn-marketplace-token";
const AGREEMENT_FIELD: &str = "x-amzn-marketplace-agreement-id";

/// The token that AWS gives a buyer's browser on the way to the vendor. Whoever has it is taken for the
/// buyer, so it is a secret: it shows nothing in `Debug`, wipes itself, and is kept as a hash alone.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistrationToken(Zeroizing<String>);

impl RegistrationToken {
    /// Takes a text for a token. Never repeats it in an error.
    pub fn parse(text: &str) -> Result<Self, NotARegistration> {
        let text = text.trim();
        let fits = (1..=TOKEN_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(NotARegistration::Token);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The token, to be sent to AWS and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What may be shown of it: the last four characters, and only of a long one.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = if self.0.len() >= TOKEN_CHARS_MIN {
            4
        } else {
            0
        };
        format!("…{}", &self.0[self.0.len() - shown..])
    }
}

impl fmt::Debug for RegistrationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrationToken(…)")
    }
}

/// What a text turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// A registration token, in whatever form it came.
    Token(RegistrationToken),
    /// An agreement's id, bare or in a link into the AWS console.
    Agreement(AgreementId),
    /// A license.
    License(LicenseArn),
    /// An AWS account id that somebody typed: good for searching, no evidence of anything.
    Account(AccountId),
}

/// Why a text is nothing that a buyer brings. Never repeats the text, which may hold a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARegistration {
    /// It has none of the shapes.
    #[error(
        "this is no registration URL or form, token, agreement id (agmt-…), license ARN or link to an agreement"
    )]
    Nothing,
    /// A URL or form without a token.
    #[error("there is no {TOKEN_FIELD} in it")]
    NoToken,
    /// What stands in the token's place cannot be one.
    #[error(
        "what stands in place of the registration token is none: a token is one word of at most 8,192 letters, digits and signs"
    )]
    Token,
    /// More than any of the shapes has.
    #[error("this is more than 64 KiB of text; paste the registration URL or the token alone")]
    TooLong,
}

impl Registration {
    /// Finds out what a text is.
    pub fn recognize(text: &str) -> Result<Self, NotARegistration> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(NotARegistration::TooLong);
        }
        let text = text.trim();
        if let Some(known) = id(text) {
            return Ok(known);
        }
        let of_url = text.starts_with("https://") || text.starts_with("http://");
        if text.contains(TOKEN_FIELD) {
            let value = field(text, TOKEN_FIELD).ok_or(NotARegistration::NoToken)?;
            return Ok(Self::Token(RegistrationToken::parse(&value)?));
        }
        if of_url || text.contains(AGREEMENT_FIELD) || text.starts_with("aws-marketplace:") {
            let found = inside(text);
            return found.ok_or(if of_url {
                NotARegistration::NoToken
            } else {
                NotARegistration::Nothing
            });
        }
        if text.len() >= TOKEN_CHARS_MIN && text.bytes().all(is_of_token) {
            return Ok(Self::Token(RegistrationToken::parse(text)?));
        }
        Err(NotARegistration::Nothing)
    }
}

/// Base 64 in either alphabet, JWTs, and their percent signs.
const fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'.' | b'~' | b'%')
}

/// A text that is an id as a whole.
fn id(text: &str) -> Option<Registration> {
    if let Ok(account) = AccountId::parse(text) {
        return Some(Registration::Account(account));
    }
    if text.contains(":license:") && !text.contains("://") {
        return LicenseArn::parse(text).ok().map(Registration::License);
    }
    if text.starts_with("agmt-") {
        return AgreementId::parse(text).ok().map(Registration::Agreement);
    }
    None
}

/// The first id inside a link: AWS's console has agreements in the path and in the query.
fn inside(text: &str) -> Option<Registration> {
    let decoded = decoded(text);
    let words = decoded.split(['/', '?', '&', '=', '#', ';', ' ', '\n']);
    let mut known = words.filter_map(id);
    known.find(|known| !matches!(known, Registration::Account(_)))
}

/// The value of a field of a form or query, decoded. Forms pasted from a browser's tools come as
/// `name=value&…`, or with a line or a colon for each field.
fn field(text: &str, name: &str) -> Option<Zeroizing<String>> {
    let at = text.find(name)? + name.len();
    let rest = text[at..].trim_start_matches(['"', '\'', ' ']);
    let rest = rest.strip_prefix(['=', ':'])?;
    let rest = rest.trim_start_matches([' ', '"', '\'', '\n', '\r', '\t']);
    let end = rest.find(['&', '#', '"', '\'', ',', ' ', '\n', '\r']);
    let value = decoded(&rest[..end.unwrap_or(rest.len())]);
    (!value.is_empty()).then(|| Zeroizing::new(value))
}

/// Percent signs taken for what they stand for. A plus stays: tokens have it, and a browser that means
/// a space writes `%20` in a query and never has one in a token.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.abc+def/ghi==";

    fn token(text: &str) -> String {
        match Registration::recognize(text) {
            Ok(Registration::Token(token)) => token.expose().to_owned(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_token_is_found_in_every_form_that_aws_sends_it_in() {
        let encoded = "eyJhbGciOiJIUzI1NiJ9.abc%2Bdef%2Fghi%3D%3D";
        let post =
            format!("x-amzn-marketplace-token={encoded}&x-amzn-marketplace-offer-type=free-trial");
        let url = format!(
            "https://vendor.example/register?plan=1&x-amzn-marketplace-token={encoded}#top"
        );
        let pasted = format!(
            "x-amzn-marketplace-offer-type: free-trial\nx-amzn-marketplace-token: {TOKEN}\n"
        );
        let json = format!("{{\"x-amzn-marketplace-token\": \"{TOKEN}\"}}");
        let bare = format!("  {TOKEN}\r\n");
        for text in [&post, &url, &pasted, &json, &bare] {
            assert_eq!(token(text), TOKEN, "{text}");
        }
    }

    #[test]
    fn ids_are_found_bare_and_in_links_into_the_console() {
        let agreement = AgreementId::parse("agmt-1example0000000000000a1").unwrap();
        for text in [
            "agmt-1example0000000000000a1",
            " agmt-1example0000000000000a1\n",
            "https://console.aws.amazon.com/marketplace/home#/agreements/agmt-1example0000000000000a1",
            "https://aws.amazon.com/marketplace/x?agreementId=agmt-1example0000000000000a1&ref=1",
            "aws-marketplace://agreements/agmt-1example0000000000000a1",
        ] {
            assert_eq!(
                Registration::recognize(text),
                Ok(Registration::Agreement(agreement.clone())),
                "{text}"
            );
        }
        let arn =
            "arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef";
        let license = LicenseArn::parse(arn).unwrap();
        let link = format!(
            "https://console.aws.amazon.com/license-manager/home#/granted/{}",
            arn.replace(':', "%3A")
        );
        for text in [arn, &link] {
            assert_eq!(
                Registration::recognize(text),
                Ok(Registration::License(license.clone()))
            );
        }
        assert!(matches!(
            Registration::recognize("111122223333"),
            Ok(Registration::Account(_))
        ));
    }

    #[test]
    fn what_is_nothing_is_said_without_repeating_it() {
        let long = "x".repeat(TEXT_BYTES_MAX + 1);
        for (text, why) in [
            ("", NotARegistration::Nothing),
            ("acme", NotARegistration::Nothing),
            (
                "two words that are no token at all",
                NotARegistration::Nothing,
            ),
            ("https://vendor.example/register", NotARegistration::NoToken),
            ("x-amzn-marketplace-token=&a=b", NotARegistration::NoToken),
            ("x-amzn-marketplace-token=%00%01", NotARegistration::Token),
            (&long, NotARegistration::TooLong),
        ] {
            assert_eq!(Registration::recognize(text), Err(why), "{}", text.len());
        }
    }

    #[test]
    fn a_token_shows_itself_nowhere() {
        let token = RegistrationToken::parse(TOKEN).unwrap();
        assert_eq!(format!("{token:?}"), "RegistrationToken(…)");
        assert_eq!(token.masked(), "…hi==");
        assert_eq!(RegistrationToken::parse("short").unwrap().masked(), "…");
    }
}
