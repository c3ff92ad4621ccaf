//! New documents of YAML, in block style. A text that YAML would read as something else, or that has a character of
//! its syntax, is quoted.

use std::fmt::Write as _;

use crate::yaml::splice::Shape;

/// The document, with a newline at its end.
pub(super) fn document(shape: &Shape) -> String {
    let mut out = String::new();
    write(shape, 0, &mut out);
    out
}

/// A text.
pub(super) fn text(text: &str) -> Shape {
    Shape::Text(text.to_owned())
}

/// A key and its value.
pub(super) fn entry(key: &str, value: Shape) -> (String, Shape) {
    (key.to_owned(), value)
}

/// Keys and values, in this order.
pub(super) fn mapping<const N: usize>(entries: [(String, Shape); N]) -> Shape {
    Shape::Mapping(entries.into())
}

/// Texts as items.
pub(super) fn texts<'a>(items: impl IntoIterator<Item = &'a str>) -> Shape {
    Shape::Sequence(items.into_iter().map(text).collect())
}

/// Writes a node of which the first line is indented already.
fn write(shape: &Shape, indent: usize, out: &mut String) {
    match shape {
        Shape::Text(text) => {
            out.push_str(&scalar(text));
            out.push('\n');
        }
        Shape::Mapping(entries) if entries.is_empty() => out.push_str("{}\n"),
        Shape::Sequence(items) if items.is_empty() => out.push_str("[]\n"),
        Shape::Mapping(entries) => {
            for (number, (key, value)) in entries.iter().enumerate() {
                if number > 0 {
                    spaces(indent, out);
                }
                out.push_str(&scalar(key));
                out.push(':');
                below(value, indent + 2, out);
            }
        }
        Shape::Sequence(items) => {
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    spaces(indent, out);
                }
                out.push_str("- ");
                write(item, indent + 2, out);
            }
        }
    }
}

/// Writes the value of a key: on the same line if it has no lines of its own.
fn below(value: &Shape, indent: usize, out: &mut String) {
    let on_the_line = match value {
        Shape::Text(_) => true,
        Shape::Mapping(entries) => entries.is_empty(),
        Shape::Sequence(items) => items.is_empty(),
    };
    if on_the_line {
        out.push(' ');
    } else {
        out.push('\n');
        spaces(indent, out);
    }
    write(value, indent, out);
}

fn spaces(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

/// A scalar that reads back as this very text.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Whether it can stand without quotes: a narrow choice of what YAML allows, with nothing in it that YAML 1.1 or 1.2
/// reads as a boolean, a null or a number.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    let path = text.strip_prefix('/').unwrap_or(text);
    path.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// In double quotes, with every character escaped that can't be seen or that a YAML reader may take for a line's end.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        // Writing to a String can't fail.
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            '\n' => out.write_str("\\n"),
            '\t' => out.write_str("\\t"),
            '\r' => out.write_str("\\r"),
            ' '..='~' => out.write_char(c),
            '\u{a0}'..='\u{d7ff}' if !matches!(c, '\u{2028}' | '\u{2029}') => out.write_char(c),
            _ if u32::from(c) <= 0xffff => write!(out, "\\u{:04x}", u32::from(c)),
            _ => write!(out, "\\U{:08x}", u32::from(c)),
        };
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_back(text: &str) -> String {
        let document = document(&mapping([entry(text, Shape::Sequence(vec![Shape::Text(text.to_owned())]))]));
        let value: std::collections::BTreeMap<String, Vec<String>> =
            serde_yaml::from_str(&document).unwrap_or_else(|error| panic!("{document}: {error}"));
        assert_eq!(value.keys().next().map(String::as_str), Some(text));
        value[text][0].clone()
    }

    #[test]
    fn what_looks_like_something_else_is_quoted() {
        for text in
            ["true", "No", "~", "", "012", "1e3", "-", "a: b", "a #b", "@x", "*x", "null", "Y", "=", "/"]
        {
            assert_eq!(scalar(text), format!("{text:?}"), "{text}");
            assert_eq!(read_back(text), text);
        }
        assert_eq!(scalar("dapr.io/v1alpha1"), "dapr.io/v1alpha1");
    }

    proptest! {
        #[test]
        fn every_text_reads_back_as_itself(text in any::<String>()) {
            prop_assert_eq!(read_back(&text), text);
        }
    }
}
