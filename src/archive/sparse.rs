//! Sparse files in a tar: a map tells where the stored parts of a file belong (GNU tar manual, "Sparse Formats").
//!
//! Holes are given as the zeros that a reader of the file sees, so that an archive or a database with holes is opened
//! as what it is. A hole can be of any size for a few bytes, so only so many of them are.

use std::collections::VecDeque;

use tar::{GnuExtSparseHeader, GnuSparseHeader};

/// Most zeros that the holes of one file become; after that, a hole is [`SHORT`].
const ZEROS: u64 = 64 << 20;
/// What is left of a hole then: what stands on its two sides stays apart.
const SHORT: u64 = 512;
/// Most parts of one file.
const PARTS: usize = 100_000;

/// Where the stored parts belong.
#[derive(Default)]
pub(super) struct Map {
    parts: Vec<(u64, u64)>,
    /// Length of the file with its holes.
    pub(super) end: Option<u64>,
    too_many: bool,
}

/// A part of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// So many zeros.
    Hole(u64),
    /// So many bytes of what is stored.
    Stored(u64),
}

impl Map {
    /// The next part: where it belongs, and its length.
    pub(super) fn add(&mut self, offset: u64, size: u64) {
        self.too_many |= self.parts.len() == PARTS;
        if !self.too_many {
            self.parts.push((offset, size));
        }
    }

    /// Parts of an old GNU header.
    pub(super) fn add_gnu(&mut self, parts: &[GnuSparseHeader]) {
        for part in parts.iter().filter(|part| !part.is_empty()) {
            if let (Ok(offset), Ok(size)) = (part.offset(), part.length()) {
                self.add(offset, size);
            }
        }
    }

    /// A block of such parts that follows the header; whether one more follows.
    pub(super) fn add_gnu_block(&mut self, block: &[u8; 512]) -> bool {
        let mut header = GnuExtSparseHeader::new();
        header.as_mut_bytes().copy_from_slice(block);
        self.add_gnu(header.sparse());
        header.is_extended()
    }

    /// The file, of which `stored` bytes are in the archive. A map that does not fit them is none: the file is then
    /// read as it is stored.
    pub(super) fn spans(&self, stored: u64) -> Option<VecDeque<Span>> {
        let (mut at, mut sum, mut zeros) = (0, 0_u64, 0);
        let mut spans = VecDeque::new();
        for (offset, size) in &self.parts {
            spans.extend(hole(offset.checked_sub(at)?, &mut zeros));
            spans.extend((*size > 0).then_some(Span::Stored(*size)));
            sum = sum.checked_add(*size)?;
            at = offset.checked_add(*size)?;
        }
        let fits = !self.parts.is_empty() && !self.too_many && sum <= stored;
        // What the map forgets is stored nevertheless.
        spans.extend((sum < stored).then(|| Span::Stored(stored - sum)));
        spans.extend(hole(self.end.unwrap_or(at).saturating_sub(at), &mut zeros));
        fits.then_some(spans)
    }
}

fn hole(size: u64, zeros: &mut u64) -> Option<Span> {
    let size = if size > ZEROS.saturating_sub(*zeros) { size.min(SHORT) } else { size };
    *zeros += size;
    (size > 0).then_some(Span::Hole(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(parts: &[(u64, u64)], end: u64) -> Map {
        Map { parts: parts.to_vec(), end: Some(end), too_many: false }
    }

    #[test]
    fn holes_are_zeros_and_large_ones_are_short() {
        let spans = map(&[(512, 10), (1024, 5)], 2000).spans(15).unwrap();
        assert_eq!(
            spans,
            [Span::Hole(512), Span::Stored(10), Span::Hole(502), Span::Stored(5), Span::Hole(971)]
        );
        let spans = map(&[(u64::MAX - 10, 10)], u64::MAX).spans(10).unwrap();
        assert_eq!(spans, [Span::Hole(SHORT), Span::Stored(10)]);
    }

    #[test]
    fn a_map_that_does_not_fit_is_none() {
        for wrong in
            [map(&[(0, 20)], 20), map(&[(100, 5), (50, 5)], 200), map(&[(u64::MAX, 5)], 5), map(&[], 5)]
        {
            assert_eq!(wrong.spans(10), None);
        }
        let mut many = Map::default();
        (0..=PARTS as u64).for_each(|n| many.add(n, 0));
        assert_eq!(many.spans(10), None);
    }

    #[test]
    fn what_the_map_forgets_is_read() {
        assert_eq!(map(&[(0, 4)], 4).spans(10).unwrap(), [Span::Stored(4), Span::Stored(6)]);
    }
}
