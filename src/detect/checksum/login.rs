//! Names and passwords, and what carries a name.

use super::{Outcome, base64_decode};

/// Passwords of documentation and of a default installation: worth no more than a look.
const WEAK: &str = "admin change-me change_me changeme db_password dbpassword example foobar guest \
                    hunter2 my-password my-secret-pw my_password mypass mypassword mysecretpassword \
                    p4ssw0rd p@ssw0rd pass passw0rd passwd password password1 password123 postgres pwd \
                    qwerty redacted root s3cr3t secret secret123 secretpassword test testpassword token \
                    topsecret user user_password username userpassword verysecret your-password \
                    your_password yourpassword";

/// A password that documentation writes lowers confidence. Any other has nothing to check.
pub(super) fn weak_password(value: &[u8]) -> Outcome {
    let lower = value.to_ascii_lowercase();
    let known = WEAK.split(' ').any(|weak| weak.as_bytes() == lower);
    if known { Outcome::Invalid } else { Outcome::Unknown }
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
    Outcome::of(weak_password(password) != Outcome::Invalid)
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
    fn a_password_of_documentation_is_weak_in_any_case() {
        assert_eq!(weak_password(b"Password"), Outcome::Invalid);
        assert_eq!(weak_password(b"unbake-Invented-7"), Outcome::Unknown);
    }

    #[test]
    fn a_login_has_a_name_and_a_password() {
        let of = |login: &str| basic_auth(STANDARD.encode(login).as_bytes());
        assert_eq!(of("unbake:Invented-7"), Outcome::Valid);
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
