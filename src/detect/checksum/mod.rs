//! Checks that a value carries in itself: a provider's CRC, a structure that must parse.
//!
//! In: the value's bytes. Out: whether it holds. A rule names its check; adding one is one function and one line
//! in the table. A check that fails lowers confidence and never drops the candidate: formats change, and a
//! typed-off key is still worth a look. Only what can't be a credential at all is dropped.

mod age;
mod cloud;
mod crc;
pub mod jwt;
mod login;
mod pem;
mod pgp;
mod registry;

pub use login::WEAK_PASSWORD;
pub(super) use login::{BASIC_AUTH, password_within};

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// What a check says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds: confidence is raised.
    Valid,
    /// It does not hold: confidence is lowered.
    Invalid,
    /// This form of the value has no check.
    Unknown,
    /// It is no credential at all: a certificate, a header with no body.
    NotACredential,
}

impl Outcome {
    /// Of a check that either holds or does not.
    fn of(holds: bool) -> Self {
        if holds { Self::Valid } else { Self::Invalid }
    }
}

/// A check.
pub type Check = fn(&[u8]) -> Outcome;

/// Every check by the name that rules call it.
const CHECKS: &[(&str, Check)] = &[
    ("age-bech32", age::bech32),
    ("atlassian-crc32", crc::atlassian),
    ("aws-access-key-id", cloud::aws_access_key_id),
    ("aws-bedrock", cloud::aws_bedrock),
    ("aws-secret", cloud::aws_secret),
    ("azure-account-key", cloud::azure_account_key),
    ("base64-json", jwt::base64_json),
    (BASIC_AUTH, login::basic_auth),
    ("confluent-crc32", crc::confluent),
    ("discord-bot", login::discord_bot),
    ("github-crc32", crc::github),
    ("github-sha256", crc::github_fine_grained),
    ("gitlab-crc32", crc::gitlab_routable),
    ("grafana-crc32", crc::grafana),
    ("jfrog-reference", registry::jfrog_reference),
    ("jwt", jwt::jwt),
    ("npm-crc32", crc::npm),
    ("pem", pem::private_key),
    ("putty", pem::putty),
    ("pypi-macaroon", registry::pypi_macaroon),
    (WEAK_PASSWORD, login::weak_password),
];

/// The check of this name.
pub fn find(name: &str) -> Option<Check> {
    CHECKS.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
}

/// The names of all checks.
pub fn names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(name, _)| *name)
}

/// Standard alphabet, no padding; leftover bits are let through, as most decoders do.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// Decodes base64 in the standard or the URL alphabet, padded or not.
fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    let standard: Vec<u8> = text
        .trim_ascii_end()
        .iter()
        .map(|&byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    let end = standard.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    BASE64.decode(&standard[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_found_by_name_and_sorted() {
        assert!(CHECKS.is_sorted_by_key(|(name, _)| *name));
        assert!(find("pem").is_some());
        assert!(find("no-such-check").is_none());
    }

    #[test]
    fn base64_is_read_in_both_alphabets_padded_or_not() {
        let bytes = [0xfb, 0xff, 0xfe, 0x01];
        for text in ["+//+AQ==", "-__-AQ", "-__-AQ=="] {
            assert_eq!(base64_decode(text.as_bytes()).as_deref(), Some(&bytes[..]), "{text}");
        }
        assert_eq!(base64_decode(b"not base64!"), None);
    }
}
