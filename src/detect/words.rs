//! What a name says of its value.

/// Whether a value of this name would be a credential.
pub fn names_credential(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["password", "passwd", "secret", "token", "api_key", "apikey", "access_key", "private_key"].iter().any(|w| lower.contains(w))
}
