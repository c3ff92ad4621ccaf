//! Private keys in PEM armour (RFC 7468, RFC 1421, RFC 9580) and PuTTY's own format.
//!
//! The armour may stand as it is, indented, on one line, or escaped in a string of JSON, YAML or source code.

use super::{Outcome, base64_decode, pgp};

/// The shortest key there is (an Ed25519 key in PKCS #8) is 48 bytes.
const SHORTEST_BASE64: usize = 64;

/// What a key's outside says of how it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Plain,
    /// Useless without a passphrase: still a finding, but one step less sure.
    Encrypted,
}

/// From the BEGIN line on, with or without the END line.
pub(super) fn private_key(value: &[u8]) -> Outcome {
    let text = unescape(value);
    let Some((label, rest)) = text.strip_prefix("-----BEGIN ").and_then(|after| after.split_once("-----"))
    else {
        return Outcome::NotACredential;
    };
    let body = rest.split_once("-----END").map_or(rest, |(body, _)| body);
    let Some(base64) = payload(body).filter(|base64| base64.len() >= SHORTEST_BASE64 && !is_filler(base64))
    else {
        return Outcome::NotACredential;
    };
    if !label.contains("PRIVATE KEY") {
        return Outcome::NotACredential;
    }
    // PKCS #8 says it in the label, the older format in a header.
    if label.starts_with("ENCRYPTED") || body.contains("ENCRYPTED") {
        return Outcome::Invalid;
    }
    let kept = base64_decode(base64.as_bytes()).and_then(|bytes| match label {
        "OPENSSH PRIVATE KEY" => openssh(&bytes),
        "PGP PRIVATE KEY BLOCK" => pgp::secret_key(&bytes),
        _ => is_whole_sequence(&bytes).then_some(Key::Plain),
    });
    Outcome::of(kept == Some(Key::Plain))
}

/// PuTTY's format says in its second line how it is encrypted.
pub(super) fn putty(value: &[u8]) -> Outcome {
    Outcome::of(unescape(value).contains("Encryption: none"))
}

/// Undoes the escapes of a string literal, however often they were escaped themselves. No backslash belongs to a
/// key, so nothing is lost.
fn unescape(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let mut plain = String::with_capacity(text.len());
    let mut rest = &text[..];
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let escape = after.trim_start_matches('\\');
        let (character, length) = escaped(escape);
        plain.extend(character);
        rest = &escape[length..];
    }
    plain.push_str(rest);
    plain
}

/// The character that the text behind a backslash stands for, and how long that text is.
fn escaped(text: &str) -> (Option<char>, usize) {
    match text.as_bytes() {
        [b'n', ..] => (Some('\n'), 1),
        [b'r' | b't', ..] => (Some(' '), 1),
        [b'u', ..] => {
            let digits = text.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            digits.and_then(char::from_u32).map_or((None, 0), |character| (Some(character), 5))
        }
        _ => (None, 0),
    }
}

/// The base64 of a body without headers, line ends, indentation and the marks of code round each line; nothing if
/// there is something else in it, as in code that names the BEGIN and the END line.
fn payload(body: &str) -> Option<String> {
    let body = inside_quotes(body);
    let mut base64 = String::with_capacity(body.len());
    for line in body.lines() {
        let line = line.trim_matches(|c: char| c.is_ascii_whitespace() || "#>*|,;".contains(c));
        let is_header = line.contains(':');
        if is_header {
            continue;
        }
        // What begins with `=` is OpenPGP's own checksum; `//` begins a comment.
        for word in line.split_ascii_whitespace().filter(|word| !word.starts_with('=') && *word != "//") {
            if !word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')) {
                return None;
            }
            base64.push_str(word);
        }
    }
    Some(base64)
}

/// Whether the body is `xxxx…` or the like: no key has so few different characters.
fn is_filler(base64: &str) -> bool {
    let mut seen = [false; 256];
    base64.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|seen| **seen).count() < 8
}

/// Where a key is put together from several string literals, what stands between them is code.
fn inside_quotes(body: &str) -> String {
    let quote = body.chars().find(|c| matches!(c, '"' | '\'' | '`'));
    // The BEGIN line opened the first literal.
    quote.map_or_else(|| body.to_owned(), |quote| body.split(quote).step_by(2).collect())
}

/// OpenSSH's format (`PROTOCOL.key`): a mark, then the name of the cipher.
fn openssh(bytes: &[u8]) -> Option<Key> {
    let after = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let (length, rest) = after.split_first_chunk::<4>()?;
    let cipher = rest.get(..u32::from_be_bytes(*length) as usize)?;
    Some(if cipher == b"none" { Key::Plain } else { Key::Encrypted })
}

