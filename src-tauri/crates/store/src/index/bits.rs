//! A set of rows, one bit each.

/// A set of row numbers below [`Bits::len`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// The empty set of rows below `len`.
    pub(crate) fn empty(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(64)],
            len,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Makes room for rows below `len`; new rows are not in the set.
    pub(crate) fn grow(&mut self, len: usize) {
        self.len = self.len.max(len);
        self.words.resize(self.len.div_ceil(64), 0);
    }

    pub(crate) fn contains(&self, row: u32) -> bool {
        let row = row as usize;
        self.words
            .get(row / 64)
            .is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Adds a row; whether it was new.
    pub(crate) fn insert(&mut self, row: u32) -> bool {
        let (word, bit) = (row as usize / 64, 1 << (row % 64));
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    /// Takes a row out; whether it was in.
    pub(crate) fn remove(&mut self, row: u32) -> bool {
        let (word, bit) = (row as usize / 64, 1 << (row % 64));
        let was_in = self.words[word] & bit != 0;
        self.words[word] &= !bit;
        was_in
    }

    pub(crate) fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// Keeps the rows that are in `other` too.
    pub(crate) fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Takes out the rows that are in `other`.
    pub(crate) fn subtract(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// Keeps the rows whose value in `column` is wanted. Looks only at words that hold a row, but
    /// then at all 64 of their values, so that the compiler can do many at once.
    pub(crate) fn retain<T: Copy>(&mut self, column: &[T], wanted: impl Fn(T) -> bool) {
        for (word, values) in self.words.iter_mut().zip(column.chunks(64)) {
            if *word != 0 {
                let bits = values.iter().enumerate();
                *word &= bits.fold(0, |kept, (bit, value)| {
                    kept | u64::from(wanted(*value)) << bit
                });
            }
        }
    }

    /// The rows of the set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                Some(at as u32 * 64 + bit)
            })
        })
    }

    /// The words behind the set, 64 rows each, to be filled in parallel.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }
}

impl Bits {
    /// Adds the rows that are in `other`, of the same length.
    pub(crate) fn unite(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// How often each value of a column occurs among the rows.
    pub(crate) fn tally<T: Copy + Into<usize>>(&self, column: &[T], values: usize) -> Vec<usize> {
        let mut counts = vec![0; values];
        for row in self.iter() {
            counts[column[row as usize].into()] += 1;
        }
        counts
    }
}
