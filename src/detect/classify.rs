//! What a run of bytes is: text, UTF-16 text, or neither.

/// How much of a chunk is looked at. A file that is text for 8 KB and then is not is rare, and costs nothing but
/// the text rules on what follows.
const SAMPLE: usize = 8 << 10;

/// The kinds of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// ASCII, UTF-8, or one of the old eight-bit sets.
    Text,
    /// UTF-16 with the low byte first.
    Utf16Le,
    /// UTF-16 with the high byte first.
    Utf16Be,
    /// Machine code, compressed data, databases.
    Binary,
}

/// Judges by a byte order mark, else by where NUL bytes stand: text has none, UTF-16 text of most languages has
/// its NULs at every other byte.
pub(super) fn classify(bytes: &[u8]) -> Class {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    match sample {
        [0xff, 0xfe, ..] => return Class::Utf16Le,
        [0xfe, 0xff, ..] => return Class::Utf16Be,
        _ => {}
    }
    if memchr::memchr(0, sample).is_none() {
        return Class::Text;
    }
    let pairs = sample.len() / 2;
    let nul_at = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (nul_at(0), nul_at(1));
    // Three quarters of the characters from Latin-1, and hardly a NUL where their low byte is.
    let utf16 = |high: usize, low: usize| pairs >= 4 && high * 4 >= pairs * 3 && low * 50 <= pairs;
    if utf16(odd, even) {
        Class::Utf16Le
    } else if utf16(even, odd) {
        Class::Utf16Be
    } else {
        Class::Binary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_utf16_of_both_orders_with_and_without_a_mark_and_binaries_are_told_apart() {
        let little: Vec<u8> = "token = value".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "token = value".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(classify(b"token = value"), Class::Text);
        assert_eq!(classify(&little), Class::Utf16Le);
        assert_eq!(classify(&big), Class::Utf16Be);
        assert_eq!(classify(b"\xff\xfea\0"), Class::Utf16Le);
        assert_eq!(classify(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0"), Class::Binary);
        assert_eq!(classify(b""), Class::Text);
    }
}
