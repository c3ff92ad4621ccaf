//! Names and passwords, and what carries a name.

use super::super::judge::is_weak;
use super::{Outcome, base64_decode};

/// Name of the check below. Where a rule asks for it, the scanner judges the password in its place as well: what is
/// weak and used is a finding, what a text shows is none.
pub const WEAK_PASSWORD: &str = "weak-password";

/// Name of the check of what HTTP Basic sends.
pub(in crate::detect) const BASIC_AUTH: &str = "basic-auth";

/// Nothing that a password has in itself makes it none: its place decides, which `judge::login` looks at.
pub(super) fn weak_password(_: &[u8]) -> Outcome {
    Outcome::Unknown
}

/// The password in a value that a check of this file is for, where it stands there encoded.
pub(in crate::detect) fn password_within(check: &str, value: &[u8]) -> Option<String> {
    let login = (check == BASIC_AUTH).then(|| base64_decode(value)).flatten()?;
    let colon = login.iter().position(|&byte| byte == b':')?;
    Some(String::from_utf8_lossy(&login[colon + 1..]).into_owned())
}

/// HTTP Basic and Docker's `auth`: the base64 of a name, a colon and a password. Anything else is another thing.
pub(super) fn basic_auth(value: &[u8]) -> Outcome {
    let Some(login) = base64_decode(value) else { return Outcome::NotACredential };
    let Some(colon) = login.iter().position(|&byte| byte == b':') else { return Outcome::NotACredential };
    let password = &login[colon + 1..];
    let is_text = std::str::from_utf8(&login).is_ok_and(|text| !text.chars().any(char::is_control));
    if password.is_empty() || !is_text {
        return Outcome::NotACredential;
    }
    Outcome::of(!is_weak(&String::from_utf8_lossy(password)))
}

/// A Discord bot's token begins with the base64 of its id, which is a number of 17 to 20 digits.
pub(super) fn discord_bot(value: &[u8]) -> Outcome {
    let first = value.split(|&byte| byte == b'.').next().unwrap_or_default();
    let id = base64_decode(first);
    Outcome::of(id.is_some_and(|id| (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn a_login_has_a_name_and_a_password() {
        let of = |login: &str| basic_auth(STANDARD.encode(login).as_bytes());
        assert_eq!(of("unbake:Invented-7-login"), Outcome::Valid);
        assert_eq!(of("user:password"), Outcome::Invalid);
        assert_eq!(of("no colon at all"), Outcome::NotACredential);
        assert_eq!(of("unbake:"), Outcome::NotACredential);
        assert_eq!(of("\u{1}\u{2}:\u{3}"), Outcome::NotACredential);
        assert_eq!(basic_auth(b"enabled!"), Outcome::NotACredential);
    }

    #[test]
    fn a_bot_token_begins_with_the_bots_id() {
        let token = |id: &str| format!("{}.G00000.unbakeInvented0000000000000", STANDARD.encode(id));
        assert_eq!(discord_bot(token("100000000000000007").as_bytes()), Outcome::Valid);
        assert_eq!(discord_bot(token("unbake invented id").as_bytes()), Outcome::Invalid);
    }
}
