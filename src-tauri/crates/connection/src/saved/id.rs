//! The id of a connection.

use crate::Connection;

/// A connection's id: on the command line, in addresses and in the name of its database file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// Characters of an id at most.
    pub const LENGTH_MAX: usize = 40;

    /// Lower-case letters, digits and hyphens; `None` for anything else. Safe as a file's name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::LENGTH_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-');
        fits.then(|| Self(text.to_owned()))
    }

    /// An id made of a name, other than those taken.
    pub(crate) fn for_name(name: &str, taken: &[&str]) -> Self {
        let mut slug = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(Self::LENGTH_MAX - 4);
        let slug = slug.trim_end_matches('-');
        // A name in another script leaves nothing: then it is numbered.
        let slug = if slug.is_empty() { "connection" } else { slug };
        let mut id = slug.to_owned();
        let mut number = 2;
        while id == Connection::SANDBOX || taken.contains(&id.as_str()) {
            id = format!("{slug}-{number}");
            number += 1;
        }
        Self(id)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_names_and_differ() {
        let id = |name: &str, taken: &[&str]| ConnectionId::for_name(name, taken).to_string();
        assert_eq!(id("Acme, Production!", &[]), "acme-production");
        assert_eq!(id("Sandbox", &[]), "sandbox-2");
        assert_eq!(id("Acme", &["acme", "acme-2"]), "acme-3");
        assert_eq!(id("주식회사", &[]), "connection");
        let long = id(&"x".repeat(100), &[]);
        assert_eq!(ConnectionId::parse(&long).unwrap().to_string(), long);
        for wrong in ["", "A", "a/b", "../a", "-a", "a.b", &"a".repeat(41)] {
            assert_eq!(ConnectionId::parse(wrong), None, "{wrong}");
        }
    }
}
