//! Percent-encoding (RFC 3986 §2.1) and the backslash escapes of JSON, C, and shells.

use super::{Decoded, LIMIT};

/// Text whose presence says that what stands round it is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// `%20`, `%3D`: a URL or a form.
    Percent,
    /// `\"`, `\/`, `\u0022`: text in a string of another text.
    Backslash,
}

impl Trigger {
    /// What sets it off: the characters that stand round a credential, encoded. `\n` is not among them: it is in
    /// every source file, and the rules for what has line breaks take it as one.
    pub(crate) const KEYWORDS: &[(&[u8], Self)] = &[
        (b"%3d", Self::Percent),
        (b"%3a", Self::Percent),
        (b"%2f", Self::Percent),
        (b"%22", Self::Percent),
        (b"%0a", Self::Percent),
        (b"%40", Self::Percent),
        (b":\\/\\/", Self::Backslash),
        (b"\\\":", Self::Backslash),
        (b"\\u00", Self::Backslash),
        (b"\\x2", Self::Backslash),
        (b"\\x3", Self::Backslash),
    ];

    /// Decodes the run of text round `at`; with the offset after the run, so that it is decoded once.
    pub(crate) fn decode(self, text: &[u8], at: usize) -> (Decoded, usize) {
        let floor = at.saturating_sub(LIMIT / 8);
        let ceiling = text.len().min(at + LIMIT / 8);
        let (before, after) = (&text[floor..at], &text[at..ceiling]);
        let (first, end) = match self {
            Self::Percent => (before.iter().rposition(ends_url), after.iter().position(ends_url)),
            Self::Backslash => {
                (memchr::memrchr3(b'\n', b'\r', 0, before), memchr::memchr3(b'\n', b'\r', 0, after))
            }
        };
        let start = first.map_or(floor, |i| floor + i + 1);
        let end = end.map_or(ceiling, |i| at + i);
        let decoded = match self {
            Self::Percent => unescape(&text[start..end], start, b'%', percent),
            Self::Backslash => unescape(&text[start..end], start, b'\\', backslash),
        };
        (decoded, end)
    }
}

/// What can not stand in a URL or a form.
fn ends_url(b: &u8) -> bool {
    b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`')
}

/// Writes what an escape at the beginning of the text means, and gives how many bytes it was written with; none
/// where no escape begins.
type Escape = fn(&[u8], &mut Vec<u8>) -> Option<usize>;

fn unescape(run: &[u8], start: usize, mark: u8, escape: Escape) -> Decoded {
    let mut decoded =
        Decoded { bytes: Vec::with_capacity(run.len()), origin: Vec::with_capacity(run.len() + 1) };
    let mut i = 0;
    while i < run.len() {
        let plain = memchr::memchr(mark, &run[i..]).unwrap_or(run.len() - i);
        decoded.bytes.extend_from_slice(&run[i..i + plain]);
        decoded.origin.extend((start + i) as u32..(start + i + plain) as u32);
        i += plain;
        if i == run.len() {
            break;
        }
        let from = start + i;
        i += escape(&run[i..], &mut decoded.bytes).unwrap_or_else(|| {
            decoded.bytes.push(run[i]);
            1
        });
        decoded.origin.resize(decoded.bytes.len(), from as u32);
    }
    decoded.origin.push((start + run.len()) as u32);
    decoded
}

fn percent(rest: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let [b'%', high, low, ..] = rest else { return None };
    out.push(hex(&[*high, *low])? as u8);
    Some(3)
}

fn backslash(rest: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let (b'\\', tail) = rest.split_first()? else { return None };
    let (meant, len) = match tail.first()? {
        b'n' => ('\n', 2),
        b'r' => ('\r', 2),
        b't' => ('\t', 2),
        b'u' => (code_point(tail, 4)?, 6),
        b'x' => (code_point(tail, 2)?, 4),
        c @ (b'"' | b'\'' | b'/' | b'\\') => (char::from(*c), 2),
        _ => return None,
    };
    out.extend_from_slice(meant.encode_utf8(&mut [0; 4]).as_bytes());
    Some(len)
}

fn code_point(tail: &[u8], digits: usize) -> Option<char> {
    char::from_u32(hex(tail.get(1..=digits)?)?)
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, d| Some(value << 4 | char::from(*d).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_escapes_are_bytes_and_offsets_lead_back() {
        let text = b"see https://h/?q=a%3Db%C3%A9 end";
        let (decoded, end) = Trigger::Percent.decode(text, 18);
        assert_eq!(decoded.bytes, "https://h/?q=a=bé".as_bytes());
        assert_eq!(end, 28);
        let equals = decoded.bytes.iter().position(|b| *b == b'=').unwrap();
        assert_eq!(decoded.origin[equals], 16);
        assert_eq!(decoded.origin[equals + 2], 18);
        assert_eq!(decoded.origin.last(), Some(&28));
    }

    #[test]
    fn backslash_escapes_of_a_string_in_a_string() {
        let text = br#"x = "{\"key\": \"a\u0026b\", \"url\": \"redis:\/\/h\"}""#;
        let (decoded, _) = Trigger::Backslash.decode(text, 6);
        assert_eq!(decoded.bytes, br#"x = "{"key": "a&b", "url": "redis://h"}""#);
    }
}
