//! Runs of base64 (RFC 4648 §4 and §5) and of hexadecimal digits, found without looking at every byte.

use std::io::Read;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Decoded, LIMIT};

/// Bytes that are looked at together: a vector register. Probes of 8 bytes at every 16 cost three times as much, since
/// every second identifier holds one.
const PROBE: usize = 16;
/// Distance of the probes: a run of `STEP + PROBE - 1` = 27 characters or more holds a whole probe. 27 characters are
/// 20 bytes, the shortest credential that needs no context (an AWS access key id).
const STEP: usize = 12;
/// Shorter runs are not decoded.
const SHORTEST: usize = 24;
/// What the beginning of a run must decode to before the rest is: 12 random bytes pass as text once in 40,000.
const HEAD: usize = 16;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);

/// Every run of `text` that decodes to text, or to gzip of text.
pub(crate) fn runs(text: &[u8], mut each: impl FnMut(Decoded)) {
    let mut at = 0;
    while let Some(probe) = text.get(at..).and_then(|rest| rest.first_chunk::<PROBE>()) {
        if !all_near_alphabet(probe) || !all_in_alphabet(probe) || !may_be_encoded(probe) {
            at += STEP;
            continue;
        }
        let floor = at.saturating_sub(STEP + PROBE);
        let start = text[floor..at].iter().rposition(|b| !in_alphabet(*b)).map_or(floor, |i| floor + i + 1);
        let mut end = at + PROBE;
        end += text[end..].iter().take(LIMIT).take_while(|b| in_alphabet(**b)).count();
        if end - start >= SHORTEST && promises_text(&text[start..end]) {
            let run = Run::new(text, start);
            end = run.end;
            if let Some(bytes) = run.decode() {
                each(Decoded { origin: run.origin(bytes.len()), bytes });
            }
        }
        at = end;
    }
}

/// Whether the beginning of a run decodes to text, or to gzip. Most runs are identifiers and paths, and go no further.
fn promises_text(run: &[u8]) -> bool {
    if run[..SHORTEST].iter().all(u8::is_ascii_hexdigit) {
        return looks_like_text(&hex(&run[..SHORTEST])) || head_of(run).is_some_and(|head| promising(&head));
    }
    head_of(run).is_some_and(|head| promising(&head))
}

fn promising(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b, 8]) || looks_like_text(head)
}

/// What the first characters decode to, in the alphabet that they are of.
fn head_of(run: &[u8]) -> Option<[u8; HEAD / 4 * 3]> {
    let mut head = [0; HEAD / 4 * 3];
    let url_safe = run[..HEAD].iter().any(|b| matches!(b, b'-' | b'_'));
    let engine = if url_safe { &URL_SAFE } else { &STANDARD };
    engine.decode_slice(&run[..HEAD], &mut head).ok().filter(|n| *n == head.len()).map(|_| head)
}

/// A run without its line breaks.
struct Run {
    characters: Vec<u8>,
    places: Vec<u32>,
    end: usize,
}

impl Run {
    /// Gathers the run from `start`, over line breaks (also escaped ones) between full lines of it.
    fn new(text: &[u8], start: usize) -> Self {
        let mut run = Self { characters: Vec::new(), places: Vec::new(), end: start };
        let mut line = start;
        loop {
            let len = text[line..].iter().take(LIMIT).take_while(|b| in_alphabet(**b)).count();
            run.characters.extend_from_slice(&text[line..line + len]);
            run.places.extend((line..line + len).map(|p| p as u32));
            run.end = line + len;
            let next = run.end + line_break(&text[run.end..]);
            // base64(1) and MIME wrap at 76, PEM at 64: a shorter line is a word at the end of one.
            let goes_on = next > run.end
                && len >= 60
                && run.characters.len() < LIMIT
                && text[next..].iter().take(SHORTEST).filter(|b| in_alphabet(**b)).count() >= 4;
            if !goes_on {
                return run;
            }
            line = next;
        }
    }

    fn decode(&self) -> Option<Vec<u8>> {
        let characters = &self.characters[..];
        if characters.iter().all(u8::is_ascii_hexdigit) {
            return self.is_text_hex().then(|| hex(characters));
        }
        let engine = if characters.iter().any(|b| matches!(b, b'-' | b'_')) { &URL_SAFE } else { &STANDARD };
        let gzip = head_of(characters)?.starts_with(&[0x1f, 0x8b, 8]);
        // Four characters are three bytes; a single one at the end is none.
        let whole = characters.len() - usize::from(characters.len() % 4 == 1);
        let decoded = engine.decode(&characters[..whole]).ok()?;
        if gzip { inflate(&decoded) } else { Some(decoded) }
    }

    fn is_text_hex(&self) -> bool {
        self.characters.len().is_multiple_of(2) && looks_like_text(&hex(&self.characters[..SHORTEST]))
    }

