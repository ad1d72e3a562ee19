//! Ids in the shapes AWS uses, made from (seed, index) and read back without a table.
//!
//! An id is a run of characters nobody can guess followed by the index, scrambled. Reading it back
//! unscrambles the index and compares the whole id with the one that index has.

use crate::chance::{mix, mix_bytes};

/// The account under which AWS Marketplace issues licenses.
const LICENSE_PREFIX: &str = "arn:aws:license-manager::294406891311:license:l-";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Characters that hold a scrambled 32-bit index in base 36.
const INDEX_CHARS: usize = 7;
/// Accounts are six digits, each written twice: plainly invented, and a million of them.
const ACCOUNTS: u32 = 1_000_000;
/// The seller, in the same pattern.
pub(crate) const SELLER_ACCOUNT: &str = "111122223333";
const SELLER_DIGITS: u32 = 112_233;

/// The ids of one world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    seed: u64,
}

#[derive(Clone, Copy)]
struct Kind {
    prefix: &'static str,
    salt: u64,
    chars: usize,
}

const AGREEMENT: Kind = Kind {
    prefix: "agmt-",
    salt: 1,
    chars: 25,
};
const OFFER: Kind = Kind {
    prefix: "offer-",
    salt: 2,
    chars: 13,
};
const REQUEST: Kind = Kind {
    prefix: "acr-",
    salt: 3,
    chars: 13,
};

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    pub(crate) fn agreement(self, index: u32) -> String {
        self.coded(AGREEMENT, index)
    }

    pub(crate) fn agreement_index(self, id: &str) -> Option<u32> {
        self.decoded(AGREEMENT, id)
    }

    /// The private offer made for the agreement `founder`.
    pub(crate) fn private_offer(self, founder: u32) -> String {
        self.coded(OFFER, founder)
    }

    pub(crate) fn private_offer_index(self, id: &str) -> Option<u32> {
        self.decoded(OFFER, id)
    }

    pub(crate) fn request(self, index: u32) -> String {
        self.coded(REQUEST, index)
    }

    pub(crate) fn request_index(self, id: &str) -> Option<u32> {
        self.decoded(REQUEST, id)
    }

    pub(crate) fn license(self, index: u32) -> String {
        let secret = self.secret(4, index);
        let scrambled = self.scramble(4, 16, index);
        let low = mix(secret, 1) & 0xffff_ffff;
        format!("{LICENSE_PREFIX}{secret:016x}{low:08x}{scrambled:08x}")
    }

    pub(crate) fn license_index(self, arn: &str) -> Option<u32> {
        let digits = arn.strip_prefix(LICENSE_PREFIX)?;
        let scrambled = u32::from_str_radix(digits.get(24..)?, 16).ok()?;
        let index = self.unscramble(4, 16, scrambled);
        (self.license(index) == arn).then_some(index)
    }

    /// The account of the buyer `index`, as the number of six digits behind its twelve.
    fn account_digits(self, buyer: u32) -> u32 {
        // Walks the cycle of a 20-bit permutation until it is back inside the million.
        let mut digits = self.scramble(5, 10, buyer + u32::from(buyer >= SELLER_DIGITS));
        while digits >= ACCOUNTS || digits == SELLER_DIGITS {
            digits = self.scramble(5, 10, digits);
        }
        digits
    }

    pub(crate) fn account(self, buyer: u32) -> String {
        let digits = self.account_digits(buyer);
        format!("{digits:06}")
            .chars()
            .flat_map(|digit| [digit, digit])
            .collect()
    }

    /// The buyer whose account this would be.
    pub(crate) fn account_index(self, account: &str) -> Option<u32> {
        let bytes = account.as_bytes();
        let doubled = bytes.len() == 12 && bytes.chunks(2).all(|pair| pair[0] == pair[1]);
        if !doubled {
            return None;
        }
        let single: String = account.chars().step_by(2).collect();
        let mut digits: u32 = single.parse().ok()?;
        if digits == SELLER_DIGITS {
            return None;
        }
        loop {
            digits = self.unscramble(5, 10, digits);
            if digits < ACCOUNTS && digits != SELLER_DIGITS {
                return Some(digits - u32::from(digits > SELLER_DIGITS));
            }
        }
    }

    /// The identifier a legacy listing knows a buyer by.
    pub(crate) fn customer(self, buyer: u32, listing: u8) -> String {
        let secret = self.secret(6 + u64::from(listing), buyer);
        let scrambled = self.scramble(6, 16, buyer);
        let text = format!(
            "{}{}",
            base36(secret, 4),
            base36(u64::from(scrambled), INDEX_CHARS)
        );
        text.to_uppercase()
    }

    pub(crate) fn customer_index(self, customer: &str, listing: u8) -> Option<u32> {
        let scrambled = from_base36(&customer.get(4..)?.to_lowercase())?;
        let buyer = self.unscramble(6, 16, scrambled);
        (self.customer(buyer, listing) == customer).then_some(buyer)
    }

    /// A run of base-36 characters for something that is never looked up by its id.
    pub(crate) fn name(self, topic: &str, index: u32, chars: usize) -> String {
        self.run(mix_bytes(self.seed, topic.as_bytes()), index, chars)
    }

    /// A UUID of a topic and numbers.
    pub(crate) fn uuid(self, topic: &str, a: u64, b: u64) -> String {
        let high = mix(mix(mix_bytes(self.seed, topic.as_bytes()), a), b);
        let low = mix(high, b);
        let (first, second) = (high >> 32, (high >> 16) & 0xffff);
        let (third, fourth) = ((high & 0xfff) | 0x4000, ((low >> 48) & 0x3fff) | 0x8000);
        format!(
            "{first:08x}-{second:04x}-{third:04x}-{fourth:04x}-{:012x}",
            low & 0xffff_ffff_ffff
        )
    }

    /// Eleven characters that prove a text was made by this world.
    pub(crate) fn proof(self, text: &str) -> String {
        base36(mix_bytes(mix(self.seed, 99), text.as_bytes()), 11)
    }

    fn coded(self, kind: Kind, index: u32) -> String {
        let secret = self.run(kind.salt, index, kind.chars - INDEX_CHARS);
        let scrambled = self.scramble(kind.salt, 16, index);
        format!(
            "{}{secret}{}",
            kind.prefix,
            base36(u64::from(scrambled), INDEX_CHARS)
        )
    }

    fn decoded(self, kind: Kind, id: &str) -> Option<u32> {
        let tail = id.len().checked_sub(INDEX_CHARS)?;
        let index = self.unscramble(kind.salt, 16, from_base36(id.get(tail..)?)?);
        (self.coded(kind, index) == id).then_some(index)
    }

    fn run(self, salt: u64, index: u32, chars: usize) -> String {
        let mut text = String::with_capacity(chars);
        let mut secret = self.secret(salt, index);
        while text.len() < chars {
            text.push_str(&base36(secret, (chars - text.len()).min(11)));
            secret = mix(secret, salt);
        }
        text
    }

    fn secret(self, salt: u64, index: u32) -> u64 {
        mix(mix(self.seed, salt), u64::from(index))
    }

    /// A permutation of the numbers of twice `half` bits (a Feistel network of four rounds).
    fn scramble(self, salt: u64, half: u32, number: u32) -> u32 {
        let mask = (1u32 << half) - 1;
        let (mut left, mut right) = (number >> half & mask, number & mask);
        for round in 0..4 {
            (left, right) = (right, left ^ (self.round(salt, round, right) & mask));
        }
        left << half | right
    }

    fn unscramble(self, salt: u64, half: u32, number: u32) -> u32 {
        let mask = (1u32 << half) - 1;
        let (mut left, mut right) = (number >> half & mask, number & mask);
        for round in (0..4).rev() {
            (left, right) = (right ^ (self.round(salt, round, left) & mask), left);
        }
        left << half | right
    }

    fn round(self, salt: u64, round: u64, number: u32) -> u32 {
        crate::chance::low32(mix(mix(self.seed, salt << 8 | round), u64::from(number)))
    }
}

