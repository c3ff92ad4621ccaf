//! Tokens that end in a checksum of what precedes it.

use base64::Engine;
use sha2::{Digest, Sha256};

use super::{BASE64, Outcome};

/// GitHub's digits of base 62, in their order.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// `ghp_` and its kin: the last six characters are the CRC-32, in base 62, of those between the prefix and them.
pub(super) fn github(value: &[u8]) -> Outcome {
    let Some(mark) = value.iter().position(|&byte| byte == b'_') else { return Outcome::Invalid };
    let Some((body, tail)) = value[mark + 1..].split_last_chunk::<6>() else { return Outcome::Invalid };
    Outcome::of(digits::<6>(crc32fast::hash(body), BASE62) == *tail)
}

/// `npm_`: as GitHub does it.
pub(super) fn npm(value: &[u8]) -> Outcome {
    github(value)
}

/// `github_pat_`: the eight characters after the first 77 are the beginning of their SHA-256 in base 32. What the
/// eight after those are is not known.
pub(super) fn github_fine_grained(value: &[u8]) -> Outcome {
    const SIGNED: usize = 77;
    let Some(tail) = value.get(SIGNED..SIGNED + 8) else { return Outcome::Invalid };
    let digest = Sha256::digest(&value[..SIGNED]);
    // Eight digits of five bits are the first five bytes.
    let first = digest.iter().take(5).fold(0u64, |sum, &byte| sum << 8 | u64::from(byte));
    let expected: [u8; 8] = std::array::from_fn(|i| BASE32[(first >> (35 - 5 * i)) as usize & 31]);
    Outcome::of(expected == *tail)
}

/// GitLab's routable tokens (`glpat-….01.…`): the last seven characters are the CRC-32, in base 36, of all before
/// them. The older form, which has no dot, has no checksum.
pub(super) fn gitlab_routable(value: &[u8]) -> Outcome {
    if !value.contains(&b'.') {
        return Outcome::Unknown;
    }
    let Some((body, tail)) = value.split_last_chunk::<7>() else { return Outcome::Invalid };
    Outcome::of(digits::<7>(crc32fast::hash(body), BASE36) == *tail)
}

/// `glsa_…_…`: the last eight characters are the CRC-32 of the first 37, low byte first, in hexadecimal.
pub(super) fn grafana(value: &[u8]) -> Outcome {
    let (Some(body), Some(tail)) = (value.get(..37), value.get(38..)) else { return Outcome::Invalid };
    let expected = crc32fast::hash(body).swap_bytes();
    Outcome::of(hexadecimal(tail) == Some(expected))
}

/// `cflt…`: the last six characters are the beginning, in base64, of the CRC-32, low byte first, of the 54 between
/// the prefix and them.
pub(super) fn confluent(value: &[u8]) -> Outcome {
    let (Some(body), Some(tail)) = (value.get(4..58), value.get(58..)) else { return Outcome::Invalid };
    let expected = BASE64.encode(crc32fast::hash(body).to_le_bytes());
    Outcome::of(expected.as_bytes() == tail)
}

/// Atlassian's and Bitbucket's `AT…`: the last eight characters are said to be the CRC-32 of the rest. No real
/// token was at hand to tell whether the `=` before them is part of the rest, so both are taken, and one that
/// fits neither tells nothing.
pub(super) fn atlassian(value: &[u8]) -> Outcome {
    let Some((rest, tail)) = value.split_last_chunk::<8>() else { return Outcome::Invalid };
    let Some(crc) = hexadecimal(tail) else { return Outcome::Invalid };
    let bare = rest.strip_suffix(b"=").unwrap_or(rest);
    if [rest, bare].iter().any(|text| crc32fast::hash(text) == crc) {
        Outcome::Valid
    } else {
        Outcome::Unknown
    }
}

/// A number in the given digits, the highest first, padded with zeros.
fn digits<const N: usize>(mut number: u32, alphabet: &[u8]) -> [u8; N] {
    let base = alphabet.len() as u32;
    let mut text = [alphabet[0]; N];
    for digit in text.iter_mut().rev() {
        *digit = alphabet[(number % base) as usize];
        number /= base;
    }
    text
}

