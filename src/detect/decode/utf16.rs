//! UTF-16, whole texts and strings within binaries.

use super::Decoded;

/// Shortest string taken from a binary, in characters.
const SHORTEST_WIDE: usize = 16;

/// The text in UTF-8; what is no character becomes U+FFFD.
pub(crate) fn from_utf16(text: &[u8], little_endian: bool) -> Decoded {
    let units = text.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if little_endian { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    });
    let mut decoded = Decoded { bytes: Vec::with_capacity(text.len() / 2), origin: Vec::new() };
    let mut at = 0_u32;
    for unit in char::decode_utf16(units) {
        let c = unit.unwrap_or(char::REPLACEMENT_CHARACTER);
        decoded.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        decoded.origin.resize(decoded.bytes.len(), at);
        at += 2 * c.len_utf16() as u32;
    }
    decoded.origin.push(at);
    decoded
}

/// Strings of printable ASCII in UTF-16 with the low byte first, as .NET and Windows programs hold theirs.
pub(crate) fn wide_strings(binary: &[u8], mut each: impl FnMut(Decoded)) {
    let mut at = 0;
    while let Some(probe) = binary.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
        let bits = u128::from_le_bytes(*probe);
        // Eight characters of a string lie at even or odd offsets of the probe: every other byte is 0.
        let offset = usize::from(bits & HIGH_BYTES != 0);
        if bits == 0 || (offset == 1 && bits & !HIGH_BYTES != 0) {
            at += 16;
            continue;
        }
        let mut start = at + offset;
        while start >= 2 && is_wide(&binary[start - 2..start]) {
            start -= 2;
        }
        let len = binary[start..].chunks_exact(2).take_while(|pair| is_wide(pair)).count();
        if len >= SHORTEST_WIDE {
            let mut decoded = from_utf16(&binary[start..start + 2 * len], true);
            decoded.origin.iter_mut().for_each(|o| *o += start as u32);
            each(decoded);
        }
        at = (start + 2 * len).max(at + 16);
    }
}

/// Every second byte of sixteen.
const HIGH_BYTES: u128 = 0xff00_ff00_ff00_ff00_ff00_ff00_ff00_ff00;

/// A character of printable ASCII, or white space.
fn is_wide(pair: &[u8]) -> bool {
    matches!(pair, [b' '..=b'~' | b'\t' | b'\n' | b'\r', 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_give_the_text_and_its_places() {
        let text = "tøken = 🔑";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let decoded = from_utf16(&little, true);
        assert_eq!(decoded.bytes, text.as_bytes());
        assert_eq!(from_utf16(&big, false).bytes, text.as_bytes());
        let key = text.find('🔑').unwrap();
        assert_eq!(decoded.origin[key] as usize, 2 * "tøken = ".chars().count());
    }

    #[test]
    fn wide_strings_are_found_at_every_offset() {
        let wide: Vec<u8> = "an invented wide string".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for before in 0..40 {
            let mut binary = vec![0xc3; before];
            binary.extend_from_slice(&wide);
            binary.extend_from_slice(&[0xc3; 40]);
            let mut found = Vec::new();
            wide_strings(&binary, |d| found.push((d.bytes, d.origin[0] as usize)));
            assert_eq!(found, [(b"an invented wide string".to_vec(), before)]);
        }
    }
}