    /// Every decoded byte's place, in proportion: exact for base64 and hex, near for what was inflated.
    fn origin(&self, decoded: usize) -> Vec<u32> {
        let last = self.characters.len().saturating_sub(1);
        let mut origin: Vec<u32> = (0..decoded)
            .map(|i| self.places[(i * self.characters.len() / decoded.max(1)).min(last)])
            .collect();
        origin.push(self.end as u32);
        origin
    }
}

fn inflate(compressed: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(compressed).take(LIMIT as u64).read_to_end(&mut text).ok()?;
    Some(text)
}

fn hex(digits: &[u8]) -> Vec<u8> {
    let value = |d: u8| char::from(d).to_digit(16).unwrap_or(0) as u8;
    digits.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect()
}

/// Printable ASCII, or UTF-16 of it (PowerShell's encoded commands).
fn looks_like_text(head: &[u8]) -> bool {
    let printable = |b: u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
    head.iter().all(|b| printable(*b)) || head.chunks_exact(2).all(|pair| printable(pair[0]) && pair[1] == 0)
}

/// Length of a line break with the indentation after it: `\n`, `\r\n`, and both as escapes.
fn line_break(text: &[u8]) -> usize {
    let escaped = [&b"\\r\\n"[..], b"\\n"].into_iter().find(|e| text.starts_with(e)).map_or(0, <[u8]>::len);
    if escaped > 0 {
        return escaped;
    }
    let blank = text.iter().take(64).take_while(|b| b.is_ascii_whitespace()).count();
    if memchr::memchr(b'\n', &text[..blank]).is_some() { blank } else { 0 }
}

/// By a table: it is asked of every byte of every run.
fn in_alphabet(b: u8) -> bool {
    const ALPHABET: [bool; 256] = {
        let mut alphabet = [false; 256];
        let mut b = 0;
        while b < 256 {
            let byte = b as u8;
            alphabet[b] = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
            b += 1;
        }
        alphabet
    };
    ALPHABET[usize::from(b)]
}

/// Whether it is more than the small letters, digits and signs of paths and identifiers: base64 of text has a capital in
/// all but one of 1,400 probes, hexadecimal digits are nothing but those.
fn may_be_encoded(probe: &[u8; PROBE]) -> bool {
    let capital = probe.iter().fold(false, |any, &b| any | (b.wrapping_sub(b'A') < 26));
    capital || probe.iter().fold(true, |all, &b| all & b.is_ascii_hexdigit())
}

/// Whether all may be in the alphabet: none is a blank, a quote, a parenthesis, a brace, `:`, `;`, `<`, `=` or `>`, which part
/// the words of nearly every text. It refuses most probes for half of what the whole answer takes.
fn all_near_alphabet(probe: &[u8; PROBE]) -> bool {
    probe.iter().fold(true, |all, &b| {
        let (in_range, is_sign) = (b.wrapping_sub(b'+') <= b'z' - b'+', b.wrapping_sub(b':') < 7);
        all & in_range & !is_sign
    })
}

/// Whether all are in the alphabet. Without branches, so that the compiler makes vector code of it.
fn all_in_alphabet(probe: &[u8; PROBE]) -> bool {
    probe.iter().fold(true, |all, &b| {
        let letter = (b | 0x20).wrapping_sub(b'a') < 26;
        let digit = b.wrapping_sub(b'0') < 10;
        let sign = (b == b'+') | (b == b'/') | (b == b'-') | (b == b'_');
        all & (letter | digit | sign)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        runs(text, |d| found.push(String::from_utf8_lossy(&d.bytes).into_owned()));
        found
    }

    #[test]
    fn base64_hex_and_wrapped_lines_are_decoded_and_identifiers_are_not() {
        let inner = "password = invented-by-unbake";
        let b64 = STANDARD.encode(inner);
        let hexed: String = inner.bytes().map(|b| format!("{b:02x}")).collect();
        for shift in 0..40 {
            let pad = " ".repeat(shift);
            assert_eq!(decoded(format!("{pad}data: {b64}\n").as_bytes()), [inner], "shift {shift}");
            assert_eq!(decoded(format!("{pad}'{hexed}'").as_bytes()), [inner], "shift {shift}");
        }
        assert!(
            decoded(b"let aVeryLongCamelCaseIdentifierOfOurs = usr/share/doc/some/longer/path;").is_empty()
        );
    }

    #[test]
    fn lines_of_76_are_one_run_and_places_lead_back() {
        let inner = "x".repeat(70) + " secret = our-own-invention " + &"y".repeat(70);
        let wrapped: Vec<String> = STANDARD
            .encode(&inner)
            .as_bytes()
            .chunks(76)
            .map(|l| String::from_utf8_lossy(l).into_owned())
            .collect();
        let text = wrapped.join("\n");
        let mut places = Vec::new();
        runs(text.as_bytes(), |d| {
            assert_eq!(String::from_utf8_lossy(&d.bytes), inner);
            places.push(d.origin[71]);
        });
        // Byte 71 is made of character 94, which is on the second line, after one line break.
        assert_eq!(places, [95]);
    }
}
