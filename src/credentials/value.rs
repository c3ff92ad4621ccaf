//! What stands where a format has a credential: whether it is one, and passwords within URLs and settings.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::detect::judge::{is_reference, looks_like_credential_value, names_credential};

const INDIFFERENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, INDIFFERENT);
const BASE64_OF_URLS: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, INDIFFERENT);

/// Starts of values that are encrypted with a key that is kept elsewhere: Jasypt, Spring Cloud Config, SOPS, Ansible.
const ENCRYPTED: &[&str] = &["ENC(", "{cipher}", "ENC[", "$ANSIBLE_VAULT", "RCLONE_ENCRYPT_"];

/// From this length on a value is no word, path or setting.
const LONG: usize = 24;

/// The file as text, with a stand-in of the same length for what is not UTF-8, so that spans hold.
pub(super) fn as_text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Cow::Owned(text)
}

/// Decodes base64 of either alphabet, padded or not, blanks let through.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    BASE64.decode(&text).or_else(|_| BASE64_OF_URLS.decode(&text)).ok()
}

/// Encodes what is binary.
pub(super) fn encoded(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Whether a value is set, where the format says that a credential stands: no reference, nothing to be filled in,
/// not encrypted.
pub(super) fn is_set(value: &str) -> bool {
    let dense = || value.len() >= LONG && !value.contains(char::is_whitespace) && letters(value) > 10;
    !is_encrypted(value)
        && !is_reference(value)
        && !value.contains("<%")
        && (looks_like_credential_value(value) || dense())
}

/// How many different bytes a value has.
fn letters(value: &str) -> usize {
    let mut seen = [false; 256];
    value.bytes().for_each(|b| seen[usize::from(b)] = true);
    seen.iter().filter(|s| **s).count()
}

/// Whether a value says that it is encrypted.
pub(super) fn is_encrypted(value: &str) -> bool {
    ENCRYPTED.iter().any(|start| value.starts_with(start))
}

/// Whether a text is hexadecimal digits and nothing else.
pub(super) fn hexadecimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A login in a URL.
pub(super) struct Login<'v> {
    pub(super) host: &'v str,
    pub(super) user: &'v str,
    pub(super) password: &'v str,
}

/// The logins of every URL in a text. A token in place of the user (`https://TOKEN@host`, `TOKEN:x-oauth-basic@`) is
/// the password. A password may have an `@`, and no `/`.
pub(super) fn logins(text: &str) -> impl Iterator<Item = Login<'_>> {
    text.match_indices("://").filter_map(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'`<>|".contains(c)).unwrap_or(rest.len());
        let (login, host) = rest[..end].rsplit_once('@')?;
        let (user, password) = match login.split_once(':') {
            Some((user, "x-oauth-basic" | "")) => ("", user),
            Some(login) => login,
            None => ("", login),
        };
        // A user alone is a token only where no person is called so.
        let is_token = !user.is_empty() || login.starts_with(':') || password.len() >= 20;
        (is_token && is_set(password)).then_some(Login { host, user, password })
    })
}

/// The passwords of a connection string: `Server=db;Password=…`, or `host=db password=…` as libpq has it.
pub(super) fn settings(value: &str) -> impl Iterator<Item = (&str, &str)> {
    let dividers: &[char] = if value.contains(';') { &[';'] } else { &[' ', '\t'] };
    let parts = || value.split(dividers).filter(|part| !part.trim().is_empty());
    // A text for people has words that set nothing.
    let several = value.contains('=')
        && (value.contains(';') || parts().count() > 1 && parts().all(|part| part.contains('=')));
    parts()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim().trim_matches(['"', '\''])))
        .filter(move |(name, value)| several && names_credential(name) && is_set(value))
}

/// The password of a data source as Go's MySQL driver has it: `user:password@tcp(host:3306)/db`.
pub(super) fn go_password(value: &str) -> Option<&str> {
    let (login, _) = value.split_once("@tcp(").or_else(|| value.split_once("@unix("))?;
    let (user, password) = login.split_once(':')?;
    (!user.contains(char::is_whitespace) && is_set(password)).then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_of_urls() {
        let passwords = |text: &'static str| logins(text).map(|l| l.password).collect::<Vec<_>>();
        assert_eq!(passwords("https://unbake:Inv@nted@git.invented/x y://a:bcd@e"), ["Inv@nted", "bcd"]);
        assert_eq!(passwords("redis://:Invented@cache"), ["Invented"]);
        assert_eq!(passwords("https://unbakeInventedToken00:x-oauth-basic@h"), ["unbakeInventedToken00"]);
        assert_eq!(passwords("https://unbakeInventedToken00@h"), ["unbakeInventedToken00"]);
        assert!(passwords("ssh://git@host/x https://user:${PASSWORD}@host https://host/@x").is_empty());
    }

    #[test]
    fn passwords_of_connection_strings() {
        let found: Vec<_> = settings("Server=db;User Id=sa;Password=Invented1!;Encrypt=true").collect();
        assert_eq!(found, [("Password", "Invented1!")]);
        assert_eq!(settings("Server=db;Password=${PASSWORD}").count(), 0);
        assert_eq!(settings("host=db password=Invented1").next(), Some(("password", "Invented1")));
        assert_eq!(settings("say password=Invented1").count(), 0);
        assert_eq!(go_password("unbake:Invented1@tcp(db:3306)/tasks"), Some("Invented1"));
    }

    #[test]
    fn weak_values_are_set_and_references_are_not() {
        for value in ["postgres", "123456", "/unbakeInvented+7Qw3Zr9Tb5Kx1", "{1unbake+Invented7Qw3Zr9Tb}"] {
            assert!(is_set(value), "{value}");
        }
        for value in ["", "${X}", "<%= ENV['X'] %>", "ENC(unbakeInvented7Qw3Zr9Tb5Kx1)", "your_password_here"]
        {
            assert!(!is_set(value), "{value}");
        }
    }
}
