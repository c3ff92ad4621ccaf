//! JSON in base64: JSON Web Tokens (RFC 7519), and tokens that carry a JSON object.

use serde_json::{Map, Value};

use super::{Outcome, base64_decode};

/// Three parts, of which the first two are JSON objects and the first names the algorithm of the third.
pub(super) fn jwt(value: &[u8]) -> Outcome {
    let mut parts = value.split(|&byte| byte == b'.').map(object);
    let (Some(Some(header)), Some(Some(claims))) = (parts.next(), parts.next()) else {
        return Outcome::Invalid;
    };
    match header.get("alg").and_then(Value::as_str) {
        None => Outcome::Unknown,
        Some(algorithm) => Outcome::of(!algorithm.eq_ignore_ascii_case("none") && !is_tutorial(&claims)),
    }
}

/// When a JSON Web Token ceases to be valid, in seconds since 1970 (RFC 7519 §4.1.4, `exp`).
pub fn expiry(value: &[u8]) -> Option<u64> {
    let claims = value.split(|&byte| byte == b'.').nth(1).and_then(object)?;
    let seconds = claims.get("exp")?;
    seconds.as_u64().or_else(|| seconds.as_f64().filter(|s| *s >= 0.0).map(|s| s as u64))
}

/// The person of whom the tokens of tutorials speak.
fn is_tutorial(claims: &Map<String, Value>) -> bool {
    claims.get("sub").is_some_and(|sub| sub == "1234567890")
        || claims.get("name").is_some_and(|name| name == "John Doe")
}

/// A token that has a JSON object in base64 somewhere: it begins `eyJ`, and ends where base64 does.
pub(super) fn base64_json(value: &[u8]) -> Outcome {
    let Some(start) = value.windows(3).position(|three| three == b"eyJ") else { return Outcome::Invalid };
    // `_` is left out: `sntrys_` tokens put it after the object.
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-');
    let text = &value[start..];
    let end = text.iter().position(|byte| !is_base64(byte)).unwrap_or(text.len());
    Outcome::of(object(&text[..end]).is_some())
}

fn object(base64: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&base64_decode(base64)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn token(header: &str, claims: &str) -> Vec<u8> {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.unbakeInventedSignature", part(header), part(claims)).into_bytes()
    }

    #[test]
    fn the_expiry_is_read_whole_and_broken() {
        let of = |claims: &str| expiry(&token(r#"{"alg":"HS256"}"#, claims));
        assert_eq!(of(r#"{"exp":1893456000}"#), Some(1_893_456_000));
        assert_eq!(of(r#"{"exp":1893456000.5}"#), Some(1_893_456_000));
        assert_eq!(of(r#"{"sub":"unbake"}"#), None);
        assert_eq!(expiry(b"eyJ.unbake"), None);
    }

    #[test]
    fn a_token_names_its_algorithm() {
        let claims = r#"{"sub":"unbake"}"#;
        assert_eq!(jwt(&token(r#"{"alg":"HS256"}"#, claims)), Outcome::Valid);
        assert_eq!(jwt(&token(r#"{"alg":"none"}"#, claims)), Outcome::Invalid);
        assert_eq!(jwt(&token(r#"{"typ":"JWT"}"#, claims)), Outcome::Unknown);
        assert_eq!(jwt(&token(r#"{"alg":"HS256"}"#, r#"{"sub":"#)), Outcome::Invalid);
        assert_eq!(jwt(b"eyJhbGciOiJIUzI1NiJ9"), Outcome::Invalid);
    }

    #[test]
    fn the_token_of_tutorials_is_lowered() {
        let doe = r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#;
        assert_eq!(jwt(&token(r#"{"alg":"HS256"}"#, doe)), Outcome::Invalid);
    }

    #[test]
    fn the_object_in_a_token_parses() {
        let object = URL_SAFE_NO_PAD.encode(r#"{"iat":1.5,"org":"unbake"}"#);
        assert_eq!(base64_json(format!("sntrys_{object}=_unbakeInvented").as_bytes()), Outcome::Valid);
        assert_eq!(base64_json(b"sntrys_eyJpYXQiOjE_unbakeInvented"), Outcome::Invalid);
        assert_eq!(base64_json(b"ops_unbakeInvented"), Outcome::Invalid);
    }
}
