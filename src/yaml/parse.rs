//! Reads YAML, and JSON as the YAML it nearly is, into trees with byte spans. The parser behind it is
//! `granit-parser`, which no other file names.
//!
//! What is read may be hostile: depth, nodes (aliases counted as often as they are used) and errors are bounded.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, ScanError, StructureStyle, Tag};

use super::node::{Entry, Node, Scalar, Style, Value};
use crate::span::{Position, Span};

/// A longer text is not read.
pub const MAX_BYTES: usize = 8 << 20;
/// How deep collections may stand in each other, aliases followed.
pub const MAX_DEPTH: usize = 128;
/// Nodes of a file, those behind an alias counted each time, since whoever walks a tree walks through its aliases.
/// Each 128 bytes of a text count as one more. This bounds the memory of a tree, and of what is copied from it.
pub const MAX_NODES: usize = 400_000;
/// A node takes about that much memory without its text.
const BYTES_OF_NODE: usize = 128;
/// So many broken documents of one file are told, and recovered from.
const MAX_ERRORS: usize = 100;

/// A text's documents, and what could not be read of it.
#[derive(Debug, Default)]
pub struct Stream {
    /// The documents that could be read, whole.
    pub documents: Vec<Document>,
    /// One for each document that could not.
    pub errors: Vec<Error>,
}

/// One document of a stream.
#[derive(Debug)]
pub struct Document {
    /// Position in the file, from 0; documents that can't be read are counted.
    pub index: usize,
    /// From its `---`, or its first byte where it has none, to its end.
    pub span: Span,
    /// What it says.
    pub root: Node,
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Where reading stopped.
    pub at: Position,
    /// Why.
    pub message: String,
    /// Whether the text may be well-formed, and is beyond a limit of this reader.
    pub limit: bool,
}

/// Reads all documents. One that can't be read does not lose the others.
pub fn parse(bytes: &[u8]) -> Stream {
    let mut stream = Stream::default();
    if bytes.len() > MAX_BYTES {
        let message = format!("more than {MAX_BYTES} bytes");
        stream.errors.push(Error { at: Position::START, message, limit: true });
        return stream;
    }
    let text = as_utf8(bytes);
    let mut parser = Parser::new_from_str_with_options(&text, options());
    let mut builder = Builder::new(&text);
    while let Some(event) = parser.next_event() {
        let taken = match event {
            Ok((event, span)) => builder.take(event, &span, &mut stream),
            Err(error) => Err(Failure::from(&error)),
        };
        if let Err(Failure { error, fatal }) = taken {
            stream.errors.push(error);
            builder.abandon();
            if fatal
                || stream.errors.len() > MAX_ERRORS
                || !matches!(parser.proceed_next_document(), Ok(true))
            {
                break;
            }
        }
    }
    stream
}

fn options() -> Options {
    granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        // YAML allows a key 1024 characters; JSON any number.
        simple_key_max_lookahead: 1 << 16,
    }
}

/// The text, with a stand-in of the same length for each byte that is not UTF-8, so that spans hold.
fn as_utf8(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '_'));
    }
    Cow::Owned(text)
}

/// An error, and whether the rest of the file is given up with it.
struct Failure {
    error: Error,
    fatal: bool,
}

impl Failure {
    fn new(at: Marker, message: impl Into<String>, limit: bool) -> Self {
        let at = Position { line: at.line() as u64, column: at.col() as u64 + 1 };
        Self { error: Error { at, message: message.into(), limit }, fatal: false }
    }

    fn too_deep(at: Marker) -> Self {
        Self::new(at, format!("nested deeper than {MAX_DEPTH}"), true)
    }
}

impl From<&ScanError> for Failure {
    fn from(error: &ScanError) -> Self {
        let limit = matches!(error.kind(), granit_parser::ErrorKind::RecursionLimitExceeded);
        Self::new(*error.marker(), error.info(), limit)
    }
}

/// A collection whose end has not come, with what has come of it.
struct Open {
    start: usize,
    anchor: usize,
    mapping: bool,
    flow: bool,
    /// Of a mapping: keys and values in turn.
    children: Vec<Built>,
}

/// A node, and what walking it costs.
struct Built {
    node: Node,
    nodes: usize,
    depth: usize,
}

/// What an anchor stands for, once its node is whole.
struct Anchored {
    node: Arc<Node>,
    nodes: usize,
    depth: usize,
}

