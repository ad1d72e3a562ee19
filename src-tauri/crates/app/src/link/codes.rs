//! Codes sent by e-mail: who must enter one, and what has been shown by them.

use domain::{Email, PlanId, Timestamp};
use policy::{Facts, Holds, Occasion, Policy, Value};
use sha2::{Digest, Sha256};
use store::table::verification::Verification;

use crate::Error;

/// What a policy allows of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeLimits {
    /// How many digits a code has.
    pub digits: u32,
    /// How long it is good, in milliseconds.
    pub lifetime_ms: i64,
    /// How many wrong ones may be entered.
    pub attempts: u32,
    /// How often another one may be sent.
    pub resends: u32,
}

impl CodeLimits {
    /// Where the policy has none of its own.
    const DEFAULT: Self = Self {
        digits: 6,
        lifetime_ms: 10 * 60_000,
        attempts: 5,
        resends: 3,
    };

    /// The limits of a policy's codes.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let own = policy.verification.as_ref();
        own.map_or(Self::DEFAULT, |it| Self {
            digits: it.digits,
            lifetime_ms: millis(it.lifetime),
            attempts: it.attempts,
            resends: it.resends,
        })
    }
}

/// What codes have shown so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// Addresses that a code must be entered from. Absent before it is known whether any must.
    wanted: Option<Vec<Email>>,
    verified: Vec<Email>,
}

impl Shown {
    /// Codes are wanted from these addresses, and these have been entered.
    pub(crate) fn new(wanted: Vec<Email>, verified: &[Email]) -> Self {
        Self {
            wanted: Some(wanted),
            verified: verified.to_vec(),
        }
    }

    /// Whether all codes were entered: known when they were, or when none is wanted.
    pub(crate) fn verified(&self) -> Option<bool> {
        let wanted = self.wanted.as_ref()?;
        if wanted.is_empty() {
            return Some(false);
        }
        wanted.iter().all(|email| self.has(email)).then_some(true)
    }

    /// Whether this address was proven; unknown until then.
    pub(crate) fn of(&self, email: &Email) -> Option<bool> {
        self.has(email).then_some(true)
    }

    /// Whether a code is wanted from this address.
    pub(crate) fn wants(&self, email: &Email) -> bool {
        let wanted = self.wanted.as_deref().unwrap_or_default();
        wanted
            .iter()
            .any(|it| super::case::is_same_address(it, email))
    }

    /// Addresses that a code is still wanted from.
    pub(crate) fn missing(&self) -> Vec<Email> {
        let wanted = self.wanted.as_deref().unwrap_or_default();
        wanted
            .iter()
            .filter(|email| !self.has(email))
            .cloned()
            .collect()
    }

    fn has(&self, email: &Email) -> bool {
        self.verified
            .iter()
            .any(|it| super::case::is_same_address(it, email))
    }
}

/// The addresses that a code must be entered from, as the policy and its forms want it.
pub(crate) fn wanted(policy: &Policy, occasions: &[Occasion], facts: &Facts) -> Vec<Email> {
    let mut paths = Vec::new();
    if policy::wants_verification(policy, facts) == Holds::Yes {
        paths.extend(policy.verification.as_ref().map(|it| it.to.as_str()));
    }
    for form in super::forms::forms(policy, occasions).filter(|form| form.verify) {
        paths.push(match form.on {
            Occasion::ExistingBillingAccount | Occasion::NewBillingAccount => {
                "billing_account.email"
            }
            _ => "member.email",
        });
    }
    let address = |path: &str| match &facts.get(path)?.value {
        Value::Text(text) => Email::parse(text).ok(),
        _ => None,
    };
    let mut addresses: Vec<Email> = Vec::new();
    for email in paths.into_iter().filter_map(address) {
        if !addresses
            .iter()
            .any(|it| super::case::is_same_address(it, &email))
        {
            addresses.push(email);
        }
    }
    addresses
}

/// A new code, with what is kept of it.
pub(crate) struct NewCode {
    /// To be sent, and then forgotten.
    pub(crate) code: zeroize::Zeroizing<String>,
    pub(crate) kept: Verification,
    /// What was kept until then.
    pub(crate) before: Option<Verification>,
}

impl NewCode {
    /// A code for an address, after `before` if one was sent already.
    pub(crate) fn new(
        policy: &Policy,
        plan: &PlanId,
        address: &Email,
        before: Option<Verification>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let limits = CodeLimits::of(policy);
        let code = zeroize::Zeroizing::new(random_digits(limits.digits)?);
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| Error::NoRandomness)?;
        let kept = Verification {
            plan: plan.clone(),
            address: address.clone(),
            salt,
            code_hash: hash(&salt, &code),
            sent_at: now,
            expires_at: now.plus_millis(limits.lifetime_ms),
            sends: before.as_ref().map_or(0, |it| it.sends) + 1,
            attempts: before.as_ref().map_or(0, |it| it.attempts),
            verified_at: None,
        };
        Ok(Self { code, kept, before })
    }
}

/// Whether a code is the one that was sent.
pub(crate) fn is_right(kept: &Verification, code: &str) -> bool {
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    // Of equal length; the few attempts there are leave nothing to be learnt from how long this takes.
    hash(&kept.salt, &code) == kept.code_hash
}

fn hash(salt: &[u8; 16], code: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(code.as_bytes());
    hash.finalize().into()
}

/// So many digits, each as likely as the others.
fn random_digits(count: u32) -> Result<String, Error> {
    let mut digits = String::new();
    while digits.len() < count as usize {
        let mut byte = [0];
        getrandom::fill(&mut byte).map_err(|_| Error::NoRandomness)?;
        // The bytes from 250 on would make some digits likelier.
        if byte[0] < 250 {
            digits.push(char::from(b'0' + byte[0] % 10));
        }
    }
    Ok(digits)
}

fn millis(span: std::time::Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
