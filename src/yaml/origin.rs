//! Where the text of a scalar stands in the file, byte for byte: what a text that is written in a manifest is led back
//! to its lines by.

use super::node::{Node, Style};
use crate::span::Span;

/// The way from a scalar's text back to the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// In order, each beginning where the one before it ends in the text.
    pieces: Vec<Piece>,
}

/// A part of the text, and the bytes that say it: the same ones, or an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    text: Span,
    file: Span,
    escape: bool,
}

impl Origin {
    /// Reads a scalar once more beside its text. `None` for what is no scalar, and for one that is folded over
    /// several lines, whose bytes don't follow its text.
    pub fn of(file: &[u8], node: &Node) -> Option<Self> {
        let scalar = node.scalar()?;
        let (text, span) = (scalar.text.as_bytes(), node.inner_span());
        let raw = file.get(span.start..span.end)?;
        if raw.starts_with(text.trim_ascii_end()) {
            let whole = Span { start: 0, end: text.len() };
            return Some(Self { pieces: vec![Piece { text: whole, file: span, escape: false }] });
        }
        match scalar.style {
            Style::Literal => lines(text, raw, span.start),
            Style::SingleQuoted => quoted(text, raw, span.start, |rest| rest.starts_with(b"''").then_some(2)),
            Style::DoubleQuoted => quoted(text, raw, span.start, escape),
            Style::Plain | Style::Folded => None,
        }
    }

    /// The bytes of the file that a part of the text stands in.
    pub fn span(&self, part: Span) -> Span {
        let piece = |at: usize, ends: bool| {
            let before = |piece: &Piece| if ends { piece.text.start < at } else { piece.text.start <= at };
            let index = self.pieces.partition_point(before).saturating_sub(1);
            self.pieces.get(index).map_or(0, |piece| match (piece.escape, ends) {
                (true, true) => piece.file.end,
                (true, false) => piece.file.start,
                (false, _) => (piece.file.start + at.saturating_sub(piece.text.start)).min(piece.file.end),
            })
        };
        let start = piece(part.start, false);
        let end = if part.end > part.start { piece(part.end, true) } else { start };
        Span { start, end: end.max(start) }
    }
}

/// A literal block: each line stands behind its indentation. Blank lines at the end may be missing.
fn lines(text: &[u8], raw: &[u8], start: usize) -> Option<Origin> {
    let mut pieces = Vec::new();
    let (mut in_text, mut in_file) = (0, 0);
    let mut written = raw.split_inclusive(|b| *b == b'\n');
    for line in text.split_inclusive(|b| *b == b'\n') {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let Some(own) = written.next() else {
            // Of what is left, nothing is but line ends.
            return content.trim_ascii().is_empty().then_some(Origin { pieces });
        };
        let end = own.strip_suffix(b"\n").unwrap_or(own);
        let end = end.strip_suffix(b"\r").unwrap_or(end);
        let is_blank = content.trim_ascii().is_empty() && end.trim_ascii().is_empty();
        if !end.ends_with(content) && !is_blank {
            return None;
        }
        let indent = end.len().saturating_sub(content.len());
        let span = |start: usize, end: usize| Span { start, end };
        pieces.push(Piece {
            text: span(in_text, in_text + line.len()),
            file: span(start + in_file + indent, start + in_file + own.len()),
            escape: false,
        });
        in_text += line.len();
        in_file += own.len();
    }
    Some(Origin { pieces })
}

/// A quoted scalar on one line. `escape` gives the length of the escape that a rest begins with.
fn quoted(text: &[u8], raw: &[u8], start: usize, escape: impl Fn(&[u8]) -> Option<usize>) -> Option<Origin> {
    let mut pieces = Vec::new();
    let (mut in_text, mut in_file) = (0, 0);
    while in_file < raw.len() {
        let rest = &raw[in_file..];
        let (own, said, is_escape) = match escape(rest) {
            Some(length) => (length, letter(text.get(in_text..)?)?, true),
            None => {
                let plain = (1..rest.len()).find(|at| matches!(rest[*at], b'\\' | b'\''));
                let length = plain.unwrap_or(rest.len());
                let same = text.get(in_text..in_text + length) == Some(&rest[..length]);
                same.then_some((length, length, false))?
            }
        };
        pieces.push(Piece {
            text: Span { start: in_text, end: in_text + said },
            file: Span { start: start + in_file, end: start + in_file + own },
            escape: is_escape,
        });
        in_text += said;
        in_file += own;
    }
    (in_text == text.len()).then_some(Origin { pieces })
}