struct Builder<'t> {
    text: &'t str,
    index: usize,
    start: usize,
    root: Option<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, index: 0, start: 0, root: None, open: Vec::new(), anchors: HashMap::new(), nodes: 0 }
    }

    fn take(
        &mut self,
        event: Event<'_>,
        found: &granit_parser::Span,
        out: &mut Stream,
    ) -> Result<(), Failure> {
        let (span, at) = (bytes_of(found), found.start);
        match event {
            Event::DocumentStart(..) => self.start = span.start,
            Event::DocumentEnd => self.end_document(span, out),
            Event::Scalar(text, style, anchor, tag) => {
                let built = self.scalar(&text, style, tag.as_deref(), span);
                self.place(built, anchor, at)?;
            }
            Event::SequenceStart(style, anchor, _) => self.begin(false, style, anchor, span, at)?,
            Event::MappingStart(style, anchor, _) => self.begin(true, style, anchor, span, at)?,
            Event::SequenceEnd | Event::MappingEnd => self.end(span, at)?,
            Event::Alias(anchor) => {
                let built = self.alias(anchor, span, at)?;
                self.place(built, 0, at)?;
            }
            // Starts and ends of the stream; comments, anchors' names and unknown aliases, which were not asked for.
            _ => {}
        }
        Ok(())
    }

    fn end_document(&mut self, span: Span, out: &mut Stream) {
        if let Some(root) = self.root.take() {
            out.documents.push(Document {
                index: self.index,
                span: Span { start: self.start, end: span.end },
                root,
            });
        }
        self.abandon();
    }

    /// Forgets the document, read or broken, and counts it.
    fn abandon(&mut self) {
        self.index += 1;
        self.root = None;
        self.open.clear();
        self.anchors.clear();
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Built {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let span =
            if matches!(style, Style::Literal | Style::Folded) { self.trimmed(span, text) } else { span };
        let tag = tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix()).into());
        let value = Value::Scalar(Scalar { text: text.into(), style, tag });
        Built { node: Node { span, value }, nodes: 1 + text.len() / BYTES_OF_NODE, depth: 0 }
    }

    /// A block scalar's span reaches into the line after it: cut it after its last line that is not blank, and where
    /// it has none, after its header.
    fn trimmed(&self, span: Span, text: &str) -> Span {
        let end = self.text.get(..span.end).unwrap_or_default().trim_end().len();
        // Of blank lines alone the parser's span has the header too.
        let start = if text.trim().is_empty() { end } else { span.start.min(end) };
        Span { start, end }
    }

    fn begin(
        &mut self,
        mapping: bool,
        style: StructureStyle,
        anchor: usize,
        span: Span,
        at: Marker,
    ) -> Result<(), Failure> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Failure::too_deep(at));
        }
        let flow = style == StructureStyle::Flow;
        self.open.push(Open { start: span.start, anchor, mapping, flow, children: Vec::new() });
        Ok(())
    }

    fn end(&mut self, span: Span, at: Marker) -> Result<(), Failure> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        if !open.mapping && !open.flow {
            open.start = self.first_dash(&open);
        }
        let last = open.children.last().map_or(open.start, |child| child.node.span.end);
        let end = if open.flow { span.end } else { last };
        let nodes = 1 + open.children.iter().map(|child| child.nodes).sum::<usize>();
        let depth = 1 + open.children.iter().map(|child| child.depth).max().unwrap_or(0);
        let children = open.children.into_iter().map(|child| child.node);
        let value =
            if open.mapping { Value::Mapping(paired(children)) } else { Value::Sequence(children.collect()) };
        // The children have been counted when they came.
        let built = Built { node: Node { span: Span { start: open.start, end }, value }, nodes, depth };
        self.count(1, at)?;
        self.attach(built, open.anchor);
        Ok(())
    }

    /// Where a block sequence's first `-` is. That of a sequence in the column of its key stands before the parser's
    /// span, as the first of its line; a comment may be between.
    fn first_dash(&self, open: &Open) -> usize {
        let own = open.children.first().is_none_or(|child| child.node.span.start > open.start);
        if own && self.text.as_bytes().get(open.start) == Some(&b'-') {
            return open.start;
        }
        let mut end = open.start;
        while let Some(before) = self.text.get(..end) {
            let line = before.rfind('\n').map_or(0, |newline| newline + 1);
            let dash = end - before[line..].trim_start_matches([' ', '\t', '\u{feff}']).len();
            if before[dash..].starts_with('-') {
                return dash;
            }
            let Some(above) = line.checked_sub(1) else { break };
            end = above;
        }
        open.start
    }

    fn alias(&self, anchor: usize, span: Span, at: Marker) -> Result<Built, Failure> {
        let Some(target) = self.anchors.get(&anchor) else {
            return Err(Failure::new(at, "an alias stands in the node that it refers to", false));
        };
        if self.open.len() + target.depth > MAX_DEPTH {
            return Err(Failure::too_deep(at));
        }
        let node = Node { span, value: Value::Alias(Arc::clone(&target.node)) };
        Ok(Built { node, nodes: target.nodes, depth: target.depth })
    }

    /// Counts a node that has no children of its own, and puts it where it belongs.
    fn place(&mut self, built: Built, anchor: usize, at: Marker) -> Result<(), Failure> {
        self.count(built.nodes, at)?;
        self.attach(built, anchor);
        Ok(())
    }

    fn count(&mut self, nodes: usize, at: Marker) -> Result<(), Failure> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = format!("more than {MAX_NODES} nodes, aliases counted");
        Err(Failure { fatal: true, ..Failure::new(at, message, true) })
    }

    fn attach(&mut self, mut built: Built, anchor: usize) {
        if anchor != 0 {
            let span = built.node.span;
            let node = Arc::new(built.node);
            let anchored = Anchored { node: Arc::clone(&node), nodes: built.nodes, depth: built.depth };
            self.anchors.insert(anchor, anchored);
            built.node = Node { span, value: Value::Anchor(node) };
        }
        match self.open.last_mut() {
            Some(open) => open.children.push(built),
            None => self.root = Some(built.node),
        }
    }
}

fn paired(mut nodes: impl Iterator<Item = Node>) -> Vec<Entry> {
    std::iter::from_fn(|| Some(Entry { key: nodes.next()?, value: nodes.next()? })).collect()
}

fn bytes_of(span: &granit_parser::Span) -> Span {
    span.byte_range().map_or(Span { start: 0, end: 0 }, |range| Span { start: range.start, end: range.end })
}
