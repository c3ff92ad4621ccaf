//! What configuration is made of: switches, numbers, durations, paths, addresses, public keys.

use super::name::names_credential;

/// Whole values that switch something, or name a way of authentication.
#[rustfmt::skip]
const ENUMS: &[&str] = &[
    "true", "false", "yes", "no", "on", "off", "enabled", "disabled", "none", "null", "nil", "undefined", "optional",
    "required", "always", "never", "auto", "kubernetes", "vault", "basic", "bearer", "digest", "jwt", "kerberos",
    "ldap", "mtls", "oauth", "oauth2", "oidc", "plain", "saml", "scram-sha-256", "scram-sha-512", "sha1", "sha256",
    "sha512", "md5", "bcrypt", "argon2", "hs256", "hs384", "hs512", "rs256", "es256", "rsa", "aes-256-gcm",
];

/// Units of durations and sizes.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "ns", "us", "ms", "s", "sec", "m", "min", "h", "d", "days", "w", "y", "b", "k", "kb", "ki", "kib", "mb", "mi",
    "mib", "g", "gb", "gi", "gib", "t", "tb", "ti", "%",
];

/// Ends of file names.
#[rustfmt::skip]
const FILES: &[&str] = &[
    ".cer", ".conf", ".config", ".crt", ".db", ".env", ".ini", ".jks", ".json", ".key", ".p12", ".pem", ".pfx",
    ".properties", ".pub", ".sh", ".sqlite", ".toml", ".txt", ".xml", ".yaml", ".yml",
];

/// What is public: a key that everyone may have, a certificate, the digest of a download.
const PUBLIC: &[&str] = &[
    "ssh-rsa ",
    "ssh-ed25519 ",
    "ecdsa-sha2-",
    "-----BEGIN PUBLIC",
    "-----BEGIN CERT",
    "-----BEGIN PGP PUBLIC",
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "sha256:",
    "sha512:",
    "age1",
    // What a browser is given: Stripe's and PostHog's.
    "pk_live_",
    "pk_test_",
    "phc_",
];

/// What a value is that is no credential, whatever its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// One or two characters.
    Short,
    /// `true`, `disabled`, `oauth2`.
    Switch,
    /// A number that is no PIN.
    Number,
    /// A duration, a size, a share: `30s`, `512Mi`, `80%`.
    Amount,
    /// A path or a file's name.
    Path,
    /// A URL, `host:port`, a mail address.
    Address,
    /// A day or a time.
    Date,
    /// `v1.4.2`
    Version,
    /// `PBKDF2WithHmacSHA256`
    Algorithm,
    /// A certificate, a public key, a digest.
    Public,
    /// The name of a variable that has the value.
    Variable,
    /// JSON or a list.
    Structure,
    /// Several lines, or a sentence.
    Text,
    /// `name=value` pairs with no password among them.
    Pairs,
}

/// What a value is that configuration is made of.
pub(super) fn setting(value: &str) -> Option<Setting> {
    type Test = fn(&str) -> bool;
    let tests: [(Setting, Test); 13] = [
        (Setting::Switch, |value| ENUMS.iter().any(|word| word.eq_ignore_ascii_case(value))),
        (Setting::Number, is_number),
        (Setting::Short, |value| value.len() < 3),
        (Setting::Amount, is_amount),
        (Setting::Path, is_path),
        (Setting::Address, is_address),
        (Setting::Date, is_date),
        (Setting::Version, is_version),
        (Setting::Algorithm, is_algorithm),
        (Setting::Public, |value| PUBLIC.iter().any(|start| value.starts_with(start))),
        (Setting::Variable, is_variable_name),
        (Setting::Structure, |value| value.starts_with(['{', '['])),
        (Setting::Text, |value| value.contains('\n') || value.split_whitespace().count() > 5),
    ];
    tests.iter().find(|(_, is)| is(value)).map(|(setting, _)| *setting)
}

