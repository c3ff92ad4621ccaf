//! Walks over YAML and JSON.

use std::borrow::Cow;

use super::lines::closing;

use crate::yaml::parse::{Document, MAX_BYTES, parse};
use crate::yaml::route::At;

/// The documents of a text that can be read.
pub(super) fn documents(text: &str) -> Vec<Document> {
    if text.len() > MAX_BYTES { Vec::new() } else { parse(text.as_bytes()).documents }
}

/// The documents of JSON that may have comments (`//` and `/* */`), as .NET reads it. Spans hold.
pub(super) fn json_documents(text: &str) -> Vec<Document> {
    documents(&without_comments(text))
}

/// The text with blanks for comments.
fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains("//") && !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(['"', '/']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (end, is_comment) = match from.as_bytes() {
            [b'"', ..] => (closing(&from[1..], '"').map(|end| end + 2), false),
            [b'/', b'/', ..] => (from.find('\n'), true),
            [b'/', b'*', ..] => (from.find("*/").map(|end| end + 2), true),
            _ => (Some(1), false),
        };
        let (part, left) = from.split_at(end.unwrap_or(from.len()));
        if is_comment {
            out.extend(part.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
        } else {
            out.push_str(part);
        }
        rest = left;
    }
    Cow::Owned(out + rest)
}

/// Calls `visit` with each scalar below `at` and the key that names it: the nearest one, with the one round it where
/// that is only `key` or `value`.
pub(super) fn scalars<'a>(at: &At<'a>, visit: &mut impl FnMut(&At<'a>, &str)) {
    below(at, "", visit);
}

fn below<'a>(at: &At<'a>, named: &str, visit: &mut impl FnMut(&At<'a>, &str)) {
    if at.node.scalar().is_some() {
        visit(at, named);
    }
    for (key, value) in at.entries() {
        if matches!(key, "key" | "Key" | "value" | "Value") && !named.is_empty() {
            below(&value, &format!("{named}.{key}"), visit);
        } else {
            below(&value, key, visit);
        }
    }
    for item in at.items() {
        below(&item, named, visit);
    }
}

/// Whether the document is encrypted by SOPS, which leaves its names as they were.
pub(super) fn is_sops(root: &At<'_>) -> bool {
    root.follow(&["sops", "mac"]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_become_blanks() {
        let text = "{ // é\n\"a\": \"b // c \\\" /* d\", /* e\n */ \"f\": 1 / 2 // g";
        let plain = without_comments(text);
        assert_eq!(plain.len(), text.len());
        let expected = ["{", "\"a\": \"b // c \\\" /* d\",", "\"f\": 1 / 2"];
        assert_eq!(plain.lines().map(str::trim).collect::<Vec<_>>(), expected);
        assert_eq!(without_comments("{\"a\": \"/*\"} /* open"), "{\"a\": \"/*\"}        ");
    }
}