/// Whether the bytes are one DER SEQUENCE, neither cut short nor with more behind it.
fn is_whole_sequence(der: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    let [SEQUENCE, first, rest @ ..] = der else { return false };
    if *first < 0x80 {
        return rest.len() == usize::from(*first);
    }
    let digits = usize::from(*first & 0x7f);
    if !(1..=4).contains(&digits) || rest.len() < digits {
        return false;
    }
    let (length, content) = rest.split_at(digits);
    content.len() == length.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    /// A SEQUENCE of 300 invented bytes: its length takes two octets.
    fn der() -> Vec<u8> {
        let content: Vec<u8> = b"unbake invented ".iter().copied().cycle().take(300).collect();
        [&[0x30, 0x82, 0x01, 0x2c][..], &content].concat()
    }

    fn lines(bytes: &[u8]) -> Vec<String> {
        let base64 = STANDARD.encode(bytes);
        base64.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    /// The armour with `end` after each line.
    fn armour(label: &str, bytes: &[u8], end: &str) -> String {
        let body = lines(bytes).join(end);
        format!("-----BEGIN {label}-----{end}{body}{end}-----END {label}-----")
    }

    fn check(text: &str) -> Outcome {
        private_key(text.as_bytes())
    }

    #[test]
    fn a_key_is_read_in_whatever_way_its_lines_end() {
        for end in [
            "\n",
            "\r\n",
            "\\n",
            "\\r\\n",
            "\\\\n",
            "\n      ",
            "\n// ",
            "\n# ",
            " ",
            "\\n\" +\n  \"",
            "',\n '",
        ] {
            assert_eq!(check(&armour("RSA PRIVATE KEY", &der(), end)), Outcome::Valid, "{end:?}");
        }
        let escaped = armour("PRIVATE KEY", &der(), "\\n").replace('=', "\\u003d").replace('/', "\\/");
        assert_eq!(check(&escaped), Outcome::Valid);
    }

    #[test]
    fn a_missing_end_line_is_no_matter() {
        let whole = armour("EC PRIVATE KEY", &der(), "\n");
        let cut = whole.split("-----END").next().unwrap_or_default();
        assert_eq!(check(cut), Outcome::Valid);
        assert_eq!(check(&cut[..200]), Outcome::Invalid);
    }

    #[test]
    fn a_header_without_a_key_is_no_credential() {
        for text in [
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\"; if (text.includes(marker)) { parse(text, 64, options, callback, \
             somethingLonger, andLongerStill) } const end = \"-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE...\n-----END RSA PRIVATE KEY-----",
        ] {
            assert_eq!(check(text), Outcome::NotACredential, "{text}");
        }
        let filled = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", "xX".repeat(200));
        assert_eq!(check(&filled), Outcome::NotACredential);
        assert_eq!(check(&armour("CERTIFICATE", &der(), "\n")), Outcome::NotACredential);
        assert_eq!(check(&armour("PUBLIC KEY", &der(), "\n")), Outcome::NotACredential);
    }

    #[test]
    fn an_encrypted_key_is_lowered() {
        assert_eq!(check(&armour("ENCRYPTED PRIVATE KEY", &der(), "\n")), Outcome::Invalid);
        let headers = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n";
        let old =
            armour("RSA PRIVATE KEY", &der(), "\n").replace("-----BEGIN RSA PRIVATE KEY-----\n", headers);
        assert_eq!(check(&old), Outcome::Invalid);
        assert_eq!(putty(b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: aes256-cbc\n"), Outcome::Invalid);
        assert_eq!(putty(b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n"), Outcome::Valid);
    }

    #[test]
    fn an_openssh_key_names_its_cipher() {
        let key = |cipher: &[u8]| {
            let length = (cipher.len() as u32).to_be_bytes();
            let bytes = [b"openssh-key-v1\0", &length[..], cipher, &[7; 64]].concat();
            check(&armour("OPENSSH PRIVATE KEY", &bytes, "\n"))
        };
        assert_eq!(key(b"none"), Outcome::Valid);
        assert_eq!(key(b"aes256-ctr"), Outcome::Invalid);
        assert_eq!(check(&armour("OPENSSH PRIVATE KEY", &der(), "\n")), Outcome::Invalid);
    }

    #[test]
    fn der_must_be_whole() {
        assert!(is_whole_sequence(&der()));
        assert!(is_whole_sequence(&[0x30, 1, 0]));
        assert!(!is_whole_sequence(&der()[..303]));
        assert!(!is_whole_sequence(&[der(), vec![0]].concat()));
        assert!(!is_whole_sequence(&[0x30, 0x80]));
        assert!(!is_whole_sequence(&[0x30, 0x84, 1]));
        assert!(!is_whole_sequence(&[0x31, 0]));
        assert!(!is_whole_sequence(&[]));
    }

    #[test]
    fn an_openpgp_block_is_read_with_headers_and_checksum() {
        let block = armour("PGP PRIVATE KEY BLOCK", &pgp::tests::key(0), "\n")
            .replace("BLOCK-----\n", "BLOCK-----\nComment: unbake invented\n\n")
            .replace("\n-----END", "\n=abcd\n-----END");
        assert_eq!(check(&block), Outcome::Valid);
        let one_line =
            armour("PGP PRIVATE KEY BLOCK", &pgp::tests::key(0), " ").replace(" -----END", " =abcd -----END");
        assert_eq!(check(&one_line), Outcome::Valid);
        let locked = armour("PGP PRIVATE KEY BLOCK", &pgp::tests::key(254), "\n");
        assert_eq!(check(&locked), Outcome::Invalid);
    }
}
