//! Names of Secrets, of their keys, and of what stands for them elsewhere, made from the names that a manifest has.
//!
//! Rules: Kubernetes' DNS-1123 subdomain for a Secret, `[-._a-zA-Z0-9]+` for a key of it, both in
//! `k8s.io/apimachinery/pkg/util/validation`.

/// A Secret's name may have 253 characters; a label or a volume that is named after it, 63.
const LONGEST_SECRET: usize = 63;
/// A key's length in Kubernetes.
const LONGEST_KEY: usize = 253;

/// The name of a Secret, after a setting, a variable or an object: `redisPassword` and `REDIS_PASSWORD` become
/// `redis-password`. Letters outside of ASCII are left out; nothing left makes it `secret`.
pub fn secret_name(hint: &str) -> String {
    let name = cut(&words(hint).join("-"), LONGEST_SECRET).trim_end_matches('-').to_owned();
    if name.is_empty() { "secret".to_owned() } else { name }
}

/// The key of a value within its Secret. What is a valid key stays as it is, so that the key of a ConfigMap
/// (`application.properties`) keeps its name; anything else becomes a `-`. Nothing left makes it `value`.
pub fn key_name(hint: &str) -> String {
    if is_key(hint) {
        return hint.to_owned();
    }
    let valid = |c: char| if is_of_key(c) { c } else { '-' };
    let name: String = hint.chars().map(valid).collect();
    // `.` and what begins with `..` mean directories where the Secret is mounted.
    let name = cut(name.trim_start_matches(['-', '.']).trim_end_matches('-'), LONGEST_KEY);
    if name.is_empty() { "value".to_owned() } else { name.to_owned() }
}

/// `wanted`, or with the first of `-2`, `-3`, … that is not `taken`.
pub fn unique(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = wanted.to_owned();
    let mut number = 1_u64;
    while taken(&name) {
        number += 1;
        let suffix = format!("-{number}");
        let room = LONGEST_SECRET.max(wanted.len().min(LONGEST_KEY)) - suffix.len();
        name = format!("{}{suffix}", cut(wanted, room).trim_end_matches('-'));
    }
    name
}

/// Whether Kubernetes takes it as a Secret's name.
pub fn is_secret_name(name: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let label = |label: &str| {
        let bytes = label.as_bytes();
        edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// Whether Kubernetes takes it as a key of a Secret.
pub fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= LONGEST_KEY
        && key != "."
        && !key.starts_with("..")
        && key.chars().all(is_of_key)
}

/// The name of a variable of the environment: `redis-password` becomes `REDIS_PASSWORD`.
pub fn variable(hint: &str) -> String {
    let name = words(hint).join("_").to_ascii_uppercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() {
        format!("SECRET_{name}")
    } else {
        name
    }
}

/// The one name of an entry in a store that has a name and no keys: `redis-password` for the key `password` of
/// `redis-password`, `api-credentials-api-key` for `api-key` of `api-credentials`.
pub fn joined(name: &str, key: &str) -> String {
    let (name, key) = (words(name).join("-"), words(key).join("-"));
    let whole = |long: &str, end: &str| long == end || long.ends_with(&format!("-{end}"));
    if key.is_empty() || whole(&name, &key) {
        name
    } else if name.is_empty() || key.starts_with(&format!("{name}-")) {
        key
    } else {
        format!("{name}-{key}")
    }
}

/// The words of a name, in small letters: cut at what is no letter or digit of ASCII, and where a small letter or a
/// digit is followed by a capital, or the last of several capitals by a small letter (`HTTPServer`).
pub(crate) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = c.is_ascii_uppercase()
            && before.is_some_and(|b| {
                b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || (b.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if (begins || !c.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn is_of_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')
}

/// The first `most` bytes of a text of ASCII.
fn cut(text: &str, most: usize) -> &str {
    text.get(..most).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_settings_and_variables_become_names_of_secrets() {
        for (hint, name) in [
            ("redisPassword", "redis-password"),
            ("REDIS_PASSWORD", "redis-password"),
            ("APIKey", "api-key"),
            ("HTTPServerURL", "http-server-url"),
            ("x509Cert", "x509-cert"),
            ("spring.datasource.password", "spring-datasource-password"),
            ("--token--", "token"),
            ("Paßwort", "pa-wort"),
            ("пароль", "secret"),
            ("", "secret"),
        ] {
            assert_eq!(secret_name(hint), name, "{hint}");
        }
    }

    #[test]
    fn a_valid_key_stays_and_a_wrong_one_is_mended() {
        for (hint, key) in [
            ("application.properties", "application.properties"),
            ("DB_PASS", "DB_PASS"),
            ("a b/c", "a-b-c"),
            ("..", "value"),
            ("..data", "data"),
            (".dockerconfigjson", ".dockerconfigjson"),
            (" ./a b ", "a-b"),
            ("", "value"),
        ] {
            assert_eq!(key_name(hint), key, "{hint}");
        }
    }

    #[test]
    fn a_store_without_keys_gets_a_name_that_says_no_word_twice() {
        for (name, key, joined_name) in [
            ("redis-password", "password", "redis-password"),
            ("api-credentials", "api-key", "api-credentials-api-key"),
            ("stripe", "stripeApiKey", "stripe-api-key"),
            ("password", "password", "password"),
        ] {
            assert_eq!(joined(name, key), joined_name);
        }
    }

    proptest! {
        #[test]
        fn whatever_the_hint_the_names_are_valid(hint in ".{0,300}") {
            let (secret, key) = (secret_name(&hint), key_name(&hint));
            prop_assert!(is_secret_name(&secret) && secret.len() <= LONGEST_SECRET, "{secret}");
            prop_assert!(is_key(&key), "{key}");
            prop_assert_eq!(&secret_name(&secret), &secret);
            prop_assert_eq!(&key_name(&key), &key);
            let variable = variable(&hint);
            prop_assert!(!variable.is_empty() && !variable.as_bytes()[0].is_ascii_digit());
            prop_assert!(variable.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'));
        }

        #[test]
        fn unique_names_are_new_and_valid(hints in proptest::collection::vec("[aA]{0,80}|.{0,5}", 1..40)) {
            let mut taken = BTreeSet::new();
            for hint in &hints {
                let name = unique(&secret_name(hint), |name| taken.contains(name));
                prop_assert!(is_secret_name(&name) && name.len() <= LONGEST_SECRET, "{name}");
                prop_assert!(taken.insert(name));
            }
        }
    }
}
