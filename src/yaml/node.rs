//! The tree of a YAML document: what each node says, and which bytes of the file say it.

use std::fmt;
use std::sync::Arc;

use crate::span::Span;

/// A value, and the bytes it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// A scalar with its quotes, a block scalar without its header, a flow collection with its brackets, a block
    /// collection from its first to its last child, an alias from its `*`.
    pub span: Span,
    /// What stands there.
    pub value: Value,
}

/// The kinds of node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, number, boolean or null.
    Scalar(Scalar),
    /// Keys and values, in the order of the file; a key may stand twice.
    Mapping(Vec<Entry>),
    /// Items.
    Sequence(Vec<Node>),
    /// `&name` before a node: the node may be used by aliases.
    Anchor(Arc<Node>),
    /// `*name`: the node of the anchor, whose span is elsewhere.
    Alias(Arc<Node>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key; nearly always a scalar.
    pub key: Node,
    /// Its value.
    pub value: Node,
}

/// A scalar as a reader of the document understands it.
#[derive(Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The effective text: unquoted, unescaped, folded.
    pub text: Box<str>,
    /// How it is written.
    pub style: Style,
    /// The tag before it, written out: `tag:yaml.org,2002:str`.
    pub tag: Option<Box<str>>,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: the only style that can be something other than a text.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// The text is left out: a scalar may be a credential.
impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scalar({} bytes, {:?})", self.text.len(), self.style)
    }
}

impl Scalar {
    /// Whether it is YAML's null: nothing, `~` or `null` without quotes.
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(&*self.text, "" | "~" | "null" | "Null" | "NULL")
    }

    /// Whether it has quotes round it.
    pub fn is_quoted(&self) -> bool {
        matches!(self.style, Style::SingleQuoted | Style::DoubleQuoted)
    }
}

impl Node {
    /// The node itself, behind any anchor or alias.
    pub fn resolved(&self) -> &Self {
        let mut node = self;
        while let Value::Anchor(target) | Value::Alias(target) = &node.value {
            node = target;
        }
        node
    }

    /// The scalar, if it is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.resolved().value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar that is not null.
    pub fn text(&self) -> Option<&str> {
        self.scalar().filter(|scalar| !scalar.is_null()).map(|scalar| &*scalar.text)
    }

    /// Keys and values; none where it is no mapping.
    pub fn entries(&self) -> &[Entry] {
        match &self.resolved().value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// Items; none where it is no sequence.
    pub fn items(&self) -> &[Self] {
        match &self.resolved().value {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The value of a key: the last one where the key stands twice, as Go's decoders have it; one that a merge
    /// key (`<<: *defaults`) brings where it does not stand at all.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let entries = self.entries();
        let own = entries.iter().rev().find(|entry| entry.is(key)).map(|entry| &entry.value);
        own.or_else(|| {
            entries.iter().filter(|entry| entry.is("<<")).find_map(|merge| merge.value.merged(key))
        })
    }

    /// Looks into the value of a merge key: a mapping, or a sequence of which the earlier ones win.
    fn merged(&self, key: &str) -> Option<&Self> {
        self.get(key).or_else(|| self.items().iter().find_map(|mapping| mapping.get(key)))
    }

    /// The scalar's bytes in the file, without quotes.
    pub fn inner_span(&self) -> Span {
        let node = self.resolved();
        match &node.value {
            Value::Scalar(scalar) if scalar.is_quoted() && node.span.end >= node.span.start + 2 => {
                Span { start: node.span.start + 1, end: node.span.end - 1 }
            }
            _ => node.span,
        }
    }
}

impl Entry {
    /// Whether the key is this text.
    pub fn is(&self, key: &str) -> bool {
        self.key.scalar().is_some_and(|scalar| &*scalar.text == key)
    }
}
