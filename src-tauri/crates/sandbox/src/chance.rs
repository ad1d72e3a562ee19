//! Deterministic randomness: everything invented follows from the seed.

/// A well-mixed 64-bit number of two others (the finalizer of `splitmix64`).
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A 64-bit number of some bytes; not for anything an adversary could choose.
pub(crate) fn mix_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = mix(seed, bytes.len() as u64);
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = mix(hash, u64::from_le_bytes(word));
    }
    hash
}

/// A stream of numbers that follow from where it starts.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64, topic: u64) -> Self {
        Self(mix(seed, topic))
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0, 0)
    }

    /// A number from 0 up to, without, `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound.max(1)
    }

    /// A number from `low` up to, without, `high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.saturating_sub(low).max(1).cast_unsigned();
        low + self.below(width).cast_signed()
    }

    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[index(self.roll(), from.len())]
    }

    pub(crate) fn word(&mut self, from: &[&'static str]) -> &'static str {
        from[index(self.roll(), from.len())]
    }

    /// Picks by weight; the weights are parts of their sum.
    pub(crate) fn weighted<T: Copy>(&mut self, from: &[(u64, T)]) -> T {
        let sum = from.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(sum);
        for (weight, item) in from {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        from[from.len() - 1].1
    }
}

/// A position in something of `length` items (which must have one).
pub(crate) fn index(number: u64, length: usize) -> usize {
    usize::try_from(number % length.max(1) as u64).unwrap_or(0)
}

/// The lower half of a number.
pub(crate) fn low32(number: u64) -> u32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}
