//! Hashes of passwords: htpasswd, shadow. A hash can be guessed at; what locks an account is none.

use super::file::File;
use super::lines::lines;
use crate::finding::Confidence;

/// `user:hash` (Apache, "Password Formats"; nginx has `{PLAIN}` beside them).
pub(super) fn htpasswd(file: &mut File<'_>) {
    for line in lines(file.text).map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((user, rest)) = line.split_once(':') else { continue };
        let hash = rest.split(':').next().unwrap_or_default();
        if is_crypt(hash) || is_tagged(hash) {
            file.add("htpasswd-hash", hash, hash, "", user, Confidence::High);
        }
    }
}

/// `user:hash:…` with nine fields, or `group:hash:admins:members` (shadow(5), gshadow(5)).
pub(super) fn shadow(file: &mut File<'_>) {
    for line in lines(file.text) {
        let fields: Vec<_> = line.split(':').collect();
        let (4 | 9, &[user, hash, ..]) = (fields.len(), &fields[..]) else { continue };
        // A locked account keeps its hash after the mark.
        let locked = hash.starts_with('!');
        let hash = hash.trim_start_matches('!');
        if is_crypt(hash) {
            let confidence = if locked { Confidence::Low } else { Confidence::High };
            file.add("shadow-password-hash", hash, hash, "", user, confidence);
        }
    }
}

/// What crypt(5) makes: `$id$…$hash`, or the 13 characters of DES.
fn is_crypt(hash: &str) -> bool {
    let in_alphabet = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"./".contains(&b));
    if let Some(rest) = hash.strip_prefix('$') {
        let mut parts = rest.split('$');
        let id = parts.next().unwrap_or_default();
        let last = parts.next_back().unwrap_or_default();
        return (1..=12).contains(&id.len())
            && last.len() >= 22
            && last.bytes().all(|b| b.is_ascii_alphanumeric() || b"./+=-_".contains(&b));
    }
    hash.len() == 13 && in_alphabet(hash)
}

/// `{SHA}…`, `{SSHA}…`, `{PLAIN}…`.
fn is_tagged(hash: &str) -> bool {
    let tagged = hash.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    tagged.is_some_and(|(tag, body)| match tag {
        "SHA" => body.len() == 28,
        "SSHA" => body.len() >= 32,
        "PLAIN" => body.len() > 2,
        _ => false,
    })
}