fn base36(mut number: u64, chars: usize) -> String {
    let mut text = vec![b'0'; chars];
    for place in text.iter_mut().rev() {
        *place = BASE36[crate::chance::index(number, 36)];
        number /= 36;
    }
    text.into_iter().map(char::from).collect()
}

fn from_base36(text: &str) -> Option<u32> {
    let lower = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    if !lower || text.len() != INDEX_CHARS {
        return None;
    }
    u64::from_str_radix(text, 36).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_shapes_of_aws_and_read_back() {
        for seed in [0, 1, 77] {
            let ids = Ids::new(seed);
            for index in (0..2000).chain([999_999, u32::MAX]) {
                let agreement = ids.agreement(index);
                assert_eq!(agreement.len(), 30);
                assert_eq!(ids.agreement_index(&agreement), Some(index));
                assert_eq!(
                    ids.private_offer_index(&ids.private_offer(index)),
                    Some(index)
                );
                assert_eq!(ids.request_index(&ids.request(index)), Some(index));
                assert_eq!(ids.license(index).len(), LICENSE_PREFIX.len() + 32);
                assert_eq!(ids.license_index(&ids.license(index)), Some(index));
                assert_eq!(ids.customer_index(&ids.customer(index, 3), 3), Some(index));
                assert_eq!(ids.customer_index(&ids.customer(index, 3), 2), None);
            }
            assert_eq!(ids.agreement_index("agmt-"), None);
            assert_eq!(
                ids.license_index("arn:aws:license-manager::294406891311:license:l-é"),
                None
            );
        }
    }

    #[test]
    fn every_buyer_has_an_account_of_its_own_and_none_is_the_seller() {
        let ids = Ids::new(1);
        let mut seen = std::collections::HashSet::new();
        for buyer in (0..50_000).chain(112_200..112_260) {
            let account = ids.account(buyer);
            assert_eq!(ids.account_index(&account), Some(buyer));
            assert_ne!(account, SELLER_ACCOUNT);
            assert!(seen.insert(account));
        }
        assert_eq!(ids.account_index(SELLER_ACCOUNT), None);
        assert_eq!(ids.account_index("123456789012"), None);
    }
}
