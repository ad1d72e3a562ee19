//! The buyers' mailbox: mail that the vendor sent them.

use std::collections::VecDeque;

/// Mails that are kept; beyond these the oldest goes.
pub(crate) const MAILS_MAX: usize = 500;

/// A mail that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    /// Running number, from 1.
    pub(crate) number: u64,
    /// When it came, in milliseconds since the epoch.
    pub(crate) at: i64,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// All buyers' mail, as if they read it in one place.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    mails: VecDeque<Mail>,
    /// How many ever came.
    count: u64,
}

impl Mailbox {
    /// Takes a mail in, and gives its number.
    pub(crate) fn receive(&mut self, at: i64, to: &str, subject: &str, body: &str) -> u64 {
        self.count += 1;
        self.mails.push_back(Mail {
            number: self.count,
            at,
            to: to.to_owned(),
            subject: subject.to_owned(),
            body: body.to_owned(),
        });
        if self.mails.len() > MAILS_MAX {
            self.mails.pop_front();
        }
        self.count
    }

    /// Mails that came after the one of this number to an address with `part` in it, in lower case;
    /// the newest first.
    pub(crate) fn mails(&self, part: &str, after: u64) -> impl Iterator<Item = &Mail> {
        let newer = self
            .mails
            .iter()
            .rev()
            .take_while(move |it| it.number > after);
        newer.filter(move |mail| mail.to.to_lowercase().contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_mail_goes_when_there_are_too_many() {
        let mut mailbox = Mailbox::default();
        for number in 1..=MAILS_MAX as u64 + 2 {
            assert_eq!(mailbox.receive(7, "Ann@a.example", "s", "b"), number);
        }
        let numbers: Vec<_> = mailbox.mails("ann@", 0).map(|mail| mail.number).collect();
        assert_eq!(numbers.len(), MAILS_MAX);
        assert_eq!((numbers[0], numbers[MAILS_MAX - 1]), (502, 3));
        assert_eq!(mailbox.mails("", 501).count(), 1);
        assert_eq!(mailbox.mails("bob", 0).count(), 0);
    }
}
