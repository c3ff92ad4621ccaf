//! age identities: Bech32 (BIP 173) with its six-character checksum.

use super::Outcome;

const PREFIX: &[u8] = b"age-secret-key-";
const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// `AGE-SECRET-KEY-1…`.
pub(super) fn bech32(value: &[u8]) -> Outcome {
    let lower = value.to_ascii_lowercase();
    let Some(data) = lower.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix(b"1")) else {
        return Outcome::Invalid;
    };
    let words: Option<Vec<u8>> =
        data.iter().map(|byte| CHARSET.iter().position(|c| c == byte).map(|at| at as u8)).collect();
    Outcome::of(words.is_some_and(|words| polymod(&words) == 1))
}

/// BIP 173's checksum over the prefix and `words`; 1 when the last six words fit.
fn polymod(words: &[u8]) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let high = PREFIX.iter().map(|byte| byte >> 5);
    let low = PREFIX.iter().map(|byte| byte & 31);
    high.chain([0]).chain(low).chain(words.iter().copied()).fold(1, |sum: u32, word| {
        let top = sum >> 25;
        let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(word);
        GENERATOR.iter().enumerate().fold(shifted, |sum, (bit, term)| sum ^ (term * (top >> bit & 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An identity of 32 invented bytes, with its checksum computed as BIP 173 says.
    fn identity() -> Vec<u8> {
        let mut words: Vec<u8> = (0..52).map(|i| i * 3 % 32).collect();
        words.extend([0; 6]);
        let sum = polymod(&words) ^ 1;
        for i in 0..6 {
            words[52 + i] = (sum >> (5 * (5 - i)) & 31) as u8;
        }
        let data: Vec<u8> = words.iter().map(|&word| CHARSET[usize::from(word)]).collect();
        [PREFIX, b"1", &data].concat().to_ascii_uppercase()
    }

    #[test]
    fn one_wrong_character_is_seen() {
        let good = identity();
        assert_eq!(bech32(&good), Outcome::Valid);
        for at in 16..good.len() {
            let mut bad = good.clone();
            bad[at] = if bad[at] == b'Q' { b'P' } else { b'Q' };
            assert_eq!(bech32(&bad), Outcome::Invalid, "character {at}");
        }
    }

    #[test]
    fn letters_outside_the_alphabet_are_refused() {
        assert_eq!(bech32(b"AGE-SECRET-KEY-1BIO"), Outcome::Invalid);
    }
}