/// Eight hexadecimal digits.
fn hexadecimal(text: &[u8]) -> Option<u32> {
    // `from_str_radix` would let a sign through.
    if text.len() != 8 || !text.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check takes the token, and refuses it when any one character is another.
    fn only_the_whole(check: super::super::Check, token: &[u8]) {
        assert_eq!(check(token), Outcome::Valid);
        let mark = token.iter().position(|&byte| byte == b'_' || byte == b'-').map_or(4, |at| at + 1);
        for at in mark..token.len() {
            let mut changed = token.to_vec();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(check(&changed), Outcome::Invalid, "character {at} of {}", token.escape_ascii());
        }
    }

    fn joined(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    #[test]
    fn github_and_npm_tokens_end_in_their_crc() {
        for (prefix, length) in [("ghp_", 30), ("gho_", 30), ("ghr_", 70), ("npm_", 30)] {
            let body: Vec<u8> = b"unbakeInvented".iter().copied().cycle().take(length).collect();
            let tail = digits::<6>(crc32fast::hash(&body), BASE62);
            only_the_whole(github, &joined(&[prefix.as_bytes(), &body, &tail]));
        }
        assert_eq!(github(b"ghp_"), Outcome::Invalid);
    }

    /// A small CRC is padded on the left; CRC-32 of these bytes is known.
    #[test]
    fn digits_are_padded_on_the_left() {
        assert_eq!(&digits::<6>(0, BASE62), b"000000");
        assert_eq!(&digits::<6>(61, BASE62), b"00000z");
        assert_eq!(&digits::<7>(36, BASE36), b"0000010");
        assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_fine_grained_token_holds_the_beginning_of_its_sha256() {
        let signed = joined(&[b"github_pat_", &[b'1'; 22], b"_", &[b'u'; 43]]);
        let digest = Sha256::digest(&signed);
        let bits: String = digest.iter().take(5).map(|byte| format!("{byte:08b}")).collect();
        let tail: Vec<u8> = (0..8)
            .map(|i| BASE32[usize::from_str_radix(&bits[5 * i..5 * i + 5], 2).unwrap_or_default()])
            .collect();
        let token = joined(&[&signed, &tail, b"whatever"]);
        assert_eq!(token.len(), 93);
        assert_eq!(github_fine_grained(&token), Outcome::Valid);
        only_the_whole(github_fine_grained, &token[..85]);
    }

    #[test]
    fn a_routable_gitlab_token_ends_in_its_crc() {
        let body = b"glpat-dW5iYWtlLWludmVudGVkLXRva2Vu.01.0x";
        let token = joined(&[body, &digits::<7>(crc32fast::hash(body), BASE36)]);
        only_the_whole(gitlab_routable, &token[..]);
        assert_eq!(gitlab_routable(b"glpat-unbakeInvented000000"), Outcome::Unknown);
    }

    #[test]
    fn a_grafana_token_ends_in_its_crc() {
        let body = b"glsa_unbakeInventedServiceAccount0000";
        assert_eq!(body.len(), 37);
        let tail: String =
            crc32fast::hash(body).to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let token = joined(&[body, b"_", tail.as_bytes()]);
        assert_eq!(grafana(&token), Outcome::Valid);
        assert_eq!(grafana(&token[..45]), Outcome::Invalid);
        assert_eq!(grafana(&joined(&[body, b"_0badc0de"])), Outcome::Invalid);
    }

    #[test]
    fn a_confluent_key_ends_in_its_crc() {
        let body = [b'u'; 54];
        let tail = BASE64.encode(crc32fast::hash(&body).to_le_bytes());
        only_the_whole(confluent, &joined(&[b"cflt", &body, tail.as_bytes()]));
    }

    /// A mismatch tells nothing, since the rule is not verified; what has no CRC at all is wrong.
    #[test]
    fn an_atlassian_token_may_end_in_its_crc() {
        let body = b"ATATT3xFfGF0unbakeInvented=";
        let tail = format!("{:08X}", crc32fast::hash(body));
        assert_eq!(atlassian(&joined(&[body, tail.as_bytes()])), Outcome::Valid);
        let bare = format!("{:08X}", crc32fast::hash(&body[..body.len() - 1]));
        assert_eq!(atlassian(&joined(&[body, bare.as_bytes()])), Outcome::Valid);
        assert_eq!(atlassian(&joined(&[body, b"00000000"])), Outcome::Unknown);
        assert_eq!(atlassian(&joined(&[body, b"nonsense"])), Outcome::Invalid);
    }
}
