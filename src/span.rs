//! Where bytes stand in a text: byte spans, and lines and columns as an editor counts them.

use serde::Serialize;

/// Half-open range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// Whether the two have a byte in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Line and column, both from 1; a column is counted in Unicode code points (SARIF's `unicodeCodePoints`), a byte
/// that is not UTF-8 counting as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
}

impl Position {
    /// The first position of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The position after `text`, which begins here.
    #[must_use]
    pub fn after(self, text: &[u8]) -> Self {
        match memchr::memrchr(b'\n', text) {
            None => Self { line: self.line, column: self.column + code_points(text) },
            Some(last) => Self {
                line: self.line + memchr::memchr_iter(b'\n', text).count() as u64,
                column: 1 + code_points(&text[last + 1..]),
            },
        }
    }
}

/// From a position up to, and not including, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// Where it begins.
    pub start: Position,
    /// The position after its last character.
    pub end: Position,
}

/// Counts what is not a UTF-8 continuation byte.
fn code_points(text: &[u8]) -> u64 {
    text.iter().filter(|&&b| b & 0xc0 != 0x80).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_code_points_and_lines_count_newlines() {
        let at = Position::START.after("één\nzwei: ".as_bytes());
        assert_eq!(at, Position { line: 2, column: 7 });
        assert_eq!(at.after(b"abc"), Position { line: 2, column: 10 });
    }
}
