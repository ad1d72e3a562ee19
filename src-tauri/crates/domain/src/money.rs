//! Money: an exact decimal with its currency, never a float.

use std::fmt;

use crate::Invalid;

/// An ISO 4217 code: three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Parses a code of three letters, in either case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match *text.trim().as_bytes() {
            [a, b, c] if [a, b, c].iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self([a, b, c].map(|letter| letter.to_ascii_uppercase())))
            }
            _ => Err(Invalid::new(text, "a currency code of three letters")),
        }
    }

    /// The code, such as `USD`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in a currency, exact to a millionth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    /// Millionths of the currency's unit: USD 1.50 is 1 500 000.
    pub micros: i64,
    /// The currency.
    pub currency: Currency,
}

/// Millionths in one unit.
pub const MICROS: i64 = 1_000_000;

impl Money {
    /// Parses AWS's decimal text. More than six decimals, or more than nine trillion, is refused:
    /// a value is never rounded silently.
    pub fn parse(amount: &str, currency: &str) -> Result<Self, Invalid> {
        let currency = Currency::parse(currency)?;
        let micros = parse_micros(amount.trim())
            .ok_or_else(|| Invalid::new(amount, "a decimal amount with at most six decimals"))?;
        Ok(Self { micros, currency })
    }

    /// The amount as a decimal text with at least two decimals and no grouping: `120000.00`.
    #[must_use]
    pub fn amount(&self) -> String {
        let sign = if self.micros < 0 { "-" } else { "" };
        let micros = self.micros.unsigned_abs();
        let (units, rest) = (
            micros / MICROS.unsigned_abs(),
            micros % MICROS.unsigned_abs(),
        );
        let decimals = format!("{rest:06}");
        let (cents, finer) = decimals.split_at(2);
        format!("{sign}{units}.{cents}{}", finer.trim_end_matches('0'))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.amount())
    }
}

/// A decimal text as millionths; `None` when it is none or does not fit exactly.
#[must_use]
pub fn parse_micros(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (units, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let decimals = decimals.trim_end_matches('0');
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if units.is_empty() || decimals.len() > 6 || !all_digits(units) || !all_digits(decimals) {
        return None;
    }
    let units: i64 = units.parse().ok()?;
    let fraction: i64 = format!("{decimals:0<6}").parse().ok()?;
    let micros = units.checked_mul(MICROS)?.checked_add(fraction)?;
    Some(if negative { -micros } else { micros })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_keep_every_decimal() {
        let show = |text| Money::parse(text, "usd").map(|money| money.to_string());
        assert_eq!(show("120000").unwrap(), "USD 120000.00");
        assert_eq!(show("0.000001").unwrap(), "USD 0.000001");
        assert_eq!(show("-100.50").unwrap(), "USD -100.50");
        assert!(show("0.0000001").is_err());
        assert!(show("1e3").is_err());
        assert!(show("").is_err());
        assert!(show("99999999999999999999").is_err());
        assert!(Money::parse("1", "US").is_err());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(micros in -9_000_000_000_000_000_i64..9_000_000_000_000_000) {
            let money = Money { micros, currency: Currency::parse("EUR").unwrap() };
            prop_assert_eq!(Money::parse(&money.amount(), "EUR").unwrap(), money);
        }
    }
}
