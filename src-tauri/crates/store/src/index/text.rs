//! The searchable text of every row, packed, and how it is scanned.
//!
//! Rows live in segments of [`SEGMENT_ROWS`]. A segment is one run of bytes: the rows' texts behind
//! each other in the order they came. A changed row is written anew at the end, its old text is
//! dead until the segment is packed again. A search is one pass over the bytes, segments shared out
//! among the cores. Single letters and digits, which nearly every row has somewhere, are answered by
//! a mask kept per row instead.

use domain::filter::TextField;
use memchr::memmem::Finder;

use super::bits::Bits;

/// Rows in one segment; a row's number within it fits 16 bits.
pub(super) const SEGMENT_ROWS: usize = 1 << 16;

/// Words of a [`Bits`] that hold one segment.
const SEGMENT_WORDS: usize = SEGMENT_ROWS / 64;

/// Behind every field. No field contains it: control characters are taken out when rows come in.
const FIELD_END: u8 = b'\n';

/// Fields in a row, in the order of [`TextField`].
pub(super) const FIELDS: usize = 7;

/// Fewer candidates than this are looked at one by one instead of scanning everything.
const LOOKED_AT_ONE_BY_ONE_MAX: usize = 4_096;

/// No text.
const NONE: u32 = u32::MAX;

#[derive(Default)]
pub(super) struct Texts {
    segments: Vec<Segment>,
}

#[derive(Default)]
struct Segment {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// The entry that holds a row's text now.
    of_row: Vec<u32>,
    /// Which of the [`letter`]s a row's text has.
    letters: Vec<u64>,
    dead: usize,
}

#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    row: u16,
}

/// The bit for a letter or digit; none for other characters.
fn letter(byte: u8) -> u64 {
    match byte {
        b'a'..=b'z' => 1 << (byte - b'a'),
        b'0'..=b'9' => 1 << (byte - b'0' + 26),
        _ => 0,
    }
}

/// Words to look for, in one field or in all.
pub(super) struct Needle<'a> {
    finder: Finder<'a>,
    field: Option<TextField>,
    /// The bit of the one letter looked for, when it is looked for anywhere.
    letter: Option<u64>,
}

impl<'a> Needle<'a> {
    pub(super) fn new(words: &'a str, field: Option<TextField>) -> Self {
        let letter = match *words.as_bytes() {
            [byte] if field.is_none() && letter(byte) != 0 => Some(letter(byte)),
            _ => None,
        };
        Self {
            finder: Finder::new(words),
            field,
            letter,
        }
    }

    /// Where the first hit in `text` ends, if there is one in the right field.
    fn is_in(&self, text: &[u8]) -> bool {
        match self.field {
            None => self.finder.find(text).is_some(),
            Some(field) => {
                let fields = text.split(|byte| *byte == FIELD_END);
                fields
                    .into_iter()
                    .nth(field as usize)
                    .is_some_and(|text| self.finder.find(text).is_some())
            }
        }
    }
}

impl Texts {
    /// Sets a row's fields, lower-cased.
    pub(super) fn set(&mut self, row: u32, fields: &[&str; FIELDS]) {
        let (segment, row) = (row as usize / SEGMENT_ROWS, row as usize % SEGMENT_ROWS);
        if self.segments.len() <= segment {
            self.segments.resize_with(segment + 1, Segment::default);
        }
        self.segments[segment].set(row, fields);
    }

    /// Forgets a row's text.
    pub(super) fn remove(&mut self, row: u32) {
        let (segment, row) = (row as usize / SEGMENT_ROWS, row as usize % SEGMENT_ROWS);
        if let Some(segment) = self.segments.get_mut(segment) {
            segment.remove(row);
        }
    }

    /// One field of a row; empty when it has none.
    pub(super) fn field(&self, row: u32, field: TextField) -> &[u8] {
        self.row(row)
            .split(|byte| *byte == FIELD_END)
            .nth(field as usize)
            .unwrap_or_default()
    }

    fn row(&self, row: u32) -> &[u8] {
        let (segment, row) = (row as usize / SEGMENT_ROWS, row as usize % SEGMENT_ROWS);
        self.segments
            .get(segment)
            .map_or(&[], |segment| segment.row(row))
    }

    /// Keeps the rows of `among` whose text has the needle.
    pub(super) fn retain(&self, needle: &Needle<'_>, among: &mut Bits) {
        if among.count() <= LOOKED_AT_ONE_BY_ONE_MAX {
            let missing: Vec<u32> = among
                .iter()
                .filter(|row| !needle.is_in(self.row(*row)))
                .collect();
            for row in missing {
                among.remove(row);
            }
            return;
        }
        let mut found = Bits::empty(among.len());
        match needle.letter {
            Some(letter) => self.look_up(letter, &mut found),
            None => self.scan(needle, &mut found),
        }
        among.intersect(&found);
    }

