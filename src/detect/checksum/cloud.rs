//! Amazon's and Microsoft's keys.

use super::{Outcome, base64_decode};

/// Access key ids are base 32 after their four letters.
pub(super) fn aws_access_key_id(value: &[u8]) -> Outcome {
    if is_amazons_sample(value) {
        return Outcome::NotACredential;
    }
    let is_base32 = value.iter().skip(4).all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    // The alphabet alone proves little: one in seven random ids keeps to it.
    if is_base32 { Outcome::Unknown } else { Outcome::Invalid }
}

/// Secret access keys and session tokens have no structure that is told.
pub(super) fn aws_secret(value: &[u8]) -> Outcome {
    if is_amazons_sample(value) { Outcome::NotACredential } else { Outcome::Unknown }
}

/// Amazon's documentation writes this word into its samples; in a random value it does not come about.
fn is_amazons_sample(value: &[u8]) -> bool {
    value.windows(7).any(|part| part == b"EXAMPLE")
}

/// `ABSK` and the base64 of a user name that Amazon gives, a colon, and the key.
pub(super) fn aws_bedrock(value: &[u8]) -> Outcome {
    let decoded = value.strip_prefix(b"ABSK").and_then(base64_decode);
    Outcome::of(decoded.is_some_and(|text| text.starts_with(b"BedrockAPIKey-")))
}

/// Keys of a storage or Cosmos account are 64 bytes. That of the storage emulator is the same for everyone.
pub(super) fn azure_account_key(value: &[u8]) -> Outcome {
    const EMULATOR: &[u8] = b"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq";
    if value.starts_with(EMULATOR) {
        return Outcome::NotACredential;
    }
    Outcome::of(base64_decode(value).is_some_and(|key| key.len() == 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn an_access_key_id_is_base32() {
        assert_eq!(aws_access_key_id(b"AKIAUNBAKEINVENTED22"), Outcome::Unknown);
        assert_eq!(aws_access_key_id(b"AKIAUNBAKEINVENTED01"), Outcome::Invalid);
        assert_eq!(aws_access_key_id(b"AKIAIOSFODNN7EXAMPLE"), Outcome::NotACredential);
    }

    #[test]
    fn amazons_sample_secret_is_no_credential() {
        assert_eq!(aws_secret(b"unbake/Invented/ValueWith/EXAMPLEKEY"), Outcome::NotACredential);
        assert_eq!(aws_secret(b"unbake/Invented/Value0000000000000000000"), Outcome::Unknown);
    }

    #[test]
    fn a_bedrock_key_names_itself() {
        let key = format!("ABSK{}", STANDARD.encode("BedrockAPIKey-1a2b-at-000000000000:unbake-invented"));
        assert_eq!(aws_bedrock(key.as_bytes()), Outcome::Valid);
        assert_eq!(aws_bedrock(b"ABSKdW5iYWtlIGludmVudGVk"), Outcome::Invalid);
    }

    #[test]
    fn an_account_key_is_64_bytes() {
        assert_eq!(azure_account_key(STANDARD.encode([7; 64]).as_bytes()), Outcome::Valid);
        assert_eq!(azure_account_key(STANDARD.encode([7; 63]).as_bytes()), Outcome::Invalid);
    }
}
