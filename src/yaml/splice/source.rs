//! The text as lines, and where in it entries and items of a tree begin and end.

use crate::yaml::node::{Entry, Node, Style, Value};

/// The text of a file.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a [u8],
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text }
    }

    /// Whether a carriage return stands without a line feed.
    pub(super) fn has_lone_returns(self) -> bool {
        memchr::memchr_iter(b'\r', self.text).any(|at| self.byte(at + 1) != Some(b'\n'))
    }

    /// Bytes as text; none where they are no UTF-8.
    pub(super) fn slice(self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    pub(super) fn byte(self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// Where the line begins, a byte order mark not counted.
    pub(super) fn line_start(self, at: usize) -> usize {
        let before = &self.text[..at.min(self.text.len())];
        match memchr::memrchr(b'\n', before) {
            Some(newline) => newline + 1,
            None if before.starts_with(BOM) => BOM.len(),
            None => 0,
        }
    }

    /// Where the line ends, its line end not counted.
    pub(super) fn line_end(self, at: usize) -> usize {
        let newline = self.newline_after(at).unwrap_or(self.text.len());
        if newline > at && self.text[newline - 1] == b'\r' { newline - 1 } else { newline }
    }

    /// Where the next line begins, or the text ends.
    pub(super) fn next_line(self, at: usize) -> usize {
        self.newline_after(at).map_or(self.text.len(), |newline| newline + 1)
    }

    fn newline_after(self, at: usize) -> Option<usize> {
        memchr::memchr(b'\n', self.text.get(at..)?).map(|found| at + found)
    }

    /// The line end that is used here: that of this line, or if it is the last, of the one before.
    pub(super) fn newline(self, at: usize) -> &'static str {
        let newline = self.newline_after(at).or_else(|| memchr::memrchr(b'\n', &self.text[..at]));
        match newline {
            Some(found) if found > 0 && self.text[found - 1] == b'\r' => "\r\n",
            _ => "\n",
        }
    }

    /// How far a byte is from its line's beginning.
    pub(super) fn column(self, at: usize) -> usize {
        at.saturating_sub(self.line_start(at))
    }

    /// The blanks that a line begins with.
    pub(super) fn indent(self, at: usize) -> &'a str {
        let start = self.line_start(at);
        self.slice(start, self.blanks(start))
    }

    /// Whether nothing but blanks stand before it in its line.
    pub(super) fn begins_line(self, at: usize) -> bool {
        self.blanks(self.line_start(at)) >= at
    }

    /// The first byte from here on that is no blank.
    pub(super) fn blanks(self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    /// The first byte from here on that is neither blank, line end nor comment.
    pub(super) fn content(self, mut at: usize) -> usize {
        while let Some(byte) = self.byte(at) {
            let after_blank = at == 0 || matches!(self.text[at - 1], b' ' | b'\t' | b'\n' | b'\r' | 0xbf);
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => at += 1,
                b'#' if after_blank => at = self.line_end(at),
                _ => break,
            }
        }
        at
    }

    /// Whether a collection has brackets.
    pub(super) fn is_flow(self, node: &Node) -> bool {
        let start = node.span.start;
        match &node.value {
            // A mapping may have a flow collection as its first key.
            Value::Mapping(entries) => {
                self.byte(start) == Some(b'{')
                    && entries.first().is_none_or(|entry| entry.key.span.start != start)
            }
            Value::Sequence(_) => self.byte(start) == Some(b'['),
            _ => false,
        }
    }

    /// Whether a mapping's key is written after a `? `: no `:` follows it on its line. Within brackets, a key may do
    /// without one. Of a key without a text it is not known where it stands.
    pub(super) fn is_explicit(self, entry: &Entry, flow: bool) -> bool {
        is_nothing(&entry.key) || !(self.has_colon(entry) || (flow && is_nothing(&entry.value)))
    }

    /// Whether the entry of this index, or one beside it, is written so: where those begin and end is not certain.
    pub(super) fn near_explicit(self, entries: &[Entry], index: usize, flow: bool) -> bool {
        let near = index.saturating_sub(1)..entries.len().min(index + 2);
        entries.get(near).is_some_and(|near| near.iter().any(|entry| self.is_explicit(entry, flow)))
    }

    /// Whether a `:` follows the key on its line.
    pub(super) fn has_colon(self, entry: &Entry) -> bool {
        !is_nothing(&entry.key) && self.byte(self.blanks(entry.key.span.end)) == Some(b':')
    }

    /// The byte after an entry, without what stands behind it on its line.
    pub(super) fn end_of_entry(self, entry: &Entry) -> usize {
        if is_nothing(&entry.value) {
            // The span of nothing is before the colon, unless an anchor or a tag is behind that.
            let colon = self.blanks(entry.key.span.end);
            let end = if self.byte(colon) == Some(b':') { colon + 1 } else { entry.key.span.end };
            let has_property = self.content(end) < entry.value.span.end;
            return if has_property { entry.value.span.end } else { end };
        }
        self.end_of(&entry.value)
    }

    /// The byte after a node. A tree's spans end before the `:` or at the `-` of an empty value.
    pub(super) fn end_of(self, node: &Node) -> usize {
        let mut node = node;
        loop {
            match &node.value {
                Value::Anchor(target) => node = target,
                _ if self.is_flow(node) => return node.span.end,
                Value::Mapping(entries) => match entries.last() {
                    Some(last) if is_nothing(&last.value) => return self.end_of_entry(last),
                    Some(last) => node = &last.value,
                    None => return node.span.end,
                },
                Value::Sequence(items) => match items.last() {
                    Some(last) if is_nothing(last) => return self.end_of_nothing(node, items.len() - 1),
                    Some(last) => node = last,
                    None => return node.span.end,
                },
                _ => return node.span.end,
            }
        }
    }

    /// The `-` of a block sequence's item.
    pub(super) fn dash(self, sequence: &Node, index: usize) -> usize {
        let items = sequence.items();
        let told = (0..index).rev().find(|&before| !is_nothing(&items[before]));
        let mut dash = match told {
            Some(before) => self.content(self.end_of(&items[before])),
            None => sequence.span.start,
        };
        for _ in told.map_or(0, |before| before + 1)..index {
            dash = self.content(dash + 1);
            // Anchors and tags of an item without a text.
            while matches!(self.byte(dash), Some(b'&' | b'!')) {
                let word = self.text[dash..].iter().take_while(|byte| !byte.is_ascii_whitespace());
                dash = self.content(dash + word.count());
            }
        }
        dash
    }

    /// The end of an item that has no text; an anchor or a tag before it belongs to it.
    pub(super) fn end_of_nothing(self, sequence: &Node, index: usize) -> usize {
        let after = self.dash(sequence, index) + 1;
        let line = self.slice(after, self.line_end(after));
        let comment = line.find(" #").map_or(line, |at| &line[..at]);
        after + comment.trim_end().len()
    }
}

/// Whether a node has no text at all: `key:`.
pub(super) fn is_nothing(node: &Node) -> bool {
    let mut node = node;
    while let Value::Anchor(target) = &node.value {
        node = target;
    }
    match &node.value {
        Value::Scalar(scalar) => scalar.style == Style::Plain && node.span.start == node.span.end,
        _ => false,
    }
}

/// The collection or scalar behind an anchor; an alias stays one.
pub(super) fn behind_anchor(node: &Node) -> &Node {
    let mut node = node;
    while let Value::Anchor(target) = &node.value {
        node = target;
    }
    node
}
