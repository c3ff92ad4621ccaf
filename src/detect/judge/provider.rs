//! The contextual table: providers whose keys have no mark of their own, with the shapes of those keys. A value of
//! such a shape that is given to a key's name beside the provider's name is the provider's.

use std::sync::OnceLock;

use serde::Deserialize;

use super::super::placeholder::is_placeholder;
use super::name::names_any_key;
use super::tokens::Reading;

/// `rules/context/providers.yml`, as build.rs turns it into JSON: that is read ten times as fast.
const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/providers.json"));

/// A line of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// As people call it; not used here.
    #[serde(rename = "provider")]
    _provider: String,
    /// How its name is written beside a key, in lower case.
    words: Vec<String>,
    /// `hex 32`, `alnum 40-64`, `uuid`.
    shapes: Vec<String>,
}

/// A provider, ready to be asked.
struct Provider {
    words: Vec<String>,
    shapes: Vec<Shape>,
}

/// Characters and length of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    class: Class,
    least: usize,
    most: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Digits,
    Hex,
    Lower,
    Upper,
    Alnum,
    LowerAlnum,
    UpperAlnum,
    UrlSafe,
    Base64,
    Uuid,
}

impl Class {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "digits" => Self::Digits,
            "hex" => Self::Hex,
            "lower" => Self::Lower,
            "upper" => Self::Upper,
            "alnum" => Self::Alnum,
            "loweralnum" => Self::LowerAlnum,
            "upperalnum" => Self::UpperAlnum,
            "urlsafe" => Self::UrlSafe,
            "base64" => Self::Base64,
            "uuid" => Self::Uuid,
            _ => return None,
        })
    }

    fn has(self, value: &str) -> bool {
        let all = |is: fn(u8) -> bool| value.bytes().all(is);
        match self {
            Self::Digits => all(|b| b.is_ascii_digit()),
            Self::Hex => all(|b| b.is_ascii_hexdigit()),
            Self::Lower => all(|b| b.is_ascii_lowercase()),
            Self::Upper => all(|b| b.is_ascii_uppercase()),
            Self::Alnum => all(|b| b.is_ascii_alphanumeric()),
            Self::LowerAlnum => all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()),
            Self::UpperAlnum => all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()),
            Self::UrlSafe => all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'),
            Self::Base64 => all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)),
            Self::Uuid => super::form::is_uuid(value),
        }
    }
}

impl Shape {
    fn parse(text: &str) -> Option<Self> {
        let (class, length) = text.split_once(' ').unwrap_or((text, "36"));
        let (least, most) = length.split_once('-').unwrap_or((length, length));
        Some(Self { class: Class::of(class)?, least: least.parse().ok()?, most: most.parse().ok()? })
    }

    fn has(self, value: &str) -> bool {
        (self.least..=self.most).contains(&value.len()) && self.class.has(value)
    }
}

/// Whether the value of a key's name is of a shape that a provider gives its keys, where the provider's name stands
/// in the name or in `before`, the text shortly before it.
pub(in crate::detect) fn is_providers(name: &str, before: &[u8], value: &str) -> bool {
    let can_be = value.len() >= 10
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+/=".contains(&b))
        && names_any_key(name)
        && !is_placeholder(value);
    if !can_be {
        return false;
    }
    let reading = Reading::of(value);
    if reading.is_weak() || reading.is_wordy() {
        return false;
    }
    let near = format!("{}{name}", String::from_utf8_lossy(before));
    let lower = near.to_ascii_lowercase();
    table().iter().any(|provider| {
        provider.shapes.iter().any(|shape| shape.has(value))
            && provider.words.iter().any(|word| stands_in(&near, &lower, word))
    })
}

/// Whether a word stands on its own: in `ASANA_TOKEN`, `asanaToken`, `api.asana.com`, not in `Casanas`.
fn stands_in(near: &str, lower: &str, word: &str) -> bool {
    let text = near.as_bytes();
    lower.match_indices(word).any(|(at, _)| {
        let (first, last) = (text[at], text[at + word.len() - 1]);
        let before = at.checked_sub(1).map(|i| text[i]);
        let after = text.get(at + word.len());
        let begins = before
            .is_none_or(|b| !b.is_ascii_alphabetic() || b.is_ascii_lowercase() && first.is_ascii_uppercase());
        let ends = after
            .is_none_or(|b| !b.is_ascii_alphabetic() || b.is_ascii_uppercase() && last.is_ascii_lowercase());
        begins && ends || after.is_some_and(|_| begins && is_key_word(&lower[at + word.len()..]))
    })
}

/// `asanatoken`, `algoliakey`: names without gaps.
fn is_key_word(rest: &str) -> bool {
    ["key", "token", "secret", "api", "auth", "pat"].iter().any(|word| rest.starts_with(word))
}

fn table() -> &'static [Provider] {
    static PROVIDERS: OnceLock<Vec<Provider>> = OnceLock::new();
    // A table that does not parse is found by the test below, before anyone has the binary.
    PROVIDERS.get_or_init(|| {
        let entries: Vec<Entry> = serde_json::from_str(TABLE).unwrap_or_default();
        entries
            .into_iter()
            .map(|entry| Provider {
                words: entry.words,
                shapes: entry.shapes.iter().filter_map(|shape| Shape::parse(shape)).collect(),
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_readable_to_its_last_shape() {
        let entries: Vec<Entry> = serde_json::from_str(TABLE).expect("a list of providers");
        assert!(entries.len() >= 20);
        let mut wrong = Vec::new();
        for entry in &entries {
            let unreadable =
                |shape: &&String| Shape::parse(shape).is_none_or(|s| s.least > s.most || s.least < 8);
            wrong.extend(entry.shapes.iter().filter(unreadable).cloned());
            let unusable = |word: &&String| word.len() < 3 || word.to_ascii_lowercase() != **word;
            wrong.extend(entry.words.iter().filter(unusable).cloned());
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn the_word_the_name_and_the_shape_have_to_be_there() {
        let value = "0badc0de7f3e5a1900badc0d1e2f3a4b";
        assert!(is_providers("ALGOLIA_KEY", b"", value));
        assert!(is_providers("algoliaApiKey", b"", value));
        assert!(is_providers("key", b"headers[\"x\"] // api.algolia.net\n", value));
        assert!(!is_providers("algolias_key", b"", value), "another word");
        assert!(!is_providers("ALGOLIA_INDEX", b"", value), "another name");
        assert!(!is_providers("ALGOLIA_KEY", b"", &value[1..]), "another length");
        assert!(!is_providers("ALGOLIA_KEY", b"", "correcthorsebatterystapleinvente"), "words");
    }
}
