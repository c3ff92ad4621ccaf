//! Tells which keyword, if any, really ends at a position that the table named.

use super::Hit;

/// Bytes that are compared at once: the last of the keyword.
const TAIL: usize = 8;
/// Slots of a look-up; 4 times the keywords of a full catalogue.
const SLOTS_BITS: u32 = 12;
/// Setting bit 5 folds letters; it also maps a few other bytes together, which a comparison settles.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// The keywords by their ending.
pub(super) struct Confirm {
    keywords: Vec<Keyword>,
    /// By the last four bytes.
    long: Slots<4>,
    /// Three-byte keywords, which have no four-byte ending.
    short: Slots<3>,
}

struct Keyword {
    /// The caller's.
    number: u16,
    /// In lower case.
    bytes: Box<[u8]>,
    /// Its last eight bytes, folded, the last one in the highest byte; 0 where it has none.
    tail: u64,
    /// Which bytes of `tail` it has.
    mask: u64,
}

impl Confirm {
    pub(super) fn new(keywords: &[(u16, &[u8])]) -> Self {
        let keywords: Vec<Keyword> = keywords
            .iter()
            .filter(|(_, k)| k.len() >= 3)
            .map(|(number, k)| Keyword::new(*number, k))
            .collect();
        let (mut long, mut short) = (Slots::new(keywords.len()), Slots::new(keywords.len()));
        for (i, keyword) in keywords.iter().enumerate() {
            if keyword.bytes.len() == 3 {
                short.insert(keyword.tail, i as u16);
            } else {
                long.insert(keyword.tail, i as u16);
            }
        }
        Self { keywords, long, short }
    }

    /// The keywords in lower case.
    pub(super) fn keywords(&self) -> impl Iterator<Item = &[u8]> {
        self.keywords.iter().map(|keyword| &*keyword.bytes)
    }

    /// Confirms the positions named by `candidates`: a set bit in byte i stands for an end at `base + i`.
    #[cold]
    #[inline(never)]
    pub(super) fn positions(&self, text: &[u8], base: usize, candidates: u64, hits: &mut Vec<Hit>) {
        let mut left = candidates;
        while left != 0 {
            let position = left.trailing_zeros() / 8;
            left &= !(0xff << (position * 8));
            let before = &text[..base + position as usize + 1];
            let tail = tail(before) | FOLD;
            self.long.each(tail, |i| self.compare(before, tail, i, hits));
            self.short.each(tail, |i| self.compare(before, tail, i, hits));
        }
    }

    fn compare(&self, before: &[u8], tail: u64, i: u16, hits: &mut Vec<Hit>) {
        let keyword = &self.keywords[usize::from(i)];
        if tail & keyword.mask == keyword.tail && keyword.ends(before) {
            hits.push(Hit { end: before.len(), keyword: keyword.number });
        }
    }
}

impl Keyword {
    fn new(number: u16, keyword: &[u8]) -> Self {
        let bytes = keyword.to_ascii_lowercase().into_boxed_slice();
        let mask = u64::MAX << (8 * TAIL.saturating_sub(bytes.len()));
        Self { number, tail: (tail(&bytes) | FOLD) & mask, mask, bytes }
    }

    fn ends(&self, text: &[u8]) -> bool {
        let start = text.len().checked_sub(self.bytes.len());
        start.is_some_and(|start| text[start..].eq_ignore_ascii_case(&self.bytes))
    }
}

/// The last eight bytes, the very last in the highest byte; zeros before the beginning.
#[inline(always)]
fn tail(text: &[u8]) -> u64 {
    match text.last_chunk::<TAIL>() {
        Some(tail) => u64::from_le_bytes(*tail),
        None => text.iter().fold(0, |tail, &byte| tail >> 8 | u64::from(byte) << 56),
    }
}

/// Chains of keywords, by a hash of their last N bytes.
struct Slots<const N: u32> {
    /// First of a chain for a hash, or `NONE`.
    first: Vec<u16>,
    /// Next keyword of the same hash.
    next: Vec<u16>,
}

const NONE: u16 = u16::MAX;

impl<const N: u32> Slots<N> {
    fn new(keywords: usize) -> Self {
        Self { first: vec![NONE; 1 << SLOTS_BITS], next: vec![NONE; keywords] }
    }

    fn insert(&mut self, tail: u64, keyword: u16) {
        let first = &mut self.first[Self::hash(tail)];
        self.next[usize::from(keyword)] = *first;
        *first = keyword;
    }

    #[inline(always)]
    fn each(&self, tail: u64, mut visit: impl FnMut(u16)) {
        let mut i = self.first[Self::hash(tail)];
        while i != NONE {
            visit(i);
            i = self.next[usize::from(i)];
        }
    }

    /// Of a folded tail.
    fn hash(tail: u64) -> usize {
        let last = tail >> (64 - 8 * N);
        (last.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOTS_BITS)) as usize
    }
}