    /// Adds the rows whose text has the letter.
    fn look_up(&self, letter: u64, found: &mut Bits) {
        for (segment, words) in self
            .segments
            .iter()
            .zip(found.words_mut().chunks_mut(SEGMENT_WORDS))
        {
            for (word, letters) in words.iter_mut().zip(segment.letters.chunks(64)) {
                let bits = letters.iter().enumerate();
                *word = bits.fold(0, |word, (bit, has)| {
                    word | u64::from(has & letter != 0) << bit
                });
            }
        }
    }

    /// Adds the rows whose text has the needle, every core taking its share of segments.
    fn scan(&self, needle: &Needle<'_>, found: &mut Bits) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = self.segments.len().div_ceil(cores).max(1);
        let work = self
            .segments
            .chunks(share)
            .zip(found.words_mut().chunks_mut(share * SEGMENT_WORDS));
        std::thread::scope(|scope| {
            let mut work = work.peekable();
            while let Some((segments, words)) = work.next() {
                let mut scan = move || {
                    for (segment, words) in segments.iter().zip(words.chunks_mut(SEGMENT_WORDS)) {
                        segment.scan(needle, words);
                    }
                };
                // The last share is this thread's own.
                if work.peek().is_some() {
                    scope.spawn(scan);
                } else {
                    scan();
                }
            }
        });
    }

    /// Bytes held, dead ones and room to grow included.
    pub(super) fn bytes(&self) -> usize {
        let each = |segment: &Segment| {
            segment.bytes.capacity()
                + segment.entries.capacity() * 8
                + segment.of_row.capacity() * 4
                + segment.letters.capacity() * 8
        };
        self.segments.iter().map(each).sum()
    }
}

impl Segment {
    fn set(&mut self, row: usize, fields: &[&str; FIELDS]) {
        let length: usize = fields.iter().map(|field| field.len() + 1).sum();
        self.remove(row);
        if self.dead > self.bytes.len() / 3 {
            self.pack();
        }
        self.reserve(length);
        let entry = self.entries.len() as u32;
        self.entries.push(Entry {
            start: self.bytes.len() as u32,
            row: row as u16,
        });
        for field in fields {
            self.bytes.extend(
                field
                    .bytes()
                    .map(|byte| if byte < b' ' { b' ' } else { byte }),
            );
            self.bytes.push(FIELD_END);
        }
        if self.of_row.len() <= row {
            self.of_row.resize(row + 1, NONE);
            self.letters.resize(row + 1, 0);
        }
        self.of_row[row] = entry;
        let bytes = fields.iter().flat_map(|field| field.bytes());
        self.letters[row] = bytes.fold(0, |letters, byte| letters | letter(byte));
    }

    /// Grows by an eighth at a time: doubling would waste up to half of a large index.
    fn reserve(&mut self, length: usize) {
        if self.bytes.capacity() - self.bytes.len() < length {
            self.bytes
                .reserve_exact(length.max(self.bytes.len() / 8).max(4_096));
        }
        if self.entries.len() == self.entries.capacity() {
            self.entries.reserve_exact((self.entries.len() / 8).max(64));
        }
    }

    fn remove(&mut self, row: usize) {
        if let Some(entry) = self.of_row.get(row).copied().filter(|entry| *entry != NONE) {
            self.dead += self.text(entry as usize).len();
            self.of_row[row] = NONE;
            self.letters[row] = 0;
        }
    }

    /// Writes the live texts anew, without the dead ones.
    fn pack(&mut self) {
        let mut bytes = Vec::with_capacity(self.bytes.len() - self.dead);
        let mut entries = Vec::with_capacity(self.entries.len());
        for (at, entry) in self.entries.iter().enumerate() {
            let row = usize::from(entry.row);
            if self.of_row[row] == at as u32 {
                self.of_row[row] = entries.len() as u32;
                entries.push(Entry {
                    start: bytes.len() as u32,
                    row: entry.row,
                });
                bytes.extend_from_slice(self.text(at));
            }
        }
        (self.bytes, self.entries, self.dead) = (bytes, entries, 0);
    }

    fn text(&self, entry: usize) -> &[u8] {
        let start = self.entries[entry].start as usize;
        &self.bytes[start..self.end(entry)]
    }

    fn end(&self, entry: usize) -> usize {
        self.entries
            .get(entry + 1)
            .map_or(self.bytes.len(), |next| next.start as usize)
    }