/// `2016-09-08`, `2016-09-08T21:47:36Z`.
fn is_date(value: &str) -> bool {
    let bytes = value.as_bytes();
    let shaped = |at: usize, is: fn(&u8) -> bool| bytes.get(at).is_some_and(is);
    (10..=35).contains(&bytes.len())
        && [0, 1, 2, 3, 5, 6, 8, 9].iter().all(|at| shaped(*at, u8::is_ascii_digit))
        && [4, 7].iter().all(|at| shaped(*at, |b| matches!(b, b'-' | b'/')))
        && bytes[10..].iter().all(|b| b.is_ascii_digit() || b"T:Z+-. ".contains(b))
}

/// `PBKDF2WithHmacSHA256`, `AES/CBC/PKCS5Padding`.
fn is_algorithm(value: &str) -> bool {
    const MARKS: [&str; 9] = [
        "hmacsha",
        "hmac-sha",
        "pbkdf2with",
        "withrsa",
        "withecdsa",
        "aes/",
        "/cbc/",
        "/gcm/",
        "pkcs5padding",
    ];
    let lower = value.to_ascii_lowercase();
    value.len() < 40 && MARKS.iter().any(|mark| lower.contains(mark)) && !lower.contains('=')
}

/// `1.4.2`, `v13.0.0-next.8`, `^2.0.1`.
fn is_version(value: &str) -> bool {
    let value = value.trim_start_matches(['v', '^', '~', '=', '>', '<', ' ']);
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let numbers = value[..end].split('.').filter(|part| !part.is_empty()).count();
    numbers > 2
        && value.len() < 32
        && (end == value.len() || value[end..].starts_with(['-', '+', '_', 'r', 'b', 'a']))
}

/// A number that is no PIN: short, signed, or with a fraction.
fn is_number(value: &str) -> bool {
    let literal = value.trim_start_matches('-').strip_prefix("0x");
    if literal.is_some_and(|hex| hex.len() <= 16 && hex.bytes().all(|b| b.is_ascii_hexdigit())) {
        return true;
    }
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    let numeric = value.bytes().all(|b| b.is_ascii_digit() || b"+-.eE_,".contains(&b));
    if digits { value.len() < 4 } else { numeric && value.contains(|c: char| c.is_ascii_digit()) }
}

/// `30s`, `1h30m`, `512Mi`, `80%`.
fn is_amount(value: &str) -> bool {
    let mut rest = value;
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let unit = &rest[number..];
        let end = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        if number == 0 || !UNITS.iter().any(|u| u.eq_ignore_ascii_case(&unit[..end])) {
            return false;
        }
        rest = &unit[end..];
    }
    true
}

/// A path or a file's name. Base64 may begin with a slash too, so a part that is long and mixed makes it no path.
fn is_path(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let rooted =
        ["/", "./", "../", "~/"].iter().any(|root| value.starts_with(root)) || value.get(1..3) == Some(":\\");
    let words =
        !value.contains(|c: char| c.is_whitespace() || "+=".contains(c)) && !value.split('/').any(is_mixed);
    words && (rooted || FILES.iter().any(|end| lower.ends_with(end)))
}

fn is_mixed(part: &str) -> bool {
    part.len() > 15
        && part.contains(|c: char| c.is_ascii_uppercase())
        && part.contains(|c: char| c.is_ascii_lowercase())
        && part.contains(|c: char| c.is_ascii_digit())
}

/// A URL, `host:port`, or a mail address.
fn is_address(value: &str) -> bool {
    let is_host = |host: &str| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
    };
    let is_port = |port: &str| (1..6).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    let is_mail = |user: &str, host: &str| is_host(user) && is_host(host) && host.contains('.');
    value.contains("://")
        || value.rsplit_once(':').is_some_and(|(host, port)| is_host(host) && is_port(port))
        || value.split_once('@').is_some_and(|(user, host)| is_mail(user, host))
}

/// `DB_PASSWORD`: the name of the variable, where its value is meant.
fn is_variable_name(value: &str) -> bool {
    let value = value.trim_start_matches(['@', '$']);
    value.contains('_')
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && names_credential(value)
}
