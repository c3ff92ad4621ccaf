//! Tokens of package registries that decode to something.

use super::{Outcome, base64_decode};

/// `pypi-…` is a macaroon in its second binary format: a version, the index that made it, an identifier, caveats,
/// and at the end a field of type 6 with a signature of 32 bytes.
pub(super) fn pypi_macaroon(value: &[u8]) -> Outcome {
    const SIGNATURE: [u8; 2] = [6, 32];
    let Some(macaroon) = value.strip_prefix(b"pypi-").and_then(base64_decode) else {
        return Outcome::Invalid;
    };
    let signature = macaroon.len().checked_sub(32 + SIGNATURE.len());
    let signed = signature.is_some_and(|at| macaroon[at..].starts_with(&SIGNATURE));
    Outcome::of(signed && macaroon.starts_with(&[2, 1]))
}

/// Artifactory's reference tokens are the base64 of `reftkn:` and fields of printable text.
pub(super) fn jfrog_reference(value: &[u8]) -> Outcome {
    let decoded = base64_decode(value);
    Outcome::of(decoded.is_some_and(|text| text.starts_with(b"reftkn:") && text.is_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    #[test]
    fn a_pypi_token_is_a_signed_macaroon() {
        let unsigned = b"\x02\x01\x08pypi.org\x02\x0einventedunbake\x00\x00".to_vec();
        let signed = [&unsigned[..], &[6, 32], &[7; 32]].concat();
        let token = |macaroon: &[u8]| format!("pypi-{}", URL_SAFE_NO_PAD.encode(macaroon)).into_bytes();
        assert_eq!(pypi_macaroon(&token(&signed)), Outcome::Valid);
        assert_eq!(pypi_macaroon(&token(&signed[..signed.len() - 1])), Outcome::Invalid);
        assert_eq!(pypi_macaroon(b"pypi-AgEIcHlwaS5vcmcC"), Outcome::Invalid);
    }

    #[test]
    fn a_reference_token_says_so() {
        let token = STANDARD.encode("reftkn:01:0000000000:unbakeInventedReference0000");
        assert_eq!(jfrog_reference(token.as_bytes()), Outcome::Valid);
        assert_eq!(jfrog_reference(b"cmVmdGtuOjAx/////w"), Outcome::Invalid);
    }
}
