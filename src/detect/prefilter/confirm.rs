//! Tells which keyword, if any, really ends at a position that the table named.

use super::Hit;

/// Bytes that the look-up hashes: the last of the keyword.
const TAIL: usize = 4;
/// Slots of the look-up; 4 times the keywords of a full catalogue.
const SLOTS_BITS: u32 = 12;

/// The keywords by their ending.
pub(super) struct Confirm {
    /// Keyword bytes in lower case with the caller's number.
    keywords: Vec<(u16, Box<[u8]>)>,
    /// First of `chain` for a hash, or `NONE`.
    slots: Vec<u16>,
    /// Next keyword of the same hash.
    next: Vec<u16>,
    /// Three-byte keywords, which have no four-byte ending.
    short: Vec<u16>,
}

const NONE: u16 = u16::MAX;

impl Confirm {
    pub(super) fn new(keywords: &[(u16, &[u8])]) -> Self {
        let keywords: Vec<(u16, Box<[u8]>)> = keywords
            .iter()
            .filter(|(_, k)| k.len() >= 3)
            .map(|(number, k)| (*number, k.to_ascii_lowercase().into_boxed_slice()))
            .collect();
        let mut slots = vec![NONE; 1 << SLOTS_BITS];
        let mut next = vec![NONE; keywords.len()];
        let mut short = Vec::new();
        for (i, (_, keyword)) in keywords.iter().enumerate() {
            match keyword.last_chunk::<TAIL>() {
                None => short.push(i as u16),
                Some(tail) => {
                    let slot = hash(*tail);
                    next[i] = slots[slot];
                    slots[slot] = i as u16;
                }
            }
        }
        Self { keywords, slots, next, short }
    }

    /// The keywords in lower case.
    pub(super) fn keywords(&self) -> impl Iterator<Item = &[u8]> {
        self.keywords.iter().map(|(_, k)| &**k)
    }

    /// Confirms the positions named by `candidates`: a set bit in byte i stands for an end at `base + i`.
    #[cold]
    #[inline(never)]
    pub(super) fn positions(&self, text: &[u8], base: usize, candidates: u64, hits: &mut Vec<Hit>) {
        let mut left = candidates;
        while left != 0 {
            let position = left.trailing_zeros() / 8;
            left &= !(0xff << (position * 8));
            self.at(text, base + position as usize + 1, hits);
        }
    }

    fn at(&self, text: &[u8], end: usize, hits: &mut Vec<Hit>) {
        let before = &text[..end];
        if let Some(tail) = before.last_chunk::<TAIL>() {
            let mut i = self.slots[hash(*tail)];
            while i != NONE {
                self.compare(before, i, hits);
                i = self.next[usize::from(i)];
            }
        }
        for &i in &self.short {
            self.compare(before, i, hits);
        }
    }

    fn compare(&self, before: &[u8], i: u16, hits: &mut Vec<Hit>) {
        let (number, keyword) = &self.keywords[usize::from(i)];
        let found = before.len().checked_sub(keyword.len()).map(|start| &before[start..]);
        if found.is_some_and(|f| f.eq_ignore_ascii_case(keyword)) {
            hits.push(Hit { end: before.len(), keyword: *number });
        }
    }
}

/// Setting bit 5 folds letters; it also maps a few other bytes together, which the comparison settles.
fn hash(tail: [u8; TAIL]) -> usize {
    let folded = u32::from_le_bytes(tail) | 0x2020_2020;
    (folded.wrapping_mul(0x9e37_79b1) >> (32 - SLOTS_BITS)) as usize
}
