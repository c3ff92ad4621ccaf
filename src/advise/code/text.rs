//! Identifiers and strings of the languages. Names come out of manifests, so nothing of them stands in a program but
//! as a string or in letters that can be no more than a name.

use std::collections::BTreeSet;

use super::Language;
use crate::advise::names::words;

/// Identifiers of one program, no two alike.
pub(super) struct Identifiers {
    style: Style,
    taken: BTreeSet<String>,
}

#[derive(Clone, Copy)]
enum Style {
    Snake,
    Camel,
    Pascal,
    Upper,
}

/// Words that are no name in one of the languages, or that the snippets use themselves.
const RESERVED: &[&str] = &[
    "Config",
    "False",
    "LoadAsync",
    "None",
    "ReadAsync",
    "Required",
    "SecretStore",
    "True",
    "abstract",
    "and",
    "answer",
    "as",
    "assert",
    "async",
    "await",
    "base",
    "bool",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "client",
    "config",
    "const",
    "continue",
    "def",
    "default",
    "del",
    "delegate",
    "delete",
    "do",
    "double",
    "elif",
    "else",
    "enum",
    "event",
    "except",
    "export",
    "extends",
    "false",
    "final",
    "finally",
    "float",
    "for",
    "from",
    "function",
    "global",
    "goto",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "int",
    "interface",
    "internal",
    "is",
    "lambda",
    "let",
    "long",
    "native",
    "new",
    "nonlocal",
    "not",
    "null",
    "object",
    "or",
    "os",
    "package",
    "pass",
    "private",
    "protected",
    "public",
    "raise",
    "required",
    "return",
    "short",
    "static",
    "string",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "transient",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "volatile",
    "while",
    "with",
    "yield",
];

impl Identifiers {
    pub(super) fn new(language: Language) -> Self {
        let style = match language {
            Language::Python => Style::Snake,
            Language::TypeScript | Language::Java => Style::Camel,
            Language::Go | Language::CSharp => Style::Pascal,
        };
        Self { style, taken: BTreeSet::new() }
    }

    pub(super) fn of_variables() -> Self {
        Self { style: Style::Upper, taken: BTreeSet::new() }
    }

    /// The identifier for a name.
    pub(super) fn of(&mut self, name: &str) -> String {
        let mut words = words(name);
        if words.is_empty() || words[0].starts_with(|c: char| c.is_ascii_digit()) {
            words.insert(0, "secret".to_owned());
        }
        if RESERVED.contains(&self.style.join(&words).as_str()) {
            words.push("value".to_owned());
        }
        let mut number = 1;
        loop {
            let mut numbered = words.clone();
            if number > 1 {
                numbered.push(number.to_string());
            }
            let identifier = self.style.join(&numbered);
            if self.taken.insert(identifier.clone()) {
                return identifier;
            }
            number += 1;
        }
    }
}

impl Style {
    fn join(self, words: &[String]) -> String {
        match self {
            Self::Snake => words.join("_"),
            Self::Upper => words.join("_").to_ascii_uppercase(),
            Self::Pascal => words.iter().map(|word| capital(word)).collect(),
            Self::Camel => {
                let (first, others) = words.split_first().map_or(("", &words[..0]), |(f, o)| (f.as_str(), o));
                std::iter::once(first.to_owned()).chain(others.iter().map(|word| capital(word))).collect()
            }
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A string in double quotes, as JSON writes it: Python, TypeScript, Go, Java and C# read it the same way.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for c in serde_json::Value::from(text).to_string().chars() {
        let mut units = [0; 2];
        if c.is_ascii() && c != '\u{7f}' {
            quoted.push(c);
        } else if (u32::from(c)) >= 0xa0 && !matches!(c, '\u{2028}' | '\u{2029}') {
            // As it is: sources are UTF-8. The two are line ends to JavaScript.
            quoted.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                quoted.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_in_the_style_of_the_language_and_told_apart() {
        let mut python = Identifiers::new(Language::Python);
        assert_eq!(python.of("STRIPE_API_KEY"), "stripe_api_key");
        assert_eq!(python.of("stripeApiKey"), "stripe_api_key_2");
        assert_eq!(python.of("from"), "from_value");
        assert_eq!(python.of("2FA key\"; exit()"), "secret_2_fa_key_exit");
        assert_eq!(Identifiers::new(Language::Java).of("REDIS_PASSWORD"), "redisPassword");
        assert_eq!(Identifiers::new(Language::Go).of("redis-password"), "RedisPassword");
        assert_eq!(Identifiers::of_variables().of("redisPassword"), "REDIS_PASSWORD");
    }

    #[test]
    fn a_string_ends_where_it_is_meant_to() {
        assert_eq!(string("a\"b\\c\n\u{2028}"), r#""a\"b\\c\n\u2028""#);
    }
}