    fn row(&self, row: usize) -> &[u8] {
        match self.of_row.get(row).copied() {
            None | Some(NONE) => &[],
            Some(entry) => self.text(entry as usize),
        }
    }

    fn scan(&self, needle: &Needle<'_>, words: &mut [u64]) {
        let mut entry = 0;
        let mut from = 0;
        while let Some(hit) = needle.finder.find(&self.bytes[from..]) {
            let hit = from + hit;
            entry = self.entry_at(entry, hit);
            let start = self.entries[entry].start as usize;
            if needle
                .field
                .is_some_and(|field| self.field_of(start, hit) != field as usize)
            {
                from = hit + 1;
                continue;
            }
            let row = usize::from(self.entries[entry].row);
            if self.of_row[row] == entry as u32 {
                words[row / 64] |= 1 << (row % 64);
            }
            from = self.end(entry);
        }
    }

    /// The entry that holds the byte at `at`, known not to lie before `entry`. Looks twice as far
    /// with every step, since the next hit is near when there are many.
    fn entry_at(&self, entry: usize, at: usize) -> usize {
        let mut step = 1;
        let mut low = entry;
        while self
            .entries
            .get(low + step)
            .is_some_and(|entry| entry.start as usize <= at)
        {
            low += step;
            step *= 2;
        }
        let near = &self.entries[low..self.entries.len().min(low + step)];
        low + near.partition_point(|entry| entry.start as usize <= at) - 1
    }

    fn field_of(&self, start: usize, hit: usize) -> usize {
        memchr::memchr_iter(FIELD_END, &self.bytes[start..hit]).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(texts: &Texts, rows: usize, words: &str, field: Option<TextField>) -> Vec<u32> {
        let mut scanned = Bits::empty(rows);
        texts.scan(&Needle::new(words, field), &mut scanned);
        scanned.iter().collect()
    }

    #[test]
    fn a_changed_row_is_found_by_its_new_text_alone() {
        let mut texts = Texts::default();
        texts.set(
            0,
            &[
                "acme",
                "a@acme.example",
                "agmt-1",
                "111122223333",
                "",
                "",
                "",
            ],
        );
        texts.set(
            70_000,
            &["zenith", "", "agmt-2", "111122223333", "", "", "acme"],
        );
        assert_eq!(found(&texts, 70_001, "acme", None), [0, 70_000]);
        assert_eq!(found(&texts, 70_001, "acme", Some(TextField::Company)), [0]);
        assert_eq!(
            found(&texts, 70_001, "acme", Some(TextField::Target)),
            [70_000]
        );
        texts.set(0, &["initech", "", "agmt-1", "", "", "", ""]);
        texts.remove(70_000);
        assert!(found(&texts, 70_001, "acme", None).is_empty());
        assert_eq!(found(&texts, 70_001, "agmt-", None), [0]);
    }

    #[test]
    fn a_needle_never_spans_two_fields_or_rows() {
        let mut texts = Texts::default();
        texts.set(0, &["ab", "cd", "", "", "", "", "ef"]);
        texts.set(1, &["gh", "", "", "", "", "", ""]);
        for across in ["bc", "fg", "abcd"] {
            assert!(found(&texts, 2, across, None).is_empty(), "{across}");
        }
        texts.set(1, &["line\nbreak", "", "", "", "", "", ""]);
        assert_eq!(
            found(&texts, 2, "line break", Some(TextField::Company)),
            [1]
        );
    }

    proptest! {
        /// Whatever is set, changed and removed, a scan finds what a plain look at each row finds.
        #[test]
        fn a_scan_agrees_with_looking(
            changes in prop::collection::vec((0u32..40, "[ab]{0,6}", "[ab]{0,4}", any::<bool>()), 1..120),
            words in "[ab]{1,3}",
        ) {
            let mut texts = Texts::default();
            let mut plain: std::collections::BTreeMap<u32, (String, String)> = std::collections::BTreeMap::default();
            for (row, company, target, keep) in changes {
                if keep {
                    texts.set(row, &[&company, "", "", "", "", "", &target]);
                    plain.insert(row, (company, target));
                } else {
                    texts.remove(row);
                    plain.remove(&row);
                }
            }
            let expect = |has: &dyn Fn(&(String, String)) -> bool| -> Vec<u32> {
                plain.iter().filter(|(_, row)| has(row)).map(|(row, _)| *row).collect()
            };
            let anywhere = expect(&|(company, target)| company.contains(&words) || target.contains(&words));
            prop_assert_eq!(found(&texts, 40, &words, None), anywhere);
            let in_target = expect(&|(_, target)| target.contains(&words));
            prop_assert_eq!(found(&texts, 40, &words, Some(TextField::Target)), in_target);
        }
    }
}