/// The length of the letter that a text begins with.
fn letter(text: &[u8]) -> Option<usize> {
    let chunk = text.get(..text.len().min(4))?.utf8_chunks().next()?;
    chunk.valid().chars().next().map(char::len_utf8)
}

/// The length of an escape of a double-quoted scalar (YAML 1.2.2 §5.7). JSON writes what is beyond 16 bits as two.
fn escape(rest: &[u8]) -> Option<usize> {
    let length = match rest {
        [b'\\', b'x', ..] => 4,
        [b'\\', b'U', ..] => 10,
        [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', _, _, b'\\', b'u', ..] => 12,
        [b'\\', b'u', ..] => 6,
        [b'\\', _, ..] => 2,
        _ => return None,
    };
    Some(length.min(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse::parse;

    /// What the file has for each part of the scalar's text that is a word.
    fn words(yaml: &str) -> Option<Vec<&str>> {
        let stream = parse(yaml.as_bytes());
        let node = stream.documents[0].root.get("k")?;
        let origin = Origin::of(yaml.as_bytes(), node)?;
        let text = node.text()?;
        let parts = text.split_whitespace().map(|word| {
            let start = word.as_ptr().addr() - text.as_ptr().addr();
            let span = origin.span(Span { start, end: start + word.len() });
            &yaml[span.start..span.end]
        });
        Some(parts.collect())
    }

    #[test]
    fn each_word_leads_to_its_bytes() {
        let cases: [(&str, &[&str]); 12] = [
            ("k: a b # c\n", &["a", "b"]),
            ("k: 'a b'\n", &["a", "b"]),
            ("k: 'it''s b'\n", &["it''s", "b"]),
            ("k: \"a b\"\n", &["a", "b"]),
            (r#"k: "{\"a\": \"b\\c\"}""#, &[r#"{\"a\":"#, r#"\"b\\c\"}"#]),
            (
                r#"k: "\u00e9x \ud83d\ude00 \x41b \U0001F600""#,
                &[r"\u00e9x", r"\ud83d\ude00", r"\x41b", r"\U0001F600"],
            ),
            (r#"k: "a\nb\tc\n""#, &["a", "b", "c"]),
            ("k: |\n  a\n   b c\n\n  d\n\n", &["a", "b", "c", "d"]),
            ("k: |-\r\n  a\r\n  b\r\n", &["a", "b"]),
            ("k: |2\n    a\n   é b\n", &["a", "é", "b"]),
            ("k: 'é b'\n", &["é", "b"]),
            ("k: &x |\n  a: b\n", &["a:", "b"]),
        ];
        for (yaml, expected) in cases {
            assert_eq!(words(yaml).as_deref(), Some(expected), "{yaml}");
        }
    }

    #[test]
    fn what_is_folded_has_no_origin() {
        for yaml in ["k: a\n  b\n", "k: >\n  a\n  b\n", "k: \"a\n  b\"\n", "k: 'a\n  b'\n", "k: [a]\n"] {
            assert_eq!(words(yaml), None, "{yaml}");
        }
    }

    #[test]
    fn empty_parts_have_empty_spans() {
        let yaml = "k: |\n  a\n  b\n";
        let stream = parse(yaml.as_bytes());
        let origin = Origin::of(yaml.as_bytes(), stream.documents[0].root.get("k").unwrap()).unwrap();
        let span = origin.span(Span { start: 2, end: 2 });
        assert_eq!((span.start, span.end), (11, 11));
    }
}
