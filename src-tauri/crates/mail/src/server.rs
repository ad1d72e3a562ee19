//! Where a mail server is, and how its line is kept secret.

use std::fmt;
use std::net::IpAddr;

/// A mail server as it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name or address.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// How the line is kept secret.
    pub security: Security,
}

/// As messages name it.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.address() {
            Some(IpAddr::V6(address)) => write!(f, "[{address}]:{}", self.port),
            _ => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// The name or address of a mail server, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(String);

/// The text is no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a host is a name as mail.example.com, or an address, without port and without https://")]
pub struct HostError;

impl Host {
    /// Octets of a name at most (RFC 1035).
    const NAME_MAX: usize = 253;

    /// Parses the text; surrounding white space and brackets around an address are ignored.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(text).parse::<IpAddr>() {
            return Ok(Self(address.to_string()));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let fits = name.len() <= Self::NAME_MAX && name.split('.').all(is_label);
        // Four numbers that are no address are no name either.
        let numbers = name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if fits && !numbers {
            Ok(Self(name))
        } else {
            Err(HostError)
        }
    }

    /// The text, without brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this machine: nothing sent there can be heard on a network.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.address() {
            Some(address) => address.is_loopback(),
            None => self.0 == "localhost",
        }
    }

    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.0.parse().ok()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_label(label: &str) -> bool {
    let of_a_label = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=63).contains(&label.len())
        && label.bytes().all(of_a_label)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// How the line to a mail server is kept secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte on, usually at port 465.
    #[default]
    Tls,
    /// TLS by STARTTLS, refused where it is not offered; usually at port 587.
    StartTls,
    /// Not at all, for a server on this machine only.
    None,
}

impl Security {
    /// Every one.
    pub const ALL: &'static [Self] = &[Self::Tls, Self::StartTls, Self::None];

    /// Its word in files, on the command line and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::None => "none",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|it| it.word() == word).copied()
    }

    /// The port that servers usually have for it.
    #[must_use]
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for (text, read) in [
            (" Mail.Example.COM. ", "mail.example.com"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "::1"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(Host::parse(text).unwrap().as_str(), read);
        }
        let long = "a.".repeat(200) + "com";
        for text in [
            "",
            "mail example",
            "mail.example.com:587",
            "https://mail.example.com",
            "a..b",
            "-a.com",
            "1.2.3",
            "mail\r\nRCPT",
            "메일.example",
            long.as_str(),
        ] {
            assert!(Host::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (host, loopback) in [
            ("localhost", true),
            ("127.8.0.1", true),
            ("::1", true),
            ("localhost.example.com", false),
            ("127.0.0.1.example.com", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(Host::parse(host).unwrap().is_loopback(), loopback, "{host}");
        }
    }

    #[test]
    fn an_ipv6_address_is_named_with_its_brackets() {
        let server = Server {
            host: Host::parse("::1").unwrap(),
            port: 25,
            security: Security::None,
        };
        assert_eq!(server.to_string(), "[::1]:25");
    }
}
